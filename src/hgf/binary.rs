//! Binary inputs: two levels, three levels, and choices with reaction times.

use aif_macros::hgf;
use aif_runtime::Real;
use aif_runtime::hgf::{Belief, Bernoulli, LogNormal};

/// Learns how likely a one is, at a rate that tonic volatility sets, and answers by that (Mathys et al. 2011).
///
/// Columns: `input`, `response`.
#[derive(Clone, Copy, Debug)]
pub struct TwoLevelBinary<T> {
    /// How fast the chance of a one is believed to move: the logarithm of the variance of its step (omega).
    pub tonic_volatility: T,
    /// How strictly responses follow predictions; 0: not at all.
    pub inverse_temperature: T,
}

#[hgf(inputs(input: bool))]
impl<T: Real> TwoLevelBinary<T> {
    nodes! {
        /// What is shown.
        input ~ Bernoulli(logistic(chance));
        /// The log-odds of a one.
        chance ~ Gaussian(chance, exp(self.tonic_volatility));
    }

    /// The response to the prediction, before the input is seen.
    #[response]
    fn response(&self, input: Belief<T>) -> Bernoulli<T> {
        Bernoulli::softmax(input.log_odds, self.inverse_temperature)
    }
}

/// Learns how likely a one is, and how fast that changes, and answers by the former (Mathys et al. 2011).
///
/// Columns: `input`, `response`.
#[derive(Clone, Copy, Debug)]
pub struct ThreeLevelBinary<T> {
    /// The tonic part of the chance's log-volatility (omega 2).
    pub tonic_volatility: T,
    /// How strongly the volatility's phasic part bears on the chance (kappa).
    pub volatility_coupling: T,
    /// How fast volatility itself is believed to move (omega 3).
    pub meta_volatility: T,
    /// How strictly responses follow predictions; 0: not at all.
    pub inverse_temperature: T,
}

#[hgf(inputs(input: bool))]
impl<T: Real> ThreeLevelBinary<T> {
    nodes! {
        /// What is shown.
        input ~ Bernoulli(logistic(chance));
        /// The log-odds of a one.
        chance ~ Gaussian(chance, exp(self.tonic_volatility + self.volatility_coupling * volatility));
        /// The phasic part of the chance's log-volatility.
        volatility ~ Gaussian(volatility, exp(self.meta_volatility));
    }

    /// The response to the prediction, before the input is seen.
    #[response]
    fn response(&self, input: Belief<T>) -> Bernoulli<T> {
        Bernoulli::softmax(input.log_odds, self.inverse_temperature)
    }
}

/// As [`TwoLevelBinary`], with reaction times that grow with how unsure the prediction is.
///
/// Columns: `input`, `response`, `response_time` (any unit; `pace` is in its logarithm).
#[derive(Clone, Copy, Debug)]
pub struct TimedBinary<T> {
    /// How fast the chance of a one is believed to move (omega).
    pub tonic_volatility: T,
    /// How strictly responses follow predictions; 0: not at all.
    pub inverse_temperature: T,
    /// The mean logarithm of the reaction time where the prediction is sure.
    pub pace: T,
    /// What is added for each nat of entropy of the prediction.
    pub hesitation: T,
    /// The standard deviation of the logarithm.
    pub noise: T,
}

#[hgf(inputs(input: bool))]
impl<T: Real> TimedBinary<T> {
    nodes! {
        /// What is shown.
        input ~ Bernoulli(logistic(chance));
        /// The log-odds of a one.
        chance ~ Gaussian(chance, exp(self.tonic_volatility));
    }

    /// The response to the prediction, before the input is seen.
    #[response]
    fn response(&self, input: Belief<T>) -> Bernoulli<T> {
        Bernoulli::softmax(input.log_odds, self.inverse_temperature)
    }

    /// How long it took.
    #[response]
    fn response_time(&self, input: Belief<T>) -> LogNormal<T> {
        let (x, p) = (input.log_odds, input.expected_mean);
        // The entropy of a yes-or-no prediction with log-odds x: ln(1 + e^x) - p x.
        LogNormal::new(self.pace + self.hesitation * (x.softplus() - p * x), self.noise)
    }
}
