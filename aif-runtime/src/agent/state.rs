//! Storing agents: what an agent carries from one step to the next, without its model.

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::Agent;
use crate::domain::Domain;
use crate::learn::Frame;
use crate::life::{AgentOptions, Assigned, Learned, Life, Progress, Trust};
use crate::model::{Counted, GenerativeModel, Marginals, Meta, ModelError, Precisions, StoredError, Tables};
use crate::perceive::{PerceptionState, believable, credible};
use crate::plan::{Induction, InductionOptions, Policies};
use crate::scalar::Real;

/// What an agent carries from one step to the next, without its model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound(
    serialize = "B: Serialize, E: Serialize, A: Domain + Serialize, O: Serialize, T: Serialize",
    deserialize = "B: Deserialize<'de>, E: Deserialize<'de>, A: Domain + Deserialize<'de>, O: Deserialize<'de>, T: Deserialize<'de>"
))]
pub struct AgentState<B, E, A, O, T = f64> {
    /// The version of this form.
    pub version: u32,
    /// The declaration of the model that the agent acts under, as [`Meta::description`](crate::Meta::description) has it.
    pub model: Vec<String>,
    /// What it believes.
    pub perception: PerceptionState<B, E, T>,
    /// Its run-time choices.
    pub options: AgentOptions,
    /// Its own precisions, where it does not take its model's.
    pub precisions: Assigned<T>,
    /// The policy precision that updating has come to.
    pub updated_precision: Option<T>,
    /// The policies that it compares, where these are not all.
    pub policies: Option<Policies<A>>,
    /// What it has learned: the counts of its tables.
    pub counts: Option<Counted>,
    /// What it keeps of its block to learn from.
    pub frames: Vec<Frame<B, E, T>>,
    /// Whether a block has just begun.
    pub fresh: bool,
    /// Whether the latest step has not been learned from.
    pub pending: bool,
    /// How often each joint action was taken since its habit was last learned.
    pub taken: Vec<f64>,
    /// What the latest look taught, where another look would take it back: the counts before it, from which of the frames on it counted, and how
    /// often each joint action.
    pub looked: Option<(Counted, usize, Vec<f64>)>,
    /// What it believed before its last action, where precision updating looks back to it.
    pub looked_back: Option<B>,
    /// Which actions were open then, where not all were.
    pub open_then: Option<Vec<bool>>,
    /// How far it is in its block, where preferences or policies go on through it: steps, and what was done.
    pub progress: (usize, Vec<usize>),
    /// How far it was before its last action, where precision updating looks back to it.
    pub progress_then: (usize, Vec<usize>),
    /// Its own preferences, where it does not take its model's.
    pub preferences: Option<O>,
    /// Its own goals, where it does not take its model's: how it works back from them, and the wanted states of each factor.
    pub goals: Option<(InductionOptions, Vec<Vec<u32>>)>,
}

/// The version of the stored form.
const VERSION: u32 = 6;

/// What an agent under the model `M` carries.
pub type AgentStateOf<M, T = f64> = AgentState<
    <M as GenerativeModel<T>>::Belief,
    <M as GenerativeModel<T>>::Evidence,
    <M as GenerativeModel<T>>::Action,
    <M as GenerativeModel<T>>::Preferences,
    T,
>;

impl<M: GenerativeModel> Agent<M> {
    /// An agent that goes on from a stored state. Forgetting leads back to the counts that `model` declares.
    ///
    /// # Errors
    /// When the state is of another model, its options do not fit, its precisions or counts are out of range, or its belief is no
    /// distribution over the model's states.
    pub fn resume(model: M, inputs: M::Inputs, state: AgentStateOf<M>) -> Result<Self, ModelError> {
        check_model(&M::META, state.version, &state.model)?;
        state.options.check(&M::META)?;
        let tables = state.options.tables(&model, inputs)?;
        Agent::resume_sharing(Arc::new(tables), state)
    }
}

