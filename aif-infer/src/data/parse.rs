//! From the bytes of a file to a table of cells.

use std::borrow::Cow;
use std::cell::RefCell;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::Path;

use super::encoding::{Decoded, Encoding};
use super::error::{Complaint, Complaints, DataError, quoted};
use super::raw::RawTable;
use super::store::LONGEST;

/// The separator: whichever of tab, comma and semicolon a header has first in that order, outside quotes.
fn delimiter(header: &[u8]) -> u8 {
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

/// The bytes that were read and not yet passed, to count lines in, whatever the line ends look like.
struct Window {
    bytes: Vec<u8>,
    /// How many of them are passed; they are let go of now and then.
    passed: usize,
    /// Where the first of them stood.
    start: u64,
    line: u64,
}

impl Window {
    /// The line of the first byte at or after `byte` that is no line end.
    fn line_of(&mut self, byte: u64) -> u64 {
        let at = usize::try_from(byte.saturating_sub(self.start)).unwrap_or(self.passed);
        let mut to = at.clamp(self.passed, self.bytes.len());
        while self.bytes.get(to).is_some_and(|b| matches!(b, b'\r' | b'\n')) {
            to += 1;
        }
        self.line += self.bytes[self.passed..to].iter().filter(|&&b| b == b'\n').count() as u64;
        self.passed = to;
        if to > 1 << 16 {
            self.bytes.drain(..to);
            self.start += to as u64;
            self.passed = 0;
        }
        self.line
    }
}

/// Passes on what it reads, and puts it into a window.
struct Seen<'w, R> {
    from: R,
    window: &'w RefCell<Window>,
}

impl<R: Read> Read for Seen<'_, R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let count = self.from.read(to)?;
        self.window.borrow_mut().bytes.extend_from_slice(&to[..count]);
        Ok(count)
    }
}

/// Which rows of a table are kept, given the header and their cells.
pub type Keep<'a> = dyn FnMut(&[String], &[Cow<'_, str>]) -> bool + 'a;

/// What is to be read of a file, and how.
pub(super) struct Opening<'a> {
    pub encoding: Encoding,
    /// What cells are separated by before anything else, if a header has it.
    pub separator: Option<u8>,
    /// Which columns are wanted, given the header.
    pub wanted: &'a dyn Fn(&[String]) -> Vec<bool>,
    pub keep: &'a mut Keep<'a>,
}

/// What was passed over in a file, to be said once.
#[derive(Default)]
struct PassedOver {
    empty_rows: u64,
    empty_ends: u64,
    /// Of each column whether it has a name, and of those that have none whether some cell was filled.
    named: Vec<bool>,
    filled: Vec<bool>,
}

impl PassedOver {
    fn remarks(&self) -> Vec<String> {
        let mut remarks = Vec::new();
        let s = |count: u64| if count == 1 { "" } else { "s" };
        if self.empty_rows > 0 {
            remarks.push(format!("ignored {} empty row{}", self.empty_rows, s(self.empty_rows)));
        }
        if self.empty_ends > 0 {
            let rows = self.empty_ends;
            remarks.push(format!("ignored empty cells beyond the last column on {rows} row{}", s(rows)));
        }
        let unnamed = self.named.iter().zip(&self.filled).filter(|(named, _)| !**named);
        let (filled, empty): (Vec<_>, Vec<_>) = unnamed.partition(|(_, filled)| **filled);
        for (columns, what) in [(empty, "empty column"), (filled, "column")] {
            let count = columns.len() as u64;
            if count > 0 {
                remarks.push(format!("ignored {count} {what}{} without a name", s(count)));
            }
        }
        remarks
    }
}

impl RawTable {
    /// Reads a comma- or tab-separated file.
    ///
    /// # Errors
    /// When the file cannot be read, is empty, is not UTF-8, or has lines of unequal length.
    pub fn open(path: &Path) -> Result<Self, DataError> {
        RawTable::open_some(path, &mut |_, _| true)
    }

    /// Reads some rows of a file: no more than those need be there at a time. The table's mark is that of the whole file.
    ///
    /// # Errors
    /// As [`RawTable::open`], of rows that are not kept, too.
    pub fn open_some(path: &Path, keep: &mut Keep<'_>) -> Result<Self, DataError> {
        let keep: &mut Keep<'_> = &mut |header, cells| keep(header, cells);
        let opening = Opening { encoding: Encoding::Utf8, separator: None, wanted: &|header| vec![true; header.len()], keep };
        RawTable::open_as(path, opening)
    }

    /// Reads a file as it is to be read.
    pub(super) fn open_as(path: &Path, opening: Opening<'_>) -> Result<Self, DataError> {
        let file = File::open(path).map_err(|e| DataError::file(path, e))?;
        RawTable::read(path, file, opening)
    }

