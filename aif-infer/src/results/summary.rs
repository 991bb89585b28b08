//! Summaries of one parameter's draws.

use serde::Serialize;

use crate::diagnostics::{ess_bulk, ess_tail, mcse_mean, mcse_sd, quantile, rhat};

/// The posterior of one parameter in numbers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// The mean.
    pub mean: f64,
    /// The standard deviation.
    pub sd: f64,
    /// The 5% quantile.
    pub q5: f64,
    /// The median.
    pub q50: f64,
    /// The 95% quantile.
    pub q95: f64,
    /// The rank-normalised split R-hat.
    pub rhat: f64,
    /// The bulk effective sample size.
    pub ess_bulk: f64,
    /// The tail effective sample size.
    pub ess_tail: f64,
    /// The Monte-Carlo standard error of the mean.
    pub mcse_mean: f64,
    /// The Monte-Carlo standard error of the standard deviation.
    pub mcse_sd: f64,
}

impl Summary {
    /// Draws that were resampled are worth no more than this many independent ones, however they look.
    pub(super) fn cap(&mut self, worth: f64) {
        for (ess, error) in [(self.ess_bulk, &mut self.mcse_mean), (self.ess_tail, &mut self.mcse_sd)] {
            if ess > worth {
                *error *= (ess / worth).sqrt();
            }
        }
        self.ess_bulk = self.ess_bulk.min(worth);
        self.ess_tail = self.ess_tail.min(worth);
    }

    /// A constant has no spread, and there is nothing to say of how well its chains mix.
    pub(super) fn of_constant(&mut self) {
        (self.sd, self.mcse_mean, self.mcse_sd) = (0.0, 0.0, 0.0);
        (self.rhat, self.ess_bulk, self.ess_tail) = (f64::NAN, f64::NAN, f64::NAN);
    }
}

/// Sums up the draws of each chain.
pub fn summary(chains: &[Vec<f64>]) -> Summary {
    let mut all: Vec<f64> = chains.iter().flatten().copied().collect();
    all.sort_by(f64::total_cmp);
    let n = all.len() as f64;
    let mean = all.iter().sum::<f64>() / n;
    let sd = (all.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt();
    Summary {
        mean,
        sd,
        q5: quantile(&all, 0.05),
        q50: quantile(&all, 0.5),
        q95: quantile(&all, 0.95),
        rhat: rhat(chains),
        ess_bulk: ess_bulk(chains),
        ess_tail: ess_tail(chains),
        mcse_mean: mcse_mean(chains),
        mcse_sd: mcse_sd(chains),
    }
}
