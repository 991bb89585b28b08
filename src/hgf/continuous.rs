//! Continuous inputs: a value and its volatility, with or without a volatility of that.

use aif_macros::hgf;
use aif_runtime::Real;
use aif_runtime::hgf::{Belief, Evidence, predictive_surprise};

/// Follows a noisy number, and learns how fast it moves. It is scored by how little its inputs surprise it. It begins at the first of them,
/// whatever their units.
///
/// Columns: `input`.
#[derive(Clone, Copy, Debug)]
pub struct TwoLevelContinuous<T> {
    /// The tonic part of the value's log-volatility (omega 1).
    pub tonic_volatility: T,
    /// How strongly the phasic part bears on it (kappa).
    pub volatility_coupling: T,
    /// How fast volatility itself moves (omega 2).
    pub meta_volatility: T,
    /// The precision of the input's noise: one over its variance.
    pub input_precision: T,
}

#[hgf(inputs(input: f64), start = first_input)]
impl<T: Real> TwoLevelContinuous<T> {
    nodes! {
        /// What is measured.
        input ~ Gaussian(value, 1.0 / self.input_precision);
        /// What it measures.
        value ~ Gaussian(value, exp(self.tonic_volatility + self.volatility_coupling * volatility));
        /// The phasic part of its log-volatility.
        volatility ~ Gaussian(volatility, exp(self.meta_volatility));
    }

    /// How little the input surprises: its log-density under the prediction, noise included.
    #[response]
    fn evidence(&self, input: Belief<T>, value: Belief<T>) -> Evidence<T> {
        Evidence(-predictive_surprise(input, value))
    }
}

/// As [`TwoLevelContinuous`], with a volatility of the volatility.
///
/// Columns: `input`.
#[derive(Clone, Copy, Debug)]
pub struct ThreeLevelContinuous<T> {
    /// The tonic part of the value's log-volatility (omega 1).
    pub tonic_volatility: T,
    /// How strongly the phasic part bears on it (kappa 1).
    pub volatility_coupling: T,
    /// The tonic part of the volatility's own log-volatility (omega 2).
    pub meta_volatility: T,
    /// How strongly its phasic part bears on it (kappa 2).
    pub meta_coupling: T,
    /// How fast that moves (omega 3).
    pub top_volatility: T,
    /// The precision of the input's noise: one over its variance.
    pub input_precision: T,
}

#[hgf(inputs(input: f64), start = first_input)]
impl<T: Real> ThreeLevelContinuous<T> {
    nodes! {
        /// What is measured.
        input ~ Gaussian(value, 1.0 / self.input_precision);
        /// What it measures.
        value ~ Gaussian(value, exp(self.tonic_volatility + self.volatility_coupling * volatility));
        /// The phasic part of its log-volatility.
        volatility ~ Gaussian(volatility, exp(self.meta_volatility + self.meta_coupling * top));
        /// The phasic part of that one's.
        top ~ Gaussian(top, exp(self.top_volatility));
    }

    /// How little the input surprises: its log-density under the prediction, noise included.
    #[response]
    fn evidence(&self, input: Belief<T>, value: Belief<T>) -> Evidence<T> {
        Evidence(-predictive_surprise(input, value))
    }
}
