//! What is wrong with a table: file, line, column, what was found and what was expected.

use std::path::{Path, PathBuf};

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
}

impl Complaint {
    pub(crate) fn new(line: u64, column: impl Into<String>, found: impl Into<String>, expected: impl Into<String>) -> Self {
        Complaint { line, column: column.into(), found: found.into(), expected: expected.into() }
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
    pub(super) fn whole(path: &Path, found: impl Into<String>, expected: impl Into<String>) -> Self {
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
    let names: Vec<String> = names.into_iter().map(|n| quoted(n.as_ref())).collect();
    match names.len() {
        0 => "none".into(),
        1..=12 => names.join(", "),
        n => format!("{} and {} more", names[..12].join(", "), n - 12),
    }
}

/// Complaints in words, one a line.
fn told(path: &Path, complaints: &[Complaint], more: usize) -> String {
    let place = path.display();
    let mut lines: Vec<String> = Vec::new();
    for Complaint { line, column, found, expected } in complaints {
        let line = if *line > 0 { format!(", line {line}") } else { String::new() };
        let column = if column.is_empty() { String::new() } else { format!(", column {column}") };
        lines.push(format!("{place}{line}{column}: found {found}, expected {expected}"));
    }
    lines.extend((more > 0).then(|| format!("{place}: and {more} more complaints")));
    lines.join("\n")
}
