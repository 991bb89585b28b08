//! The integral over one unit's coordinates, given everything above it.

use aif_runtime::random::unit as uniform;
use rand_core::Rng;
use rand_distr::{Distribution, StandardNormal};

use super::density::Marginal;
use super::rule::Rule;
use crate::posterior::{Given, arrow};

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
    pub root: Vec<f64>,
}

/// Which second derivatives of an integral are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Second {
    /// None.
    None,
    /// Those of the density along the path of its mode: near enough to find one's way by.
    Rough,
    /// The integral's own.
    Full,
}

/// How small the expected gain of a step to the mode has to be, in nats: nodes need not lie exactly around it.
const SETTLED: f64 = 1e-8;

/// The most steps to the mode.
const STEPS: usize = 40;

/// The mode of a unit's coordinates and the lower triangle of its spread, from a starting point on. Where it is flat, or does not settle,
/// what there is: nodes around it see the rest. `None` where there is no density.
pub(super) fn conditional_mode(given: &dyn Given, leaf: usize, start: &[f64]) -> Option<(Vec<f64>, Vec<f64>)> {
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
        let precision: Vec<f64> = (0..d * d).map(|k| -bend.block[(above + k / d) * n + above + k % d]).collect();
        // What is flatter than its prior by far is so only there.
        factor = arrow::raised_cholesky(precision, d, |i| bend.least(above + i))?;
        let mut step = bend.gradient[above..].to_vec();
        arrow::solve(&factor, d, &mut step);
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
    let root = arrow::cholesky(arrow::inverse(&factor, d), d)?;
    Some((at, root))
}

