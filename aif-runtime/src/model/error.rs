//! What can be wrong with a model's numbers, in the model's own words.

use alloc::string::String;

/// A model whose distributions or options cannot be used.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// A column of a likelihood, a transition or an initial distribution does not sum to one.
    #[error("{column} sums to {sum}, not to 1")]
    Sum {
        /// Which column: `outcome given place=Left, side=Right`.
        column: String,
        /// What it sums to.
        sum: f64,
    },
    /// A column of counts has none that is positive.
    #[error("{column} has no count above 0")]
    NoCounts {
        /// Which column.
        column: String,
    },
    /// A probability or a count is negative, infinite or not a number.
    #[error("{column} gives {label} the {what} {value}")]
    Entry {
        /// Which column.
        column: String,
        /// Which outcome or state.
        label: String,
        /// `probability` or `count`.
        what: &'static str,
        /// The offending number.
        value: f64,
    },
    /// A preference, habit or other model-wide number is not usable.
    #[error("{what} is {value}, but has to be {expected}")]
    Number {
        /// Which number: `preference of outcome for Reward`, `policy precision`.
        what: String,
        /// What it is.
        value: f64,
        /// What it has to be.
        expected: &'static str,
    },
    /// Options that do not fit the model.
    #[error("{0}")]
    Options(String),
}
