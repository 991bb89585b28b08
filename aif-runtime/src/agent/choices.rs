//! What a game asks of an agent: to choose among the actions that are open, within a budget, by preferences of its own, and to say why.

use alloc::format;

use rand_core::Rng;

use super::Agent;
use crate::act::action_log_probabilities;
use crate::domain::Domain;
use crate::learn::Learner;
use crate::model::{GenerativeModel, Marginals, ModelError};
use crate::options::Precisions;
use crate::perceive::predict;
use crate::plan::{Deepening, Planner, Problem, Reduction, Scene, Terms, terms_of_move};
use crate::scalar::Real;

/// Why an action is as probable as it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Explanation<T = f64> {
    /// The probability that the action is chosen.
    pub probability: T,
    /// The terms of the negative expected free energy of the next step, in nats.
    pub next: Terms<T>,
    /// What the steps after it add to the action's log-weight: the free energy of the best continuations, in nats, times policy precision.
    pub later: T,
    /// The log-weight that the model's habit gives the action.
    pub habit: T,
}

/// An action that was chosen within a budget.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Within<A> {
    /// The action.
    pub action: A,
    /// How many steps ahead were looked at to the end; 0 where the budget did not last for one, and the action was chosen by habit alone.
    pub depth: usize,
    /// How many predicted beliefs were looked at, known or not.
    pub nodes: usize,
}

/// Passes a planner on, and keeps how far it came.
struct Watched<P> {
    planner: P,
    seen: core::cell::Cell<(usize, usize)>,
}

impl<P: Planner<M, T>, M: GenerativeModel<T>, T: Real> Planner<M, T> for Watched<P> {
    fn plan(&self, problem: &Problem<'_, M, T>) -> crate::plan::Plan<M, T> {
        let plan = self.planner.plan(problem);
        self.seen.set((plan.depth, plan.nodes));
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
        let open = doors::<M, T>(open)?;
        Ok(self.select(&self.options.planning, Scene { open: Some(M::Action::entries(&open)), ..self.scene() }, rng))
    }

    /// The log-probability of each action among those that are open now; negative infinity for the others.
    ///
    /// # Errors
    /// When none is open.
    pub fn action_log_probabilities_among(
        &self,
        open: impl Fn(M::Action) -> bool,
    ) -> Result<<M::Action as Domain>::Array<T>, ModelError> {
        let open = doors::<M, T>(open)?;
        let scene = Scene { open: Some(M::Action::entries(&open)), ..self.scene() };
        Ok(action_log_probabilities(&self.options.planning, scene, &self.own_precisions()))
    }

    /// A whole step, choosing among the joint actions that are open now.
    ///
    /// # Errors
    /// When none is open; the agent has then perceived, and nothing else.
    pub fn step_with<R: Rng + ?Sized>(
        &mut self,
        observed: impl Into<M::Evidence>,
        open: impl Fn(M::Action) -> bool,
        rng: &mut R,
    ) -> Result<M::Action, ModelError> {
        self.infer_states(observed);
        let action = self.sample_action_among(open, rng)?;
        self.infer_parameters();
        self.update_empirical_prior(action);
        Ok(action)
    }

    /// A whole step that plans all policies as many steps ahead as a budget of nodes (predicted beliefs, known or not) lasts for, at most to
    /// the horizon.
    pub fn step_within<R: Rng + ?Sized>(
        &mut self,
        nodes: usize,
        observed: impl Into<M::Evidence>,
        rng: &mut R,
    ) -> Within<M::Action> {
        self.step_until(|visited| visited >= nodes, observed, rng)
    }

    /// The same until `stop` says so, which is asked before each node, with how many there were: a clock of the caller's, say,
    /// `|_| start.elapsed() > limit`.
    pub fn step_until<R: Rng + ?Sized>(
        &mut self,
        stop: impl Fn(usize) -> bool,
        observed: impl Into<M::Evidence>,
        rng: &mut R,
    ) -> Within<M::Action> {
        self.infer_states(observed);
        let planner = Watched { planner: Deepening::until(stop), seen: Default::default() };
        let action = self.select(&planner, self.scene(), rng);
        self.infer_parameters();
        self.update_empirical_prior(action);
        let (depth, nodes) = planner.seen.get();
        Within { action, depth, nodes }
    }

