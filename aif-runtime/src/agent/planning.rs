//! How an agent plans: the scene that its planner sees, what it says of actions and policies, and how far it trusts it.

use rand::Rng;

use super::Agent;
use crate::act::{Selection, best_action, infer_policies};
use crate::domain::Domain;
use crate::life::{Life, LifeState, Setup};
use crate::math::exp;
use crate::model::{GenerativeModel, ModelError};
use crate::plan::{Plan, Planner, PlanningContext, Reduction, for_each_policy};
use crate::random::categorical;
use crate::scalar::{Real, first_maximum, softmax};

impl<M: GenerativeModel<T>, T: Real> Agent<M, T> {
    /// Where the agent plans now. Whatever is changed in it, bounds of branches are those of what it then holds: they are worked out for each plan.
    pub fn scene(&self) -> PlanningContext<'_, M, T> {
        PlanningContext { bounds: None, ..self.own_scene() }
    }

    /// The same with the bounds that were worked out for it.
    pub(super) fn own_scene(&self) -> PlanningContext<'_, M, T> {
        self.life.setup.scene(&self.life.state)
    }

    /// The plan made by the agent's own planner: the log-weight of each first action, and how far it looked.
    pub fn plan(&self) -> Plan<M, T> {
        self.plan_with(&self.options().planning)
    }

    /// The plan made by another planner.
    pub fn plan_with(&self, planner: &impl Planner<M, T>) -> Plan<M, T> {
        planner.plan(&self.own_scene().problem(&self.precisions(), Reduction::Sum))
    }

    /// The log-marginals of the policy posterior over first actions.
    pub fn infer_policies(&self) -> <M::Action as Domain>::Array<T> {
        infer_policies(&self.options().planning, self.own_scene(), &self.precisions())
    }

    /// The log-probability of each action, were it drawn: from policies or from marginals, with precision and lapse.
    pub fn action_log_probabilities(&self) -> <M::Action as Domain>::Array<T> {
        self.life.choice(None).log_probabilities
    }

    /// Chooses an action by the agent's way of selecting.
    pub fn sample_action<R: Rng + ?Sized>(&self, rng: &mut R) -> M::Action {
        self.sample_action_with(&self.options().planning, rng)
    }

    /// Chooses an action by the agent's way of selecting, with another planner.
    pub fn sample_action_with<R: Rng + ?Sized>(&self, planner: &impl Planner<M, T>, rng: &mut R) -> M::Action {
        self.select(planner, None, rng)
    }

    /// Chooses among the actions that are open.
    pub(super) fn select<R: Rng + ?Sized>(&self, planner: &impl Planner<M, T>, open: Option<&[bool]>, rng: &mut R) -> M::Action {
        let Life { setup, state } = &self.life;
        draw::<M, T, R>(setup.options().selection, &chances(setup, planner, state, open), open, rng)
    }

    /// The number of policies that are compared.
    pub fn policy_count(&self) -> usize {
        match self.life.setup.policies() {
            Some(policies) => policies.len(),
            None => M::Action::COUNT.saturating_pow(u32::try_from(self.options().horizon_for(&M::META)).unwrap_or(u32::MAX)),
        }
    }

    /// Writes the negative expected free energy of every policy: in the order of the agent's list, else in lexicographic order (the last
    /// step's action runs fastest).
    ///
    /// # Errors
    /// When the buffer does not hold [`policy_count`](Agent::policy_count) numbers.
    pub fn negative_expected_free_energies(&self, buffer: &mut [f64]) -> Result<(), ModelError> {
        if buffer.len() != self.policy_count() {
            return Err(ModelError::Buffer { found: buffer.len(), policies: self.policy_count() });
        }
        let problem = self.own_scene().problem(&self.precisions(), Reduction::Sum);
        match self.life.setup.policies() {
            Some(policies) => {
                // Those that are not carried on are not compared.
                buffer.fill(f64::NEG_INFINITY);
                policies.each(&problem, |policy, _, gain| buffer[policy] = gain.value())
            }
            None => for_each_policy(&problem, |policy, _, gain| buffer[policy] = gain.value()),
        };
        Ok(())
    }

    /// Writes the posterior q(pi) of every policy, in the same order.
    ///
    /// # Errors
    /// When the buffer does not hold [`policy_count`](Agent::policy_count) numbers.
    pub fn policy_posterior(&self, buffer: &mut [f64]) -> Result<(), ModelError> {
        self.negative_expected_free_energies(buffer)?;
        let habit = self.tables().habit();
        let gamma = self.precisions().policy.value();
        let later = buffer.len() / M::Action::COUNT;
        for (policy, weight) in buffer.iter_mut().enumerate() {
            if *weight == f64::NEG_INFINITY {
                continue;
            }
            *weight *= gamma;
            if let Some(policies) = self.life.setup.policies() {
                let first = policies.first(policy).map_or(0, |a| a.index());
                *weight += policies.habit(policy) + habit.get(first).map_or(0.0, |e| e.value());
            } else if !habit.is_empty() {
                *weight += habit[if habit.len() > M::Action::COUNT { policy } else { policy / later }].value();
            }
            if let Some(own) = &self.life.setup.habit {
                let first = self.life.setup.policies().and_then(|policies| policies.first(policy)).map(|a| a.index());
                *weight += own.entries()[first.unwrap_or(policy / later)].value();
            }
        }
        softmax(buffer);
        Ok(())
    }
}

/// How probable each joint action is.
pub(super) type Chances<M, T> = <<M as GenerativeModel<T>>::Action as Domain>::Array<f64>;

/// How probable it is that each joint action is chosen: the best surely, of an agent that selects deterministically.
pub(super) fn chances<M: GenerativeModel<T>, T: Real>(
    setup: &Setup<M, T>,
    planner: &impl Planner<M, T>,
    state: &LifeState<M, T>,
    open: Option<&[bool]>,
) -> Chances<M, T> {
    let mut chances = M::Action::filled(0.0);
    let entries = M::Action::entries_mut(&mut chances);
    match setup.options().selection {
        Selection::Stochastic => {
            let choice = setup.choice_with(planner, state, open);
            entries.iter_mut().zip(choice.entries()).for_each(|(p, log_p)| *p = exp(log_p.value()));
        }
        Selection::Deterministic => {
            let scene = PlanningContext { open, ..setup.scene(state) };
            entries[best_action(planner, scene, setup.options().sampling, &setup.precisions(state))] = 1.0;
        }
    }
    chances
}

/// Chooses an action so.
#[inline]
pub(super) fn draw<M: GenerativeModel<T>, T: Real, R: Rng + ?Sized>(
    selection: Selection,
    chances: &Chances<M, T>,
    open: Option<&[bool]>,
    rng: &mut R,
) -> M::Action {
    let is_open = |action: usize| open.is_none_or(|open| open.get(action).is_some_and(|open| *open));
    let chances = M::Action::entries(chances);
    let index = match selection {
        Selection::Stochastic => categorical(chances, rng),
        Selection::Deterministic => first_maximum(chances),
    };
    // Weights that overflow say nothing: the first action that is open.
    let index = if is_open(index) { index } else { (0..M::Action::COUNT).find(|&a| is_open(a)).unwrap_or(0) };
    match M::Action::from_index(index) {
        Some(action) => action,
        None => unreachable!("selection draws among the actions of the model"),
    }
}
