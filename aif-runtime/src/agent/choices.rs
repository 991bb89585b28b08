//! What a game asks of an agent: to choose among the actions that are open, within a budget, by preferences of its own, and to say why.

use alloc::vec::Vec;
use core::cell::Cell;

use rand::Rng;

use super::Agent;
use crate::act::{Selection, best_action};
use crate::domain::Domain;
use crate::life::{ActionProbabilities, Carried};
use crate::model::{GenerativeModel, ModelError, Numbers, Precisions};
use crate::perceive::Moved;
use crate::plan::{Deepening, Plan, Planner, Problem, Reduction, Terms};
use crate::scalar::Real;

/// Why an action is as probable as it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Explanation<T = f64> {
    /// The probability that the action is chosen: one for the best of an agent that selects deterministically.
    pub probability: T,
    /// The terms of the negative expected free energy of the next step, in nats.
    pub next: Terms<T>,
    /// What the steps after it add to the action's log-weight: all continuations put together, `ln sum exp` of their weights (for each step
    /// that is about `ln` of the number of actions, where they are worth nothing). A list's habits over its policies count here. Zero where
    /// the plan looked at no step to its end.
    pub later: T,
    /// The log-weight that the model's habit gives the action.
    pub habit: T,
}

/// An action that was chosen within a budget.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BudgetedChoice<A> {
    /// The action.
    pub action: A,
    /// How many steps ahead were looked at to the end; 0 where the budget did not last for one, and the action was chosen by habit alone.
    pub depth: usize,
    /// How many predicted beliefs were looked at, known or not.
    pub nodes: usize,
}

/// Passes a planner on, and keeps how far its last plan came, and how many nodes there were in all.
struct Watched<'a, P> {
    planner: P,
    spent: &'a Cell<usize>,
    depth: Cell<usize>,
}

impl<P: Planner<M, T>, M: GenerativeModel<T>, T: Real> Planner<M, T> for Watched<'_, P> {
    fn plan(&self, problem: &Problem<'_, M, T>) -> Plan<M, T> {
        let plan = self.planner.plan(problem);
        self.spent.set(self.spent.get() + plan.nodes);
        self.depth.set(plan.depth);
        plan
    }
}

impl<M: GenerativeModel<T>, T: Real> Agent<M, T> {
    /// Chooses among the joint actions that are open now; what is open later is not known, and takes no part.
    ///
    /// # Errors
    /// When none is open.
    pub fn sample_action_among<R: Rng + ?Sized>(
        &self,
        open: impl Fn(M::Action) -> bool,
        rng: &mut R,
    ) -> Result<M::Action, ModelError> {
        let open = open_actions::<M, T>(open)?;
        Ok(self.select(&self.options().planning, Some(M::Action::entries(&open)), rng))
    }

    /// The log-probability of each action among those that are open now; negative infinity for the others.
    ///
    /// # Errors
    /// When none is open.
    pub fn action_log_probabilities_among(
        &self,
        open: impl Fn(M::Action) -> bool,
    ) -> Result<<M::Action as Domain>::Array<T>, ModelError> {
        let open = open_actions::<M, T>(open)?;
        Ok(self.life.choice(Some(M::Action::entries(&open))).log_probabilities)
    }

    /// A whole step, choosing among the joint actions that are open now.
    ///
    /// # Errors
    /// When none is open; the agent is then as before.
    pub fn step_with<R: Rng + ?Sized>(
        &mut self,
        observed: impl Into<M::Evidence>,
        open: impl Fn(M::Action) -> bool,
        rng: &mut R,
    ) -> Result<M::Action, ModelError> {
        let open = open_actions::<M, T>(open)?;
        Ok(self.step_among(observed.into(), Some(M::Action::entries(&open)), rng))
    }

    /// A whole step that plans all policies as many steps ahead as a budget of nodes (predicted beliefs, known or not) lasts for, at most to
    /// the horizon. A habit over whole policies counts by its first actions.
    ///
    /// # Errors
    /// When the agent compares a list of policies, which is not planned step by step.
    pub fn step_within<R: Rng + ?Sized>(
        &mut self,
        nodes: usize,
        observed: impl Into<M::Evidence>,
        rng: &mut R,
    ) -> Result<BudgetedChoice<M::Action>, ModelError> {
        self.step_bounded(|visited| visited >= nodes, |_| true, observed, rng)
    }

    /// The same until `stop` says so, which is asked before each node, with how many there were: a clock of the caller's, say,
    /// `|_| start.elapsed() > limit`; and among the joint actions that are open now.
    ///
    /// # Errors
    /// When no action is open, or the agent compares a list of policies; the agent is then as before.
    pub fn step_bounded<R: Rng + ?Sized>(
        &mut self,
        stop: impl Fn(usize) -> bool,
        open: impl Fn(M::Action) -> bool,
        observed: impl Into<M::Evidence>,
        rng: &mut R,
    ) -> Result<BudgetedChoice<M::Action>, ModelError> {
        let open = open_actions::<M, T>(open)?;
        if self.life.setup.policies().is_some() {
            return Err(ModelError::ListWithinBudget { model: M::META.name });
        }
        let spent = Cell::new(0);
        let planner =
            Watched { planner: Deepening::until(|visited| stop(spent.get() + visited)), spent: &spent, depth: Cell::new(0) };
        let all = M::Action::entries(&open).iter().all(|open| *open);
        let open = (!all).then_some(M::Action::entries(&open));
        let action = self.step_by(&planner, open, observed.into(), rng);
        Ok(BudgetedChoice { action, depth: planner.depth.get(), nodes: spent.get() })
    }

