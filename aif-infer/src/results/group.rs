//! A group of subjects with their records: what a population is fitted to.

use crate::population::{Population, PopulationMeta};
use crate::posterior::{Posterior, Target};

/// The records of some subjects, to be fitted under the population `P`.
pub struct Group<P: Population> {
    /// The subjects' names.
    pub names: Vec<String>,
    /// Their records, in the same order.
    pub records: Vec<P::Record>,
    /// The run-time choices of scoring.
    pub options: P::Options,
}

/// A group without the type of its population: fitting is compiled once for all.
pub trait Fittable: Sync {
    /// Names and supports of the population.
    fn meta(&self) -> &'static PopulationMeta;
    /// The subjects' names.
    fn names(&self) -> &[String];
    /// The posterior of one subject (of a flat population), or of all jointly.
    fn target(&self, subject: Option<usize>, parallel: bool) -> Box<dyn Target + '_>;
}

impl<P: Population> Fittable for Group<P> {
    fn meta(&self) -> &'static PopulationMeta {
        const { &P::META }
    }

    fn names(&self) -> &[String] {
        &self.names
    }

    fn target(&self, subject: Option<usize>, parallel: bool) -> Box<dyn Target + '_> {
        let records = match subject {
            Some(s) => vec![&self.records[s]],
            None => self.records.iter().collect(),
        };
        Box::new(Posterior::<P>::new(records, &self.options).parallel(parallel))
    }
}
