//! Tables of parameters: one row per subject.

use std::path::Path;

use rustc_hash::{FxHashMap, FxHashSet};

use super::RawTable;
use super::error::{Complaint, Complaints, DataError, listed, quoted};

/// A table of parameters.
#[derive(Clone, Debug, Default)]
pub struct ParameterTable {
    /// The subjects, in the order of the rows.
    pub subjects: Vec<String>,
    /// The parameters of each subject, or of each session of a subject, by name; the session is empty where there are none.
    pub values: FxHashMap<(String, String), FxHashMap<String, f64>>,
}

/// The parameters of each subject, by name: those of `names` that the table has.
///
/// `known` are all names that a column may have; others are refused, so that a misspelt one is not passed over.
///
/// # Errors
/// When a column is no parameter, a cell is no number, or a subject stands twice.
pub fn read_parameters(path: &Path, known: &[&str]) -> Result<ParameterTable, DataError> {
    let table = RawTable::open(path)?;
    let mut complaints = Complaints::default();
    let subject = table.column("subject").map_err(|c| DataError::content(path, vec![c]))?;
    let session = table.column("session").ok();
    let known_names: FxHashSet<&str> = known.iter().copied().collect();
    let mut earlier = FxHashSet::default();
    for (i, name) in table.header.iter().enumerate() {
        if !earlier.insert(name) {
            complaints.push(Complaint::new(1, quoted(name), "two columns of that name", "one"));
        }
        if i != subject && Some(i) != session && !known_names.contains(name.as_str()) && !name.is_empty() {
            complaints.again("no parameter", 0, || {
                let expected = format!("a parameter: one of {}", listed(known));
                Complaint::new(1, quoted(name), format!("the column {}", quoted(name)), expected)
            });
        }
    }
    let mut all = ParameterTable::default();
    let mut names = FxHashSet::default();
    for row in table.rows() {
        let mut values = FxHashMap::default();
        for (i, cell) in row.cells().enumerate() {
            if i == subject || Some(i) == session || table.header[i].is_empty() {
                continue;
            }
            match cell.parse::<f64>() {
                Ok(number) if number.is_finite() => {
                    values.insert(table.header[i].clone(), number);
                }
                _ => {
                    complaints.again("number", i, || Complaint::new(row.line, quoted(&table.header[i]), quoted(cell), "a number"))
                }
            }
        }
        let name = row.cell(subject);
        if names.insert(name) {
            all.subjects.push(name.to_owned());
        }
        let own = session.map_or(String::new(), |at| row.cell(at).to_owned());
        if all.values.insert((name.to_owned(), own), values).is_some() {
            complaints.again("twice", subject, || {
                let found = format!("subject {} again", quoted(name));
                Complaint::new(row.line, "`subject`", found, "one row per subject")
            });
        }
    }
    if complaints.is_empty() { Ok(all) } else { Err(DataError::content(path, complaints.sorted())) }
}
