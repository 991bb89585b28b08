//! The terms of expected free energy: one list for what counts, with which weight, and what each came to.

use serde::{Deserialize, Serialize};

use crate::model::{MAX_JOINT_STATES, Meta, ModelError, moderate};
use crate::perceive::Inference;
use crate::scalar::{Real, exact_zero};

/// Declares the terms, each with its weight in an agent that is told nothing.
macro_rules! terms {
    ($(#[$doc:meta])* $first:ident: $own:literal, $($(#[$docs:meta])* $term:ident: $weight:literal,)*) => {
        /// One value for each term of expected free energy: a weight, a switch, or nats.
        #[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(default, deny_unknown_fields, bound(deserialize = "V: Deserialize<'de>, Terms<V>: Default"))]
        pub struct Terms<V> {
            $(#[$doc])*
            pub $first: V,
            $($(#[$docs])*
            pub $term: V,)*
        }

        impl<V: Copy> Terms<V> {
            /// The same value for all.
            pub const fn all(value: V) -> Self {
                Terms { $first: value, $($term: value),* }
            }

            /// What a function makes of each.
            pub fn map<W>(self, mut f: impl FnMut(V) -> W) -> Terms<W> {
                Terms { $first: f(self.$first), $($term: f(self.$term)),* }
            }
        }

        /// The weights of an agent that is told nothing: what is expected to be learned does not count, all else does as it is.
        impl Default for Terms<f64> {
            fn default() -> Self {
                Terms { $first: $own, $($term: $weight),* }
            }
        }

        impl<T: Real> Terms<T> {
            /// The negative expected free energy: the sum of its terms.
            #[cfg_attr(not(debug_assertions), inline(always))]
            pub fn total(&self) -> T {
                self.$first $(+ self.$term)*
            }

            /// Each term times its weight.
            #[inline]
            pub(super) fn weighed(self, weights: &Terms<T>) -> Self {
                Terms { $first: self.$first * weights.$first, $($term: self.$term * weights.$term),* }
            }
        }
    };
}
terms! {
    /// Expected log-preference.
    utility: 1.0,
    /// Mutual information between states and outcomes, summed over modalities or of all together.
    state_information_gain: 1.0,
    /// What the outcome is expected to teach about the likelihood (A), where it has counts.
    likelihood_information_gain: 0.0,
    /// How much of the belief lies where the goal comes nearer: at most 0. Counts where plans are made back from goals.
    inductive_value: 1.0,
    /// What the move is expected to teach about the transition (B), where it has counts.
    transition_information_gain: 0.0,
}

/// What drives policies, how far they look, and how imagined observations are perceived.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlanningObjective<T = f64> {
    /// The number of steps.
    pub horizon: usize,
    /// Whether state information gain is that of all modalities together.
    pub joint_information_gain: bool,
    /// How states are inferred from imagined observations.
    pub inference: Inference,
    /// How much less each step counts than the one before it; `None`: as much.
    pub(super) discount: Option<T>,
    weights: Terms<T>,
    /// Which terms count at all: a weight of zero is off.
    pub(crate) on: Terms<bool>,
    /// Whether some weight is neither zero nor one.
    pub(super) weighed: bool,
}

impl<T: Real> PlanningObjective<T> {
    /// Policies of so many steps, driven by terms with these weights.
    pub fn new(horizon: usize, weights: Terms<T>) -> Self {
        let on = weights.map(|w| !exact_zero(w));
        let mut weighed = false;
        weights.map(|w| weighed |= !exact_zero(w) && !w.same(&T::one()));
        PlanningObjective {
            horizon,
            joint_information_gain: false,
            inference: Inference::default(),
            discount: None,
            weights,
            on,
            weighed,
        }
    }

    /// The same by other weights.
    pub(crate) fn with_weights(self, weights: Terms<T>) -> Self {
        let PlanningObjective { horizon, joint_information_gain, inference, discount, .. } = self;
        PlanningObjective { joint_information_gain, inference, discount, ..PlanningObjective::new(horizon, weights) }
    }

    /// The same where each step counts so much less than the one before it.
    pub fn discounted(mut self, discount: Option<T>) -> Self {
        self.discount = discount.filter(|&discount| !discount.same(&T::one()));
        self
    }

    /// What a term counts at a step of a policy, from 0.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn at(&self, step: usize, gain: T) -> T {
        match self.discount {
            None => gain,
            Some(discount) => (0..step).fold(gain, |gain, _| gain * discount),
        }
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
        self.map(|w| wrong = wrong.or((!w.is_moderate()).then_some(w)));
        if let Some(value) = wrong {
            return Err(ModelError::Number {
                what: "the weight of a term of expected free energy".into(),
                value,
                expected: moderate(value),
            });
        }
        if joint && meta.joint_outcomes().saturating_mul(meta.joint_states()) > MAX_JOINT_STATES {
            let (model, outcomes, states) = (meta.name, meta.joint_outcomes(), meta.joint_states());
            return Err(ModelError::JointOutcomes { model, outcomes, states, most: MAX_JOINT_STATES });
        }
        Ok(())
    }
}
