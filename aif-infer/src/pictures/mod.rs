//! Pictures of fits and of learning, as SVG.

mod canvas;
mod curves;
mod densities;
mod heat_maps;
mod plot;
mod recovery;

pub use canvas::{Canvas, Ink};
pub use curves::{Series, curves};
pub use densities::densities;
pub use heat_maps::heat_maps;
pub use plot::{Plot, range};
pub use recovery::{Panel, correlation, recovery};
