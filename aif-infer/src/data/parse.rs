//! From the bytes of a file to a table of cells.

use std::borrow::Cow;
use std::path::Path;

use super::error::{Complaint, DataError, quoted};
use super::raw::RawTable;

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
        let mut table: Option<RawTable> = None;
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
            if record.as_slice().len() > u32::MAX as usize {
                complaints.push(Complaint::new(line, "", "a line of more than 4 GB", "a table of separated values"));
                break;
            }
            let mut cells: Vec<Cow<'_, str>> = Vec::with_capacity(record.len());
            for (i, cell) in record.iter().enumerate() {
                let text = String::from_utf8_lossy(cell);
                let (found, expected) = if let Cow::Owned(_) = text {
                    ("bytes that are not UTF-8", "text in UTF-8")
                } else if text.contains('\n') {
                    ("a cell over several lines", "every quotation mark closed on its own line")
                } else {
                    cells.push(text);
                    continue;
                };
                let name = table.as_ref().and_then(|t| t.header.get(i)).map_or(format!("{}", i + 1), |h| quoted(h));
                complaints.push(Complaint::new(line, name, format!("{found} ({})", quoted(&text)), expected));
                cells.push(Cow::Borrowed(""));
            }
            match &mut table {
                None => table = Some(RawTable::new(path, cells.into_iter().map(Cow::into_owned).collect())),
                Some(table) if table.header.len() != cells.len() => {
                    let name = table.header.get(cells.len()).map_or(String::new(), |h| quoted(h));
                    let found = format!("{} cells", cells.len());
                    let expected = format!("{} cells, one for each column of the header", table.header.len());
                    complaints.push(Complaint::new(line, name, found, expected));
                }
                Some(table) => table.push(line, cells.iter().map(|cell| &**cell)),
            }
        }
        let Some(table) = table else {
            let complaint = Complaint::new(1, "", "an empty file", "a header with the names of the columns");
            return Err(DataError::content(path, vec![complaint]));
        };
        if table.is_empty() && complaints.is_empty() {
            complaints.push(Complaint::new(2, "", "no rows after the header", "at least one row"));
        }
        if complaints.is_empty() { Ok(table) } else { Err(DataError::content(path, complaints)) }
    }
}
