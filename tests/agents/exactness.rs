//! What is believed, against Bayes' rule over all that may have happened.

use aif::prelude::*;
use aif::runtime::model::{Assignment, Marginals};

use crate::structures::{S7, S7Inputs};
use crate::tmaze::*;
use crate::{BELIEVED, fixture, rng, s4};

/// Exact filtering by brute force: every joint state one by one, with the tables of the model.
fn brute_force<M: GenerativeModel>(tables: &Tables<M>, observations: &[Vec<usize>], actions: &[usize]) -> Vec<f64> {
    use aif::runtime::model::Table;
    let meta = &M::META;
    let states = meta.joint_states();
    let digits = |joint: usize| -> Vec<usize> {
        let mut rest = joint;
        let mut digits: Vec<usize> = meta
            .factors
            .iter()
            .rev()
            .map(|f| {
                let d = rest % f.states.count;
                rest /= f.states.count;
                d
            })
            .collect();
        digits.reverse();
        digits
    };
    let column =
        |digits: &[usize], parents: &[usize]| parents.iter().fold(0, |c, &f| c * meta.factors[f].states.count + digits[f]);
    let entry = |table: Table<'_, f64>, column: usize, size: usize, i: usize| match table {
        Table::Map(map) => f64::from(u8::from(usize::from(map[column]) == i)),
        Table::Fixed(t) | Table::Free(t) => t[column * size + i],
        Table::Sparse(t) => t.entry(column, i),
    };
    let mut belief: Vec<f64> = vec![1.0; states];
    M::each_factor(|site| {
        for (s, p) in belief.iter_mut().enumerate() {
            *p *= tables.initial(site)[digits(s)[site.index]];
        }
    });
    for (t, observation) in observations.iter().enumerate() {
        M::each_modality(|site| {
            for (s, p) in belief.iter_mut().enumerate() {
                *p *= entry(tables.likelihood(site), column(&digits(s), site.parents), site.outcomes, observation[site.index]);
            }
        });
        let total: f64 = belief.iter().sum();
        belief.iter_mut().for_each(|p| *p /= total);
        if t < actions.len() {
            let mut next = vec![0.0; states];
            for (s, p) in belief.iter().enumerate() {
                for (n, to) in next.iter_mut().enumerate() {
                    let mut q = *p;
                    M::each_factor(|site| {
                        let table = tables.transition(site, site.local_action(meta, actions[t]));
                        q *= entry(table, column(&digits(s), site.parents), site.states, digits(n)[site.index]);
                    });
                    *to += q;
                }
            }
            belief = next;
        }
    }
    belief
}

#[test]
fn exact_inference_is_bayes_rule_over_the_joint() {
    fn check<M: GenerativeModel>(model: M, inputs: M::Inputs) {
        let options = AgentOptions { inference: Inference::Exact, ..AgentOptions::default() };
        let mut agent = Agent::with_options(model, inputs, options).unwrap();
        let mut world = World::with_inputs(model, inputs).unwrap();
        let mut rng = rng(4);
        let mut observation = world.reset(&mut rng);
        let (mut observations, mut actions) = (Vec::new(), Vec::new());
        for _ in 0..6 {
            observations.push((0..M::META.modalities.len()).map(|m| observation.get(m)).collect::<Vec<_>>());
            agent.infer_states(observation);
            let truth = brute_force(agent.tables(), &observations, &actions);
            for f in 0..M::META.factors.len() {
                let stride: usize = M::META.factors[f + 1..].iter().map(|f| f.states.count).product();
                let count = M::META.factors[f].states.count;
                for s in 0..count {
                    let wanted: f64 = truth.iter().enumerate().filter(|(j, _)| (j / stride) % count == s).map(|(_, p)| p).sum();
                    assert!((agent.belief().probabilities(f)[s] - wanted).abs() < 1e-12);
                }
            }
            let action = agent.sample_action(&mut rng);
            actions.push(action.index());
            agent.update_empirical_prior(action);
            observation = world.step(action, &mut rng);
        }
    }
    check(BELIEVED, ());
    check(s4(), ());
    let s7 = S7::<f64>::from_json(&fixture("S7")["instances"][0]["inputs"]);
    check(s7, S7Inputs { swapped: true, magnitude: 2.0 });
}

#[test]
fn an_impossible_observation_is_taken_as_improbable() {
    for inference in [Inference::REFERENCE, Inference::Exact] {
        let mut agent = Agent::with_options(BELIEVED, (), AgentOptions { inference, ..AgentOptions::default() }).unwrap();
        let belief = agent.infer_states(TMazeObservation { seen: Place::Left, outcome: Outcome::Nothing, cue: Cue::Nothing });
        assert!(belief.place.probabilities().iter().all(|p| p.is_finite()));
        assert!((belief.place.probabilities().iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }
}

#[test]
fn a_missing_modality_is_skipped_and_soft_evidence_weighs() {
    for inference in [Inference::REFERENCE, Inference::Exact] {
        let options = AgentOptions { inference, ..AgentOptions::default() };
        let evidence = |cue| TMazeEvidence { seen: Observed::Seen(Place::Cue), outcome: Observed::Missing, cue };
        let believe = |cue| {
            let mut agent = Agent::with_options(BELIEVED, (), options).unwrap();
            agent.infer_states(TMazeObservation { seen: Place::Centre, outcome: Outcome::Nothing, cue: Cue::Nothing });
            agent.update_empirical_prior(TMazeAction { go: Place::Cue });
            agent.infer_states(evidence(cue)).side[Side::Left]
        };
        assert!((believe(Observed::Missing) - 0.5).abs() < 1e-12);
        assert!((believe(Observed::Seen(Cue::Left)) - 1.0).abs() < 1e-12);
        let certain: Dist<Cue> = Cue::Left.into();
        assert!((believe(Observed::Soft(certain)) - 1.0).abs() < 1e-12);
        let even = Dist::from([0.0, 0.5, 0.5]);
        assert!((believe(Observed::Soft(even)) - 0.5).abs() < 1e-12);
    }
}
