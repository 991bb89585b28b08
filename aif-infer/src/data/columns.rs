//! The columns of a table: found by name, read cell by cell.

use super::error::{Complaint, quoted};
use super::labels::LabelReader;
use super::read::ColumnSpec;
use super::{DataOptions, RawTable};

/// One column of labels or numbers, with its place in the table.
pub(super) struct Column {
    pub at: usize,
    pub name: String,
    pub labels: Option<LabelReader>,
}

impl Column {
    pub fn find(table: &RawTable, spec: &ColumnSpec, options: &DataOptions, complaints: &mut Vec<Complaint>) -> Option<Self> {
        let name = options.column(spec.name);
        match table.column(name) {
            Ok(at) => {
                let labels = spec.values.map(|labels| LabelReader::new(labels, options.index_base));
                Some(Column { at, name: name.to_owned(), labels })
            }
            Err(mut complaint) => {
                if name == spec.name {
                    complaint.expected += &format!(" (or --column {name}=NAME)");
                }
                complaints.push(complaint);
                None
            }
        }
    }

    /// The number in a cell: an index, or the number itself; `None` where it is missing.
    pub fn read(&mut self, cell: &str, line: u64, options: &DataOptions) -> Result<Option<f64>, Complaint> {
        let declared = self.labels.as_ref().is_some_and(|labels| labels.is_label(cell));
        if options.is_missing(cell) && (!declared || options.missing.as_deref() == Some(cell)) {
            return Ok(None);
        }
        let expected = match &mut self.labels {
            Some(labels) => match labels.read(cell) {
                Ok(index) => return Ok(Some(index as f64)),
                Err(expected) => expected,
            },
            None => match cell.parse::<f64>() {
                Ok(number) if number.is_finite() => return Ok(Some(number)),
                _ => "a number".into(),
            },
        };
        Err(Complaint::new(line, quoted(&self.name), quoted(cell), expected))
    }
}

/// Complains of columns that are renamed twice, or that nobody asks for.
pub(super) fn check_renames(options: &DataOptions, known: impl Fn(&str) -> bool, complaints: &mut Vec<Complaint>) {
    for (i, (of_model, of_table)) in options.columns.iter().enumerate() {
        let found = format!("--column {of_model}={of_table}");
        if options.columns[..i].iter().any(|(earlier, _)| earlier == of_model) {
            complaints.push(Complaint::new(0, "", found.clone(), format!("one name for {}", quoted(of_model))));
        }
        if !known(of_model) && !options.others.contains(of_model) {
            complaints.push(Complaint::new(0, "", found, format!("a column of the model, not {}", quoted(of_model))));
        }
    }
}

/// A column that may be absent, but not twice there, and not absent under a name that was given for it.
pub(super) fn optional(table: &RawTable, name: &str, options: &DataOptions, complaints: &mut Vec<Complaint>) -> Option<usize> {
    let found = options.column(name);
    let asked = found != name || table.header.iter().any(|h| h == found);
    asked.then(|| table.column(found).map_err(|complaint| complaints.push(complaint)).ok()).flatten()
}

/// The names of the columns that are not used.
pub(super) fn unused<'t>(table: &'t RawTable, used: &[usize]) -> Vec<&'t str> {
    let unused = table.header.iter().enumerate().filter(|(i, _)| !used.contains(i));
    unused.map(|(_, name)| name.as_str()).collect()
}

/// Whether a row counts, by its cell in the column `scored`.
pub(super) fn is_scored(cell: &str, line: u64, complaints: &mut Vec<Complaint>) -> bool {
    if !["0", "1"].contains(&cell) {
        complaints.push(Complaint::new(line, "`scored`", quoted(cell), "0 or 1"));
    }
    cell != "0"
}
