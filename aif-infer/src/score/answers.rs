//! The log-probability of what is recorded of an agent beside its actions: times, ratings.

use aif_runtime::measure::{LnDensity, ResponseKind, Support, SupportOf};
use aif_runtime::model::Deliberation;
use aif_runtime::{GenerativeModel, Real};

use super::ScoreError;
use crate::record::{History, Step, Walk};

/// The row of a record, with its place among all rows.
#[derive(Clone, Copy)]
pub(super) struct At<'r> {
    pub index: usize,
    pub block: &'r Walk,
    pub row: usize,
    pub step: &'r Step,
}

/// Scores the responses of a row that count, in the order of the declaration.
pub(super) fn score<T: Real, M: GenerativeModel<T>>(
    model: &M,
    (record, at): (&History, At<'_>),
    deliberation: Deliberation<'_, M, T>,
    mut each: impl FnMut(T),
) -> Result<(), ScoreError> {
    let parts = &record.deeds[at.step.deed as usize].parts;
    let deliberation = deliberation.with_chosen(parts);
    for response in record.answers.counted(at.index) {
        let numbers = M::META.response_numbers(response, parts, record.answers.numbers(at.index));
        each(score_one(model, response, numbers, &deliberation, || at.block.place(at.row))?);
    }
    Ok(())
}

/// The log-density of a response, of which what it depends on is known.
pub(super) fn score_one<T: Real, M: GenerativeModel<T>>(
    model: &M,
    response: usize,
    numbers: [f64; 2],
    deliberation: &Deliberation<'_, M, T>,
    place: impl Fn() -> String,
) -> Result<T, ScoreError> {
    let ln_p = model.respond(response, deliberation, LnDensity(numbers)).unwrap_or(T::constant(f64::NAN));
    let value = ln_p.value();
    if !value.is_finite() {
        let (own, place) = (&M::META.responses[response], place());
        let support = model.respond(response, deliberation, SupportOf);
        let why = outside((own.kind, [own.name, own.time]), numbers, support, &place);
        return Err(why.unwrap_or(ScoreError::Answer { place, response: own.name, value }));
    }
    if !ln_p.is_wholly_finite() {
        return Err(ScoreError::Derivative { place: place(), value });
    }
    Ok(ln_p)
}

/// Why a response has no score where its number is outside the support; nothing where it is not.
pub(super) fn outside<T: Real>(
    (kind, [name, time]): (ResponseKind, [&str; 2]),
    numbers: [f64; 2],
    support: Option<Support<T>>,
    place: &str,
) -> Option<ScoreError> {
    let last = kind.columns().checked_sub(1)?;
    let value = numbers[last];
    let support = support.filter(|s| !s.holds(value) || s.ends().0.is_some_and(|low| low.value() == value))?;
    let response = [name, time][last].into();
    Some(ScoreError::Outside { place: place.into(), response, value, support: support.words() })
}
