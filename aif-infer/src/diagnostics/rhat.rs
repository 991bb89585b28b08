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
