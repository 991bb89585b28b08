//! What is measured: distributions of numbers, and the modalities that return them.
#![doc = ""]
#![doc = include_str!("../docs/measurements.md")]

pub use aif_runtime::measure::*;
