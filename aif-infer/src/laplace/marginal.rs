//! The density of the group's coordinates with everything below integrated out by Laplace's method; its gradient, its mode.

use super::LaplaceError;
use super::newton::{Mode, find_mode};
use crate::matrix::{self, DMatrix, DVector, Factor};
use crate::posterior::Target;
use crate::prior::HALF_LN_TWO_PI;

/// How far the group's coordinates are moved to see how slopes change, in units of the coordinates.
const REACH: f64 = 5e-3;

/// A value of the group's coordinates with everything below at its mode.
pub(super) struct Marginal {
    pub value: f64,
    pub gradient: Vec<f64>,
    pub mode: Mode,
}

/// The marginal density `ln p(top, mode below) - ln det(H)/2 + d ln(2 pi)/2` at a position whose top level has `top` coordinates.
pub(super) fn value(
    target: &dyn Target,
    position: &[f64],
    (first, top): (usize, usize),
    steps: usize,
) -> Result<(f64, Mode), LaplaceError> {
    let mode = find_mode(target, first + 1, position, steps)?;
    let below = (mode.position.len() - top) as f64;
    let value = mode.curvature.value - 0.5 * mode.factored.ln_determinant + below * HALF_LN_TWO_PI;
    Ok((value, mode))
}

/// With its gradient: that of the joint density at the mode below, and half of that of the determinant along the path on which the mode below
/// follows the top, by third derivatives.
pub(super) fn evaluate(
    target: &dyn Target,
    position: &[f64],
    (first, top): (usize, usize),
    steps: usize,
) -> Result<Marginal, LaplaceError> {
    let (value, mode) = value(target, position, (first, top), steps)?;
    let directions: Vec<Vec<f64>> = (0..top)
        .map(|k| {
            let mut direction = vec![0.0; mode.position.len()];
            direction[k] = 1.0;
            mode.factored.follow(target.layout(), &mut direction);
            direction
        })
        .collect();
    let slopes = target.determinant_slopes(&mode.position, first + 1, &directions).map_err(|_| LaplaceError::Flat)?;
    let gradient = mode.curvature.gradient[..top].iter().zip(slopes).map(|(g, slope)| g - 0.5 * slope).collect();
    Ok(Marginal { value, gradient, mode })
}

/// Climbs to the mode of the marginal density: BFGS with a backtracking line search. Gives the negative Hessian there, too, by central
/// differences of gradients.
pub(super) fn maximise(
    target: &dyn Target,
    start: &[f64],
    (first, top): (usize, usize),
    steps: usize,
) -> Result<(Marginal, Factor), LaplaceError> {
    let mut at = evaluate(target, start, (first, top), steps)?;
    let mut inverse = DMatrix::identity(top, top);
    let mut fresh = true;
    let mut settled = false;
    for _ in 0..steps {
        let slope = DVector::from_row_slice(&at.gradient);
        let step = &inverse * &slope;
        let gain = step.dot(&slope);
        if gain < 1e-7 {
            if fresh {
                settled = true;
                break;
            }
            (inverse, fresh) = (DMatrix::identity(top, top), true);
            continue;
        }
        // A first step does not go far: nothing is known of the curvature yet.
        let longest = step.amax();
        let mut share = if longest > 1.0 { 1.0 / longest } else { 1.0 };
        let mut next = None;
        while share > 1e-6 {
            let mut candidate = at.mode.position.clone();
            candidate.iter_mut().zip(&step).for_each(|(x, s)| *x += share * s);
            match evaluate(target, &candidate, (first, top), steps) {
                Ok(better) if better.value > at.value + 1e-4 * share * gain => {
                    next = Some(better);
                    break;
                }
                _ => share *= 0.4,
            }
        }
        let Some(better) = next else {
            if fresh {
                break;
            }
            (inverse, fresh) = (DMatrix::identity(top, top), true);
            continue;
        };
        let moved = DVector::from_fn(top, |i, _| better.mode.position[i] - at.mode.position[i]);
        let turned = slope - DVector::from_row_slice(&better.gradient);
        update(&mut inverse, &moved, &turned, fresh);
        let gained = better.value - at.value;
        (at, fresh) = (better, false);
        if gained < 1e-9 * (1.0 + at.value.abs() * 1e-3) {
            settled = true;
            break;
        }
    }
    // Where no step leads up any more though the slope is not zero, differences are too rough for more: near enough, if it is not steep.
    let steep = at.gradient.iter().any(|g| g.abs() > 0.05);
    if !settled && steep {
        return Err(LaplaceError::Unsettled(steps));
    }
    let hessian = hessian(target, &at, (first, top), steps)?;
    Ok((at, hessian))
}

/// The update of Broyden, Fletcher, Goldfarb and Shanno of the inverse of the negative Hessian, from a step and the change of the slope.
fn update(inverse: &mut DMatrix<f64>, s: &DVector<f64>, y: &DVector<f64>, fresh: bool) {
    let sy = s.dot(y);
    if sy <= 1e-12 {
        return;
    }
    if fresh {
        inverse.fill_with_identity();
        *inverse *= sy / y.norm_squared();
    }
    let hy = &*inverse * y;
    inverse.ger((1.0 + y.dot(&hy) / sy) / sy, s, s, 1.0);
    inverse.ger(-1.0 / sy, &hy, s, 1.0);
    inverse.ger(-1.0 / sy, s, &hy, 1.0);
}

/// The negative Hessian of the marginal density, factored.
fn hessian(target: &dyn Target, at: &Marginal, (first, top): (usize, usize), steps: usize) -> Result<Factor, LaplaceError> {
    let mut hessian = DMatrix::zeros(top, top);
    for k in 0..top {
        let gradient = |by: f64| -> Result<Vec<f64>, LaplaceError> {
            let mut moved = at.mode.position.clone();
            let mut direction = vec![0.0; moved.len()];
            direction[k] = by;
            at.mode.factored.follow(target.layout(), &mut direction);
            moved.iter_mut().zip(&direction).for_each(|(x, d)| *x += d);
            Ok(evaluate(target, &moved, (first, top), steps)?.gradient)
        };
        let (up, down) = (gradient(REACH)?, gradient(-REACH)?);
        (0..top).for_each(|j| hessian[(k, j)] = (down[j] - up[j]) / (2.0 * REACH));
    }
    let hessian = (&hessian + hessian.transpose()) * 0.5;
    matrix::raised(hessian, |i| at.mode.curvature.least(i)).ok_or(LaplaceError::Flat)
}
