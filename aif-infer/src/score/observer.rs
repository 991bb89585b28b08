//! The behaviour of an observer: every hierarchical Gaussian filter with responses has one.

use aif_runtime::hgf::{FilterOptions, GaussianFilter, Number};
use aif_runtime::{Assigned, Hgf, Real};

use super::batched::filter_log_likelihoods;
use super::filter::{filter_log_likelihood, filter_pointwise};
use super::{Behaviour, ScoreError};
use crate::record::{ResponsePlace, Trials};

impl<T: Real, M: GaussianFilter<T>> Behaviour<T> for Hgf<M> {
    type Record = Trials;
    type Options = FilterOptions;

    /// A filter has no precisions of action, and no lapse.
    const ASSIGNED: bool = false;
    const BATCH: usize = <T::Batched as Number>::LANES;

    fn log_likelihood(&self, _: &Assigned<T>, record: &Trials, options: &FilterOptions) -> Result<T, ScoreError> {
        filter_log_likelihood(&self.0, record, options)
    }

    fn log_likelihoods(
        filters: &[(Self, Assigned<T>)],
        records: &[&Trials],
        options: &FilterOptions,
        sums: &mut Vec<Result<T, ScoreError>>,
    ) {
        filter_log_likelihoods(filters, records, options, sums);
    }

    fn pointwise(&self, _: &Assigned<T>, record: &Trials, options: &FilterOptions) -> Result<Vec<T>, ScoreError> {
        filter_pointwise(&self.0, record, options)
    }

    fn places(record: &Trials) -> Vec<ResponsePlace> {
        record.places()
    }
}
