//! `loglik`: the log-likelihood of recorded behaviour under given parameters, as JSON.

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::PathBuf;

use super::arguments::{Loglik, Parameters};
use super::engine::{ErasedPopulation, Loaded, Source, Values, drawn_labels, needed_labels};
use super::error::{StudyError, say};
use super::suspect::other_order;
use crate::data::{ParameterTable, open_tables, read_parameters};
use crate::output::{check_file, write_out, write_whole};
use crate::population::{PopulationMeta, Role};
use crate::score::ScoreError;

#[derive(Serialize)]
struct Output {
    log_likelihood: f64,
    subjects: Vec<Subject>,
}

#[derive(Serialize)]
struct Subject {
    subject: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<String>,
    responses: usize,
    log_likelihood: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    gradient: Option<BTreeMap<String, f64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pointwise: Option<Vec<f64>>,
}

/// Parameters from the command line: for all subjects, and for single ones.
#[derive(Clone)]
pub(super) struct Given {
    set: Values,
    /// The first session of each subject, by name.
    first: FxHashMap<String, String>,
    by_subject: FxHashMap<(String, String), FxHashMap<String, f64>>,
    /// The subjects of the table of parameters, in its order.
    pub order: Vec<String>,
    pub file: Option<String>,
}

impl Given {
    /// Reads `--set` and `--params`.
    pub fn read(parameters: &Parameters, meta: &'static PopulationMeta) -> Result<Self, StudyError> {
        let names = meta.labels();
        for (i, (name, _)) in parameters.set.iter().enumerate() {
            if parameters.set[..i].iter().any(|(earlier, _)| earlier == name) {
                return Err(StudyError::SetTwice { name: name.clone() });
            }
            let parameter = meta.parameters().find(|p| (0..p.len()).any(|e| p.label(e) == *name));
            match parameter {
                None => {
                    return Err(StudyError::SetUnknown { name: name.clone(), population: meta.name, known: names });
                }
                Some(p) if p.role == Role::Derived => {
                    return Err(StudyError::SetDerived { name: name.clone(), from: p.prior });
                }
                Some(_) => {}
            }
        }
        let table = match &parameters.params {
            Some(path) => read_parameters(path, &names.iter().map(String::as_str).collect::<Vec<_>>())?,
            None => ParameterTable::default(),
        };
        let file = parameters.params.as_ref().map(|p| p.display().to_string());
        let set = parameters.set.iter().cloned().collect();
        let mut first: FxHashMap<String, String> = FxHashMap::default();
        for (subject, session) in table.values.keys() {
            match first.get_mut(subject) {
                Some(known) if *known <= *session => {}
                Some(known) => known.clone_from(session),
                None => {
                    first.insert(subject.clone(), session.clone());
                }
            }
        }
        Ok(Given { set, first, by_subject: table.values, order: table.subjects, file })
    }

    /// The values for one subject, or one of its sessions; `--set` comes before the table.
    pub fn of(&self, subject: &str, session: Option<&str>) -> Result<Values, StudyError> {
        let mut values = Values::new();
        if let Some(file) = &self.file {
            let key = |session: &str| (subject.to_string(), session.to_string());
            // A subject's own parameters stand on the rows of all of its sessions: the first will do.
            let any = || self.by_subject.get(&key(self.first.get(subject)?));
            let row = match session {
                Some(session) => self.by_subject.get(&key(session)).or_else(|| self.by_subject.get(&key(""))),
                None => any(),
            };
            let row = row.ok_or_else(|| StudyError::NoRow {
                file: file.clone(),
                subject: subject.into(),
                session: session.map(String::from),
            })?;
            values.extend(row.iter().map(|(name, value)| (name.clone(), *value)));
        }
        values.extend(self.set.iter().map(|(name, value)| (name.clone(), *value)));
        Ok(values)
    }
}

