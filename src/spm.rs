//! SPM's schemes as they are, over tables.
//!
#![doc = include_str!("../docs/coming-from-spm.md")]

pub use aif_runtime::spm::*;
