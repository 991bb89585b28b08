//! One learner's trials: what was put in, answered and observed, as columns of numbers.

use aif_runtime::learner::{LearnerError, LearnerMeta, Trial, check_trial};

use super::{RecordedBlock, ResponsePlace};

/// One learner's trials, block after block; before each the learner forgets.
#[derive(Clone, Debug, Default)]
pub struct Lessons {
    blocks: Vec<RecordedBlock>,
    /// The numbers of each block, one after the other.
    pub(crate) rows: Vec<Lines>,
    /// How many responses count.
    count: usize,
    /// The names of the responses.
    names: Vec<&'static str>,
    /// How many trials have no answer of each action, and their names.
    silent: Vec<(&'static str, usize)>,
}

/// The numbers of a block.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lines {
    pub trials: usize,
    /// For each trial one number for each input; not a number where it is missing.
    inputs: Vec<f64>,
    observations: Vec<f64>,
    responses: Vec<f64>,
    /// For each trial and response whether it is scored.
    pub counted: Vec<bool>,
    widths: [usize; 3],
}

impl Lines {
    /// The numbers of a trial.
    #[inline]
    pub fn trial(&self, t: usize) -> Trial<'_> {
        let [inputs, observations, responses] = self.widths;
        Trial {
            inputs: &self.inputs[t * inputs..(t + 1) * inputs],
            observations: &self.observations[t * observations..(t + 1) * observations],
            responses: &self.responses[t * responses..(t + 1) * responses],
        }
    }

    fn of(meta: &LearnerMeta, block: &RecordedBlock) -> Self {
        let widths = [meta.inputs.len(), meta.observations.len(), meta.columns()];
        let mut lines = Lines { trials: block.rows.len(), widths, ..Lines::default() };
        let lay = |to: &mut Vec<f64>, from: &[Option<f64>], width: usize| {
            to.extend((0..width).map(|i| from.get(i).copied().flatten().unwrap_or(f64::NAN)));
        };
        for (t, row) in block.rows.iter().enumerate() {
            lay(&mut lines.inputs, &row.inputs, widths[0]);
            lay(&mut lines.observations, &row.observations, widths[1]);
            lay(&mut lines.responses, &row.responses, widths[2]);
            let counted = (0..meta.responses.len()).map(|r| row.scored && lines.trial(t).has(meta, r));
            let counted: Vec<bool> = counted.collect();
            lines.counted.extend(counted);
        }
        lines
    }
}

impl Lessons {
    /// The trials of some blocks, under a learner.
    ///
    /// # Errors
    /// Names the first number that cannot be.
    pub fn new(meta: &LearnerMeta, blocks: Vec<RecordedBlock>) -> Result<Self, LearnerError> {
        for (t, row) in blocks.iter().flat_map(|block| block.rows.iter().enumerate()) {
            check_trial(meta, t, [&row.inputs, &row.observations, &row.responses])?;
        }
        Ok(Lessons::of_checked(meta, blocks))
    }

    /// The same, of what was checked before.
    pub(crate) fn of_checked(meta: &LearnerMeta, blocks: Vec<RecordedBlock>) -> Self {
        let rows: Vec<Lines> = blocks.iter().map(|block| Lines::of(meta, block)).collect();
        let count = rows.iter().flat_map(|r| &r.counted).filter(|c| **c).count();
        let actions = meta.responses.iter().enumerate().filter(|(_, response)| response.action);
        let silent = actions.map(|(r, response)| {
            let place = meta.place(r);
            let of = |lines: &Lines| (0..lines.trials).filter(|&t| lines.trial(t).responses[place].is_nan()).count();
            (response.name, rows.iter().map(of).sum())
        });
        Lessons { silent: silent.collect(), blocks, rows, count, names: meta.responses.iter().map(|r| r.name).collect() }
    }

    /// The blocks.
    pub fn blocks(&self) -> &[RecordedBlock] {
        &self.blocks
    }

    /// How many responses count.
    pub fn responses(&self) -> usize {
        self.count
    }

    /// Each action, and in how many trials it is missing.
    pub fn silent(&self) -> &[(&'static str, usize)] {
        &self.silent
    }

    /// The place of a trial in words.
    pub(crate) fn place(&self, block: usize, trial: usize) -> String {
        self.blocks[block].place(trial, "trial")
    }

    /// Where each response that counts stands.
    pub fn places(&self) -> Vec<ResponsePlace> {
        let of_block = |(block, lines): (&RecordedBlock, &Lines)| {
            let width = self.names.len().max(1);
            let counted = lines.counted.iter().enumerate().filter(|(_, counts)| **counts);
            let place = |at: usize| ResponsePlace {
                session: block.session.clone(),
                block: block.name.clone(),
                step: block.first_step + (at / width) as i64,
                response: self.names.get(at % width).map_or(String::new(), ToString::to_string),
            };
            counted.map(|(at, _)| place(at)).collect::<Vec<_>>()
        };
        self.blocks.iter().zip(&self.rows).flat_map(of_block).collect()
    }
}
