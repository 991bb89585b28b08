//! Records of a group, read once and scored as often as is wanted: what `loglik` works out, for programs that sample or climb by
//! themselves.

use std::ffi::OsString;
use std::path::Path;

use clap::Parser;
use rayon::prelude::*;

use super::Study;
use super::arguments::Reads;
use super::engine::{Loaded, Source, Values, needed_labels};
use super::error::StudyError;
use crate::data::open_tables;
use crate::fit::FitError;
use crate::population::PopulationMeta;
use crate::score::ScoreError;

/// The records of a group, ready to be scored at any parameters. Its units are subjects, or their sessions where the population tells
/// these apart.
pub struct Scoring {
    loaded: Box<dyn Loaded>,
    wanted: Vec<String>,
    subjects: Vec<String>,
    sessions: Option<Vec<String>>,
}

/// What a group scores, and how that changes with the parameters of its units.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupScore {
    /// The log-likelihood of each unit, in nats.
    pub log_likelihoods: Vec<f64>,
    /// The derivatives of each unit's by its own parameters: unit after unit, each in the order of [`Scoring::parameters`].
    pub gradient: Vec<f64>,
}

impl Study {
    /// Reads the records of a table to score them. The arguments are those of `loglik` that say how the table is read and what agents do:
    /// `--format trials`, `--inference exact`.
    ///
    /// # Errors
    /// When an argument or the table is wrong, an observation cannot be, or the derivative by a parameter is not known.
    pub fn scoring(&self, data: &Path, arguments: impl IntoIterator<Item = OsString>) -> Result<Scoring, StudyError> {
        let name = OsString::from("scoring");
        let asked = Reads::try_parse_from(std::iter::once(name).chain(arguments))?;
        let engine = self.engine(asked.population.as_deref())?;
        let options = asked.reading.options();
        let tables = open_tables(data, &options, &engine.schema())?;
        let (covariates, standardise) = (asked.reading.covariates.as_deref(), &asked.reading.standardise[..]);
        let source = Source { tables: &tables, data: &options, covariates, standardise, shard: None };
        let loaded = engine.load(&source, asked.agent.options(engine)?)?;
        loaded.fittable().check_observations().map_err(FitError::Behaviour)?;
        let (meta, design) = (engine.meta(), loaded.design());
        let names = &design.leaves().names;
        let subjects = (0..names.len()).map(|leaf| loaded.names()[design.subject_of(leaf)].clone()).collect();
        let sessions = meta.has_sessions().then(|| names.clone());
        let scoring = Scoring { wanted: needed_labels(meta), subjects, sessions, loaded };
        scoring.check(meta)?;
        Ok(scoring)
    }
}

impl Scoring {
    /// A derivative by a parameter that acts through a derived one above the units is not known here.
    fn check(&self, meta: &'static PopulationMeta) -> Result<(), StudyError> {
        let known = self.loaded.directions();
        match self.wanted.iter().find(|label| !known.contains(label)) {
            None => Ok(()),
            Some(parameter) => Err(StudyError::NoDerivative { parameter: parameter.clone(), population: meta.name }),
        }
    }

    /// The labels of the numbers that a unit's score depends on: its own, then those above it that behaviour depends on directly.
    pub fn parameters(&self) -> &[String] {
        &self.wanted
    }

    /// The subject of each unit.
    pub fn subjects(&self) -> &[String] {
        &self.subjects
    }

    /// The session of each unit, where the population tells sessions apart.
    pub fn sessions(&self) -> Option<&[String]> {
        self.sessions.as_deref()
    }

    /// The number of scored responses of each unit.
    pub fn responses(&self) -> Vec<usize> {
        (0..self.subjects.len()).map(|leaf| self.loaded.response_count(leaf)).collect()
    }

    /// Remarks about the table that do not keep it from being used.
    pub fn warnings(&self) -> &[String] {
        self.loaded.warnings()
    }

    /// Scores all units: `values` has their parameters, unit after unit, each in the order of [`parameters`](Scoring::parameters). Units
    /// are scored in parallel; what comes out does not depend on the number of threads.
    ///
    /// # Errors
    /// When there are not as many values, or a unit's behaviour has no score under its own: it is impossible, or they make no model.
    pub fn score(&self, values: &[f64]) -> Result<GroupScore, StudyError> {
        let (units, each) = (self.subjects.len(), self.wanted.len());
        if values.len() != units * each {
            return Err(StudyError::Values { found: values.len(), units, each });
        }
        let scores: Vec<_> =
            (0..units).into_par_iter().map(|leaf| self.score_unit(leaf, &values[leaf * each..][..each])).collect();
        let mut all = GroupScore { log_likelihoods: Vec::with_capacity(units), gradient: Vec::with_capacity(units * each) };
        for score in scores {
            let (log_likelihood, derivatives) = score?;
            all.log_likelihoods.push(log_likelihood);
            all.gradient.extend(derivatives);
        }
        Ok(all)
    }

    fn score_unit(&self, leaf: usize, own: &[f64]) -> Result<(f64, Vec<f64>), StudyError> {
        let values: Values = self.wanted.iter().cloned().zip(own.iter().copied()).collect();
        let failed = |source: ScoreError| StudyError::Score { subject: self.subjects[leaf].clone(), source };
        let (score, labels) = self.loaded.likelihood(leaf, &values).map_err(failed)?;
        let by = |label| labels.iter().position(|l| l == label).and_then(|at| score.derivatives.get(at)).copied();
        Ok((score.log_likelihood, self.wanted.iter().map(|label| by(label).unwrap_or(f64::NAN)).collect()))
    }
}
