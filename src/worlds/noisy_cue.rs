//! A cue somewhere in a grid, whose position is heard with noise: the better, the nearer one is.

use super::{GridMove, known_or_uniform};
use crate::measure::Normal;
use crate::prelude::*;

/// A grid `W` wide and `H` high, in one cell of which there is a cue. One's own cell is seen; of the cue's, column and row are measured, with
/// noise that grows with the distance; and who is there finds it.
///
/// ```
/// use aif::prelude::*;
/// use aif::worlds::{GridMove, NoisyCue, NoisyCueObservation};
///
/// let model = NoisyCue::<f64, 4, 4> { start: Cell::new(0, 0), ..Default::default() };
/// let mut agent = Agent::new(model)?;
/// let seen = Cell::new(0, 0).expect("a cell of the grid");
/// let belief = agent.infer_states(NoisyCueObservation { cell: seen, column: 2.9, row: 0.2, found: false });
/// let right: f64 = (0..4).filter_map(|y| Cell::new(3, y)).map(|c| belief.cue[c]).sum();
/// let left: f64 = (0..4).filter_map(|y| Cell::new(0, y)).map(|c| belief.cue[c]).sum();
/// assert!(right > 2.0 * left, "it is rather to the right");
/// # Ok::<(), ModelError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct NoisyCue<T, const W: usize, const H: usize> {
    /// The standard deviation of a measured column or row where the cue is, in cells.
    pub noise: T,
    /// How much it grows with each cell (of the shortest way) that the cue is away, in cells.
    pub fading: T,
    /// Where one starts, where it is known; else any cell.
    pub start: Option<Cell<W, H>>,
    /// Where the cue is, where it is known; else in any cell.
    pub cue: Option<Cell<W, H>>,
    /// Log-preference for having found it, in nats.
    pub preference: T,
}

/// Half a cell of noise there, and a quarter more with each cell; nothing is known.
impl<T: Real, const W: usize, const H: usize> Default for NoisyCue<T, W, H> {
    fn default() -> Self {
        NoisyCue { noise: T::constant(0.5), fading: T::constant(0.25), start: None, cue: None, preference: T::constant(3.0) }
    }
}

impl<T: Real, const W: usize, const H: usize> NoisyCue<T, W, H> {
    /// The standard deviation of what is measured, in cells.
    pub fn deviation(&self, cell: Cell<W, H>, cue: Cell<W, H>) -> T {
        let away = cell.x().abs_diff(cue.x()) + cell.y().abs_diff(cue.y());
        self.noise + self.fading * away as f64
    }
}

#[generative_model(horizon = 3, actions(go: GridMove))]
impl<T: Real, const W: usize, const H: usize> NoisyCue<T, W, H> {
    #[factor(initial = known_or_uniform::<Cell<W, H>, T>(self.start))]
    fn place(&self, place: Cell<W, H>, go: GridMove) -> Cell<W, H> {
        let (dx, dy) = go.by();
        place.offset(dx, dy).unwrap_or(place)
    }

    #[factor(initial = known_or_uniform::<Cell<W, H>, T>(self.cue))]
    fn cue(&self, cue: Cell<W, H>) -> Cell<W, H> {
        cue
    }

    #[modality]
    fn cell(&self, place: Cell<W, H>) -> Cell<W, H> {
        place
    }

    /// The cue's column, in cells.
    #[modality]
    fn column(&self, place: Cell<W, H>, cue: Cell<W, H>) -> Normal<T> {
        Normal::new(T::constant(cue.x() as f64), self.deviation(place, cue))
    }

    /// The cue's row, in cells.
    #[modality]
    fn row(&self, place: Cell<W, H>, cue: Cell<W, H>) -> Normal<T> {
        Normal::new(T::constant(cue.y() as f64), self.deviation(place, cue))
    }

    #[modality(preference = [T::zero(), self.preference])]
    fn found(&self, place: Cell<W, H>, cue: Cell<W, H>) -> bool {
        place == cue
    }
}
