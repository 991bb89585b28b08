//! R-hat: how much more the chains differ from each other than each differs from itself.

use super::{rank, sorted, split};

/// The rank-normalised split R-hat: the larger of that of the draws and that of their distances from the median.
///
/// Close to 1 when chains agree; above 1.01 they do not. Not a number for constant draws or fewer than four of them.
pub fn rhat(chains: &[Vec<f64>]) -> f64 {
    let halves = split(chains);
    if halves.iter().any(|h| h.len() < 2) {
        return f64::NAN;
    }
    let median = super::quantile(&sorted(&halves), 0.5);
    let folded: Vec<Vec<f64>> = halves.iter().map(|h| h.iter().map(|x| (x - median).abs()).collect()).collect();
    plain(&rank::normalise(&halves)).max(plain(&rank::normalise(&folded)))
}

/// `sqrt((B/W + n - 1) / n)` of chains of `n` draws: B is n times the variance of their means, W the mean of their variances.
fn plain(chains: &[Vec<f64>]) -> f64 {
    let n = chains[0].len() as f64;
    let means: Vec<f64> = chains.iter().map(|c| c.iter().sum::<f64>() / n).collect();
    let variances = chains.iter().zip(&means).map(|(c, m)| c.iter().map(|x| (x - m).powi(2)).sum::<f64>() / (n - 1.0));
    let within = variances.sum::<f64>() / chains.len() as f64;
    let mean = means.iter().sum::<f64>() / means.len() as f64;
    let between = n * means.iter().map(|m| (m - mean).powi(2)).sum::<f64>() / (means.len() as f64 - 1.0);
    ((between / within + n - 1.0) / n).sqrt()
}

/// How many independent draws those are worth that R-hat looks at: of the draws or of their distances from the median, whichever are fewer.
pub fn ess_of_rhat(chains: &[Vec<f64>]) -> f64 {
    let median = super::quantile(&sorted(chains), 0.5);
    let folded: Vec<Vec<f64>> = chains.iter().map(|c| c.iter().map(|x| (x - median).abs()).collect()).collect();
    super::ess_bulk(chains).min(super::ess_bulk(&folded))
}

/// The R-hat that one in twenty groups of so many numbers exceeds by chance where chains agree and are worth `ess` independent draws in all:
/// variances of means are chi-squared then (Wilson & Hilferty's approximation), of draws and of their distances from the median.
pub fn rhat_by_chance(ess: f64, chains: usize, numbers: usize) -> f64 {
    let halves = 2.0 * chains as f64;
    let degrees = halves - 1.0;
    let p = 1.0 - 0.05 / (2.0 * numbers.max(1) as f64);
    let z = super::normal_quantile(p);
    let by = 2.0 / (9.0 * degrees);
    let ratio = (1.0 - by + z * by.sqrt()).powi(3);
    let each = (ess / halves).max(2.0);
    (1.0 + (ratio - 1.0).max(0.0) / each).sqrt()
}
