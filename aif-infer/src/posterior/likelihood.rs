//! The log-likelihood of one unit and its gradient in that unit's own few parameters.
//!
//! A subject's behaviour depends on the parameters drawn for the subject and on those above it that the declaration uses directly.
//! It is differentiated in these directions only, however many subjects there are.

use aif_runtime::{Assigned, Declared, Real};
use num_dual::Dual3_64;

use crate::population::{Directions, FamilyOf, Known, Parameter, Population, Role, Scored, members};
use crate::score::{Behaviour, ScoreError};

/// A subject's log-likelihood with its derivatives.
#[derive(Clone, Debug, PartialEq)]
pub struct SubjectScore {
    /// The log-likelihood.
    pub log_likelihood: f64,
    /// Its derivatives by the numbers drawn at the lowest level, then by the direct numbers above it.
    pub derivatives: Vec<f64>,
}

/// The positions, among the numbers of a list of parameters, of those that are drawn.
pub(crate) fn drawn_positions(parameters: &'static [Parameter]) -> impl Iterator<Item = usize> {
    positions(parameters, |p| p.role == Role::Drawn)
}

/// The positions of those that behaviour depends on directly.
pub(crate) fn direct_positions(parameters: &'static [Parameter]) -> impl Iterator<Item = usize> {
    positions(parameters, |p| p.direct)
}

fn positions(parameters: &'static [Parameter], wanted: impl Fn(&Parameter) -> bool) -> impl Iterator<Item = usize> {
    let mut start = 0;
    parameters.iter().flat_map(move |p| {
        let from = start;
        start += p.len();
        from..if wanted(p) { start } else { from }
    })
}

/// The positions, among the numbers of all levels, in which a likelihood is differentiated: in the order of its directions.
pub(crate) fn direction_positions<P: Population>() -> impl Iterator<Item = usize> {
    let leaf = P::META.leaf();
    let own = drawn_positions(P::META.levels[leaf].parameters).map(move |i| P::META.offset(leaf) + i);
    let above = (0..leaf).flat_map(|l| direct_positions(P::META.levels[l].parameters).map(move |i| P::META.offset(l) + i));
    own.chain(above)
}

/// Working memory of a likelihood.
#[derive(Clone, Debug)]
pub(crate) struct Variables<L> {
    values: Vec<L>,
    drawn: Vec<L>,
}

impl<L> Default for Variables<L> {
    fn default() -> Self {
        Variables { values: Vec::new(), drawn: Vec::new() }
    }
}

/// What a unit acts under, in a scalar with derivatives, given the numbers of all levels.
pub(crate) fn agent_in<P: Population, L: Directions>(
    values: &[f64],
    covariates: &[f64],
    memory: &mut Variables<L>,
) -> (FamilyOf<P, L>, Assigned<L>) {
    agent_at::<P, L>(values, covariates, memory, L::variable)
}

/// The same in any scalar: `variable` makes that of a direction from its value.
fn agent_at<P: Population, L: Real>(
    values: &[f64],
    covariates: &[f64],
    memory: &mut Variables<L>,
    variable: impl Fn(f64, usize) -> L,
) -> (FamilyOf<P, L>, Assigned<L>) {
    let leaf = P::META.leaf();
    let own = P::META.offset(leaf);
    memory.values.clear();
    memory.values.extend(values.iter().map(|&x| L::constant(x)));
    for (direction, at) in direction_positions::<P>().enumerate() {
        memory.values[at] = variable(values[at], direction);
    }
    memory.drawn.clear();
    memory.drawn.extend(drawn_positions(P::META.levels[leaf].parameters).map(|i| memory.values[own + i]));
    P::draw(leaf, &mut memory.values, covariates, &mut Known::new(&memory.drawn));
    let (model, assigned) = P::agent(&memory.values, covariates);
    (model.family(), assigned)
}

/// The log-likelihood where the numbers that it depends on move along a line, at these rates: with three derivatives along it.
pub(super) fn likelihood_along<P: Population>(
    values: &[f64],
    scored: Scored<'_, P::Record, P::Options>,
    rates: &[f64],
    memory: &mut Variables<Dual3_64>,
) -> Result<Dual3_64, ScoreError> {
    let variable = |x, direction: usize| Dual3_64::new(x, rates[direction], 0.0, 0.0);
    let (model, assigned) = agent_at::<P, _>(values, scored.covariates, memory, variable);
    model.log_likelihood(&assigned, scored.record, scored.options)
}

/// The log-likelihood in a scalar with derivatives, given the numbers of all levels.
pub(crate) fn likelihood_in<P: Population, L: Directions>(
    values: &[f64],
    scored: Scored<'_, P::Record, P::Options>,
    memory: &mut Variables<L>,
) -> Result<L, ScoreError> {
    let (model, assigned) = agent_in::<P, L>(values, scored.covariates, memory);
    model.log_likelihood(&assigned, scored.record, scored.options)
}

/// The log-likelihood at the numbers that it depends on, which lie at these places among those of all levels; without derivatives.
pub(crate) fn free_likelihood<P: Population>(
    at: &[f64],
    directions: &[usize],
    scored: Scored<'_, P::Record, P::Options>,
) -> Result<f64, ScoreError> {
    let leaf = P::META.leaf();
    let mut values = vec![f64::NAN; P::META.offset(leaf + 1)];
    directions.iter().zip(at).for_each(|(&i, &x)| values[i] = x);
    let own = crate::population::drawn(P::META.levels[leaf].parameters);
    P::draw(leaf, &mut values, scored.covariates, &mut Known::new(&at[..own.min(at.len())]));
    let (model, assigned) = P::agent(&values, scored.covariates);
    model.family().log_likelihood(&assigned, scored.record, scored.options)
}

/// The numbers of all levels, from those above the lowest and the drawn ones there; derived ones are worked out.
pub(crate) fn complete<P: Population>(above: &[f64], drawn: &[f64], covariates: &[f64]) -> Vec<f64> {
    let leaf = P::META.leaf();
    let mut values = above.to_vec();
    values.resize(P::META.offset(leaf), f64::NAN);
    values.resize(P::META.offset(leaf) + members(P::META.levels[leaf].parameters), f64::NAN);
    P::draw(leaf, &mut values, covariates, &mut Known::new(drawn));
    values
}

/// The log-likelihood of a record and its derivatives, given all numbers above the lowest level and the drawn ones there.
///
/// # Errors
/// When the parameters make no model, or a response is impossible under them.
pub fn likelihood<P: Population>(
    above: &[f64],
    drawn: &[f64],
    scored: Scored<'_, P::Record, P::Options>,
) -> Result<SubjectScore, ScoreError> {
    let values = complete::<P>(above, drawn, scored.covariates);
    let score: P::LikelihoodScalar = likelihood_in::<P, _>(&values, scored, &mut Variables::default())?;
    Ok(SubjectScore { log_likelihood: score.value(), derivatives: score.derivatives().to_vec() })
}

/// The log-probability of each response of a record.
///
/// # Errors
/// As [`likelihood`].
pub fn pointwise<P: Population>(
    above: &[f64],
    drawn: &[f64],
    scored: Scored<'_, P::Record, P::Options>,
) -> Result<Vec<f64>, ScoreError> {
    let values = complete::<P>(above, drawn, scored.covariates);
    let (model, assigned) = P::agent(&values, scored.covariates);
    model.family().pointwise(&assigned, scored.record, scored.options)
}
