//! Tables of rows, as statements fill them: later ones override earlier ones.

use crate::model::Column;

/// The most numbers that the rows of one table may have in all.
pub const MOST: usize = 1 << 24;

/// One row: a distribution, and the line that gave it last (0: none has).
#[derive(Clone, Debug, Default)]
pub struct Row {
    pub entries: Column,
    pub line: usize,
}

/// A table of rows, `[action][state]`.
#[derive(Debug, Default)]
pub struct Rows {
    pub rows: Vec<Row>,
    /// How many outcomes there are.
    pub outcomes: usize,
    /// How many numbers are not zero.
    pub stored: usize,
}

impl Rows {
    pub fn new(rows: usize, outcomes: usize) -> Self {
        Rows { rows: vec![Row::default(); rows], outcomes, stored: 0 }
    }

    /// Gives a row anew.
    pub fn replace(&mut self, row: usize, entries: &Column, line: usize) {
        let to = &mut self.rows[row];
        self.stored = self.stored - to.entries.len() + entries.len();
        *to = Row { entries: entries.clone(), line };
    }

    /// Gives one probability of a row anew.
    pub fn set(&mut self, row: usize, outcome: usize, p: f64, line: usize) {
        let to = &mut self.rows[row];
        to.line = line;
        match to.entries.binary_search_by_key(&(outcome as u32), |(o, _)| *o) {
            Ok(at) if p == 0.0 => {
                to.entries.remove(at);
                self.stored -= 1;
            }
            Ok(at) => to.entries[at].1 = p,
            Err(_) if p == 0.0 => {}
            Err(at) => {
                to.entries.insert(at, (outcome as u32, p));
                self.stored += 1;
            }
        }
    }
}
