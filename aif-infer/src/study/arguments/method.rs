//! How to fit.

use clap::{Args, ValueEnum};

use crate::fit::Method;
use crate::laplace::LaplaceOptions;
use crate::sample::{NutsOptions, NutsStart};
use crate::svi::{Guide, SviOptions, SviStart};

#[derive(Clone, Copy, Debug, ValueEnum, PartialEq, Eq)]
pub(in crate::study) enum MethodName {
    /// The No-U-Turn Sampler.
    Nuts,
    /// Stochastic variational inference.
    Svi,
    /// Laplace's method, empirical Bayes where there is a group.
    Laplace,
}

#[derive(Clone, Copy, Debug, ValueEnum, PartialEq, Eq)]
pub(in crate::study) enum GuideName {
    /// No correlations.
    MeanField,
    /// Correlations within each subject, and within the group's parameters.
    Blocks,
    /// All correlations.
    FullRank,
}

#[derive(Clone, Copy, Debug, ValueEnum, PartialEq, Eq)]
pub(in crate::study) enum StartName {
    Origin,
    Laplace,
}

/// How to fit.
#[derive(Args, Debug)]
pub(in crate::study) struct MethodArguments {
    /// How to fit.
    #[arg(long, value_enum, default_value = "nuts")]
    pub method: MethodName,
    /// The number of chains.
    #[arg(long, default_value_t = 4)]
    pub chains: usize,
    /// Warm-up draws of each chain.
    #[arg(long, default_value_t = 400)]
    pub warmup: usize,
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
    /// Where to start: around the origin, or at Laplace's approximation [default: origin for nuts, laplace for svi].
    #[arg(long, value_enum)]
    pub start: Option<StartName>,
    /// svi: which correlations the guide can express.
    #[arg(long, value_enum, default_value = "blocks")]
    pub guide: GuideName,
    /// svi: the most steps.
    #[arg(long, default_value_t = 1000)]
    pub svi_steps: usize,
    /// svi: draws of each step.
    #[arg(long, default_value_t = 10)]
    pub particles: usize,
    /// svi: the size of the first steps.
    #[arg(long, default_value_t = 0.05)]
    pub step_size: f64,
    /// svi: stop when the bound rises by less than this (nats) from one hundred steps to the next; 0: never.
    #[arg(long, default_value_t = 0.01)]
    pub tolerance: f64,
}

impl MethodArguments {
    pub fn method(&self, seed: u64) -> Method {
        match self.method {
            MethodName::Nuts => Method::Nuts(NutsOptions {
                chains: self.chains,
                warmup: self.warmup,
                draws: self.draws.unwrap_or(500),
                thin: self.thin,
                seed,
                target_accept: self.target_accept,
                max_depth: self.max_depth,
                start: if self.start == Some(StartName::Laplace) { NutsStart::Laplace } else { NutsStart::Origin },
            }),
            MethodName::Svi => Method::Svi(SviOptions {
                guide: match self.guide {
                    GuideName::MeanField => Guide::MeanField,
                    GuideName::Blocks => Guide::Blocks,
                    GuideName::FullRank => Guide::FullRank,
                },
                steps: self.svi_steps,
                particles: self.particles,
                learning_rate: self.step_size,
                tolerance: self.tolerance,
                draws: self.draws.unwrap_or(1000),
                seed,
                start: if self.start == Some(StartName::Origin) { SviStart::Origin } else { SviStart::Laplace },
                ..SviOptions::default()
            }),
            MethodName::Laplace => {
                Method::Laplace(LaplaceOptions { draws: self.draws.unwrap_or(1000), seed, ..LaplaceOptions::default() })
            }
        }
    }
}
