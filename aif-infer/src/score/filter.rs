//! The log-probability of recorded responses under a hierarchical Gaussian filter.

use aif_runtime::Real;
use aif_runtime::hgf::{Engine, FilterMeta, FilterOptions, GaussianFilter, ResponseKind, check_parameters, put_in};

use super::trials::{TrialBlock, Trials};
use super::{ResponsePlace, ScoreError};
use crate::fit::Regressors;

/// Whether something is recorded of a response.
fn recorded(meta: &FilterMeta, response: usize) -> bool {
    !matches!(meta.responses[response].kind, ResponseKind::Nothing)
}

/// Goes through the trials of a record; `each` sees the engine after every trial, the block, the trial within it.
#[inline(always)]
fn walk<T: Real, M: GaussianFilter<T>>(
    engine: &mut Engine<M, T, T>,
    record: &Trials,
    mut each: impl FnMut(&Engine<M, T, T>, usize, usize) -> Result<(), ScoreError>,
) -> Result<(), ScoreError> {
    let meta = const { &M::META };
    for (b, block) in record.blocks.iter().enumerate() {
        engine.restart();
        for (t, trial) in block.trials.iter().enumerate() {
            engine.trial(T::constant(trial.time_step), |line, element| {
                let (u, observed) = put_in(meta, line, element, &trial.inputs);
                (T::constant(u), T::constant(observed))
            });
            each(engine, b, t)?;
        }
    }
    Ok(())
}

/// Why a record has no score: the first invalid precision, else the first response that is impossible.
fn failure<T: Real, M: GaussianFilter<T>>(model: &M, record: &Trials, options: &FilterOptions) -> ScoreError {
    let meta: FilterMeta = M::META;
    let mut engine = Engine::<M, T, T>::new(|_| *model, options);
    let mut position = 0;
    let found = walk(&mut engine, record, |engine, b, t| {
        if let Some(invalid) = engine.invalid(t, 0) {
            let what = invalid.words(&meta);
            // The trial is said by its place in the record.
            let what = what.split_once(": ").map_or(what.clone(), |(_, rest)| rest.to_owned());
            return Err(ScoreError::Filter { place: record.place(b, t), what });
        }
        let trial = &record.blocks[b].trials[t];
        let beliefs = engine.beliefs(0);
        for response in (0..meta.responses.len()).filter(|&r| Trials::counts(trial, r, recorded(&meta, r))) {
            let own = trial.responses.get(response).copied().flatten().unwrap_or(f64::NAN);
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

fn checked<T: Real, M: GaussianFilter<T>>(model: &M, options: &FilterOptions) -> Result<(), ScoreError> {
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
    let meta = const { &M::META };
    let mut engine = Engine::<M, T, T>::new(|_| *model, options);
    let mut sum = T::zero();
    walk(&mut engine, record, |engine, b, t| {
        let trial = &record.blocks[b].trials[t];
        if !trial.scored {
            return Ok(());
        }
        let beliefs = engine.beliefs(0);
        for response in 0..meta.responses.len() {
            if Trials::counts(trial, response, recorded(meta, response)) {
                let own = trial.responses.get(response).copied().flatten().unwrap_or(f64::NAN);
                sum += M::ln_response::<T>(response, model.response_parts(response, &beliefs, own));
            }
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
    let meta: FilterMeta = M::META;
    let mut engine = Engine::<M, T, T>::new(|_| *model, options);
    let mut values = Vec::new();
    let walked = walk(&mut engine, record, |engine, b, t| {
        let trial = &record.blocks[b].trials[t];
        let beliefs = engine.beliefs(0);
        for response in (0..meta.responses.len()).filter(|&r| Trials::counts(trial, r, recorded(&meta, r))) {
            let own = trial.responses.get(response).copied().flatten().unwrap_or(f64::NAN);
            values.push(M::ln_response::<T>(response, model.response_parts(response, &beliefs, own)));
        }
        Ok(())
    });
    debug_assert!(walked.is_ok());
    values
}

/// Where each scored response stands.
pub fn filter_places<T: Real, M: GaussianFilter<T>>(record: &Trials) -> Vec<ResponsePlace> {
    let meta: FilterMeta = M::META;
    let of_trial = |(block, t, trial): (&TrialBlock, usize, &super::Trial)| {
        let count = (0..meta.responses.len()).filter(|&r| Trials::counts(trial, r, recorded(&meta, r))).count();
        vec![Trials::response_place(block, t); count]
    };
    record.all().flat_map(of_trial).collect()
}

/// The labels of all choices of the only response that is one, and which of them each scored response was.
pub fn filter_alternatives<M: GaussianFilter<f64>>(record: &Trials) -> Option<(Vec<String>, Vec<Option<usize>>)> {
    let meta: FilterMeta = M::META;
    let [response] = meta.responses else { return None };
    let ResponseKind::Choice(labels) = response.kind else { return None };
    let chosen = record.all().filter(|(_, _, trial)| Trials::counts(trial, 0, true));
    let chosen = chosen.map(|(_, _, trial)| trial.responses[0].map(|x| x as usize)).collect();
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
    walk(&mut engine, record, |engine, b, t| {
        if Trials::counts(&record.blocks[b].trials[t], 0, true) {
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

/// Trial by trial: predictions, beliefs and prediction errors of every node; the surprise of every binary input (nats).
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
    walk(&mut engine, record, |engine, b, t| {
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
        let block = &record.blocks[b];
        rows.push((block.session.clone(), block.name.clone(), block.first_trial + t as i64, values));
        Ok(())
    })
    .ok()?;
    Some(Regressors { columns, rows })
}

/// The body of `Behaviour` for a filter.
#[doc(hidden)]
#[macro_export]
macro_rules! filter_behaviour {
    ($scalar:ident) => {
        type Record = $crate::score::Trials;
        type Options = ::aif::__private::hgf::FilterOptions;
        fn log_likelihood(
            &self,
            _: &$crate::score::Assigned<$scalar>,
            record: &$crate::score::Trials,
            options: &Self::Options,
        ) -> ::core::result::Result<$scalar, $crate::score::ScoreError> {
            $crate::score::filter_log_likelihood(self, record, options)
        }
        fn pointwise(
            &self,
            _: &$crate::score::Assigned<$scalar>,
            record: &$crate::score::Trials,
            options: &Self::Options,
        ) -> ::core::result::Result<::std::vec::Vec<$scalar>, $crate::score::ScoreError> {
            $crate::score::filter_pointwise(self, record, options)
        }
        fn places(record: &$crate::score::Trials) -> ::std::vec::Vec<$crate::score::ResponsePlace> {
            $crate::score::filter_places::<$scalar, Self>(record)
        }
    };
}