/// Whether a stored state is of this model.
fn check_model(meta: &Meta, version: u32, model: &[String]) -> Result<(), ModelError> {
    refuse_if!(version != VERSION, StoredError::Version { found: version, expected: VERSION });
    match meta.first_difference(model) {
        None => Ok(()),
        Some(difference) => {
            let stored = model.first().map_or("nothing", |first| first.trim_start_matches("model "));
            Err(StoredError::Declaration { stored: stored.into(), model: meta.name, difference }.into())
        }
    }
}

impl<M: GenerativeModel<T>, T: Real> Agent<M, T> {
    /// What the agent carries from step to step, to be stored.
    pub fn state(&self) -> AgentStateOf<M, T> {
        let (setup, state) = (&self.life.setup, &self.life.state);
        let (learner, trust) = (state.learner(), state.trust.as_deref());
        AgentState {
            version: VERSION,
            model: M::META.description(),
            perception: state.perception.stored(),
            options: setup.options,
            precisions: setup.assigned,
            updated_precision: state.updated(),
            policies: setup.policies.as_deref().cloned(),
            counts: self.tables().has_counts().then(|| self.tables().counted()),
            frames: learner.map_or(Vec::new(), |learner| learner.frames.clone()),
            fresh: learner.is_none_or(|learner| learner.fresh),
            pending: learner.is_some_and(|learner| learner.pending),
            taken: learner.map_or(Vec::new(), |learner| learner.gained.habit.iter().map(|n| n.value()).collect()),
            looked: learner.and_then(|learner| {
                let (before, from, taken) = learner.latest(self.tables())?;
                Some((before.counted(), from, taken.iter().map(|n| n.value()).collect()))
            }),
            looked_back: trust.and_then(|trust| trust.before),
            open_then: trust.and_then(|trust| trust.open.clone()),
            progress: (state.progress.steps, state.progress.done.clone()),
            progress_then: trust.map_or((0, Vec::new()), |trust| (trust.progress.steps, trust.progress.done.clone())),
            preferences: setup.preferences().copied(),
            goals: self.induction().filter(|induction| induction.is_given()).map(|given| (*given.options(), given.wanted())),
        }
    }

    /// The same for tables that are shared with others, as [`Agent::sharing`] takes them.
    ///
    /// # Errors
    /// As [`Agent::resume`].
    pub fn resume_sharing(tables: Arc<Tables<M, T>>, state: AgentStateOf<M, T>) -> Result<Self, ModelError> {
        check_model(&M::META, state.version, &state.model)?;
        Agent::sharing(tables, state.options)?.go_on(state)
    }

    /// The same, beside an agent of the model: tables as they were before it learned, what leads where and, under equal options, bounds of branches are shared with it.
    ///
    /// # Errors
    /// As [`Agent::resume`].
    pub fn resume_like(&self, state: AgentStateOf<M, T>) -> Result<Self, ModelError> {
        check_model(&M::META, state.version, &state.model)?;
        Agent::of(self.life.setup.again(state.options)?).go_on(state)
    }