    /// A whole step with a planner, among the actions that are open.
    pub(super) fn step_by<R: Rng + ?Sized>(
        &mut self,
        planner: &impl Planner<M, T>,
        open: Option<&[bool]>,
        evidence: M::Evidence,
        rng: &mut R,
    ) -> M::Action {
        self.life.setup.observe_with(planner, &mut self.life.state, &evidence);
        let action = self.select(planner, open, rng);
        self.life.act(Carried::Action(action.index()), open);
        action
    }

    /// What speaks for each joint action now, in their order: for a debug overlay. Costs two plans by the agent's own planner.
    pub fn explain(&self) -> <M::Action as Domain>::Array<Explanation<T>> {
        let (scene, precisions) = (self.own_scene(), self.precisions());
        let problem = scene.problem(&Precisions { action: T::one(), ..precisions }, Reduction::Sum);
        let Plan { weights, depth, .. } = self.options().planning.plan(&problem);
        let chosen = match self.options().selection {
            Selection::Stochastic => {
                let ActionProbabilities { log_probabilities: mut p } = self.life.choice(None);
                M::Action::entries_mut(&mut p).iter_mut().for_each(|p| *p = p.exp());
                p
            }
            Selection::Deterministic => {
                let mut p = M::Action::filled(T::zero());
                M::Action::entries_mut(&mut p)
                    [best_action(&self.options().planning, scene, self.options().sampling, &precisions)] = T::one();
                p
            }
        };
        let habits = problem.weigh(M::Action::entries(&M::Action::filled(T::zero())));
        let zero = T::zero();
        let none = Explanation { probability: zero, next: Terms::all(zero), later: zero, habit: zero };
        let mut explained = M::Action::filled(none);
        for (action, to) in M::Action::entries_mut(&mut explained).iter_mut().enumerate() {
            to.next = problem.next_terms(action);
            to.habit = M::Action::entries(&habits)[action];
            to.probability = M::Action::entries(&chosen)[action];
            let weight = M::Action::entries(&weights)[action];
            if depth > 0 && weight.value() > f64::NEG_INFINITY {
                to.later = weight - to.habit - precisions.policy * to.next.total();
            }
        }
        explained
    }

    /// What each modality, in the order of the declaration, adds to the terms of the next step under an action: utility and state information
    /// gain, as [`Explanation::next`] has them for all. They sum to those, but where the information gain of all modalities together counts
    /// (`AgentOptions::joint_information_gain`): what two of them tell alike is then in both.
    pub fn explain_modalities(&self, action: M::Action) -> Vec<Terms<T>> {
        let problem = self.own_scene().problem(&Precisions { action: T::one(), ..self.precisions() }, Reduction::Sum);
        let mut shares = Vec::with_capacity(M::META.modalities.len());
        problem.next_by_modality(action.index(), &mut |share| shares.push(share));
        shares
    }

    /// The agent's preferences over the outcomes of each modality, in nats: its own, else those that its model has for the first step.
    pub fn preferences(&self) -> M::Preferences {
        self.life.setup.preferences().copied().unwrap_or_else(|| {
            let mut preferences = M::Preferences::zero();
            M::each_modality(|site| {
                preferences.numbers_mut(site.index).copy_from_slice(self.tables().preference(site, 0));
            });
            preferences
        })
    }

    /// Gives the agent preferences of its own, the same at every step of a policy, in the place of its model's; likelihoods and transitions
    /// stay shared.
    ///
    /// # Errors
    /// When one is not finite; the agent is then as before.
    pub fn set_preferences(&mut self, preferences: M::Preferences) -> Result<(), ModelError> {
        self.setup_mut().prefer(Some(preferences))
    }

    /// Gives the agent its model's preferences again.
    pub fn clear_preferences(&mut self) {
        let declared = self.setup_mut().prefer(None);
        debug_assert!(declared.is_ok());
    }

    /// Gives the agent precisions of its own; a policy precision that is updated begins there anew.
    ///
    /// # Errors
    /// When one is out of its range; the agent is then as before.
    pub fn set_precisions(&mut self, precisions: Precisions<T>) -> Result<(), ModelError> {
        let assigned = self.life.setup.assigned.with_precisions(precisions);
        self.setup_mut().assign(assigned)?;
        if let Some(trust) = &mut self.life.state.trust {
            trust.updated = None;
        }
        Ok(())
    }

    /// Tells the agent that another action was carried out than the one that it took for carried out last: its belief is moved from what it
    /// believed then by this one, and this one is learned from.
    ///
    /// # Errors
    /// When there was no action since the agent last perceived, it has been learned from since, the inputs have changed since, or the agent
    /// passes messages over a window (tell it before:
    /// [`update_empirical_prior`](Agent::update_empirical_prior) takes any action); the agent is then as before.
    pub fn correct_action(&mut self, carried_out: M::Action) -> Result<(), ModelError> {
        let (setup, state) = self.parts();
        if !state.perception.step_back() {
            return Err(ModelError::NothingToCorrect { model: M::META.name });
        }
        let action = carried_out.index();
        if let Some(learned) = &mut state.learned {
            learned.learner.correct(action);
        }
        let tables = setup.ground(state).tables.clone();
        state.perception.advance(&tables, Moved::By(action), &setup.options.compat);
        Ok(())
    }
}

/// Which joint actions are open.
fn open_actions<M: GenerativeModel<T>, T: Real>(
    open: impl Fn(M::Action) -> bool,
) -> Result<<M::Action as Domain>::Array<bool>, ModelError> {
    let mut doors = M::Action::filled(false);
    for (action, door) in M::Action::all().zip(M::Action::entries_mut(&mut doors)) {
        *door = open(action);
    }
    if M::Action::entries(&doors).contains(&true) {
        return Ok(doors);
    }
    Err(ModelError::NothingOpen { model: M::META.name })
}
