//! A table as text: a header and rows of cells, each with its line in the file.

use std::ops::Index;
use std::path::{Path, PathBuf};

use super::error::{Complaint, listed, quoted};
use crate::mark::Mark;

/// A table as text. All cells lie one after the other, so that a large table takes little more memory than its file.
#[derive(Clone, Debug)]
pub struct RawTable {
    /// The file that it was read from.
    pub path: PathBuf,
    /// The names of the columns.
    pub header: Vec<String>,
    /// A mark by which equal files are known: of the header and of all cells, of rows that were not kept, too.
    pub mark: Mark,
    /// All cells, row after row.
    text: String,
    /// Where each row begins in the text.
    starts: Vec<usize>,
    /// Where each cell ends, from where its row begins.
    ends: Vec<u32>,
    /// The line of each row in the file.
    lines: Vec<u64>,
}

/// One row: as many cells as there are columns.
#[derive(Clone, Copy, Debug)]
pub struct Row<'t> {
    /// Its line in the file.
    pub line: u64,
    text: &'t str,
    ends: &'t [u32],
}

impl<'t> Row<'t> {
    /// A cell.
    pub fn cell(&self, at: usize) -> &'t str {
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start as usize..self.ends[at] as usize]
    }

    /// All cells.
    pub fn cells(self) -> impl Iterator<Item = &'t str> {
        (0..self.ends.len()).map(move |at| self.cell(at))
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
        let path = path.to_owned();
        let mut mark = Mark::default();
        header.iter().for_each(|name| mark.add(name));
        RawTable { path, header, mark, text: String::new(), starts: Vec::new(), ends: Vec::new(), lines: Vec::new() }
    }

    /// Takes note of the cells of a row.
    pub(super) fn mark<'c>(&mut self, cells: impl Iterator<Item = &'c str>) {
        cells.for_each(|cell| self.mark.add(cell));
    }

    /// Adds a row of as many cells as there are columns.
    pub fn push<'c>(&mut self, line: u64, cells: impl IntoIterator<Item = &'c str>) {
        let start = self.text.len();
        self.starts.push(start);
        self.lines.push(line);
        for cell in cells {
            self.text.push_str(cell);
            self.ends.push((self.text.len() - start) as u32);
        }
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// A row.
    pub fn row(&self, i: usize) -> Row<'_> {
        let width = self.header.len();
        Row { line: self.lines[i], text: &self.text[self.starts[i]..], ends: &self.ends[i * width..][..width] }
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
        let mut header = self.header.clone();
        header.push(name.into());
        let mut wider = RawTable::new(&self.path, header);
        for (i, row) in self.rows().enumerate() {
            wider.push(row.line, row.cells().chain([cell(i).as_str()]));
        }
        wider.mark.add(&format!("{:016x}", self.mark.0));
        *self = wider;
    }

    /// The position of the one column of this name.
    ///
    /// # Errors
    /// A complaint when there is none, or more than one.
    pub(super) fn column(&self, name: &str) -> Result<usize, Complaint> {
        column(&self.header, name)
    }
}

/// The position of the one column of a name in a header.
///
/// # Errors
/// A complaint when there is none, or more than one.
pub(super) fn column(header: &[String], name: &str) -> Result<usize, Complaint> {
    let mut found = header.iter().enumerate().filter(|(_, h)| *h == name).map(|(i, _)| i);
    match (found.next(), found.next()) {
        (Some(i), None) => Ok(i),
        (Some(_), Some(_)) => Err(Complaint::new(1, quoted(name), "two columns of that name", "one")),
        (None, _) => {
            let columns = format!("the columns {}", listed(header));
            Err(Complaint::new(1, quoted(name), columns, format!("a column named {}", quoted(name))))
        }
    }
}
