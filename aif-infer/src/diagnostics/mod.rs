//! Whether draws can be trusted: rank-normalised split R-hat, bulk and tail effective sample size, E-BFMI, in numbers and plain words.
//!
//! Sources: Vehtari, Gelman, Simpson, Carpenter & Buerkner (2021), Bayesian Analysis 16(2), arXiv 1903.08008; Betancourt (2016),
//! arXiv 1604.00695 for E-BFMI. Tested against values computed with ArviZ.

mod ess;
mod mcse;
mod rank;
mod ranks;
mod rhat;
mod words;

pub use ess::{ess_bulk, ess_mean, ess_quantile, ess_sd, ess_tail};
pub use mcse::{mcse_mean, mcse_quantile, mcse_sd};
pub(crate) use rank::normal_quantile;
pub use ranks::Ranks;
pub use rhat::{ess_of_rhat, rhat, rhat_by_chance};
pub use words::{DrawStatistics, Health, apart, health_of};

/// The energy Bayesian fraction of missing information of one chain: `mean((E_t - E_{t-1})^2) / var(E)`; below 0.3 the chain explores
/// the tails too slowly.
pub fn e_bfmi(energies: &[f64]) -> f64 {
    if energies.len() < 2 {
        return f64::NAN;
    }
    let n = energies.len() as f64;
    let mean = energies.iter().sum::<f64>() / n;
    let variance = energies.iter().map(|e| (e - mean).powi(2)).sum::<f64>() / n;
    let moves = energies.windows(2).map(|w| (w[1] - w[0]).powi(2)).sum::<f64>() / (n - 1.0);
    moves / variance
}

/// The quantile of sorted numbers by linear interpolation (type 7).
pub fn quantile(sorted: &[f64], p: f64) -> f64 {
    match sorted {
        [] => f64::NAN,
        _ => {
            let at = p.clamp(0.0, 1.0) * (sorted.len() - 1) as f64;
            let (low, high) = (at.floor() as usize, at.ceil() as usize);
            sorted[low] + (at - at.floor()) * (sorted[high] - sorted[low])
        }
    }
}

/// Every chain cut into two halves; an odd draw in the middle is left out.
fn split(chains: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let mut halves = Vec::with_capacity(2 * chains.len());
    for chain in chains {
        let half = chain.len() / 2;
        halves.push(chain[..half].to_vec());
        halves.push(chain[chain.len() - half..].to_vec());
    }
    halves
}

/// All draws in order of size.
fn sorted(chains: &[Vec<f64>]) -> Vec<f64> {
    let mut all: Vec<f64> = chains.iter().flatten().copied().collect();
    all.sort_by(f64::total_cmp);
    all
}

#[cfg(test)]
mod tests;
