//! Learners at the go/no-go task: each cue asks for one of the two, to win or not to lose.

// Columns have the names that they have in the field's tables.
#![allow(non_snake_case)]

use aif_macros::learner;
use aif_runtime::{Dist, Domain, Real};

use super::{GoNoGoTask, Numbered, nudge};

/// Values of cues and actions, a bias to go, a Pavlovian bias by what the cue is worth, and lapses (Guitart-Masip et al. 2012; Cavanagh, Eisenberg,
/// Guitart-Masip, Huys & Frank 2013). With no bias, or no Pavlovian one, or one sensitivity for both outcomes, it is a smaller model.
///
/// Columns: `cue`, `keyPressed`, `outcome`. hBayesDM: `gng_m1` (xi, ep, rho), `gng_m2` (and b), `gng_m3` (and pi), `gng_m4` (rhoRew and rhoPun).
#[derive(Clone, Copy, Debug)]
pub struct GoNoGo<T> {
    /// The probability of a lapse: go or not, each by half.
    pub lapse: T,
    /// How far values move to outcomes, from 0 to 1.
    pub learning_rate: T,
    /// What speaks for going, always.
    pub go_bias: T,
    /// How much the worth of a cue speaks for going.
    pub pavlovian_bias: T,
    /// What an outcome that is not below zero is worth.
    pub reward_sensitivity: T,
    /// What one below zero is worth.
    pub punishment_sensitivity: T,
}

#[learner(inputs(cue: Numbered<4>), observations(outcome: f64), actions(keyPressed: bool), world = GoNoGoTask::default())]
impl<T: Real> GoNoGo<T> {
    /// What the outcome is worth.
    #[quantity]
    fn worth(&self, outcome: f64) -> T {
        if outcome >= 0.0 { self.reward_sensitivity * outcome } else { self.punishment_sensitivity * outcome }
    }

    /// What each cue is worth.
    #[state(initial = [0.0; 4])]
    fn cue_value(&self, mut cue_value: [T; 4], cue: Numbered<4>, worth: T) -> [T; 4] {
        nudge(&mut cue_value[cue.index()], self.learning_rate, worth);
        cue_value
    }

    /// What it is worth not to go, and to go, at each cue.
    #[state(initial = [[0.0; 2]; 4])]
    fn value(&self, mut value: [[T; 2]; 4], cue: Numbered<4>, keyPressed: bool, worth: T) -> [[T; 2]; 4] {
        nudge(&mut value[cue.index()][usize::from(keyPressed)], self.learning_rate, worth);
        value
    }

    #[response]
    fn keyPressed(&self, value: [[T; 2]; 4], cue_value: [T; 4], cue: Numbered<4>) -> Dist<bool, T> {
        let [stay, go] = value[cue.index()];
        let drawn = go + self.go_bias + self.pavlovian_bias * cue_value[cue.index()];
        let go = (1.0 - self.lapse) * (drawn - stay).logistic() + self.lapse * 0.5;
        Dist::bernoulli(true, go, false)
    }
}