/// The integral of a unit, around its mode from a starting point on.
pub(super) fn integrate(given: &dyn Given, leaf: usize, start: &[f64], rule: &Rule, second: Second) -> Option<Integral> {
    let d = start.len();
    let (mode, root) = conditional_mode(given, leaf, start)?;
    let points = around(&mode, &root, rule);
    let width = given.width();
    let above = width - d;
    let (mut values, mut gradients) = (vec![0.0; rule.len()], vec![0.0; rule.len() * width]);
    given.shares(leaf, &points, &mut values, &mut gradients);
    let ln_root: f64 = (0..d).map(|i| root[i * d + i].ln()).sum();
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
    if second == Second::Rough {
        integral.hessian = along_mode(given, leaf, &integral.mode, &integral.root)?;
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

/// The Hessian of a unit's log-density by what is above it, its own coordinates following at their mode.
fn along_mode(given: &dyn Given, leaf: usize, mode: &[f64], root: &[f64]) -> Option<Vec<f64>> {
    let d = mode.len();
    let bend = given.bend(leaf, mode).ok()?;
    let width = given.width();
    let above = width - d;
    let spread = |i: usize, j: usize| -> f64 { (0..d).map(|k| root[i * d + k] * root[j * d + k]).sum() };
    let mut hessian = vec![0.0; above * above];
    for a in 0..above {
        for b in 0..above {
            let mut sum = bend.block[a * width + b];
            for i in 0..d {
                for j in 0..d {
                    sum += bend.block[a * width + above + i] * spread(i, j) * bend.block[(above + j) * width + b];
                }
            }
            hessian[a * above + b] = sum;
        }
    }
    Some(hessian)
}

/// How far a unit's conditional mean is from its mode, and how its conditional standard deviation compares with the curvature's, at the
/// coordinate where that is worst: by quadrature.
pub(crate) fn unit_moments(marginal: &Marginal<'_>, given: &dyn Given, leaf: usize) -> Option<(f64, f64)> {
    let (rule, d) = (&marginal.rule, marginal.rule.dimension);
    if d == 0 {
        return Some((0.0, 1.0));
    }
    let (mode, root) = conditional_mode(given, leaf, marginal.start(leaf))?;
    let points = around(&mode, &root, rule);
    let (mut values, mut gradients) = (vec![0.0; rule.len()], vec![0.0; rule.len() * given.width()]);
    given.shares(leaf, &points, &mut values, &mut gradients);
    values.iter_mut().zip(&rule.ln_weights).for_each(|(v, w)| *v += w);
    let largest = values.iter().fold(f64::NEG_INFINITY, |m, v| m.max(*v));
    let weights: Vec<f64> = values.iter().map(|v| (v - largest).exp()).collect();
    let sum: f64 = weights.iter().sum();
    let (mut shift, mut ratio) = (0.0f64, 1.0f64);
    for i in 0..d {
        let by_curvature = (0..=i).map(|j| root[i * d + j].powi(2)).sum::<f64>().sqrt();
        let mean = weights.iter().zip(points.chunks(d)).map(|(w, x)| w / sum * x[i]).sum::<f64>();
        let square = weights.iter().zip(points.chunks(d)).map(|(w, x)| w / sum * (x[i] - mean).powi(2)).sum::<f64>();
        shift = shift.max((mean - mode[i]).abs() / by_curvature);
        let own = square.sqrt() / by_curvature;
        ratio = if own.ln().abs() > ratio.ln().abs() { own } else { ratio };
    }
    Some((shift, ratio))
}

/// The nodes around a mode.
fn around(mode: &[f64], root: &[f64], rule: &Rule) -> Vec<f64> {
    let d = mode.len();
    let mut points = Vec::with_capacity(rule.points.len());
    for z in rule.points.chunks(d.max(1)).take(if d == 0 { 0 } else { rule.len() }) {
        points.extend((0..d).map(|i| mode[i] + (0..=i).map(|j| root[i * d + j] * z[j]).sum::<f64>()));
    }
    points
}

/// Degrees of freedom of what draws are chosen from.
const DEGREES: f64 = 5.0;

/// A draw of a unit's coordinates given everything above it: of some candidates from a wide distribution around its mode, one, by its weight.
/// Gives the sum of the squared normalised weights, too: 1 / (candidates times it) is how even they are.
pub(crate) fn draw_unit(
    marginal: &Marginal<'_>,
    given: &dyn Given,
    leaf: usize,
    candidates: usize,
    rng: &mut dyn Rng,
) -> Option<(Vec<f64>, f64)> {
    let d = marginal.rule.dimension;
    if d == 0 {
        return Some((Vec::new(), 1.0));
    }
    let (mode, root) = conditional_mode(given, leaf, marginal.start(leaf))?;
    let (mut points, mut ln_q) = (Vec::with_capacity(candidates * d), Vec::with_capacity(candidates));
    let chi = rand_distr::ChiSquared::new(DEGREES).ok()?;
    for _ in 0..candidates {
        let stretch = (DEGREES / chi.sample(rng)).sqrt();
        let z: Vec<f64> = (0..d)
            .map(|_| -> f64 {
                let z: f64 = StandardNormal.sample(rng);
                z * stretch
            })
            .collect();
        let length: f64 = z.iter().map(|z| z * z).sum();
        ln_q.push(-0.5 * (DEGREES + d as f64) * (length / DEGREES).ln_1p());
        points.extend((0..d).map(|i| mode[i] + (0..=i).map(|j| root[i * d + j] * z[j]).sum::<f64>()));
    }
    let width = given.width();
    let (mut values, mut gradients) = (vec![0.0; candidates], vec![0.0; candidates * width]);
    given.shares(leaf, &points, &mut values, &mut gradients);
    values.iter_mut().zip(&ln_q).for_each(|(v, q)| *v -= q);
    let largest = values.iter().fold(f64::NEG_INFINITY, |m, v| m.max(*v));
    if !largest.is_finite() {
        return None;
    }
    values.iter_mut().for_each(|v| *v = (*v - largest).exp());
    let sum: f64 = values.iter().sum();
    let squares: f64 = values.iter().map(|v| (v / sum).powi(2)).sum();
    let mut wanted = uniform(rng) * sum;
    let chosen = values.iter().position(|v| {
        wanted -= v;
        wanted <= 0.0
    });
    let chosen = chosen.unwrap_or(candidates - 1);
    Some((points[chosen * d..(chosen + 1) * d].to_vec(), squares))
}
