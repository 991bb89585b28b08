//! Scoring: the log-probability of recorded behaviour.
//!
//! Anything whose behaviour can be scored implements [`Behaviour`]: agents under every generative model, observers with every filter, learners
//! with every declared one, and a user's own can.

mod agent;
mod answers;
mod batched;
mod filter;
mod interner;
mod learner;
mod memory;
mod nested;
mod observer;
mod played;
mod scorer;
mod walk;

use aif_runtime::{ModelError, Real};

pub use crate::record::{
    CarriedOut, History, Lessons, Played, Reading, ReadingError, RecordedBlock, RecordedRow, Recorder, ResponsePlace, Ticks,
    Told, Trials,
};
pub use aif_runtime::Assigned;
pub use batched::filter_log_likelihoods;
pub use filter::{filter_log_likelihood, filter_pointwise, filter_pointwise_anyway};
pub use learner::{learner_log_likelihood, learner_pointwise};
pub use nested::steps_of_runs;
pub use played::kinds_of_player;
pub(crate) use played::{each_move, is_another, weights as player_weights};

pub(crate) use filter::{checked, counted, each_trial, failure};
pub(crate) use learner::{each_lesson, recorded};
pub(crate) use memory::preferences;
pub(crate) use nested::{each_row as each_tick, given};
pub(crate) use walk::{Wanted, each_choice, each_row};

/// Why a set of parameters has no score.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ScoreError {
    /// The model cannot be built with these parameters.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The parameters make no player.
    #[error(transparent)]
    Society(#[from] aif_runtime::society::SocietyError),
    /// A player could not have seen or done that.
    #[error("{place}: {what}")]
    Game {
        /// Its place in the record: block and step.
        place: String,
        /// Why not.
        what: Box<aif_runtime::society::SocietyError>,
    },
    /// A recorded response is impossible under these parameters, or its probability is not a number.
    #[error("{place}: the recorded response has the log-probability {value}")]
    Response {
        /// Its position in the record, from 0.
        response: usize,
        /// Its place in the record: block and step.
        place: String,
        /// Its log-probability.
        value: f64,
    },
    /// A recorded response beside an action is impossible under these parameters, or its density is not a number.
    #[error("{place}: what is recorded of `{response}` has the log-density {value}")]
    Answer {
        /// Its place in the record: block and step.
        place: String,
        /// The response.
        response: &'static str,
        /// Its log-density.
        value: f64,
    },
    /// A recorded response has a log-probability, but not the derivatives of one: parameters are so extreme that numbers overflow.
    #[error(
        "{place}: the recorded response has the log-probability {value}, but a derivative of it is not finite: numbers overflow"
    )]
    Derivative {
        /// Its place in the record: block and step, or trial.
        place: String,
        /// Its log-probability.
        value: f64,
    },
    /// A recorded number is outside the support of its distribution under these parameters: a time that is not above its shift.
    #[error("{place}: `{response}` is {value}, but under these parameters it can only be {support}")]
    Outside {
        /// Its place in the record: block and trial.
        place: String,
        /// The column.
        response: String,
        /// What was recorded.
        value: f64,
        /// What it can be, in words.
        support: String,
    },
    /// A hierarchical Gaussian filter cannot begin, or fails.
    #[error("{place}: {what}")]
    Filter {
        /// Its place in the record.
        place: String,
        /// What fails: node and precision, in words.
        what: String,
    },
    /// Choices are made by a random search.
    #[error("choices cannot be scored under Monte-Carlo tree search: it is no smooth function of the parameters")]
    MonteCarlo,
    /// Choices are the best ones, whatever the others are worth.
    #[error(
        "choices of agents that select deterministically cannot be scored: every other action is impossible; select stochastically, with a high action precision"
    )]
    Deterministic,
    /// An action is missing whose consequences an agent learned from.
    #[error(
        "{place}: an agent that learns cannot be scored under a missing action that moves a hidden state or makes a habit: how it went on depends on what it did (in a table: --missing-action skip, end-block or stay=LABEL)"
    )]
    MissingAction {
        /// Its place in the record: block and step.
        place: String,
    },
    /// A record without the responses of its model.
    #[error("{model} has responses: its records are made by `History::under(&Meta, blocks)`, which knows their columns")]
    Unanswered {
        /// The model.
        model: &'static str,
    },
    /// An action is missing that comes about by a response.
    #[error(
        "{place}: the action is missing, and it comes about by the response `{response}`: how probable each was is not known with derivatives (in a table: --missing-action skip, end-block or stay=LABEL)"
    )]
    MissingResponse {
        /// Its place in the record: block and step.
        place: String,
        /// The response.
        response: &'static str,
    },
    /// What an agent was told cannot be.
    #[error("a record of {model}: {what}")]
    Told {
        /// The model.
        model: &'static str,
        /// Why not.
        what: ToldError,
    },
    /// A recorded reading is none.
    #[error("{place}: {what}")]
    Reading {
        /// Its place in the record: block and step.
        place: String,
        /// Why not.
        what: ReadingError,
    },
    /// What was observed in a run of a level cannot be under these parameters.
    #[error("{place}: what is observed of {model} cannot be here, wherever its run began")]
    Run {
        /// Its place in the record: block and step.
        place: String,
        /// The model of the level.
        model: &'static str,
    },
    /// A recorded observation cannot be under these parameters.
    #[error("{place}: `{modality}` cannot be {outcome} here, whatever the hidden state may be")]
    Observation {
        /// Its place in the record: block and step.
        place: String,
        /// The modality.
        modality: String,
        /// What was observed: the outcome, or those that would explain a reading.
        outcome: String,
    },
}

