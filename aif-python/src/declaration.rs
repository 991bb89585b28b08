//! A declared model and its population, without their types.

use std::sync::Arc;

use aif_infer::study::{Study, StudyBehaviour, study};
use aif_infer::{FamilyOf, Population};
use aif_runtime::model::Meta;
use aif_runtime::{Agent, AgentOptions, Declared, ModelError, Tables, World};
use rand_chacha::ChaCha8Rng;

use crate::crowd::{AgentsOf, Crowd, MOST_MEMBERS, Planet, WorldsOf};
use crate::family::{Build, Erased, Family};
use crate::fault::Fault;
use crate::life::{Acting, AgentOf, Surrounding, WorldOf, stream, world_stream};
use crate::lives::{Lives, inputs};

/// A population that the study program knows: every declared one.
pub trait StudiedBy: Population {
    /// Its study program.
    fn studied() -> Study;
}

impl<P> StudiedBy for P
where
    P: Population,
    FamilyOf<P, f64>: StudyBehaviour<Record = P::Record, Options = P::Options>,
{
    fn studied() -> Study {
        study::<P>()
    }
}

/// A parameter of a model: a field that is a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Parameter {
    pub name: &'static str,
    pub default: Option<f64>,
}

/// What a module is made from: a declared model, its population, or both.
pub struct Declaration {
    /// The module's name.
    pub(crate) name: &'static str,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) model: Option<Erased>,
    /// A field that the population works out for each subject, and that is no number: Python could not give it.
    pub(crate) worked_out: Option<&'static str>,
    /// The population's name and its study program.
    pub(crate) population: Option<(&'static str, Arc<Study>)>,
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

impl Declaration {
    /// Of a declared type, made of its parameters.
    pub fn of_model<M, B>(name: &'static str, parameters: &[(&'static str, Option<f64>)], build: B) -> Self
    where
        M: Declared<f64, Family: Family<M>>,
        B: Fn(&[f64]) -> M + Send + Sync + 'static,
    {
        let parameters = parameters.iter().map(|&(name, default)| Parameter { name, default }).collect();
        let model = Some(<M::Family as Family<M>>::kind(Box::new(build)).0);
        Declaration { name, parameters, model, worked_out: None, population: None }
    }

    /// Of a population, whatever its subjects are.
    pub fn of_population<P: StudiedBy>(name: &'static str) -> Self {
        let population = Some((P::META.name, Arc::new(P::studied())));
        Declaration { name, parameters: Vec::new(), model: None, worked_out: None, population }
    }

    /// Of a population and the model that its subjects act under, made of its parameters.
    pub fn of_fitted<P>(
        name: &'static str,
        parameters: &[(&'static str, Option<f64>)],
        build: impl Fn(&[f64]) -> P::Model<f64> + Send + Sync + 'static,
    ) -> Self
    where
        P: StudiedBy,
        FamilyOf<P, f64>: Family<P::Model<f64>>,
    {
        Declaration { population: Self::of_population::<P>(name).population, ..Self::of_model(name, parameters, build) }
    }

    /// Of a population and the model that its subjects act under, whose parameters are the fields that the population names, as far as
    /// they are numbers; what else it has is the same for all, or the module is refused when it is filled. `_same` says that the model is
    /// the one that is meant.
    pub fn of_both<P>(name: &'static str, _same: fn(P::Model<f64>)) -> Self
    where
        P: StudiedBy<Model<f64>: Send + Sync + 'static>,
        FamilyOf<P, f64>: Family<P::Model<f64>>,
    {
        let (values, covariates) =
            (vec![f64::NAN; P::META.offset(P::META.levels.len())], vec![f64::NAN; P::META.covariates.len()]);
        let (declared, _) = P::agent(&values, &covariates);
        let is_number = |name: &&&'static str| P::set_field(&mut { declared }, name, 0.0).is_ok();
        let fields: Vec<&'static str> = P::FIELDS.iter().filter(is_number).copied().collect();
        let parameters: Vec<_> = fields.iter().map(|name| (*name, None)).collect();
        let worked_out = P::WORKED_OUT.iter().find(|name| !fields.contains(name)).copied();
        let build = move |given: &[f64]| {
            let mut model = declared;
            for (name, value) in fields.iter().zip(given) {
                // Those that are no numbers are not among them.
                let _ = P::set_field(&mut model, name, *value);
            }
            model
        };
        Declaration { worked_out, ..Self::of_fitted::<P>(name, &parameters, build) }
    }
}
