//! A group of subjects with their records: what a population is fitted to.

use crate::fit::Regressors;
use crate::population::{Design, DesignError, Population, PopulationMeta};
use crate::posterior::{Posterior, Scored, Target, complete, drawn_positions};
use crate::score::{Behaviour, ScoreError};

/// The records of some subjects, to be fitted under the population `P`.
pub struct Group<P: Population> {
    /// The subjects, what they belong to, and their covariates.
    pub design: Design,
    /// The records of the units whose behaviour is scored (subjects, or their sessions), in the order of the design.
    pub records: Vec<P::Record>,
    /// The run-time choices of scoring.
    pub options: P::Options,
}

impl<P: Population> Group<P> {
    /// Subjects without plates, sessions or covariates.
    ///
    /// # Errors
    /// When the declaration has some.
    pub fn new(names: Vec<String>, records: Vec<P::Record>, options: P::Options) -> Result<Self, DesignError> {
        Ok(Group { design: Design::simple(const { &P::META }, names)?, records, options })
    }

    fn scored(&self, leaf: usize) -> Scored<'_, P::Record, P::Options> {
        let covariates = self.design.covariates_of(P::META.leaf(), leaf);
        Scored { record: &self.records[leaf], covariates, options: &self.options }
    }
}

/// A group without the type of its population: fitting is compiled once for all.
pub trait Fittable: Sync {
    /// Names and supports of the population.
    fn meta(&self) -> &'static PopulationMeta;
    /// The subjects, what they belong to, and their covariates.
    fn design(&self) -> &Design;
    /// The posterior of one subject (of a flat population), or of all jointly.
    fn target(&self, subject: Option<usize>, parallel: bool) -> Box<dyn Target + '_>;
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

    /// The probability of every choice at each scored response.
    ///
    /// # Errors
    /// When the parameters make no model.
    fn predictions(&self, leaf: usize, values: &[f64]) -> Result<Vec<Vec<f64>>, ScoreError> {
        let _ = (leaf, values);
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

/// Where a response stands in its record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResponsePlace {
    /// The session's name; empty where there are none.
    pub session: String,
    /// The block's name; empty where there are none.
    pub block: String,
    /// The step, or the number of the response.
    pub step: i64,
    /// Which response it is, where there are several at a step; else empty.
    pub response: String,
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

    fn pointwise(&self, leaf: usize, values: &[f64]) -> Result<Vec<f64>, ScoreError> {
        let scored = self.scored(leaf);
        let (model, assigned) = P::agent(values, scored.covariates);
        model.pointwise(&assigned, scored.record, scored.options)
    }

    fn complete(&self, leaf: usize, values: &[f64]) -> Vec<f64> {
        let level = P::META.leaf();
        let (above, own) = values.split_at(P::META.offset(level));
        let drawn: Vec<f64> = drawn_positions(P::META.levels[level].parameters).map(|i| own[i]).collect();
        complete::<P>(above, &drawn, self.scored(leaf).covariates)
    }

    fn responses(&self, leaf: usize) -> Vec<ResponsePlace> {
        P::Model::<f64>::places(&self.records[leaf])
    }
}
