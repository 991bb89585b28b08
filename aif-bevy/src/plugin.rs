//! The plugin: what is set up for the minds of a model, and in which order its systems run.

use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::path::PathBuf;
use std::time::Duration;

use aif_runtime::{Agent, AgentOptions, Assigned, GenerativeModel, ModelError, Real};
use bevy_app::{App, Plugin, Update};
use bevy_ecs::intern::Interned;
use bevy_ecs::prelude::{MessageWriter, Res, ResMut, Resource, resource_exists};
use bevy_ecs::reflect::ReflectResource;
use bevy_ecs::schedule::{IntoScheduleConfigs, ScheduleLabel, SystemSet};
use bevy_reflect::utility::GenericTypePathCell;
use bevy_reflect::{Reflect, TypePath};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::messages::{Acted, Failed, Late, Refused, Retuned, Surprised};
use crate::minds::{Mind, Turn};
use crate::queue::{Pace, Place};
use crate::reload::{TuningFile, reload};
use crate::think::think;
use crate::tuning::{Tuning, TuningError};

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

/// The tuning values of the minds of a model, to be read and changed: what is written here comes into force in the next frame, or is refused
/// with a message [`Refused`] and taken back.
#[derive(Resource, Reflect)]
#[reflect(type_path = false, Resource)]
#[reflect(where)]
pub struct Tuned<M: GenerativeModel<T>, T: Real = f64> {
    /// The values.
    pub values: Tuning,
    #[reflect(ignore)]
    model: PhantomData<fn() -> (M, T)>,
}

impl<M: GenerativeModel<T>, T: Real> TypePath for Tuned<M, T> {
    fn type_path() -> &'static str {
        static CELL: GenericTypePathCell = GenericTypePathCell::new();
        CELL.get_or_insert::<Self, _>(|| {
            let [model, scalar] = [std::any::type_name::<M>(), std::any::type_name::<T>()];
            format!("aif_bevy::plugin::Tuned<{model}, {scalar}>")
        })
    }

    fn short_type_path() -> &'static str {
        static CELL: GenericTypePathCell = GenericTypePathCell::new();
        CELL.get_or_insert::<Self, _>(|| format!("Tuned<{}>", M::META.name))
    }
}

impl<M: GenerativeModel<T>, T: Real> Deref for Tuned<M, T> {
    type Target = Tuning;

    fn deref(&self) -> &Tuning {
        &self.values
    }
}

impl<M: GenerativeModel<T>, T: Real> DerefMut for Tuned<M, T> {
    fn deref_mut(&mut self) -> &mut Tuning {
        &mut self.values
    }
}

/// What a frame's thinking came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spent {
    /// How many minds there are.
    pub minds: u32,
    /// How many of them planned.
    pub planned: u32,
    /// How many predicted beliefs their plans looked at, where they are counted.
    pub nodes: u32,
    /// The age of the oldest plan, in frames, of those who have planned at all.
    pub oldest: u32,
    /// How long planning took, by the clock.
    pub planning: Duration,
    /// How long those took who perceived and carried on.
    pub carrying: Duration,
}

type Remake<M, T> = Box<dyn Fn(usize) -> Result<Agent<M, T>, ModelError> + Send + Sync>;

/// What all minds of a model share: one agent, with its tables and its planner.
#[derive(Resource)]
pub struct Minds<M: GenerativeModel<T>, T: Real = f64> {
    /// As it was given, ...
    given: Agent<M, T>,
    /// ... how it is made with another horizon, ...
    remake: Option<Remake<M, T>>,
    /// ... and as it is tuned.
    pub(crate) agent: Agent<M, T>,
    newborn: aif_runtime::Mind<M::Belief, T>,
    seed: u64,
    born: u64,
    /// The values that are in force.
    pub(crate) tuning: Tuning,
    pub(crate) pace: Pace,
    pub(crate) spent: Spent,
    /// Room for the order in which they plan, which is kept from frame to frame.
    pub(crate) queue: Vec<Place>,
}

impl<M: GenerativeModel<T>, T: Real> Minds<M, T> {
    /// A mind that believes the initial state of the model, with a generator of its own: each is another stream of the plugin's seed, so that it
    /// matters in which order minds are born, and nothing else.
    pub fn newborn(&mut self) -> Mind<M, T> {
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        rng.set_stream(self.born);
        self.born += 1;
        Mind { mind: self.newborn.clone(), rng }
    }

    /// The agent that lends itself to all of them, as it is tuned.
    pub fn agent(&self) -> &Agent<M, T> {
        &self.agent
    }

