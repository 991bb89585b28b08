//! What is learned, when, and from which beliefs.

use alloc::format;

use serde::{Deserialize, Serialize};

use super::rates::Rates;
use crate::model::{Limited, ModelError};
use crate::scalar::Real;

/// When counts are added to.
///
/// What is done at a step (habits, E) is learned with what is learned next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum When {
    /// What was seen is learned before the next choice is made, from what is believed then: the observation, and the transition that led to
    /// it.
    #[default]
    BeforeChoice,
    /// Each step is learned from once `lag` more have been seen, in their light, before the choice then. What is left at a block's end is
    /// learned there.
    Smoothed {
        /// How many steps later.
        lag: usize,
    },
    /// At the end of each block: when the agent restarts, or when it is asked to.
    BlockEnd,
    /// What was seen is learned after the choice that follows it: the order of the reference implementation. The outcome of an action does
    /// not move the next choice, only the one after that.
    AfterChoice,
}

impl When {
    /// Whether something may be learned between what is seen and the choice that follows.
    pub fn is_before_choice(self) -> bool {
        matches!(self, When::BeforeChoice | When::Smoothed { .. })
    }

    /// How many steps are waited for before a step is learned from, where it is learned from within its block.
    pub(super) fn lag(self) -> Option<usize> {
        match self {
            When::BeforeChoice | When::AfterChoice => Some(0),
            When::Smoothed { lag } => Some(lag),
            When::BlockEnd => None,
        }
    }
}

/// From which beliefs counts are made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Beliefs {
    /// What was believed at each step then. A transition counts as if the beliefs before and after it were independent.
    Filtered,
    /// What is believed about each step in the light of all that was seen so far; transitions as above.
    Smoothed,
    /// The same, and transitions by what is believed of both steps together.
    #[default]
    Pairwise,
}

/// What an agent learns of what its model declares with counts (`Dirichlet`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Learning {
    /// How fast, and which kinds.
    pub rates: Rates,
    /// When.
    pub when: When,
    /// From which beliefs.
    pub from: Beliefs,
    /// How much of what was learned is forgotten at each update, in [0, 1).
    pub forgetting: f64,
}

/// The longest lag, in steps.
const MAX_LAG: usize = 10_000;

impl Learning {
    pub(crate) fn check(&self) -> Result<(), ModelError> {
        self.pace::<f64>().check()?;
        if let When::Smoothed { lag } = self.when {
            refuse_if!(lag > MAX_LAG, ModelError::Excess { what: Limited::Lag, found: lag, most: MAX_LAG });
        }
        Ok(())
    }

    /// How fast, in another scalar.
    pub fn pace<T: Real>(&self) -> Pace<T> {
        Pace { rates: self.rates.map(T::constant), forgetting: T::constant(self.forgetting) }
    }
}

/// How fast counts are learned and forgotten.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace<T = f64> {
    /// What is added for what was seen.
    pub rates: Rates<T>,
    /// How much of what was learned is forgotten at each update, in [0, 1).
    pub forgetting: T,
}

impl<T: Real> Pace<T> {
    /// Checks the ranges.
    ///
    /// # Errors
    /// Names the number that is out of its range.
    pub fn check(&self) -> Result<(), ModelError> {
        let Rates { likelihood, transition, initial, habit, preference } = self.rates;
        let named = [
            ("likelihood", likelihood),
            ("transition", transition),
            ("initial", initial),
            ("habit", habit),
            ("preference", preference),
        ];
        for (what, rate) in named {
            if let Some(rate) = rate
                && !(rate.value() >= 0.0 && rate.is_finite())
            {
                let what = format!("the learning rate of the {what}");
                return Err(ModelError::Number { what, value: rate.value(), expected: "at least 0" });
            }
        }
        if !((0.0..1.0).contains(&self.forgetting.value()) && self.forgetting.is_finite()) {
            let what = "the forgetting of learned counts".into();
            return Err(ModelError::Number { what, value: self.forgetting.value(), expected: "at least 0 and below 1" });
        }
        Ok(())
    }
}
