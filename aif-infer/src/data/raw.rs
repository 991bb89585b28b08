//! A table as text: a header and rows of cells, each with its line in the file.

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
        let first_line = bytes.split(|&b| b == b'\n').next().unwrap_or_default();
        let delimiter = if first_line.contains(&b'\t') { b'\t' } else { b',' };
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .trim(csv::Trim::All)
            .from_reader(bytes);
        let mut complaints = Vec::new();
        let mut header: Option<Vec<String>> = None;
        let mut rows = Vec::new();
        let mut record = csv::ByteRecord::new();
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
            let line = record.position().map_or(0, csv::Position::line);
            let mut cells = Vec::with_capacity(record.len());
            for (i, cell) in record.iter().enumerate() {
                match std::str::from_utf8(cell) {
                    Ok(text) => cells.push(text.to_owned()),
                    Err(_) => {
                        let name = header.as_ref().and_then(|h| h.get(i)).map_or(format!("{}", i + 1), |h| quoted(h));
                        let found = format!("bytes that are not UTF-8 ({})", quoted(&String::from_utf8_lossy(cell)));
                        complaints.push(Complaint::new(line, name, found, "text in UTF-8"));
                        cells.push(String::new());
                    }
                }
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
