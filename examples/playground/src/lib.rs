//! What runs behind the playground's page: a maze, five hundred foragers, and two machines with somebody who chooses.
//!
//! `examples/playground/build` makes a folder of static files of it. Natively, `cargo run -p playground` prints what the module in a browser has to
//! come to, too.

pub mod chance;
pub mod corridors;
pub mod fitted;
pub mod forager;
pub mod herd;
#[path = "../../foragers/src/land.rs"]
#[allow(dead_code)]
mod land;
pub mod maze;
pub mod nuts;
mod prospect;
pub mod sampled;
#[path = "../../foragers/src/species.rs"]
#[allow(dead_code)]
mod species;
pub mod visitor;
mod wires;
