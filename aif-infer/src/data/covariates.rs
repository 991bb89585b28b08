//! The table of covariates: one row for each subject, with the plates' units that the subject belongs to.

use std::path::Path;

use rustc_hash::FxHashMap;

use super::error::{Complaint, DataError, listed, quoted};
use super::labels::LabelReader;
use super::{DataOptions, RawTable};
use crate::population::{Design, PopulationMeta};

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
    let table = RawTable::open(path)?;
    let mut complaints = Vec::new();
    let mut column = |name: &str| table.column(options.column(name)).map_err(|c| complaints.push(c)).ok();
    let subject = column("subject");
    let columns: Vec<Option<usize>> = wanted.iter().map(|name| column(name)).collect();
    for name in standardise {
        let numeric = meta.covariates.iter().any(|c| c.name == name && c.values.is_none());
        if !numeric {
            let numbers: Vec<&str> = meta.covariates.iter().filter(|c| c.values.is_none()).map(|c| c.name).collect();
            let expected = format!("a covariate that is a number: one of {}", listed(numbers));
            complaints.push(whole(format!("--standardise {name}"), expected));
        }
    }
    let (Some(subject), Some(columns)) = (subject, columns.into_iter().collect::<Option<Vec<usize>>>()) else {
        return Err(DataError::content(path, complaints));
    };
    let mut readers: Vec<Option<LabelReader>> = meta
        .covariates
        .iter()
        // Yes and no are 1 and 0 whatever indices count from.
        .map(|c| c.values.map(|l| LabelReader::new(l, if l.label(0) == "false" { 0 } else { options.index_base })))
        .collect();
    let known: rustc_hash::FxHashSet<&str> = subjects.iter().map(String::as_str).collect();
    let mut rows: FxHashMap<&str, (Vec<String>, Vec<f64>)> = FxHashMap::default();
    for row in table.rows() {
        let line = row.line;
        let name = row.cell(subject);
        if !known.contains(name) {
            if surplus {
                continue;
            }
            complaints.push(Complaint::new(line, "`subject`", quoted(name), "a subject of the data"));
        }
        let mut plates = Vec::new();
        let mut values = Vec::new();
        for (i, &at) in columns.iter().enumerate() {
            let cell = row.cell(at);
            let here = |expected: String| {
                Complaint::new(
                    line,
                    quoted(&table.header[at]),
                    if cell.is_empty() { "nothing".into() } else { quoted(cell) },
                    expected,
                )
            };
            let Some(c) = i.checked_sub(meta.plates().len()) else {
                if options.is_missing(cell) {
                    complaints.push(here(format!("the name of a {}", wanted[i])));
                }
                plates.push(cell.to_string());
                continue;
            };
            let missing = options.is_missing(cell) && !readers[c].as_ref().is_some_and(|r| r.is_label(cell));
            let read = match &mut readers[c] {
                _ if missing => Err("a value: covariates are always known".into()),
                Some(labels) => labels.read(cell).map(|i| i as f64),
                None => cell.parse::<f64>().ok().filter(|x| x.is_finite()).ok_or_else(|| "a number".to_string()),
            };
            values.push(read.unwrap_or_else(|expected| {
                complaints.push(here(expected));
                0.0
            }));
        }
        if rows.insert(name, (plates, values)).is_some() {
            complaints.push(Complaint::new(line, "`subject`", format!("subject {} again", quoted(name)), "one row per subject"));
        }
    }
    let mut found = Covariates { plates: vec![Vec::new(); meta.plates().len()], ..Covariates::default() };
    for name in subjects {
        match rows.remove(name.as_str()) {
            Some((plates, values)) => {
                found.plates.iter_mut().zip(plates).for_each(|(all, own)| all.push(own));
                found.values.push(values);
            }
            None => {
                complaints.push(whole(format!("no row for subject {}", quoted(name)), "one for each subject of the data".into()))
            }
        }
    }
    if !complaints.is_empty() {
        return Err(DataError::content(path, complaints));
    }
    for name in standardise {
        let Some(c) = meta.covariates.iter().position(|c| c.name == name) else { continue };
        let n = found.values.len() as f64;
        let mean = found.values.iter().map(|v| v[c]).sum::<f64>() / n;
        let sd = (found.values.iter().map(|v| (v[c] - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt();
        if sd.is_nan() || sd <= 0.0 {
            let found = format!("--standardise {name}");
            return Err(DataError::whole(path, found, "a covariate that differs between subjects"));
        }
        found.values.iter_mut().for_each(|v| v[c] = (v[c] - mean) / sd);
        found.warnings.push(format!("{name} is standardised: minus its mean {mean:.6}, over its standard deviation {sd:.6}"));
        found.standardised.push((name.clone(), mean, sd));
    }
    for (i, covariate) in meta.covariates.iter().enumerate() {
        if let Some(reader) = &readers[i] {
            found.warnings.extend(reader.warning(covariate.name));
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
        Design::new(meta, subjects, &self.plates, self.values)
    }
}
