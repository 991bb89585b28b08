//! The log-probability of recorded responses under a hierarchical Gaussian filter.

use aif_runtime::Real;
use aif_runtime::hgf::{Engine, FilterMeta, FilterOptions, GaussianFilter, MAX_INPUTS, PutIn, ResponseKind, check_parameters};

use super::ScoreError;
use crate::record::{Regressors, Trials};

/// Goes through the trials of a record; `each` sees the engine after every trial, the block, the trial within it, and what is recorded.
#[inline(always)]
fn walk<T: Real, M: GaussianFilter<T>>(
    engine: &mut Engine<M, T, T>,
    record: &Trials,
    mut each: impl FnMut(&Engine<M, T, T>, usize, usize, &[f64]) -> Result<(), ScoreError>,
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
fn counted(responses: &[f64]) -> impl Iterator<Item = (usize, f64)> {
    responses.iter().copied().enumerate().filter(|(_, recorded)| !recorded.is_nan())
}

/// Why a record has no score: the first invalid precision, else the first response that is impossible.
fn failure<T: Real, M: GaussianFilter<T>>(model: &M, record: &Trials, options: &FilterOptions) -> ScoreError {
    let meta: FilterMeta = M::META;
    let mut engine = Engine::<M, T, T>::new(|_| *model, options);
    let mut position = 0;
    let found = walk(&mut engine, record, |engine, b, t, responses| {
        if let Some(invalid) = engine.invalid(t, 0) {
            let what = invalid.words(&meta);
            // The trial is said by its place in the record.
            let what = what.split_once(": ").map_or(what.clone(), |(_, rest)| rest.to_owned());
            return Err(ScoreError::Filter { place: record.place(b, t), what });
        }
        let beliefs = engine.beliefs(0);
        for (response, own) in counted(responses) {
            let value = M::ln_response::<T>(response, model.response_parts(response, &beliefs, own)).value();
            if !value.is_finite() {
                return Err(ScoreError::Response { response: position, place: record.place(b, t), value });
            }
            position += 1;
        }
        Ok(())
    });
    found.err().unwrap_or(ScoreError::Response { response: 0, place: String::new(), value: f64::NAN })
}

pub(super) fn checked<T: Real, M: GaussianFilter<T>>(model: &M, options: &FilterOptions) -> Result<(), ScoreError> {
    let wrong =
        |e: aif_runtime::hgf::FilterError| ScoreError::Filter { place: "before the first trial".into(), what: e.to_string() };
    check_parameters(model).map_err(wrong)?;
    options.check().map_err(wrong)
}

/// The sum of the log-probabilities of all scored responses.
///
/// # Errors
/// When a parameter is not usable, the filter fails, or a response is impossible.
pub fn filter_log_likelihood<T: Real, M: GaussianFilter<T>>(
    model: &M,
    record: &Trials,
    options: &FilterOptions,
) -> Result<T, ScoreError> {
    checked(model, options)?;
    let mut engine = Engine::<M, T, T>::new(|_| *model, options);
    let mut sum = T::zero();
    walk(&mut engine, record, |engine, _, _, responses| {
        if responses.iter().all(|recorded| recorded.is_nan()) {
            return Ok(());
        }
        let beliefs = engine.beliefs(0);
        for (response, own) in counted(responses) {
            sum += M::ln_response::<T>(response, model.response_parts(response, &beliefs, own));
        }
        Ok(())
    })?;
    if sum.is_finite() { Ok(sum) } else { Err(failure(model, record, options)) }
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
    if values.iter().all(|x| x.is_finite()) { Ok(values) } else { Err(failure(model, record, options)) }
}

/// The same, whatever comes out: not a number, where the filter has failed.
pub fn filter_pointwise_anyway<T: Real, M: GaussianFilter<T>>(model: &M, record: &Trials, options: &FilterOptions) -> Vec<T> {
    let mut engine = Engine::<M, T, T>::new(|_| *model, options);
    let mut values = Vec::with_capacity(record.responses());
    let walked = walk(&mut engine, record, |engine, _, _, responses| {
        let beliefs = engine.beliefs(0);
        for (response, own) in counted(responses) {
            values.push(M::ln_response::<T>(response, model.response_parts(response, &beliefs, own)));
        }
        Ok(())
    });
    debug_assert!(walked.is_ok());
    values
}

/// The labels of all choices of the only response that is one, and which of them each scored response was.
pub fn filter_alternatives<M: GaussianFilter<f64>>(record: &Trials) -> Option<(Vec<String>, Vec<Option<usize>>)> {
    let meta: FilterMeta = M::META;
    let [response] = meta.responses else { return None };
    let ResponseKind::Choice(labels) = response.kind else { return None };
    let recorded = record.rows.iter().flat_map(|rows| rows.responses.iter());
    let chosen = recorded.filter(|x| !x.is_nan()).map(|&x| Some(x as usize)).collect();
    Some((labels.all().map(|l| l.into_owned()).collect(), chosen))
}

/// The probability of every choice at each scored response, where the only response is a choice.
///
/// # Errors
/// As [`filter_log_likelihood`].
pub fn filter_predictions<M: GaussianFilter<f64>>(
    model: &M,
    record: &Trials,
    options: &FilterOptions,
) -> Result<Vec<Vec<f64>>, ScoreError> {
    checked(model, options)?;
    let mut engine = Engine::<M, f64, f64>::new(|_| *model, options);
    let mut all = Vec::new();
    walk(&mut engine, record, |engine, _, _, responses| {
        if counted(responses).next().is_some() {
            let probabilities = model.response_probabilities(0, &engine.beliefs(0));
            if probabilities.iter().any(|p| !p.is_finite()) {
                return Err(failure(model, record, options));
            }
            all.push(probabilities);
        }
        Ok(())
    })?;
    Ok(all)
}

/// Trial by trial: predictions, beliefs and prediction errors of every node; the surprise of every input (nats; of a continuous one
/// under its own noise, without its parents' uncertainty).
///
/// `None` where a parameter is not usable.
pub fn filter_regressors<M: GaussianFilter<f64>>(model: &M, record: &Trials, options: &FilterOptions) -> Option<Regressors> {
    use aif_runtime::hgf::{NodeKind, Shape};
    checked(model, options).ok()?;
    let meta: FilterMeta = M::META;
    let mut columns = Vec::new();
    for (line, element) in meta.nodes() {
        let node = meta.label(line, element);
        for what in ["expected_mean", "expected_precision", "mean", "precision", "value_error"] {
            columns.push(format!("{node}.{what}"));
        }
        if meta.lines[line].count_parents(aif_runtime::hgf::CouplingKind::Volatility) > 0 {
            columns.push(format!("{node}.volatility_error"));
        }
        if meta.lines[line].input.is_some() {
            columns.push(format!("{node}.surprise"));
        }
    }
    let mut rows = Vec::new();
    let mut engine = Engine::<M, f64, f64>::new(|_| *model, options);
    walk(&mut engine, record, |engine, b, t, _| {
        let beliefs = engine.beliefs(0);
        let mut values = Vec::with_capacity(columns.len());
        for (line, element) in meta.nodes() {
            let own = M::Shape::places(&beliefs)[meta.place(line, element)];
            values.extend([own.expected_mean, own.expected_precision, own.mean, own.precision, own.value_error]);
            if meta.lines[line].count_parents(aif_runtime::hgf::CouplingKind::Volatility) > 0 {
                values.push(own.volatility_error);
            }
            if meta.lines[line].input.is_some() {
                let binary = meta.lines[line].kind == NodeKind::Binary;
                let surprise = if binary { own.binary_surprise() } else { own.gaussian_surprise() };
                values.push(if own.observed == 0.0 { f64::NAN } else { surprise });
            }
        }
        let block = &record.blocks()[b];
        rows.push((block.session.clone(), block.name.clone(), block.first_step + t as i64, values));
        Ok(())
    })
    .ok()?;
    Some(Regressors { columns, rows })
}
