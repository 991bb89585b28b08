//! A plan of several clocks: which of its rows says something of a tick that is simulated.

use std::ops::Range;

use crate::record::{LevelColumns, Line, NodeTick, RecordedRow};

/// A block of a plan.
///
/// Steps are counted: the third step of a run within the second step above is planned by the third step of the second. Where a run is longer than it was
/// planned, what is set from outside at its last step holds on, and nothing is missing or forced.
pub(super) struct Planned<'p> {
    columns: &'p [LevelColumns<'p>],
    rows: &'p [RecordedRow],
    lines: &'p [Line],
    /// The rows of each step of the highest level.
    steps: Vec<Range<usize>>,
}

/// The rows of a range, those of each step together.
fn steps(rows: &[RecordedRow], range: Range<usize>, place: usize) -> Vec<Range<usize>> {
    let together = |a: &RecordedRow, b: &RecordedRow| a.inputs.get(place).is_some() && a.inputs.get(place) == b.inputs.get(place);
    let mut at = range.start;
    let chunks = rows[range].chunk_by(together).map(|rows| {
        at += rows.len();
        at - rows.len()..at
    });
    chunks.collect()
}

impl<'p> Planned<'p> {
    pub fn new(columns: &'p [LevelColumns<'p>], rows: &'p [RecordedRow], lines: &'p [Line]) -> Self {
        let place = columns.last().and_then(|highest| highest.step).unwrap_or(usize::MAX);
        Planned { columns, rows, lines, steps: steps(rows, 0..rows.len(), place) }
    }

    /// Whether each step of the highest level is scored: whether its first row is.
    pub fn scored(&self) -> Vec<bool> {
        self.steps.iter().map(|step| self.rows[step.start].scored).collect()
    }

    /// The first and the last row of a step of a model, and whether they are its own rather than those of the last step that is planned. `at` counts the step
    /// of each model within the run that it is of.
    fn place(&self, model: usize, at: &[usize]) -> Option<(usize, usize, bool)> {
        let (own, highest) = (&self.columns[model], self.columns.len() - 1);
        let (mut range, mut exact) = (self.steps.get(at[highest])?.clone(), true);
        let above = own.above.iter().rev().chain(&own.step).skip(1);
        for &place in above {
            let whose = self.columns.iter().position(|other| other.step == Some(place))?;
            let steps = steps(self.rows, range, place);
            exact &= at[whose] < steps.len();
            range = steps.get(at[whose]).or(steps.last())?.clone();
        }
        if own.step.is_some() {
            return Some((range.start, range.end - 1, exact));
        }
        let mut parts = range.filter(|&r| self.lines[r].nodes[model].takes_part);
        let (row, own) = match parts.clone().nth(at[model]) {
            Some(row) => (row, true),
            None => (parts.next_back()?, false),
        };
        Some((row, row, exact && own))
    }

    /// What is set from outside of each model; `None` where nothing is planned.
    pub fn inputs(&self, at: &[usize]) -> Option<Vec<&'p [f64]>> {
        let of = |model: usize| self.place(model, at).map(|(first, ..)| &*self.lines[first].nodes[model].inputs);
        // A level of which a plan has no row goes on under what was set last.
        let last = |model: usize| self.lines.last().map(|line| &*line.nodes[model].inputs);
        (0..self.columns.len()).map(|model| of(model).or_else(|| last(model))).collect()
    }

    /// What is planned of a model at a tick; `forced` says that what it does is not free.
    pub fn told(&self, model: usize, at: &[usize], forced: bool) -> Told<'p> {
        let known = self.place(model, at).filter(|(.., exact)| *exact);
        let (columns, place) = (&self.columns[model], known.map(|(_, last, _)| last));
        let tick = place.map(|row| (&self.rows[row], &self.lines[row].nodes[model]));
        let seen = tick.filter(|(row, tick)| tick.perceives && !row.observations.is_empty()).map(|(_, tick)| tick);
        let done = tick.filter(|(row, tick)| tick.acts && !row.responses.is_empty()).map(|(row, _)| columns.acts_in(row));
        Told { seen, done: done.unwrap_or(&[]), forced }
    }
}

/// What is planned of a model at a tick.
#[derive(Clone, Copy)]
pub(super) struct Told<'p> {
    seen: Option<&'p NodeTick>,
    done: &'p [Option<f64>],
    forced: bool,
}

impl Told<'_> {
    /// Whether nothing is to be seen of a modality.
    pub fn hides(&self, modality: usize) -> bool {
        self.seen.is_some_and(|tick| {
            let read = tick.observation.readings.iter().any(|reading| reading.modality == modality);
            tick.observation.numbers[modality].is_none() && !read
        })
    }

    /// What an action or a response is to be, by its column.
    pub fn forces(&self, column: usize) -> Option<f64> {
        self.done.get(column).copied().flatten().filter(|_| self.forced)
    }

    /// Whether an action or a response is not recorded, by its column.
    pub fn drops(&self, column: usize) -> bool {
        self.done.get(column).is_some_and(Option::is_none)
    }
}
