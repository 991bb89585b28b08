//! The only place that names nuts-rs: runs one chain of NUTS on a density.
//!
//! The density is behind one type, so the sampler is compiled once whatever the model.

use std::collections::HashMap;
use std::error::Error;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use nuts_rs::rand::Rng;
use nuts_rs::{Chain as _, CpuLogpFunc, CpuMath, CpuMathError, DiagNutsSettings, HasDims, LogpError, NutsError, Settings};
use rand_chacha::ChaCha8Rng;

use super::{Chain, DrawStatistics, NutsOptions};
use crate::posterior::{Density, Rejected};

/// A rejected point ends a trajectory, not the run.
impl LogpError for Rejected {
    fn is_recoverable(&self) -> bool {
        true
    }
}

/// A density, with a count of the points that have none.
struct Erased<'a>(&'a dyn Density, &'a Tally);

/// Rejected points: how many, and why the first was.
#[derive(Default)]
struct Tally {
    count: AtomicU64,
    first: Mutex<Option<String>>,
}

impl Tally {
    fn note(&self, why: &Rejected) {
        if self.count.fetch_add(1, Ordering::Relaxed) == 0
            && let Ok(mut first) = self.first.lock()
        {
            *first = Some(why.0.clone());
        }
    }

    /// Begins anew.
    fn clear(&self) {
        self.count.store(0, Ordering::Relaxed);
    }
}

impl HasDims for Erased<'_> {
    fn dim_sizes(&self) -> HashMap<String, u64> {
        HashMap::from([("unconstrained_parameter".to_string(), self.0.dimension() as u64)])
    }
}

impl CpuLogpFunc for Erased<'_> {
    type LogpError = Rejected;
    type FlowParameters = ();
    type ExpandedVector = ();

    fn dim(&self) -> usize {
        self.0.dimension()
    }

    fn logp(&mut self, position: &[f64], gradient: &mut [f64]) -> Result<f64, Rejected> {
        let value = self.0.ln_density(position, gradient).inspect_err(|why| self.1.note(why))?;
        if !value.is_finite() || gradient.iter().any(|g| !g.is_finite()) {
            return Err(Rejected(format!("the log-density {value}, or its gradient, is not finite")));
        }
        // The sampler takes a derivative of exactly zero for a broken density and gives up.
        gradient.iter_mut().filter(|g| **g == 0.0).for_each(|g| *g = 1e-100);
        Ok(value)
    }

    fn expand_vector<R: Rng + ?Sized>(&mut self, _: &mut R, _: &[f64]) -> Result<(), CpuMathError> {
        Ok(())
    }
}

/// The cause behind the sampler's error, in its own words.
fn words(error: impl AsRef<dyn Error + Send + Sync>) -> String {
    match error.as_ref().downcast_ref::<NutsError>() {
        Some(NutsError::LogpFailure(e) | NutsError::BadInitGrad(e)) => e.to_string(),
        _ => error.as_ref().to_string(),
    }
}

/// How many starting points are tried before a chain is given up.
const STARTS: usize = 100;

/// Runs one chain: warm-up, then the draws, each of which `keep` takes. `tick` is called after every draw.
pub(super) fn run(
    density: &dyn Density,
    options: &NutsOptions,
    mut rng: ChaCha8Rng,
    keep: &mut dyn FnMut(&[f64]) -> Result<(), String>,
    tick: &(dyn Fn() + Sync),
) -> Result<Chain, String> {
    let mut settings = DiagNutsSettings { num_tune: options.warmup as u64, ..DiagNutsSettings::default() };
    settings.num_draws = (options.draws * options.thin.unwrap_or(1)) as u64;
    settings.maxdepth = options.max_depth;
    settings.adapt_options.step_size_settings.target_accept = options.target_accept;

    let tally = Tally::default();
    let mut sampler = settings.new_chain(0, CpuMath::new(Erased(density, &tally)), &mut rng).map_err(words)?;
    let mut start = vec![0.0; density.dimension()];
    let mut failure = None;
    for _ in 0..STARTS {
        for x in &mut start {
            *x = 2.0 * aif_runtime::random::unit(&mut rng) - 1.0;
        }
        failure = sampler.set_position(&start).err();
        if failure.is_none() {
            break;
        }
    }
    if let Some(error) = failure {
        return Err(format!("none of {STARTS} starting points has a density: {}", words(error)));
    }

    let mut chain = Chain::default();
    let thin = options.thin.unwrap_or(1);
    for i in 0..options.warmup + options.draws * thin {
        if i == options.warmup {
            tally.clear();
        }
        let (position, _, stats, progress) = sampler.expanded_draw().map_err(words)?;
        if i >= options.warmup && (i - options.warmup + 1).is_multiple_of(thin) {
            keep(&position)?;
            chain.statistics.push(DrawStatistics {
                diverging: progress.diverging,
                depth: stats.depth,
                max_depth_reached: stats.maxdepth_reached,
                steps: progress.num_steps,
                energy: stats.point.energy,
                acceptance: stats.adapt.step_size.mean_tree_accept,
                ln_density: stats.point.logp,
            });
        }
        chain.step_size = progress.step_size;
        chain.gradients += progress.num_steps;
        tick();
    }
    chain.rejected = tally.count.load(Ordering::Relaxed);
    chain.rejection = tally.first.lock().ok().and_then(|mut first| first.take()).filter(|_| chain.rejected > 0);
    Ok(chain)
}
