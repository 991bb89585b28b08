//! The log-probability of what is recorded of an agent beside its actions: times, ratings.

use aif_runtime::measure::{LnDensity, SupportOf};
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
        // What it depends on is known, or it would not count.
        let ln_p = model.respond(response, &deliberation, LnDensity(numbers)).unwrap_or(T::constant(f64::NAN));
        let (place, value) = (|| at.block.place(at.row), ln_p.value());
        if !value.is_finite() {
            return Err(impossible(model, response, &deliberation, (numbers, value), place()));
        }
        if !ln_p.is_wholly_finite() {
            return Err(ScoreError::Derivative { place: place(), value });
        }
        each(ln_p);
    }
    Ok(())
}

/// Why a response has no score: what it has to be, where its number is outside the support.
fn impossible<T: Real, M: GenerativeModel<T>>(
    model: &M,
    response: usize,
    deliberation: &Deliberation<'_, M, T>,
    (numbers, ln_p): ([f64; 2], f64),
    place: String,
) -> ScoreError {
    let own = &M::META.responses[response];
    let number = numbers[own.kind.columns().saturating_sub(1)];
    let support = model.respond(response, deliberation, SupportOf);
    match support.filter(|s| !s.holds(number) || s.ends().0.is_some_and(|low| low.value() == number)) {
        Some(support) if own.kind.columns() > 0 => {
            let name = if own.kind.columns() > 1 { own.time } else { own.name };
            ScoreError::Outside { place, response: name.into(), value: number, support: support.words() }
        }
        _ => ScoreError::Answer { place, response: own.name, value: ln_p },
    }
}
