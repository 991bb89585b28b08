//! Comma-separated tables as text.

use crate::data::guarded;

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
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    // Writing to memory cannot fail.
    let names = header.into_iter().map(|name| guarded(String::from_utf8_lossy(name.as_ref()).into_owned()));
    let _ = writer.write_record(names.collect::<Vec<_>>());
    for row in rows {
        let _ = writer.write_record(row.into_iter().map(guarded));
    }
    writer.into_inner().unwrap_or_default()
}
