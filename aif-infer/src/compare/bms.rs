//! Random-effects Bayesian model selection: how frequent each model is in the population that subjects come from.
//!
//! Stephan, Penny, Daunizeau, Moran & Friston (2009), NeuroImage 46; protected exceedance probabilities after Rigoux, Stephan, Friston &
//! Daunizeau (2014), NeuroImage 84.

use aif_runtime::math::{digamma, ln_gamma};
use aif_runtime::scalar::log_sum_exp;

/// What subjects' evidence says about the frequencies of models.
#[derive(Clone, Debug, PartialEq)]
pub struct Selection {
    /// The counts of the Dirichlet posterior over frequencies.
    pub counts: Vec<f64>,
    /// The expected frequencies.
    pub frequencies: Vec<f64>,
    /// The probability that each model is more frequent than all others.
    pub exceedance: Vec<f64>,
    /// The same, in case frequencies do not differ at all.
    pub protected_exceedance: Vec<f64>,
    /// The probability that they do not (the Bayesian omnibus risk).
    pub omnibus_risk: f64,
    /// For each subject, the probability of each model.
    pub assignments: Vec<Vec<f64>>,
}

/// Random-effects model selection from log-evidences `[subject][model]`, with one prior count for each model.
pub fn random_effects(log_evidence: &[Vec<f64>]) -> Selection {
    let models = log_evidence.first().map_or(0, Vec::len);
    let prior = vec![1.0; models];
    let mut counts = prior.clone();
    let mut assignments = vec![vec![0.0; models]; log_evidence.len()];
    for _ in 0..10_000 {
        let total = digamma(counts.iter().sum());
        let mut next = prior.clone();
        for (row, assignment) in log_evidence.iter().zip(&mut assignments) {
            let ln: Vec<f64> = row.iter().zip(&counts).map(|(l, c)| l + digamma(*c) - total).collect();
            let sum = log_sum_exp(&ln);
            for ((to, l), count) in assignment.iter_mut().zip(&ln).zip(&mut next) {
                *to = (l - sum).exp();
                *count += *to;
            }
        }
        let moved: f64 = next.iter().zip(&counts).map(|(a, b)| (a - b).abs()).sum();
        counts = next;
        if moved < 1e-10 {
            break;
        }
    }
    let total: f64 = counts.iter().sum();
    let exceedance = exceedance(&counts);
    let with = free_energy(log_evidence, &counts, &prior, &assignments);
    let without: f64 = log_evidence.iter().map(|row| log_sum_exp(row) - (models as f64).ln()).sum();
    let omnibus_risk = 1.0 / (1.0 + (with - without).exp());
    Selection {
        frequencies: counts.iter().map(|c| c / total).collect(),
        protected_exceedance: exceedance.iter().map(|e| e * (1.0 - omnibus_risk) + omnibus_risk / models as f64).collect(),
        exceedance,
        omnibus_risk,
        counts,
        assignments,
    }
}

/// The variational free energy of the model with random frequencies (Rigoux et al. 2014, equation A.11).
fn free_energy(log_evidence: &[Vec<f64>], counts: &[f64], prior: &[f64], assignments: &[Vec<f64>]) -> f64 {
    let total: f64 = counts.iter().sum();
    let expected: Vec<f64> = counts.iter().map(|&c| digamma(c) - digamma(total)).collect();
    let mut value = 0.0;
    for (row, assignment) in log_evidence.iter().zip(assignments) {
        for ((l, g), e) in row.iter().zip(assignment).zip(&expected) {
            if *g > 0.0 {
                value += g * (l + e - g.ln());
            }
        }
    }
    let dirichlet = |a: &[f64]| ln_gamma(a.iter().sum()) - a.iter().map(|&a| ln_gamma(a)).sum::<f64>();
    let weighted = |a: &[f64]| a.iter().zip(&expected).map(|(a, e)| (a - 1.0) * e).sum::<f64>();
    value + dirichlet(prior) + weighted(prior) - dirichlet(counts) - weighted(counts)
}

/// The probability that each of several Dirichlet frequencies is the largest: independent gamma variables with these shapes, one of which
/// exceeds the others: `integral of p_k(x) prod_j P(x_j < x)`, by Simpson's rule on a logarithmic scale (exact to about 1e-9; no sampling).
fn exceedance(counts: &[f64]) -> Vec<f64> {
    let n = counts.len();
    if n < 2 {
        return vec![1.0; n];
    }
    let widest = counts.iter().fold(0.0f64, |m, &c| m.max(c));
    let (low, high) = (-40.0f64, (widest + 20.0 * widest.sqrt() + 60.0).ln());
    let steps = 20_000usize;
    let h = (high - low) / steps as f64;
    // The distribution functions, by cumulative Simpson's rule of the densities of ln x over the same grid with its midpoints.
    let density = |c: f64, u: f64| (c * u - u.exp() - ln_gamma(c)).exp();
    let mut cumulative = vec![vec![0.0; steps + 1]; n];
    for (k, &c) in counts.iter().enumerate() {
        // Below the grid: x^c / Gamma(c + 1).
        cumulative[k][0] = (c * low - ln_gamma(c + 1.0)).exp();
        for i in 0..steps {
            let u = low + h * i as f64;
            let piece = h / 6.0 * (density(c, u) + 4.0 * density(c, u + 0.5 * h) + density(c, u + h));
            cumulative[k][i + 1] = (cumulative[k][i] + piece).min(1.0);
        }
    }
    let mut probabilities: Vec<f64> = (0..n)
        .map(|k| {
            let at = |i: usize| {
                let others: f64 = (0..n).filter(|&j| j != k).map(|j| cumulative[j][i]).product();
                density(counts[k], low + h * i as f64) * others
            };
            let inner: f64 = (1..steps).map(|i| at(i) * if i % 2 == 1 { 4.0 } else { 2.0 }).sum();
            h / 3.0 * (at(0) + inner + at(steps))
        })
        .collect();
    let total: f64 = probabilities.iter().sum();
    probabilities.iter_mut().for_each(|p| *p /= total);
    probabilities
}
