//! T-mazes from a map: one to three cues, each for a pair of places one of which pays.

use super::{Cue, Move, Outcome, Side, known_or_uniform, outside, paid, wanted};
use crate::prelude::*;
use aif_runtime::ModelError;

/// A maze `W` wide and `H` high with `S` sets of a cue and two places, read from a map.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Maze<const W: usize, const H: usize, const S: usize> {
    walls: [[bool; W]; H],
    start: Cell<W, H>,
    cues: [Cell<W, H>; S],
    places: [[Cell<W, H>; 2]; S],
}

impl<const W: usize, const H: usize, const S: usize> Maze<W, H, S> {
    /// Reads a map, `[row][column]`: 0 is free, 1 the start, 2 a wall; of set `i`, `3 + 3 i` is the cue, `4 + 3 i` and `5 + 3 i` are the
    /// places, of which the first pays when the cue says left, the second when it says right.
    ///
    /// # Errors
    /// When a mark is missing, stands twice, or belongs to a set beyond the `S` expected.
    pub fn from_map(map: [[u8; W]; H]) -> Result<Self, ModelError> {
        let marked = |mark: usize, what: &str| {
            let mut found = Cell::<W, H>::all().filter(|c| usize::from(map[c.y()][c.x()]) == mark);
            match (found.next(), found.next()) {
                (Some(cell), None) => Ok(cell),
                (Some(_), Some(_)) => Err(outside(what, format!("on the map twice (as {mark})"))),
                (None, _) => Err(outside(what, format!("not on the map (as {mark})"))),
            }
        };
        if let Some(cell) = Cell::<W, H>::all().find(|c| usize::from(map[c.y()][c.x()]) > 2 + 3 * S) {
            let mark = map[cell.y()][cell.x()];
            return Err(outside("a mark of the map", format!("{mark}, but {S} sets go up to {}", 2 + 3 * S)));
        }
        let start = marked(1, "the start")?;
        let mut maze = Maze { walls: map.map(|row| row.map(|m| m == 2)), start, cues: [start; S], places: [[start; 2]; S] };
        for set in 0..S {
            maze.cues[set] = marked(3 + 3 * set, "a cue")?;
            maze.places[set] = [marked(4 + 3 * set, "a place that may pay")?, marked(5 + 3 * set, "a place that may pay")?];
        }
        Ok(maze)
    }

    /// Where a move leads: nowhere when it runs out of the maze or into a wall.
    pub fn target(&self, cell: Cell<W, H>, go: Move) -> Cell<W, H> {
        let (dx, dy) = go.by();
        cell.offset(dx, dy).filter(|c| !self.walls[c.y()][c.x()]).unwrap_or(cell)
    }

    fn cue(&self, set: usize, cell: Cell<W, H>, side: Side) -> Cue {
        if self.cues[set] == cell { side.into() } else { Cue::Nothing }
    }

    fn outcome(&self, set: usize, cell: Cell<W, H>, side: Side) -> Outcome {
        paid(&self.places[set], cell, side)
    }
}

macro_rules! maze {
    ($(#[$doc:meta])* $name:ident, $sets:literal: $($set:literal $side:ident $cue:ident $outcome:ident),*) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name<T, const W: usize, const H: usize> {
            /// Where everything is.
            pub maze: Maze<W, H, $sets>,
            /// Which place of each set pays, where it is known.
            pub paying: [Option<Side>; $sets],
            /// Log-preference of reward over nothing, and of nothing over punishment, in nats.
            pub preference: T,
        }

        impl<T: Real, const W: usize, const H: usize> $name<T, W, H> {
            /// The maze of a map; see [`Maze::from_map`].
            ///
            /// # Errors
            /// Those of [`Maze::from_map`].
            pub fn from_map(map: [[u8; W]; H]) -> Result<Self, ModelError> {
                Ok($name { maze: Maze::from_map(map)?, paying: [None; $sets], preference: T::one() })
            }
        }

        #[generative_model(horizon = 3, actions(go: Move))]
        impl<T: Real, const W: usize, const H: usize> $name<T, W, H> {
            #[factor(initial = self.maze.start)]
            fn cell(&self, cell: Cell<W, H>, go: Move) -> Cell<W, H> {
                self.maze.target(cell, go)
            }
            $(
                #[factor(initial = known_or_uniform(self.paying[$set]))]
                fn $side(&self, $side: Side) -> Side {
                    $side
                }
            )*
            #[modality]
            fn seen(&self, cell: Cell<W, H>) -> Cell<W, H> {
                cell
            }
            $(
                #[modality]
                fn $cue(&self, cell: Cell<W, H>, $side: Side) -> Cue {
                    self.maze.cue($set, cell, $side)
                }
            )*
            $(
                #[modality(preference = wanted(self.preference))]
                fn $outcome(&self, cell: Cell<W, H>, $side: Side) -> Outcome {
                    self.maze.outcome($set, cell, $side)
                }
            )*
        }
    };
}

maze! {
    /// A maze with one cue and one pair of places.
    OneCueMaze, 1: 0 first_side first_cue first_outcome
}

maze! {
    /// A maze with two cues and two pairs of places.
    TwoCueMaze, 2: 0 first_side first_cue first_outcome, 1 second_side second_cue second_outcome
}

maze! {
    /// A maze with three cues and three pairs of places.
    ThreeCueMaze, 3:
    0 first_side first_cue first_outcome, 1 second_side second_cue second_outcome, 2 third_side third_cue third_outcome
}
