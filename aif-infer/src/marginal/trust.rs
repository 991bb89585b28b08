//! The way to a marginal mode where Newton's method does not come to rest: steps within a region that is trusted.
//!
//! Sums over few nodes are rough, and so are their second derivatives. Directions along which the density curves upwards are climbed as if it
//! curved downwards as much (Greenstadt 1967), steps are as long as the last ones were worth believing (More & Sorensen 1983), and where the
//! value is rougher than what is still to be gained, a gradient that gets smaller counts.

use super::density::{Marginal, Marginalised};
use super::rest::{LONGEST, NEAR, Rest, SETTLED};
use super::rule::Rule;
use super::unit::Second;
use crate::matrix::{self, DMatrix, DVector, Factor};

/// The least curvature that is believed along any direction.
const LEAST: f64 = 0.05;

/// The first radius, along the coordinate that is moved most.
const RADIUS: f64 = 1.0;

/// A smaller radius leads nowhere.
const NOWHERE: f64 = 3e-3;

/// From so little still to be gained on, in nats, slopes lead to the mode.
const CLOSE: f64 = 1.0;

/// How rough a value may be, in nats.
const ROUGH: f64 = 1.0;

/// So many rules are tried, from the one with the fewest nodes on.
pub(super) const FINER: usize = 2;

/// How far the model of a density at a place leads.
struct Step {
    by: Vec<f64>,
    /// What the whole of it is expected to gain, in nats.
    gain: f64,
    /// The negative curvature, made positive.
    factor: Factor,
    /// Whether it was positive, and not flat, as it was.
    downwards: bool,
}

fn step(at: &Marginalised) -> Option<Step> {
    let n = at.gradient.len();
    let negative = -DMatrix::from_row_slice(n, n, &at.hessian);
    let parts = ((&negative + negative.transpose()) * 0.5).try_symmetric_eigen(1e-12, 1000)?;
    let downwards = parts.eigenvalues.iter().all(|&c| c > LEAST);
    let curvature = parts.eigenvalues.map(|c| c.abs().max(LEAST));
    let along = parts.eigenvectors.transpose() * DVector::from_column_slice(&at.gradient);
    let gain = 0.5 * along.iter().zip(&curvature).map(|(g, c)| g * g / c).sum::<f64>();
    let by = (&parts.eigenvectors * along.component_div(&curvature)).as_slice().to_vec();
    let factor = matrix::factor(&parts.eigenvectors * DMatrix::from_diagonal(&curvature) * parts.eigenvectors.transpose())?;
    Some(Step { by, gain, factor, downwards })
}

/// Climbs to the mode of one rule, or as far as steps lead: of a finer one, where this one is too rough.
pub(super) fn by_trust(
    marginal: &mut Marginal<'_>,
    position: &mut Vec<f64>,
    at: &mut Marginalised,
    (level, left): (&mut usize, &mut usize),
    settled: f64,
) -> Option<Rest> {
    let (mut radius, mut looked) = (RADIUS, false);
    marginal.begin_at(&at.units);
    let mut model = step(at)?;
    loop {
        if model.gain < if model.downwards { settled } else { 1e-3 * SETTLED } {
            return Some(Rest { factor: model.factor, unsettled: None });
        }
        if *left == 0 {
            let unsettled = (model.gain >= NEAR || !model.downwards).then_some(model.gain);
            return Some(Rest { factor: model.factor, unsettled });
        }
        *left -= 1;
        let longest = model.by.iter().fold(0.0f64, |m, s| m.max(s.abs()));
        let to = |share: f64| -> Vec<f64> { position.iter().zip(&model.by).map(|(x, s)| x + share * s).collect() };
        // A step is taken whose slope is less, as long as the value does not speak against it by more than it is rough.
        let by_slope = |share: f64| {
            let candidate = to(share);
            let (there, next) = known(marginal, &candidate)?;
            let good = next.downwards && next.gain < 0.9 * model.gain && there.value > at.value - model.gain - ROUGH;
            good.then_some((candidate, there, next))
        };
        let mut taken = None;
        if model.downwards && model.gain < CLOSE && longest <= LONGEST {
            taken = by_slope(1.0);
        }
        if taken.is_none() {
            let share = (radius / longest).min(1.0);
            let candidate = to(share);
            // Along it the model promises (2 share - share^2) of the gain.
            let promised = (2.0 - share) * share * model.gain;
            let there = marginal.at(&candidate, Second::None).ok();
            let kept = there.map_or(f64::NEG_INFINITY, |there| (there.value - at.value) / promised);
            if kept > 0.1 {
                taken = known(marginal, &candidate).map(|(there, next)| (candidate, there, next));
            }
            radius = match kept {
                kept if kept > 0.7 => (2.0 * radius).min(LONGEST),
                kept if kept < 0.1 || taken.is_none() => 0.3 * radius.min(longest),
                kept if kept < 0.3 => 0.5 * radius.min(longest),
                _ => radius,
            };
        }
        if taken.is_none() && radius < NOWHERE {
            radius = RADIUS;
            let whole = (LONGEST / longest).min(1.0);
            taken = [1.0, 0.4, 0.15].into_iter().find_map(|part| by_slope(part * whole));
        }
        if let Some((candidate, there, next)) = taken {
            (*position, *at, model) = (candidate, there, next);
            marginal.begin_at(&at.units);
        } else if radius == RADIUS {
            // Units may have found a lesser mode on the way; else nodes are too few.
            if looked && *level + 1 < Rule::levels(marginal.rule.dimension).min(FINER) {
                *level += 1;
                *marginal = marginal.clone().with_rule(*level);
            } else if looked {
                let unsettled = (model.gain >= NEAR || !model.downwards).then_some(model.gain);
                return Some(Rest { factor: model.factor, unsettled });
            }
            looked = true;
            marginal.look_around(position);
            (*at, model) = known(marginal, position)?;
            marginal.begin_at(&at.units);
        }
    }
}

fn known(marginal: &Marginal<'_>, position: &[f64]) -> Option<(Marginalised, Step)> {
    let there = marginal.at(position, Second::Full).ok()?;
    let next = step(&there)?;
    Some((there, next))
}
