//! A declared model without its type, and how it is made of its parameters.

use aif_runtime::model::Meta;
use aif_runtime::{Agent, AgentOptions, ModelError, Tables, World};
use rand_chacha::ChaCha8Rng;

use crate::crowd::{AgentsOf, Crowd, MOST_MEMBERS, Planet, WorldsOf};
use crate::fault::Fault;
use crate::life::{Acting, AgentOf, Surrounding, WorldOf, stream, world_stream};
use crate::lives::{Lives, inputs};

/// How a declared type is made of the numbers that Python gives.
pub type Build<M> = Box<dyn Fn(&[f64]) -> M + Send + Sync>;

/// A parameter of a model: a field that is a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Parameter {
    pub name: &'static str,
    pub default: Option<f64>,
}

/// A declared model without its type.
pub(crate) trait Model: Send + Sync {
    fn meta(&self) -> Meta;
    fn agent(&self, given: &[f64], inputs: &[f64], options: AgentOptions, seed: u64) -> Result<Box<dyn Acting>, Fault>;
    fn world(&self, given: &[f64], inputs: &[f64], seed: u64) -> Result<Box<dyn Surrounding>, Fault>;
    /// One agent for each set of parameters.
    fn agents(&self, given: &[Vec<f64>], inputs: &[f64], options: AgentOptions, seed: u64) -> Result<Box<dyn Crowd>, Fault>;
    /// One world for each set of parameters.
    fn worlds(&self, given: &[Vec<f64>], inputs: &[f64], seed: u64) -> Result<Box<dyn Planet>, Fault>;
}

/// How a declared type is made of its parameters.
pub(crate) struct Made<M>(pub Build<M>);

impl<M: Lives> Model for Made<M> {
    fn meta(&self) -> Meta {
        M::META
    }

    fn agent(&self, given: &[f64], numbers: &[f64], options: AgentOptions, seed: u64) -> Result<Box<dyn Acting>, Fault> {
        let model = (self.0)(given);
        let agent = Agent::with_options(model, inputs::<M>(numbers)?, options)?;
        Ok(Box::new(AgentOf { model, agent, rng: stream(seed, 0) }))
    }

    fn world(&self, given: &[f64], numbers: &[f64], seed: u64) -> Result<Box<dyn Surrounding>, Fault> {
        let model = (self.0)(given);
        let inputs = inputs::<M>(numbers)?;
        let tables = Tables::new(&model, inputs, M::META.horizon)?;
        let mut preferences = Vec::new();
        M::each_modality(|site| preferences.push(tables.preference(site, 0).to_vec()));
        let world = World::with_inputs(model, inputs)?;
        Ok(Box::new(WorldOf { model, world, preferences, rng: world_stream(seed, 0) }))
    }

    fn agents(&self, given: &[Vec<f64>], numbers: &[f64], options: AgentOptions, seed: u64) -> Result<Box<dyn Crowd>, Fault> {
        let inputs = inputs::<M>(numbers)?;
        options.check(&M::META)?;
        let make = |given: &[f64]| Agent::with_options((self.0)(given), inputs, options);
        Ok(Box::new(AgentsOf { members: alike("agents", given, make, |place| stream(seed, place))? }))
    }

    fn worlds(&self, given: &[Vec<f64>], numbers: &[f64], seed: u64) -> Result<Box<dyn Planet>, Fault> {
        let inputs = inputs::<M>(numbers)?;
        let make = |given: &[f64]| World::with_inputs((self.0)(given), inputs);
        Ok(Box::new(WorldsOf { members: alike("worlds", given, make, |place| world_stream(seed, place))? }))
    }
}

/// Makes one thing of each set of parameters, with a stream of its own; those like the one before are its clones, and share its tables.
fn alike<E: Clone>(
    what: &'static str,
    given: &[Vec<f64>],
    make: impl Fn(&[f64]) -> Result<E, ModelError>,
    stream: impl Fn(u64) -> ChaCha8Rng,
) -> Result<Vec<(E, ChaCha8Rng)>, Fault> {
    let mut all: Vec<(E, ChaCha8Rng)> = Vec::new();
    all.try_reserve_exact(given.len()).map_err(|_| Fault::Members { what, count: given.len(), most: MOST_MEMBERS })?;
    for (place, own) in given.iter().enumerate() {
        let clone = all.last().filter(|_| given[place - 1] == *own).map(|(last, _)| last.clone());
        let made = match clone {
            Some(clone) => clone,
            None => make(own)?,
        };
        all.push((made, stream(place as u64)));
    }
    Ok(all)
}
