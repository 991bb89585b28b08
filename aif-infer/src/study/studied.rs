//! Behaviour that the study program can read from a table and simulate.

use aif_runtime::model::{Labels, Meta};
use aif_runtime::{Agent, AgentOptions, Assignment, Environment, GenerativeModel, Inputs, ModelError, World};
use rand_core::Rng;

use super::StudyError;
use crate::data::{DataError, DataOptions, RawTable, Schema, read};
use crate::score::{Assigned, Behaviour, History};

/// What to simulate for one subject.
#[derive(Clone, Debug, Default)]
pub struct BlockPlan {
    /// The number of blocks.
    pub blocks: usize,
    /// The number of actions in each.
    pub steps: usize,
    /// The inputs as text, by name; the same at every step.
    pub inputs: Vec<(String, String)>,
}

/// The records of all subjects of a table.
#[derive(Clone, Debug)]
pub struct SubjectRecords<R> {
    /// The subjects' names, in the order of their first rows.
    pub names: Vec<String>,
    /// Their records, in the same order.
    pub records: Vec<R>,
    /// Remarks that do not keep the table from being used.
    pub warnings: Vec<String>,
}

/// Behaviour that the study program can read and simulate: every generative model is, and a user's own learner can be.
pub trait Studied: Behaviour<f64> {
    /// The run-time choices that the command line's agent options stand for.
    fn options(agent: AgentOptions) -> Self::Options;

    /// Checks the run-time choices.
    ///
    /// # Errors
    /// When they do not fit the behaviour.
    fn check(options: &Self::Options) -> Result<(), ModelError>;

    /// Reads the records of all subjects, with their names, and remarks.
    ///
    /// # Errors
    /// Every complaint about the table.
    fn read(table: &RawTable, options: &DataOptions) -> Result<SubjectRecords<Self::Record>, DataError>;

    /// The number of scored responses of a record.
    fn responses(record: &Self::Record) -> usize;

    /// The columns that a simulated table has after `subject`.
    fn columns() -> Vec<&'static str>;

    /// Simulates one subject in a world of the same kind; `emit` takes the cells of each row after the subject's.
    ///
    /// # Errors
    /// When the parameters make no model, or an input is wrong.
    fn simulate(
        &self,
        assigned: &Assigned<f64>,
        world: &Self,
        plan: &BlockPlan,
        options: &Self::Options,
        rng: &mut dyn Rng,
        emit: &mut dyn FnMut(Vec<String>),
    ) -> Result<(), StudyError>;
}

/// The index or number that an input's text stands for.
fn input_number(name: &str, values: Option<Labels>, text: &str) -> Result<f64, StudyError> {
    let wrong = |expected: String| StudyError::Option(format!("--input {name}={text}: expected {expected}"));
    match values {
        None => text.parse().ok().filter(|x: &f64| x.is_finite()).ok_or_else(|| wrong("a number".into())),
        Some(labels) => {
            let all: Vec<String> = labels.all().map(|l| l.into_owned()).collect();
            let found = all
                .iter()
                .position(|l| l.eq_ignore_ascii_case(text))
                .or_else(|| text.parse().ok().filter(|&i: &usize| i < all.len()));
            found.map(|i| i as f64).ok_or_else(|| wrong(format!("one of {}", all.join(", "))))
        }
    }
}

fn inputs<M: GenerativeModel>(plan: &BlockPlan) -> Result<(Vec<f64>, M::Inputs), StudyError> {
    let meta: Meta = M::META;
    if let Some((name, _)) = plan.inputs.iter().find(|(name, _)| meta.inputs.iter().all(|i| i.name != name)) {
        let known: Vec<&str> = meta.inputs.iter().map(|i| i.name).collect();
        let known = if known.is_empty() { "none".into() } else { known.join(", ") };
        return Err(StudyError::Option(format!("--input {name}: {} has no such input, its inputs are {known}", meta.name)));
    }
    let mut numbers = Vec::new();
    for input in meta.inputs {
        let text = plan.inputs.iter().find(|(name, _)| name == input.name).map(|(_, text)| text);
        let text = text.ok_or_else(|| {
            StudyError::Option(format!("the input `{}` needs a value: --input {}=VALUE", input.name, input.name))
        })?;
        numbers.push(input_number(input.name, input.values, text)?);
    }
    let typed = M::Inputs::from_numbers(&numbers);
    let typed = typed.ok_or_else(|| StudyError::Option(format!("the inputs of {} cannot be {numbers:?}", meta.name)))?;
    Ok((numbers, typed))
}

impl<M> Studied for M
where
    M: GenerativeModel + Behaviour<f64, Record = History, Options = AgentOptions>,
{
    fn options(agent: AgentOptions) -> AgentOptions {
        agent
    }

    fn check(options: &AgentOptions) -> Result<(), ModelError> {
        options.check(&M::META)
    }

    fn read(table: &RawTable, options: &DataOptions) -> Result<SubjectRecords<History>, DataError> {
        let data = read(table, &Schema::of(&M::META), options)?;
        let (names, records) = data.subjects.into_iter().map(|s| (s.name, History::new(&s.blocks))).unzip();
        Ok(SubjectRecords { names, records, warnings: data.warnings })
    }

    fn responses(record: &History) -> usize {
        record.responses()
    }

    fn columns() -> Vec<&'static str> {
        let meta: Meta = M::META;
        let mut names = vec!["block", "step"];
        names.extend(meta.modalities.iter().map(|m| m.name));
        names.extend(meta.actions.iter().map(|a| a.name));
        names.extend(meta.inputs.iter().map(|i| i.name));
        names
    }

    fn simulate(
        &self,
        assigned: &Assigned<f64>,
        world: &Self,
        plan: &BlockPlan,
        options: &AgentOptions,
        rng: &mut dyn Rng,
        emit: &mut dyn FnMut(Vec<String>),
    ) -> Result<(), StudyError> {
        let meta: Meta = M::META;
        let model = |e: ModelError| StudyError::Option(e.to_string());
        let (numbers, inputs) = inputs::<M>(plan)?;
        let agent = Agent::with_options(*self, inputs, *options).map_err(model)?;
        let precisions = assigned.over(agent.precisions());
        let mut agent = agent.with_precisions(precisions).map_err(model)?;
        let mut world = World::with_inputs(*world, inputs).map_err(model)?;
        let input_cells: Vec<String> = meta
            .inputs
            .iter()
            .zip(&numbers)
            .map(|(input, &x)| input.values.map_or_else(|| x.to_string(), |l| l.label(x as usize).into_owned()))
            .collect();
        for block in 0..plan.blocks {
            agent.restart();
            let mut observation = world.reset(rng);
            for step in 0..=plan.steps {
                agent.infer_states(observation);
                let action = (step < plan.steps).then(|| agent.sample_action(rng));
                let mut cells = vec![block.to_string(), step.to_string()];
                cells.extend(
                    meta.modalities
                        .iter()
                        .enumerate()
                        .map(|(m, modality)| modality.outcomes.label(observation.get(m)).into_owned()),
                );
                cells.extend(meta.actions.iter().enumerate().map(|(a, variable)| {
                    let joint = action.map(aif_runtime::Domain::index);
                    joint.map_or(String::new(), |joint| variable.values.label(meta.action_value(joint, a)).into_owned())
                }));
                cells.extend(input_cells.iter().cloned());
                emit(cells);
                if let Some(action) = action {
                    agent.update_empirical_prior(action);
                    observation = world.step(action, rng);
                }
            }
        }
        Ok(())
    }
}