    /// From its beginning to a stored state, by whose options it was made.
    fn go_on(self, state: AgentStateOf<M, T>) -> Result<Self, ModelError> {
        // Bounds of branches stay those of others where nothing is assigned.
        let plain = state.precisions == self.life.setup.assigned;
        let mut agent = if plain { self } else { self.with_assigned(state.precisions)? };
        if let Some(policies) = state.policies {
            agent = agent.with_policies(policies)?;
        }
        let setup = &agent.life.setup;
        let progress = |(steps, done): (usize, Vec<usize>)| {
            let goes_on = done.is_empty() || setup.policies().is_some_and(|policies| policies.goes_on(&done));
            let possible = steps <= setup.options.preference_steps.unwrap_or(0) && goes_on;
            possible.then_some(Progress { steps, done })
        };
        let (Some(progress), Some(then)) = (progress(state.progress), progress(state.progress_then)) else {
            return Err(StoredError::Progress { model: M::META.name }.into());
        };
        agent.life.state.progress = progress;
        if let Some(updated) = state.updated_precision {
            Precisions { policy: updated, ..Precisions::default() }.check()?;
            if updated.value() <= 0.0 {
                let value = updated.value();
                return Err(ModelError::Number { what: "the updated precision".into(), value, expected: "above 0" });
            }
        }
        let beliefs = state.frames.iter().map(|f| &f.belief).chain(&state.looked_back);
        if !agent.life.state.perception.resume(state.perception) || !beliefs.into_iter().all(believable::<M, T>) {
            return Err(StoredError::Belief { model: M::META.name }.into());
        }
        if !state.frames.iter().all(|f| credible::<M, T>(&f.evidence)) {
            return Err(StoredError::Observation { model: M::META.name }.into());
        }
        if state.frames.iter().filter_map(|f| f.done.action()).any(|a| a >= M::META.joint_actions()) {
            return Err(StoredError::Action { model: M::META.name }.into());
        }
        if state.open_then.as_ref().is_some_and(|open| open.len() != M::Action::COUNT || !open.contains(&true)) {
            return Err(StoredError::Open { model: M::META.name }.into());
        }
        if let Some(trust) = &mut agent.life.state.trust {
            **trust =
                Trust { updated: state.updated_precision, before: state.looked_back, open: state.open_then, progress: then };
        }
        if let Some(preferences) = state.preferences {
            agent.set_preferences(preferences)?;
        }
        if let Some((options, wanted)) = state.goals {
            let mut goals = M::Belief::zero();
            refuse_if!(wanted.len() != M::META.factors.len(), StoredError::Goals { model: M::META.name });
            for (f, wanted) in wanted.into_iter().enumerate() {
                let places = goals.probabilities_mut(f);
                for state in wanted {
                    let place = places.get_mut(state as usize).ok_or(StoredError::Goals { model: M::META.name })?;
                    *place = T::one();
                }
            }
            options.check()?;
            let leads = agent.life.setup.ground.leads(options.threshold);
            let induction = Induction::to_goals_by::<M, T>(&leads, &goals, &options)?;
            agent.set_induction(Arc::new(induction))?;
        }
        let stored = state.counts.as_ref();
        let changed = stored.filter(|counts| !agent.tables().has_counts() || **counts != agent.tables().counted());
        let Life { setup, state: life } = agent.life_mut();
        if let Some(counts) = changed {
            let mut tables = (*setup.ground.tables).clone();
            tables.restore(counts)?;
            let ground = life.learned.as_mut().map_or(&mut setup.ground, |learned| &mut learned.ground);
            ground.tables = tables.into();
            ground.work_back(&setup.options);
            setup.bound();
        } else if life.learned.is_some() && stored.is_none() {
            return Err(StoredError::CountsMissing { model: M::META.name }.into());
        }
        if let Some(Learned { ground, learner }) = life.learned.as_deref_mut() {
            let actions = M::META.joint_actions();
            let counted = |taken: &[f64]| taken.len() == actions && taken.iter().all(|n| n.is_finite() && *n >= 0.0);
            if !counted(&state.taken) || state.looked.as_ref().is_some_and(|(_, _, taken)| !counted(taken)) {
                return Err(StoredError::Taken { model: M::META.name }.into());
            }
            let joint = life.perception.joint().len();
            let whole = |joint: &[T]| joint.iter().all(|p| p.is_finite() && p.value() >= 0.0);
            if state.frames.iter().any(|frame| frame.joint.len() != joint || !whole(&frame.joint)) {
                return Err(StoredError::Joint { model: M::META.name }.into());
            }
            learner.frames = state.frames;
            (learner.fresh, learner.pending) = (state.fresh, state.pending);
            learner.gained.of_habit().iter_mut().zip(state.taken).for_each(|(to, n)| *to = T::constant(n));
            if let Some((before, from, taken)) = state.looked {
                let mut tables = (*ground.tables).clone();
                tables.restore(&before)?;
                learner.resume_latest(&tables, &ground.tables, from, taken.into_iter().map(T::constant).collect());
            }
        }
        Ok(agent)
    }
}
