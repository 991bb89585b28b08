//! The log-probability of recorded responses under a hierarchical Gaussian filter.

use aif_runtime::Real;
use aif_runtime::hgf::{FilterKernel, FilterMeta, FilterOptions, GaussianFilter, MAX_INPUTS, PutIn, check_parameters};

use super::ScoreError;
use crate::record::Trials;

/// What is done after a trial: the engine, the block, the trial within it, and what is recorded.
pub(crate) type EachTrial<'a, T, M> = &'a mut dyn FnMut(&FilterKernel<M, T, T>, usize, usize, &[f64]) -> Result<(), ScoreError>;

/// Goes through the trials of a record; `each` sees the engine after every trial, the block, the trial within it, and what is recorded.
///
/// Compiled once for a filter and a scalar, whatever is done with each trial: the kernel of a trial is most of what there is to compile.
#[inline(never)]
pub(crate) fn each_trial<T: Real, M: GaussianFilter<T>>(
    engine: &mut FilterKernel<M, T, T>,
    record: &Trials,
    each: EachTrial<'_, T, M>,
) -> Result<(), ScoreError> {
    let meta = const { &M::META };
    let (inputs, responses) = (meta.inputs.len(), meta.responses.len());
    let (mut numbers, mut observed) = ([T::zero(); MAX_INPUTS], [T::zero(); MAX_INPUTS]);
    for (b, rows) in record.rows.iter().enumerate() {
        engine.restart();
        for (t, &time_step) in rows.time_steps.iter().enumerate() {
            for (i, &u) in rows.inputs[t * inputs..(t + 1) * inputs].iter().enumerate() {
                (numbers[i], observed[i]) = if u.is_nan() { (T::zero(), T::zero()) } else { (T::constant(u), T::one()) };
            }
            engine.trial(T::constant(time_step), PutIn { numbers: &numbers[..inputs], observed: &observed[..inputs] });
            each(engine, b, t, &rows.responses[t * responses..(t + 1) * responses])?;
        }
    }
    Ok(())
}

/// The responses that count among those of a trial.
pub(crate) fn counted(responses: &[f64]) -> impl Iterator<Item = (usize, f64)> {
    responses.iter().copied().enumerate().filter(|(_, recorded)| !recorded.is_nan())
}

/// Why a record has no score: the first invalid precision, else the first response that is impossible, or whose derivatives are.
pub(crate) fn failure<T: Real, M: GaussianFilter<T>>(model: &M, record: &Trials, options: &FilterOptions) -> ScoreError {
    let meta: FilterMeta = M::META;
    let mut engine = FilterKernel::<M, T, T>::new(|_| *model, options);
    let (mut position, mut sum) = (0, T::zero());
    let found = each_trial(&mut engine, record, &mut |engine, b, t, responses| {
        if let Some(invalid) = engine.invalid(t, 0) {
            let what = invalid.words(&meta);
            // The trial is said by its place in the record.
            let what = what.split_once(": ").map_or(what.clone(), |(_, rest)| rest.to_owned());
            return Err(ScoreError::Filter { place: record.place(b, t), what });
        }
        let beliefs = engine.beliefs(0);
        for (response, own) in counted(responses) {
            let ln_p = M::ln_response::<T>(response, model.response_parts(response, &beliefs, own));
            let value = ln_p.value();
            if !value.is_finite() {
                return Err(ScoreError::Response { response: position, place: record.place(b, t), value });
            }
            sum += ln_p;
            if !sum.is_wholly_finite() {
                return Err(ScoreError::Derivative { place: record.place(b, t), value });
            }
            position += 1;
        }
        Ok(())
    });
    found.err().unwrap_or(ScoreError::Response { response: 0, place: String::new(), value: f64::NAN })
}

pub(crate) fn checked<T: Real, M: GaussianFilter<T>>(model: &M, options: &FilterOptions) -> Result<(), ScoreError> {
    let wrong =
        |e: aif_runtime::hgf::FilterError| ScoreError::Filter { place: "before the first trial".into(), what: e.to_string() };
    check_parameters(model).map_err(wrong)?;
    options.check().map_err(wrong)
}

/// The sum of the log-probabilities of all scored responses.
///
/// # Errors
/// When a parameter is not usable, the filter fails, a response is impossible, or a derivative is not finite.
pub fn filter_log_likelihood<T: Real, M: GaussianFilter<T>>(
    model: &M,
    record: &Trials,
    options: &FilterOptions,
) -> Result<T, ScoreError> {
    checked(model, options)?;
    let mut engine = FilterKernel::<M, T, T>::new(|_| *model, options);
    let mut sum = T::zero();
    each_trial(&mut engine, record, &mut |engine, _, _, responses| {
        if responses.iter().all(|recorded| recorded.is_nan()) {
            return Ok(());
        }
        let beliefs = engine.beliefs(0);
        for (response, own) in counted(responses) {
            sum += M::ln_response::<T>(response, model.response_parts(response, &beliefs, own));
        }
        Ok(())
    })?;
    if sum.is_wholly_finite() { Ok(sum) } else { Err(failure(model, record, options)) }
}

/// The log-probability of each scored response, trial after trial; responses of one trial in the order of the declaration.
///
/// # Errors
/// As [`filter_log_likelihood`].
pub fn filter_pointwise<T: Real, M: GaussianFilter<T>>(
    model: &M,
    record: &Trials,
    options: &FilterOptions,
) -> Result<Vec<T>, ScoreError> {
    checked(model, options)?;
    let values = filter_pointwise_anyway(model, record, options);
    if values.iter().all(|x| x.is_wholly_finite()) { Ok(values) } else { Err(failure(model, record, options)) }
}

/// The same, whatever comes out: not a number, where the filter has failed.
pub fn filter_pointwise_anyway<T: Real, M: GaussianFilter<T>>(model: &M, record: &Trials, options: &FilterOptions) -> Vec<T> {
    let mut engine = FilterKernel::<M, T, T>::new(|_| *model, options);
    let mut values = Vec::with_capacity(record.responses());
    let walked = each_trial(&mut engine, record, &mut |engine, _, _, responses| {
        let beliefs = engine.beliefs(0);
        for (response, own) in counted(responses) {
            values.push(M::ln_response::<T>(response, model.response_parts(response, &beliefs, own)));
        }
        Ok(())
    });
    debug_assert!(walked.is_ok());
    values
}
