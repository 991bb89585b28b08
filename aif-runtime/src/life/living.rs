//! How a state is lived: blocks begin and end, what is observed is taken in, actions are chosen, learned from and carried out.

use super::ground::Ground;
use super::probabilities::ActionProbabilities;
use super::setup::Setup;
use super::state::{LifeState, Trust};
use crate::act::action_log_probabilities;
use crate::learn::Manner;
use crate::model::{GenerativeModel, Precisions, Tables};
use crate::perceive::Moved;
use crate::plan::{Planner, PlanningContext};
use crate::scalar::Real;

/// What was carried out, as far as the agent knows it.
#[derive(Clone, Copy, Debug)]
pub enum Carried<'a, T = f64> {
    /// This joint action, by its index.
    Action(usize),
    /// One of several joint actions, with weights that sum to one. Nothing is learned of the move.
    OneOf(&'a [(usize, T)]),
    /// One of all: each as probable as it was to be chosen. Nothing is learned of the move.
    Unknown,
}

impl<M: GenerativeModel<T>, T: Real> Setup<M, T> {
    /// Goes back to the initial state of the model. What was learned stays.
    pub fn restart(&self, state: &mut LifeState<M, T>) {
        let LifeState { perception, learned, .. } = state;
        perception.restart(&self.ground_of(learned).tables);
        self.forget_block(state);
    }

    /// Begins a new block: goes back to the initial state of the model, but for factors whose belief is kept between blocks. What is left to
    /// learn of the old block is learned.
    pub fn begin_block(&self, state: &mut LifeState<M, T>) {
        self.end_block(state);
        let LifeState { perception, learned, .. } = state;
        perception.begin_block(&self.ground_of(learned).tables);
        self.forget_block(state);
    }

    fn forget_block(&self, state: &mut LifeState<M, T>) {
        state.progress.steps = 0;
        state.progress.done.clear();
        if let Some(learned) = &mut state.learned {
            learned.learner.begin();
        }
        if let Some(trust) = &mut state.trust {
            **trust = Trust::none();
        }
    }

    /// Learns all that is left to learn of the block so far. The block may go on.
    pub fn end_block(&self, state: &mut LifeState<M, T>) {
        self.learn_pending(state);
        self.finish(state);
    }

    /// The same of what learning at a block's end, or a window, has kept back.
    pub(crate) fn finish(&self, state: &mut LifeState<M, T>) {
        state.perception.settle();
        if let (Some(learned), Some(manner)) = (&mut state.learned, self.manner())
            && learned.learner.finish(&mut learned.ground.tables, &manner)
            && manner.pace.rates.transition.is_some()
        {
            learned.ground.work_back(&self.options);
        }
    }

    /// By what is learned, where something is.
    fn manner(&self) -> Option<Manner<T>> {
        let (carries, compat) = (self.carries, self.options.compat);
        let novel = self.objective.on.likelihood_information_gain || self.objective.on.transition_information_gain;
        Some(Manner { learning: self.options.learning?, pace: self.pace, carries, compat, novel })
    }

    /// Takes in what is observed: the belief becomes the posterior; where policy precision is updated, it is. A second look without an action
    /// in between replaces the first.
    #[inline]
    pub fn observe(&self, state: &mut LifeState<M, T>, evidence: &M::Evidence) {
        self.observe_with(&self.options.planning, state, evidence);
    }

    /// The same; where policy precision is updated, this planner says what could have been expected of each action.
    #[inline]
    pub(crate) fn observe_with(&self, planner: &impl Planner<M, T>, state: &mut LifeState<M, T>, evidence: &M::Evidence) {
        self.observe_noting(planner, state, evidence, |_, _| {});
    }

    /// The same; `note` sees the tables and the posterior before anything is learned from it.
    #[inline]
    pub(super) fn observe_noting(
        &self,
        planner: &impl Planner<M, T>,
        state: &mut LifeState<M, T>,
        evidence: &M::Evidence,
        note: impl FnOnce(&Tables<M, T>, &M::Belief),
    ) {
        if let Some(learned) = &mut state.learned
            && learned.learner.look_again(&mut learned.ground.tables)
            && self.pace.rates.transition.is_some()
        {
            learned.ground.work_back(&self.options);
        }
        let ground = self.ground_of(&state.learned);
        state.perception.perceive(&ground.tables, evidence);
        note(&ground.tables, state.perception.belief());
        if state.trust.is_some() {
            self.update_precision(planner, state, evidence);
        }
        if let (Some(learned), Some(learning)) = (&mut state.learned, &self.options.learning) {
            learned.learner.observe(*evidence, &state.perception, learning);
            if learning.when.is_before_choice() {
                self.learn(state);
            }
        }
    }

