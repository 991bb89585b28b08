//! Learners: what `#[learner]` declarations are made of, and the field's models, ready-made.
#![doc = ""]
#![doc = include_str!("../../docs/learners.md")]

mod bandits;
mod conditioning;
mod discounting;
mod go_nogo;
mod iowa;
mod numbered;
mod offers;
mod reversal;
mod risk;
mod social;
mod two_step;
mod worlds;

pub use aif_runtime::learner::*;

pub use bandits::{
    Delta, DeltaStates, DriftingDelta, DriftingDeltaStates, Forgetting, ForgettingStates, GainLoss, GainLossStates, Kalman,
    KalmanStates, PearceHall, PearceHallStates, Perseveration, PerseverationStates, TwoRates, TwoRatesStates, WinStay,
    WinStayStates,
};
pub use conditioning::{TemporalDifference, TemporalDifferenceStates};
pub use discounting::{
    ConstantSensitivity, ConstantSensitivityStates, Exponential, ExponentialStates, Hyperbolic, HyperbolicStates, Probabilistic,
    ProbabilisticStates,
};
pub use go_nogo::{GoNoGo, GoNoGoStates};
pub use iowa::{
    OutcomeRepresentation, OutcomeRepresentationStates, ProspectDecay, ProspectDecayStates, ProspectDelta, ProspectDeltaStates,
    ValuePlusPerseveration, ValuePlusPerseverationStates,
};
pub use numbered::Numbered;
pub use offers::{DelayedOffers, Gambles, PeerGambles, Splits, UncertainOffers};
pub use reversal::{
    ExperienceWeighted, ExperienceWeightedStates, Fictitious, FictitiousStates, RewardPunishment, RewardPunishmentStates,
};
pub use risk::{Prospect, ProspectStates};
pub use social::{NormBayes, NormBayesStates, NormDelta, NormDeltaStates, PeerInfluence, PeerInfluenceStates};
pub use two_step::{TwoStep, TwoStepStates};
pub use worlds::{Bandit, Chain, Decks, GoNoGoTask, PayingArms, Reversing, TwoStepTask, WalkingArms, WinningArms};

use aif_runtime::Real;

/// Moves a value to a target, at a rate from 0 to 1.
pub(crate) fn nudge<T: Real>(value: &mut T, rate: T, target: T) {
    *value += rate * (target - *value);
}

/// One at a place, zero elsewhere.
pub(crate) fn one_at<T: Real, const N: usize>(place: usize) -> [T; N] {
    core::array::from_fn(|i| if i == place { T::one() } else { T::zero() })
}

/// A number that is not negative to the power of a parameter; zero stays zero.
pub(crate) fn power<T: Real>(x: f64, exponent: T) -> T {
    if x > 0.0 { (exponent * aif_runtime::math::ln(x)).exp() } else { T::zero() }
}

/// The utility of prospect theory (Kahneman & Tversky 1979): gains to the power of a sensitivity, losses likewise and weighted by an aversion.
pub(crate) fn prospect<T: Real>(x: f64, sensitivity: T, aversion: T) -> T {
    if x < 0.0 { -(aversion * power(-x, sensitivity)) } else { power(x, sensitivity) }
}
