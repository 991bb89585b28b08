//! The run-time choices of an agent, and its precisions.

use alloc::format;
use alloc::string::String;

use serde::{Deserialize, Serialize};

use crate::model::{Meta, ModelError};
use crate::plan::Drives;
use crate::scalar::Real;

/// How states are inferred from an observation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Inference {
    /// Mean-field fixed-point iteration: `sweeps` parallel updates of all factors, from uniform log-beliefs.
    FixedPoint {
        /// How many sweeps, at most; it stops early once a sweep changes no bit.
        sweeps: usize,
    },
    /// Exact Bayesian filtering over the joint state of all factors.
    Exact,
}

/// How an action is chosen from the policy posterior.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Selection {
    /// Drawn from the action probabilities.
    Stochastic,
    /// The best, the first of equals.
    Deterministic,
}

/// From what an action is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sampling {
    /// From whole policies: P(a) is the sum of `softmax(alpha ln q(pi))` over the policies that begin with `a`.
    Policies,
    /// From the marginal of each action: P(a) is the product of `softmax(alpha ln marginal)`.
    Marginals,
}

/// The run-time choices of an agent.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AgentOptions {
    /// How far policies look ahead, in steps; `None` is the horizon that the model declares.
    pub horizon: Option<usize>,
    /// How states are inferred.
    pub inference: Inference,
    /// How an action is chosen.
    pub selection: Selection,
    /// From what an action is chosen.
    pub sampling: Sampling,
    /// Whether expected utility (preferences) drives policies.
    pub utility: bool,
    /// Whether state information gain drives policies.
    pub state_information_gain: bool,
}

impl Default for AgentOptions {
    fn default() -> Self {
        AgentOptions {
            horizon: None,
            inference: Inference::FixedPoint { sweeps: 16 },
            selection: Selection::Stochastic,
            sampling: Sampling::Policies,
            utility: true,
            state_information_gain: true,
        }
    }
}

/// The most policies that are enumerated.
const MAX_POLICIES: usize = 1 << 28;

/// The most joint states that exact inference takes on.
pub const MAX_JOINT_STATES: usize = 1 << 20;

impl AgentOptions {
    /// The horizon for a model: the one chosen here, else the declared one.
    pub fn horizon_for(&self, meta: &Meta) -> usize {
        self.horizon.unwrap_or(meta.horizon)
    }

    /// What drives policies of a model under these options.
    pub fn drives(&self, meta: &Meta) -> Drives {
        Drives { horizon: self.horizon_for(meta), utility: self.utility, state_information_gain: self.state_information_gain }
    }

    /// Checks the options against a model.
    ///
    /// # Errors
    /// When a number is zero that must not be, or the model is too large for the choice.
    pub fn check(&self, meta: &Meta) -> Result<(), ModelError> {
        let horizon = self.horizon_for(meta);
        let complain = |text: String| Err(ModelError::Options(text));
        if horizon == 0 {
            return complain("the horizon has to be at least 1 step".into());
        }
        if self.inference == (Inference::FixedPoint { sweeps: 0 }) {
            return complain("fixed-point iteration needs at least 1 sweep".into());
        }
        if self.inference == Inference::Exact && meta.joint_states() > MAX_JOINT_STATES {
            return complain(format!(
                "exact inference over the {} joint states of {} is too much: at most {MAX_JOINT_STATES}",
                meta.joint_states(),
                meta.name
            ));
        }
        let policies = (0..horizon).try_fold(1usize, |n, _| n.checked_mul(meta.joint_actions()).filter(|&n| n <= MAX_POLICIES));
        if policies.is_none() {
            return complain(format!(
                "{} actions over {horizon} steps make more than {MAX_POLICIES} policies",
                meta.joint_actions()
            ));
        }
        Ok(())
    }
}

/// Policy precision (gamma), action precision (alpha) and lapse of an agent.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Precisions<T = f64> {
    /// Policy precision (gamma): how strongly expected free energy tells policies apart. At least 0.
    pub policy: T,
    /// Action precision (alpha): how strongly the policy posterior tells actions apart. At least 0.
    pub action: T,
    /// The probability of acting at random instead, in [0, 1].
    pub lapse: T,
}

impl<T: Real> Default for Precisions<T> {
    fn default() -> Self {
        Precisions { policy: T::one(), action: T::one(), lapse: T::zero() }
    }
}

impl<T: Real> Precisions<T> {
    /// Checks the ranges.
    ///
    /// # Errors
    /// Names the number that is out of its range.
    pub fn check(&self) -> Result<(), ModelError> {
        let complain =
            |what: &str, value: T, expected| Err(ModelError::Number { what: what.into(), value: value.value(), expected });
        let proper = |x: T| x.is_finite() && x.value() >= 0.0;
        if !proper(self.policy) {
            return complain("policy precision", self.policy, "at least 0");
        }
        if !proper(self.action) {
            return complain("action precision", self.action, "at least 0");
        }
        if !(0.0..=1.0).contains(&self.lapse.value()) {
            return complain("lapse", self.lapse, "between 0 and 1");
        }
        Ok(())
    }
}
