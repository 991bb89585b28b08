//! Pictures of fits, as SVG.

mod canvas;
mod densities;
mod recovery;

pub use canvas::{Canvas, Ink};
pub use densities::densities;
pub use recovery::{Panel, correlation, recovery};
