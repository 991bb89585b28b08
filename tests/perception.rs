//! Perception on random models: exact inference is the truth, every approximation is measured against it.

#[path = "perception/apart.rs"]
mod apart;
#[path = "perception/deep.rs"]
mod deep;
#[path = "models/random.rs"]
#[allow(dead_code)]
mod random;
#[path = "models/trackers.rs"]
#[allow(dead_code)]
mod trackers;

use aif::prelude::*;
use aif::runtime::model::{Marginals, Tables};
use aif::runtime::perceive::{
    Gap, Moved, Perception, Scheme, Window, fixed_point, free_energy, message_passing, predict, sequence_free_energy, smooth,
    smooth_exactly,
};
use proptest::prelude::*;
use random::{Trio, TrioBelief, TrioEvidence, TrioObservation, observation, trio};

fn tables(model: Trio) -> Tables<Trio> {
    Tables::new(&model, (), 3).unwrap()
}

fn distance<B: Marginals<f64>>(a: &B, b: &B, factors: usize) -> f64 {
    let differences = (0..factors).flat_map(|f| a.probabilities(f).iter().zip(b.probabilities(f)).map(|(x, y)| (x - y).abs()));
    differences.fold(0.0, f64::max)
}

/// Every sequence of joint states: (probability of states and observations, states), by the definitions.
fn sequences(tables: &Tables<Trio>, seen: &[TrioObservation], actions: &[usize]) -> Vec<(f64, Vec<[usize; 3]>)> {
    let entry = |table: aif::runtime::model::Table<'_, f64>, column: usize, size: usize, i: usize| match table {
        aif::runtime::model::Table::Map(map) => f64::from(u8::from(usize::from(map[column]) == i)),
        aif::runtime::model::Table::Fixed(t) | aif::runtime::model::Table::Free(t) => t[column * size + i],
        aif::runtime::model::Table::Sparse(t) => t.entry(column, i),
    };
    let sizes = [3, 2, 3];
    let column = |s: &[usize; 3], parents: &[usize]| parents.iter().fold(0, |c, &f| c * sizes[f] + s[f]);
    let observed = |s: &[usize; 3], o: &TrioObservation| {
        let outcomes = [o.seen.index(), o.heard.index(), o.felt.index()];
        let mut p = 1.0;
        <Trio as GenerativeModel>::each_modality(|site| {
            p *= entry(tables.likelihood(site), column(s, site.parents), site.outcomes, outcomes[site.index]);
        });
        p
    };
    let states: Vec<[usize; 3]> = (0..18).map(|i| [i / 6, i / 3 % 2, i % 3]).collect();
    let mut all = Vec::new();
    for s in &states {
        let mut p = observed(s, &seen[0]);
        <Trio as GenerativeModel>::each_factor(|site| p *= tables.initial(site)[s[site.index]]);
        all.push((p, vec![*s]));
    }
    for (t, &action) in actions.iter().enumerate() {
        let before = std::mem::take(&mut all);
        for (p, path) in before {
            let last = path[t];
            for s in &states {
                let mut q = p * observed(s, &seen[t + 1]);
                <Trio as GenerativeModel>::each_factor(|site| {
                    let table = tables.transition(site, site.local_action(&<Trio as GenerativeModel>::META, action));
                    q *= entry(table, column(&last, site.parents), site.states, s[site.index]);
                });
                all.push((q, [path.clone(), vec![*s]].concat()));
            }
        }
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Free energy bounds the surprise from above for whatever belief, and equals it for the exact posterior of independent factors.
    #[test]
    fn free_energy_is_at_least_the_surprise(model in trio(), seen in observation()) {
        let tables = tables(model);
        let prior = *Perception::new(&tables, Inference::default()).belief();
        let evidence = TrioEvidence::from(seen);
        let surprise = -smooth_exactly(&tables, &[evidence], &[]).log_evidence;
        for sweeps in [Sweeps::default(), Sweeps::Parallel(1), Sweeps::Parallel(16), Sweeps::Sequential { most: 1, tolerance: 0.0 }] {
            let belief = fixed_point(&tables, &prior, &evidence, sweeps);
            prop_assert!(free_energy(&tables, &belief, &prior, &evidence).total() >= surprise - 1e-9);
        }
        prop_assert!(free_energy(&tables, &prior, &prior, &evidence).total() >= surprise - 1e-9);
    }

    /// One factor after the other, no sweep raises the free energy, and the last one is at rest.
    #[test]
    fn sequential_sweeps_never_raise_free_energy(model in trio(), seen in observation()) {
        let tables = tables(model);
        let prior = *Perception::new(&tables, Inference::default()).belief();
        let evidence = TrioEvidence::from(seen);
        let mut last = f64::INFINITY;
        for most in 1..12 {
            let belief = fixed_point(&tables, &prior, &evidence, Sweeps::Sequential { most, tolerance: 0.0 });
            let energy = free_energy(&tables, &belief, &prior, &evidence).total();
            prop_assert!(energy <= last + 1e-10, "{energy} after {last}");
            last = energy;
        }
        let settled = fixed_point(&tables, &prior, &evidence, Sweeps::default());
        let more = fixed_point(&tables, &prior, &evidence, Sweeps::Sequential { most: 2000, tolerance: 0.0 });
        prop_assert!(distance(&settled, &more, 3) < 1e-6);
    }

    /// Factors that nothing links are independent: by components, exact inference is the same.
    #[test]
    fn components_are_exact(model in trio(), seen in prop::collection::vec(observation(), 1..5), go: bool) {
        let agent = |inference| Agent::with_options(model, (), AgentOptions { inference, ..AgentOptions::default() }).unwrap();
        let (mut whole, mut parts) = (agent(Inference::Exact), agent(Inference::Components));
        prop_assert_eq!(parts.perception().joint().len(), 3 * 2 + 3);
        for seen in seen {
            whole.infer_states(seen);
            parts.infer_states(seen);
            prop_assert!(distance(whole.belief(), parts.belief(), 3) < 1e-12);
            whole.update_empirical_prior(random::TrioAction { go });
            parts.update_empirical_prior(random::TrioAction { go });
            prop_assert!(distance(whole.belief(), parts.belief(), 3) < 1e-12);
        }
    }

    /// Exact smoothing against the sum over all sequences of states.
    #[test]
    fn exact_smoothing_is_the_sum_over_all_sequences(model in trio(), seen in prop::collection::vec(observation(), 3), actions in prop::collection::vec(0usize..2, 2)) {
        let tables = tables(model);
        let evidence: Vec<TrioEvidence> = seen.iter().map(|&o| o.into()).collect();
        let exact = smooth_exactly(&tables, &evidence, &actions);
        let all = sequences(&tables, &seen, &actions);
        let total: f64 = all.iter().map(|(p, _)| p).sum();
        prop_assert!((exact.log_evidence - total.ln()).abs() < 1e-10);
        for t in 0..3 {
            let belief: TrioBelief = exact.belief::<Trio>(t);
            for (f, n) in [3, 2, 3].into_iter().enumerate() {
                for s in 0..n {
                    let p: f64 = all.iter().filter(|(_, path)| path[t][f] == s).map(|(p, _)| p).sum();
                    prop_assert!((belief.probabilities(f)[s] - p / total).abs() < 1e-12);
                }
            }
        }
        for (t, &action) in actions.iter().enumerate() {
            let pair = exact.pair::<Trio>(&tables, t, action);
            // The second factor moves with the first: [second, first][second afterwards].
            for (c, row) in pair.factors[1].chunks(2).enumerate() {
                for (next, got) in row.iter().enumerate() {
                    let fits = |path: &[[usize; 3]]| path[t][1] == c / 3 && path[t][0] == c % 3 && path[t + 1][1] == next;
                    let p: f64 = all.iter().filter(|(_, path)| fits(path)).map(|(p, _)| p).sum();
                    prop_assert!((got - p / total).abs() < 1e-12);
                }
            }
        }
    }

    /// Variational message passing bounds the surprise of a sequence, and no sequential sweep raises its free energy.
    #[test]
    fn message_passing_bounds_the_surprise(model in trio(), seen in prop::collection::vec(observation(), 4), actions in prop::collection::vec(0usize..2, 3)) {
        let tables = tables(model);
        let prior = *Perception::new(&tables, Inference::default()).belief();
        let evidence: Vec<TrioEvidence> = seen.iter().map(|&o| o.into()).collect();
        let surprise = -smooth_exactly(&tables, &evidence, &actions).log_evidence;
        let evidence: Vec<Option<TrioEvidence>> = evidence.into_iter().map(Some).collect();
        let actions: Vec<Option<usize>> = actions.into_iter().map(Some).collect();
        let window = Window { prior: &prior, evidence: &evidence, actions: &actions, gap: Gap::Restart };
        let mut beliefs: Vec<TrioBelief> = Vec::new();
        let mut last = f64::INFINITY;
        for most in [1, 2, 3, 5, 8, 20] {
            message_passing(&tables, &window, Scheme::Variational, Sweeps::Sequential { most, tolerance: 0.0 }, &mut beliefs);
            let energy: f64 = sequence_free_energy(&tables, &window, &beliefs, None).iter().map(|e| e.total()).sum();
            prop_assert!(energy >= surprise - 1e-9 && energy <= last + 1e-9);
            last = energy;
        }
        message_passing(&tables, &window, Scheme::Marginal, Sweeps::default(), &mut beliefs);
        for belief in &beliefs {
            for f in 0..3 {
                prop_assert!((belief.probabilities(f).iter().sum::<f64>() - 1.0).abs() < 1e-12);
            }
        }
    }

    /// A window that slides starts from what was known then: over one factor, variational message passing over a window of one step is
    /// exact filtering, and the prior of a longer window is the exact one.
    #[test]
    fn a_sliding_window_counts_no_evidence_twice(model in trio(), seen in prop::collection::vec(observation(), 7), window in 1usize..4) {
        let options = |inference| AgentOptions { inference, ..AgentOptions::default() };
        let mut sliding =
            Agent::with_options(model, (), options(Inference::Variational { window, sweeps: Sweeps::default() })).unwrap();
        let mut exact = Agent::with_options(model, (), options(Inference::Exact)).unwrap();
        let mut priors: Vec<TrioBelief> = Vec::new();
        for (t, seen) in seen.into_iter().enumerate() {
            priors.push(*exact.belief());
            sliding.infer_states(seen);
            exact.infer_states(seen);
            let start = sliding.perception().window_prior().unwrap();
            let first = (t + 1).saturating_sub(window);
            // The third factor stands alone, so that the mean field over factors is exact for it.
            let error = start.third.probabilities().iter().zip(priors[first].third.probabilities()).map(|(a, b)| (a - b).abs());
            prop_assert!(error.fold(0.0, f64::max) < 1e-9);
            sliding.update_empirical_prior(random::TrioAction { go: true });
            exact.update_empirical_prior(random::TrioAction { go: true });
        }
    }

    /// Smoothing from filtered beliefs: exact for a factor that stands alone, distributions for all.
    #[test]
    fn smoothing_from_filtered_beliefs(model in trio(), seen in prop::collection::vec(observation(), 4), actions in prop::collection::vec(0usize..2, 3)) {
        let tables = tables(model);
        let evidence: Vec<TrioEvidence> = seen.iter().map(|&o| o.into()).collect();
        let exact = smooth_exactly(&tables, &evidence, &actions);
        let mut filter = Perception::new(&tables, Inference::default());
        let mut filtered = Vec::new();
        for (t, evidence) in evidence.iter().enumerate() {
            filter.perceive(&tables, evidence);
            filtered.push(*filter.belief());
            if let Some(&action) = actions.get(t) {
                filter.advance(&tables, Moved::By(action), &Compat::default());
            }
        }
        let known: Vec<Option<usize>> = actions.iter().map(|&a| Some(a)).collect();
        let smoothed = smooth(&tables, &filtered, &known, Gap::Stay);
        for t in 0..4 {
            let truth: TrioBelief = exact.belief::<Trio>(t);
            for s in 0..3 {
                prop_assert!((smoothed.beliefs[t].third.probabilities()[s] - truth.third.probabilities()[s]).abs() < 1e-12);
            }
            for f in 0..3 {
                prop_assert!((smoothed.beliefs[t].probabilities(f).iter().sum::<f64>() - 1.0).abs() < 1e-9);
            }
        }
        for pair in &smoothed.pairs {
            for joint in &pair.factors {
                prop_assert!((joint.iter().sum::<f64>() - 1.0).abs() < 1e-9);
            }
        }
    }

    /// A modality attended to with weight 1 is seen, with weight 0 missing; in between it moves the belief in between.
    #[test]
    fn faint_evidence_lies_between_seen_and_missing(model in trio(), seen in observation()) {
        let tables = tables(model);
        let prior = *Perception::new(&tables, Inference::default()).belief();
        let given = |heard| TrioEvidence { heard, ..TrioEvidence::from(seen) };
        let infer = |heard| fixed_point(&tables, &prior, &given(heard), Sweeps::default());
        prop_assert!(distance(&infer(Observed::faint(seen.heard, 1.0)), &infer(Observed::Seen(seen.heard)), 3) < 1e-9);
        prop_assert!(distance(&infer(Observed::faint(seen.heard, 0.0)), &infer(Observed::Missing), 3) < 1e-9);
    }

    /// Moving a belief twice by hand is what an agent does.
    #[test]
    fn prediction_is_linear_in_each_factor(model in trio(), go: bool) {
        let tables = tables(model);
        let belief = *Perception::new(&tables, Inference::default()).belief();
        let next = predict(&tables, &belief, usize::from(go));
        for f in 0..3 {
            prop_assert!((next.probabilities(f).iter().sum::<f64>() - 1.0).abs() < 1e-12);
        }
    }
}

/// One place that stays as it is, seen rightly nine times in ten; perhaps beside another that is never seen.
#[derive(Clone, Copy, Debug)]
struct Steady;

#[generative_model(horizon = 1)]
impl Steady {
    #[factor(initial = uniform())]
    fn place(&self, place: bool) -> bool {
        place
    }
    #[modality]
    fn seen(&self, place: bool) -> Dist<bool> {
        Dist::bernoulli(place, 0.9, !place)
    }
}

#[test]
fn exact_inference_comes_back_from_any_certainty() {
    let mut agent =
        Agent::with_options(Steady, (), AgentOptions { inference: Inference::Exact, ..AgentOptions::default() }).unwrap();
    let mut see = |seen: bool, times: usize| {
        for _ in 0..times {
            agent.infer_states(SteadyObservation { seen });
            agent.update_empirical_prior(SteadyAction {});
        }
        agent.belief().place[true]
    };
    assert!(see(true, 30) > 1.0 - 1e-12);
    assert!((see(false, 30) - 0.5).abs() < 1e-6);
    assert!(see(false, 5) < 0.01);
}
