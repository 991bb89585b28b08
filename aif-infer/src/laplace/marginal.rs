//! The density of the group's coordinates with everything below integrated out by Laplace's method; its gradient, its mode.

use super::LaplaceError;
use super::newton::{Mode, find_mode};
use crate::posterior::{Target, triangle};
use crate::prior::HALF_LN_TWO_PI;

/// How far the group's coordinates are moved to see how determinants change, in units of the coordinates.
const REACH: f64 = 1e-3;

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

/// With its gradient: that of the joint density at the mode below (exact), and half of that of the determinant, by central differences along
/// the path on which the mode below follows the top.
pub(super) fn evaluate(
    target: &dyn Target,
    position: &[f64],
    (first, top): (usize, usize),
    steps: usize,
) -> Result<Marginal, LaplaceError> {
    let (value, mode) = value(target, position, (first, top), steps)?;
    let layout = target.layout();
    let mut gradient = mode.curvature.gradient[..top].to_vec();
    for (k, slope) in gradient.iter_mut().enumerate() {
        let mut direction = vec![0.0; mode.position.len()];
        direction[k] = 1.0;
        mode.factored.follow(layout, &mut direction);
        let determinant = |by: f64| -> Result<f64, LaplaceError> {
            let moved: Vec<f64> = mode.position.iter().zip(&direction).map(|(x, d)| x + by * d).collect();
            let curvature = target.curvature(&moved).map_err(|_| LaplaceError::Flat)?;
            Ok(curvature.factor(layout, first + 1, 0.0).ok_or(LaplaceError::Flat)?.ln_determinant)
        };
        *slope -= 0.5 * (determinant(REACH)? - determinant(-REACH)?) / (2.0 * REACH);
    }
    Ok(Marginal { value, gradient, mode })
}

/// Climbs to the mode of the marginal density: BFGS with a backtracking line search. Gives the negative Hessian there, too, by central
/// differences of gradients.
pub(super) fn maximise(
    target: &dyn Target,
    start: &[f64],
    (first, top): (usize, usize),
    steps: usize,
) -> Result<(Marginal, Vec<f64>), LaplaceError> {
    let mut at = evaluate(target, start, (first, top), steps)?;
    let mut inverse = identity(top, 1.0);
    let mut fresh = true;
    let mut settled = false;
    for _ in 0..steps {
        let step = product(&inverse, &at.gradient, top);
        let gain: f64 = step.iter().zip(&at.gradient).map(|(s, g)| s * g).sum();
        if gain < 1e-7 {
            if fresh {
                settled = true;
                break;
            }
            (inverse, fresh) = (identity(top, 1.0), true);
            continue;
        }
        // A first step does not go far: nothing is known of the curvature yet.
        let longest = step.iter().fold(0.0f64, |m, s| m.max(s.abs()));
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
            (inverse, fresh) = (identity(top, 1.0), true);
            continue;
        };
        let moved: Vec<f64> = (0..top).map(|i| better.mode.position[i] - at.mode.position[i]).collect();
        let turned: Vec<f64> = (0..top).map(|i| at.gradient[i] - better.gradient[i]).collect();
        update(&mut inverse, &moved, &turned, top, fresh);
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

fn identity(n: usize, scale: f64) -> Vec<f64> {
    (0..n * n).map(|i| if i / n == i % n { scale } else { 0.0 }).collect()
}

fn product(matrix: &[f64], x: &[f64], n: usize) -> Vec<f64> {
    (0..n).map(|i| (0..n).map(|j| matrix[i * n + j] * x[j]).sum()).collect()
}

/// The update of Broyden, Fletcher, Goldfarb and Shanno of the inverse of the negative Hessian.
fn update(inverse: &mut Vec<f64>, s: &[f64], y: &[f64], n: usize, fresh: bool) {
    let sy: f64 = s.iter().zip(y).map(|(a, b)| a * b).sum();
    if sy <= 1e-12 {
        return;
    }
    if fresh {
        *inverse = identity(n, sy / y.iter().map(|y| y * y).sum::<f64>());
    }
    let hy = product(inverse, y, n);
    let yhy: f64 = y.iter().zip(&hy).map(|(a, b)| a * b).sum();
    for i in 0..n {
        for j in 0..n {
            inverse[i * n + j] += (1.0 + yhy / sy) * s[i] * s[j] / sy - (hy[i] * s[j] + s[i] * hy[j]) / sy;
        }
    }
}

/// The negative Hessian of the marginal density, symmetric.
fn hessian(target: &dyn Target, at: &Marginal, (first, top): (usize, usize), steps: usize) -> Result<Vec<f64>, LaplaceError> {
    let mut hessian = vec![0.0; top * top];
    for k in 0..top {
        let gradient = |by: f64| -> Result<Vec<f64>, LaplaceError> {
            let mut moved = at.mode.position.clone();
            let mut direction = vec![0.0; moved.len()];
            direction[k] = by;
            at.mode.factored.follow(target.layout(), &mut direction);
            moved.iter_mut().zip(&direction).for_each(|(x, d)| *x += d);
            Ok(evaluate(target, &moved, (first, top), steps)?.gradient)
        };
        let reach = 5.0 * REACH;
        let (up, down) = (gradient(reach)?, gradient(-reach)?);
        (0..top).for_each(|j| hessian[k * top + j] = (down[j] - up[j]) / (2.0 * reach));
    }
    for i in 0..top {
        for j in 0..i {
            let mean = 0.5 * (hessian[i * top + j] + hessian[j * top + i]);
            (hessian[i * top + j], hessian[j * top + i]) = (mean, mean);
        }
    }
    triangle::raised_cholesky(hessian, top, |i| at.mode.curvature.least(i)).ok_or(LaplaceError::Flat)
}
