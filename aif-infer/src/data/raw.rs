//! A table as text: a header and rows of cells, each with its line in the file.

use std::collections::HashMap;
use std::ops::Index;
use std::path::{Path, PathBuf};

use super::error::{Complaint, listed, quoted};
use super::store::{Lines, Store};
use crate::mark::Mark;

/// A table as text, kept column by column, so that a large table takes less memory than its file.
#[derive(Clone, Debug)]
pub struct RawTable {
    /// The file that it was read from.
    pub path: PathBuf,
    /// The names of the columns.
    pub header: Vec<String>,
    /// A mark by which equal files are known: of the header and of all cells, of rows that were not kept, too.
    pub mark: Mark,
    /// What was passed over while it was read.
    pub remarks: Vec<String>,
    /// Whether it is one of the files that BIDS has.
    pub(super) of_bids: bool,
    columns: Vec<Store>,
    lines: Lines,
}

/// One row: as many cells as there are columns.
#[derive(Clone, Copy, Debug)]
pub struct Row<'t> {
    /// Its line in the file.
    pub line: u64,
    at: usize,
    columns: &'t [Store],
}

impl<'t> Row<'t> {
    /// A cell.
    pub fn cell(&self, at: usize) -> &'t str {
        self.columns[at].cell(self.at)
    }

    /// All cells.
    pub fn cells(self) -> impl Iterator<Item = &'t str> {
        self.columns.iter().map(move |column| column.cell(self.at))
    }

    /// A number that is the same for equal cells of a column, where the column has such.
    pub(super) fn code(&self, at: usize) -> Option<usize> {
        self.columns[at].code(self.at)
    }
}

impl Index<usize> for Row<'_> {
    type Output = str;
    fn index(&self, at: usize) -> &str {
        self.cell(at)
    }
}

impl RawTable {
    /// A table without rows.
    pub fn new(path: &Path, header: Vec<String>) -> Self {
        let wanted = vec![true; header.len()];
        RawTable::with(path, header, &wanted)
    }

    /// A table without rows, that is to keep some of its columns.
    pub(super) fn with(path: &Path, header: Vec<String>, wanted: &[bool]) -> Self {
        let mut mark = Mark::default();
        header.iter().for_each(|name| mark.add(name));
        let columns = wanted.iter().map(|&wanted| Store::new(wanted)).collect();
        RawTable { path: path.to_owned(), header, mark, remarks: Vec::new(), of_bids: false, columns, lines: Lines::default() }
    }

    /// Takes note of the cells of a row.
    pub(super) fn mark<'c>(&mut self, cells: impl Iterator<Item = &'c str>) {
        cells.for_each(|cell| self.mark.add(cell));
    }

    /// Adds a row of as many cells as there are columns.
    pub fn push<'c>(&mut self, line: u64, cells: impl IntoIterator<Item = &'c str>) {
        self.lines.push(line);
        for (column, cell) in self.columns.iter_mut().zip(cells) {
            column.push(cell);
        }
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A row.
    pub fn row(&self, i: usize) -> Row<'_> {
        Row { line: self.lines.of(i), at: i, columns: &self.columns }
    }

    /// All rows.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        (0..self.len()).map(|i| self.row(i))
    }

    /// Adds a column that is not there yet.
    pub(super) fn add(&mut self, name: &str, cell: impl Fn(usize) -> String) {
        if self.header.iter().any(|h| h == name) {
            return;
        }
        self.header.push(name.into());
        let mut column = Store::new(true);
        (0..self.len()).for_each(|i| column.push(&cell(i)));
        self.columns.push(column);
        let before = format!("{:016x}", self.mark.0);
        self.mark.add(name);
        self.mark.add(&before);
    }

    /// The position of the one column of this name.
    ///
    /// # Errors
    /// A complaint when there is none, or more than one.
    pub(super) fn column(&self, name: &str) -> Result<usize, Complaint> {
        column(&self.header, name)
    }
}

/// The position of the one column of a name in a header; where there is none, of the one that differs in the case of letters only.
///
/// # Errors
/// A complaint when there is none, or more than one.
pub(super) fn column(header: &[String], name: &str) -> Result<usize, Complaint> {
    let places = |same: &dyn Fn(&str) -> bool| {
        let mut found = header.iter().enumerate().filter(|(_, h)| same(h)).map(|(i, _)| i);
        (found.next(), found.next())
    };
    let lower = name.to_lowercase();
    let other_case = |h: &str| h.to_lowercase() == lower;
    match places(&|h| h == name) {
        (Some(i), None) => return Ok(i),
        (Some(_), Some(_)) => return Err(Complaint::new(1, quoted(name), "two columns of that name", "one")),
        (None, _) => {}
    }
    match places(&other_case) {
        (Some(i), None) => Ok(i),
        (Some(i), Some(j)) => {
            let found = format!("{} and {}", quoted(&header[i]), quoted(&header[j]));
            Err(Complaint::new(1, quoted(name), found, format!("one column named {}", quoted(name))))
        }
        (None, _) => {
            let columns = format!("the columns {}", listed(header));
            Err(Complaint::new(1, quoted(name), columns, format!("a column named {}", quoted(name))))
        }
    }
}

/// Where the columns of each name are, and of each name in lower case, for who looks up very many: as [`column`] finds them, without a complaint.
/// Nothing where there are several.
pub(super) struct Places<'a> {
    exact: HashMap<&'a str, Option<usize>>,
    lower: HashMap<String, Option<usize>>,
}

impl<'a> Places<'a> {
    pub fn new(header: &'a [String]) -> Self {
        let mut known = Places { exact: HashMap::new(), lower: HashMap::new() };
        for (at, name) in header.iter().enumerate() {
            known.exact.entry(name).and_modify(|place| *place = None).or_insert(Some(at));
            known.lower.entry(name.to_lowercase()).and_modify(|place| *place = None).or_insert(Some(at));
        }
        known
    }

    /// The one column of a name; where there is none, the one that differs in the case of letters only.
    pub fn place(&self, name: &str) -> Option<usize> {
        self.exact.get(name).or_else(|| self.lower.get(&name.to_lowercase())).copied().flatten()
    }
}
