//! How fast each kind of counts is learned.

use serde::{Deserialize, Serialize};

/// How fast each kind of counts is learned: what was seen is multiplied by the rate; `None` is not learned.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, bound(deserialize = "T: Deserialize<'de>, Rates<T>: Default"))]
pub struct Rates<T = f64> {
    /// Of likelihoods (A).
    pub likelihood: Option<T>,
    /// Of transitions (B).
    pub transition: Option<T>,
    /// Of initial states (D).
    pub initial: Option<T>,
    /// Of habits (E).
    pub habit: Option<T>,
    /// Of preferences (C).
    pub preference: Option<T>,
}

impl<T: Copy> Rates<T> {
    /// Nothing is learned.
    pub fn none() -> Self {
        Rates { likelihood: None, transition: None, initial: None, habit: None, preference: None }
    }

    /// The same rate for all kinds.
    pub fn all(rate: T) -> Self {
        Rates { likelihood: Some(rate), transition: Some(rate), initial: Some(rate), habit: Some(rate), preference: Some(rate) }
    }

    /// What a function makes of each.
    pub fn map<U>(self, f: impl Fn(T) -> U) -> Rates<U> {
        Rates {
            likelihood: self.likelihood.map(&f),
            transition: self.transition.map(&f),
            initial: self.initial.map(&f),
            habit: self.habit.map(&f),
            preference: self.preference.map(&f),
        }
    }
}

/// Everything that has counts is learned at rate 1.
impl Default for Rates {
    fn default() -> Self {
        Rates::all(1.0)
    }
}
