//! Several minds, and minds about minds: players who think about each other, and ready-made games.
#![doc = ""]
#![doc = include_str!("../../docs/societies.md")]

mod corridor;
mod hide_and_seek;
mod matrix;
mod repaying;
mod signalling;
mod trust;
mod ultimatum;

pub use aif_runtime::society::*;

pub use corridor::*;
pub use hide_and_seek::*;
pub use matrix::*;
pub use repaying::*;
pub use signalling::*;
pub use trust::*;
pub use ultimatum::*;
