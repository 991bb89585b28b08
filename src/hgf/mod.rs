//! Hierarchical Gaussian filters: what `#[hgf]` declarations are made of, and ready-made ones.
//!
//! ```
//! use aif::prelude::*;
//! use aif::hgf::{Bernoulli, Belief, Filter, FilterOptions};
//!
//! /// Learns how likely the outcome is, and chooses by that.
//! #[derive(Clone, Copy, Debug)]
//! pub struct Learner<T> {
//!     /// How fast the chance is believed to move (omega).
//!     pub tonic_volatility: T,
//!     /// How strictly choices follow beliefs.
//!     pub inverse_temperature: T,
//! }
//!
//! #[hgf(inputs(outcome: bool))]
//! impl<T: Real> Learner<T> {
//!     nodes! {
//!         outcome ~ Bernoulli(logistic(chance));
//!         /// The log-odds of the outcome.
//!         chance ~ Gaussian(chance, exp(self.tonic_volatility));
//!     }
//!
//!     #[response]
//!     fn choice(&self, outcome: Belief<T>) -> Bernoulli<T> {
//!         Bernoulli::softmax(outcome.log_odds, self.inverse_temperature)
//!     }
//! }
//!
//! let learner = Learner { tonic_volatility: -2.0, inverse_temperature: 1.5 };
//! let mut filter = Filter::new(learner, FilterOptions::default())?;
//! for outcome in [true, true, false, true] {
//!     let believed = filter.step(&LearnerInput { outcome: Some(outcome) }, 1.0)?;
//!     println!("{:.3} -> {:.3}", believed.outcome.expected_mean, believed.chance.mean);
//! }
//! # Ok::<(), aif::hgf::FilterError>(())
//! ```

mod binary;
mod categorical;
mod continuous;

pub use aif_runtime::hgf::*;

pub use binary::{
    ThreeLevelBinary, ThreeLevelBinaryBeliefs, ThreeLevelBinaryInput, TimedBinary, TimedBinaryBeliefs, TimedBinaryInput,
    TwoLevelBinary, TwoLevelBinaryBeliefs, TwoLevelBinaryInput,
};
pub use categorical::{CategoricalFilter, CategoricalFilterBeliefs, CategoricalFilterInput};
pub use continuous::{
    ThreeLevelContinuous, ThreeLevelContinuousBeliefs, ThreeLevelContinuousInput, TwoLevelContinuous, TwoLevelContinuousBeliefs,
    TwoLevelContinuousInput,
};
