//! What is done beside finding a posterior, for whom, and where parts are kept.

use std::path::Path;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::checkpoints::{Checkpoints, NoCheckpoints};
use super::error::FitError;
use super::piece::PartialFit;
use crate::laplace::{Approximation, LaplaceOptions, laplace_from};
use crate::marginal::{Finest, Surveyed};
use crate::posterior::Target;
use crate::record::Statistics;

/// What is predicted from the draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PredictiveOptions {
    /// How many draws leave-one-out cross-validation uses at most; 0: it is left out.
    pub loo_draws: usize,
    /// How many draws of prior and posterior choices are replayed with; 0: it is left out.
    pub check_draws: usize,
    /// Whether trial-by-trial beliefs are written down.
    pub regressors: bool,
    /// Whether the log-likelihood of every response is kept at every draw; then all draws are used for leave-one-out cross-validation.
    pub keep_likelihoods: bool,
    /// Whether what is predicted of each response and block is written down, or of whole units only.
    #[serde(default = "yes")]
    pub by_response: bool,
}

fn yes() -> bool {
    true
}

impl Default for PredictiveOptions {
    fn default() -> Self {
        PredictiveOptions { loo_draws: 1000, check_draws: 100, regressors: true, keep_likelihoods: false, by_response: true }
    }
}

impl PredictiveOptions {
    /// Nothing is predicted.
    pub fn none() -> Self {
        PredictiveOptions { loo_draws: 0, check_draws: 0, regressors: false, keep_likelihoods: false, by_response: true }
    }
}

/// More numbers of a group's draws than this are kept in files: 160 MB.
pub(crate) const FILED_FROM: usize = 20_000_000;

/// What is done beside finding the posterior, for whom, and where parts are kept.
pub struct Plan<'a> {
    /// The subjects that are fitted, in a flat population; all of them where `None`.
    pub subjects: Option<Vec<usize>>,
    /// What is predicted from the draws.
    pub predictive: PredictiveOptions,
    /// What else is checked of choices.
    pub statistics: Statistics,
    /// Where finished parts are kept.
    pub checkpoints: &'a dyn Checkpoints,
    /// More numbers of a group's draws than this are kept in files, where the checkpoints has a folder.
    pub most_held: usize,
    /// Called after every draw or step, from any thread.
    pub tick: &'a (dyn Fn() + Sync),
    /// Told what begins now.
    pub phase: &'a (dyn Fn(&'static str) + Sync),
}

impl Default for Plan<'_> {
    fn default() -> Self {
        let predictive = PredictiveOptions::none();
        let statistics = Statistics::new();
        Plan {
            subjects: None,
            predictive,
            statistics,
            checkpoints: &NoCheckpoints,
            most_held: FILED_FROM,
            tick: &|| {},
            phase: &|_| {},
        }
    }
}

/// A density with its place among those of a fit.
pub(crate) struct Part<'a> {
    /// Its place: the subject, in a flat population.
    pub place: usize,
    pub subject: Option<usize>,
    pub target: Box<dyn Target + 'a>,
    /// Whose it is, for messages.
    pub whose: String,
    /// What was found out about it beforehand; `None` where nothing was looked for, or nothing found.
    pub surveyed: Option<Surveyed>,
}

impl Part<'_> {
    /// The folder for so many draws, if they are too many for memory; those of single subjects never are.
    pub(super) fn folder<'p>(&self, draws: usize, plan: &'p Plan<'_>) -> Option<&'p Path> {
        let many = draws.saturating_mul(self.target.layout().members()) > plan.most_held;
        plan.checkpoints.folder().filter(|_| many && self.subject.is_none())
    }

    /// Its normal approximation.
    pub(super) fn laplace(&self, options: &LaplaceOptions, finest: Finest) -> Result<Approximation, FitError> {
        let from = self.surveyed.as_ref().map(|s| s.position.as_slice());
        laplace_from(self.target.as_ref(), options, from, finest)
            .map_err(|source| FitError::Laplace { subject: self.whose.clone(), source })
    }
}

/// A piece for each density on its own. All are worked out before the first error is told, so that it does not depend on threads which one
/// that is.
pub(super) fn each(
    parts: &[Part<'_>],
    work: impl Fn(&Part<'_>) -> Result<PartialFit, FitError> + Send + Sync,
) -> Result<Vec<PartialFit>, FitError> {
    let done: Vec<Result<PartialFit, FitError>> = parts.par_iter().map(work).collect();
    done.into_iter().collect()
}
