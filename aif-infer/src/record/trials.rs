//! One observer's trials: what was put into a filter and what was answered, as columns of numbers.

use aif_runtime::hgf::{FilterError, FilterMeta, ResponseKind, check_inputs, check_responses};

use super::{RecordedBlock, ResponsePlace};

/// One observer's trials, block after block; before each the filter forgets.
#[derive(Clone, Debug, Default)]
pub struct Trials {
    blocks: Vec<RecordedBlock>,
    /// The numbers of each block, one after the other.
    pub(crate) rows: Vec<Rows>,
    /// How many responses count.
    count: usize,
    /// The names of the responses.
    names: Vec<&'static str>,
}

/// The numbers of a block.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rows {
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
    pub fn new(meta: &FilterMeta, blocks: Vec<RecordedBlock>) -> Result<Self, FilterError> {
        for (t, row) in blocks.iter().flat_map(|block| block.rows.iter().enumerate()) {
            check_inputs(meta, t, &row.inputs, row.time_step)?;
            check_responses(meta, t, &row.responses)?;
        }
        Ok(Trials::of_checked(meta, blocks))
    }

    /// The same, of what was checked before.
    pub(crate) fn of_checked(meta: &FilterMeta, blocks: Vec<RecordedBlock>) -> Self {
        let rows: Vec<Rows> = blocks.iter().map(|block| Rows::of(meta, block)).collect();
        let count = rows.iter().flat_map(|r| &r.responses).filter(|x| !x.is_nan()).count();
        Trials { blocks, rows, count, names: meta.responses.iter().map(|r| r.name).collect() }
    }

    /// The blocks.
    pub fn blocks(&self) -> &[RecordedBlock] {
        &self.blocks
    }

    /// How many responses count.
    pub fn responses(&self) -> usize {
        self.count
    }

    /// The place of a trial in words.
    pub(crate) fn place(&self, block: usize, trial: usize) -> String {
        self.blocks[block].place(trial, "trial")
    }

    /// Where each response that counts stands.
    pub fn places(&self) -> Vec<ResponsePlace> {
        let of_block = |(block, rows): (&RecordedBlock, &Rows)| {
            let width = rows.responses.len() / block.rows.len().max(1);
            let counted = rows.responses.iter().enumerate().filter(|(_, x)| !x.is_nan());
            let place = |at: usize| ResponsePlace {
                session: block.session.clone(),
                block: block.name.clone(),
                step: block.first_step + (at / width.max(1)) as i64,
                response: self.names.get(at % width.max(1)).map_or(String::new(), ToString::to_string),
            };
            counted.map(|(at, _)| place(at)).collect::<Vec<_>>()
        };
        self.blocks.iter().zip(&self.rows).flat_map(of_block).collect()
    }
}

impl Rows {
    fn of(meta: &FilterMeta, block: &RecordedBlock) -> Self {
        let mut rows = Rows::default();
        for row in &block.rows {
            let given = |list: &[Option<f64>], at: usize| list.get(at).copied().flatten().unwrap_or(f64::NAN);
            rows.inputs.extend((0..meta.inputs.len()).map(|i| given(&row.inputs, i)));
            rows.time_steps.push(row.time_step);
            rows.responses.extend(meta.responses.iter().enumerate().map(|(r, response)| match response.kind {
                _ if !row.scored => f64::NAN,
                // What is scored by what was seen counts where something was.
                ResponseKind::Nothing if row.inputs.iter().any(Option::is_some) => 0.0,
                ResponseKind::Nothing => f64::NAN,
                _ => given(&row.responses, r),
            }));
        }
        rows
    }
}