    /// What speaks for each joint action now, in their order: for a debug overlay. Costs a plan.
    pub fn explain(&self) -> <M::Action as Domain>::Array<Explanation<T>> {
        let (scene, precisions) = (self.scene(), self.own_precisions());
        let problem = scene.problem(&Precisions { action: T::one(), ..precisions }, Reduction::Sum);
        let weights = self.options.planning.plan(&problem).weights;
        let log_p = action_log_probabilities(&self.options.planning, scene, &precisions);
        let habits = problem.weigh(M::Action::entries(&M::Action::filled(T::zero())));
        let zero = T::zero();
        let none = Explanation { probability: zero, next: Terms::zero(), later: zero, habit: zero };
        let mut explained = M::Action::filled(none);
        for (action, to) in M::Action::entries_mut(&mut explained).iter_mut().enumerate() {
            let next = predict(&self.tables, self.filter.belief(), action);
            to.next = terms_of_move(&problem, (self.filter.belief(), action, &next), 0);
            to.habit = M::Action::entries(&habits)[action];
            to.probability = M::Action::entries(&log_p)[action].exp();
            let weight = M::Action::entries(&weights)[action];
            if weight.value() > f64::NEG_INFINITY {
                to.later = weight - to.habit - precisions.policy * to.next.total();
            }
        }
        explained
    }

    /// The agent's preferences over the outcomes of each modality, in nats: its own, else those that its model has for the first step.
    pub fn preferences(&self) -> M::Outcomes {
        self.preferences.unwrap_or_else(|| {
            let mut preferences = M::Outcomes::zero();
            M::each_modality(|site| {
                preferences.probabilities_mut(site.index).copy_from_slice(self.tables.preference(site, 0));
            });
            preferences
        })
    }

    /// Gives the agent preferences of its own, the same at every step of a policy, in the place of its model's; likelihoods and transitions
    /// stay shared.
    ///
    /// # Errors
    /// When one is not finite; the agent is then as before.
    pub fn set_preferences(&mut self, preferences: M::Outcomes) -> Result<(), ModelError> {
        for (m, modality) in M::META.modalities.iter().enumerate() {
            if let Some(o) = preferences.probabilities(m).iter().position(|c| !c.is_finite()) {
                let value = preferences.probabilities(m)[o].value();
                let what = format!("the preference of {} for {}", modality.name, modality.outcomes.label(o));
                return Err(ModelError::Number { what, value, expected: "finite" });
            }
        }
        self.preferences = Some(preferences);
        Ok(())
    }

    /// Gives the agent its model's preferences again.
    pub fn clear_preferences(&mut self) {
        self.preferences = None;
    }

    /// Gives the agent precisions of its own.
    ///
    /// # Errors
    /// When one is out of its range; the agent is then as before.
    pub fn set_precisions(&mut self, precisions: Precisions) -> Result<(), ModelError> {
        precisions.check()?;
        self.own = Some(precisions);
        Ok(())
    }

    /// Tells the agent that another action was carried out than the one that it took for carried out last: its belief is moved from what it
    /// believed then by this one, and this one is learned from.
    ///
    /// # Errors
    /// When there was no action since the agent last perceived, or the agent passes messages over a window (tell it before:
    /// [`update_empirical_prior`](Agent::update_empirical_prior) takes any action); the agent is then as before.
    pub fn correct_action(&mut self, carried_out: M::Action) -> Result<(), ModelError> {
        if !self.filter.step_back() {
            return Err(ModelError::Options(format!(
                "there is no action to correct: the agent of {} has done nothing since it last perceived, or passes messages over a window",
                M::META.name
            )));
        }
        if let Some(learner) = self.learner.as_deref_mut() {
            Learner::correct(learner, carried_out.index());
        }
        self.filter.advance(&self.tables, carried_out.index(), &self.options.compat);
        Ok(())
    }
}

/// Which joint actions are open.
fn doors<M: GenerativeModel<T>, T: Real>(
    open: impl Fn(M::Action) -> bool,
) -> Result<<M::Action as Domain>::Array<bool>, ModelError> {
    let mut doors = M::Action::filled(false);
    for (action, door) in M::Action::all().zip(M::Action::entries_mut(&mut doors)) {
        *door = open(action);
    }
    if M::Action::entries(&doors).contains(&true) {
        return Ok(doors);
    }
    Err(ModelError::Options(format!("none of the actions of {} is open", M::META.name)))
}
