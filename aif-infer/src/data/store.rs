//! The cells of a table, column by column, and the lines that its rows stand on.

use rustc_hash::FxHashMap;

use crate::record::room;

/// More distinct values than this are not looked for.
const MOST_VALUES: usize = 4096;

/// So many rows of text are counted from one place.
const STRETCH: usize = 1024;

/// The most bytes of one cell, so that the text of a stretch has less than 4 GB.
pub(super) const LONGEST: usize = 1_000_000;

/// The cells of one column: where few values are repeated, each value once and a code for each row; else text.
#[derive(Clone, Debug)]
pub(super) enum Store {
    /// Nobody wants to know them.
    Passed,
    /// A code for each row.
    Coded { codes: Vec<u16>, values: Vec<Box<str>>, by_value: FxHashMap<Box<str>, u16> },
    /// One cell after the other.
    Text { text: String, bases: Vec<u64>, ends: Vec<u32> },
}

impl Store {
    pub fn new(wanted: bool) -> Self {
        if wanted {
            Store::Coded { codes: Vec::new(), values: Vec::new(), by_value: FxHashMap::default() }
        } else {
            Store::Passed
        }
    }

    /// Adds the cell of one more row.
    pub fn push(&mut self, cell: &str) {
        match self {
            Store::Passed => {}
            Store::Coded { codes, values, by_value } => {
                if let Some(&code) = by_value.get(cell) {
                    room(codes, 1);
                    codes.push(code);
                } else if values.len() < MOST_VALUES && (values.len() < 64 || values.len() * 8 <= codes.len()) {
                    let code = values.len() as u16;
                    by_value.insert(cell.into(), code);
                    values.push(cell.into());
                    room(codes, 1);
                    codes.push(code);
                } else {
                    let mut text = Store::Text { text: String::new(), bases: Vec::new(), ends: Vec::new() };
                    codes.iter().for_each(|&code| text.push(&values[usize::from(code)]));
                    text.push(cell);
                    *self = text;
                }
            }
            Store::Text { text, bases, ends } => {
                if ends.len().is_multiple_of(STRETCH) {
                    bases.push(text.len() as u64);
                }
                if text.capacity() - text.len() < cell.len() {
                    text.reserve_exact(cell.len().max(text.len() / 8).max(64));
                }
                text.push_str(cell);
                room(ends, 1);
                ends.push((text.len() as u64 - bases[bases.len() - 1]) as u32);
            }
        }
    }

    /// The cell of a row; nothing of a column that nobody wanted.
    pub fn cell(&self, row: usize) -> &str {
        match self {
            Store::Passed => "",
            Store::Coded { codes, values, .. } => &values[usize::from(codes[row])],
            Store::Text { text, bases, ends } => {
                let base = bases[row / STRETCH] as usize;
                let start = if row.is_multiple_of(STRETCH) { 0 } else { ends[row - 1] as usize };
                &text[base + start..base + ends[row] as usize]
            }
        }
    }

    /// The code of a row's cell, where there are codes: equal cells have one.
    pub fn code(&self, row: usize) -> Option<usize> {
        match self {
            Store::Coded { codes, .. } => Some(usize::from(codes[row])),
            _ => None,
        }
    }
}

/// On which line each row stands: where rows stand one after the other, only the first of them is kept.
#[derive(Clone, Debug, Default)]
pub(super) struct Lines {
    runs: Vec<(u64, u64)>,
    rows: u64,
}

impl Lines {
    pub fn push(&mut self, line: u64) {
        let follows = self.runs.last().is_some_and(|&(row, first)| first + (self.rows - row) == line);
        if !follows {
            self.runs.push((self.rows, line));
        }
        self.rows += 1;
    }

    pub fn len(&self) -> usize {
        self.rows as usize
    }

    pub fn of(&self, row: usize) -> u64 {
        let row = row as u64;
        let (start, line) = self.runs[self.runs.partition_point(|&(start, _)| start <= row) - 1];
        line + (row - start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_come_back_whether_they_are_coded_or_text() {
        let mut store = Store::new(true);
        let cell = |i: usize| if i < 50 { format!("v{}", i % 7) } else { format!("number {i}") };
        (0..5000).for_each(|i| store.push(&cell(i)));
        assert!(matches!(store, Store::Text { .. }));
        (0..5000).for_each(|i| assert_eq!(store.cell(i), cell(i)));
        let mut few = Store::new(true);
        (0..5000).for_each(|i| few.push(if i % 3 == 0 { "" } else { "Left" }));
        assert_eq!((few.cell(3), few.cell(4), few.code(4)), ("", "Left", Some(1)));
    }

    #[test]
    fn lines_are_kept_where_they_do_not_follow() {
        let mut lines = Lines::default();
        [2, 3, 4, 9, 10, 12].into_iter().for_each(|line| lines.push(line));
        assert_eq!((0..6).map(|row| lines.of(row)).collect::<Vec<_>>(), [2, 3, 4, 9, 10, 12]);
        assert_eq!((lines.len(), lines.runs.len()), (6, 3));
    }
}
