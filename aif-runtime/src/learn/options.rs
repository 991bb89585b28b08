//! What is learned, when, and from which beliefs.

use alloc::format;

use serde::{Deserialize, Serialize};

use super::update::Rates;
use crate::model::ModelError;

/// When counts are added to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum When {
    /// After each step. From smoothed beliefs, a step is counted once it leaves the window.
    #[default]
    Online,
    /// At the end of each block: when the agent restarts, or when it is asked to.
    BlockEnd,
}

/// From which beliefs counts are made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Beliefs {
    /// What was believed at each step then. A transition counts as if the beliefs before and after it were independent.
    Filtered,
    /// What is believed about each step in the light of later ones; transitions as above.
    Smoothed,
    /// The same, and transitions by their pairwise beliefs.
    #[default]
    Pairwise,
}

/// What an agent learns of what its model declares with counts (`Dirichlet`).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Learning {
    /// How fast, and which kinds.
    pub rates: Rates,
    /// When.
    pub when: When,
    /// From which beliefs.
    pub from: Beliefs,
    /// How many steps smoothing looks back over, online. At least 2.
    pub window: usize,
    /// How much of what was learned is forgotten at each update, in [0, 1).
    pub forgetting: f64,
}

impl Default for Learning {
    fn default() -> Self {
        Learning { rates: Rates::default(), when: When::Online, from: Beliefs::Pairwise, window: 4, forgetting: 0.0 }
    }
}

impl Learning {
    pub(crate) fn check(&self) -> Result<(), ModelError> {
        let Rates { likelihood, transition, initial, habit } = self.rates;
        for (what, rate) in [("likelihood", likelihood), ("transition", transition), ("initial", initial), ("habit", habit)] {
            if let Some(rate) = rate
                && !(rate > 0.0 && rate.is_finite())
            {
                let what = format!("the learning rate of the {what}");
                return Err(ModelError::Number { what, value: rate, expected: "above 0" });
            }
        }
        if !(0.0..1.0).contains(&self.forgetting) {
            let what = "the forgetting of learned counts".into();
            return Err(ModelError::Number { what, value: self.forgetting, expected: "at least 0 and below 1" });
        }
        refuse_if!(self.window < 2, "learning over a window needs at least 2 steps");
        Ok(())
    }
}
