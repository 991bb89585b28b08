//! The default perception and its plans against enumeration: beliefs, expected free energies and choices of small models whose factors have to
//! do with each other, state by joint state.

use super::random::{Trio, TrioAction, observation, trio};
use aif::prelude::*;
use aif::runtime::Marginals;
use aif::runtime::model::Tables;
use aif::runtime::perceive::smooth_exactly;
use proptest::prelude::*;

const SIZES: [usize; 3] = [3, 2, 3];
const STATES: usize = 18;

fn digits(s: usize) -> [usize; 3] {
    [s / 6, s / 3 % 2, s % 3]
}

fn combined(sizes: &[usize], digits: &[usize]) -> usize {
    sizes.iter().zip(digits).fold(0, |all, (size, digit)| all * size + digit)
}

/// `P(next | s, action)`, one factor after the other.
fn moves(tables: &Tables<Trio>, s: usize, action: usize, next: usize) -> f64 {
    let mut p = 1.0;
    <Trio as GenerativeModel>::each_factor(|site| {
        let at: Vec<usize> = site.parents.iter().map(|&f| digits(s)[f]).collect();
        let sizes: Vec<usize> = site.parents.iter().map(|&f| SIZES[f]).collect();
        let table = tables.transition(site, site.local_action(&<Trio as GenerativeModel>::META, action));
        let aif::runtime::model::Table::Free(table) = table else {
            let aif::runtime::model::Table::Fixed(table) = table else { panic!("no numbers") };
            p *= table[combined(&sizes, &at) * site.states + digits(next)[site.index]];
            return;
        };
        p *= table[combined(&sizes, &at) * site.states + digits(next)[site.index]];
    });
    p
}

/// `-G` of one predicted joint distribution: expected preferences and information gain, modality by modality.
fn worth(tables: &Tables<Trio>, joint: &[f64; STATES]) -> f64 {
    let mut worth = 0.0;
    <Trio as GenerativeModel>::each_modality(|site| {
        let numbers = match tables.likelihood(site) {
            aif::runtime::model::Table::Free(table) | aif::runtime::model::Table::Fixed(table) => table,
            aif::runtime::model::Table::Map(_) | aif::runtime::model::Table::Sparse(_) => panic!("no numbers"),
        };
        let (mut outcomes, mut ambiguity) = (vec![0.0; site.outcomes], 0.0);
        for (s, p) in joint.iter().enumerate() {
            let at: Vec<usize> = site.parents.iter().map(|&f| digits(s)[f]).collect();
            let sizes: Vec<usize> = site.parents.iter().map(|&f| SIZES[f]).collect();
            let column = &numbers[combined(&sizes, &at) * site.outcomes..][..site.outcomes];
            for (q, a) in outcomes.iter_mut().zip(column) {
                *q += p * a;
                ambiguity -= p * a * a.ln();
            }
        }
        for (q, c) in outcomes.iter().zip(tables.preference(site, 0)) {
            worth += q * c - q * q.ln();
        }
        worth -= ambiguity;
    });
    worth
}

fn after(tables: &Tables<Trio>, joint: &[f64; STATES], action: usize) -> [f64; STATES] {
    std::array::from_fn(|next| (0..STATES).map(|s| joint[s] * moves(tables, s, action, next)).sum())
}

/// `-G` of every policy of two steps.
fn worths(tables: &Tables<Trio>, joint: &[f64; STATES], discount: f64) -> [f64; 4] {
    std::array::from_fn(|policy| {
        let first = after(tables, joint, policy / 2);
        worth(tables, &first) + discount * worth(tables, &after(tables, &first, policy % 2))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn by_default_beliefs_and_plans_are_those_of_enumeration(
        model in trio(),
        seen in prop::collection::vec((observation(), any::<bool>()), 1..5),
        discount in 0.3..1.0,
    ) {
        for (planning, inference) in [(Planning::Tree, Inference::Automatic), (Planning::Tree, Inference::Exact), (Planning::Budgeted { nodes: 1000 }, Inference::Automatic)] {
            let options = AgentOptions { horizon: Some(2), planning, inference, ..AgentOptions::default() };
            let agent = Agent::with_options(model, (), options).unwrap();
            let mut agent = agent.with_assigned(Assigned { discount: Some(discount), ..Assigned::default() }).unwrap();
            prop_assert!(agent.plan().perception.starts_with("exact over the joint state"));
            let tables = Tables::<Trio>::new(&model, (), 2).unwrap();
            let (mut evidence, mut actions): (Vec<<Trio as GenerativeModel>::Evidence>, Vec<usize>) = (Vec::new(), Vec::new());
            for &(observed, go) in &seen {
                agent.infer_states(observed);
                evidence.push(observed.into());
                let filtered = smooth_exactly(&tables, &evidence, &actions).filtered;
                let joint: [f64; STATES] = filtered[filtered.len() - 1].as_slice().try_into().unwrap();
                for (f, size) in SIZES.iter().enumerate() {
                    for state in 0..*size {
                        let p: f64 = (0..STATES).filter(|&s| digits(s)[f] == state).map(|s| joint[s]).sum();
                        prop_assert!((agent.belief().probabilities(f)[state] - p).abs() < 1e-12);
                    }
                }
                let weights = worths(&tables, &joint, discount).map(|w| (model.precision * w).exp());
                let total: f64 = weights.iter().sum();
                let got = agent.action_log_probabilities();
                for a in 0..2 {
                    let p = (weights[2 * a] + weights[2 * a + 1]) / total;
                    prop_assert!((got[a].exp() - p).abs() < 1e-12, "{inference:?} {planning:?}: {} and {p}", got[a].exp());
                }
                let action = TrioAction { go };
                agent.update_empirical_prior(action);
                actions.push(action.index());
            }
        }
    }

    /// A mind, and an agent that is stored, carry what is known jointly.
    #[test]
    fn minds_and_saves_carry_joint_distributions(model in trio(), seen in prop::collection::vec(observation(), 2..6)) {
        let options = AgentOptions { horizon: Some(2), ..AgentOptions::default() };
        let mut alone = Agent::with_options(model, (), options).unwrap();
        let mut host = alone.clone();
        let mut mind = host.newborn().unwrap();
        let mut stored = alone.state();
        for observed in seen {
            alone.infer_states(observed);
            let go = TrioAction { go: alone.belief().second[true] > 0.5 };
            let wanted = alone.action_log_probabilities();
            alone.update_empirical_prior(go);
            let as_mind = host.as_mind(&mut mind, |agent| {
                agent.infer_states(observed);
                let log_p = agent.action_log_probabilities();
                agent.update_empirical_prior(go);
                log_p
            });
            let mut resumed = Agent::resume(model, (), stored).unwrap();
            resumed.infer_states(observed);
            let as_stored = resumed.action_log_probabilities();
            resumed.update_empirical_prior(go);
            stored = resumed.state();
            for a in 0..2 {
                prop_assert!((wanted[a] - as_mind[a]).abs() < 1e-12 && (wanted[a] - as_stored[a]).abs() < 1e-12);
            }
        }
    }
}

#[test]
fn what_the_default_comes_to_is_said() {
    let of = |inference: Inference| inference.words(&<Trio as GenerativeModel>::META);
    assert_eq!(of(Inference::Automatic), "exact over the joint state of each component");
    assert!(of(Inference::MEAN_FIELD).starts_with("mean field, one factor after the other: an approximation"));
    let alone = &<aif::worlds::TMaze<f64> as GenerativeModel>::META;
    assert_eq!(Inference::Automatic.resolved(alone), Inference::Components);
}
