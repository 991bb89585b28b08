//! Dense and large models: plans are those of plain sums over all states, and a step allocates nothing.

#[path = "models/counting.rs"]
mod counting;
#[path = "models/dense.rs"]
mod dense;
#[path = "dense/patrol.rs"]
mod patrol;
#[path = "models/places.rs"]
#[allow(dead_code)]
mod places;

use std::sync::Arc;

use aif::prelude::*;
use aif::runtime::model::Table;
use aif::runtime::perceive::predict;
use aif::runtime::plan::{PlanningObjective, belief_terms};
use aif::runtime::{Marginals, ModelFamily, Single};
use counting::allocations;
use dense::{Product, Steered};
use places::{Guard, GuardAction, GuardObservation, Noise};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

fn numbers(table: Table<'_, f64>) -> &[f64] {
    match table {
        Table::Fixed(numbers) | Table::Free(numbers) => numbers,
        Table::Map(_) | Table::Sparse(_) => panic!("a dense table"),
    }
}

/// Three factors of ten states and what is seen of pairs, in plain arithmetic over a thousand joint states.
struct Plain<M: GenerativeModel> {
    tables: Tables<M>,
    horizon: usize,
}

impl<M: GenerativeModel<Inputs = ()>> Plain<M> {
    fn moved(&self, joint: &[f64], action: usize) -> Vec<f64> {
        let mut joint = joint.to_vec();
        M::each_factor(|site| {
            let table = numbers(self.tables.transition(site, site.local_action(&M::META, action)));
            let stride = [100, 10, 1][site.index];
            let mut next = vec![0.0; 1000];
            for (s, &p) in joint.iter().enumerate() {
                let own = s / stride % 10;
                (0..10).for_each(|to| next[s - own * stride + to * stride] += p * table[own * 10 + to]);
            }
            joint = next;
        });
        joint
    }

    /// The negative expected free energy of a step.
    fn value(&self, joint: &[f64]) -> f64 {
        let mut value = 0.0;
        M::each_modality(|site| {
            let table = numbers(self.tables.likelihood(site));
            let (mut q, mut ambiguity) = ([0.0; 10], 0.0);
            for (s, &p) in joint.iter().enumerate() {
                let at = |f: usize| s / [100, 10, 1][f] % 10;
                let row = &table[(at(site.parents[0]) * 10 + at(site.parents[1])) * 10..][..10];
                for (q, &a) in q.iter_mut().zip(row) {
                    *q += p * a;
                    ambiguity -= p * a * a.ln();
                }
            }
            let preference = self.tables.preference(site, 0);
            value += q.iter().zip(preference).map(|(&q, &c)| q * c - q * q.ln()).sum::<f64>() - ambiguity;
        });
        value
    }

    fn policies(&self, joint: &[f64], step: usize, so_far: f64, to: &mut Vec<f64>) {
        if step == self.horizon {
            return to.push(so_far);
        }
        for action in 0..M::Action::COUNT {
            let next = self.moved(joint, action);
            self.policies(&next, step + 1, so_far + self.value(&next), to);
        }
    }
}

fn seen<M: GenerativeModel<T>, T: Real>(t: usize) -> M::Evidence {
    let outcomes: Vec<_> = (0..3).map(|m| Some((t * 7919 + m * 104_729) % 10)).collect();
    M::evidence(&outcomes)
}

fn agent<M: GenerativeModel<T>, T: Real>(tables: &Tables<M, T>, inference: Inference) -> Agent<M, T> {
    let options = AgentOptions { inference, horizon: Some(tables.horizon()), ..AgentOptions::default() };
    Agent::sharing(Arc::new(tables.clone()), options).unwrap()
}

fn log_sum(values: &[f64]) -> f64 {
    let largest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    largest + values.iter().map(|v| (v - largest).exp()).sum::<f64>().ln()
}

/// The values of policies, and what they say of first actions, are those of plain sums; in single precision nearly.
fn plans_are_plain<M: ModelFamily + GenerativeModel<f64, Inputs = ()>>(model: &M, inference: Inference) {
    let tables = Tables::new(model, (), 2).unwrap();
    let plain = Plain { tables: tables.clone(), horizon: 2 };
    let mut agent = agent(&tables, inference);
    let mut single = self::agent(&tables.lift::<Single>(), inference);
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    for t in 0..4 {
        agent.infer_states(seen::<M, f64>(t));
        single.infer_states(seen::<M::In<Single>, Single>(t));
        let joint = match agent.perception().joint() {
            [] => {
                let q = |f, s| Marginals::<f64>::probabilities(agent.belief(), f)[s];
                (0..1000).map(|s| q(0, s / 100) * q(1, s / 10 % 10) * q(2, s % 10)).collect()
            }
            joint => joint.to_vec(),
        };
        let (mut expected, mut found) = (Vec::new(), vec![0.0; 16]);
        plain.policies(&joint, 0, 0.0, &mut expected);
        agent.negative_expected_free_energies(&mut found).unwrap();
        for (found, expected) in found.iter().zip(&expected) {
            assert!((found - expected).abs() < 1e-12, "{found} {expected}");
        }
        let total = log_sum(&expected);
        let log_p = agent.infer_policies();
        let log_p_single = single.infer_policies();
        for (a, expected) in expected.chunks(4).enumerate() {
            let expected = log_sum(expected) - total;
            assert!((M::Action::entries(&log_p)[a] - expected).abs() < 1e-12);
            assert!((M::Action::entries(&log_p_single)[a].value() - expected).abs() < 2e-4);
        }
        let action = agent.sample_action(&mut rng);
        agent.update_empirical_prior(action);
        single.update_empirical_prior(action);
    }
}

