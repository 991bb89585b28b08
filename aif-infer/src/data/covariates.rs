//! The table of covariates: one row for each subject, with the plates' units that the subject belongs to.

use std::path::Path;

use rustc_hash::{FxHashMap, FxHashSet};

use super::bids::known_as;
use super::column::{Column, Said};
use super::error::{Complaint, Complaints, DataError, listed, quoted};
use super::formats::separator;
use super::parse::{Keep, Opening};
use super::schema::{Cells, ColumnSpec};
use super::{DataOptions, RawTable};
use crate::population::{Design, PopulationMeta, mean_and_deviation};

/// What a table of covariates says of each subject.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Covariates {
    /// For each plate of the declaration the label of each subject.
    pub plates: Vec<Vec<String>>,
    /// For each subject its covariates, in the order of the declaration.
    pub values: Vec<Vec<f64>>,
    /// The mean and standard deviation of each covariate that was standardised, by name.
    pub standardised: Vec<(String, f64, f64)>,
    /// Remarks.
    pub warnings: Vec<String>,
}

/// The covariates and plates of subjects, from a table where the declaration has some.
///
/// # Errors
/// When there is no table though there should be one (or one though there should be none), a column or a subject is missing, a row is of
/// nobody in the data (unless `surplus` rows are allowed), or a cell is not what it should be. A covariate that is to be standardised is a
/// number that varies.
pub fn covariates(
    path: Option<&Path>,
    meta: &PopulationMeta,
    subjects: &[String],
    standardise: &[String],
    options: &DataOptions,
    surplus: bool,
) -> Result<Covariates, DataError> {
    let wanted: Vec<&str> = meta.plates().iter().map(|p| p.name).chain(meta.covariates.iter().map(|c| c.name)).collect();
    let whole = |found: String, expected: String| Complaint::new(0, "", found, expected);
    // What the declaration standardises comes first, then what is asked for.
    let mut once: Vec<String> = meta.covariates.iter().filter(|c| c.standardised).map(|c| c.name.to_string()).collect();
    for name in standardise {
        if !once.contains(name) {
            once.push(name.clone());
        }
    }
    let standardise = &once[..];
    let at = path.unwrap_or(Path::new("--covariates"));
    if wanted.is_empty() {
        if path.is_some() || !standardise.is_empty() {
            let expected = format!("none: {} declares neither covariates nor plates", meta.name);
            return Err(DataError::whole(at, "a table of covariates", expected));
        }
        return Ok(Covariates { values: vec![Vec::new(); subjects.len()], ..Covariates::default() });
    }
    let Some(path) = path else {
        let expected = format!("--covariates TABLE with one row per subject and the columns {}", listed(&wanted));
        return Err(DataError::whole(at, "nothing", expected));
    };
    let keep: &mut Keep<'_> = &mut |_, _| true;
    let wanted_all: &dyn Fn(&[String]) -> Vec<bool> = &|header| vec![true; header.len()];
    let opening = Opening { encoding: options.encoding, separator: separator(options), wanted: wanted_all, keep };
    let table = RawTable::open_as(path, opening)?;
    let mut complaints = Complaints::default();
    // Subjects are called as the data call them, as tables usually do, or as BIDS does.
    let names = [options.column("subject"), "subject", "participant_id", "subjID"];
    let place = names.iter().find_map(|name| table.column(name).ok());
    let subject = place.ok_or_else(|| table.column("subject").err());
    let participants = place.is_some_and(|at| table.header[at].eq_ignore_ascii_case("participant_id"));
    let mut plates: Vec<usize> = Vec::new();
    for plate in meta.plates() {
        match table.column(options.column(plate.name)) {
            Ok(at) => plates.push(at),
            Err(complaint) => complaints.push(complaint),
        }
    }
    let mut columns: Vec<Column> = Vec::new();
    for covariate in meta.covariates {
        let cells = covariate.values.map_or(Cells::Number, Cells::of);
        match Column::find(&table.header, &ColumnSpec { name: covariate.name, cells, matters: true }, options) {
            Ok(column) => columns.push(column),
            Err(own) => complaints.extend(own),
        }
    }
    for name in standardise {
        let numeric = meta.covariates.iter().any(|c| c.name == name && c.values.is_none());
        if !numeric {
            let numbers: Vec<&str> = meta.covariates.iter().filter(|c| c.values.is_none()).map(|c| c.name).collect();
            let expected = format!("a covariate that is a number: one of {}", listed(numbers));
            complaints.push(whole(format!("--standardise {name}"), expected));
        }
    }
    let subject = match subject {
        Ok(at) if complaints.is_empty() => at,
        Ok(_) => return Err(DataError::content(path, complaints.sorted())),
        Err(missing) => {
            complaints.extend(missing);
            return Err(DataError::content(path, complaints.sorted()));
        }
    };
    let known: FxHashSet<&str> = subjects.iter().map(String::as_str).collect();
    let mut rows: FxHashMap<String, (Vec<String>, Vec<f64>)> = FxHashMap::default();
    let mut without = 0u64;
    for row in table.rows() {
        let line = row.line;
        let mut also = String::new();
        let Some(name) = known_as(row.cell(subject), |name| known.contains(name), &mut also) else {
            without += 1;
            if !surplus && !participants {
                complaints.again("nobody", subject, || {
                    Complaint::new(line, "`subject`", quoted(row.cell(subject)), "a subject of the data")
                });
            }
            continue;
        };
        let of_plates = plates.iter().zip(meta.plates()).map(|(&at, plate)| {
            let cell = row.cell(at);
            if options.is_missing(cell) {
                let found = if cell.is_empty() { "nothing".into() } else { quoted(cell) };
                let expected = format!("the name of a {}", plate.name);
                complaints.again("nameless", at, || Complaint::new(line, quoted(&table.header[at]), found, expected));
            }
            cell.to_string()
        });
        let of_plates = of_plates.collect();
        let values = columns.iter_mut().map(|column| match column.read(&row, options) {
            Said::Number(value) => value,
            Said::Wrong => 0.0,
            Said::Missing => {
                let at = column.source.places().next().unwrap_or(0);
                let cell = row.cell(at);
                let found = if cell.is_empty() { "nothing".into() } else { quoted(cell) };
                complaints.again("missing", at, || {
                    Complaint::new(line, quoted(&column.name), found, "a value: covariates are always known")
                });
                0.0
            }
        });
        let values = values.collect();
        if rows.insert(name.to_owned(), (of_plates, values)).is_some() {
            complaints.again("twice", subject, || {
                Complaint::new(line, "`subject`", format!("subject {} again", quoted(name)), "one row per subject")
            });
        }
    }
    complaints.extend(columns.iter().filter_map(|column| column.complaint(options)));
    let mut found = Covariates { plates: vec![Vec::new(); meta.plates().len()], ..Covariates::default() };
    for name in subjects {
        match rows.remove(name.as_str()) {
            Some((plates, values)) => {
                found.plates.iter_mut().zip(plates).for_each(|(all, own)| all.push(own));
                found.values.push(values);
            }
            None => complaints.again("no row", 0, || {
                whole(format!("no row for subject {}", quoted(name)), "one for each subject of the data".into())
            }),
        }
    }
    if !complaints.is_empty() {
        return Err(DataError::content(path, complaints.sorted()));
    }
    let file = path.file_name().unwrap_or_default().to_string_lossy();
    found.warnings.extend(table.remarks.iter().map(|remark| format!("{file}: {remark}")));
    if participants && without > 0 {
        found.warnings.push(format!("{file}: {without} participants have no data"));
    }
    for name in standardise {
        let Some(c) = meta.covariates.iter().position(|c| c.name == name) else { continue };
        let (mean, sd) = mean_and_deviation(found.values.iter().map(|v| v[c]));
        if sd.is_nan() || sd <= 0.0 {
            let found = format!("--standardise {name}");
            return Err(DataError::whole(path, found, "a covariate that differs between subjects"));
        }
        found.values.iter_mut().for_each(|v| v[c] = (v[c] - mean) / sd);
        found.warnings.push(format!("{name} is standardised: minus its mean {mean:.6}, over its standard deviation {sd:.6}"));
        found.standardised.push((name.clone(), mean, sd));
    }
    for (i, covariate) in meta.covariates.iter().enumerate() {
        if covariate.values.is_some() {
            found.warnings.extend(columns[i].warning(options));
        } else if !standardise.iter().any(|s| s == covariate.name) {
            found.warnings.push(format!(
                "{} is used as it is (--standardise {} would centre and scale it)",
                covariate.name, covariate.name
            ));
        }
    }
    Ok(found)
}

impl Covariates {
    /// Puts subjects, plates and covariates together.
    ///
    /// # Errors
    /// When they do not fit the declaration.
    pub fn design(self, meta: &PopulationMeta, subjects: Vec<String>) -> Result<Design, crate::population::DesignError> {
        Design::as_given(meta, subjects, &self.plates, self.values)
    }
}
