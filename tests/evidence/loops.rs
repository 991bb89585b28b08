//! Random models: perceiving against plain loops over joint states, forward and backward; against what was seen; and at any scale.

use aif::prelude::*;
use aif::runtime::Signal;
use aif::runtime::model::{Marginals, Table, Tables};
use aif::runtime::perceive::{Gap, Scheme, Window, fixed_point, message_passing, smooth_exactly};
use proptest::prelude::*;

use crate::random::{Trio, TrioAction, TrioEvidence, observation, trio};
use crate::ways;

pub const SIZES: [usize; 3] = [3, 2, 3];
pub const STATES: usize = 18;

pub fn digits(i: usize) -> [usize; 3] {
    [i / 6, i / 3 % 2, i % 3]
}

pub fn column(s: [usize; 3], parents: &[usize]) -> usize {
    parents.iter().fold(0, |c, &f| c * SIZES[f] + s[f])
}

pub fn entry(table: Table<'_, f64>, column: usize, size: usize, i: usize) -> f64 {
    match table {
        Table::Map(map) => f64::from(u8::from(usize::from(map[column]) == i)),
        Table::Fixed(t) | Table::Free(t) => t[column * size + i],
        Table::Sparse(t) => t.entry(column, i),
    }
}

/// Weights of each modality's outcomes, some of them zero, in any unit.
pub fn readings() -> impl Strategy<Value = [Vec<f64>; 3]> {
    let one = |outcomes: usize| {
        let weight = prop_oneof![1 => Just(0.0), 4 => 0.001..1.0f64];
        let unit = prop_oneof![Just(1.0), Just(1e-150), Just(1e150), 0.1..10.0f64];
        (prop::collection::vec(weight, outcomes), 0..outcomes, unit).prop_map(|(mut weights, at, unit)| {
            weights[at] += 0.3;
            weights.iter_mut().for_each(|w| *w *= unit);
            weights
        })
    };
    (one(3), one(2), one(2)).prop_map(|(a, b, c)| [a, b, c])
}

pub fn evidence(weights: &[Vec<f64>; 3]) -> TrioEvidence {
    let mut evidence = <Trio as GenerativeModel>::evidence(&[]);
    for (m, weights) in weights.iter().enumerate() {
        Trio::set_signal(&mut evidence, m, Signal::Likelihood(weights));
    }
    evidence
}

/// The likelihood of readings in a joint state.
pub fn likelihood(tables: &Tables<Trio>, weights: &[Vec<f64>; 3], s: usize) -> f64 {
    let mut product = 1.0;
    <Trio as GenerativeModel>::each_modality(|site| {
        let c = column(digits(s), site.parents);
        let table = tables.likelihood(site);
        product *= (0..site.outcomes).map(|o| weights[site.index][o] * entry(table, c, site.outcomes, o)).sum::<f64>();
    });
    product
}

/// Filtered and smoothed joint beliefs, and the log evidence.
pub type Beliefs = (Vec<Vec<f64>>, Vec<Vec<f64>>, f64);

pub fn forward_backward(tables: &Tables<Trio>, readings: &[[Vec<f64>; 3]], actions: &[usize]) -> Beliefs {
    let moves = |action: usize, from: usize, to: usize| {
        let mut p = 1.0;
        <Trio as GenerativeModel>::each_factor(|site| {
            let table = tables.transition(site, site.local_action(&<Trio as GenerativeModel>::META, action));
            p *= entry(table, column(digits(from), site.parents), site.states, digits(to)[site.index]);
        });
        p
    };
    // Each step's likelihood relative to its largest: the units of three modalities together may be no number.
    let looks = |weights: &[Vec<f64>; 3]| {
        let units: Vec<f64> = weights.iter().map(|w| w.iter().fold(0.0, |a: f64, b| a.max(*b))).collect();
        let plain: [Vec<f64>; 3] = std::array::from_fn(|m| weights[m].iter().map(|w| w / units[m]).collect());
        let each: Vec<f64> = (0..STATES).map(|s| likelihood(tables, &plain, s)).collect();
        (each, units.iter().map(|u| u.ln()).sum::<f64>())
    };
    let looked: Vec<(Vec<f64>, f64)> = readings.iter().map(looks).collect();
    let mut prior: Vec<f64> = (0..STATES)
        .map(|s| {
            let mut p = 1.0;
            <Trio as GenerativeModel>::each_factor(|site| p *= tables.initial(site)[digits(s)[site.index]]);
            p
        })
        .collect();
    let (mut filtered, mut log_evidence) = (Vec::new(), 0.0);
    for (t, (each, unit)) in looked.iter().enumerate() {
        let joint: Vec<f64> = prior.iter().zip(each).map(|(p, l)| p * l).collect();
        let total: f64 = joint.iter().sum();
        log_evidence += total.ln() + unit;
        let now: Vec<f64> = joint.iter().map(|p| p / total).collect();
        if let Some(&action) = actions.get(t) {
            prior = (0..STATES).map(|to| (0..STATES).map(|from| now[from] * moves(action, from, to)).sum()).collect();
        }
        filtered.push(now);
    }
    let mut smoothed = filtered.clone();
    let mut back = vec![1.0; STATES];
    for t in (0..actions.len()).rev() {
        let after = &looked[t + 1].0;
        back = (0..STATES).map(|from| (0..STATES).map(|to| moves(actions[t], from, to) * after[to] * back[to]).sum()).collect();
        let joint: Vec<f64> = filtered[t].iter().zip(&back).map(|(p, b)| p * b).collect();
        let total: f64 = joint.iter().sum();
        smoothed[t] = joint.iter().map(|p| p / total).collect();
    }
    (filtered, smoothed, log_evidence)
}

