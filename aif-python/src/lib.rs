//! What Python modules of declared models are made of: what `aif::python!` emits calls of.
//!
//! A module is filled from a [`Declaration`]: the types of a model and its population are erased there, so that classes are compiled once
//! for all.
#![warn(missing_docs)]

mod agent;
mod batch;
mod crowd;
mod declaration;
mod family;
mod fault;
mod filter;
mod given;
mod learner;
mod levels;
mod life;
mod lives;
mod model;
mod module;
mod nest;
mod scorer;
mod seen;
mod shape;
mod stub;
mod variable;
mod world;

pub use pyo3;

pub use declaration::{Declaration, StudiedBy};
pub use family::{Family, Kind};
pub use lives::Lives;
pub use model::Build;
pub use module::{fill, fill_with};
