//! What is wrong with a table: file, line, column, what was found and what was expected.

use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;

/// One complaint about a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// The line of the file, from 1; 0 for the file as a whole.
    pub line: u64,
    /// The column's name, or its number from 1 where it has none; empty for the line as a whole.
    pub column: String,
    /// What stands there.
    pub found: String,
    /// What should.
    pub expected: String,
    /// On how many lines there is something of the kind; this is the first.
    pub times: usize,
}

impl Complaint {
    pub(crate) fn new(line: u64, column: impl Into<String>, found: impl Into<String>, expected: impl Into<String>) -> Self {
        Complaint { line, column: column.into(), found: found.into(), expected: expected.into(), times: 1 }
    }

    /// The complaint about a file, in words.
    pub fn told(&self, path: &Path) -> String {
        let Complaint { line, column, found, expected, times } = self;
        let place = path.display();
        let line = if *line > 0 { format!(", line {line}") } else { String::new() };
        let column = if column.is_empty() { String::new() } else { format!(", column {column}") };
        let others = if *times > 1 { format!(" (and {} more of the kind)", times - 1) } else { String::new() };
        format!("{place}{line}{column}: found {found}{others}, expected {expected}")
    }
}

/// Complaints as they are found. Those of one kind about one column are one, with a count.
#[derive(Debug, Default)]
pub(super) struct Complaints {
    all: Vec<Complaint>,
    kinds: FxHashMap<(&'static str, usize), usize>,
}

impl Complaints {
    /// One more.
    pub fn push(&mut self, complaint: Complaint) {
        self.all.push(complaint);
    }

    /// One more of a kind about a column, by its place; words are made for the first only.
    pub fn again(&mut self, kind: &'static str, column: usize, complaint: impl FnOnce() -> Complaint) {
        let Complaints { all, kinds } = self;
        let at = *kinds.entry((kind, column)).or_insert(all.len());
        match all.get_mut(at) {
            Some(first) => first.times += 1,
            None => all.push(complaint()),
        }
    }

    /// What was said of a kind is not said.
    pub fn forget(&mut self, kind: &'static str) {
        let Complaints { all, kinds } = self;
        kinds.iter().filter(|((known, _), _)| *known == kind).for_each(|(_, &at)| all[at].times = 0);
    }

    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    pub fn extend(&mut self, more: impl IntoIterator<Item = Complaint>) {
        self.all.extend(more);
    }

    /// All of them, in the order of lines.
    pub fn sorted(mut self) -> Vec<Complaint> {
        self.all.retain(|complaint| complaint.times > 0);
        self.all.sort_by_key(|complaint| complaint.line);
        self.all
    }
}

/// A table that cannot be used, or a file that cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DataError {
    /// The table's content is wrong.
    #[error("{}", told(path, complaints, *more))]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, the first few.
        complaints: Vec<Complaint>,
        /// How many more there are.
        more: usize,
    },
    /// The file cannot be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// How many complaints are listed.
const LISTED: usize = 20;

impl DataError {
    pub(crate) fn content(path: &Path, mut complaints: Vec<Complaint>) -> Self {
        let more = complaints.len().saturating_sub(LISTED);
        complaints.truncate(LISTED);
        DataError::Content { path: path.to_owned(), complaints, more }
    }

    /// One complaint about the table as a whole.
    pub(crate) fn whole(path: &Path, found: impl Into<String>, expected: impl Into<String>) -> Self {
        DataError::content(path, vec![Complaint::new(0, "", found, expected)])
    }

    pub(crate) fn file(path: &Path, source: std::io::Error) -> Self {
        DataError::File { path: path.to_owned(), source }
    }
}

/// A cell as it is quoted in a message: short, and on one line.
pub(crate) fn quoted(cell: &str) -> String {
    let short: String = cell.chars().take(40).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if cell.chars().count() > 40 { format!("`{short}..`") } else { format!("`{short}`") }
}

/// Names in a message, at most a dozen.
pub(crate) fn listed<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> String {
    let mut names = names.into_iter();
    let first: Vec<String> = names.by_ref().take(12).map(|n| quoted(n.as_ref())).collect();
    match (first.len(), names.count()) {
        (0, _) => "none".into(),
        (_, 0) => first.join(", "),
        (_, more) => format!("{} and {more} more", first.join(", ")),
    }
}

/// So many times, in words.
pub(crate) fn times(count: u64) -> String {
    if count == 1 { "once".into() } else { format!("{count} times") }
}

/// Complaints in words, one a line.
fn told(path: &Path, complaints: &[Complaint], more: usize) -> String {
    let place = path.display();
    let mut lines: Vec<String> = complaints.iter().map(|complaint| complaint.told(path)).collect();
    lines.extend((more > 0).then(|| format!("{place}: and {more} more complaints")));
    lines.join("\n")
}
