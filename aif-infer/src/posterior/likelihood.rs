//! The log-likelihood of one subject and its gradient in that subject's own few parameters.
//!
//! A subject's behaviour depends on the parameters drawn for the subject and on those of the group that the declaration uses directly.
//! It is differentiated in these directions only, however many subjects there are.

use crate::population::{Directions, Known, Members, Population, Role};
use crate::score::{Behaviour, ScoreError};

/// A subject's log-likelihood with its derivatives.
#[derive(Clone, Debug, PartialEq)]
pub struct SubjectScore {
    /// The log-likelihood.
    pub log_likelihood: f64,
    /// Its derivatives by the subject's drawn parameters, then by the direct parameters of the group.
    pub derivatives: Vec<f64>,
}

/// The log-likelihood of a record and its derivatives, given all parameters of the group and the drawn ones of the subject.
///
/// # Errors
/// When the parameters make no model, or a response is impossible under them.
pub fn likelihood<P: Population>(
    group: &[f64],
    drawn: &[f64],
    record: &P::Record,
    options: &P::Options,
) -> Result<SubjectScore, ScoreError> {
    let mut direction = drawn.len();
    let group = P::Group::from_fn(|i| {
        let direct = P::META.population[i].direct;
        let value = group.get(i).copied().unwrap_or(f64::NAN);
        // Beyond the last direction a variable is a constant.
        let at = if direct { direction } else { usize::MAX };
        direction += usize::from(direct);
        P::LikelihoodScalar::variable(value, at)
    });
    let variables: Vec<P::LikelihoodScalar> =
        drawn.iter().enumerate().map(|(i, &x)| P::LikelihoodScalar::variable(x, i)).collect();
    let subject = P::subject(&group, &mut Known::new(&variables));
    let (model, assigned) = P::agent(&group, &subject);
    let score = model.log_likelihood(&assigned, record, options)?;
    Ok(SubjectScore { log_likelihood: aif_runtime::Real::value(score), derivatives: score.derivatives().to_vec() })
}

/// The log-probability of each response of a record.
///
/// # Errors
/// As [`likelihood`].
pub fn pointwise<P: Population>(
    group: &[f64],
    drawn: &[f64],
    record: &P::Record,
    options: &P::Options,
) -> Result<Vec<f64>, ScoreError> {
    let group = P::Group::from_fn(|i| group.get(i).copied().unwrap_or(f64::NAN));
    let subject = P::subject(&group, &mut Known::new(drawn));
    let (model, assigned) = P::agent(&group, &subject);
    model.pointwise(&assigned, record, options)
}

/// The positions of the drawn parameters in a list.
pub(crate) fn drawn_positions(parameters: &[crate::population::Parameter]) -> impl Iterator<Item = usize> + '_ {
    parameters.iter().enumerate().filter(|(_, p)| p.role == Role::Drawn).map(|(i, _)| i)
}

/// The members of a struct of parameters as a list.
pub(crate) fn members<T: aif_runtime::Real, S: Members<T>>(parameters: &S, count: usize) -> Vec<T> {
    (0..count).map(|i| parameters.get(i)).collect()
}
