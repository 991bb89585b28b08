//! Precisions and lapse: how strongly an agent acts on what it believes.

use serde::{Deserialize, Serialize};

use super::error::ModelError;
use crate::scalar::Real;

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
