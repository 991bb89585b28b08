//! From the bytes of a file to a table of cells.

use std::borrow::Cow;
use std::cell::RefCell;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::Path;

use super::error::{Complaint, DataError, quoted};
use super::guard::unguarded;
use super::raw::RawTable;

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
        let file = File::open(path).map_err(|e| DataError::file(path, e))?;
        RawTable::read(path, BufReader::with_capacity(1 << 16, file), keep)
    }

    /// Reads a table from the content of a file.
    ///
    /// # Errors
    /// As [`RawTable::open`].
    pub fn parse(path: &Path, bytes: &[u8]) -> Result<Self, DataError> {
        RawTable::read(path, bytes, &mut |_, _| true)
    }

    fn read(path: &Path, mut from: impl BufRead, keep: &mut Keep<'_>) -> Result<Self, DataError> {
        // The first line that is not blank says what separates cells.
        let mut first = Vec::new();
        let mut begins = 0;
        let blank = |line: &[u8]| line.iter().all(u8::is_ascii_whitespace);
        while from.read_until(b'\n', &mut first).map_err(|e| DataError::file(path, e))? > 0 {
            if first.starts_with(b"\xEF\xBB\xBF") {
                first.drain(..3);
            }
            if !blank(&first[begins..]) {
                break;
            }
            begins = first.len();
        }
        let separator = delimiter(&first[begins..]);
        let window = RefCell::new(Window { bytes: Vec::new(), passed: 0, start: 0, line: 1 });
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(separator)
            .trim(csv::Trim::All)
            .buffer_capacity(1 << 16)
            .from_reader(Seen { from: Cursor::new(first).chain(from), window: &window });
        let mut complaints = Vec::new();
        let mut table: Option<RawTable> = None;
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
                    cells.push(match text {
                        Cow::Borrowed(text) => Cow::Borrowed(unguarded(text)),
                        Cow::Owned(text) => Cow::Owned(unguarded(&text).to_owned()),
                    });
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
                Some(table) => {
                    table.mark(cells.iter().map(|cell| &**cell));
                    if keep(&table.header, &cells) {
                        table.push(line, cells.iter().map(|cell| &**cell));
                    }
                }
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
