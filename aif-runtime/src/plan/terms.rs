//! The terms of expected free energy: one list for what counts, with which weight, and what each came to.

use serde::{Deserialize, Serialize};

use crate::model::{MAX_JOINT_STATES, Meta, ModelError};
use crate::perceive::Inference;
use crate::scalar::{Real, exact_zero};

/// One value for each term of expected free energy: a weight, a switch, or nats.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, bound(deserialize = "V: Deserialize<'de>, Terms<V>: Default"))]
pub struct Terms<V> {
    /// Expected log-preference.
    pub utility: V,
    /// Mutual information between states and outcomes, summed over modalities or of all together.
    pub state_information_gain: V,
    /// What the outcome is expected to teach about the likelihood (A), where it has counts.
    pub likelihood_information_gain: V,
    /// What the move is expected to teach about the transition (B), where it has counts.
    pub transition_information_gain: V,
    /// How much of the belief lies where the goal comes nearer: at most 0. Counts where plans are made back from goals.
    pub inductive_value: V,
}

impl<V: Copy> Terms<V> {
    /// The same value for all.
    pub const fn all(value: V) -> Self {
        Terms {
            utility: value,
            state_information_gain: value,
            likelihood_information_gain: value,
            transition_information_gain: value,
            inductive_value: value,
        }
    }

    /// What a function makes of each.
    pub fn map<W>(self, mut f: impl FnMut(V) -> W) -> Terms<W> {
        Terms {
            utility: f(self.utility),
            state_information_gain: f(self.state_information_gain),
            likelihood_information_gain: f(self.likelihood_information_gain),
            transition_information_gain: f(self.transition_information_gain),
            inductive_value: f(self.inductive_value),
        }
    }
}

/// The weights of an agent that is told nothing: utility, state information gain and inductive value count as they are, what is expected to be
/// learned does not.
impl Default for Terms<f64> {
    fn default() -> Self {
        Terms { likelihood_information_gain: 0.0, transition_information_gain: 0.0, ..Terms::all(1.0) }
    }
}

impl<T: Real> Terms<T> {
    /// The negative expected free energy: the sum of its terms.
    #[inline(always)]
    pub fn total(&self) -> T {
        self.utility
            + self.state_information_gain
            + self.likelihood_information_gain
            + self.inductive_value
            + self.transition_information_gain
    }

    /// Each term times its weight.
    #[inline]
    pub(super) fn weighed(self, weights: &Terms<T>) -> Self {
        Terms {
            utility: self.utility * weights.utility,
            state_information_gain: self.state_information_gain * weights.state_information_gain,
            likelihood_information_gain: self.likelihood_information_gain * weights.likelihood_information_gain,
            transition_information_gain: self.transition_information_gain * weights.transition_information_gain,
            inductive_value: self.inductive_value * weights.inductive_value,
        }
    }
}

/// What drives policies, how far they look, and how imagined observations are perceived.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Drives<T = f64> {
    /// The number of steps.
    pub horizon: usize,
    /// Whether state information gain is that of all modalities together.
    pub joint_information_gain: bool,
    /// How states are inferred from imagined observations.
    pub inference: Inference,
    weights: Terms<T>,
    /// Which terms count at all: a weight of zero is off.
    pub(super) on: Terms<bool>,
    /// Whether some weight is neither zero nor one.
    pub(super) weighed: bool,
}

impl<T: Real> Drives<T> {
    /// Policies of so many steps, driven by terms with these weights.
    pub fn new(horizon: usize, weights: Terms<T>) -> Self {
        let on = weights.map(|w| !exact_zero(w));
        let mut weighed = false;
        weights.map(|w| weighed |= !exact_zero(w) && w != T::one());
        Drives { horizon, joint_information_gain: false, inference: Inference::default(), weights, on, weighed }
    }

    /// The weights of the terms.
    pub fn weights(&self) -> &Terms<T> {
        &self.weights
    }
}

impl Terms<f64> {
    /// Checks weights; `joint` says whether state information gain is that of all modalities together.
    pub(crate) fn check(&self, meta: &Meta, joint: bool) -> Result<(), ModelError> {
        let mut wrong = None;
        self.map(|w| wrong = wrong.or((!w.is_finite()).then_some(w)));
        if let Some(value) = wrong {
            return Err(ModelError::Number {
                what: "the weight of a term of expected free energy".into(),
                value,
                expected: "finite",
            });
        }
        if joint && meta.joint_outcomes().saturating_mul(meta.joint_states()) > MAX_JOINT_STATES {
            return refused!(
                "the joint information gain of {} runs over {} joint outcomes times {} joint states, which is too much: at most {MAX_JOINT_STATES} in all",
                meta.name,
                meta.joint_outcomes(),
                meta.joint_states()
            );
        }
        Ok(())
    }
}
