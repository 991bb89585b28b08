//! Behaviour that the study program can read from a table and simulate.

use aif_runtime::hgf::FilterOptions;
use aif_runtime::model::{Labels, Meta};
use aif_runtime::{AgentOptions, GenerativeModel, ModelError};
use rand_core::Rng;

use super::StudyError;
use super::agents;
use crate::data::{Complaint, DataError, DataOptions, RawTable, Schema, read_all};
use crate::fit::Regressors;
use crate::population::Units;
use crate::score::{
    Assigned, Behaviour, History, RecordedBlock, ScoreError, agent_check_observations, agent_predictions, agent_regressors,
};

/// The command line's run-time choices.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct StudyOptions {
    /// Of agents.
    pub agent: AgentOptions,
    /// Of hierarchical Gaussian filters.
    pub filter: FilterOptions,
}

/// What to simulate for one subject, or for one session: block after block.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BlockPlan {
    /// The blocks, in the order of time.
    pub blocks: Vec<PlannedBlock>,
}

/// One block to simulate.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PlannedBlock {
    /// Its name.
    pub name: String,
    /// Its session; empty where there are none.
    pub session: String,
    /// The number of its first step.
    pub first_step: i64,
    /// Its rows; the last one is perceived only, unless it has an action to force.
    pub rows: Vec<PlannedRow>,
}

/// One row to simulate.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PlannedRow {
    /// One number for each input: the index of a value, or the number itself. Of a filter: not a number where the input is missing; none at
    /// all where inputs are to be drawn.
    pub inputs: Vec<f64>,
    /// How long after the row before, where that is told apart (filters).
    pub time_step: Option<f64>,
    /// Whether the response counts. One that does not, and has an action here, is forced to it.
    pub scored: bool,
    /// The parts of the action that are forced (unscored rows only).
    pub forced: Vec<Option<usize>>,
    /// The parts of the action that are missing from the table.
    pub missed: Vec<bool>,
    /// The modalities that are not observed.
    pub unseen: Vec<bool>,
    /// Whether the block ends here, without a response.
    pub last: bool,
}

/// The records of all subjects of a table.
#[derive(Clone, Debug)]
pub struct SubjectRecords<R> {
    /// The subjects' names, in the order of their first rows.
    pub names: Vec<String>,
    /// Their records, in the same order; one for each session where sessions are told apart.
    pub records: Vec<R>,
    /// The sessions, where they are told apart.
    pub sessions: Option<Units>,
    /// Remarks that do not keep the table from being used.
    pub warnings: Vec<String>,
}

/// Behaviour that the study program can read and simulate: every generative model is, and a user's own learner can be.
pub trait Studied: Behaviour<f64> {
    /// Those of the command line's run-time choices that concern the behaviour.
    fn options(options: StudyOptions) -> Self::Options;

    /// Checks the run-time choices.
    ///
    /// # Errors
    /// When they do not fit the behaviour.
    fn check(options: &Self::Options) -> Result<(), ModelError>;

    /// Reads the records of all subjects of some tables, with their names, and remarks; one record for each session on request.
    ///
    /// # Errors
    /// Every complaint about the tables.
    fn read(tables: &[RawTable], options: &DataOptions, by_session: bool) -> Result<SubjectRecords<Self::Record>, DataError>;

    /// The number of scored responses of a record.
    fn responses(record: &Self::Record) -> usize;

    /// The columns that a simulated table has after `subject`.
    fn columns() -> Vec<&'static str>;

    /// Blocks and steps of a simulation that does not say how many.
    fn usual() -> (usize, usize) {
        (100, 5)
    }

    /// A plan of equal blocks, under inputs given as text.
    ///
    /// # Errors
    /// When an input is missing, unknown or not what it should be.
    fn plan(blocks: usize, steps: usize, inputs: &[(String, String)]) -> Result<BlockPlan, StudyError>;

    /// The plans of all subjects of some tables: blocks, steps, inputs, forced and missing responses as they are there.
    ///
    /// # Errors
    /// Every complaint about the tables.
    fn plans_like(tables: &[RawTable], options: &DataOptions) -> Result<Vec<(String, BlockPlan)>, DataError>;