impl ScoreError {
    /// The same, where so many responses come before those among which it is counted.
    fn at(mut self, before: usize) -> Self {
        if let ScoreError::Response { response, .. } = &mut self {
            *response += before;
        }
        self
    }

    /// Whether it is of what was observed, rather than of what was done.
    pub fn is_of_observations(&self) -> bool {
        use aif_runtime::society::SocietyError::{self, Impossible, Turn};
        let in_game = |what: &SocietyError| matches!(what, Impossible { .. } | Turn { .. });
        matches!(self, ScoreError::Game { what, .. } if in_game(what))
            || matches!(self, ScoreError::Observation { .. } | ScoreError::Run { .. })
    }
}

/// What an agent was told that cannot be.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ToldError {
    /// Not one flag for each joint action.
    #[error("{found} joint actions are said to be open or not, but there are {actions}")]
    Open {
        /// How many flags there are.
        found: usize,
        /// How many joint actions there are.
        actions: usize,
    },
    /// A response says how the action comes about: which were open, and what else may have been carried out, cannot be told.
    #[error(
        "its response `{response}` says how the action comes about: that only some actions were open, or that it is not known which was carried out, cannot be told of it"
    )]
    Response {
        /// The response.
        response: &'static str,
    },
    /// No action is open.
    #[error("no joint action is open")]
    NothingOpen,
    /// An action was carried out that does not exist.
    #[error("the joint action {action} was carried out, but there are {actions}, from 0")]
    Action {
        /// Which.
        action: usize,
        /// How many joint actions there are.
        actions: usize,
    },
    /// The weights of what may have been carried out are no distribution.
    #[error("the weights of what may have been carried out sum to {sum}: at least 0 each are expected, and a sum of 1")]
    Weights {
        /// What they sum to.
        sum: f64,
    },
}

/// Behaviour that can be scored: a set of parameters in any scalar gives the log-probability of each recorded response.
pub trait Behaviour<T: Real>: Copy + Send {
    /// One subject's recorded behaviour; the same for every scalar.
    type Record: Send + Sync + 'static;
    /// Run-time choices.
    type Options: Clone + Default + Send + Sync + 'static;

    /// The sum of the log-probabilities of all scored responses.
    ///
    /// # Errors
    /// When the parameters make no model, or a response is impossible under them.
    fn log_likelihood(&self, assigned: &Assigned<T>, record: &Self::Record, options: &Self::Options) -> Result<T, ScoreError>;

    /// Whether precisions and a lapse mean something to it: a population may assign them.
    const ASSIGNED: bool = true;

    /// How many records are scored side by side at most, by [`log_likelihoods`](Behaviour::log_likelihoods).
    const BATCH: usize = 1;

    /// The same for several sets of parameters and as many records, into `sums`: one by one, unless they can be worked out side by side.
    fn log_likelihoods(
        agents: &[(Self, Assigned<T>)],
        records: &[&Self::Record],
        options: &Self::Options,
        sums: &mut Vec<Result<T, ScoreError>>,
    ) {
        sums.extend(
            agents.iter().zip(records).map(|((agent, assigned), record)| agent.log_likelihood(assigned, record, options)),
        );
    }

    /// The log-probability of each scored response, in the order of the record.
    ///
    /// # Errors
    /// As [`log_likelihood`](Behaviour::log_likelihood).
    fn pointwise(&self, assigned: &Assigned<T>, record: &Self::Record, options: &Self::Options) -> Result<Vec<T>, ScoreError>;

    /// Where each scored response stands in its record; by default nothing is known, and responses are numbered by [`pointwise`].
    ///
    /// [`pointwise`]: Behaviour::pointwise
    fn places(record: &Self::Record) -> Vec<ResponsePlace> {
        let _ = record;
        Vec::new()
    }
}
