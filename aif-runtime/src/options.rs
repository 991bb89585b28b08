//! The run-time choices of an agent, and its precisions.

use alloc::format;
use alloc::string::String;

use serde::{Deserialize, Serialize};

use crate::learn::{Learning, PrecisionUpdating};
use crate::model::{Meta, ModelError};
use crate::perceive::components;
use crate::plan::{Drives, InductionOptions, Planning};
use crate::scalar::Real;

/// How often and in which order beliefs are updated until they agree with each other.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Sweeps {
    /// All at once, this many times (fewer when a sweep changes no bit): what the reference implementation does, 16 times. Beliefs may
    /// swing for ever.
    Parallel(usize),
    /// One after the other, until nothing moves by more than the tolerance. Each update lowers the free energy or leaves it.
    Sequential {
        /// The most sweeps.
        most: usize,
        /// The largest move of a probability (or of one of its derivatives) that counts as none.
        tolerance: f64,
    },
}

/// One after the other, at most 64 times, until nothing moves by more than 1e-12.
impl Default for Sweeps {
    fn default() -> Self {
        Sweeps::Sequential { most: 64, tolerance: 1e-12 }
    }
}

/// How states are inferred from an observation.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Inference {
    /// Mean-field fixed-point iteration, from uniform beliefs: one distribution per factor.
    FixedPoint(Sweeps),
    /// Exact Bayesian filtering over the joint state of all factors.
    Exact,
    /// Exact Bayesian filtering over each connected component of the dependency graph: as exact, and cheaper where factors are independent.
    Components,
    /// Marginal message passing over the latest steps.
    Marginal {
        /// How many steps.
        window: usize,
        /// How the beliefs about them are updated.
        sweeps: Sweeps,
    },
    /// Variational message passing over the latest steps.
    Variational {
        /// How many steps.
        window: usize,
        /// How the beliefs about them are updated.
        sweeps: Sweeps,
    },
}

/// Sequential fixed-point iteration.
impl Default for Inference {
    fn default() -> Self {
        Inference::FixedPoint(Sweeps::default())
    }
}

impl Inference {
    /// What the reference implementation does by default: 16 parallel sweeps of fixed-point iteration.
    pub const REFERENCE: Inference = Inference::FixedPoint(Sweeps::Parallel(16));
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

/// Numbers of the reference implementation that this library holds to be wrong, each to be asked for by name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Compat {
    /// Message passing: the next window's prior is the smoothed belief at the window's first step moved on, so that the window's evidence
    /// counts twice. Otherwise it is what was known at that step.
    pub reuse_window_evidence: bool,
    /// Online learning over a window counts the whole window at every step. Otherwise each observation counts once.
    pub recount_window: bool,
    /// Learning: a count of zero acts as 2.2e-16, so that what a table rules out is only improbable once something is learned. Otherwise it
    /// stays impossible.
    pub floor_counts: bool,
    /// Smoothing for learning: what was held impossible and is believed all the same loses its probability, and with it the observations
    /// before it their counts. Otherwise it says nothing about what was before.
    pub drop_contradictions: bool,
}

/// The most sweeps.
const MAX_SWEEPS: usize = 1_000_000;

/// The run-time choices of an agent.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AgentOptions {
    /// How far policies look ahead, in steps; `None` is the horizon that the model declares.
    pub horizon: Option<usize>,
    /// How states are inferred.
    pub inference: Inference,
    /// How policies are compared.
    pub planning: Planning,
    /// How an action is chosen.
    pub selection: Selection,
    /// From what an action is chosen.
    pub sampling: Sampling,
    /// Whether expected utility (preferences) drives policies.
    pub utility: bool,
    /// Whether state information gain drives policies.
    pub state_information_gain: bool,
    /// Whether state information gain is that of all modalities together. Otherwise it is summed over modalities, as in the reference
    /// implementation, and what two of them tell alike counts twice.
    pub joint_information_gain: bool,
    /// Whether information gain about the likelihood (A) drives policies, where it has counts.
    pub likelihood_information_gain: bool,
    /// Whether information gain about the transitions (B) drives policies, where they have counts.
    pub transition_information_gain: bool,
    /// Planning back from the model's goals; off by default.
    pub induction: Option<InductionOptions>,
    /// What is learned, and when; nothing by default.
    pub learning: Option<Learning>,
    /// Updating the policy precision from how well plans turned out; off by default.
    pub precision_updating: Option<PrecisionUpdating>,
    /// Numbers of the reference implementation that are held to be wrong.
    pub compat: Compat,
}