#[test]
fn plans_of_dense_models_are_those_of_plain_sums() {
    for inference in [Inference::MEAN_FIELD, Inference::Exact, Inference::Components] {
        plans_are_plain(&Product, inference);
        plans_are_plain(&Steered, inference);
    }
}

/// On a map of 900 cells plans are those of whole distributions, evaluated one by one.
#[test]
fn plans_on_large_maps_are_those_of_whole_distributions() {
    type Map = Guard<30, 30, 9, 3>;
    fn value(
        tables: &Tables<Map>,
        objective: &PlanningObjective,
        belief: &<Map as GenerativeModel>::Belief,
        steps: usize,
    ) -> f64 {
        if steps == 0 {
            return 0.0;
        }
        let values: Vec<f64> = (0..5)
            .map(|action| {
                let next = predict(tables, belief, action);
                belief_terms(tables, objective, &next, 0, None).total() + value(tables, objective, &next, steps - 1)
            })
            .collect();
        log_sum(&values)
    }
    let tables = Tables::<Map>::new(&Guard, (), 3).unwrap();
    let mut agent = agent(&tables, Inference::default());
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    for (t, cell) in [0, 435, 899, 29, 436].into_iter().enumerate() {
        let seen = Cell::<30, 30>::from_index(cell).unwrap();
        let heard = [Noise::Quiet, Noise::Crash][t % 2];
        agent.infer_states(GuardObservation { seen, heard });
        let objective = agent.scene().objective;
        let log_p = agent.infer_policies();
        let total = value(&tables, objective, agent.belief(), 3);
        for action in 0..5 {
            let next = predict(&tables, agent.belief(), action);
            let expected = belief_terms(&tables, objective, &next, 0, None).total() + value(&tables, objective, &next, 2) - total;
            assert!((GuardAction::entries(&log_p)[action] - expected).abs() < 1e-11);
        }
        let action = agent.sample_action(&mut rng);
        agent.update_empirical_prior(action);
    }
}

#[test]
fn steps_of_dense_and_large_models_allocate_nothing() {
    fn none<M: GenerativeModel<T>, T: Real>(mut agent: Agent<M, T>, evidence: impl Fn(usize) -> M::Evidence) {
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        agent.step(evidence(0), &mut rng);
        let (a, b) = (evidence(1), evidence(2));
        let made = allocations();
        agent.step(a, &mut rng);
        agent.step(b, &mut rng);
        let made = allocations() - made;
        assert_eq!(made, 0, "{}: {}, {:?}", M::META.name, std::any::type_name::<T>(), agent.options());
    }
    let product = Tables::<Product>::new(&Product, (), 2).unwrap();
    for inference in [Inference::MEAN_FIELD, Inference::REFERENCE, Inference::Exact] {
        none(agent(&product, inference), seen::<Product, f64>);
        none(agent(&product.lift::<Single>(), inference), seen::<Product, Single>);
    }
    let map = Tables::<Guard<30, 30, 9, 3>>::new(&Guard, (), 3).unwrap();
    let at = |t: usize| GuardObservation { seen: Cell::<30, 30>::from_index(t * 450 % 900).unwrap(), heard: Noise::Steps };
    none(agent(&map, Inference::default()), |t| at(t).into());
    none(agent(&map.lift::<Single>(), Inference::default()), |t| at(t).into());
    // With bounds for branches, worked out beforehand.
    for selection in [Selection::Stochastic, Selection::Deterministic] {
        let planning = Planning::BranchAndBound(BranchAndBound::default());
        let options = AgentOptions { planning, selection, ..AgentOptions::default() };
        none(Agent::sharing(Arc::new(map.clone()), options).unwrap(), |t| at(t).into());
        let options = AgentOptions { horizon: Some(2), ..options };
        none(Agent::sharing(Arc::new(product.clone()), options).unwrap(), seen::<Product, f64>);
    }
}