    /// Simulates one subject, or one session, in a world of the same kind; `emit` takes the cells of each row after the subject's.
    ///
    /// # Errors
    /// When the parameters make no model.
    fn simulate(
        &self,
        assigned: &Assigned<f64>,
        world: &Self,
        plan: &BlockPlan,
        options: &Self::Options,
        rng: &mut dyn Rng,
        emit: &mut dyn FnMut(Vec<String>),
    ) -> Result<(), StudyError>;

    /// The labels of all choices, and which of them each scored response of a record was; `None` where responses are no choices.
    fn alternatives(record: &Self::Record) -> Option<(Vec<String>, Vec<Option<usize>>)> {
        let _ = record;
        None
    }

    /// The probability of every choice at each scored response.
    ///
    /// # Errors
    /// When the parameters make no model.
    fn predictions(
        &self,
        assigned: &Assigned<f64>,
        record: &Self::Record,
        options: &Self::Options,
    ) -> Result<Vec<Vec<f64>>, ScoreError> {
        let _ = (assigned, record, options);
        Ok(Vec::new())
    }

    /// Trial-by-trial beliefs and prediction errors; `None` where there are none.
    fn regressors(&self, assigned: &Assigned<f64>, record: &Self::Record, options: &Self::Options) -> Option<Regressors> {
        let _ = (assigned, record, options);
        None
    }

    /// Looks for observations that cannot be.
    ///
    /// # Errors
    /// Names the first: block and step.
    fn check_observations(
        &self,
        assigned: &Assigned<f64>,
        record: &Self::Record,
        options: &Self::Options,
    ) -> Result<(), ScoreError> {
        let _ = (assigned, record, options);
        Ok(())
    }
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

fn input_numbers(meta: &Meta, given: &[(String, String)]) -> Result<Vec<f64>, StudyError> {
    if let Some((name, _)) = given.iter().find(|(name, _)| meta.inputs.iter().all(|i| i.name != name)) {
        let known: Vec<&str> = meta.inputs.iter().map(|i| i.name).collect();
        let known = if known.is_empty() { "none".into() } else { known.join(", ") };
        return Err(StudyError::Option(format!("--input {name}: {} has no such input, its inputs are {known}", meta.name)));
    }
    let number = |input: &aif_runtime::model::Input| {
        let text = given.iter().find(|(name, _)| name == input.name).map(|(_, text)| text);
        let text = text.ok_or_else(|| {
            StudyError::Option(format!("the input `{}` needs a value: --input {}=VALUE", input.name, input.name))
        })?;
        input_number(input.name, input.values, text)
    };
    meta.inputs.iter().map(number).collect()
}

impl BlockPlan {
    /// Equal blocks, each of so many actions and one more row, under the same inputs at every step.
    pub fn regular(blocks: usize, steps: usize, inputs: &[f64]) -> Self {
        let row = |last| PlannedRow { inputs: inputs.to_vec(), scored: true, last, ..PlannedRow::default() };
        let rows: Vec<PlannedRow> = (0..=steps).map(|step| row(step == steps)).collect();
        let block = |b: usize| PlannedBlock { name: b.to_string(), rows: rows.clone(), ..PlannedBlock::default() };
        BlockPlan { blocks: (0..blocks).map(block).collect() }
    }

    /// The blocks of one session.
    #[must_use]
    pub fn session(&self, name: &str) -> Self {
        BlockPlan { blocks: self.blocks.iter().filter(|b| b.session == name).cloned().collect() }
    }

    /// The names of the sessions, in the order of time.
    pub fn sessions(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for block in &self.blocks {
            if names.last() != Some(&block.session) {
                names.push(block.session.clone());
            }
        }
        names
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.blocks.iter().map(|b| b.rows.len()).sum()
    }

