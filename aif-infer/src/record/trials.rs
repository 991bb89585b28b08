//! One observer's trials: what was put into a filter and what was answered, as columns of numbers.

use aif_runtime::hgf::{FilterError, FilterMeta, ResponseColumn, ResponseKind, check_inputs, check_responses};

use super::index::room;
use super::{RecordedBlock, RecordedRow, Recorder, ResponsePlace, place_of};

/// One observer's trials, block after block; before each the filter forgets.
#[derive(Clone, Debug, Default)]
pub struct Trials {
    /// The numbers of each block.
    pub(crate) rows: Vec<Rows>,
    /// How many responses count.
    count: usize,
    /// How many inputs a trial has, and the names of its responses; those of which nothing is recorded are `None`.
    inputs: usize,
    names: Vec<&'static str>,
    recorded: Vec<bool>,
}

/// The numbers of a block.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rows {
    pub name: String,
    pub session: String,
    pub first_step: i64,
    /// For each trial one number for each input; not a number where it is missing.
    pub inputs: Vec<f64>,
    pub time_steps: Vec<f64>,
    /// For each trial one number for each response; not a number where it does not count.
    pub responses: Vec<f64>,
    /// The trials that do not count, and what was answered there.
    silent: Vec<u32>,
    unheard: Vec<f64>,
}

impl Trials {
    /// The trials of some blocks, under a filter.
    ///
    /// # Errors
    /// Names the first input, response or time step that cannot be.
    pub fn new(meta: &FilterMeta, blocks: Vec<RecordedBlock>) -> Result<Self, FilterError> {
        for (t, row) in blocks.iter().flat_map(|block| block.rows.iter().enumerate()) {
            check_inputs(meta, t, &row.inputs, row.time_step)?;
            check_responses(meta, t, &row.responses)?;
        }
        Ok(Trials::of_checked(meta, blocks))
    }

    /// The same, of what was checked before.
    pub(crate) fn of_checked(meta: &FilterMeta, blocks: Vec<RecordedBlock>) -> Self {
        let mut taking = TakingTrials::new(*meta);
        for block in blocks {
            taking.begin(&block.session, &block.name, block.first_step);
            block.rows.into_iter().for_each(|row| taking.row(row));
        }
        taking.end()
    }

    /// The blocks, as they were recorded.
    pub fn blocks(&self) -> Vec<RecordedBlock> {
        let number = |x: f64| (!x.is_nan()).then_some(x);
        let of = |rows: &Rows| {
            let width = self.names.len();
            let mut silent = rows.silent.iter().zip(rows.unheard.chunks(width.max(1))).peekable();
            let row = |(t, &time_step): (usize, &f64)| {
                let unheard = silent.next_if(|(at, _)| **at as usize == t);
                let own = &rows.responses[t * width..(t + 1) * width];
                let responses = unheard.map_or(own, |(_, answers)| answers).iter().zip(&self.recorded);
                RecordedRow {
                    inputs: rows.inputs[t * self.inputs..(t + 1) * self.inputs].iter().map(|&u| number(u)).collect(),
                    responses: responses.map(|(&x, &recorded)| if recorded { number(x) } else { None }).collect(),
                    time_step,
                    scored: unheard.is_none(),
                    ..RecordedRow::default()
                }
            };
            let rows_of = rows.time_steps.iter().enumerate().map(row).collect();
            RecordedBlock { name: rows.name.clone(), session: rows.session.clone(), first_step: rows.first_step, rows: rows_of }
        };
        self.rows.iter().map(of).collect()
    }

    /// How many responses count.
    pub fn responses(&self) -> usize {
        self.count
    }

    /// The place of a trial in words.
    pub(crate) fn place(&self, block: usize, trial: usize) -> String {
        let rows = &self.rows[block];
        place_of(&rows.session, &rows.name, "trial", rows.first_step + trial as i64)
    }

    /// Where each response that counts stands.
    pub fn places(&self) -> Vec<ResponsePlace> {
        let width = self.names.len().max(1);
        let of_block = |rows: &Rows| {
            let counted = rows.responses.iter().enumerate().filter(|(_, x)| !x.is_nan());
            let place = |at: usize| ResponsePlace {
                session: rows.session.clone(),
                block: rows.name.clone(),
                step: rows.first_step + (at / width) as i64,
                response: self.names.get(at % width).map_or(String::new(), ToString::to_string),
            };
            counted.map(|(at, _)| place(at)).collect::<Vec<_>>()
        };
        self.rows.iter().flat_map(of_block).collect()
    }
}

/// Takes down trials as they come.
pub(crate) struct TakingTrials {
    meta: FilterMeta,
    trials: Trials,
}

impl TakingTrials {
    pub fn new(meta: FilterMeta) -> Self {
        let names = meta.responses.iter().map(|r| r.name).collect();
        let recorded = meta.responses.iter().map(|r| !matches!(r.kind, ResponseKind::Nothing)).collect();
        TakingTrials { meta, trials: Trials { rows: Vec::new(), count: 0, inputs: meta.inputs.len(), names, recorded } }
    }

    /// The last block has as much room as it needs.
    fn close(&mut self) {
        if let Some(rows) = self.trials.rows.last_mut() {
            [&mut rows.inputs, &mut rows.time_steps, &mut rows.responses, &mut rows.unheard]
                .into_iter()
                .for_each(Vec::shrink_to_fit);
            rows.silent.shrink_to_fit();
        }
    }

    fn end(mut self) -> Trials {
        self.close();
        self.trials.rows.shrink_to_fit();
        self.trials
    }
}

impl Recorder<Trials> for TakingTrials {
    fn begin(&mut self, session: &str, name: &str, first_step: i64) {
        self.close();
        let (name, session) = (name.to_owned(), session.to_owned());
        self.trials.rows.push(Rows { name, session, first_step, ..Rows::default() });
    }

    fn row(&mut self, row: RecordedRow) {
        let Some(rows) = self.trials.rows.last_mut() else { return };
        let given = |list: &[Option<f64>], at: usize| list.get(at).copied().flatten().unwrap_or(f64::NAN);
        let (inputs, responses) = (self.meta.inputs, self.meta.responses);
        room(&mut rows.inputs, inputs.len());
        rows.inputs.extend((0..inputs.len()).map(|i| given(&row.inputs, i)));
        room(&mut rows.responses, responses.len());
        let answer = |(r, response): (usize, &ResponseColumn)| match response.kind {
            _ if !row.scored => f64::NAN,
            // What is scored by what was seen counts where something was.
            ResponseKind::Nothing if row.inputs.iter().any(Option::is_some) => 0.0,
            ResponseKind::Nothing => f64::NAN,
            _ => given(&row.responses, r),
        };
        let before = rows.responses.len();
        rows.responses.extend(responses.iter().enumerate().map(answer));
        self.trials.count += rows.responses[before..].iter().filter(|x| !x.is_nan()).count();
        if !row.scored {
            room(&mut rows.silent, 1);
            rows.silent.push(rows.time_steps.len() as u32);
            room(&mut rows.unheard, responses.len());
            rows.unheard.extend((0..responses.len()).map(|r| given(&row.responses, r)));
        }
        room(&mut rows.time_steps, 1);
        rows.time_steps.push(row.time_step);
    }

    fn finish(self: Box<Self>) -> Trials {
        self.end()
    }
}
