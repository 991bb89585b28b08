//! Ready-made worlds, each a declared generative model: to be acted in ([`World`]), and to act under
//! ([`Agent`]).
//!
//! What a world does and what an agent believes that it does are two values of one struct.

mod cue_chain;
mod gaussian_bandit;
mod generalised_tmaze;
mod graph;
mod grid;
mod noisy_cue;
mod simplified_tmaze;
mod thermostat;
mod tmaze;

pub use cue_chain::*;
pub use gaussian_bandit::*;
pub use generalised_tmaze::*;
pub use graph::*;
pub use grid::*;
pub use noisy_cue::*;
pub use simplified_tmaze::*;
pub use thermostat::*;
pub use tmaze::*;

use aif_runtime::ModelError;

use crate::prelude::*;

/// One of two sides.
#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Side {
    /// The left one.
    Left,
    /// The right one.
    Right,
}

/// What a place pays.
#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// Nothing.
    Nothing,
    /// A reward.
    Reward,
    /// A punishment.
    Punishment,
}

/// What a cue says of a side.
#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cue {
    /// Nothing.
    Nothing,
    /// The left one.
    Left,
    /// The right one.
    Right,
}

impl From<Side> for Cue {
    fn from(side: Side) -> Cue {
        match side {
            Side::Left => Cue::Left,
            Side::Right => Cue::Right,
        }
    }
}

/// One step on a grid, or none.
#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Move {
    /// One row up.
    Up,
    /// One row down.
    Down,
    /// One column to the left.
    Left,
    /// One column to the right.
    Right,
    /// Nowhere.
    Stay,
}

impl Move {
    fn by(self) -> (isize, isize) {
        match self {
            Move::Up => (0, -1),
            Move::Down => (0, 1),
            Move::Left => (-1, 0),
            Move::Right => (1, 0),
            Move::Stay => (0, 0),
        }
    }
}

/// The known value, or all equally probable.
fn known_or_uniform<O: Domain, T: Real>(known: Option<O>) -> Dist<O, T> {
    known.map_or_else(Dist::uniform, Dist::certain)
}

/// What an arm pays: with independent outcomes a reward or nothing on the paying side, a punishment or nothing on the other; with
/// dependent ones always one of the two.
fn arm<T: Real>(pays: bool, reward: T, punishment: T, dependent: bool) -> Dist<Outcome, T> {
    match (pays, dependent) {
        (true, true) => Dist::bernoulli(Outcome::Reward, reward, Outcome::Punishment),
        (false, true) => Dist::bernoulli(Outcome::Punishment, reward, Outcome::Reward),
        (true, false) => Dist::bernoulli(Outcome::Reward, reward, Outcome::Nothing),
        (false, false) => Dist::bernoulli(Outcome::Punishment, punishment, Outcome::Nothing),
    }
}

/// What a cell pays where one of two places does: the first when the paying side is left, the second when it is right.
fn paid<const W: usize, const H: usize>(places: &[Cell<W, H>; 2], cell: Cell<W, H>, side: Side) -> Outcome {
    match places.iter().position(|&place| place == cell) {
        Some(at) if at == side.index() => Outcome::Reward,
        Some(_) => Outcome::Punishment,
        None => Outcome::Nothing,
    }
}

/// Log-preferences over outcomes: nothing is 0.
fn wanted<T: Real>(preference: T) -> Values<Outcome, T> {
    Values::from([T::zero(), preference, -preference])
}

fn outside(what: &str, place: alloc::string::String) -> ModelError {
    ModelError::Outside { what: what.into(), place }
}
