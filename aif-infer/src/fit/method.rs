//! How a posterior is found.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::error::FitError;
use super::piece::PartialFit;
use super::plan::{Part, Plan};
use crate::laplace::LaplaceOptions;
use crate::marginal::EmpiricalBayesOptions;
use crate::sample::NutsOptions;
use crate::svi::SviOptions;

/// What a way to find a posterior is: its options.
pub(crate) trait FitMethod {
    /// With what and how much, in words.
    fn words(&self) -> String;
    /// Whether draws are those of chains, to be judged by how well these mix; otherwise they are those of an approximation.
    fn sampled(&self) -> bool {
        false
    }
    /// At how many points it looks side by side; `None`: at one.
    fn batched(&self) -> Option<usize> {
        None
    }
    /// How often it ticks for each density, and of what each tick is one.
    fn ticks(&self, flat: bool) -> (usize, &'static str);
    /// How often each unit's likelihood will be worked out; `None` where nothing is to be found out beforehand.
    fn evaluations(&self, _flat: bool) -> Option<usize> {
        None
    }
    /// Whether all options are within their bounds.
    fn check(&self) -> Result<(), FitError> {
        Ok(())
    }
    /// Chooses what was left open.
    fn settle(&mut self, _flat: bool) {}
    /// One piece for each density.
    fn pieces(&self, parts: &[Part<'_>], flat: bool, plan: &Plan<'_>) -> Result<Vec<PartialFit>, FitError>;
}

/// The most draws of an approximation.
const MOST_DRAWS: usize = 100_000_000;

/// Whether an approximation has a number of draws that can be.
///
/// # Errors
/// Says what there has to be.
pub(super) fn check_draws(method: &'static str, draws: usize, steps: usize) -> Result<(), FitError> {
    if (1..=MOST_DRAWS).contains(&draws) && steps > 0 {
        return Ok(());
    }
    Err(FitError::Draws { method, most: MOST_DRAWS })
}

/// Declares the methods, each with its name on the command line and its options.
macro_rules! methods {
    ($($(#[$doc:meta])* $name:literal: $method:ident($options:ty),)*) => {
        /// How a posterior is found.
        #[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
        pub enum Method {
            $($(#[$doc])* $method($options),)*
        }

        impl Method {
            /// The names of all methods on the command line.
            pub const NAMES: &[&str] = &[$($name),*];

            /// The method of a name, as it is by default.
            pub fn named(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Method::$method(<$options>::default())),)*
                    _ => None,
                }
            }

            /// The method's name on the command line.
            pub fn name(&self) -> &'static str {
                match self {
                    $(Method::$method(_) => $name,)*
                }
            }

            /// The seed.
            pub fn seed(&self) -> u64 {
                match self {
                    $(Method::$method(options) => options.seed,)*
                }
            }

            /// The same with another seed, and as many draws kept as are wanted.
            pub(crate) fn with(mut self, seed: u64, draws: Option<usize>) -> Self {
                match &mut self {
                    $(Method::$method(options) => (options.seed, options.draws) = (seed, draws.unwrap_or(options.draws)),)*
                }
                self
            }

            /// How many chains there are, and how many draws of each are kept.
            pub(crate) fn kept(&self) -> (usize, usize) {
                let draws = match self {
                    $(Method::$method(options) => options.draws,)*
                };
                (if let Method::Nuts(options) = self { options.chains } else { 1 }, draws)
            }

            pub(crate) fn options(&self) -> &dyn FitMethod {
                match self {
                    $(Method::$method(options) => options,)*
                }
            }

            pub(crate) fn options_mut(&mut self) -> &mut dyn FitMethod {
                match self {
                    $(Method::$method(options) => options,)*
                }
            }

            /// Its options as JSON.
            pub(crate) fn json(&self) -> Value {
                let value = match self {
                    $(Method::$method(options) => serde_json::to_value(options),)*
                };
                // Plain numbers and texts always have a JSON form.
                value.unwrap_or_default()
            }
        }
    };
}
methods! {
    /// By drawing from it with the no-U-turn sampler.
    "nuts": Nuts(NutsOptions),
    /// By the nearest normal distribution.
    "svi": Svi(SviOptions),
    /// By its mode and the curvature there.
    "laplace": Laplace(LaplaceOptions),
    /// By integrating units out, and drawing what is above them from its marginal posterior.
    "empirical-bayes": EmpiricalBayes(EmpiricalBayesOptions),
}
