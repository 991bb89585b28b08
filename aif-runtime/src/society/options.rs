//! The run-time choices of a player.

use serde::{Deserialize, Serialize};

use super::error::SocietyError;
use crate::plan::MAX_HORIZON;

/// The run-time choices of a player.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PlayerOptions {
    /// How far it looks ahead, in steps; `None` is the horizon that the model declares.
    pub horizon: Option<usize>,
    /// What expected log-preferences count; 0 is off.
    pub utility: f64,
    /// What the information counts that each modality gives about the state; 0 is off.
    pub state_information_gain: f64,
    /// How many beliefs of the other are carried at most. Those beyond, the least probable ones, are taken for the nearest one that is
    /// carried (of the same kind of other, by total variation of what it believes of states). Planning is exact as long as nothing was: where
    /// both [`Player::merged`] (while it lived) and [`Deliberation::merged`] (in the plan) are 0. Choices are scored of such players alone.
    ///
    /// [`Player::merged`]: super::Player::merged
    /// [`Deliberation::merged`]: super::Deliberation::merged
    pub beliefs: usize,
    /// How often the worth of a step may be worked out in one choice, those that the other is thought to work out included.
    pub evaluations: usize,
}

impl Default for PlayerOptions {
    fn default() -> Self {
        PlayerOptions { horizon: None, utility: 1.0, state_information_gain: 1.0, beliefs: 1024, evaluations: 10_000_000 }
    }
}

impl PlayerOptions {
    pub(super) fn check(&self) -> Result<(), SocietyError> {
        let weights =
            [("the weight of utility", self.utility), ("the weight of state information gain", self.state_information_gain)];
        for (what, value) in weights {
            if !(value.is_finite() && value.abs() <= 1e100) {
                return Err(SocietyError::Option { what, value, expected: "of a magnitude up to 1e100" });
            }
        }
        if let Some(horizon) = self.horizon.filter(|horizon| !(1..=MAX_HORIZON).contains(horizon)) {
            return Err(SocietyError::Option { what: "the horizon", value: horizon as f64, expected: "from 1 to 256" });
        }
        for (what, value) in [("the number of beliefs carried", self.beliefs), ("the number of evaluations", self.evaluations)] {
            if value == 0 {
                return Err(SocietyError::Option { what, value: 0.0, expected: "at least 1" });
            }
        }
        Ok(())
    }
}
