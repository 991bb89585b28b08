//! What is drawn of a unit, and how near to normal it is, given everything above it.

use aif_runtime::random::unit as uniform;
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

use super::density::Marginal;
use super::unit::{ConditionalMode, around, conditional_mode};
use crate::posterior::Given;

/// How far a unit's conditional mean is from its mode, and how its conditional standard deviation compares with the curvature's, at the
/// coordinate where that is worst: by quadrature.
pub(crate) fn unit_moments(marginal: &Marginal<'_>, given: &dyn Given, leaf: usize) -> Option<(f64, f64)> {
    let (rule, d) = (&marginal.rule, marginal.rule.dimension);
    if d == 0 {
        return Some((0.0, 1.0));
    }
    let ConditionalMode { mode, root, .. } = conditional_mode(given, leaf, marginal.start(leaf))?;
    let points = around(&mode, &root, rule);
    let (mut values, mut gradients) = (vec![0.0; rule.len()], vec![0.0; rule.len() * given.width()]);
    given.shares(leaf, &points, &mut values, &mut gradients);
    values.iter_mut().zip(&rule.ln_weights).for_each(|(v, w)| *v += w);
    let largest = values.iter().fold(f64::NEG_INFINITY, |m, v| m.max(*v));
    let weights: Vec<f64> = values.iter().map(|v| (v - largest).exp()).collect();
    let sum: f64 = weights.iter().sum();
    let (mut shift, mut ratio) = (0.0f64, 1.0f64);
    for i in 0..d {
        let by_curvature = (0..=i).map(|j| root[(i, j)].powi(2)).sum::<f64>().sqrt();
        let mean = weights.iter().zip(points.chunks(d)).map(|(w, x)| w / sum * x[i]).sum::<f64>();
        let square = weights.iter().zip(points.chunks(d)).map(|(w, x)| w / sum * (x[i] - mean).powi(2)).sum::<f64>();
        shift = shift.max((mean - mode[i]).abs() / by_curvature);
        let own = square.sqrt() / by_curvature;
        ratio = if own.ln().abs() > ratio.ln().abs() { own } else { ratio };
    }
    Some((shift, ratio))
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
    let ConditionalMode { mode, root, .. } = conditional_mode(given, leaf, marginal.start(leaf))?;
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
        points.extend((0..d).map(|i| mode[i] + (0..=i).map(|j| root[(i, j)] * z[j]).sum::<f64>()));
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
