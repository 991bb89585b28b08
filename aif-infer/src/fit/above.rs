//! Draws of what is above the units, from its marginal posterior: weighed ones where a wide distribution around the mode covers it, else by
//! NUTS.

use aif_runtime::scalar::log_sum_exp;
use rayon::prelude::*;

use super::error::FitError;
use crate::compare::psis;
use crate::marginal::{MarginalMode, Round, Second, draw_widely};
use crate::matrix::{self, DMatrix, DVector, Factor};
use crate::random::{resample, shuffle, stream};
use crate::sample::{NutsOptions, NutsStart, chain};

/// The streams of the generator: of candidates, and of what is chosen from them.
const CANDIDATES: u64 = 9 << 57;
const CHOICE: u64 = 11 << 57;

/// Up to so many coordinates draws are weighed.
const WEIGHED: usize = 6;

/// The largest Pareto k at which weighed draws are kept.
const FIT: f64 = 0.5;

/// Chains and warm-up of NUTS.
const CHAINS: usize = 4;
const WARMUP: usize = 200;

/// Draws of what is above the units.
pub(super) struct Above {
    pub positions: Vec<Vec<f64>>,
    pub chains: usize,
    /// Where they were weighed: the logarithm of the evidence, the shape of the largest weights, how many draws they are worth.
    pub weighed: Option<(f64, f64, f64)>,
    pub words: String,
}

/// So many draws, or a few more.
pub(super) fn draw_above(mode: &MarginalMode<'_>, draws: usize, seed: u64, place: usize) -> Result<Above, FitError> {
    let top = mode.position.len();
    if top == 0 {
        let weighed = Some((mode.at.value, 0.0, draws as f64));
        return Ok(Above { positions: vec![Vec::new(); draws], chains: 1, weighed, words: "nothing above".into() });
    }
    if top <= WEIGHED
        && let Some(above) = weigh(mode, draws, seed, place)
    {
        return Ok(above);
    }
    let round = Round::new(mode);
    let nuts = NutsOptions {
        chains: CHAINS,
        warmup: WARMUP,
        draws: draws.div_ceil(CHAINS),
        thin: Some(1),
        seed,
        start: NutsStart::Origin,
        ..NutsOptions::default()
    };
    let chains: Vec<_> = (0..CHAINS).into_par_iter().map(|c| chain(&round, &nuts, (place, c), &|| {})).collect();
    let mut positions = Vec::new();
    for one in chains {
        let one = one.map_err(|source| FitError::Sampling { subject: "the group".into(), source })?;
        positions.extend(one.positions.iter().map(|z| round.place(z)));
    }
    Ok(Above { positions, chains: CHAINS, weighed: None, words: format!("NUTS, {CHAINS} chains") })
}

/// Draws of what is above by their weights; `None` where a wide distribution around the mode does not cover it.
fn weigh(mode: &MarginalMode<'_>, draws: usize, seed: u64, place: usize) -> Option<Above> {
    let count = draws + draws / 2;
    let WeighedAbove { positions: candidates, ln_ratios, weights, pareto_k, worth } =
        weigh_above(mode, count, seed, CANDIDATES + 2 * place as u64)?;
    // Too few that count, or too heavy a tail.
    if !(pareto_k <= FIT && worth >= 0.5 * draws as f64) {
        return None;
    }
    let mut rng = stream(seed, CHOICE + place as u64);
    let mut positions: Vec<Vec<f64>> = resample(&weights, draws, &mut rng).into_iter().map(|i| candidates[i].clone()).collect();
    shuffle(&mut positions, &mut rng);
    let words = format!("{count} weighed candidates");
    Some(Above { positions, chains: 1, weighed: Some((log_sum_exp(&ln_ratios) - (count as f64).ln(), pareto_k, worth)), words })
}

/// Draws by which the shape of the marginal posterior is found.
const FIRST: usize = 400;

/// Weighed draws of what is above the units.
struct WeighedAbove {
    positions: Vec<Vec<f64>>,
    ln_ratios: Vec<f64>,
    /// The smoothed weights, which sum to one.
    weights: Vec<f64>,
    pareto_k: f64,
    /// How many draws they are worth.
    worth: f64,
}

/// Draws of what is above the units with their weights: first from a wide distribution around the mode, as its curvature says, then from
/// one with the mean and the covariance that those show. `None` where the first say nothing.
fn weigh_above(mode: &MarginalMode<'_>, count: usize, seed: u64, place: u64) -> Option<WeighedAbove> {
    let n = mode.position.len();
    let first = weighed(mode, (&mode.position, &mode.precision), FIRST, seed, place);
    if first.worth.is_nan() || first.worth < 5.0 * n as f64 {
        return None;
    }
    let each = || first.positions.iter().zip(&first.weights).filter(|(_, w)| **w > 0.0);
    let mean: Vec<f64> = (0..n).map(|i| each().map(|(x, w)| w * x[i]).sum()).collect();
    let mut covariance = DMatrix::zeros(n, n);
    for (x, w) in each() {
        let away = DVector::from_fn(n, |i, _| x[i] - mean[i]);
        covariance.ger(*w, &away, &away, 1.0);
    }
    let precision = matrix::factor(matrix::factor(covariance)?.inverse())?;
    Some(weighed(mode, (&mean, &precision), count, seed, place + 1))
}

fn weighed(mode: &MarginalMode<'_>, around: (&[f64], &Factor), count: usize, seed: u64, place: u64) -> WeighedAbove {
    let mut rng = stream(seed, place);
    let drawn: Vec<(Vec<f64>, f64)> = (0..count).map(|_| draw_widely(around.0, around.1, &mut rng)).collect();
    let ratio = |(position, ln_q): &(Vec<f64>, f64)| {
        mode.marginal.at(position, Second::None).map_or(f64::NEG_INFINITY, |at| at.value - ln_q)
    };
    let ln_ratios: Vec<f64> = drawn.par_iter().map(ratio).collect();
    let smoothed = psis(&ln_ratios, 1.0);
    let (weights, worth) = (smoothed.weights(), smoothed.worth());
    WeighedAbove { positions: drawn.into_iter().map(|d| d.0).collect(), ln_ratios, weights, pareto_k: smoothed.pareto_k, worth }
}
