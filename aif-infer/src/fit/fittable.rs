//! What can be fitted: a group without the type of its population, so that fitting is compiled once for all.

use aif_runtime::Declared;

use std::sync::Arc;

use rand::Rng;

use crate::population::{Design, FamilyOf, Group, Population, PopulationMeta, densities};
use crate::posterior::{Posterior, Refined, Table, Target, complete, drawn_positions};
use crate::record::{Cues, Regressors, ResponsePlace};
use crate::score::{Behaviour, ScoreError};

/// A group without the type of its population: fitting is compiled once for all.
pub trait Fittable: Sync {
    /// Names and supports of the population.
    fn meta(&self) -> &'static PopulationMeta;
    /// The subjects, what they belong to, and their covariates.
    fn design(&self) -> &Design;
    /// The posterior of one subject (of a flat population), or of all jointly.
    fn target(&self, subject: Option<usize>, parallel: bool) -> Box<dyn Target + '_>;
    /// The posterior of some subjects jointly, and which units of the lowest level are theirs; `None` where there are no records.
    fn target_of(&self, subjects: &[usize]) -> Option<(Box<dyn Target + '_>, Vec<usize>)>;
    /// The log-probability of each response of a unit, given the numbers of all levels of its path.
    ///
    /// # Errors
    /// When the parameters make no model, or a response is impossible under them.
    fn pointwise(&self, leaf: usize, values: &[f64]) -> Result<Vec<f64>, ScoreError>;
    /// Where each response of a unit stands in its record: block and step, as far as they are known.
    fn responses(&self, leaf: usize) -> Vec<ResponsePlace>;

    /// The numbers of a unit's path with the derived ones of the unit itself worked out anew.
    fn complete(&self, leaf: usize, values: &[f64]) -> Vec<f64>;

    /// Looks for observations that cannot be, whatever the parameters.
    ///
    /// # Errors
    /// Names the first one: subject, block and step.
    fn check_observations(&self) -> Result<(), String> {
        Ok(())
    }

    /// The labels of all choices, and which of them each scored response was; `None` where responses are no choices.
    fn alternatives(&self, leaf: usize) -> Option<(Vec<String>, Vec<Option<usize>>)> {
        let _ = leaf;
        None
    }

    /// The log-density of what is drawn of a unit, given the numbers of its path; nothing where that is not known.
    fn ln_prior(&self, leaf: usize, values: &[f64], drawn: &[f64]) -> Option<f64> {
        let _ = (leaf, values, drawn);
        None
    }

    /// What was known of each scored response when it was made: what was seen since the one before, and inputs.
    fn cues(&self, leaf: usize) -> Vec<Cues> {
        let _ = leaf;
        Vec::new()
    }

    /// The probability of every choice at each scored response.
    ///
    /// # Errors
    /// When the parameters make no model.
    fn predictions(&self, leaf: usize, values: &[f64]) -> Result<Vec<Vec<f64>>, ScoreError> {
        let _ = (leaf, values);
        Ok(Vec::new())
    }

    /// Which of several kinds a unit may be, and how probable each is; empty where there is only one.
    ///
    /// # Errors
    /// When the parameters make no model, or what was recorded is impossible.
    fn kinds(&self, leaf: usize, values: &[f64]) -> Result<Vec<(String, f64)>, ScoreError> {
        let _ = (leaf, values);
        Ok(Vec::new())
    }

    /// What tells the responses of a unit that are scored from others: names and numbers.
    fn statistics(&self, leaf: usize) -> Vec<(String, f64)> {
        let _ = leaf;
        Vec::new()
    }

    /// The same numbers of responses that are drawn anew.
    ///
    /// # Errors
    /// When the parameters make no model.
    fn statistics_anew(&self, leaf: usize, values: &[f64], rng: &mut dyn Rng) -> Result<Vec<f64>, ScoreError> {
        let _ = (leaf, values, rng);
        Ok(Vec::new())
    }

    /// Trial-by-trial beliefs and prediction errors; `None` where there are none.
    fn regressors(&self, leaf: usize, values: &[f64]) -> Option<Regressors> {
        let _ = (leaf, values);
        None
    }

    /// The subjects' names.
    fn names(&self) -> &[String] {
        self.design().subjects()
    }
}

impl<P: Population> Fittable for Group<P> {
    fn meta(&self) -> &'static PopulationMeta {
        const { &P::META }
    }

