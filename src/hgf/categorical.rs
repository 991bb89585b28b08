//! Categorical inputs: one binary node for each category, with a value parent of its own, and one volatility for all.

use aif_macros::hgf;
use aif_runtime::hgf::{Belief, Softmax};
use aif_runtime::{Domain, Index, Real};

/// Learns how likely each of `N` categories is, and how fast that changes; guesses the next one.
///
/// Columns: `input` (0 to N - 1), `response` (likewise).
#[derive(Clone, Copy, Debug)]
pub struct CategoricalFilter<T, const N: usize> {
    /// The tonic part of each category's log-volatility (omega 2).
    pub tonic_volatility: [T; N],
    /// How fast the common part moves (omega 3).
    pub meta_volatility: T,
    /// How strictly responses follow predictions; 0: not at all.
    pub inverse_temperature: T,
}

#[hgf(inputs(input: Index<N>))]
impl<T: Real, const N: usize> CategoricalFilter<T, N> {
    nodes! {
        /// Whether each category is shown.
        input ~ Categorical(logistic(chance));
        /// The log-odds of each category.
        #[initial(mean = T::constant(-(N as f64 - 1.0).ln()))]
        chance[input] ~ Gaussian(chance[input], exp(self.tonic_volatility[input] + volatility));
        /// The common part of their log-volatility.
        volatility ~ Gaussian(volatility, exp(self.meta_volatility));
    }

    /// The guess, before the input is seen: in proportion to the predicted odds, to the power of the inverse temperature.
    #[response]
    fn response(&self, input: [Belief<T>; N]) -> Softmax<Index<N>, T> {
        Softmax::by(|category: Index<N>| input[category.index()].log_odds * self.inverse_temperature)
    }
}
