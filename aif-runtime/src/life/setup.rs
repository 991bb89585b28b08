//! What a life is set up with: numbers of the model, run-time choices, precisions, preferences, and what follows from them.

use alloc::boxed::Box;
use alloc::format;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::assigned::Assigned;
use super::ground::Ground;
use super::options::AgentOptions;
use super::probabilities::ActionProbabilities;
use super::state::{Learned, LifeState, Progress, Trust};
use crate::learn::{Learner, Pace};
use crate::model::{GenerativeModel, Marginals, ModelError, Numbers, Precisions, Tables, moderate};
use crate::perceive::{Carries, Joints, Perception};
use crate::plan::{self, Bounds, Planning, PlanningContext, PlanningObjective, Policies};
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
    pub(super) carries: Carries,
    pub(super) words: &'static str,
    /// How the joint distributions that plans are made from are laid out, where they are.
    pub(super) joints: Option<Joints>,
    /// How views of these are laid out, where plans may be made from them.
    pub(super) views: Option<Joints>,
    /// How those of each part of the model are laid out, where it is planned part by part.
    pub(super) parts: Vec<Joints>,
    /// What branches of plans can be worth at most, where plans are bounded by it.
    pub(super) bounds: Option<Arc<Bounds>>,
    /// Preferences of its own; else those of the tables.
    preferences: Option<Box<M::Preferences>>,
    /// Whether they count: their memory is kept for the next ones.
    prefers: bool,
    /// A habit of its own, beside that of the tables.
    pub(crate) habit: Option<ActionProbabilities<M, T>>,
    /// Policies of its own to compare; else those of the tables, where these are not all.
    pub(crate) policies: Option<Arc<Policies<M::Action>>>,
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
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn ground<'a>(&'a self, state: &'a LifeState<M, T>) -> &'a Ground<M, T> {
        self.ground_of(&state.learned)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn ground_of<'a>(&'a self, learned: &'a Option<Box<Learned<M, T>>>) -> &'a Ground<M, T> {
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

    fn joints(&self) -> Joints {
        self.options.inference.joints::<M, T>()
    }
}
