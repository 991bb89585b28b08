//! Records: what was put in, seen and answered, row after row, in one form for every family; and the forms in which it is scored.

mod answered;
mod answers;
mod history;
mod index;
mod lessons;
mod observation;
mod played;
mod recorder;
mod sequence;
mod ticks;
mod trials;

use aif_runtime::{Assignment, Domain, GenerativeModel, Trajectory, TrajectoryStep};
use serde::{Deserialize, Serialize};

pub use answered::{Answered, Asked, statistics};
pub use answers::AnswerError;
pub use history::History;
pub(crate) use history::{Deed, Node, Setting, Step, Taking, Walk};
pub(crate) use index::room;
pub use lessons::Lessons;
pub(crate) use lessons::Lines;
pub(crate) use observation::Observation;
pub use observation::{Reading, ReadingError};
pub use played::Played;
pub(crate) use recorder::AsBlocks;
pub use recorder::Recorder;
pub use sequence::{Cues, Statistic, Statistics, Trial};
pub(crate) use sequence::{Sequence, sign};
pub use ticks::Ticks;
pub(crate) use ticks::{Amiss, Line, Node as LevelColumns, NodeTick, nodes as level_columns};
pub use trials::Trials;
pub(crate) use trials::{Rows, TakingTrials};

/// One row of a record. Each number is the number itself (what was measured), or the index of a value, and `None` where it is missing.
///
/// Of an agent: the inputs under which it acts, the outcome of each modality that it receives (or a reading of it), then the value of each
/// action that it chooses, and one number for each column of its responses.
/// Of an observer: what is put into the filter, then what is answered. Of a learner: what is set from outside, what is observed, and what is
/// answered, one number for each column.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordedRow {
    /// One number for each input.
    pub inputs: Vec<Option<f64>>,
    /// One for each modality.
    pub observations: Vec<Option<f64>>,
    /// What was read of modalities whose observation is missing: weights of their outcomes.
    pub readings: Vec<Reading>,
    /// One for each action or response; all missing at the end of a block, or where it is not known.
    pub responses: Vec<Option<f64>>,
    /// How long after the row before; 1 where rows are equally far apart.
    pub time_step: f64,
    /// Whether its responses count in the likelihood. What is put in and seen is perceived in any case.
    pub scored: bool,
    /// What else an agent was told; mostly nothing.
    pub told: Option<Box<Told>>,
}

/// What was observed at a row: outcomes and readings.
pub(crate) type Seen = (Vec<Option<f64>>, Vec<Reading>);

/// Nothing is put in, seen or answered; a time step of 1, scored.
impl Default for RecordedRow {
    fn default() -> Self {
        let (inputs, observations, responses) = (Vec::new(), Vec::new(), Vec::new());
        RecordedRow { inputs, observations, readings: Vec::new(), responses, time_step: 1.0, scored: true, told: None }
    }
}

/// What an agent was told at a row besides inputs and observations.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Told {
    /// Whether each joint action could be taken, where not all could.
    pub open: Option<Vec<bool>>,
    /// What was carried out then, as far as the agent knows it.
    pub carried: CarriedOut,
    /// Preferences of its own from here on: one number for each outcome of each modality, one modality after the other; empty for those of
    /// its model again.
    pub preferences: Option<Vec<f64>>,
}

/// What was carried out after a choice, as far as the agent knows it.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum CarriedOut {
    /// What was chosen. Where that is missing from the record, it is missing to the experimenter only: the agent knows it.
    #[default]
    Chosen,
    /// Another joint action, by its index.
    Action(usize),
    /// One of several joint actions, with weights that sum to one; the agent knows no more.
    OneOf(Vec<(usize, f64)>),
    /// The agent does not know: each action as probable as it was to be chosen.
    Unknown,
}

/// The rows of one block, in the order of time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RecordedBlock {
    /// The block's name in the table; empty where there are none.
    pub name: String,
    /// The session that it belongs to; empty where there are none.
    pub session: String,
    /// The number of its first step.
    pub first_step: i64,
    /// Its rows.
    pub rows: Vec<RecordedRow>,
}

