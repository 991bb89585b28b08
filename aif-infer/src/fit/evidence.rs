//! The evidence of one subject under a group's posterior: how probable what it did is, its own parameters summed out under what the draws say of the
//! group. By importance sampling from a normal distribution around the draws of its own parameters, a little wider than they are.

use rand_chacha::ChaCha8Rng;

use super::fittable::Fittable;
use super::piece::SubjectEvidence;
use crate::compare::psis;
use crate::matrix::{self, DMatrix};
use crate::population::Role;
use crate::prior::HALF_LN_TWO_PI;
use aif_runtime::scalar::log_sum_exp;

/// So many draws of the group are used for each subject at least, and at most.
const EACH: (usize, usize) = (200, 1000);

/// So many for all subjects together, where that is between the two.
const TOGETHER: usize = 200_000;

/// How much wider than the draws, in standard deviations.
const WIDER: f64 = 1.2;

/// How many draws of the group are used, of so many that there are, for so many subjects; nothing where there are too few to tell.
pub(super) fn draws_used(available: usize, subjects: usize, most: usize) -> Option<usize> {
    let (least, enough) = EACH;
    let most = most.min(enough);
    (available >= 2 * least.min(most)).then(|| (TOGETHER / subjects).clamp(least.min(most), most).min(available))
}

/// Which numbers of a unit are drawn, behind those above it; nothing where the group has none that fill a space of their own (of a simplex).
pub(super) fn drawn_of(group: &dyn Fittable) -> Option<Vec<usize>> {
    let meta = group.meta();
    if meta.flat() || meta.has_sessions() {
        return None;
    }
    let level = meta.leaf();
    let (mut at, mut drawn) = (meta.offset(level), Vec::new());
    for parameter in meta.levels[level].parameters {
        if parameter.role == Role::Drawn {
            if parameter.coordinates != parameter.len() {
                return None;
            }
            drawn.extend(at..at + parameter.len());
        }
        at += parameter.len();
    }
    (!drawn.is_empty()).then_some(drawn)
}

/// The evidence of a unit, given all numbers of its path at some draws; nothing where its draws fill no space.
pub(super) fn evidence_of(
    group: &dyn Fittable,
    leaf: usize,
    drawn: &[usize],
    draws: &[Vec<f64>],
    rng: &mut ChaCha8Rng,
) -> Option<SubjectEvidence> {
    let (n, count) = (drawn.len(), draws.len() as f64);
    let mean: Vec<f64> = drawn.iter().map(|&at| draws.iter().map(|draw| draw[at]).sum::<f64>() / count).collect();
    let covariance = |i: usize, j: usize| {
        let each = draws.iter().map(|draw| (draw[drawn[i]] - mean[i]) * (draw[drawn[j]] - mean[j]));
        WIDER * WIDER * each.sum::<f64>() / (count - 1.0)
    };
    let factor = matrix::factor(DMatrix::from_fn(n, n, covariance))?;
    let lower = factor.l_dirty();
    let normalised: f64 = (0..n).map(|i| lower[(i, i)].ln() + HALF_LN_TWO_PI).sum();
    let mut weights = Vec::with_capacity(draws.len());
    for draw in draws {
        let z: Vec<f64> = (0..n).map(|_| aif_runtime::random::normal(rng)).collect();
        let own: Vec<f64> = (0..n).map(|i| mean[i] + (0..=i).map(|k| lower[(i, k)] * z[k]).sum::<f64>()).collect();
        let ln_q = -0.5 * z.iter().map(|z| z * z).sum::<f64>() - normalised;
        let mut values = draw.clone();
        drawn.iter().zip(&own).for_each(|(&at, &x)| values[at] = x);
        // What is outside the support has no weight.
        let ln_prior = group.ln_prior(leaf, &values, &own)?;
        let ln_p = if ln_prior.is_finite() {
            let each = group.pointwise(leaf, &group.complete(leaf, &values));
            each.map_or(f64::NEG_INFINITY, |each| each.iter().sum::<f64>() + ln_prior)
        } else {
            f64::NEG_INFINITY
        };
        weights.push(if ln_p.is_nan() { f64::NEG_INFINITY } else { ln_p - ln_q });
    }
    let finite: Vec<f64> = weights.iter().copied().filter(|w| w.is_finite()).collect();
    if finite.len() < 10 {
        return None;
    }
    let pareto_k = psis(&finite, 1.0).pareto_k;
    let ln_evidence = log_sum_exp(&finite) - count.ln();
    let squares = weights.iter().map(|w| ((w - ln_evidence).exp() - 1.0).powi(2)).sum::<f64>();
    let error = squares.sqrt() / count;
    Some(SubjectEvidence { leaf, ln_evidence, error, pareto_k })
}
