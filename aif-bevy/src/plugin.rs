//! The plugin: what is set up for the minds of a model, and in which order its systems run.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use aif_runtime::{Agent, AgentOptions, GenerativeModel, ModelError, Real};
use bevy_app::{App, Plugin, Update};
use bevy_ecs::intern::Interned;
use bevy_ecs::prelude::resource_exists;
use bevy_ecs::schedule::{IntoScheduleConfigs, ScheduleLabel, SystemSet};

use crate::messages::{Acted, Failed, Late, Refused, Retuned, Surprised};
use crate::minds::Turn;
use crate::reload::{TuningFile, reload, retune};
use crate::shared::{Minds, Remake, Tuned};
use crate::think::think;
use crate::tuning::Tuning;

/// What happens to minds in a frame, in this order.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MindSystems {
    /// New tuning values come into force.
    Tune,
    /// The game writes what minds observe.
    Sense,
    /// Minds perceive, plan in turn, and choose.
    Think,
    /// The game reads what they have chosen.
    Act,
    /// The overlay is drawn.
    Draw,
}

/// Lends one agent of a declared model to any number of minds, which are components.
///
/// Systems run in [`MindSystems`], in the schedule `Update`, or in another one ([`MindsPlugin::in_schedule`]): a model whose steps are those of a
/// clock belongs into `FixedUpdate`.
pub struct MindsPlugin<M: GenerativeModel<T>, T: Real = f64> {
    agent: Agent<M, T>,
    newborn: aif_runtime::Mind<M::Belief, T>,
    remake: Option<Remake<M, T>>,
    tuning: Tuning,
    file: Option<(PathBuf, Duration)>,
    seed: u64,
    schedule: Interned<dyn ScheduleLabel>,
}

impl<M: GenerativeModel> MindsPlugin<M>
where
    M::Inputs: Default,
{
    /// Minds of a model, with options that all of them share.
    ///
    /// # Errors
    /// When the options do not fit the model, or its agents carry more than beliefs from step to step: those who learn, say.
    pub fn new(model: M, options: AgentOptions) -> Result<Self, ModelError> {
        let mut plugin = MindsPlugin::of(Agent::with_options(model, M::Inputs::default(), options)?)?;
        plugin.remake = Some(Arc::new(move |horizon| {
            Agent::with_options(model, M::Inputs::default(), AgentOptions { horizon: Some(horizon), ..options })
        }));
        Ok(plugin)
    }
}

impl<M: GenerativeModel<T>, T: Real> MindsPlugin<M, T> {
    /// Minds like an agent: in single precision, say, or with preferences of its own. Its horizon cannot be tuned.
    ///
    /// # Errors
    /// When agents like it carry more than beliefs from step to step.
    pub fn of(agent: Agent<M, T>) -> Result<Self, ModelError> {
        let newborn = agent.newborn()?;
        let schedule = Update.intern();
        Ok(MindsPlugin { agent, newborn, remake: None, tuning: Tuning::default(), file: None, seed: 0, schedule })
    }

    /// With other tuning values than the default ones.
    pub fn tuned(mut self, tuning: Tuning) -> Self {
        self.tuning = tuning;
        self
    }

    /// With tuning values from a file, which is looked at each quarter of a second, and read again when it has changed.
    pub fn tuned_by(self, file: impl Into<PathBuf>) -> Self {
        self.tuned_by_each(file, Duration::from_millis(250))
    }

    /// The same, looked at as often as is said; in each frame where that is zero.
    pub fn tuned_by_each(mut self, file: impl Into<PathBuf>, every: Duration) -> Self {
        self.file = Some((file.into(), every));
        self
    }

    /// With another seed than 0.
    pub fn seeded(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// In another schedule than `Update`.
    pub fn in_schedule(mut self, schedule: impl ScheduleLabel) -> Self {
        self.schedule = schedule.intern();
        self
    }
}

impl<M: GenerativeModel<T>, T: Real> Plugin for MindsPlugin<M, T> {
    fn build(&self, app: &mut App) {
        app.insert_resource(Minds::new(self.agent.clone(), self.newborn.clone(), self.remake.clone(), self.seed));
        app.insert_resource(Tuned::<M, T>::new(self.tuning.clone()));
        if let Some((path, every)) = &self.file {
            app.insert_resource(TuningFile::<M, T>::new(path.clone(), *every));
        }
        app.register_type::<Tuned<M, T>>().register_type::<Tuning>().register_type::<Turn>();
        app.add_message::<Acted<M, T>>().add_message::<Surprised>().add_message::<Late>().add_message::<Failed>();
        app.add_message::<Refused>().add_message::<Retuned>();
        use MindSystems::{Act, Draw, Sense, Think, Tune};
        app.configure_sets(self.schedule, (Tune, Sense, Think, Act, Draw).chain());
        let file = resource_exists::<TuningFile<M, T>>;
        app.add_systems(self.schedule, (reload::<M, T>.run_if(file), retune::<M, T>).chain().in_set(Tune));
        app.add_systems(self.schedule, think::<M, T>.in_set(Think));
    }
}
