//! The mode of a marginal posterior, with as many nodes as it takes: Newton's method with the exact Hessian.

use super::density::{Marginal, Marginalised, coordinates_above};
use super::rest::{LONGEST, NEAR, Rest, SETTLED};
use super::rule::Rule;
use super::trust::{FINER, by_trust};
use super::unit::{Nodes, Second};
use crate::matrix::{self, DMatrix, Factor};
use crate::posterior::Target;
use crate::prior::HALF_LN_TWO_PI;

/// The mode of what is above the lowest level.
pub struct MarginalMode<'a> {
    /// The marginal posterior, with the nodes that were enough, and units' modes here to begin from.
    pub marginal: Marginal<'a>,
    /// Where the mode is.
    pub position: Vec<f64>,
    /// What is known there.
    pub at: Marginalised,
    /// The negative Hessian, by its Cholesky factor.
    pub precision: Factor,
    /// How far more nodes would move the mode, in standard deviations of the coordinate that moves most; where nothing is above the units, by
    /// how many nats they would change the evidence.
    pub shift: f64,
    /// How many nats more the next step was expected to gain where the search came to its end without coming to rest.
    pub unsettled: Option<f64>,
}

/// Why there is no mode.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum MarginalError {
    /// The starting point has no density.
    #[error("no starting point has a density: {0}")]
    Start(String),
    /// The search did not come to rest.
    #[error("the search for the mode of what is above the units did not settle in {0} steps; NUTS needs no mode: --method nuts")]
    Unsettled(usize),
}

/// More nodes are taken until the next ones would move the mode by less than this, in its standard deviations.
const ENOUGH: f64 = 0.02;

/// Newton's method that has not come to rest in so many steps does not.
const PLAIN: usize = 60;

/// How many nodes may be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finest {
    /// As many as it takes.
    Any,
    /// As many as it takes where likelihoods are looked up, else the fewest.
    Cheap,
    /// The same, and where likelihoods are not looked up, nothing beside the mode is worked out exactly.
    Start,
}

/// Climbs to the mode from a starting point: by Newton's method, and where that does not come to rest, in a region of trust with nodes that
/// follow the modes of units. Where neither does, what there is comes with how much is still to be gained.
///
/// # Errors
/// When the start has no density.
pub fn maximise<'a>(
    target: &'a dyn Target,
    start: &[f64],
    steps: usize,
    finest: Finest,
) -> Result<MarginalMode<'a>, MarginalError> {
    refined(begin(target, start, (1, Nodes::Held)), steps.min(PLAIN), finest)
        .or_else(|_| refined(begin(target, start, (1, Nodes::Carried)), steps, finest))
}

/// A marginal density, a position, and what is known there.
type Begun<'a> = (Marginal<'a>, Vec<f64>, Marginalised);

/// Climbs with as many nodes as it takes.
fn refined<'a>(begun: Result<Begun<'a>, MarginalError>, steps: usize, finest: Finest) -> Result<MarginalMode<'a>, MarginalError> {
    let (mut marginal, mut position, mut at) = begun?;
    let levels = Rule::levels(marginal.rule.dimension);
    let (mut level, mut left, tabled) = (0, steps, marginal.target.is_tabled());
    // Rules that are not enough need not be climbed to the end.
    let mut near = finest == Finest::Start && !tabled;
    loop {
        let rest = if near { SETTLED } else { NEAR };
        let Rest { factor: precision, unsettled } =
            climb(&mut marginal, &mut position, &mut at, (&mut level, &mut left), rest).ok_or(MarginalError::Unsettled(steps))?;
        if finest == Finest::Start && !tabled {
            return Ok(MarginalMode { marginal, position, at, precision, shift: f64::NAN, unsettled });
        }
        // What the next rule would change.
        let mut shift = 0.0;
        if level + 1 < levels {
            let finer = marginal.clone().with_rule(level + 1);
            let there = finer.at(&position, Second::None).map_err(|e| MarginalError::Start(e.0))?;
            shift = moved(&at, &there, &precision);
            if shift > ENOUGH && (tabled || finest == Finest::Any) {
                level += 1;
                marginal = finer;
                at = marginal.at(&position, Second::Full).map_err(|e| MarginalError::Start(e.0))?;
                continue;
            }
            if !near && unsettled.is_none() {
                near = true;
                continue;
            }
        } else if !near && unsettled.is_none() {
            near = true;
            continue;
        } else if levels > 1 {
            // The last rule is judged by the one before it.
            let coarser = marginal.clone().with_rule(level - 1);
            if let Ok(there) = coarser.at(&position, Second::None) {
                shift = moved(&at, &there, &precision);
            }
        }
        return Ok(MarginalMode { marginal, position, at, precision, shift, unsettled });
    }
}

/// Where a climb begins: the fewest nodes, units' modes as they are at the start.
fn begin<'a>(target: &'a dyn Target, start: &[f64], (stride, nodes): (usize, Nodes)) -> Result<Begun<'a>, MarginalError> {
    let mut marginal = Marginal::new(target, 0);
    (marginal.stride, marginal.nodes) = (stride, nodes);
    let position = start[..coordinates_above(target)].to_vec();
    marginal.look_around(&position);
    let at = marginal.at(&position, Second::Full).map_err(|e| MarginalError::Start(e.0))?;
    Ok((marginal, position, at))
}

impl MarginalMode<'_> {
    /// The logarithm of the evidence, with the density of what is above the units taken for normal.
    pub fn log_evidence(&self) -> f64 {
        let top = self.position.len();
        self.at.value + top as f64 * HALF_LN_TWO_PI - matrix::half_ln_determinant(&self.precision)
    }
}

