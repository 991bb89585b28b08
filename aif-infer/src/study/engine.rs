//! The study program's view of a population without its type: the verbs are compiled once for all.

use std::collections::BTreeMap;
use std::marker::PhantomData;

use aif_runtime::AgentOptions;
use rand_core::Rng;

use super::StudyError;
use super::studied::{BlockPlan, Studied, SubjectRecords};
use crate::data::{DataOptions, RawTable};
use crate::population::{FieldError, Known, Members, Population, PopulationMeta, Role, Sampled};
use crate::posterior::{SubjectScore, drawn_positions, likelihood, pointwise};
use crate::results::{Fittable, Group};
use crate::score::ScoreError;

/// Values of parameters, by name.
pub(super) type Values = BTreeMap<String, f64>;

/// Records of a group, ready to be scored and fitted.
pub(super) trait Loaded: Fittable {
    fn warnings(&self) -> &[String];
    fn responses(&self, subject: usize) -> usize;
    fn likelihood(&self, subject: usize, values: &Values) -> Result<SubjectScore, ScoreError>;
    fn pointwise(&self, subject: usize, values: &Values) -> Result<Vec<f64>, ScoreError>;
}

/// One simulated subject.
pub(super) struct Simulation<'a> {
    pub plan: &'a BlockPlan,
    pub options: AgentOptions,
    pub world: &'a [(String, f64)],
    pub values: &'a Values,
}

pub(super) trait Engine {
    fn meta(&self) -> &'static PopulationMeta;
    fn columns(&self) -> Vec<&'static str>;
    fn check(&self, options: AgentOptions) -> Result<(), StudyError>;
    fn load(&self, table: &RawTable, data: &DataOptions, options: AgentOptions) -> Result<Box<dyn Loaded>, StudyError>;
    /// Draws the group's parameters where they are not given.
    fn draw_group(&self, given: &Values, rng: &mut dyn Rng) -> Result<Values, StudyError>;
    /// Draws a subject's parameters where they are not given, and works out the derived ones.
    fn draw_subject(&self, given: &Values, rng: &mut dyn Rng) -> Result<Values, StudyError>;
    fn simulate(
        &self,
        simulation: &Simulation<'_>,
        rng: &mut dyn Rng,
        emit: &mut dyn FnMut(Vec<String>),
    ) -> Result<(), StudyError>;
}

/// The engine of one population.
pub(super) struct Typed<P>(pub PhantomData<P>);

struct Records<P: Population> {
    group: Group<P>,
    warnings: Vec<String>,
}

/// Members of the group from the drawn ones that are given; not a number where the behaviour does not need them.
fn group_values<P: Population>(values: &Values) -> Vec<f64> {
    let drawn: Vec<f64> = given(P::META.population, values).into_iter().map(|x| x.unwrap_or(f64::NAN)).collect();
    let group = P::population(&mut Known::new(&drawn));
    (0..P::META.population.len()).map(|i| group.get(i)).collect()
}

fn drawn_values<P: Population>(values: &Values) -> Vec<f64> {
    drawn_positions(P::META.subject).map(|i| values.get(P::META.subject[i].name).copied().unwrap_or(f64::NAN)).collect()
}

impl<P: Population> Fittable for Records<P> {
    fn meta(&self) -> &'static PopulationMeta {
        self.group.meta()
    }
    fn names(&self) -> &[String] {
        self.group.names()
    }
    fn target(&self, subject: Option<usize>, parallel: bool) -> Box<dyn crate::posterior::Target + '_> {
        self.group.target(subject, parallel)
    }
}

impl<P: Population> Loaded for Records<P>
where
    P::Model<f64>: Studied<Record = P::Record>,
{
    fn warnings(&self) -> &[String] {
        &self.warnings
    }
    fn responses(&self, subject: usize) -> usize {
        P::Model::<f64>::responses(&self.group.records[subject])
    }
    fn likelihood(&self, subject: usize, values: &Values) -> Result<SubjectScore, ScoreError> {
        let (group, drawn) = (group_values::<P>(values), drawn_values::<P>(values));
        likelihood::<P>(&group, &drawn, &self.group.records[subject], &self.group.options)
    }
    fn pointwise(&self, subject: usize, values: &Values) -> Result<Vec<f64>, ScoreError> {
        let (group, drawn) = (group_values::<P>(values), drawn_values::<P>(values));
        pointwise::<P>(&group, &drawn, &self.group.records[subject], &self.group.options)
    }
}

/// Takes given values, draws the others; derived ones follow.
struct Partly<'a, 'r> {
    given: Vec<Option<f64>>,
    next: usize,
    sampled: &'a mut Sampled<'r>,
    /// The given values outside their supports, by position among the drawn parameters.
    outside: Vec<usize>,
}

