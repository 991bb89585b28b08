//! One subject's trials: what was put into a filter, and what was answered.

use aif_runtime::hgf::{FilterError, FilterMeta, ResponseKind, check_inputs, check_responses};

use crate::results::ResponsePlace;

/// One trial.
#[derive(Clone, Debug, PartialEq)]
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

/// Nothing is seen or answered; a time step of 1, scored.
impl Default for Trial {
    fn default() -> Self {
        Trial { inputs: Vec::new(), time_step: 1.0, responses: Vec::new(), scored: true }
    }
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
#[derive(Clone, Debug, Default)]
pub struct Trials {
    blocks: Vec<TrialBlock>,
    /// The numbers of each block, one after the other.
    pub(super) rows: Vec<Rows>,
    /// How many responses count.
    count: usize,
    /// The names of the responses.
    names: Vec<&'static str>,
}

/// The numbers of a block.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows {
    /// For each trial one number for each input; not a number where it is missing.
    pub inputs: Vec<f64>,
    pub time_steps: Vec<f64>,
    /// For each trial one number for each response; not a number where it does not count.
    pub responses: Vec<f64>,
}

impl Trials {
    /// The trials of some blocks, under a filter.
    ///
    /// # Errors
    /// Names the first input, response or time step that cannot be.
    pub fn new(meta: &FilterMeta, blocks: Vec<TrialBlock>) -> Result<Self, FilterError> {
        for trial in blocks.iter().flat_map(|block| block.trials.iter().enumerate()) {
            check_inputs(meta, trial.0, &trial.1.inputs, trial.1.time_step)?;
            check_responses(meta, trial.0, &trial.1.responses)?;
        }
        Ok(Trials::of_checked(meta, blocks))
    }

    /// The same, of what was checked before.
    pub(crate) fn of_checked(meta: &FilterMeta, blocks: Vec<TrialBlock>) -> Self {
        let rows: Vec<Rows> = blocks.iter().map(|block| Rows::of(meta, block)).collect();
        let count = rows.iter().flat_map(|r| &r.responses).filter(|x| !x.is_nan()).count();
        Trials { blocks, rows, count, names: meta.responses.iter().map(|r| r.name).collect() }
    }

    /// The blocks.
    pub fn blocks(&self) -> &[TrialBlock] {
        &self.blocks
    }

    /// The trials with their blocks.
    pub fn all(&self) -> impl Iterator<Item = (&TrialBlock, usize, &Trial)> {
        self.blocks.iter().flat_map(|block| block.trials.iter().enumerate().map(move |(t, trial)| (block, t, trial)))
    }

    /// How many responses count.
    pub fn responses(&self) -> usize {
        self.count
    }

    /// The place of a trial in words.
    pub(super) fn place(&self, block: usize, trial: usize) -> String {
        let block = &self.blocks[block];
        let session = if block.session.is_empty() { String::new() } else { format!("session {}, ", block.session) };
        let name = if block.name.is_empty() { String::new() } else { format!("block {}, ", block.name) };
        format!("{session}{name}trial {}", block.first_trial + trial as i64)
    }

    /// Where each response that counts stands.
    pub fn places(&self) -> Vec<ResponsePlace> {
        let of_block = |(block, rows): (&TrialBlock, &Rows)| {
            let width = rows.responses.len() / block.trials.len().max(1);
            let counted = rows.responses.iter().enumerate().filter(|(_, x)| !x.is_nan());
            let place = |at: usize| ResponsePlace {
                session: block.session.clone(),
                block: block.name.clone(),
                step: block.first_trial + (at / width.max(1)) as i64,
                response: self.names.get(at % width.max(1)).map_or(String::new(), ToString::to_string),
            };
            counted.map(|(at, _)| place(at)).collect::<Vec<_>>()
        };
        self.blocks.iter().zip(&self.rows).flat_map(of_block).collect()
    }
}

impl Rows {
    fn of(meta: &FilterMeta, block: &TrialBlock) -> Self {
        let mut rows = Rows::default();
        for trial in &block.trials {
            let given = |list: &[Option<f64>], at: usize| list.get(at).copied().flatten().unwrap_or(f64::NAN);
            rows.inputs.extend((0..meta.inputs.len()).map(|i| given(&trial.inputs, i)));
            rows.time_steps.push(trial.time_step);
            rows.responses.extend(meta.responses.iter().enumerate().map(|(r, response)| match response.kind {
                _ if !trial.scored => f64::NAN,
                // What is scored by what was seen counts where something was.
                ResponseKind::Nothing if trial.inputs.iter().any(Option::is_some) => 0.0,
                ResponseKind::Nothing => f64::NAN,
                _ => given(&trial.responses, r),
            }));
        }
        rows
    }
}
