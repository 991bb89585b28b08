//! Pictures of fits and of learning, as SVG.

mod canvas;
mod curves;
mod heat_maps;
mod plot;
mod strips;

pub use canvas::{Canvas, Ink};
pub(crate) use canvas::{tick_label, ticks};
pub use curves::{Series, curves};
pub use heat_maps::heat_maps;
pub(crate) use plot::scatter;
pub use plot::{Plot, range};
pub use strips::strips;
