//! How a function of an agent's beliefs changes with its evidence and parameters: what a learned encoder is trained by.
#![doc = ""]
#![doc = include_str!("../docs/encoders.md")]

pub use aif_infer::sensitivity::*;
