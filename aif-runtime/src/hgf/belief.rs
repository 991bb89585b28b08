//! What a node holds, and what declares it.

use serde::{Deserialize, Serialize};

use super::meta::{FilterMeta, NodeKind};
use crate::scalar::Real;

/// The parameters of one node.
///
/// Binary nodes have none. A continuous input has its noise: `precision`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct NodeParameters<T> {
    /// The logarithm of the variance of a step of length one (omega).
    pub tonic_volatility: T,
    /// What a step of length one adds to the mean (rho).
    pub tonic_drift: T,
    /// What is left of the mean from step to step (lambda).
    pub autoconnection: T,
    /// The mean before the first trial.
    pub mean: T,
    /// The precision before the first trial; of a continuous input, that of its noise.
    pub precision: T,
}

impl<T: Real> Default for NodeParameters<T> {
    /// Mean 0, precision 1, tonic volatility -4, no drift, nothing lost.
    fn default() -> Self {
        NodeParameters {
            tonic_volatility: T::constant(-4.0),
            tonic_drift: T::zero(),
            autoconnection: T::one(),
            mean: T::zero(),
            precision: T::one(),
        }
    }
}

/// What is believed of one node at one trial.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Belief<T> {
    /// The prediction, before the input is seen. Of a binary node, the probability of a one, from 1e-6 to 1 - 1e-6.
    pub expected_mean: T,
    /// The precision of the prediction. Of a binary node, the *variance* `p (1 - p)`, as the filter's equations have it.
    pub expected_precision: T,
    /// What is believed once the input is seen; of an input, what was seen, or the prediction where it is missing.
    pub mean: T,
    /// Its precision.
    pub precision: T,
    /// Of a binary node: the log-odds of a one, within those of 1e-6 and 1 - 1e-6.
    pub log_odds: T,
    /// The prediction error of the mean: of a binary node, over its expected variance.
    pub value_error: T,
    /// The prediction error of the variance; 0 where the node has no volatility parent.
    pub volatility_error: T,
    /// How much of the uncertainty of the prediction is new: `Omega x expected precision`.
    pub effective_precision: T,
    /// The precision before this trial.
    pub previous_precision: T,
    /// 1 where something of the node was seen, 0 where all inputs below it are missing.
    pub observed: T,
}

impl<T: Real> Belief<T> {
    /// How surprising `x` is under the prediction of a continuous node: minus its log-density, in nats.
    pub fn surprise_of(&self, x: T) -> T {
        gaussian_surprise(x, self.expected_mean, self.expected_precision)
    }

    /// How surprising what is now believed is under the prediction of a continuous node, in nats; 0 where nothing was seen.
    ///
    /// Of a continuous *input* it leaves out how uncertain its parents are: [`predictive_surprise`] does not.
    pub fn gaussian_surprise(&self) -> T {
        if self.observed.value() == 0.0 { T::zero() } else { self.surprise_of(self.mean) }
    }

    /// How surprising a one (or a zero) is under the prediction of a binary node, in nats.
    pub fn binary_surprise_of(&self, one: bool) -> T {
        if one { (-self.log_odds).softplus() } else { self.log_odds.softplus() }
    }

    /// How surprising what was seen is under the prediction of a binary node, in nats; 0 where nothing was.
    pub fn binary_surprise(&self) -> T {
        if self.observed.value() == 0.0 { T::zero() } else { self.binary_surprise_of(self.mean.value() != 0.0) }
    }
}

/// Minus the logarithm of a Gaussian density: `(ln 2 pi - ln precision + precision (x - mean)^2) / 2`, in nats.
pub fn gaussian_surprise<T: Real>(x: T, mean: T, precision: T) -> T {
    const LN_TWO_PI: f64 = 1.837_877_066_409_345_3;
    let d = x - mean;
    (precision * d * d - precision.ln() + LN_TWO_PI) * 0.5
}

/// The surprise of a continuous input under the prediction of its only value parent, whose coupling has strength one: both variances add
/// up. 0 where the input is missing.
pub fn predictive_surprise<T: Real>(input: Belief<T>, value: Belief<T>) -> T {
    if input.observed.value() == 0.0 {
        return T::zero();
    }
    let variance = T::one() / input.expected_precision + T::one() / value.expected_precision;
    gaussian_surprise(input.mean, input.expected_mean, T::one() / variance)
}

/// An invalid precision, or a jump that no step can explain: where it arose.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Invalid {
    /// The trial, from 0 within its block.
    pub trial: usize,
    /// The line of the node.
    pub line: usize,
    /// Which node of the line.
    pub element: usize,
    /// Whether the prediction failed (its variance is not positive), or the update.
    pub predicted: bool,
    /// Whether the mean has moved further than the limit of jumps.
    pub jumped: bool,
    /// The belief about the node, as it came out.
    pub precision: f64,
}

impl Invalid {
    /// In words.
    pub fn words(&self, meta: &FilterMeta) -> alloc::string::String {
        let node = meta.label(self.line, self.element);
        if self.jumped {
            return alloc::format!(
                "trial {}: the jump of `{node}` is longer than its prediction allows (`jump_limit` standard deviations): the update has failed here",
                self.trial
            );
        }
        let (what, why) = match (self.predicted, meta.lines[self.line].kind) {
            (true, _) => ("predicted precision", "its volatility is out of range"),
            (false, NodeKind::Continuous) => ("posterior precision", "the update has no valid solution here"),
            (false, _) => ("belief", "its prediction is not valid"),
        };
        alloc::format!("trial {}: the {what} of `{node}` is {}: {why}", self.trial, self.precision)
    }
}
