//! Learners among others: what is fair, and what others choose.

// Columns have the names that they have in the field's tables.
#![allow(non_snake_case)]

use aif_macros::learner;
use aif_runtime::measure::Softmax;
use aif_runtime::{Domain, Index, Real};

use super::{PeerGambles, Splits, power};

/// Offers in the ultimatum game, against a norm that follows them by a delta rule (Gu et al. 2015).
///
/// Columns: `offer`, `accept`. hBayesDM: `ug_delta` (alpha, ep, tau); its norm begins at 10, half of what there is to split.
#[derive(Clone, Copy, Debug)]
pub struct NormDelta<T> {
    /// How much an offer below the norm hurts.
    pub envy: T,
    /// How far the norm moves to each offer, from 0 to 1.
    pub learning_rate: T,
    /// How strictly choices follow utilities.
    pub inverse_temperature: T,
    /// The norm before the first offer.
    pub initial_norm: T,
}

#[learner(inputs(offer: f64), actions(accept: bool), world = Splits)]
impl<T: Real> NormDelta<T> {
    /// What offers are expected to be.
    #[state(initial = self.initial_norm)]
    fn norm(&self, norm: T, offer: T) -> T {
        norm + self.learning_rate * (offer - norm)
    }

    #[response]
    fn accept(&self, norm: T, offer: T) -> Softmax<bool, T> {
        let short = if norm.value() > offer.value() { norm - offer } else { T::zero() };
        Softmax::new([T::zero(), self.inverse_temperature * (offer - self.envy * short)])
    }
}

/// Offers in the ultimatum game, against the norm of an observer who averages them with what it thought before; more than the norm may hurt, too
/// (Xiang, Lohrenz & Montague 2013).
///
/// Columns: `offer`, `accept`. hBayesDM: `ug_bayes` (alpha, beta, tau).
#[derive(Clone, Copy, Debug)]
pub struct NormBayes<T> {
    /// How much an offer below the norm hurts.
    pub envy: T,
    /// How much one above it does.
    pub guilt: T,
    /// How strictly choices follow utilities.
    pub inverse_temperature: T,
    /// The norm before the first offer; 10 in the paper.
    pub initial_norm: T,
    /// How many offers it is worth; 4 in the paper.
    pub initial_weight: T,
}

#[learner(inputs(offer: f64), actions(accept: bool), world = Splits)]
impl<T: Real> NormBayes<T> {
    /// How many offers the norm is worth.
    #[state(initial = self.initial_weight)]
    fn weight(&self, weight: T) -> T {
        weight + 1.0
    }

    /// What offers are expected to be.
    #[state(initial = self.initial_norm)]
    fn norm(&self, norm: T, weight: T, offer: T) -> T {
        norm + (offer - norm) / (weight + 1.0)
    }

    #[response]
    fn accept(&self, norm: T, offer: T) -> Softmax<bool, T> {
        let away = offer - norm;
        let hurts = if away.value() < 0.0 { -(self.envy * away) } else { self.guilt * away };
        Softmax::new([T::zero(), self.inverse_temperature * (offer - hurts)])
    }
}

/// Gambles that others were seen to choose, or not: what they chose is worth more (Chung, Christopoulos, King-Casas, Ball & Chiu 2015).
///
/// Columns: `condition` (0: alone, 1: both others were safe, 2: one of each, 3: both took the risk), `p_gamble` (the probability of the higher
/// payoff of either), `safe_Hpayoff`, `safe_Lpayoff`, `risky_Hpayoff`, `risky_Lpayoff`, `choice` (1 is the risk). hBayesDM: `peer_ocu` (rho, tau, ocu).
#[derive(Clone, Copy, Debug)]
pub struct PeerInfluence<T> {
    /// The power of payoffs: below one, averse to risk.
    pub risk_aversion: T,
    /// How strictly choices follow utilities.
    pub inverse_temperature: T,
    /// What it is worth to choose what others have chosen.
    pub conformity: T,
}

#[learner(
    inputs(condition: Index<4>, p_gamble: f64, safe_Hpayoff: f64, safe_Lpayoff: f64, risky_Hpayoff: f64, risky_Lpayoff: f64),
    actions(choice: bool),
    world = PeerGambles
)]
impl<T: Real> PeerInfluence<T> {
    /// What the safe option is worth, and the risky one.
    #[quantity]
    fn worth(&self, p_gamble: f64, safe_Hpayoff: f64, safe_Lpayoff: f64, risky_Hpayoff: f64, risky_Lpayoff: f64) -> [T; 2] {
        let worth =
            |high: f64, low: f64| power(high, self.risk_aversion) * p_gamble + power(low, self.risk_aversion) * (1.0 - p_gamble);
        [worth(safe_Hpayoff, safe_Lpayoff), worth(risky_Hpayoff, risky_Lpayoff)]
    }

    #[response]
    fn choice(&self, worth: [T; 2], condition: Index<4>) -> Softmax<bool, T> {
        let [safe, risky] = worth;
        let others = match condition.index() {
            1 => -self.conformity,
            3 => self.conformity,
            _ => T::zero(),
        };
        Softmax::new([T::zero(), self.inverse_temperature * (risky - safe + others)])
    }
}
