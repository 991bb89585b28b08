//! Pareto-smoothed importance sampling (Vehtari, Simpson, Gelman, Yao & Gabry 2024, arXiv 1507.02646).

use aif_runtime::scalar::log_sum_exp;

use super::generalised_pareto as pareto;
use crate::diagnostics::ess_mean;

/// Smoothed importance weights.
#[derive(Clone, Debug, PartialEq)]
pub struct Smoothed {
    /// The logarithms of the weights, which sum to one.
    pub ln_weights: Vec<f64>,
    /// The shape of the largest ratios: below 0.7 their mean can be relied on.
    pub pareto_k: f64,
}

impl Smoothed {
    /// The weights, which sum to one.
    pub fn weights(&self) -> Vec<f64> {
        self.ln_weights.iter().map(|w| w.exp()).collect()
    }

    /// How many equal ones the weights are worth: one over the sum of their squares.
    pub fn worth(&self) -> f64 {
        1.0 / self.ln_weights.iter().map(|w| (2.0 * w).exp()).sum::<f64>()
    }
}

/// Smooths the largest importance ratios, given their logarithms. `relative_efficiency` is the effective number of draws over their number.
pub fn psis(ln_ratios: &[f64], relative_efficiency: f64) -> Smoothed {
    let n = ln_ratios.len();
    let largest = ln_ratios.iter().fold(f64::NEG_INFINITY, |m, &x| m.max(x));
    if !largest.is_finite() {
        return Smoothed { ln_weights: vec![-(n as f64).ln(); n], pareto_k: f64::INFINITY };
    }
    let least = ln_ratios.iter().fold(f64::INFINITY, |m, &x| m.min(x));
    if largest - least < 1e-10 {
        // All draws count alike: there is no tail, and nothing to distrust.
        return Smoothed { ln_weights: vec![-(n as f64).ln(); n], pareto_k: 0.0 };
    }
    let mut x: Vec<f64> = ln_ratios.iter().map(|r| r - largest).collect();
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&a, &b| x[a].total_cmp(&x[b]));
    let tail = (n as f64 / 5.0).min(3.0 * (n as f64 / relative_efficiency).sqrt()).ceil() as usize;
    let mut k = f64::INFINITY;
    if tail < n && tail > 0 {
        let cutoff = x[order[n - tail - 1]].max(f64::MIN_POSITIVE.ln());
        let floor = cutoff.exp();
        let above: Vec<usize> = order.iter().copied().filter(|&i| x[i] > cutoff).collect();
        if above.len() > 4 {
            let excess: Vec<f64> = above.iter().map(|&i| x[i].exp() - floor).collect();
            let (shape, scale) = pareto::fit(&excess);
            k = shape;
            if shape.is_finite() {
                for (j, &i) in above.iter().enumerate() {
                    let q = pareto::quantile((j as f64 + 0.5) / above.len() as f64, shape, scale);
                    x[i] = (q + floor).ln().min(0.0);
                }
            }
        }
    }
    let total = log_sum_exp(&x);
    x.iter_mut().for_each(|x| *x -= total);
    Smoothed { ln_weights: x, pareto_k: k }
}

/// The effective number of draws over their number: the mean over parameters of the effective sample size for their means; 1 for one
/// chain, or for draws that are independent.
pub fn relative_efficiency<'a>(parameters: impl IntoIterator<Item = &'a [Vec<f64>]>) -> f64 {
    let (mut sum, mut count, mut draws) = (0.0, 0usize, 0usize);
    for chains in parameters {
        if chains.len() < 2 {
            return 1.0;
        }
        let ess = ess_mean(chains);
        if ess.is_finite() {
            sum += ess;
            count += 1;
        }
        draws = chains.iter().map(Vec::len).sum();
    }
    if count == 0 || draws == 0 { 1.0 } else { sum / count as f64 / draws as f64 }
}
