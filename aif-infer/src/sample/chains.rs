//! Chains of several densities in parallel: one generator for each (seed, density, chain), whatever the threads.

use rayon::prelude::*;

use super::{Chain, NutsOptions, nuts};
use crate::posterior::Density;
use crate::random::stream;

/// The most chains of one fit, and draws of one chain.
const MAX_CHAINS: usize = 10_000;
const MAX_DRAWS: usize = 100_000_000;

/// Why sampling failed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SampleError {
    /// Nothing would be drawn.
    #[error("a fit needs at least 1 chain, 1 draw and a thinning of 1")]
    Nothing,
    /// More would be drawn than can be.
    #[error("at most {chains} chains of {draws} draws, warm-up and thinning included")]
    TooMany {
        /// The most chains.
        chains: usize,
        /// The most draws of each.
        draws: usize,
    },
    /// The acceptance that is aimed at is no probability.
    #[error("the target acceptance is between 0 and 1, not {0}")]
    Acceptance(f64),
    /// Trajectories have no length, or grow too long.
    #[error("the largest tree depth is between 1 and 20, not {0}")]
    Depth(u64),
    /// A chain could not start, or broke off.
    #[error("chain {chain}: {cause}")]
    Chain {
        /// Which density, from 0.
        density: usize,
        /// Which chain, from 0.
        chain: usize,
        /// Why.
        cause: String,
    },
}

/// Checks the options.
///
/// # Errors
/// When one is out of range.
pub(crate) fn check(options: &NutsOptions) -> Result<(), SampleError> {
    if options.chains == 0 || options.draws == 0 || options.thin == Some(0) {
        return Err(SampleError::Nothing);
    }
    let draws = options.draws.checked_mul(options.thin.unwrap_or(1)).and_then(|d| d.checked_add(options.warmup));
    if options.chains > MAX_CHAINS || draws.is_none_or(|d| d > MAX_DRAWS) {
        return Err(SampleError::TooMany { chains: MAX_CHAINS, draws: MAX_DRAWS });
    }
    if !(options.target_accept > 0.0 && options.target_accept < 1.0) {
        return Err(SampleError::Acceptance(options.target_accept));
    }
    if !(1..=20).contains(&options.max_depth) {
        return Err(SampleError::Depth(options.max_depth));
    }
    Ok(())
}

/// One chain of one density, whose positions `keep` takes as they come; its generator depends on the seed and on the two numbers only.
pub(crate) fn chain_into(
    density: &dyn Density,
    options: &NutsOptions,
    (d, c): (usize, usize),
    keep: &mut dyn FnMut(&[f64]) -> Result<(), String>,
    tick: &(dyn Fn() + Sync),
) -> Result<Chain, SampleError> {
    let rng = stream(options.seed, ((d as u64 + 1) << 20) | (c as u64 + 1));
    nuts::run(density, options, rng, keep, tick).map_err(|cause| SampleError::Chain { density: d, chain: c, cause })
}

/// The same with its positions.
pub(crate) fn chain(
    density: &dyn Density,
    options: &NutsOptions,
    which: (usize, usize),
    tick: &(dyn Fn() + Sync),
) -> Result<Chain, SampleError> {
    let mut positions: Vec<Box<[f64]>> = Vec::new();
    let mut keep = |position: &[f64]| {
        positions.push(position.into());
        Ok(())
    };
    let drawn = chain_into(density, options, which, &mut keep, tick)?;
    Ok(Chain { positions, ..drawn })
}

/// Samples each density with its own chains: `result[density][chain]`. `tick` is called after every draw, from any thread.
///
/// # Errors
/// When the options are out of range, or a chain finds no starting point with a density.
pub fn sample(
    densities: &[&dyn Density],
    options: &NutsOptions,
    tick: &(dyn Fn() + Sync),
) -> Result<Vec<Vec<Chain>>, SampleError> {
    check(options)?;
    let tasks: Vec<(usize, usize)> = (0..densities.len()).flat_map(|d| (0..options.chains).map(move |c| (d, c))).collect();
    let run = |&(d, c): &(usize, usize)| chain(densities[d], options, (d, c), tick);
    let chains: Vec<Result<Chain, SampleError>> = tasks.par_iter().map(run).collect();
    let mut chains = chains.into_iter();
    (0..densities.len()).map(|_| chains.by_ref().take(options.chains).collect()).collect()
}
