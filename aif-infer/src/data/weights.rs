//! Columns of weights: what was read of a modality, one column for each outcome, `seen.Low` and `seen.High`.

use super::DataOptions;
use super::column::Value;
use super::error::{Complaint, Complaints, listed, quoted};
use super::raw::{Row, column};
use super::schema::ColumnSpec;
use crate::record::Reading;

/// The columns of one modality's weights.
pub(super) struct Weights {
    pub modality: usize,
    /// The model's name of the modality.
    own: &'static str,
    /// The table's name for each column, and its place.
    columns: Vec<(String, usize)>,
    /// Of each column, how many numbers it holds, the least and the greatest; and how many cells are missing.
    held: Vec<(u64, f64, f64, u64)>,
}

/// The names of the columns that a modality's weights may stand in, one for each outcome.
pub(super) fn names(spec: &ColumnSpec) -> Vec<String> {
    let named = |label| format!("{}.{label}", spec.name);
    spec.cells.labels().map_or(Vec::new(), |labels| labels.all().map(named).collect())
}

impl Weights {
    /// Finds the columns of a modality's weights; `None` where there are none.
    ///
    /// # Errors
    /// Complaints where there are some, but not all of them, or one twice.
    pub fn find(
        header: &[String],
        (modality, spec): (usize, &ColumnSpec),
        options: &DataOptions,
        complaints: &mut Complaints,
    ) -> Option<Self> {
        let wanted: Vec<String> = names(spec).into_iter().map(|name| options.column(&name).to_owned()).collect();
        let found: Vec<Result<usize, Complaint>> = wanted.iter().map(|name| column(header, name)).collect();
        if found.iter().all(Result::is_err) {
            return None;
        }
        let mut columns = Vec::with_capacity(wanted.len());
        for (name, found) in wanted.iter().zip(found) {
            match found {
                Ok(at) => columns.push((name.clone(), at)),
                Err(mut complaint) => {
                    complaint.expected += &format!(": weights need one for each outcome, {}", listed(&wanted));
                    complaints.push(complaint);
                }
            }
        }
        let held = vec![(0, f64::INFINITY, f64::NEG_INFINITY, 0); columns.len()];
        (columns.len() == wanted.len()).then_some(Weights { modality, own: spec.name, columns, held })
    }

    /// Whether they are of this modality.
    pub fn is_of(&self, spec: &ColumnSpec) -> bool {
        self.own == spec.name
    }

    /// The places of its columns.
    pub fn places(&self) -> impl Iterator<Item = usize> {
        self.columns.iter().map(|(_, at)| *at)
    }

    /// The reading of a row, where there is one; `seen` is whether the row has an outcome of the modality, too.
    pub fn read(&mut self, cells: &Row<'_>, seen: bool, options: &DataOptions, complaints: &mut Complaints) -> Option<Reading> {
        let (mut weights, mut missing) = (Vec::with_capacity(self.columns.len()), None);
        for ((name, at), held) in self.columns.iter().zip(&mut self.held) {
            let cell = cells.cell(*at);
            if options.is_missing(cell) {
                held.3 += 1;
                missing = missing.or(Some((name, *at)));
                continue;
            }
            let Some(weight) = options.number(cell).filter(|weight| *weight >= 0.0) else {
                complaints.again("weight", *at, || {
                    Complaint::new(cells.line, quoted(name), quoted(cell), "a weight: a finite number of at least 0")
                });
                return None;
            };
            *held = (held.0 + 1, held.1.min(weight), held.2.max(weight), held.3);
            weights.push(weight);
        }
        let all = || listed(self.columns.iter().map(|(name, _)| name));
        let (first, at) = self.columns.first().map(|(name, at)| (name, *at))?;
        match missing {
            Some(_) if weights.is_empty() => return None,
            Some((name, at)) => {
                complaints.again("weight missing", at, || {
                    let expected = format!("a weight, as there is in others of {}; or none in all of them", all());
                    Complaint::new(cells.line, quoted(name), "nothing", expected)
                });
                return None;
            }
            None if weights.iter().all(|weight| *weight == 0.0) => {
                complaints.again("no weight", at, || {
                    let found = format!("0 there and in all of {}", all());
                    Complaint::new(cells.line, quoted(first), found, "a weight above 0 in one of them")
                });
                return None;
            }
            None => {}
        }
        if seen {
            complaints.again("seen and weighed", at, || {
                let found = format!("weights, though the row has an outcome of {}", quoted(self.own));
                Complaint::new(cells.line, quoted(first), found, "one of them: the other cells empty")
            });
            return None;
        }
        Some(Reading { modality: self.modality, weights })
    }

    /// The values of each column: from where to where its numbers go.
    pub fn values(&self) -> impl Iterator<Item = (String, Vec<Value>)> {
        self.columns.iter().zip(&self.held).map(|((name, _), &(count, least, most, missing))| {
            let mut values = Vec::new();
            if count > 0 {
                values.push(Value { cell: format!("{least} to {most}"), meaning: Some("a weight".into()), count });
            }
            if missing > 0 {
                values.push(Value { cell: String::new(), meaning: Some(String::new()), count: missing });
            }
            (name.clone(), values)
        })
    }
}
