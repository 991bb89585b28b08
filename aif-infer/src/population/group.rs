//! A group of subjects with their records: what a population is fitted to.

use super::{Design, DesignError, Population};

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

    /// What is scored of a unit.
    pub fn scored(&self, leaf: usize) -> Scored<'_, P::Record, P::Options> {
        let covariates = self.design.covariates_of(P::META.leaf(), leaf);
        Scored { record: &self.records[leaf], covariates, options: &self.options }
    }
}

/// What is scored: a record, with the covariates of its subject and the run-time choices of scoring.
#[derive(Clone, Copy, Debug)]
pub struct Scored<'a, R, O> {
    /// The record.
    pub record: &'a R,
    /// The covariates of its subject, in the order of the declaration.
    pub covariates: &'a [f64],
    /// The run-time choices of scoring.
    pub options: &'a O,
}
