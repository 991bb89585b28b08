//! One subject's trials: what was put into a filter, and what was answered.

use crate::results::ResponsePlace;

/// One trial.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trial {
    /// One number for each input: 0 or 1, the index of a category, or the number itself; `None` where it is missing.
    pub inputs: Vec<Option<f64>>,
    /// How long after the trial before; 1 where trials are equally far apart.
    pub time_step: f64,
    /// One number for each response: the index of a choice, or the number itself; `None` where it is missing, or nothing is recorded.
    pub responses: Vec<Option<f64>>,
    /// Whether its responses count in the likelihood. What was put in is perceived in any case.
    pub scored: bool,
}

/// The trials of one block, before which the filter forgets.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TrialBlock {
    /// The block's name in the table.
    pub name: String,
    /// The session that it belongs to; empty where there are none.
    pub session: String,
    /// The number of its first trial.
    pub first_trial: i64,
    /// Its trials, in the order of time.
    pub trials: Vec<Trial>,
}

/// One subject's trials, block after block.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trials {
    /// The blocks.
    pub blocks: Vec<TrialBlock>,
}

impl Trials {
    /// Whether a response counts: it is scored, and is not missing.
    pub(super) fn counts(trial: &Trial, response: usize, recorded: bool) -> bool {
        trial.scored
            && match recorded {
                true => trial.responses.get(response).copied().flatten().is_some(),
                // What is scored by what was seen counts where something was.
                false => trial.inputs.iter().any(Option::is_some),
            }
    }

    /// The trials with their blocks.
    pub fn all(&self) -> impl Iterator<Item = (&TrialBlock, usize, &Trial)> {
        self.blocks.iter().flat_map(|block| block.trials.iter().enumerate().map(move |(t, trial)| (block, t, trial)))
    }

    /// The place of a trial in words.
    pub(super) fn place(&self, block: usize, trial: usize) -> String {
        let block = &self.blocks[block];
        let session = if block.session.is_empty() { String::new() } else { format!("session {}, ", block.session) };
        let name = if block.name.is_empty() { String::new() } else { format!("block {}, ", block.name) };
        format!("{session}{name}trial {}", block.first_trial + trial as i64)
    }

    /// The place of a trial for tables.
    pub(super) fn response_place(block: &TrialBlock, trial: usize) -> ResponsePlace {
        ResponsePlace { session: block.session.clone(), block: block.name.clone(), step: block.first_trial + trial as i64 }
    }
}
