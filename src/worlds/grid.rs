//! Grid worlds: a cell, moves to its neighbours, walls, and moves that may fail.

use super::known_or_uniform;
use crate::prelude::*;

/// An action of the [`GridWorld`].
#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum GridMove {
    /// One row up.
    Up,
    /// One column to the right.
    Right,
    /// One row down.
    Down,
    /// One column to the left.
    Left,
    /// Nowhere.
    Stay,
}

/// An action of the [`RestlessGridWorld`].
#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum GridStep {
    /// One row up.
    Up,
    /// One column to the right.
    Right,
    /// One row down.
    Down,
    /// One column to the left.
    Left,
}

impl From<GridStep> for GridMove {
    fn from(step: GridStep) -> GridMove {
        match step {
            GridStep::Up => GridMove::Up,
            GridStep::Right => GridMove::Right,
            GridStep::Down => GridMove::Down,
            GridStep::Left => GridMove::Left,
        }
    }
}

impl GridMove {
    pub(super) fn by(self) -> (isize, isize) {
        match self {
            GridMove::Up => (0, -1),
            GridMove::Right => (1, 0),
            GridMove::Down => (0, 1),
            GridMove::Left => (-1, 0),
            GridMove::Stay => (0, 0),
        }
    }
}

macro_rules! grid_world {
    ($(#[$doc:meta])* $name:ident, $action:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name<T, const W: usize, const H: usize> {
            /// P(a move succeeds), in [0, 1]; one that fails stays.
            pub success_probability: T,
            /// The cells that cannot be entered, `[row][column]`.
            pub walls: [[bool; W]; H],
            /// Where one starts, where it is known; else any cell that is no wall.
            pub start: Option<Cell<W, H>>,
            /// The cell that is wanted: as a goal, and by its preference.
            pub goal: Option<Cell<W, H>>,
            /// Log-preference for seeing the goal, in nats.
            pub preference: T,
        }

        /// No walls, no goal, moves that always succeed, from anywhere.
        impl<T: Real, const W: usize, const H: usize> Default for $name<T, W, H> {
            fn default() -> Self {
                $name {
                    success_probability: T::one(),
                    walls: [[false; W]; H],
                    start: None,
                    goal: None,
                    preference: T::zero(),
                }
            }
        }

        impl<T: Real, const W: usize, const H: usize> $name<T, W, H> {
            /// Where a move leads if it succeeds: nowhere when it runs out of the grid or into a wall.
            pub fn target(&self, cell: Cell<W, H>, go: $action) -> Cell<W, H> {
                let (dx, dy) = GridMove::from(go).by();
                cell.offset(dx, dy).filter(|c| !self.walls[c.y()][c.x()]).unwrap_or(cell)
            }

            fn beginning<S: Real>(&self) -> Dist<Cell<W, H>, S> {
                let free = self.walls.iter().flatten().filter(|wall| !**wall).count();
                match self.start {
                    Some(_) => known_or_uniform(self.start),
                    None => Dist::from_fn(|c: Cell<W, H>| {
                        S::constant(if self.walls[c.y()][c.x()] { 0.0 } else { 1.0 / free as f64 })
                    }),
                }
            }
        }

        #[generative_model(horizon = 3, actions(go: $action))]
        impl<T: Real, const W: usize, const H: usize> $name<T, W, H> {
            #[factor(initial = self.beginning::<T>(), goal = Goal::from_fn(|c| Some(c) == self.goal))]
            fn cell(&self, cell: Cell<W, H>, go: $action) -> Dist<Cell<W, H>, T> {
                Dist::bernoulli(self.target(cell, go), self.success_probability, cell)
            }

            #[modality(preference = Values::from_fn(|c| if Some(c) == self.goal { self.preference } else { T::zero() }))]
            fn seen(&self, cell: Cell<W, H>) -> Cell<W, H> {
                cell
            }
        }
    };
}

grid_world! {
    /// A grid `W` wide and `H` high, whose cells are seen as they are. A blocked move stays; one may also stay on purpose.
    GridWorld, GridMove
}

grid_world! {
    /// A [`GridWorld`] without the choice to stay.
    RestlessGridWorld, GridStep
}
