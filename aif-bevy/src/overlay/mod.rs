//! What minds believe, consider and why, as a picture: worked out once, drawn with gizmos on a screen, or written as SVG where there is none.

mod draw;
#[cfg(feature = "gizmos")]
mod gizmos;
mod plugin;
mod shown;
mod sketch;
mod svg;

pub use draw::TERM_COLOURS;
#[cfg(feature = "gizmos")]
pub use gizmos::draw_sketch;
pub use plugin::{OverlayError, OverlayPlugin};
pub use shown::{Overlay, Shown};
pub use sketch::{Mark, Sketch};