impl crate::population::Draw<f64> for Partly<'_, '_> {
    fn draw<D: crate::prior::Prior<f64>>(&mut self, prior: D) -> f64 {
        let given = self.given.get(self.next).copied().flatten();
        if given.is_some_and(|x| !prior.support().holds(x)) {
            self.outside.push(self.next);
        }
        self.next += 1;
        // A draw is made in any case: what is given for one parameter does not move the others.
        let drawn = self.sampled.draw(prior);
        given.unwrap_or(drawn)
    }
}

impl Partly<'_, '_> {
    /// Complains of the first given value outside its support.
    fn check(&self, parameters: &[crate::population::Parameter]) -> Result<(), StudyError> {
        let Some(&outside) = self.outside.first() else { return Ok(()) };
        let Some(parameter) = drawn_positions(parameters).nth(outside).map(|i| parameters[i]) else { return Ok(()) };
        let value = self.given[outside].unwrap_or(f64::NAN);
        Err(StudyError::Option(format!(
            "{} = {value} is outside its support: {} {}",
            parameter.name, parameter.name, parameter.prior
        )))
    }
}

fn given(parameters: &[crate::population::Parameter], values: &Values) -> Vec<Option<f64>> {
    drawn_positions(parameters).map(|i| values.get(parameters[i].name).copied()).collect()
}

impl<P> Engine for Typed<P>
where
    P: Population,
    P::Model<f64>: Studied<Record = P::Record, Options = P::Options>,
{
    fn meta(&self) -> &'static PopulationMeta {
        const { &P::META }
    }

    fn columns(&self) -> Vec<&'static str> {
        P::Model::<f64>::columns()
    }

    fn check(&self, options: AgentOptions) -> Result<(), StudyError> {
        P::Model::<f64>::check(&P::Model::<f64>::options(options)).map_err(|e| StudyError::Option(e.to_string()))
    }

    fn load(&self, table: &RawTable, data: &DataOptions, options: AgentOptions) -> Result<Box<dyn Loaded>, StudyError> {
        let options = P::Model::<f64>::options(options);
        P::Model::<f64>::check(&options).map_err(|e| StudyError::Option(e.to_string()))?;
        let SubjectRecords { names, records, warnings } = P::Model::<f64>::read(table, data)?;
        Ok(Box::new(Records::<P> { group: Group { names, records, options }, warnings }))
    }

    fn draw_group(&self, values: &Values, rng: &mut dyn Rng) -> Result<Values, StudyError> {
        let mut draw =
            Partly { given: given(P::META.population, values), next: 0, sampled: &mut Sampled::new(rng), outside: Vec::new() };
        let group = P::population(&mut draw);
        draw.check(P::META.population)?;
        Ok(P::META.population.iter().enumerate().map(|(i, p)| (p.name.to_string(), group.get(i))).collect())
    }

    fn draw_subject(&self, values: &Values, rng: &mut dyn Rng) -> Result<Values, StudyError> {
        let at = group_values::<P>(values);
        let group = P::Group::from_fn(|i| at[i]);
        let mut draw =
            Partly { given: given(P::META.subject, values), next: 0, sampled: &mut Sampled::new(rng), outside: Vec::new() };
        let subject = P::subject(&group, &mut draw);
        draw.check(P::META.subject)?;
        Ok(P::META.subject.iter().enumerate().map(|(i, p)| (p.name.to_string(), subject.get(i))).collect())
    }

    fn simulate(
        &self,
        simulation: &Simulation<'_>,
        rng: &mut dyn Rng,
        emit: &mut dyn FnMut(Vec<String>),
    ) -> Result<(), StudyError> {
        let at = group_values::<P>(simulation.values);
        let group = P::Group::from_fn(|i| at[i]);
        let subject = P::subject(&group, &mut Known::new(&drawn_values::<P>(simulation.values)));
        let (model, assigned) = P::agent(&group, &subject);
        let mut world = model;
        for (name, value) in simulation.world {
            P::set_field(&mut world, name, *value).map_err(|e| {
                StudyError::Option(match e {
                    FieldError::Unknown => format!(
                        "--world {name}: the model has no such parameter in {}, its parameters are {}",
                        P::META.name,
                        P::FIELDS.join(", ")
                    ),
                    FieldError::NotANumber => format!("--world {name}: this field is not a number"),
                })
            })?;
        }
        let options = P::Model::<f64>::options(simulation.options);
        model.simulate(&assigned, &world, simulation.plan, &options, rng, emit)
    }
}

/// The names of all parameters of a population.
pub(super) fn all_names(meta: &'static PopulationMeta) -> Vec<&'static str> {
    meta.population.iter().chain(meta.subject).map(|p| p.name).collect()
}

/// The names of the parameters that scoring a subject needs: a derived one of the group may need all that are drawn for it.
pub(super) fn needed_names(meta: &'static PopulationMeta) -> Vec<&'static str> {
    let derived = meta.population.iter().any(|p| p.direct && p.role == Role::Derived);
    let group = meta.population.iter().filter(|p| p.role == Role::Drawn && (p.direct || derived));
    meta.subject.iter().filter(|p| p.role == Role::Drawn).chain(group).map(|p| p.name).collect()
}