fn apart(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).fold(0.0, |most, (x, y)| most.max((x - y).abs()))
}

fn marginal(joint: &[f64], f: usize, state: usize) -> f64 {
    joint.iter().enumerate().filter(|(s, _)| digits(*s)[f] == state).map(|(_, p)| p).sum()
}

fn furthest<B: Marginals<f64>>(a: &B, b: &B) -> f64 {
    (0..3).map(|f| apart(a.probabilities(f), b.probabilities(f))).fold(0.0, f64::max)
}

/// How far beliefs may be apart that are the same but for rounding: iterations end once they move by less than 1e-12.
fn rounding(inference: Inference) -> f64 {
    match inference {
        Inference::Automatic | Inference::Exact | Inference::Components => 1e-14,
        _ => 1e-11,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn exact_beliefs_and_log_evidence_are_those_of_plain_loops(
        model in trio(), readings in prop::collection::vec(readings(), 4), actions in prop::collection::vec(0usize..2, 3),
    ) {
        let tables = Tables::new(&model, (), 3).unwrap();
        let (filtered, smoothed, log_evidence) = forward_backward(&tables, &readings, &actions);
        let seen: Vec<TrioEvidence> = readings.iter().map(evidence).collect();
        let exact = smooth_exactly(&tables, &seen, &actions);
        prop_assert!((exact.log_evidence - log_evidence).abs() < 1e-12 * (1.0 + log_evidence.abs()), "{} {log_evidence}", exact.log_evidence);
        for t in 0..4 {
            prop_assert!(apart(&exact.filtered[t], &filtered[t]) < 1e-12);
            prop_assert!(apart(&exact.smoothed[t], &smoothed[t]) < 1e-12);
        }
        for inference in [Inference::Automatic, Inference::Exact, Inference::Components] {
            let mut agent = Agent::with_options(model, (), AgentOptions { inference, ..AgentOptions::default() }).unwrap();
            for t in 0..4 {
                let belief = *agent.try_infer_states(seen[t]).unwrap();
                for (f, n) in SIZES.into_iter().enumerate() {
                    for s in 0..n {
                        let p = marginal(&filtered[t], f, s);
                        prop_assert!((belief.probabilities(f)[s] - p).abs() < 1e-12, "{inference:?}");
                    }
                }
                if let Some(&action) = actions.get(t) {
                    agent.update_empirical_prior(TrioAction { go: action == 1 });
                }
            }
        }
    }

    /// The factor that is apart from the others is perceived exactly in every way.
    #[test]
    fn every_way_is_exact_where_factors_are_alone(model in trio(), readings in readings()) {
        let tables = Tables::new(&model, (), 3).unwrap();
        let (filtered, ..) = forward_backward(&tables, std::slice::from_ref(&readings), &[]);
        for inference in ways() {
            let mut agent = Agent::with_options(model, (), AgentOptions { inference, ..AgentOptions::default() }).unwrap();
            let belief = *agent.try_infer_states(evidence(&readings)).unwrap();
            for s in 0..3 {
                prop_assert!((belief.probabilities(2)[s] - marginal(&filtered[0], 2, s)).abs() < 1e-12, "{inference:?}");
            }
        }
    }

    /// One weight above zero is the outcome that was seen.
    #[test]
    fn one_weight_is_what_was_seen(model in trio(), seen in prop::collection::vec(observation(), 3), go: bool, unit in prop_oneof![Just(1.0), 1e-200..1e200f64]) {
        let one = |o: &crate::random::TrioObservation| {
            let hot = |outcomes: usize, at: usize| (0..outcomes).map(|o| if o == at { unit } else { 0.0 }).collect::<Vec<f64>>();
            evidence(&[hot(3, o.seen.index()), hot(2, o.heard.index()), hot(2, o.felt.index())])
        };
        for inference in ways() {
            let agent = || Agent::with_options(model, (), AgentOptions { inference, ..AgentOptions::default() }).unwrap();
            let (mut seeing, mut weighing) = (agent(), agent());
            for o in &seen {
                let p = *seeing.infer_states(*o);
                let q = *weighing.try_infer_states(one(o)).unwrap();
                if unit == 1.0 {
                    prop_assert_eq!(p, q, "{:?}", inference);
                }
                prop_assert!(furthest(&p, &q) < rounding(inference), "{inference:?}: {}", furthest(&p, &q));
                seeing.update_empirical_prior(TrioAction { go });
                weighing.update_empirical_prior(TrioAction { go });
            }
        }
        let tables = Tables::new(&model, (), 3).unwrap();
        let as_seen: Vec<TrioEvidence> = seen.iter().map(|&o| o.into()).collect();
        let weighed: Vec<TrioEvidence> = seen.iter().map(one).collect();
        let [p, q] = [as_seen, weighed].map(|seen| smooth_exactly(&tables, &seen, &[1, 0]).log_evidence);
        let scale = 9.0 * unit.ln();
        prop_assert!((q - scale - p).abs() < 1e-14 * (1.0 + p.abs() + scale.abs()), "{p} {q}");
        prop_assert!(unit != 1.0 || p.to_bits() == q.to_bits());
    }

    /// A common factor changes no belief, and the log evidence by its logarithm.
    #[test]
    fn the_scale_of_weights_changes_no_belief(model in trio(), readings in prop::collection::vec(readings(), 3), factor in 1e-100..1e100f64) {
        let mut scaled = readings.clone();
        scaled.iter_mut().flatten().flatten().for_each(|w| *w *= factor);
        let [one, other]: [Vec<TrioEvidence>; 2] = [readings, scaled].map(|all| all.iter().map(evidence).collect());
        for inference in ways() {
            let agent = || Agent::with_options(model, (), AgentOptions { inference, ..AgentOptions::default() }).unwrap();
            let (mut a, mut b) = (agent(), agent());
            for (one, other) in one.iter().zip(&other) {
                let (p, q) = (*a.infer_states(*one), *b.infer_states(*other));
                prop_assert!(furthest(&p, &q) < rounding(inference), "{inference:?}: {}", furthest(&p, &q));
                a.update_empirical_prior(TrioAction { go: true });
                b.update_empirical_prior(TrioAction { go: true });
            }
        }
        let tables = Tables::new(&model, (), 3).unwrap();
        let [p, q] = [one, other].map(|seen| smooth_exactly(&tables, &seen, &[1, 1]).log_evidence);
        prop_assert!((q - p - 9.0 * factor.ln()).abs() < 1e-12 * (1.0 + p.abs() + 9.0 * factor.ln().abs()));
    }

    /// Mean field and message passing have no loop to be held against but their own: what was seen with less certainty is the same as a
    /// modality whose likelihood is that of the reading.
    #[test]
    fn mean_field_perceives_a_reading_as_a_modality_with_its_likelihood(model in trio(), weights in [0.05..1.0f64, 0.05..1.0, 0.05..1.0]) {
        // `seen` with two outcomes, the reading and its absence, in place of the first two of three.
        let largest = weights.iter().fold(0.0, |a: f64, b| a.max(*b));
        let w: Vec<f64> = weights.iter().map(|w| w / (1.5 * largest)).collect();
        let mut read = model;
        for (a, b) in (0..3).flat_map(|a| (0..2).map(move |b| (a, b))) {
            let column: Vec<f64> = (0..3).map(|o| model.seen[o][a][b]).collect();
            let sum: f64 = column.iter().sum();
            let p: f64 = column.iter().zip(&w).map(|(c, w)| c / sum * w).sum();
            (read.seen[0][a][b], read.seen[1][a][b], read.seen[2][a][b]) = (p, 0.5 * (1.0 - p), 0.5 * (1.0 - p));
        }
        let [own, other]: [Tables<Trio>; 2] = [model, read].map(|model| Tables::new(&model, (), 3).unwrap());
        let weighed = TrioEvidence { seen: Observed::likelihood(|o: Index<3>| w[o.get()]), heard: true.into(), felt: false.into() };
        let seen = TrioEvidence { seen: Index::new(0).unwrap().into(), ..weighed };
        let prior = *aif::runtime::perceive::Perception::new(&own, Inference::MEAN_FIELD).belief();
        for sweeps in [Sweeps::default(), Sweeps::Parallel(16)] {
            let (p, q) = (fixed_point(&own, &prior, &weighed, sweeps), fixed_point(&other, &prior, &seen, sweeps));
            prop_assert!(furthest(&p, &q) < 1e-12, "{sweeps:?}: {}", furthest(&p, &q));
            for scheme in [Scheme::Marginal, Scheme::Variational] {
                let passed = |tables: &Tables<Trio>, seen: TrioEvidence| {
                    let evidence = [Some(seen), Some(seen)];
                    let window = Window { prior: &prior, evidence: &evidence, actions: &[Some(1)], gap: Gap::Restart };
                    let mut beliefs = Vec::new();
                    message_passing(tables, &window, scheme, sweeps, &mut beliefs);
                    beliefs
                };
                for (p, q) in passed(&own, weighed).iter().zip(&passed(&other, seen)) {
                    prop_assert!(furthest(p, q) < 1e-12, "{scheme:?} {sweeps:?}: {}", furthest(p, q));
                }
            }
        }
    }
}
