//! Behaviour that the study program can read from a table and simulate.

use aif_runtime::hgf::FilterOptions;
use aif_runtime::{AgentOptions, Assigned, ModelError};
use rand::Rng;
use serde::Serialize;

use super::error::StudyError;
use super::neural::NeuralError;
use crate::data::{DataError, DataOptions, RawTable, Reader, Schema};
use crate::population::Units;
use crate::record::{Answered, AsBlocks, Asked, Cues, RecordedBlock, RecordedRow, Recorder, Regressors};
use crate::score::{Behaviour, ScoreError};

/// The command line's run-time choices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct StudyOptions {
    /// Of agents.
    pub agent: AgentOptions,
    /// Of hierarchical Gaussian filters.
    pub filter: FilterOptions,
}

/// Whose options concern a behaviour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// Those of agents.
    Agent,
    /// Those of hierarchical Gaussian filters.
    Filter,
    /// None of them.
    Nothing,
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

/// Behaviour that the study program can read and simulate: that of every declared family is, and a user's own learner's can be.
///
/// What is simulated follows a plan of blocks like those of a record: inputs, time steps and what was told are taken over; what is missing
/// there (an observation, a response) is missing in what is simulated; a response of a row that is not scored is forced. Where a row says
/// nothing of observations or responses, nothing is missing. A last row whose responses are all missing ends its block without one.
pub trait StudyBehaviour: Behaviour<f64> {
    /// Whose options concern the behaviour.
    const TAKES: Takes = Takes::Nothing;

    /// Those of the command line's run-time choices that concern the behaviour.
    fn options(options: StudyOptions) -> Self::Options;

    /// Checks the run-time choices.
    ///
    /// # Errors
    /// When they do not fit the behaviour.
    fn check(options: &Self::Options) -> Result<(), ModelError>;

    /// What the run-time choices come to, in words; empty where there is nothing to say.
    fn words(options: &Self::Options) -> String {
        let _ = options;
        String::new()
    }

    /// The declaration in lines, by which a stored fit is told from one of a changed declaration; none where it does not describe itself.
    fn declaration() -> Vec<String> {
        Vec::new()
    }

    /// The columns of a table.
    fn schema() -> Schema;

    /// The record of some blocks of such a table.
    fn record(blocks: Vec<RecordedBlock>) -> Self::Record;

    /// Takes down a record of blocks as they come.
    fn recorder() -> Box<dyn Recorder<Self::Record>> {
        Box::new(AsBlocks::new(Self::record as fn(Vec<RecordedBlock>) -> Self::Record))
    }

    /// The number of scored responses of a record.
    fn responses(record: &Self::Record) -> usize {
        Self::places(record).len()
    }

    /// Blocks and steps of a simulation that does not say how many.
    fn usual() -> (usize, usize) {
        (100, 5)
    }

    /// A plan of equal blocks, under inputs given as text.
    ///
    /// # Errors
    /// When an input is missing, unknown or not what it should be.
    fn plan(blocks: usize, steps: usize, inputs: &[(String, String)]) -> Result<Vec<RecordedBlock>, StudyError>;

    /// Simulates one subject, or one session, in a world of the same kind: the blocks of a plan with what was seen and done.
    ///
    /// # Errors
    /// When the parameters make no model.
    fn simulate(
        &self,
        assigned: &Assigned,
        world: &Self,
        plan: &[RecordedBlock],
        options: &Self::Options,
        rng: &mut dyn Rng,
    ) -> Result<Vec<RecordedBlock>, StudyError>;

    /// The labels of all choices, and which of them each scored response of a record was; `None` where responses are no choices.
    fn alternatives(record: &Self::Record) -> Option<(Vec<String>, Vec<Option<usize>>)> {
        let _ = record;
        None
    }

    /// What was known of each scored response when it was made, in the order of [`places`](Behaviour::places): what was seen since the one before,
    /// and inputs; empty where that is not told.
    fn cues(record: &Self::Record) -> Vec<Cues> {
        let _ = record;
        Vec::new()
    }

    /// The probability of every choice at each scored response.
    ///
    /// # Errors
    /// When the parameters make no model.
    fn predictions(
        &self,
        assigned: &Assigned,
        record: &Self::Record,
        options: &Self::Options,
    ) -> Result<Vec<Vec<f64>>, ScoreError> {
        let _ = (assigned, record, options);
        Ok(Vec::new())
    }

    /// Which of several subjects of another kind it may be: what each is called, and how probable that is after all that was recorded. None
    /// where there is only one kind.
    ///
    /// # Errors
    /// When the parameters make no model, or what was recorded is impossible.
    fn kinds(
        &self,
        assigned: &Assigned,
        record: &Self::Record,
        options: &Self::Options,
    ) -> Result<Vec<(String, f64)>, ScoreError> {
        let _ = (assigned, record, options);
        Ok(Vec::new())
    }

    /// Its responses.
    fn asked() -> Vec<Asked> {
        Vec::new()
    }

