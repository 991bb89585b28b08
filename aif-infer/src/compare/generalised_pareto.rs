//! The generalised Pareto distribution: fitted to the largest importance ratios (Zhang & Stephens 2009), and its quantiles.

/// The shape of the prior on the shape: it weighs as ten observations of 0.5 (Vehtari et al. 2024, appendix C).
const PRIOR_WEIGHT: f64 = 10.0;

/// The shape `k` and the scale of a generalised Pareto distribution fitted to positive numbers in ascending order.
pub(super) fn fit(sorted: &[f64]) -> (f64, f64) {
    let n = sorted.len();
    let count = n as f64;
    let grid = 30 + (count.sqrt() as usize);
    let quartile = sorted[(count / 4.0 + 0.5) as usize - 1];
    let largest = sorted[n - 1];
    let theta: Vec<f64> =
        (1..=grid).map(|i| (1.0 - (grid as f64 / (i as f64 - 0.5)).sqrt()) / (3.0 * quartile) + 1.0 / largest).collect();
    let shape = |b: f64| sorted.iter().map(|x| (-b * x).ln_1p()).sum::<f64>() / count;
    let profile: Vec<f64> = theta
        .iter()
        .map(|&b| {
            let k = shape(b);
            count * ((-(b / k)).ln() - k - 1.0)
        })
        .collect();
    let weights: Vec<f64> = profile.iter().map(|l| 1.0 / profile.iter().map(|m| (m - l).exp()).sum::<f64>()).collect();
    let kept: Vec<(f64, f64)> = weights.into_iter().zip(theta).filter(|(w, _)| *w >= 10.0 * f64::EPSILON).collect();
    let total: f64 = kept.iter().map(|(w, _)| w).sum();
    let b: f64 = kept.iter().map(|(w, b)| w * b).sum::<f64>() / total;
    let k = shape(b);
    let scale = -k / b;
    ((count * k + PRIOR_WEIGHT * 0.5) / (count + PRIOR_WEIGHT), scale)
}

/// The quantile of a generalised Pareto distribution.
pub(super) fn quantile(p: f64, k: f64, scale: f64) -> f64 {
    if scale <= 0.0 {
        return f64::NAN;
    }
    if k.abs() < f64::EPSILON { -(-p).ln_1p() * scale } else { scale * (-k * (-p).ln_1p()).exp_m1() / k }
}
