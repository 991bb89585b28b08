//! The log-probability of recorded responses under a learner.

use aif_runtime::learner::{LearnerMeta, LearningModel, Trial};
use aif_runtime::measure::{LnDensity, SupportOf};
use aif_runtime::{Assigned, Learns, Real};

use super::answers::outside;
use super::{Behaviour, ScoreError};
use crate::record::{Lessons, ResponsePlace};

/// A trial, as a learner meets it.
pub(crate) struct Lesson<'r> {
    pub block: usize,
    pub trial: usize,
    pub numbers: Trial<'r>,
    /// Whether each response is scored.
    pub counted: &'r [bool],
}

/// Goes through the trials of a record; `each` sees the states before every trial.
#[inline(always)]
pub(crate) fn each_lesson<T: Real, M: LearningModel<T>>(
    model: &M,
    record: &Lessons,
    mut each: impl FnMut(&M::States, Lesson<'_>) -> Result<(), ScoreError>,
) -> Result<(), ScoreError> {
    let responses = const { M::META.responses.len() };
    let begin = model.initial();
    for (block, lines) in record.rows.iter().enumerate() {
        let mut states = begin;
        for trial in 0..lines.trials {
            let numbers = lines.trial(trial);
            let counted = &lines.counted[trial * responses..(trial + 1) * responses];
            each(&states, Lesson { block, trial, numbers, counted })?;
            model.learn(&mut states, &numbers);
        }
    }
    Ok(())
}

/// The log-densities of the responses of a trial that count, in the order of the declaration.
#[inline(always)]
fn scores<T: Real, M: LearningModel<T>>(model: &M, states: &M::States, lesson: &Lesson<'_>, mut add: impl FnMut(usize, T)) {
    let meta: &LearnerMeta = const { &M::META };
    for (response, _) in lesson.counted.iter().enumerate().filter(|(_, counts)| **counts) {
        let own = recorded(meta, response, &lesson.numbers);
        // What it depends on is there, or it would not count.
        let found = model.respond(response, states, &lesson.numbers, LnDensity(own));
        add(response, found.unwrap_or(T::constant(f64::NAN)));
    }
}

/// The numbers that were recorded of a response.
#[inline(always)]
pub(crate) fn recorded(meta: &LearnerMeta, response: usize, numbers: &Trial<'_>) -> [f64; 2] {
    let place = meta.place(response);
    let at = |c: usize| numbers.responses.get(place + c).copied().unwrap_or(f64::NAN);
    match meta.responses[response].kind.columns() {
        0 => [f64::NAN; 2],
        1 => [at(0), f64::NAN],
        _ => [at(0), at(1)],
    }
}

/// Why a record has no score: the first response that is impossible, with what it has to be where its number is outside the support.
fn failure<T: Real, M: LearningModel<T>>(model: &M, record: &Lessons) -> ScoreError {
    let meta: LearnerMeta = M::META;
    let mut position = 0;
    let found = each_lesson(model, record, |states, lesson| {
        let mut wrong = Ok(());
        scores(model, states, &lesson, |response, value: T| {
            if wrong.is_ok() && !value.is_finite() {
                let place = record.place(lesson.block, lesson.trial);
                let (own, numbers) = (&meta.responses[response], recorded(&meta, response, &lesson.numbers));
                let support = model.respond(response, states, &lesson.numbers, SupportOf);
                let why = outside((own.kind, [own.name, own.time]), numbers, support, &place);
                wrong = Err(why.unwrap_or(ScoreError::Response { response: position, place, value: value.value() }));
            }
            position += 1;
        });
        wrong
    });
    found.err().unwrap_or(ScoreError::Response { response: 0, place: String::new(), value: f64::NAN })
}

/// The sum of the log-probabilities of all scored responses of a learner.
///
/// # Errors
/// When a response is impossible, or its density is not a number.
pub fn learner_log_likelihood<T: Real, M: LearningModel<T>>(model: &M, record: &Lessons) -> Result<T, ScoreError> {
    let mut sum = T::zero();
    each_lesson(model, record, |states, lesson| {
        scores(model, states, &lesson, |_, value| sum += value);
        Ok(())
    })?;
    if sum.is_finite() { Ok(sum) } else { Err(failure(model, record)) }
}

/// The log-probability of each scored response, trial after trial; responses of one trial in the order in which they are made.
///
/// # Errors
/// As [`learner_log_likelihood`].
pub fn learner_pointwise<T: Real, M: LearningModel<T>>(model: &M, record: &Lessons) -> Result<Vec<T>, ScoreError> {
    let mut values = Vec::with_capacity(record.responses());
    each_lesson(model, record, |states, lesson| {
        scores(model, states, &lesson, |_, value| values.push(value));
        Ok(())
    })?;
    if values.iter().all(|x| x.is_finite()) { Ok(values) } else { Err(failure(model, record)) }
}

impl<T: Real, M: LearningModel<T>> Behaviour<T> for Learns<M> {
    type Record = Lessons;
    type Options = ();

    /// A learner has no precisions of action, and no lapse, but those that it declares.
    const ASSIGNED: bool = false;

    fn log_likelihood(&self, _: &Assigned<T>, record: &Lessons, (): &()) -> Result<T, ScoreError> {
        learner_log_likelihood(&self.0, record)
    }
    fn pointwise(&self, _: &Assigned<T>, record: &Lessons, (): &()) -> Result<Vec<T>, ScoreError> {
        learner_pointwise(&self.0, record)
    }
    fn places(record: &Lessons) -> Vec<ResponsePlace> {
        record.places()
    }
}
