//! The integral over one unit's coordinates, given everything above it.

use super::rule::Rule;
use crate::matrix::{self, DMatrix};
use crate::posterior::Given;

/// An integral over a unit's own coordinates, and what is known of them.
#[derive(Clone, Debug, Default)]
pub struct Integral {
    /// The logarithm of the integral.
    pub value: f64,
    /// Its gradient by the coordinates above the unit, along its path.
    pub gradient: Vec<f64>,
    /// Its Hessian by them, row by row, where it was asked for.
    pub hessian: Vec<f64>,
    /// The conditional mode.
    pub mode: Vec<f64>,
    /// The lower triangle of the conditional spread there: `mode + root z`.
    pub root: DMatrix<f64>,
}

/// Which second derivatives of an integral are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Second {
    /// None.
    None,
    /// The integral's own.
    Full,
}

/// How small the expected gain of a step to the mode has to be, in nats: nodes need not lie exactly around it.
const SETTLED: f64 = 1e-8;

/// The most steps to the mode.
const STEPS: usize = 40;

/// A mode of a unit's coordinates given what is above it.
pub(super) struct ConditionalMode {
    /// The log-density there.
    pub value: f64,
    /// Where it is.
    pub mode: Vec<f64>,
    /// The lower triangle of the spread.
    pub root: DMatrix<f64>,
}

/// The mode of a unit's coordinates and the lower triangle of its spread, from a starting point on. Where it is flat, or does not settle,
/// what there is: nodes around it see the rest. `None` where there is no density.
pub(super) fn conditional_mode(given: &dyn Given, leaf: usize, start: &[f64]) -> Option<ConditionalMode> {
    let d = start.len();
    let mut at = start.to_vec();
    let mut bend = match given.bend(leaf, &at) {
        Ok(bend) => bend,
        // The middle of most priors, where the start is out of reach.
        Err(_) => {
            at.fill(0.0);
            given.bend(leaf, &at).ok()?
        }
    };
    let n = bend.gradient.len();
    let above = n - d;
    let mut factor;
    let mut left = STEPS;
    loop {
        let precision = DMatrix::from_fn(d, d, |i, j| -bend.block[(above + i) * n + above + j]);
        // What is flatter than its prior by far is so only there.
        factor = matrix::raised(precision, |i| bend.least(above + i))?;
        let mut step = bend.gradient[above..].to_vec();
        matrix::solve(&factor, &mut step);
        let gain: f64 = 0.5 * step.iter().zip(&bend.gradient[above..]).map(|(s, g)| s * g).sum::<f64>();
        if gain < SETTLED || left == 0 {
            break;
        }
        left -= 1;
        let mut share = 1.0;
        let better = loop {
            let candidate: Vec<f64> = at.iter().zip(&step).map(|(x, s)| x + share * s).collect();
            match given.bend(leaf, &candidate) {
                Ok(better) if better.value > bend.value => break Some((candidate, better)),
                _ if share < 1e-3 => break None,
                _ => share *= 0.3,
            }
        };
        let Some(better) = better else { break };
        (at, bend) = better;
    }
    // C = L'^-1, as a lower triangle of the covariance.
    let root = matrix::factor(factor.inverse())?.unpack();
    Some(ConditionalMode { value: bend.value, mode: at, root })
}

/// The integral of a unit, around its mode from a starting point on.
pub(super) fn integrate(given: &dyn Given, leaf: usize, start: &[f64], rule: &Rule, second: Second) -> Option<Integral> {
    let d = start.len();
    let ConditionalMode { mode, root, .. } = conditional_mode(given, leaf, start)?;
    let points = around(&mode, &root, rule);
    let width = given.width();
    let above = width - d;
    let (mut values, mut gradients) = (vec![0.0; rule.len()], vec![0.0; rule.len() * width]);
    given.shares(leaf, &points, &mut values, &mut gradients);
    let ln_root: f64 = (0..d).map(|i| root[(i, i)].ln()).sum();
    values.iter_mut().zip(&rule.ln_weights).for_each(|(v, w)| *v += w);
    let largest = values.iter().fold(f64::NEG_INFINITY, |m, v| m.max(*v));
    if !largest.is_finite() {
        return None;
    }
    values.iter_mut().for_each(|v| *v = (*v - largest).exp());
    let sum: f64 = values.iter().sum();
    let mut integral =
        Integral { value: largest + sum.ln() + ln_root, gradient: vec![0.0; above], hessian: Vec::new(), mode, root };
    for (weight, gradient) in values.iter().zip(gradients.chunks(width)) {
        integral.gradient.iter_mut().zip(gradient).for_each(|(to, g)| *to += weight / sum * g);
    }
    if second == Second::Full {
        integral.hessian = vec![0.0; above * above];
        for (q, weight) in values.iter().enumerate().filter(|(_, w)| **w > 1e-14 * sum) {
            let bend = given.bend(leaf, &points[q * d..(q + 1) * d]).ok()?;
            for i in 0..above {
                for j in 0..above {
                    integral.hessian[i * above + j] +=
                        weight / sum * (bend.block[i * width + j] + bend.gradient[i] * bend.gradient[j]);
                }
            }
        }
        for i in 0..above {
            for j in 0..above {
                integral.hessian[i * above + j] -= integral.gradient[i] * integral.gradient[j];
            }
        }
    }
    Some(integral)
}

/// The nodes around a mode.
pub(super) fn around(mode: &[f64], root: &DMatrix<f64>, rule: &Rule) -> Vec<f64> {
    let d = mode.len();
    let mut points = Vec::with_capacity(rule.points.len());
    for z in rule.points.chunks(d.max(1)).take(if d == 0 { 0 } else { rule.len() }) {
        points.extend((0..d).map(|i| mode[i] + (0..=i).map(|j| root[(i, j)] * z[j]).sum::<f64>()));
    }
    points
}