    /// The precisions at a state.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn precisions(&self, state: &LifeState<M, T>) -> Precisions<T> {
        Precisions { policy: state.updated().unwrap_or(self.precisions.policy), ..self.precisions }
    }

    /// Where plans are made now.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn scene<'a>(&'a self, state: &'a LifeState<M, T>) -> PlanningContext<'a, M, T> {
        let Ground { tables, induction, .. } = self.ground(state);
        PlanningContext {
            tables,
            belief: state.perception.belief(),
            joint: self.joints.as_ref().map(|joints| (joints, state.perception.joint())),
            views: self.views.as_ref(),
            parts: &self.parts,
            part: None,
            objective: &self.objective,
            induction: induction.as_deref(),
            bounds: self.bounds.as_deref().filter(|_| state.learned.is_none()),
            elapsed: state.progress.steps,
            done: self.done(&state.progress),
            policies: self.policies().map(|policies| &**policies),
            open: None,
            preferences: self.preferences(),
            habit: self.habit.as_ref().map(|own| &own.log_probabilities),
            free_energies: state.perception.policy_free_energies(),
            words: Some(self.words),
        }
    }

    /// How probable each joint action is now; `open` says which of them can be taken, where not all can.
    #[inline]
    pub fn choice(&self, state: &LifeState<M, T>, open: Option<&[bool]>) -> ActionProbabilities<M, T> {
        self.choice_with(&self.options.planning, state, open)
    }

    /// The same by another planner.
    #[inline]
    pub(crate) fn choice_with(
        &self,
        planner: &impl Planner<M, T>,
        state: &LifeState<M, T>,
        open: Option<&[bool]>,
    ) -> ActionProbabilities<M, T> {
        let scene = PlanningContext { open, ..self.scene(state) };
        ActionProbabilities {
            log_probabilities: action_log_probabilities(planner, scene, self.options.sampling, &self.precisions(state)),
        }
    }

    /// Learns from the latest step, as the options say; what they keep for the block's end is learned then.
    pub fn learn(&self, state: &mut LifeState<M, T>) {
        state.perception.settle();
        if let (Some(learned), Some(manner)) = (&mut state.learned, self.manner())
            && learned.learner.step(&mut learned.ground.tables, &manner)
            && manner.pace.rates.transition.is_some()
        {
            learned.ground.work_back(&self.options);
        }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn learn_pending(&self, state: &mut LifeState<M, T>) {
        if state.learned.as_ref().is_some_and(|learned| learned.learner.pending) {
            self.learn(state);
        }
    }

    /// Learns from the latest step, unless that was done, and moves on under what was carried out; `open` says which actions could be taken,
    /// where not all could.
    #[inline]
    pub fn act(&self, state: &mut LifeState<M, T>, carried: Carried<'_, T>, open: Option<&[bool]>) {
        self.learn_pending(state);
        match carried {
            Carried::Action(action) => self.move_on(state, Moved::By(action), open),
            Carried::OneOf(actions) => self.move_on(state, Moved::ByOneOf(actions), open),
            Carried::Unknown => {
                let weights = self.choice(state, open).weights(&[]);
                self.move_on(state, Moved::ByOneOf(&weights), open);
            }
        }
    }

    /// Moves the belief one step: it becomes the prior of the next observation.
    #[inline]
    pub(crate) fn move_on(&self, state: &mut LifeState<M, T>, moved: Moved<'_, T>, open: Option<&[bool]>) {
        if let Some(learned) = &mut state.learned {
            let action = if let Moved::By(action) = moved { Some(action) } else { None };
            learned.learner.act(action, &state.perception);
        }
        if let Some(trust) = &mut state.trust {
            trust.before = Some(*state.perception.belief());
            trust.progress.clone_from(&state.progress);
            trust.open = open.filter(|open| open.contains(&false)).map(<[bool]>::to_vec);
        }
        self.go_on(&mut state.progress, if let Moved::By(action) = moved { Some(action) } else { None });
        let ground = self.ground_of(&state.learned);
        state.perception.advance(&ground.tables, moved, &self.options.compat);
    }
}
