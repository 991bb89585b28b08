//! Comma-separated tables as text.

use std::io::{self, Write};

use crate::data::{guarded, is_formula};

/// The cells of a row, as text.
macro_rules! cells {
    ($($cell:expr),* $(,)?) => { [$($cell.to_string()),*] };
}
pub(crate) use cells;

/// A comma-separated table as text. Cells that a spreadsheet would take for a formula are written so that it does not; they are read as they
/// were.
pub fn write_rows<H, R, C>(header: H, rows: R) -> Vec<u8>
where
    H: IntoIterator<Item: AsRef<[u8]>>,
    R: IntoIterator<Item = C>,
    C: IntoIterator<Item = String>,
{
    let mut text = Vec::new();
    // Writing to memory cannot fail.
    let _ = put_rows(&mut text, header, rows);
    text
}

/// Writes a comma-separated table, as [`write_rows`].
///
/// # Errors
/// When it cannot be written.
pub fn put_rows<H, R, C>(to: &mut dyn Write, header: H, rows: R) -> io::Result<()>
where
    H: IntoIterator<Item: AsRef<[u8]>>,
    R: IntoIterator<Item = C>,
    C: IntoIterator<Item: AsRef<str>>,
{
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(to);
    let names = header.into_iter().map(|name| guarded(String::from_utf8_lossy(name.as_ref()).into_owned()));
    writer.write_record(names.collect::<Vec<_>>())?;
    for row in rows {
        for cell in row {
            let cell = cell.as_ref();
            if is_formula(cell) {
                writer.write_field(guarded(cell.to_owned()))?;
            } else {
                writer.write_field(cell)?;
            }
        }
        writer.write_record(None::<&[u8]>)?;
    }
    writer.flush()
}
