//! Rollouts: an agent acts in an environment, and what happened and was believed is written down.

use alloc::vec;
use alloc::vec::Vec;

use rand::Rng;
use serde::{Deserialize, Serialize};

use crate::agent::Agent;
use crate::domain::Domain;
use crate::math::exp;
use crate::model::{GenerativeModel, ModelError};
use crate::perceive::FreeEnergy;
use crate::world::Environment;

/// One moment of a trajectory.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrajectoryStep<O, B, A> {
    /// What was observed.
    pub observation: O,
    /// What was believed before the observation.
    pub prior: B,
    /// What was believed after the observation.
    pub belief: B,
    /// The beliefs about each step of the window, where the agent passes messages over one and they are wanted; the latest last.
    pub window: Vec<B>,
    /// The free energy of the belief, given its prior and the observation, in nats.
    pub free_energy: FreeEnergy,
    /// The probability of each joint action, in order.
    pub action_probabilities: Vec<f64>,
    /// The negative expected free energy of every policy, where it is wanted, in nats.
    pub negative_expected_free_energies: Vec<f64>,
    /// The posterior q(pi) of every policy, where it is wanted.
    pub policies: Vec<f64>,
    /// What was done then; nothing after the last observation.
    pub action: Option<A>,
}

/// What happened and what was believed, moment by moment.
pub type Trajectory<M> =
    Vec<TrajectoryStep<<M as GenerativeModel>::Observation, <M as GenerativeModel>::Belief, <M as GenerativeModel>::Action>>;

/// How long a rollout is, and what it writes down besides beliefs and actions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recording {
    /// The number of actions; there is one moment more.
    pub steps: usize,
    /// Whether every policy is written down at each moment.
    pub policies: bool,
    /// Whether all beliefs of the window are written down at each moment.
    pub window: bool,
}

impl Recording {
    /// Beliefs and actions over a number of steps.
    pub fn of(steps: usize) -> Self {
        Recording { steps, policies: false, window: false }
    }
}

/// Lets an agent act in an environment for `steps` actions, from a new beginning of both: `steps + 1` moments. What the agent learns it
/// learns on the way, the rest at the end.
pub fn rollout<M, E, R>(agent: &mut Agent<M>, environment: &mut E, steps: usize, rng: &mut R) -> Trajectory<M>
where
    M: GenerativeModel,
    E: Environment<Observation = M::Observation, Action = M::Action>,
    R: Rng + ?Sized,
{
    match record(agent, environment, &Recording::of(steps), rng) {
        Ok(trajectory) => trajectory,
        Err(_) => unreachable!("only writing down policies can fail"),
    }
}

/// Lets an agent act in an environment for `steps` actions, from a new beginning of both, and writes nothing down. What the agent learns it
/// learns on the way, the rest at the end.
pub fn live<M, E, R>(agent: &mut Agent<M>, environment: &mut E, steps: usize, rng: &mut R)
where
    M: GenerativeModel,
    E: Environment<Observation = M::Observation, Action = M::Action>,
    R: Rng + ?Sized,
{
    agent.restart();
    let mut observation = environment.reset(rng);
    for _ in 0..steps {
        let action = agent.step(observation, rng);
        observation = environment.step(action, rng);
    }
    agent.infer_states(observation);
    agent.infer_parameters();
    agent.end_block();
}

/// A rollout that writes down what `recording` asks for.
///
/// # Errors
/// When every policy is to be written down and there are more than [`MAX_POLICIES`](crate::plan::MAX_POLICIES); nothing has happened then.
pub fn record<M, E, R>(
    agent: &mut Agent<M>,
    environment: &mut E,
    recording: &Recording,
    rng: &mut R,
) -> Result<Trajectory<M>, ModelError>
where
    M: GenerativeModel,
    E: Environment<Observation = M::Observation, Action = M::Action>,
    R: Rng + ?Sized,
{
    if recording.policies && agent.policy_count() > crate::plan::MAX_POLICIES {
        return Err(ModelError::Recorded);
    }
    let count = if recording.policies { agent.policy_count() } else { 0 };
    let mut trajectory = Vec::with_capacity(recording.steps + 1);
    agent.restart();
    let mut observation = environment.reset(rng);
    for t in 0..=recording.steps {
        let prior = *agent.belief();
        let belief = *agent.infer_states(observation);
        let (mut energies, mut policies) = (vec![0.0; count], vec![0.0; count]);
        if recording.policies {
            agent.negative_expected_free_energies(&mut energies)?;
            agent.policy_posterior(&mut policies)?;
        }
        let moment = TrajectoryStep {
            observation,
            prior,
            belief,
            window: if recording.window { agent.perception().window().to_vec() } else { Vec::new() },
            free_energy: agent.free_energy(&prior, observation),
            action_probabilities: M::Action::entries(&agent.action_log_probabilities()).iter().map(|&p| exp(p)).collect(),
            negative_expected_free_energies: energies,
            policies,
            action: (t < recording.steps).then(|| agent.sample_action(rng)),
        };
        agent.infer_parameters();
        if let Some(action) = moment.action {
            agent.update_empirical_prior(action);
            observation = environment.step(action, rng);
        }
        trajectory.push(moment);
    }
    agent.end_block();
    Ok(trajectory)
}
