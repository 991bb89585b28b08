//! What all minds of a model share: the agent, the values it is tuned by, and what a frame came to.

use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::Duration;

use aif_runtime::{Agent, Assigned, GenerativeModel, ModelError, Real};
use bevy_ecs::prelude::Resource;
use bevy_ecs::reflect::ReflectResource;
use bevy_reflect::utility::GenericTypePathCell;
use bevy_reflect::{Reflect, TypePath};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::minds::Mind;
use crate::queue::{Pace, Place};
use crate::tuning::{Tuning, TuningError};

/// The tuning values of the minds of a model, to be read and changed: what is written here comes into force in the next frame, or is refused
/// with a message [`Refused`](crate::Refused) and taken back.
#[derive(Resource, Reflect)]
#[reflect(type_path = false, Resource)]
#[reflect(where)]
pub struct Tuned<M: GenerativeModel<T>, T: Real = f64> {
    /// The values.
    pub values: Tuning,
    #[reflect(ignore)]
    model: PhantomData<fn() -> (M, T)>,
}

impl<M: GenerativeModel<T>, T: Real> Tuned<M, T> {
    pub(crate) fn new(values: Tuning) -> Self {
        Tuned { values, model: PhantomData }
    }
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

/// Makes an agent with another horizon.
pub(crate) type Remake<M, T> = Arc<dyn Fn(usize) -> Result<Agent<M, T>, ModelError> + Send + Sync>;

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
    pub(crate) fn new(
        mut given: Agent<M, T>,
        newborn: aif_runtime::Mind<M::Belief, T>,
        remake: Option<Remake<M, T>>,
        seed: u64,
    ) -> Self {
        // Clones of a frame have no time to remember anything, and room for it would be made in each.
        given.remember(0);
        Minds {
            agent: given.clone(),
            given,
            remake,
            newborn,
            seed,
            born: 0,
            tuning: Tuning::default(),
            pace: Pace::default(),
            spent: Spent::default(),
            queue: Vec::new(),
        }
    }

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
    pub(crate) fn tuned(&self, tuning: &Tuning) -> Result<Agent<M, T>, TuningError> {
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
        let mut agent = agent.with_assigned(assigned).map_err(|error| wrong(error.to_string()))?;
        agent.remember(0);
        Ok(agent)
    }
}
