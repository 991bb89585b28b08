//! How an agent plans: the scene that its planner sees, what it says of actions and policies, and how far it trusts it.

use alloc::format;
use alloc::vec::Vec;

use rand_core::Rng;

use super::Agent;
use crate::act::{action_log_probabilities, best_action, draw, infer_policies};
use crate::domain::Domain;
use crate::learn::infer_precision;
use crate::model::{GenerativeModel, ModelError};
use crate::options::{Precisions, Selection};
use crate::perceive::{fixed_point, free_energy, predict};
use crate::plan::{Plan, Planner, Problem, Reduction, Scene, for_each_policy};
use crate::scalar::{Real, softmax};

impl<M: GenerativeModel<T>, T: Real> Agent<M, T> {
    /// Where the agent plans now.
    pub(super) fn scene(&self) -> Scene<'_, M, T> {
        Scene {
            tables: &self.tables,
            belief: self.filter.belief(),
            options: &self.options,
            induction: self.induction.as_deref(),
            policies: self.policies.as_deref(),
            open: None,
            preferences: self.preferences.as_ref(),
        }
    }

    /// The agent's precisions, in the scalar of its beliefs.
    pub(super) fn own_precisions(&self) -> Precisions<T> {
        self.precisions().lift()
    }

    /// The plan made by the agent's own planner: the log-weight of each first action, and how far it looked.
    pub fn plan(&self) -> Plan<M, T> {
        self.plan_with(&self.options.planning)
    }

    /// The plan made by another planner.
    pub fn plan_with(&self, planner: &impl Planner<M, T>) -> Plan<M, T> {
        planner.plan(&self.scene().problem(&self.own_precisions(), Reduction::Sum))
    }

    /// The log-marginals of the policy posterior over first actions.
    pub fn infer_policies(&self) -> <M::Action as Domain>::Array<T> {
        infer_policies(&self.options.planning, self.scene(), &self.own_precisions())
    }

    /// The log-probability of each action, were it drawn: from policies or from marginals, with precision and lapse.
    pub fn action_log_probabilities(&self) -> <M::Action as Domain>::Array<T> {
        action_log_probabilities(&self.options.planning, self.scene(), &self.own_precisions())
    }

    /// Chooses an action by the agent's way of selecting.
    pub fn sample_action<R: Rng + ?Sized>(&self, rng: &mut R) -> M::Action {
        self.sample_action_with(&self.options.planning, rng)
    }

    /// Chooses an action by the agent's way of selecting, with another planner.
    pub fn sample_action_with<R: Rng + ?Sized>(&self, planner: &impl Planner<M, T>, rng: &mut R) -> M::Action {
        self.select(planner, self.scene(), rng)
    }

    /// Chooses among the actions that are open in a scene.
    pub(super) fn select<R: Rng + ?Sized>(&self, planner: &impl Planner<M, T>, scene: Scene<'_, M, T>, rng: &mut R) -> M::Action {
        let precisions = self.own_precisions();
        let index = match self.options.selection {
            Selection::Stochastic => draw(M::Action::entries(&action_log_probabilities(planner, scene, &precisions)), rng),
            Selection::Deterministic => best_action(planner, scene, &precisions),
        };
        // Weights that overflow say nothing: the first action that is open.
        let index = if scene.is_open(index) { index } else { (0..M::Action::COUNT).find(|&a| scene.is_open(a)).unwrap_or(0) };
        match M::Action::from_index(index) {
            Some(action) => action,
            None => unreachable!("selection draws among the actions of the model"),
        }
    }

    /// The number of policies that are compared.
    pub fn policy_count(&self) -> usize {
        match &self.policies {
            Some(policies) => policies.len(),
            None => M::Action::COUNT.saturating_pow(u32::try_from(self.options.horizon_for(&M::META)).unwrap_or(u32::MAX)),
        }
    }

    /// Writes the negative expected free energy of every policy: in the order of the agent's list, else in lexicographic order (the last
    /// step's action runs fastest).
    ///
    /// # Errors
    /// When the buffer does not hold [`policy_count`](Agent::policy_count) numbers.
    pub fn negative_expected_free_energies(&self, buffer: &mut [f64]) -> Result<(), ModelError> {
        if buffer.len() != self.policy_count() {
            return Err(ModelError::Options(format!(
                "a buffer of {} numbers for {} policies",
                buffer.len(),
                self.policy_count()
            )));
        }
        let problem = self.scene().problem(&self.own_precisions(), Reduction::Sum);
        match &self.policies {
            Some(policies) => policies.each(&problem, |policy, _, gain| buffer[policy] = gain.value()),
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
        let habit = self.tables.habit();
        let gamma = self.precisions().policy;
        let later = buffer.len() / M::Action::COUNT;
        for (policy, weight) in buffer.iter_mut().enumerate() {
            *weight *= gamma;
            if let Some(policies) = &self.policies {
                let first = policies.first(policy).map_or(0, |a| a.index());
                *weight += policies.habit(policy) + habit.get(first).map_or(0.0, |e| e.value());
            } else if !habit.is_empty() {
                *weight += habit[if habit.len() > M::Action::COUNT { policy } else { policy / later }].value();
            }
        }
        softmax(buffer);
        Ok(())
    }

    /// Updates the policy precision by how probable the evidence was under each action that the agent could have taken.
    pub(super) fn update_precision(&mut self, planner: &impl Planner<M, T>, evidence: &M::Evidence) {
        let (Some(options), Some(before)) = (self.options.precision_updating, self.looked_back.take()) else { return };
        let open = self.open_then.take();
        let declared = self.own.unwrap_or(self.tables.precisions().value()).policy;
        if declared <= 0.0 {
            return;
        }
        let scene = Scene { belief: &before, open: open.as_deref(), ..self.scene() };
        let precisions = Precisions { action: 1.0, ..self.precisions() };
        let problem = Problem { habitual: false, ..scene.problem(&precisions.lift(), Reduction::Sum) };
        let weights = planner.plan(&problem).weights;
        let (mut values, mut habits, mut energies) = (Vec::new(), Vec::new(), Vec::new());
        for (action, weight) in M::Action::entries(&weights).iter().map(|w| w.value()).enumerate().filter(|(_, w)| w.is_finite())
        {
            let habit = self.tables.habit().get(action).filter(|_| self.tables.habit().len() == M::Action::COUNT);
            let habit = habit.map_or(0.0, |e| e.value());
            let prior = predict(&self.tables, &before, action);
            let posterior = fixed_point(&self.tables, &prior, evidence, Default::default());
            values.push(weight / precisions.policy);
            habits.push(habit);
            energies.push(free_energy(&self.tables, &posterior, &prior, evidence).total().value());
        }
        self.updated = Some(infer_precision(declared, &values, &habits, &energies, &options));
    }
}