    fn design(&self) -> &Design {
        &self.design
    }

    fn target(&self, subject: Option<usize>, parallel: bool) -> Box<dyn Target + '_> {
        Box::new(Posterior::<P>::of(self, subject).parallel(parallel))
    }

    fn target_of(&self, subjects: &[usize]) -> Option<(Box<dyn Target + '_>, Vec<usize>)> {
        let (posterior, own) = Posterior::<P>::of_some(self, subjects);
        Some((Box::new(posterior.parallel(true)), own))
    }

    fn pointwise(&self, leaf: usize, values: &[f64]) -> Result<Vec<f64>, ScoreError> {
        let scored = self.scored(leaf);
        let (model, assigned) = P::agent(values, scored.covariates);
        model.family().pointwise(&assigned, scored.record, scored.options)
    }

    fn complete(&self, leaf: usize, values: &[f64]) -> Vec<f64> {
        let level = P::META.leaf();
        let (above, own) = values.split_at(P::META.offset(level));
        let drawn: Vec<f64> = drawn_positions(P::META.levels[level].parameters).map(|i| own[i]).collect();
        complete::<P>(above, &drawn, self.scored(leaf).covariates)
    }

    fn responses(&self, leaf: usize) -> Vec<ResponsePlace> {
        FamilyOf::<P, f64>::places(&self.records[leaf])
    }

    fn ln_prior(&self, leaf: usize, values: &[f64], drawn: &[f64]) -> Option<f64> {
        let level = P::META.leaf();
        let covariates = self.design.covariates_of(level, leaf);
        let (each, _) = densities::<P>(level, &mut values.to_vec(), covariates, drawn);
        Some(each.iter().sum())
    }
}

/// A group of which only the tables of its units' likelihoods are known: what shards leave behind.
pub struct TabledGroup<P: Population> {
    /// The subjects, what they belong to, and their covariates.
    pub design: Design,
    /// The run-time choices of scoring.
    pub options: P::Options,
    /// The table of each unit of the lowest level.
    pub tables: Vec<Option<Arc<Table>>>,
}

impl<P: Population> Fittable for TabledGroup<P> {
    fn meta(&self) -> &'static PopulationMeta {
        const { &P::META }
    }

    fn design(&self) -> &Design {
        &self.design
    }

    fn target(&self, subject: Option<usize>, parallel: bool) -> Box<dyn Target + '_> {
        let (design, own) = match subject {
            Some(subject) => self.design.only(subject),
            None => (self.design.clone(), (0..self.tables.len()).collect()),
        };
        let mut posterior = Posterior::<P>::without_records(&self.options, design).parallel(parallel);
        let tables = own.into_iter().map(|leaf| self.tables[leaf].clone()).collect();
        posterior.refine(Refined { tables, ..Refined::default() });
        Box::new(posterior)
    }

    fn target_of(&self, _: &[usize]) -> Option<(Box<dyn Target + '_>, Vec<usize>)> {
        None
    }

    fn pointwise(&self, _: usize, _: &[f64]) -> Result<Vec<f64>, ScoreError> {
        Ok(Vec::new())
    }

    fn complete(&self, leaf: usize, values: &[f64]) -> Vec<f64> {
        let level = P::META.leaf();
        let (above, own) = values.split_at(P::META.offset(level));
        let drawn: Vec<f64> = drawn_positions(P::META.levels[level].parameters).map(|i| own[i]).collect();
        complete::<P>(above, &drawn, self.design.covariates_of(level, leaf))
    }

    fn responses(&self, _: usize) -> Vec<ResponsePlace> {
        Vec::new()
    }
}