    /// Reads a table from the content of a file.
    ///
    /// # Errors
    /// As [`RawTable::open`].
    pub fn parse(path: &Path, bytes: &[u8]) -> Result<Self, DataError> {
        let (wanted, keep): (&dyn Fn(&[String]) -> Vec<bool>, &mut Keep<'_>) =
            (&|header| vec![true; header.len()], &mut |_, _| true);
        RawTable::read(path, bytes, Opening { encoding: Encoding::Utf8, separator: None, wanted, keep })
    }

    fn read(path: &Path, from: impl Read, opening: Opening<'_>) -> Result<Self, DataError> {
        let mut from = BufReader::with_capacity(1 << 16, Decoded::new(from, opening.encoding));
        // The first line that is not blank says what separates cells.
        let mut first = Vec::new();
        let mut begins = 0;
        let blank = |line: &[u8]| line.iter().all(u8::is_ascii_whitespace);
        while from.read_until(b'\n', &mut first).map_err(|e| DataError::file(path, e))? > 0 {
            if first.starts_with(b"\xEF\xBB\xBF") {
                first.drain(..3);
            }
            if first.starts_with(b"\xFF\xFE") || first.starts_with(b"\xFE\xFF") || first.contains(&0) {
                let found = "bytes as a file in UTF-16 has them";
                return Err(DataError::whole(path, found, "text in UTF-8 (or --encoding utf-16)"));
            }
            if !blank(&first[begins..]) {
                break;
            }
            begins = first.len();
        }
        let header = &first[begins..];
        let separator = opening.separator.filter(|s| header.contains(s)).unwrap_or_else(|| delimiter(header));
        let window = RefCell::new(Window { bytes: Vec::new(), passed: 0, start: 0, line: 1 });
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(separator)
            .trim(csv::Trim::All)
            .buffer_capacity(1 << 16)
            .from_reader(Seen { from: Cursor::new(first).chain(from), window: &window });
        let mut complaints = Complaints::default();
        let (mut table, mut passed) = (None::<RawTable>, PassedOver::default());
        let mut record = csv::ByteRecord::new();
        loop {
            match reader.read_byte_record(&mut record) {
                Ok(true) => {}
                Ok(false) => break,
                Err(e) => {
                    let (line, what) = (e.position().map_or(0, csv::Position::line), e.to_string());
                    if let csv::ErrorKind::Io(e) = e.into_kind() {
                        return Err(DataError::file(path, e));
                    }
                    complaints.push(Complaint::new(line, "", what, "a table of separated values"));
                    break;
                }
            }
            let line = window.borrow_mut().line_of(record.position().map_or(0, csv::Position::byte));
            let mut cells: Vec<Cow<'_, str>> = Vec::with_capacity(record.len());
            for (i, cell) in record.iter().enumerate() {
                let text = String::from_utf8_lossy(cell);
                let (kind, expected) = if let Cow::Owned(_) = text {
                    ("bytes that are not UTF-8", "text in UTF-8 (or --encoding latin1, or utf-16)")
                } else if text.contains('\n') {
                    ("a cell over several lines", "every quotation mark closed on its own line")
                } else if text.len() > LONGEST {
                    ("a cell of more than a million bytes", "a table of separated values")
                } else {
                    cells.push(text);
                    continue;
                };
                complaints.again(kind, i, || {
                    let name = table.as_ref().and_then(|t| t.header.get(i)).map_or(format!("{}", i + 1), |h| quoted(h));
                    Complaint::new(line, name, format!("{kind} ({})", quoted(&text)), expected)
                });
                cells.push(Cow::Borrowed("?"));
            }
            let Some(table) = &mut table else {
                let header: Vec<String> = cells.into_iter().map(Cow::into_owned).collect();
                passed.named = header.iter().map(|name| !name.is_empty()).collect();
                passed.filled = vec![false; header.len()];
                let wanted = (opening.wanted)(&header);
                table = Some(RawTable::with(path, header, &wanted));
                continue;
            };
            if cells.iter().all(|cell| cell.is_empty()) {
                passed.empty_rows += 1;
                continue;
            }
            let width = table.header.len();
            if cells.len() > width && cells[width..].iter().all(|cell| cell.is_empty()) {
                passed.empty_ends += 1;
                cells.truncate(width);
            }
            if cells.len() != width {
                complaints.again("cells", 0, || {
                    let name = table.header.get(cells.len()).map_or(String::new(), |h| quoted(h));
                    let found = format!("{} cells", cells.len());
                    Complaint::new(line, name, found, format!("{width} cells, one for each column of the header"))
                });
                continue;
            }
            for ((filled, named), cell) in passed.filled.iter_mut().zip(&passed.named).zip(&cells) {
                *filled |= !named && !cell.is_empty();
            }
            table.mark(cells.iter().map(|cell| &**cell));
            if (opening.keep)(&table.header, &cells) {
                table.push(line, cells.iter().map(|cell| &**cell));
            }
        }
        let Some(mut table) = table else {
            let complaint = Complaint::new(1, "", "an empty file", "a header with the names of the columns");
            return Err(DataError::content(path, vec![complaint]));
        };
        if table.is_empty() && complaints.is_empty() {
            complaints.push(Complaint::new(2, "", "no rows after the header", "at least one row"));
        }
        table.remarks = passed.remarks();
        if complaints.is_empty() { Ok(table) } else { Err(DataError::content(path, complaints.sorted())) }
    }
}