impl Given {
    /// The values of each unit: all that its score needs.
    pub fn of_units(&self, loaded: &dyn Loaded) -> Result<Vec<Values>, StudyError> {
        let (meta, design) = (loaded.meta(), loaded.design());
        let needed = needed_labels(meta);
        let of_unit = |leaf: usize| {
            let subject = &loaded.names()[design.subject_of(leaf)];
            let own = self.of(subject, meta.has_sessions().then(|| design.leaves().names[leaf].as_str()))?;
            match needed.iter().find(|label| !own.contains_key(*label)) {
                None => Ok(own),
                Some(missing) => Err(StudyError::NoValue { parameter: missing.clone(), subject: subject.clone() }),
            }
        };
        (0..design.leaves().names.len()).map(of_unit).collect()
    }
}

pub(super) fn run(engine: &dyn ErasedPopulation, arguments: &Loglik) -> Result<(), StudyError> {
    let meta = engine.meta();
    if let Some(path) = &arguments.out {
        let same = |a: &PathBuf| std::fs::canonicalize(path).is_ok_and(|p| std::fs::canonicalize(a).is_ok_and(|d| d == p));
        if same(&arguments.data.data) {
            return Err(StudyError::OutIsData { out: path.clone() });
        }
        let read = [&arguments.data.reading.covariates, &arguments.parameters.params];
        if let Some(read) = read.into_iter().flatten().find(|read| same(read)) {
            return Err(StudyError::WrittenOver { out: path.clone(), read: read.clone() });
        }
        check_file(path, arguments.force)?;
    }
    let given = Given::read(&arguments.parameters, meta)?;
    let (data, covariates) = (arguments.data.options(), arguments.data.reading.covariates.as_deref());
    let tables = open_tables(&arguments.data.data, &data, &engine.schema())?;
    let standardise = &arguments.data.reading.standardise;
    let source = Source { tables: &tables, data: &data, covariates, standardise, shard: None };
    let agents = arguments.agent.options(engine)?;
    let loaded = engine.load(&source, agents)?;
    for warning in loaded.warnings() {
        say!("note: {warning}");
    }
    let design = loaded.design();
    let session_of = |leaf: usize| meta.has_sessions().then(|| design.leaves().names[leaf].as_str());
    let values = given.of_units(loaded.as_ref())?;
    let drawn = drawn_labels(meta.levels[meta.leaf()].parameters).len();
    let score = |(leaf, values): (usize, &Values)| -> Result<Subject, StudyError> {
        let subject = loaded.names()[design.subject_of(leaf)].clone();
        let failed = |source: ScoreError| StudyError::Score { subject: subject.clone(), source };
        loaded.check_observations_at(leaf, values).map_err(failed)?;
        let (score, labels) = loaded.likelihood(leaf, values).map_err(failed)?;
        let pointwise = arguments.pointwise.then(|| loaded.pointwise_at(leaf, values)).transpose().map_err(failed)?;
        let gradient = labels.into_iter().take(drawn).zip(score.derivatives).collect();
        Ok(Subject {
            session: session_of(leaf).map(String::from),
            responses: loaded.response_count(leaf),
            log_likelihood: score.log_likelihood,
            gradient: arguments.gradient.then_some(gradient),
            pointwise,
            subject,
        })
    };
    // Loaded records are shared between threads; results come back in the order of the subjects.
    let subjects: Result<Vec<Subject>, StudyError> = values.par_iter().enumerate().map(score).collect();
    let subjects = subjects.map_err(|error| {
        if !matches!(&error, StudyError::Score { source, .. } if source.is_of_observations()) {
            return error;
        }
        // Perhaps outcomes stand on other rows than is thought.
        let possible = |other: &dyn Loaded| {
            let mut all = values.iter().take(other.design().leaves().names.len()).enumerate();
            all.all(|(leaf, values)| other.check_observations_at(leaf, values).is_ok())
        };
        let order = other_order(engine, &source, agents, possible);
        StudyError::Ordered { source: Box::new(error), order }
    })?;
    let output = Output { log_likelihood: subjects.iter().map(|s| s.log_likelihood).sum(), subjects };
    let mut json = serde_json::to_string_pretty(&output)?;
    json.push('\n');
    match &arguments.out {
        Some(path) => write_whole(&[(path, json.as_bytes())])?,
        None => write_out(json.as_bytes())?,
    }
    Ok(())
}