    /// The responses that are scored, as they were recorded.
    fn answered(record: &Self::Record) -> Answered {
        let _ = record;
        Vec::new()
    }

    /// The same drawn anew, each one step ahead along what was recorded before it.
    ///
    /// # Errors
    /// When the parameters make no model.
    fn answer_anew(
        &self,
        assigned: &Assigned,
        record: &Self::Record,
        options: &Self::Options,
        rng: &mut dyn Rng,
    ) -> Result<Answered, ScoreError> {
        let _ = (assigned, record, options, rng);
        Ok(Vec::new())
    }

    /// Trial-by-trial beliefs and prediction errors; `None` where there are none.
    fn regressors(&self, assigned: &Assigned, record: &Self::Record, options: &Self::Options) -> Option<Regressors> {
        let _ = (assigned, record, options);
        None
    }

    /// Simulated responses of neurons, row by row.
    ///
    /// # Errors
    /// Why there are none.
    fn neural(&self, assigned: &Assigned, record: &Self::Record, options: &Self::Options) -> Result<Regressors, NeuralError> {
        let _ = (assigned, record, options);
        Err(NeuralError::Family { what: "filters, learners and players" })
    }

    /// Looks for observations that cannot be.
    ///
    /// # Errors
    /// Names the first: block and step.
    fn check_observations(&self, assigned: &Assigned, record: &Self::Record, options: &Self::Options) -> Result<(), ScoreError> {
        let _ = (assigned, record, options);
        Ok(())
    }

    /// Remarks about some records, that do not keep them from being used.
    fn remarks(records: &[Self::Record]) -> Vec<String> {
        let _ = records;
        Vec::new()
    }

    /// Reads the records of all subjects of some tables, with their names, and remarks; one record for each session on request.
    ///
    /// # Errors
    /// Every complaint about the tables.
    fn read(tables: &[RawTable], options: &DataOptions, sessions: bool) -> Result<SubjectRecords<Self::Record>, DataError> {
        Self::read_some(tables, options, sessions, &|_| true)
    }

    /// Reads the records of the subjects of some tables that are asked for, with all names, and remarks; one record for each session on
    /// request. The others' records are empty.
    ///
    /// # Errors
    /// Every complaint about what was read.
    fn read_some(
        tables: &[RawTable],
        options: &DataOptions,
        sessions: bool,
        asked: &dyn Fn(usize) -> bool,
    ) -> Result<SubjectRecords<Self::Record>, DataError> {
        read_subjects::<Self>(tables, (options, sessions), asked)
    }
}

/// Reads the records of subjects, as [`StudyBehaviour::read_some`].
pub(super) fn read_subjects<B: StudyBehaviour>(
    tables: &[RawTable],
    (options, sessions): (&DataOptions, bool),
    asked: &dyn Fn(usize) -> bool,
) -> Result<SubjectRecords<B::Record>, DataError> {
    let schema = B::schema();
    let mut reader = Reader::new(tables, &schema, options)?;
    let names = reader.names().map(String::from).collect();
    let mut found = SubjectRecords { names, records: Vec::new(), sessions: None, warnings: Vec::new() };
    let mut units = Units::default();
    for s in 0..found.names.len() {
        let mut taken = BySession { make: B::recorder, apart: sessions, open: None, done: Vec::new() };
        if asked(s) {
            reader.take_down(s, &mut taken);
        } else if sessions {
            taken.done.extend(reader.sessions(s).into_iter().map(|name| (name.to_owned(), B::record(Vec::new()))));
        }
        let own = taken.all();
        if !sessions {
            found.records.push(own.into_iter().next().map_or_else(|| B::record(Vec::new()), |(_, record)| record));
            continue;
        }
        for (name, record) in own {
            units.names.push(name);
            units.parents.push(s);
            found.records.push(record);
        }
    }
    found.sessions = sessions.then_some(units);
    found.warnings = reader.finish()?;
    found.warnings.extend(B::remarks(&found.records));
    Ok(found)
}

/// Takes down a record for each session, or one for all.
struct BySession<R> {
    make: fn() -> Box<dyn Recorder<R>>,
    apart: bool,
    open: Option<(String, Box<dyn Recorder<R>>)>,
    done: Vec<(String, R)>,
}

impl<R> BySession<R> {
    fn all(mut self) -> Vec<(String, R)> {
        self.done.extend(self.open.take().map(|(name, recorder)| (name, recorder.finish())));
        self.done
    }
}

impl<R> Recorder<()> for BySession<R> {
    fn begin(&mut self, session: &str, name: &str, first_step: i64) {
        if self.open.as_ref().is_some_and(|(open, _)| self.apart && open != session) {
            self.done.extend(self.open.take().map(|(name, recorder)| (name, recorder.finish())));
        }
        let make = self.make;
        self.open.get_or_insert_with(|| (session.to_owned(), make())).1.begin(session, name, first_step);
    }

    fn row(&mut self, row: RecordedRow) {
        if let Some((_, recorder)) = &mut self.open {
            recorder.row(row);
        }
    }

    fn finish(self: Box<Self>) {}
}
