//! Choices between less sooner, or for certain, and more later, or perhaps: nothing is learned.

use aif_macros::learner;
use aif_runtime::Real;
use aif_runtime::measure::Softmax;

use super::{DelayedOffers, UncertainOffers};

/// Whether to wait, by the difference of two values.
fn wait<T: Real>(later: T, sooner: T, inverse_temperature: T) -> Softmax<bool, T> {
    Softmax::new([T::zero(), inverse_temperature * (later - sooner)])
}

/// Hyperbolic discounting: an amount is worth `amount / (1 + k delay)` (Mazur 1987).
///
/// Columns: `delay_later`, `amount_later`, `delay_sooner`, `amount_sooner`, `choice` (1 is later). hBayesDM: `dd_hyperbolic` (k, beta).
#[derive(Clone, Copy, Debug)]
pub struct Hyperbolic<T> {
    /// How fast values fall.
    pub discount_rate: T,
    /// How strictly choices follow values.
    pub inverse_temperature: T,
}

#[learner(
    inputs(delay_later: f64, amount_later: f64, delay_sooner: f64, amount_sooner: f64),
    actions(choice: bool),
    world = DelayedOffers
)]
impl<T: Real> Hyperbolic<T> {
    #[response]
    fn choice(&self, delay_later: f64, amount_later: T, delay_sooner: f64, amount_sooner: T) -> Softmax<bool, T> {
        let value = |amount: T, delay: f64| amount / (1.0 + self.discount_rate * delay);
        wait(value(amount_later, delay_later), value(amount_sooner, delay_sooner), self.inverse_temperature)
    }
}

/// Exponential discounting: an amount is worth `amount exp(-r delay)` (Samuelson 1937).
///
/// Columns: as [`Hyperbolic`]. hBayesDM: `dd_exp` (r, beta).
#[derive(Clone, Copy, Debug)]
pub struct Exponential<T> {
    /// How fast values fall.
    pub discount_rate: T,
    /// How strictly choices follow values.
    pub inverse_temperature: T,
}

#[learner(
    inputs(delay_later: f64, amount_later: f64, delay_sooner: f64, amount_sooner: f64),
    actions(choice: bool),
    world = DelayedOffers
)]
impl<T: Real> Exponential<T> {
    #[response]
    fn choice(&self, delay_later: f64, amount_later: T, delay_sooner: f64, amount_sooner: T) -> Softmax<bool, T> {
        let value = |amount: T, delay: f64| amount * (-(self.discount_rate * delay)).exp();
        wait(value(amount_later, delay_later), value(amount_sooner, delay_sooner), self.inverse_temperature)
    }
}

/// Constant sensitivity: an amount is worth `amount exp(-(r delay)^s)` (Ebert & Prelec 2007).
///
/// Columns: as [`Hyperbolic`]. hBayesDM: `dd_cs` (r, s, beta).
#[derive(Clone, Copy, Debug)]
pub struct ConstantSensitivity<T> {
    /// How fast values fall.
    pub discount_rate: T,
    /// How much time counts: below one, what is near counts more.
    pub time_sensitivity: T,
    /// How strictly choices follow values.
    pub inverse_temperature: T,
}

#[learner(
    inputs(delay_later: f64, amount_later: f64, delay_sooner: f64, amount_sooner: f64),
    actions(choice: bool),
    world = DelayedOffers
)]
impl<T: Real> ConstantSensitivity<T> {
    #[response]
    fn choice(&self, delay_later: f64, amount_later: T, delay_sooner: f64, amount_sooner: T) -> Softmax<bool, T> {
        let value = |amount: T, delay: f64| {
            let away = self.discount_rate * delay;
            let felt = if delay > 0.0 { (self.time_sensitivity * away.ln()).exp() } else { T::zero() };
            amount * (-felt).exp()
        };
        wait(value(amount_later, delay_later), value(amount_sooner, delay_sooner), self.inverse_temperature)
    }
}

/// Probability discounting: an uncertain amount is worth `amount / (1 + h odds)`, by the odds against it (Rachlin, Raineri & Cross 1991).
///
/// Columns: `probability`, `amount_uncertain`, `amount_certain`, `choice` (1 is the uncertain one).
#[derive(Clone, Copy, Debug)]
pub struct Probabilistic<T> {
    /// How fast values fall.
    pub discount_rate: T,
    /// How strictly choices follow values.
    pub inverse_temperature: T,
}

#[learner(
    inputs(probability: f64, amount_uncertain: f64, amount_certain: f64),
    actions(choice: bool),
    world = UncertainOffers
)]
impl<T: Real> Probabilistic<T> {
    #[response]
    fn choice(&self, probability: f64, amount_uncertain: T, amount_certain: T) -> Softmax<bool, T> {
        let against = (1.0 - probability) / probability;
        wait(amount_uncertain / (1.0 + self.discount_rate * against), amount_certain, self.inverse_temperature)
    }
}
