//! Effective sample sizes: how many independent draws the draws are worth.

use super::{quantile, rank, sorted, split};

/// The bulk effective sample size: of the rank-normalised split chains; for the mean and the median.
pub fn ess_bulk(chains: &[Vec<f64>]) -> f64 {
    effective(&rank::normalise(&split(chains)))
}

/// The tail effective sample size: the smaller of those of the 5% and the 95% quantile.
pub fn ess_tail(chains: &[Vec<f64>]) -> f64 {
    ess_quantile(chains, 0.05).min(ess_quantile(chains, 0.95))
}

/// The effective sample size for the mean: of the split chains as they are.
pub fn ess_mean(chains: &[Vec<f64>]) -> f64 {
    effective(&split(chains))
}

/// The effective sample size for the standard deviation: of the squared distances from the mean.
pub fn ess_sd(chains: &[Vec<f64>]) -> f64 {
    ess_mean(&squared_distances(chains))
}

/// The effective sample size for a quantile: of being at most that.
pub fn ess_quantile(chains: &[Vec<f64>], p: f64) -> f64 {
    let bound = quantile(&sorted(chains), p);
    let below: Vec<Vec<f64>> =
        split(chains).iter().map(|c| c.iter().map(|&x| f64::from(u8::from(x <= bound))).collect()).collect();
    effective(&below)
}

pub(super) fn squared_distances(chains: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let n: usize = chains.iter().map(Vec::len).sum();
    let mean = chains.iter().flatten().sum::<f64>() / n as f64;
    chains.iter().map(|c| c.iter().map(|x| (x - mean).powi(2)).collect()).collect()
}

/// Geyer's initial monotone sequence over the autocorrelations of several chains of one length.
fn effective(chains: &[Vec<f64>]) -> f64 {
    let (m, n) = (chains.len(), chains.first().map_or(0, Vec::len));
    if n < 4 {
        return f64::NAN;
    }
    let all = chains.iter().flatten();
    let range = all.clone().fold(f64::NEG_INFINITY, |a, &b| a.max(b)) - all.fold(f64::INFINITY, |a, &b| a.min(b));
    if range.is_nan() || range < 1e-15 {
        return (m * n) as f64;
    }
    let length = n as f64;
    let means: Vec<f64> = chains.iter().map(|c| c.iter().sum::<f64>() / length).collect();
    // The mean over chains of the biased autocovariance at a lag.
    let autocovariance = |lag: usize| {
        let of_chain =
            |(c, mean): (&Vec<f64>, &f64)| c[lag..].iter().zip(c).map(|(a, b)| (a - mean) * (b - mean)).sum::<f64>() / length;
        chains.iter().zip(&means).map(of_chain).sum::<f64>() / m as f64
    };
    let within = autocovariance(0) * length / (length - 1.0);
    let mut total = within * (length - 1.0) / length;
    if m > 1 {
        let mean = means.iter().sum::<f64>() / m as f64;
        total += means.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (m as f64 - 1.0);
    }
    let correlation = |lag: usize| 1.0 - (within - autocovariance(lag)) / total;

    let mut rho = vec![0.0; n];
    let (mut even, mut odd) = (1.0, correlation(1));
    (rho[0], rho[1]) = (even, odd);
    let mut t = 1;
    while t + 3 < n && even + odd > 0.0 {
        (even, odd) = (correlation(t + 1), correlation(t + 2));
        if even + odd >= 0.0 {
            (rho[t + 1], rho[t + 2]) = (even, odd);
        }
        t += 2;
    }
    let last = t as isize - 2;
    if even > 0.0 {
        rho[(last + 1) as usize] = even;
    }
    let mut t = 1isize;
    while t <= last - 2 {
        let i = t as usize;
        if rho[i + 1] + rho[i + 2] > rho[i - 1] + rho[i] {
            rho[i + 1] = (rho[i - 1] + rho[i]) / 2.0;
            rho[i + 2] = rho[i + 1];
        }
        t += 2;
    }
    let up_to = (last + 1) as usize;
    let draws = (m * n) as f64;
    let time = -1.0 + 2.0 * rho[..up_to].iter().sum::<f64>() + rho[up_to];
    draws / time.max(1.0 / draws.log10())
}
