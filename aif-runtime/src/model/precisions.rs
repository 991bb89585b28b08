//! Precisions and lapse: how strongly an agent acts on what it believes.

use serde::{Deserialize, Serialize};

use super::error::ModelError;
use crate::scalar::Real;

/// What has to be of a number that is not moderate ([`Real::is_moderate`]): others are multiplied with it, and would overflow.
pub(crate) fn moderate<T: Real>(x: T) -> &'static str {
    if x.is_finite() { "of a magnitude up to 1e100 (in single precision 1e10)" } else { "finite" }
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
        for (what, x) in [("policy precision", self.policy), ("action precision", self.action)] {
            if !(x.is_finite() && x.value() >= 0.0) {
                return complain(what, x, "at least 0");
            }
        }
        let both = self.policy * self.action;
        for (what, x) in [
            ("policy precision", self.policy),
            ("action precision", self.action),
            ("policy precision times action precision", both),
        ] {
            if !x.is_moderate() {
                return complain(what, x, moderate(x));
            }
        }
        if !(0.0..=1.0).contains(&self.lapse.value()) {
            return complain("lapse", self.lapse, "between 0 and 1");
        }
        Ok(())
    }
}
