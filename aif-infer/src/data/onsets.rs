//! When trials happened: a table with the column `onset`, in seconds from the beginning of a session.

use std::path::Path;

use rustc_hash::FxHashMap;

use super::RawTable;
use super::error::{Complaint, Complaints, DataError, quoted};

/// Onsets by subject, session, block and step; a part that the table has no column for is empty.
#[derive(Clone, Debug, Default)]
pub struct Onsets {
    by_place: FxHashMap<[String; 4], f64>,
    has: [bool; 4],
}

const PARTS: [&str; 4] = ["subject", "session", "block", "step"];

impl Onsets {
    /// Reads a table: a number in the column `onset` of each row, beside `subject` and those of `session`, `block` and `step` that it has.
    ///
    /// # Errors
    /// When there is no such column, a cell is no number of at least 0, or a place has two onsets.
    pub fn read(path: &Path) -> Result<Onsets, DataError> {
        let table = RawTable::open(path)?;
        let needed = |name: &str| table.column(name).map_err(|c| DataError::content(path, vec![c]));
        let (onset, subject) = (needed("onset")?, needed("subject")?);
        let columns = PARTS.map(|name| if name == "subject" { Some(subject) } else { table.column(name).ok() });
        let mut complaints = Complaints::default();
        let mut found = Onsets { by_place: FxHashMap::default(), has: columns.map(|column| column.is_some()) };
        for row in table.rows() {
            let place = columns.map(|column| column.map_or(String::new(), |at| row.cell(at).trim().to_owned()));
            let cell = row.cell(onset).trim();
            let Some(seconds) = cell.parse::<f64>().ok().filter(|x| x.is_finite() && *x >= 0.0) else {
                complaints.again("onset", onset, || Complaint::new(row.line, "`onset`", quoted(cell), "seconds, at least 0"));
                continue;
            };
            if found.by_place.insert(place, seconds).is_some() {
                complaints.again("twice", onset, || {
                    let expected = "one onset for each subject, session, block and step (are these columns there?)";
                    Complaint::new(row.line, "`onset`", "a second onset of the same place", expected)
                });
            }
        }
        if complaints.is_empty() { Ok(found) } else { Err(DataError::content(path, complaints.sorted())) }
    }

    /// The onset of a row.
    pub fn of(&self, subject: &str, session: &str, block: &str, step: i64) -> Option<f64> {
        let step = step.to_string();
        let place = [subject, session, block, &step];
        let own = std::array::from_fn(|i| if self.has[i] { place[i].to_owned() } else { String::new() });
        self.by_place.get::<[String; 4]>(&own).copied()
    }
}
