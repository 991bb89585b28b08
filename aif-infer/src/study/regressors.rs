//! `regressors`: beliefs, prediction errors and simulated responses of neurons under given parameters, by trial or as a scanner sees them.

use aif_runtime::spm::{RESPONSE_SECONDS, convolved};
use rayon::prelude::*;

use super::arguments::TrialRegressors;
use super::engine::{ErasedPopulation, Loaded, Source, Values};
use super::error::{StudyError, say};
use super::loglik::Given;
use super::neural::NeuralError;
use super::unscanned::{MOST_SCANS, RegressorsError};
use crate::data::{Onsets, open_tables};
use crate::output::{check_file, write_whole};
use crate::record::Regressors;
use crate::results::{number, tab_line as line};

/// One unit: a subject, or one of its sessions.
struct Unit {
    subject: String,
    regressors: Regressors,
}

pub(super) fn run(engine: &dyn ErasedPopulation, arguments: &TrialRegressors) -> Result<(), StudyError> {
    let meta = engine.meta();
    let beside = [arguments.parameters.params.as_ref(), arguments.onsets.as_ref(), arguments.data.reading.covariates.as_ref()];
    let read = [Some(&arguments.data.data)].into_iter().chain(beside);
    if let Some(read) = read.flatten().find(|read| same(read, &arguments.out)) {
        return Err(StudyError::WrittenOver { out: arguments.out.clone(), read: read.clone() });
    }
    check_file(&arguments.out, arguments.force)?;
    let onsets = arguments.onsets.as_deref().map(Onsets::read).transpose()?;
    let given = Given::read(&arguments.parameters, meta)?;
    let (data, covariates) = (arguments.data.options(), arguments.data.reading.covariates.as_deref());
    let tables = open_tables(&arguments.data.data, &data, &engine.schema())?;
    let standardise = &arguments.data.reading.standardise;
    let source = Source { tables: &tables, data: &data, covariates, standardise, shard: None };
    let loaded = engine.load(&source, arguments.agent.options(engine)?)?;
    for warning in loaded.warnings() {
        say!("note: {warning}");
    }
    let design = loaded.design();
    let values = given.of_units(loaded.as_ref())?;
    let unit = |(leaf, values): (usize, &Values)| -> Result<Unit, StudyError> {
        let subject = loaded.names()[design.subject_of(leaf)].clone();
        let failed = |source| StudyError::Score { subject: subject.clone(), source };
        loaded.check_observations_at(leaf, values).map_err(failed)?;
        let regressors = unit(loaded.as_ref(), leaf, values, arguments.neural);
        let regressors = regressors.map_err(|source| RegressorsError::Neural { subject: subject.clone(), source })?;
        let none = || RegressorsError::None { population: meta.name, subject: subject.clone() };
        Ok(Unit { regressors: regressors.ok_or_else(none)?, subject })
    };
    let units: Vec<Unit> = values.par_iter().enumerate().map(unit).collect::<Result<_, _>>()?;
    let text = match (&onsets, arguments.scans) {
        (Some(onsets), Some(apart)) => scanned(&units, onsets, apart)?,
        _ => by_trial(&units),
    };
    write_whole(&[(&arguments.out, text.as_bytes())])?;
    say!("wrote {}", arguments.out.display());
    Ok(())
}

fn same(a: &std::path::Path, b: &std::path::Path) -> bool {
    std::fs::canonicalize(a).is_ok_and(|a| std::fs::canonicalize(b).is_ok_and(|b| a == b))
}

/// What is told of one unit, simulated responses behind the rest.
fn unit(loaded: &dyn Loaded, leaf: usize, values: &Values, neural: bool) -> Result<Option<Regressors>, NeuralError> {
    let own = loaded.regressors_at(leaf, values);
    if !neural {
        return Ok(own);
    }
    let more = loaded.neural_at(leaf, values)?;
    let Some(mut own) = own.filter(|own| own.rows.len() == more.rows.len()) else { return Ok(None) };
    own.columns.extend(more.columns);
    for (row, more) in own.rows.iter_mut().zip(more.rows) {
        row.3.extend(more.3);
    }
    Ok(Some(own))
}

fn has_sessions(units: &[Unit]) -> bool {
    units.iter().any(|unit| unit.regressors.rows.iter().any(|row| !row.0.is_empty()))
}

/// One row for each row of the data.
fn by_trial(units: &[Unit]) -> String {
    let (sessions, columns) = (has_sessions(units), units.first().map_or(&[][..], |unit| &unit.regressors.columns));
    let session = |name: &str| sessions.then(|| name.to_string());
    let head = [Some("subject".into()), session("session"), Some("block".into()), Some("step".into())];
    let mut text = line(head.into_iter().flatten().chain(columns.iter().cloned()));
    for unit in units {
        for (name, block, step, values) in &unit.regressors.rows {
            let place = [Some(unit.subject.clone()), session(name), Some(block.clone()), Some(step.to_string())];
            text += &line(place.into_iter().flatten().chain(values.iter().map(|x| number(*x))));
        }
    }
    text
}

/// One row for each scan: every regressor at the onsets of its rows, less its mean over the session, convolved with the haemodynamic response; `event`
/// is 1 at each onset.
fn scanned(units: &[Unit], onsets: &Onsets, apart: f64) -> Result<String, RegressorsError> {
    let (sessions, columns) = (has_sessions(units), units.first().map_or(&[][..], |unit| &unit.regressors.columns));
    let session = |name: &str| sessions.then(|| name.to_string());
    let head = [Some("subject".into()), session("session"), Some("scan".into()), Some("seconds".into()), Some("event".into())];
    let mut text = line(head.into_iter().flatten().chain(columns.iter().cloned()));
    for unit in units {
        for rows in unit.regressors.rows.chunk_by(|a, b| a.0 == b.0) {
            let mut times = Vec::with_capacity(rows.len());
            for (name, block, step, _) in rows {
                let none = || RegressorsError::NoOnset { subject: unit.subject.clone(), block: block.clone(), step: *step };
                times.push(onsets.of(&unit.subject, name, block, *step).ok_or_else(none)?);
            }
            let end = times.iter().copied().fold(0.0, f64::max) + RESPONSE_SECONDS;
            let count = (end / apart).ceil();
            if count > MOST_SCANS {
                return Err(RegressorsError::TooManyScans { subject: unit.subject.clone(), seconds: end });
            }
            let scans: Vec<f64> = (0..count as usize).map(|scan| scan as f64 * apart).collect();
            let mut seen = vec![convolved(&times, &vec![1.0; rows.len()], &scans)];
            seen.extend((0..columns.len()).map(|c| convolved(&times, &centred(rows.iter().map(|row| row.3[c])), &scans)));
            for (scan, seconds) in scans.iter().enumerate() {
                let place = [Some(unit.subject.clone()), session(&rows[0].0), Some(scan.to_string()), Some(seconds.to_string())];
                text += &line(place.into_iter().flatten().chain(seen.iter().map(|column| number(column[scan]))));
            }
        }
    }
    Ok(text)
}

/// Less the mean of those that are numbers.
fn centred(values: impl Iterator<Item = f64> + Clone) -> Vec<f64> {
    let known = values.clone().filter(|x| x.is_finite());
    let (sum, count) = known.fold((0.0, 0usize), |(sum, count), x| (sum + x, count + 1));
    values.map(|x| x - sum / count as f64).collect()
}
