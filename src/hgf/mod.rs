//! Hierarchical Gaussian filters: what `#[hgf]` declarations are made of, and ready-made ones.
#![doc = ""]
#![doc = include_str!("../../docs/hgf.md")]

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
