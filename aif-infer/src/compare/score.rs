//! The expected log predictive density of held-out responses, blocks or subjects: by PSIS-LOO and by WAIC (Vehtari, Gelman & Gabry 2017,
//! arXiv 1507.04544; Watanabe 2010).

use aif_runtime::scalar::log_sum_exp;

use super::psis::psis;

/// Up to this shape of the largest importance ratios a leave-one-out estimate can be relied on.
pub const RELIABLE: f64 = 0.7;

/// What is predicted of one response (or block, or subject) that is left out.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Predictive {
    /// The log of its mean likelihood over the posterior, it included.
    pub lpd: f64,
    /// Its log predictive density given the others, by PSIS-LOO.
    pub elpd_loo: f64,
    /// The shape of the largest importance ratios.
    pub pareto_k: f64,
    /// Its log predictive density by WAIC.
    pub elpd_waic: f64,
    /// The variance of its log-likelihood over the posterior: its share of the effective number of parameters by WAIC.
    pub p_waic: f64,
}

/// What is predicted of something, given its log-likelihood at each posterior draw.
pub fn criterion(ln_likelihoods: &[f64], relative_efficiency: f64) -> Predictive {
    let n = ln_likelihoods.len() as f64;
    let negative: Vec<f64> = ln_likelihoods.iter().map(|l| -l).collect();
    let smoothed = psis(&negative, relative_efficiency);
    let terms: Vec<f64> = smoothed.ln_weights.iter().zip(ln_likelihoods).map(|(w, l)| w + l).collect();
    let lpd = log_sum_exp(ln_likelihoods) - n.ln();
    let mean = ln_likelihoods.iter().sum::<f64>() / n;
    let p_waic = ln_likelihoods.iter().map(|l| (l - mean).powi(2)).sum::<f64>() / n;
    Predictive { lpd, elpd_loo: log_sum_exp(&terms), pareto_k: smoothed.pareto_k, elpd_waic: lpd - p_waic, p_waic }
}

/// A sum over many.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Criterion {
    /// The expected log predictive density.
    pub elpd: f64,
    /// Its standard error.
    pub se: f64,
    /// The effective number of parameters.
    pub p: f64,
}

/// Sums over responses (or blocks, or subjects).
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Elpd {
    /// By PSIS-LOO.
    pub loo: Criterion,
    /// By WAIC.
    pub waic: Criterion,
    /// How many were summed.
    pub count: usize,
    /// How many have a Pareto k up to 0.5, up to 0.7, up to 1, and above.
    pub pareto_k: [usize; 4],
}

/// Sums the predictions of many.
pub fn elpd(all: &[Predictive]) -> Elpd {
    let n = all.len() as f64;
    let sum = |of: &dyn Fn(&Predictive) -> f64| all.iter().map(of).sum::<f64>();
    let total = |of: &dyn Fn(&Predictive) -> f64, p: f64| {
        let elpd = sum(of);
        let mean = elpd / n;
        let variance = all.iter().map(|x| (of(x) - mean).powi(2)).sum::<f64>() / n;
        Criterion { elpd, se: (n * variance).sqrt(), p }
    };
    let lpd = sum(&|x| x.lpd);
    let loo = total(&|x| x.elpd_loo, lpd - sum(&|x| x.elpd_loo));
    let waic = total(&|x| x.elpd_waic, sum(&|x| x.p_waic));
    let mut pareto_k = [0; 4];
    for x in all {
        let at = if x.pareto_k <= 0.5 {
            0
        } else if x.pareto_k <= RELIABLE {
            1
        } else if x.pareto_k <= 1.0 {
            2
        } else {
            3
        };
        pareto_k[at] += 1;
    }
    Elpd { loo, waic, count: all.len(), pareto_k }
}