impl RecordedRow {
    /// A row of an agent: what it observes, then does, by indices; scored, without inputs.
    pub fn of_indices(observations: &[Option<usize>], actions: &[Option<usize>]) -> Self {
        let numbers = |indices: &[Option<usize>]| indices.iter().map(|i| i.map(|i| i as f64)).collect();
        RecordedRow { observations: numbers(observations), responses: numbers(actions), ..RecordedRow::default() }
    }

    /// Takes out what was observed.
    pub(crate) fn take_seen(&mut self) -> Seen {
        (std::mem::take(&mut self.observations), std::mem::take(&mut self.readings))
    }

    /// Puts in what was observed.
    pub(crate) fn put_seen(&mut self, seen: Seen) {
        (self.observations, self.readings) = seen;
    }

    /// Whether nothing was observed.
    pub(crate) fn is_unseen(&self) -> bool {
        self.readings.is_empty() && self.observations.iter().all(Option::is_none)
    }

    /// Whether nothing was answered.
    pub fn is_silent(&self) -> bool {
        self.responses.iter().all(Option::is_none)
    }
}

impl RecordedBlock {
    /// So many blocks of the same rows, named by their numbers.
    pub fn numbered(blocks: usize, rows: &[RecordedRow]) -> Vec<Self> {
        let block = |b: usize| RecordedBlock { name: b.to_string(), rows: rows.to_vec(), ..RecordedBlock::default() };
        (0..blocks).map(block).collect()
    }

    /// The record of what an agent did: every action is scored. The inputs are as set, the same at every step.
    pub fn of_trajectory<M: GenerativeModel>(name: impl Into<String>, trajectory: &Trajectory<M>, inputs: &[f64]) -> Self {
        let meta = &M::META;
        let row = |moment: &TrajectoryStep<M::Observation, M::Belief, M::Action>| {
            let joint = moment.action.map(Domain::index);
            let seen: Vec<Option<f64>> = (0..meta.modalities.len()).map(|m| Some(moment.observation.number(m))).collect();
            let done: Vec<Option<usize>> = (0..meta.actions.len()).map(|a| joint.map(|j| meta.action_value(j, a))).collect();
            let inputs = inputs.iter().map(|x| Some(*x)).collect();
            RecordedRow { inputs, observations: seen, ..RecordedRow::of_indices(&[], &done) }
        };
        RecordedBlock { name: name.into(), rows: trajectory.iter().map(row).collect(), ..RecordedBlock::default() }
    }

    /// The place of a row in words; `noun` is what a row is called.
    pub fn place(&self, row: usize, noun: &str) -> String {
        place_of(&self.session, &self.name, noun, self.first_step + row as i64)
    }
}

pub(crate) fn place_of(session: &str, block: &str, noun: &str, step: i64) -> String {
    let session = if session.is_empty() { String::new() } else { format!("session {session}, ") };
    let block = if block.is_empty() { String::new() } else { format!("block {block}, ") };
    format!("{session}{block}{noun} {step}")
}

/// The blocks of each session, in the order of time.
pub fn by_session(blocks: Vec<RecordedBlock>) -> Vec<(String, Vec<RecordedBlock>)> {
    let mut sessions: Vec<(String, Vec<RecordedBlock>)> = Vec::new();
    for block in blocks {
        match sessions.last_mut() {
            Some((name, own)) if *name == block.session => own.push(block),
            _ => sessions.push((block.session.clone(), vec![block])),
        }
    }
    sessions
}

/// Where a response stands in its record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResponsePlace {
    /// The session's name; empty where there are none.
    pub session: String,
    /// The block's name; empty where there are none.
    pub block: String,
    /// The step, or the number of the response.
    pub step: i64,
    /// Which response it is, where there are several at a step; else empty.
    pub response: String,
}

/// Trial-by-trial quantities of one unit: beliefs, prediction errors.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Regressors {
    /// The names of the columns.
    pub columns: Vec<String>,
    /// The session's and the block's name, the step and the values of each row.
    pub rows: Vec<(String, String, i64, Vec<f64>)>,
}
