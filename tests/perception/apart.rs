//! What an outcome does not bear on stays out of it: who pulls one of four arms learns of that arm alone, whichever way it is declared.

use aif::prelude::*;
use aif::runtime::Inference;
use aif::runtime::model::Marginals;
use rand::SeedableRng;
use rand::rngs::SmallRng;

use super::trackers::{Apart, Together};

/// The largest difference of beliefs and of log-probabilities of choices between the default and exact inference over all factors.
fn differences<M: GenerativeModel<Inputs = ()> + Copy>(model: M) -> (f64, f64) {
    let by = |inference| Agent::with_options(model, (), AgentOptions { inference, ..AgentOptions::default() }).unwrap();
    let (mut agent, mut exact) = (by(Inference::MEAN_FIELD), by(Inference::Exact));
    let (mut world, mut rng) = (World::new(model).unwrap(), SmallRng::seed_from_u64(7));
    let mut seen = world.reset(&mut rng);
    let (mut beliefs, mut choices) = (0.0f64, 0.0f64);
    for _ in 0..60 {
        agent.infer_states(seen);
        exact.infer_states(seen);
        for f in 0..M::META.factors.len() {
            let pairs = agent.belief().probabilities(f).iter().zip(exact.belief().probabilities(f));
            beliefs = pairs.fold(beliefs, |most, (a, b)| most.max((a - b).abs()));
        }
        let (a, b) = (agent.action_log_probabilities(), exact.action_log_probabilities());
        let pairs = M::Action::entries(&a).iter().zip(M::Action::entries(&b));
        choices = pairs.fold(choices, |most, (a, b)| most.max((a - b).abs()));
        let action = agent.sample_action(&mut rng);
        agent.update_empirical_prior(action);
        exact.update_empirical_prior(action);
        seen = world.step(action, &mut rng);
    }
    (beliefs, choices)
}

#[test]
fn one_uncertain_factor_at_a_time_is_exact() {
    let live = (0.1, 0.85, 1.3);
    for (beliefs, choices) in [differences(Apart::of(live)), differences(Together::of(live))] {
        assert!(beliefs < 1e-12 && choices < 1e-11, "{beliefs}, {choices}");
    }
}

#[test]
fn other_arms_are_forgotten_by_their_own_hazard_alone() {
    let mut agent = Agent::new(Together::of((0.1, 0.85, 1.3))).unwrap();
    let mut rng = SmallRng::seed_from_u64(3);
    let mut world = World::new(Together::of((0.1, 0.85, 1.3))).unwrap();
    let mut seen = world.reset(&mut rng);
    for _ in 0..40 {
        let before = *agent.infer_states(seen);
        let action = agent.sample_action(&mut rng);
        agent.update_empirical_prior(action);
        seen = world.step(action, &mut rng);
        let after = *agent.infer_states(seen);
        for arm in (0..4).filter(|&arm| arm != action.index()) {
            let (before, after) = (before.probabilities(1 + arm), after.probabilities(1 + arm));
            for s in 0..3 {
                let expected: f64 = (0..3).map(|r| before[r] * if r == s { 0.9 } else { 0.05 }).sum();
                assert!((after[s] - expected).abs() < 1e-14);
            }
        }
        let action = agent.sample_action(&mut rng);
        agent.update_empirical_prior(action);
        seen = world.step(action, &mut rng);
    }
}