    fn like(blocks: &[RecordedBlock]) -> Self {
        let block = |block: &RecordedBlock| {
            let end = block.rows.len().saturating_sub(1);
            let rows = block.rows.iter().enumerate().map(|(r, row)| {
                let none = row.action.iter().all(Option::is_none);
                PlannedRow {
                    inputs: row.inputs.clone(),
                    time_step: None,
                    scored: row.scored,
                    forced: if row.scored { Vec::new() } else { row.action.clone() },
                    missed: row.action.iter().map(Option::is_none).collect(),
                    unseen: row.observation.iter().map(Option::is_none).collect(),
                    last: r == end && none,
                }
            });
            PlannedBlock {
                name: block.name.clone(),
                session: block.session.clone(),
                first_step: block.first_step,
                rows: rows.collect(),
            }
        };
        BlockPlan { blocks: blocks.iter().map(block).collect() }
    }
}

/// The records of the sessions of some blocks, in the order of time.
fn by_session(blocks: &[RecordedBlock]) -> Vec<(String, History)> {
    let mut sessions: Vec<(String, Vec<RecordedBlock>)> = Vec::new();
    for block in blocks {
        match sessions.last_mut() {
            Some((name, own)) if *name == block.session => own.push(block.clone()),
            _ => sessions.push((block.session.clone(), vec![block.clone()])),
        }
    }
    sessions.into_iter().map(|(name, own)| (name, History::new(&own))).collect()
}

impl<M> Studied for M
where
    M: GenerativeModel + Behaviour<f64, Record = History, Options = AgentOptions>,
{
    fn options(options: StudyOptions) -> AgentOptions {
        options.agent
    }

    fn check(options: &AgentOptions) -> Result<(), ModelError> {
        options.check(&M::META)
    }

    fn read(tables: &[RawTable], options: &DataOptions, sessions: bool) -> Result<SubjectRecords<History>, DataError> {
        if options.first_scored > 0
            && let Some(table) = tables.first()
        {
            let found = format!("--first-scored {}", options.first_scored);
            let expected = "a column `scored` with 0 or 1: only the trials of filters are counted";
            return Err(DataError::content(&table.path, vec![Complaint::new(0, "", found, expected)]));
        }
        let data = read_all(tables, &Schema::of(&M::META), options)?;
        let mut found = SubjectRecords { names: Vec::new(), records: Vec::new(), sessions: None, warnings: data.warnings };
        let mut units = Units::default();
        for (s, subject) in data.subjects.into_iter().enumerate() {
            if sessions {
                for (name, record) in by_session(&subject.blocks) {
                    units.names.push(name);
                    units.parents.push(s);
                    found.records.push(record);
                }
            } else {
                found.records.push(History::new(&subject.blocks));
            }
            found.names.push(subject.name);
        }
        found.sessions = sessions.then_some(units);
        Ok(found)
    }

    fn responses(record: &History) -> usize {
        record.responses()
    }

    fn columns() -> Vec<&'static str> {
        let meta: Meta = M::META;
        let mut names = vec!["session", "block", "step"];
        names.extend(meta.modalities.iter().map(|m| m.name));
        names.extend(meta.actions.iter().map(|a| a.name));
        names.extend(meta.inputs.iter().map(|i| i.name));
        names.push("scored");
        names
    }

    fn plan(blocks: usize, steps: usize, inputs: &[(String, String)]) -> Result<BlockPlan, StudyError> {
        Ok(BlockPlan::regular(blocks, steps, &input_numbers(&M::META, inputs)?))
    }

    fn plans_like(tables: &[RawTable], options: &DataOptions) -> Result<Vec<(String, BlockPlan)>, DataError> {
        let data = read_all(tables, &Schema::of(&M::META), options)?;
        Ok(data.subjects.into_iter().map(|s| (s.name, BlockPlan::like(&s.blocks))).collect())
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
        agents::simulate(self, assigned, world, plan, options, rng, emit)
    }

    fn alternatives(record: &History) -> Option<(Vec<String>, Vec<Option<usize>>)> {
        let meta: Meta = M::META;
        let labels = (0..meta.joint_actions()).map(|joint| {
            let parts = meta.actions.iter().enumerate().map(|(a, v)| v.values.label(meta.action_value(joint, a)).into_owned());
            parts.collect::<Vec<_>>().join("+")
        });
        Some((labels.collect(), record.chosen(|a| meta.actions[a].values.count)))
    }

    fn predictions(
        &self,
        assigned: &Assigned<f64>,
        record: &History,
        options: &AgentOptions,
    ) -> Result<Vec<Vec<f64>>, ScoreError> {
        agent_predictions(self, assigned, record, options)
    }

    fn regressors(&self, assigned: &Assigned<f64>, record: &History, options: &AgentOptions) -> Option<Regressors> {
        agent_regressors(self, assigned, record, options)
    }

    fn check_observations(&self, assigned: &Assigned<f64>, record: &History, options: &AgentOptions) -> Result<(), ScoreError> {
        agent_check_observations(self, assigned, record, options)
    }
}
