//! Monte-Carlo standard errors: how far an estimate from draws is from what infinitely many would give.

use aif_runtime::math::ln_gamma;

use super::ess::squared_distances;
use super::{ess_mean, ess_quantile, sorted};

/// The standard error of the mean: `sd / sqrt(ESS)`.
pub fn mcse_mean(chains: &[Vec<f64>]) -> f64 {
    let n: usize = chains.iter().map(Vec::len).sum();
    let variance = squared_distances(chains).iter().flatten().sum::<f64>() / (n as f64 - 1.0);
    (variance / ess_mean(chains)).sqrt()
}

/// The standard error of the standard deviation, by way of that of the variance (the delta method).
pub fn mcse_sd(chains: &[Vec<f64>]) -> f64 {
    let squares = squared_distances(chains);
    let n = squares.iter().map(Vec::len).sum::<usize>() as f64;
    let variance = squares.iter().flatten().sum::<f64>() / n;
    let fourth = squares.iter().flatten().map(|s| s * s).sum::<f64>() / n;
    ((fourth - variance * variance) / ess_mean(&squares) / variance / 4.0).sqrt()
}

/// The standard error of a quantile: half the distance between the quantiles that a beta distribution of its effective sample size puts one
/// standard deviation to either side.
pub fn mcse_quantile(chains: &[Vec<f64>], p: f64) -> f64 {
    let ess = ess_quantile(chains, p);
    let all = sorted(chains);
    if !ess.is_finite() || all.is_empty() {
        return f64::NAN;
    }
    let (a, b) = (ess * p + 1.0, ess * (1.0 - p) + 1.0);
    let n = all.len() as f64;
    let low = (beta_quantile(0.158_655_3, a, b) * n - 1.0).max(0.0).floor();
    let high = (beta_quantile(0.841_344_7, a, b) * n - 1.0).min(n - 1.0).ceil();
    (all[high as usize] - all[low as usize]) / 2.0
}

/// The quantile of a beta distribution, by bisection.
fn beta_quantile(p: f64, a: f64, b: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..50 {
        let middle = 0.5 * (low + high);
        if beta_cumulative(middle, a, b) < p { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

/// The distribution function of a beta distribution: the continued fraction of the incomplete beta function (DLMF 8.17.22), by Lentz's
/// method.
pub(crate) fn beta_cumulative(x: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return x.clamp(0.0, 1.0);
    }
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - beta_cumulative(1.0 - x, b, a);
    }
    let front = (ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b) + a * x.ln() + b * (-x).ln_1p()).exp() / a;
    let away = |x: f64| if x.abs() < 1e-300 { 1e-300 } else { x };
    let (mut f, mut c, mut d) = (1.0, 1.0, 0.0);
    for m in 0..10_000 {
        let m2 = f64::from(m / 2);
        let term = if m == 0 {
            1.0
        } else if m % 2 == 0 {
            m2 * (b - m2) * x / ((a + 2.0 * m2 - 1.0) * (a + 2.0 * m2))
        } else {
            -(a + m2) * (a + b + m2) * x / ((a + 2.0 * m2) * (a + 2.0 * m2 + 1.0))
        };
        d = 1.0 / away(1.0 + term * d);
        c = away(1.0 + term / c);
        f *= c * d;
        if (c * d - 1.0).abs() < 1e-15 {
            break;
        }
    }
    front * (f - 1.0)
}
