//! How to fit.

use clap::Args;
use clap::builder::PossibleValuesParser;

use super::named::named;
use crate::fit::Method;
use crate::sample::{NutsOptions, NutsStart};
use crate::svi::{Guide, SviOptions};

/// How to fit.
#[derive(Args, Debug)]
pub(in crate::study) struct MethodArguments {
    /// How to fit: nuts (the No-U-Turn Sampler), empirical-bayes (subjects integrated out, the group drawn from what is left), svi (stochastic
    /// variational inference), laplace (Laplace's method; subjects are integrated out for the group's mode).
    #[arg(long, default_value = "nuts", value_parser = PossibleValuesParser::new(Method::NAMES))]
    pub method: String,
    /// The number of chains.
    #[arg(long, default_value_t = 4)]
    pub chains: usize,
    /// Warm-up draws of each chain [default: 200, and 400 where they do not start from a mode].
    #[arg(long)]
    pub warmup: Option<usize>,
    /// Kept draws of each chain, or of the approximation [default: 500 for nuts, else 1000].
    #[arg(long)]
    pub draws: Option<usize>,
    /// Of so many draws keep one [default: 3 for a flat population, else 1].
    #[arg(long)]
    pub thin: Option<usize>,
    /// The acceptance rate that the step size aims at.
    #[arg(long, default_value_t = 0.8)]
    pub target_accept: f64,
    /// The largest depth of a trajectory's tree.
    #[arg(long, default_value_t = 10)]
    pub max_depth: u64,
    /// Where to start: surveyed (nuts: around the mode, each unit centred as its data say), laplace (at Laplace's approximation), origin (around
    /// it) [default: surveyed for nuts, laplace for svi].
    #[arg(long, value_parser = ["surveyed", "laplace", "origin"])]
    pub start: Option<String>,
    /// svi: what the guide can express: mean-field (no correlations), blocks (those within each subject, and within the group's parameters),
    /// skewed (the same with skewness and tails), full-rank (all correlations) [default: skewed for a group, blocks for single subjects].
    #[arg(long, value_parser = named::<Guide>)]
    pub guide: Option<Guide>,
    /// svi: the most steps.
    #[arg(long, default_value_t = 1000)]
    pub svi_steps: usize,
    /// svi: draws of each step.
    #[arg(long, default_value_t = 10)]
    pub particles: usize,
    /// svi: the size of the first steps.
    #[arg(long, default_value_t = 0.05)]
    pub step_size: f64,
    /// svi: climbs of a group, each with draws and a start of its own: whether they agree is said.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub climbs: u32,
    /// svi: stop when the bound rises by less than this (nats) from one hundred steps to the next; 0: never.
    #[arg(long, default_value_t = 0.01)]
    pub tolerance: f64,
}

impl MethodArguments {
    fn start<S: serde::de::DeserializeOwned>(&self) -> Option<S> {
        self.start.as_deref().and_then(|start| named(start).ok())
    }

    pub fn method(&self, seed: u64) -> Method {
        let mut method = Method::named(&self.method).unwrap_or_else(|| Method::Nuts(NutsOptions::default()));
        match &mut method {
            Method::Nuts(options) => {
                let NutsOptions { chains, warmup, thin, target_accept, max_depth, start, .. } = options;
                (*chains, *thin) = (self.chains, self.thin);
                (*target_accept, *max_depth, *start) = (self.target_accept, self.max_depth, self.start().unwrap_or_default());
                *warmup = self.warmup.unwrap_or(if *start == NutsStart::Origin { 400 } else { 200 });
            }
            Method::Svi(options) => {
                let SviOptions { guide, steps, particles, climbs, learning_rate, tolerance, start, .. } = options;
                (*guide, *steps, *particles) = (self.guide, self.svi_steps, self.particles);
                *climbs = self.climbs as usize;
                (*learning_rate, *tolerance, *start) = (self.step_size, self.tolerance, self.start().unwrap_or_default());
            }
            _ => {}
        }
        method.with(seed, self.draws)
    }
}
