//! Hierarchical Gaussian filters in the study program: observers of a world, or of given inputs.

use aif_runtime::hgf::{Filter, FilterMeta, FilterOptions, FilterWorld, GaussianFilter, ResponseKind};
use aif_runtime::{Assigned, Hgf, ModelError};
use rand_core::Rng;

use super::error::StudyError;
use super::studied::{Studied, StudyOptions, Takes};
use crate::data::Schema;
use crate::record::{RecordedBlock, RecordedRow, Regressors, Trials};
use crate::score::{ScoreError, filter_alternatives, filter_predictions, filter_regressors};

impl<M: GaussianFilter<f64>> Studied for Hgf<M> {
    const TAKES: Takes = Takes::Filter;

    fn options(options: StudyOptions) -> FilterOptions {
        options.filter
    }

    fn check(options: &FilterOptions) -> Result<(), ModelError> {
        options.check().map_err(|_| ModelError::Number {
            what: "the precision cap".into(),
            value: options.precision_cap,
            expected: "above 0",
        })
    }

    fn schema() -> Schema {
        Schema::of_filter(&M::META)
    }

    fn record(blocks: Vec<RecordedBlock>) -> Trials {
        Trials::of_checked(&M::META, blocks)
    }

    fn responses(record: &Trials) -> usize {
        record.responses()
    }

    fn usual() -> (usize, usize) {
        (1, 300)
    }

    /// Inputs are drawn from the world.
    fn plan(blocks: usize, steps: usize, inputs: &[(String, String)]) -> Result<Vec<RecordedBlock>, StudyError> {
        if let Some((name, _)) = inputs.first() {
            return Err(StudyError::Option(format!(
                "--input {name}: a filter's inputs are drawn from its world, or taken over from a table: --like TABLE"
            )));
        }
        let rows = vec![RecordedRow::default(); steps];
        let block = |b: usize| RecordedBlock { name: b.to_string(), rows: rows.clone(), ..RecordedBlock::default() };
        Ok((0..blocks).map(block).collect())
    }

    /// What the filter believes drives its responses.
    fn simulate(
        &self,
        _: &Assigned,
        world: &Self,
        plan: &[RecordedBlock],
        options: &FilterOptions,
        rng: &mut dyn Rng,
    ) -> Result<Vec<RecordedBlock>, StudyError> {
        let meta: FilterMeta = M::META;
        let failed = |e: aif_runtime::hgf::FilterError| StudyError::Option(e.to_string());
        let mut filter = Filter::<M>::new(self.0, *options).map_err(failed)?;
        let mut done = plan.to_vec();
        for block in &mut done {
            filter.restart();
            let mut surroundings = FilterWorld::new(&world.0, rng).map_err(failed)?;
            for row in &mut block.rows {
                if row.inputs.is_empty() {
                    row.inputs = surroundings.step(row.time_step, rng);
                }
                filter.take(&row.inputs, row.time_step).map_err(failed)?;
                if let Some(invalid) = filter.invalid() {
                    let what = invalid.words(&meta);
                    return Err(StudyError::Option(format!("the filter of a simulated subject fails: {what}")));
                }
                let beliefs = filter.beliefs();
                let answers = meta.responses.iter().enumerate().map(|(r, response)| {
                    let drawn = self.0.sample_response(r, &beliefs, rng);
                    let missed = row.responses.get(r).is_some_and(Option::is_none);
                    (!missed && !matches!(response.kind, ResponseKind::Nothing)).then_some(drawn)
                });
                row.responses = answers.collect();
            }
        }
        Ok(done)
    }

    fn alternatives(record: &Trials) -> Option<(Vec<String>, Vec<Option<usize>>)> {
        filter_alternatives::<M>(record)
    }

    fn predictions(&self, _: &Assigned, record: &Trials, options: &FilterOptions) -> Result<Vec<Vec<f64>>, ScoreError> {
        filter_predictions(&self.0, record, options)
    }

    fn regressors(&self, _: &Assigned, record: &Trials, options: &FilterOptions) -> Option<Regressors> {
        filter_regressors(&self.0, record, options)
    }
}
