//! What a life is set up with, and what it makes of its state at each step: perceiving, choosing, learning, moving.

use alloc::boxed::Box;
use alloc::format;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::assigned::Assigned;
use super::ground::Ground;
use super::options::AgentOptions;
use super::probabilities::ActionProbabilities;
use super::state::{Learned, LifeState, Progress, Trust};
use crate::act::action_log_probabilities;
use crate::domain::Domain;
use crate::learn::{Learner, Manner, Pace};
use crate::model::{GenerativeModel, Marginals, ModelError, Numbers, Precisions, Tables, moderate};
use crate::perceive::{Carries, Joints, Moved, Perception};
use crate::plan::{self, Bounds, Planner, Planning, PlanningContext, PlanningObjective, Policies};
use crate::scalar::{Real, has_derivatives};

/// What a life is set up with: numbers of the model, run-time choices, precisions and preferences. It stays as it is from step to step, and
/// any number of [states](LifeState) can be lived under it.
#[derive(Clone, Debug)]
pub struct Setup<M: GenerativeModel<T>, T: Real = f64> {
    pub(crate) ground: Ground<M, T>,
    pub(crate) options: AgentOptions,
    pub(crate) objective: PlanningObjective<T>,
    /// Precisions of its own; what is not among them is as declared.
    pub(crate) assigned: Assigned<T>,
    /// Both together.
    pub(crate) precisions: Precisions<T>,
    /// How fast it learns.
    pub(crate) pace: Pace<T>,
    /// What its way to perceive carries, and it in words.
    carries: Carries,
    words: &'static str,
    /// How the joint distributions that plans are made from are laid out, where they are.
    joints: Option<Joints>,
    /// How views of these are laid out, where plans may be made from them.
    views: Option<Joints>,
    /// How those of each part of the model are laid out, where it is planned part by part.
    parts: Vec<Joints>,
    /// What branches of plans can be worth at most, where plans are bounded by it.
    bounds: Option<Arc<Bounds>>,
    /// Preferences of its own; else those of the tables.
    preferences: Option<Box<M::Preferences>>,
    /// Whether they count: their memory is kept for the next ones.
    prefers: bool,
    /// A habit of its own, beside that of the tables.
    pub(crate) habit: Option<ActionProbabilities<M, T>>,
    /// Policies of its own to compare; else those of the tables, where these are not all.
    pub(crate) policies: Option<Arc<Policies<M::Action>>>,
}

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
    /// A life by these tables, which it shares with others until it learns.
    ///
    /// # Errors
    /// When the options do not fit the model or the horizon of the tables, or an assigned precision is out of its range.
    pub fn new(tables: Arc<Tables<M, T>>, options: AgentOptions, assigned: Assigned<T>) -> Result<Self, ModelError> {
        Setup::on(Ground::new(tables), options, assigned)
    }

    /// A life by the same tables, as [`Setup::new`] makes it: what was worked out for this one is shared, as far as it holds under these options.
    pub(crate) fn again(&self, options: AgentOptions) -> Result<Self, ModelError> {
        let told = self.prefers || self.habit.is_some() || self.policies.is_some() || self.assigned != Assigned::default();
        let goals = self.ground.induction.as_ref().is_some_and(|induction| induction.is_given());
        if options == self.options && !told && !goals {
            return Ok(self.clone());
        }
        Setup::on(self.ground.at_first(), options, Assigned::default())
    }

    fn on(ground: Ground<M, T>, options: AgentOptions, assigned: Assigned<T>) -> Result<Self, ModelError> {
        let (tables, options) = (&ground.tables, assigned.complete(&options));
        options.check(&M::META)?;
        let horizon = options.horizon_for(&M::META);
        if horizon != tables.horizon() {
            return Err(ModelError::Horizon { tables: tables.horizon(), options: horizon });
        }
        if let Some(steps) = options.preference_steps.filter(|&steps| steps > tables.preference_steps()) {
            return Err(ModelError::PreferenceSteps { tables: tables.preference_steps(), options: steps });
        }
        let precisions = tables.precisions();
        let (objective, pace) = (options.objective(&M::META), options.learning.unwrap_or_default().pace());
        let (carries, words) = (options.inference.carries(&M::META), options.inference.words(&M::META));
        let joint = carries == Carries::Joint && !options.plan_from_marginals;
        let joints = joint.then(|| options.inference.joints::<M, T>());
        let views = joints.as_ref().and_then(|joints| joints.views::<M, T>());
        let mut parts = Vec::new();
        if const { plan::splits::<M, T>() }
            && let Some(joints) = &joints
        {
            for part in plan::parts::<M, T>() {
                let within = |joints: &Joints| joints.within::<M, T>(|f| part.has_factor(f));
                let (own, seen) = (within(joints), views.as_ref().map(within));
                parts.push(seen.filter(|seen| seen.len::<M, T>() < own.len::<M, T>()).unwrap_or(own));
            }
        }
        let (preferences, habit, policies) = (None, None, None);
        let mut setup = Setup {
            ground,
            options,
            objective,
            assigned,
            precisions,
            pace,
            carries,
            words,
            joints,
            views,
            parts,
            bounds: None,
            preferences,
            prefers: false,
            habit,
            policies,
        };
        setup.refresh()?;
        setup.ground.work_back_declared(&setup.options);
        setup.bound();
        Ok(setup)
    }

    /// What follows from other numbers in the tables, but for ways and bounds.
    fn refresh(&mut self) -> Result<(), ModelError> {
        let tables = &self.ground.tables;
        if self.options.learning.is_some() && !tables.has_counts() {
            return Err(ModelError::NothingToLearn { model: M::META.name });
        }
        if self.options.induction.is_some() && !tables.has_goals() {
            return Err(ModelError::NoGoal { model: M::META.name });
        }
        if let (None, Some(policies)) = (&self.policies, tables.policies()) {
            self.check_policies(tables, policies)?;
        }
        self.take_assigned(self.assigned, tables.precisions())
    }

    /// Works out what branches can be worth at most, where plans are bounded: of numbers that stay.
    pub(crate) fn bound(&mut self) {
        let bounded = matches!(self.options.planning, Planning::BranchAndBound(_)) && !has_derivatives::<T>();
        let nothing = M::Belief::zero();
        self.bounds = (bounded && self.options.learning.is_none()).then(|| {
            let scene = PlanningContext {
                induction: self.ground.induction.as_deref(),
                preferences: self.preferences(),
                ..PlanningContext::new(&self.ground.tables, &nothing, &self.objective)
            };
            Arc::new(Bounds::new(&scene, self.options.preference_steps.is_none().then_some(0)))
        });
    }

    /// Bounds hold for all goals, unless an agent is driven off the path to them.
    pub(crate) fn goals_changed(&mut self) {
        if self.objective.weights().inductive_value.value() < 0.0 {
            self.bound();
        }
    }

    /// What follows from what is assigned; nothing has changed where something is out of its range.
    pub(super) fn take_assigned(&mut self, assigned: Assigned<T>, declared: Precisions<T>) -> Result<(), ModelError> {
        let precisions = assigned.over(declared);
        precisions.check()?;
        let pace = assigned.pace(&self.options);
        pace.check()?;
        let weights = assigned.weights(self.options.terms.map(T::constant));
        let mut wrong = None;
        weights.map(|w| wrong = wrong.or((!w.is_moderate()).then_some(w)));
        let number =
            |what: &str, value: T, expected| Err(ModelError::Number { what: what.into(), value: value.value(), expected });
        if let Some(value) = wrong {
            return number("the weight of a term of expected free energy", value, moderate(value));
        }
        let within = |x: Option<T>, fits: fn(f64) -> bool| x.filter(|x| !(x.is_finite() && fits(x.value())));
        if let Some(value) = within(assigned.discount, |x| (0.0..=1.0).contains(&x)) {
            return number("the discount", value, "between 0 and 1");
        }
        if let Some(value) = within(assigned.precision_step, |x| x > 0.0 && x <= 1.0) {
            return number("the step of precision updating", value, "above 0 and at most 1");
        }
        self.objective = self.objective.with_weights(weights).discounted(assigned.discount);
        (self.assigned, self.precisions, self.pace) = (assigned, precisions, pace);
        Ok(())
    }

    /// The same life by other parameters, inputs or precisions; in the memory of its tables, unless others share them.
    ///
    /// # Errors
    /// As [`Setup::new`] and [`Tables::new`]; after an error the setup is not to be used.
    pub fn refill(&mut self, model: &M, inputs: M::Inputs, assigned: Assigned<T>) -> Result<(), ModelError> {
        match Arc::get_mut(&mut self.ground.tables) {
            Some(tables) => tables.fill(model, inputs)?,
            None => self.ground.tables = Arc::new(self.options.tables(model, inputs)?),
        }
        let declared = self.options;
        self.options = assigned.complete(&declared);
        self.assigned = assigned;
        self.refresh()?;
        self.ground.work_back(&self.options);
        self.bound();
        Ok(())
    }

    /// The run-time choices.
    pub fn options(&self) -> &AgentOptions {
        &self.options
    }

    /// What drives policies, in the scalar of the beliefs.
    pub fn objective(&self) -> &PlanningObjective<T> {
        &self.objective
    }

    /// Assigns other precisions.
    ///
    /// # Errors
    /// When one is out of its range; nothing has changed then.
    pub fn assign(&mut self, assigned: Assigned<T>) -> Result<(), ModelError> {
        let complete = assigned.complete(&self.options);
        if complete != self.options {
            return Err(ModelError::ToldTooLate);
        }
        self.take_assigned(assigned, self.ground.tables.precisions())?;
        self.bound();
        Ok(())
    }

    /// Sets preferences of its own, the same at every step of a policy, in the place of those of the model.
    ///
    /// # Errors
    /// When one is not finite; nothing has changed then.
    pub fn prefer(&mut self, preferences: Option<M::Preferences>) -> Result<(), ModelError> {
        for (m, modality) in M::META.modalities.iter().enumerate() {
            let numbers = preferences.as_ref().map_or(&[][..], |preferences| preferences.numbers(m));
            if let Some(o) = numbers.iter().position(|c| !c.is_moderate()) {
                let what = format!("the preference of {} for {}", modality.name, modality.outcomes.label(o));
                return Err(ModelError::Number { what, value: numbers[o].value(), expected: moderate(numbers[o]) });
            }
        }
        self.take_preferences(preferences);
        self.bound();
        Ok(())
    }

    /// The preferences of its own, where it has some.
    pub fn preferences(&self) -> Option<&M::Preferences> {
        self.preferences.as_deref().filter(|_| self.prefers)
    }

    /// Sets preferences that are passed down to a run, or takes them back. They change with every run: bounds are worked out for each plan.
    pub(crate) fn lend(&mut self, preferences: Option<M::Preferences>) {
        if preferences.is_none() && !self.prefers {
            return;
        }
        self.take_preferences(preferences);
        self.bounds = None;
    }

    /// In the memory of those before, where there were some.
    fn take_preferences(&mut self, preferences: Option<M::Preferences>) {
        self.prefers = preferences.is_some();
        match (&mut self.preferences, preferences) {
            (Some(own), Some(new)) => **own = new,
            (own @ None, Some(new)) => *own = Some(Box::new(new)),
            (_, None) => {}
        }
    }

    /// A life at its beginning.
    pub fn begin(&self) -> LifeState<M, T> {
        let Ground { tables, .. } = &self.ground;
        LifeState {
            perception: Perception::new(tables, self.options.inference),
            progress: Progress::default(),
            trust: self.options.precision_updating.map(|_| Box::new(Trust::none())),
            learned: self
                .options
                .learning
                .map(|_| Box::new(Learned { ground: self.ground.clone(), learner: Learner::new(tables.clone(), self.joints()) })),
        }
    }

    /// The numbers that a state is lived by: as learned, else as set up.
    #[inline(always)]
    pub fn ground<'a>(&'a self, state: &'a LifeState<M, T>) -> &'a Ground<M, T> {
        self.ground_of(&state.learned)
    }

    #[inline(always)]
    fn ground_of<'a>(&'a self, learned: &'a Option<Box<Learned<M, T>>>) -> &'a Ground<M, T> {
        learned.as_ref().map_or(&self.ground, |learned| &learned.ground)
    }

    /// The same, to be changed.
    pub fn ground_mut<'a>(&'a mut self, state: &'a mut LifeState<M, T>) -> &'a mut Ground<M, T> {
        state.learned.as_mut().map_or(&mut self.ground, |learned| &mut learned.ground)
    }

    /// Works out what leads where, by transitions more probable than `threshold`, before there are goals.
    pub(crate) fn find_ways(&mut self, state: &mut LifeState<M, T>, threshold: f64) {
        self.ground.keep_leads(threshold);
        if let Some(learned) = &mut state.learned {
            learned.ground.take_leads(&self.ground, threshold);
        }
    }

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

    fn joints(&self) -> Joints {
        self.options.inference.joints::<M, T>()
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
    #[inline(always)]
    pub fn precisions(&self, state: &LifeState<M, T>) -> Precisions<T> {
        Precisions { policy: state.updated().unwrap_or(self.precisions.policy), ..self.precisions }
    }

    /// Where plans are made now.
    #[inline(always)]
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

    #[inline(always)]
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

    /// The policies that are compared, where these are not all.
    #[inline(always)]
    pub fn policies(&self) -> Option<&Arc<Policies<M::Action>>> {
        self.policies.as_ref().or(self.ground.tables.policies())
    }

    /// What was done of the policies that are carried on. Of another list than it was done by (inputs may bring one) perhaps none begins so: all are
    /// compared anew then.
    #[inline(always)]
    pub(super) fn done<'a>(&self, progress: &'a Progress) -> &'a [usize] {
        let done = progress.done.as_slice();
        if done.is_empty() || self.policies().is_some_and(|policies| policies.goes_on(done)) { done } else { &[] }
    }

    /// What plans have to know of the block so far.
    fn go_on(&self, progress: &mut Progress, done: Option<usize>) {
        if let Some(most) = self.options.preference_steps {
            progress.steps = (progress.steps + 1).min(most);
        }
        if let Some(policies) = self.policies().filter(|policies| policies.is_carried_on()) {
            progress.done.extend(done);
            if done.is_none() || !policies.goes_on(&progress.done) {
                progress.done.clear();
            }
        }
    }

    /// Compares only the given policies.
    ///
    /// # Errors
    /// When the policies have another length than the horizon, plans are made otherwise than by enumerating policies, or the model's habit
    /// forbids all of them or is over all policies.
    pub fn compare_only(&mut self, policies: Policies<M::Action>) -> Result<(), ModelError> {
        self.check_policies(&self.ground.tables, &policies)?;
        self.policies = Some(Arc::new(policies));
        Ok(())
    }

    /// Whether a list can be compared under tables of the model.
    pub(super) fn check_policies(&self, tables: &Tables<M, T>, policies: &Policies<M::Action>) -> Result<(), ModelError> {
        let horizon = self.objective.horizon;
        if policies.horizon() != horizon {
            return Err(ModelError::PolicyHorizon { policies: policies.horizon(), horizon });
        }
        refuse_if!(self.options.planning != Planning::Tree, ModelError::ListNeedsTree);
        let habit = tables.habit();
        if habit.len() > M::Action::COUNT {
            return Err(ModelError::HabitOfPolicies { model: M::META.name });
        }
        let allowed = |(i, policy): (usize, &[M::Action])| {
            let first = habit.get(policy[0].index()).map_or(0.0, |e| e.value());
            policies.habit(i) + first > f64::NEG_INFINITY
        };
        if !policies.iter().enumerate().any(allowed) {
            return Err(ModelError::NoListedPolicy { model: M::META.name });
        }
        Ok(())
    }
}