/// How far another rule would move the mode.
fn moved(at: &Marginalised, there: &Marginalised, precision: &Factor) -> f64 {
    let top = at.gradient.len();
    if top == 0 {
        return (at.value - there.value).abs();
    }
    let mut by: Vec<f64> = there.gradient.iter().zip(&at.gradient).map(|(a, b)| a - b).collect();
    matrix::solve(precision, &mut by);
    let covariance = precision.inverse();
    (0..top).map(|i| by[i].abs() / covariance[(i, i)].sqrt()).fold(0.0, f64::max)
}

/// The same from some of the units only, each standing for as many as `stride`, and with few nodes: where to look for the mode.
pub(super) fn maximise_some<'a>(
    target: &'a dyn Target,
    start: &[f64],
    steps: usize,
    stride: usize,
) -> Result<MarginalMode<'a>, MarginalError> {
    let by = |nodes: Nodes| {
        let (mut marginal, mut position, mut at) = begin(target, start, (stride, nodes))?;
        let mut left = if nodes == Nodes::Held { steps.min(PLAIN) } else { steps };
        // Where to look is found with few nodes.
        let mut finest = FINER;
        let Rest { factor: precision, unsettled } = climb(&mut marginal, &mut position, &mut at, (&mut finest, &mut left), NEAR)
            .ok_or(MarginalError::Unsettled(steps))?;
        Ok(MarginalMode { marginal, position, at, precision, shift: f64::NAN, unsettled })
    };
    by(Nodes::Held).or_else(|_| by(Nodes::Carried))
}

/// From so little on the gradient leads to it.
const CLOSE: f64 = 1.0;

/// To the mode of one rule; `None` where there was no way there.
fn climb(
    marginal: &mut Marginal<'_>,
    position: &mut Vec<f64>,
    at: &mut Marginalised,
    (level, left): (&mut usize, &mut usize),
    settled: f64,
) -> Option<Rest> {
    match marginal.nodes {
        Nodes::Held => by_newton(marginal, position, at, left, settled).map(|factor| Rest { factor, unsettled: None }),
        Nodes::Carried => by_trust(marginal, position, at, (level, left), settled),
    }
}

/// Newton's method to the mode of one rule; units' modes are kept as places to begin from. Gives the factor of the negative Hessian there.
fn by_newton(
    marginal: &mut Marginal<'_>,
    position: &mut Vec<f64>,
    at: &mut Marginalised,
    left: &mut usize,
    settled: f64,
) -> Option<Factor> {
    let top = position.len();
    loop {
        marginal.begin_at(&at.units);
        let Newton { factor, damped, step, gain } = newton(at, top)?;
        if !damped && (gain < settled || (gain < 1e-3 && *left == 0)) {
            return Some(factor);
        }
        if damped && gain < 1e-3 * SETTLED {
            return Some(factor);
        }
        *left = left.checked_sub(1)?;
        let longest = step.iter().fold(0.0f64, |m, s| m.max(s.abs()));
        let mut share = if longest > LONGEST { LONGEST / longest } else { 1.0 };
        // Near the mode steps follow the gradient alone, as long as it gets smaller: the value is that of a sum, to a few digits for each of
        // very many units.
        if !damped && gain < CLOSE {
            let candidate: Vec<f64> = position.iter().zip(&step).map(|(x, s)| x + share * s).collect();
            if let Ok(there) = marginal.at(&candidate, Second::Full)
                && newton(&there, top).is_some_and(|next| !next.damped && next.gain < 0.9 * gain)
            {
                (*position, *at) = (candidate, there);
                continue;
            }
            if gain < NEAR {
                return Some(factor);
            }
        }
        loop {
            let candidate: Vec<f64> = position.iter().zip(&step).map(|(x, s)| x + share * s).collect();
            // Second derivatives are worked out where the step is taken.
            let better = marginal.at(&candidate, Second::None).ok().filter(|there| there.value > at.value - 1e-9);
            match better.and_then(|_| marginal.at(&candidate, Second::Full).ok()) {
                Some(better) => {
                    (*position, *at) = (candidate, better);
                    break;
                }
                // Where no step leads up any more, rounding is all that is left.
                _ if share < 1e-4 => return (gain < NEAR).then_some(factor),
                _ => share *= 0.3,
            }
        }
    }
}

/// A step of Newton's method.
struct Newton {
    factor: Factor,
    damped: bool,
    step: Vec<f64>,
    /// How much it is expected to gain, in nats.
    gain: f64,
}

fn newton(at: &Marginalised, top: usize) -> Option<Newton> {
    let (factor, damped) = factored(&at.hessian, top)?;
    let mut step = at.gradient.clone();
    matrix::solve(&factor, &mut step);
    let gain = 0.5 * step.iter().zip(&at.gradient).map(|(s, g)| s * g).sum::<f64>();
    Some(Newton { factor, damped, step, gain })
}

/// The Cholesky factor of the negative Hessian, with as much on its diagonal as it takes to curve downwards; and whether that was any.
fn factored(hessian: &[f64], n: usize) -> Option<(Factor, bool)> {
    let mut damping = 0.0;
    for _ in 0..40 {
        let negative = DMatrix::from_diagonal_element(n, n, damping) - DMatrix::from_row_slice(n, n, hessian);
        if let Some(factor) = matrix::factor(negative).filter(|f| f.l_dirty().diagonal().iter().all(|d| *d > 1e-3)) {
            return Some((factor, damping > 0.0));
        }
        damping = if damping == 0.0 { 0.1 } else { damping * 3.0 };
    }
    None
}