    /// The values that are in force.
    pub fn tuning(&self) -> &Tuning {
        &self.tuning
    }

    /// What the latest frame came to.
    pub fn spent(&self) -> &Spent {
        &self.spent
    }

    /// An agent as the values say.
    fn tuned(&self, tuning: &Tuning) -> Result<Agent<M, T>, TuningError> {
        tuning.check()?;
        let wrong = |message: String| TuningError::Model { model: M::META.name, message };
        let now = self.given.options().horizon_for(&M::META);
        let agent = match (tuning.horizon.map(|horizon| horizon as usize).filter(|horizon| *horizon != now), &self.remake) {
            (None, _) => self.given.clone(),
            (Some(horizon), Some(remake)) => remake(horizon).map_err(|error| wrong(error.to_string()))?,
            (Some(horizon), None) => {
                let found = horizon.to_string();
                return Err(TuningError::Value {
                    name: "horizon",
                    found,
                    expected: "that of the agent that the plugin was given",
                });
            }
        };
        let (own, terms) = (agent.precisions(), &tuning.terms);
        let over = |tuned: Option<f64>, own: T| Some(tuned.map_or(own, T::constant));
        let assigned = Assigned {
            policy_precision: over(tuning.precisions.policy, own.policy),
            action_precision: over(tuning.precisions.action, own.action),
            lapse: over(tuning.precisions.lapse, own.lapse),
            utility: terms.utility.map(T::constant),
            state_information_gain: terms.state_information_gain.map(T::constant),
            inductive_value: terms.inductive_value.map(T::constant),
            ..Assigned::default()
        };
        agent.with_assigned(assigned).map_err(|error| wrong(error.to_string()))
    }
}

/// Lends one agent of a declared model to any number of minds, which are components.
///
/// Systems run in [`MindSystems`], in the schedule `Update`, or in another one ([`MindsPlugin::in_schedule`]): a model whose steps are those of a
/// clock belongs into `FixedUpdate`.
pub struct MindsPlugin<M: GenerativeModel<T>, T: Real = f64> {
    agent: Agent<M, T>,
    newborn: aif_runtime::Mind<M::Belief, T>,
    model: Option<fn(&M, M::Inputs, AgentOptions) -> Result<Agent<M, T>, ModelError>>,
    with: Option<(M, M::Inputs)>,
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
        plugin.model = Some(|model, inputs, options| Agent::with_options(*model, inputs, options));
        plugin.with = Some((model, M::Inputs::default()));
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
        Ok(MindsPlugin { agent, newborn, model: None, with: None, tuning: Tuning::default(), file: None, seed: 0, schedule })
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
        let remake = self.model.zip(self.with).map(|(make, (model, inputs))| {
            let options = *self.agent.options();
            Box::new(move |horizon| make(&model, inputs, AgentOptions { horizon: Some(horizon), ..options })) as Remake<M, T>
        });
        app.insert_resource(Minds {
            given: self.agent.clone(),
            remake,
            agent: self.agent.clone(),
            newborn: self.newborn.clone(),
            seed: self.seed,
            born: 0,
            tuning: Tuning::default(),
            pace: Pace::default(),
            spent: Spent::default(),
            queue: Vec::new(),
        });
        app.insert_resource(Tuned::<M, T> { values: self.tuning.clone(), model: PhantomData });
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

    fn is_unique(&self) -> bool {
        true
    }
}

/// Brings new values into force, or refuses them.
fn retune<M: GenerativeModel<T>, T: Real>(
    mut minds: ResMut<Minds<M, T>>,
    mut tuned: ResMut<Tuned<M, T>>,
    file: Option<Res<TuningFile<M, T>>>,
    (mut retuned, mut refused): (MessageWriter<Retuned>, MessageWriter<Refused>),
) {
    use bevy_ecs::change_detection::DetectChangesMut;
    use bevy_ecs::prelude::DetectChanges;
    if !tuned.is_changed() || tuned.values == minds.tuning {
        return;
    }
    let model = M::META.name;
    match minds.tuned(&tuned.values) {
        Ok(agent) => {
            minds.agent = agent;
            minds.tuning = tuned.values.clone();
            minds.pace = Pace::default();
            retuned.write(Retuned { model });
        }
        Err(error) => {
            let error = match file.filter(|file| file.is_changed()) {
                Some(file) => TuningError::InFile { file: file.path.display().to_string(), error: Box::new(error) },
                None => error,
            };
            log::error!("tuning of {model}: {error}");
            refused.write(Refused { model, error });
            tuned.bypass_change_detection().values = minds.tuning.clone();
        }
    }
}