impl Default for AgentOptions {
    fn default() -> Self {
        AgentOptions {
            horizon: None,
            inference: Inference::default(),
            planning: Planning::Tree,
            selection: Selection::Stochastic,
            sampling: Sampling::Policies,
            utility: true,
            state_information_gain: true,
            joint_information_gain: false,
            likelihood_information_gain: false,
            transition_information_gain: false,
            induction: None,
            learning: None,
            precision_updating: None,
            compat: Compat::default(),
        }
    }
}

/// The most joint states that exact inference takes on.
pub const MAX_JOINT_STATES: usize = 1 << 20;

impl AgentOptions {
    /// The horizon for a model: the one chosen here, else the declared one.
    pub fn horizon_for(&self, meta: &Meta) -> usize {
        self.horizon.unwrap_or(meta.horizon)
    }

    /// What drives policies of a model under these options.
    pub fn drives(&self, meta: &Meta) -> Drives {
        Drives {
            horizon: self.horizon_for(meta),
            utility: self.utility,
            state_information_gain: self.state_information_gain,
            joint_information_gain: self.joint_information_gain,
            likelihood_information_gain: self.likelihood_information_gain,
            transition_information_gain: self.transition_information_gain,
        }
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
        self.check_inference(meta)?;
        self.planning.check(meta, horizon)?;
        if self.joint_information_gain && meta.joint_outcomes().saturating_mul(meta.joint_states()) > MAX_JOINT_STATES {
            return complain(format!(
                "the joint information gain of {} runs over {} joint outcomes times {} joint states, which is too much: at most {MAX_JOINT_STATES} in all",
                meta.name,
                meta.joint_outcomes(),
                meta.joint_states()
            ));
        }
        self.induction.iter().try_for_each(InductionOptions::check)?;
        self.precision_updating.iter().try_for_each(PrecisionUpdating::check)?;
        self.learning.iter().try_for_each(Learning::check)
    }

    fn check_inference(&self, meta: &Meta) -> Result<(), ModelError> {
        let complain = |text: String| Err(ModelError::Options(text));
        let joint = |states: usize, what: &str| {
            if states <= MAX_JOINT_STATES {
                return Ok(());
            }
            complain(format!("{what} over the {states} joint states of {} is too much: at most {MAX_JOINT_STATES}", meta.name))
        };
        match self.inference {
            Inference::Exact => return joint(meta.joint_states(), "exact inference"),
            Inference::Components => {
                let states = components(meta).iter().fold(0usize, |sum, g| sum.saturating_add(g.len));
                return joint(states, "exact inference by components");
            }
            Inference::Marginal { window: 0, .. } | Inference::Variational { window: 0, .. } => {
                return complain("message passing needs a window of at least 1 step".into());
            }
            Inference::FixedPoint(_) | Inference::Marginal { .. } | Inference::Variational { .. } => {}
        }
        match self.inference {
            Inference::FixedPoint(sweeps) | Inference::Marginal { sweeps, .. } | Inference::Variational { sweeps, .. } => {
                match sweeps {
                    Sweeps::Parallel(0) | Sweeps::Sequential { most: 0, .. } => {
                        complain("beliefs are updated by at least 1 sweep".into())
                    }
                    Sweeps::Sequential { tolerance, .. } if !tolerance.is_finite() || tolerance < 0.0 => complain(format!(
                        "the tolerance of sequential sweeps is {tolerance}, but has to be finite and at least 0"
                    )),
                    Sweeps::Parallel(count) | Sweeps::Sequential { most: count, .. } if count > MAX_SWEEPS => {
                        complain(format!("{count} sweeps are too much: at most {MAX_SWEEPS}"))
                    }
                    _ => Ok(()),
                }
            }
            _ => Ok(()),
        }
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

impl Precisions {
    /// The same as constants of another scalar.
    pub fn lift<T: Real>(&self) -> Precisions<T> {
        Precisions { policy: T::constant(self.policy), action: T::constant(self.action), lapse: T::constant(self.lapse) }
    }
}

impl<T: Real> Default for Precisions<T> {
    fn default() -> Self {
        Precisions { policy: T::one(), action: T::one(), lapse: T::zero() }
    }
}

impl<T: Real> Precisions<T> {
    /// The numbers themselves, without derivatives.
    pub fn value(&self) -> Precisions {
        Precisions { policy: self.policy.value(), action: self.action.value(), lapse: self.lapse.value() }
    }

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
        if !proper(self.policy * self.action) {
            return complain("policy precision times action precision", self.policy * self.action, "finite");
        }
        if !(0.0..=1.0).contains(&self.lapse.value()) {
            return complain("lapse", self.lapse, "between 0 and 1");
        }
        Ok(())
    }
}
