//! A table as text: a header and rows of cells, each with its line in the file.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use super::error::{Complaint, DataError, quoted};

/// A table as text.
#[derive(Clone, Debug)]
pub struct RawTable {
    /// The file that it was read from.
    pub path: PathBuf,
    /// The names of the columns.
    pub header: Vec<String>,
    /// The line of each row, and its cells: as many as there are columns.
    pub rows: Vec<(u64, Vec<String>)>,
}

/// The separator: whichever of tab, comma and semicolon the first line that is not blank has first in that order, outside quotes.
fn delimiter(bytes: &[u8]) -> u8 {
    let blank = |line: &&[u8]| line.iter().all(u8::is_ascii_whitespace);
    let header = bytes.split(|&b| b == b'\n').find(|line| !blank(line)).unwrap_or_default();
    let mut quoted = false;
    let mut bare = Vec::new();
    for &b in header {
        quoted ^= b == b'"';
        if !quoted {
            bare.push(b);
        }
    }
    *[b'\t', b',', b';'].iter().find(|d| bare.contains(d)).unwrap_or(&b',')
}

/// Counts lines up to a byte, from where it stood before; whatever the line ends look like.
struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line of the first byte at or after `byte` that is no line end.
    fn of(&mut self, byte: u64) -> u64 {
        let mut to = usize::try_from(byte).unwrap_or(self.at).clamp(self.at, self.bytes.len());
        while self.bytes.get(to).is_some_and(|b| matches!(b, b'\r' | b'\n')) {
            to += 1;
        }
        self.line += self.bytes[self.at..to].iter().filter(|&&b| b == b'\n').count() as u64;
        self.at = to;
        self.line
    }
}

impl RawTable {
    /// Reads a comma- or tab-separated file.
    ///
    /// # Errors
    /// When the file cannot be read, is empty, is not UTF-8, or has lines of unequal length.
    pub fn open(path: &Path) -> Result<Self, DataError> {
        let bytes = std::fs::read(path).map_err(|e| DataError::file(path, e))?;
        RawTable::parse(path, &bytes)
    }

    /// Reads a table from the content of a file.
    ///
    /// # Errors
    /// As [`RawTable::open`].
    pub fn parse(path: &Path, bytes: &[u8]) -> Result<Self, DataError> {
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter(bytes))
            .trim(csv::Trim::All)
            .from_reader(bytes);
        let mut complaints = Vec::new();
        let mut header: Option<Vec<String>> = None;
        let mut rows = Vec::new();
        let mut record = csv::ByteRecord::new();
        let mut lines = Lines { bytes, at: 0, line: 1 };
        loop {
            match reader.read_byte_record(&mut record) {
                Ok(true) => {}
                Ok(false) => break,
                Err(e) => {
                    let line = e.position().map_or(0, csv::Position::line);
                    complaints.push(Complaint::new(line, "", e.to_string(), "a table of separated values"));
                    break;
                }
            }
            let line = lines.of(record.position().map_or(0, csv::Position::byte));
            let mut cells = Vec::with_capacity(record.len());
            for (i, cell) in record.iter().enumerate() {
                let text = String::from_utf8_lossy(cell);
                let (found, expected) = if let Cow::Owned(_) = text {
                    ("bytes that are not UTF-8", "text in UTF-8")
                } else if text.contains('\n') {
                    ("a cell over several lines", "every quotation mark closed on its own line")
                } else {
                    cells.push(text.into_owned());
                    continue;
                };
                let name = header.as_ref().and_then(|h| h.get(i)).map_or(format!("{}", i + 1), |h| quoted(h));
                complaints.push(Complaint::new(line, name, format!("{found} ({})", quoted(&text)), expected));
                cells.push(String::new());
            }
            match &header {
                None => header = Some(cells),
                Some(header) if header.len() != cells.len() => {
                    let name = header.get(cells.len()).map_or(String::new(), |h| quoted(h));
                    let found = format!("{} cells", cells.len());
                    let expected = format!("{} cells, one for each column of the header", header.len());
                    complaints.push(Complaint::new(line, name, found, expected));
                }
                Some(_) => rows.push((line, cells)),
            }
        }
        let Some(header) = header else {
            let complaint = Complaint::new(1, "", "an empty file", "a header with the names of the columns");
            return Err(DataError::content(path, vec![complaint]));
        };
        if rows.is_empty() && complaints.is_empty() {
            complaints.push(Complaint::new(2, "", "no rows after the header", "at least one row"));
        }
        if complaints.is_empty() {
            Ok(RawTable { path: path.to_owned(), header, rows })
        } else {
            Err(DataError::content(path, complaints))
        }
    }

    /// The position of the one column of this name.
    ///
    /// # Errors
    /// A complaint when there is none, or more than one.
    pub(super) fn column(&self, name: &str) -> Result<usize, Complaint> {
        let mut found = self.header.iter().enumerate().filter(|(_, h)| *h == name).map(|(i, _)| i);
        match (found.next(), found.next()) {
            (Some(i), None) => Ok(i),
            (Some(_), Some(_)) => Err(Complaint::new(1, quoted(name), "two columns of that name", "one")),
            (None, _) => {
                let columns = format!("the columns {}", super::error::listed(&self.header));
                Err(Complaint::new(1, quoted(name), columns, format!("a column named {}", quoted(name))))
            }
        }
    }
}
