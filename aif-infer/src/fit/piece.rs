//! What a fit knows of one density: its draws and how they came about, what they predict, and the evidence.

use serde::{Deserialize, Serialize};

use super::draws::Draws;
use crate::compare::Predictive;
use crate::diagnostics::DrawStatistics;
use crate::posterior::Table;
use crate::record::Regressors;

/// The bound that variational inference came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bound {
    /// The bound at each step.
    pub trace: Vec<f64>,
    /// At which step it no longer rose.
    pub settled: Option<usize>,
    /// The bound in the end, in nats.
    pub elbo: f64,
    /// Its standard error.
    pub elbo_se: f64,
    /// The means of the guide's coordinates.
    pub mean: Vec<f64>,
    /// Their standard deviations.
    pub sd: Vec<f64>,
    /// Of other climbs, from other starts: the bound, and how far a coordinate above the units is from where it is here, in standard
    /// deviations.
    pub others: Vec<(f64, f64)>,
}

impl Bound {
    /// Whether the bound still rose at the end: the last tenth of the steps against the tenth before, beyond what noise lets one see.
    pub fn is_rising(&self) -> bool {
        let w = self.trace.len() / 10;
        if self.settled.is_some() || w < 5 {
            return self.settled.is_none() && w < 5;
        }
        let of = |x: &[f64]| {
            let mean = x.iter().sum::<f64>() / w as f64;
            (mean, x.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (w * (w - 1)) as f64)
        };
        let n = self.trace.len();
        let (before, last) = (of(&self.trace[n - 2 * w..n - w]), of(&self.trace[n - w..]));
        last.0 - before.0 > 0.01f64.max(3.0 * (last.1 + before.1).sqrt())
    }
}

/// The evidence of one density.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// The logarithm of the evidence by Laplace's method.
    pub laplace: f64,
    /// The same by importance sampling from its normal approximation.
    pub importance: f64,
    /// The shape of the largest importance ratios.
    pub pareto_k: f64,
}

/// What an approximation of a group is held against.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Judged {
    /// The means of the numbers above the units by draws from their marginal posterior, as the layout says.
    pub means: Vec<f64>,
    /// Their standard deviations.
    pub sds: Vec<f64>,
    /// How those draws were made.
    pub by: String,
    /// How many units a normal distribution around the mode does not fit, given what is above them.
    pub units_off: usize,
}

/// The evidence of one subject of a group, under what is known of the group.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SubjectEvidence {
    /// The subject's unit.
    pub leaf: usize,
    /// The log-probability of what it did, its own parameters summed out under the prior that the group's posterior makes, in nats.
    pub ln_evidence: f64,
    /// Its Monte-Carlo standard error, in nats.
    pub error: f64,
    /// The shape of the largest importance ratios.
    pub pareto_k: f64,
}

/// How the units of a group were integrated out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Quadrature {
    /// By which nodes.
    pub rule: String,
    /// How far more nodes would move the group's mode, in its standard deviations.
    pub shift: f64,
    /// How the group's posterior was drawn from.
    pub group: String,
    /// How evenly the candidates of the unit with the most uneven ones were weighed, from 0 to 1.
    pub worth: f64,
}

/// What a shard says of some draws.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scored {
    /// A mark of the draws that were scored.
    pub mark: String,
    /// Which draws they are, counted over all chains.
    pub draws: Vec<usize>,
    /// For each of them the true log-likelihood of the shard's subjects minus the tabled one, in nats.
    pub differences: Vec<f64>,
}

/// What is predicted of one response.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PredictedResponse {
    /// Its unit among those whose behaviour is scored.
    pub leaf: usize,
    /// Its session's name; empty where there are none.
    pub session: String,
    /// Its block's name.
    pub block: String,
    /// Its step.
    pub step: i64,
    /// Which response it is, where there are several at a step; else empty.
    pub response: String,
    /// What is predicted of it.
    pub predictive: Predictive,
}

/// What tells a unit's responses from others (how often it made a choice, the quantiles of its times), and what is predicted of that, one step
/// ahead along what it had seen and done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PredictiveCheck {
    /// The unit among those whose behaviour is scored.
    pub leaf: usize,
    /// What is checked: the label of a choice, which is how often it was made, or a quantity in words.
    pub statistic: String,
    /// What was observed.
    pub observed: f64,
    /// What the posterior predicts: mean, 5% and 95% quantile.
    pub posterior: [f64; 3],
    /// What the prior predicts.
    pub prior: [f64; 3],
    /// The probability that the posterior predicts at least as much, ties counted half.
    pub p_value: f64,
}

/// What a fit knows of one density.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PartialFit {
    /// The subject, in a flat population.
    pub subject: Option<usize>,
    /// The draws of all numbers of all units.
    pub draws: Draws,
    /// What the sampler says of each chain's draws; empty for other methods.
    pub statistics: Vec<Vec<DrawStatistics>>,
    /// How many gradients the sampler worked out, warm-up included.
    pub gradients: u64,
    /// How many points the sampler tried after warm-up that have no density: they are rejected.
    pub rejected: u64,
    /// Why the first of them has none.
    pub rejection: Option<String>,
    /// Variational inference: how the bound rose.
    pub bound: Option<Bound>,
    /// How well a normal approximation covers the posterior: the shape of the largest importance ratios (variational inference, Laplace).
    pub pareto_k: Option<f64>,
    /// Whether draws were resampled by their importance.
    pub resampled: bool,
    /// How many independent draws the resampled ones are worth at most: one over the sum of squared weights.
    pub worth: Option<f64>,
    /// The evidence, where it could be had.
    pub evidence: Option<Evidence>,
    /// The evidence of each subject of a group that is fitted jointly.
    pub evidences: Vec<SubjectEvidence>,
    /// What an approximation of a group is held against.
    pub judged: Option<Judged>,
    /// How the units were integrated out, where they were.
    pub quadrature: Option<Quadrature>,
    /// How many nats more the next step to the group's mode was expected to gain where the search for it did not come to rest.
    pub unsettled: Option<f64>,
    /// How many units' likelihoods were tabled, and the sum of the tables' errors in nats.
    pub tables: Option<(usize, f64)>,
    /// Of a shard of a group: the table of each of its units, by their place in the group.
    pub shard: Vec<(usize, Table)>,
    /// Of a shard of a group: what it says of some draws of the whole.
    pub scored: Option<Scored>,
    /// What else is to be said of how it was found.
    pub notes: Vec<String>,
    /// What is predicted of each response.
    pub responses: Vec<PredictedResponse>,
    /// The same for whole blocks: unit, session, block.
    pub blocks: Vec<(usize, String, String, Predictive)>,
    /// The same for all of a unit's responses.
    pub units: Vec<(usize, Predictive)>,
    /// The log-likelihood of every response at every draw, `[chain][draw][response]`; empty unless it is kept.
    pub ln_likelihoods: Vec<f64>,
    /// Which choice each response was; as many as there are choices where a part of it is missing. Empty unless likelihoods are kept.
    pub chosen: Vec<usize>,
    /// What was recorded, held against what is predicted.
    pub checks: Vec<PredictiveCheck>,
    /// Of each unit that may be one of several kinds, these and the posterior probability of each.
    pub kinds: Vec<(usize, Vec<(String, f64)>)>,
    /// Trial-by-trial quantities of each unit, at the posterior mean.
    pub regressors: Vec<(usize, Regressors)>,
}
