//! Cue chaining: a first cue tells where the second is, the second which of two places pays.

use super::{Cue, Move, Outcome, Side, known_or_uniform, outside, paid, wanted};
use crate::prelude::*;
use aif_runtime::ModelError;

/// A grid `W` wide and `H` high with a cue that tells which of `K` places holds the second cue, which tells which of two places pays.
///
/// `O` is `K + 1`: the first cue says nothing (0), or which place (1 to `K`).
#[derive(Clone, Copy, Debug)]
pub struct CueChain<T, const W: usize, const H: usize, const K: usize, const O: usize> {
    start: Cell<W, H>,
    first_cue: Cell<W, H>,
    second_cues: [Cell<W, H>; K],
    rewards: [Cell<W, H>; 2],
    /// Which place holds the second cue, where it is known.
    pub second_cue: Option<Index<K>>,
    /// Which place pays, where it is known: the first is left, the second right.
    pub paying: Option<Side>,
    /// Log-preference of reward over nothing, and of nothing over punishment, in nats.
    pub preference: T,
}

impl<T: Real, const W: usize, const H: usize, const K: usize, const O: usize> CueChain<T, W, H, K, O> {
    /// Places are given as `(row, column)`.
    ///
    /// # Errors
    /// When a place lies outside the grid, or two of them are one.
    pub fn new(
        start: (usize, usize),
        first_cue: (usize, usize),
        second_cues: [(usize, usize); K],
        rewards: [(usize, usize); 2],
    ) -> Result<Self, ModelError> {
        const { assert!(O == K + 1, "the first cue says nothing or which of K places: O = K + 1") };
        let cell = |what: &str, (row, column): (usize, usize)| {
            let inside = Cell::new(column, row);
            inside.ok_or_else(|| outside(what, format!("in row {row}, column {column}, outside {H} rows and {W} columns")))
        };
        let mut chain = CueChain {
            start: cell("the start", start)?,
            first_cue: cell("the first cue", first_cue)?,
            second_cues: [cell("the start", start)?; K],
            rewards: [cell("a reward", rewards[0])?, cell("a reward", rewards[1])?],
            second_cue: None,
            paying: None,
            preference: T::one(),
        };
        for (to, &at) in chain.second_cues.iter_mut().zip(&second_cues) {
            *to = cell("a second cue", at)?;
        }
        let mut marked = vec![chain.first_cue];
        marked.extend(chain.second_cues);
        marked.extend(chain.rewards);
        for (i, place) in marked.iter().enumerate() {
            if marked[..i].contains(place) {
                return Err(outside("a cue or reward", format!("where another is, in row {}, column {}", place.y(), place.x())));
            }
        }
        Ok(chain)
    }
}

impl<T: Real> CueChain<T, 7, 5, 4, 5> {
    /// The maze of the reference implementation: 5 rows, 7 columns, four places for the second cue.
    pub fn classic() -> Self {
        match CueChain::new((0, 0), (2, 0), [(0, 2), (1, 3), (3, 3), (4, 2)], [(1, 5), (3, 5)]) {
            Ok(chain) => chain,
            Err(_) => unreachable!("the places are those of the grid"),
        }
    }
}

#[generative_model(horizon = 3, actions(go: Move))]
impl<T: Real, const W: usize, const H: usize, const K: usize, const O: usize> CueChain<T, W, H, K, O> {
    #[factor(initial = self.start)]
    fn cell(&self, cell: Cell<W, H>, go: Move) -> Cell<W, H> {
        let (dx, dy) = go.by();
        cell.offset(dx, dy).unwrap_or(cell)
    }

    #[factor(initial = known_or_uniform(self.second_cue))]
    fn second_place(&self, second_place: Index<K>) -> Index<K> {
        second_place
    }

    #[factor(initial = known_or_uniform(self.paying))]
    fn side(&self, side: Side) -> Side {
        side
    }

    #[modality]
    fn seen(&self, cell: Cell<W, H>) -> Cell<W, H> {
        cell
    }

    #[modality]
    fn first(&self, cell: Cell<W, H>, second_place: Index<K>) -> Dist<Index<O>> {
        let said = if cell == self.first_cue { second_place.get() + 1 } else { 0 };
        Dist::from_fn(|o: Index<O>| if o.get() == said { 1.0 } else { 0.0 })
    }

    #[modality]
    fn second(&self, cell: Cell<W, H>, second_place: Index<K>, side: Side) -> Cue {
        if self.second_cues[second_place.get()] == cell { side.into() } else { Cue::Nothing }
    }

    #[modality(preference = wanted(self.preference))]
    fn outcome(&self, cell: Cell<W, H>, side: Side) -> Outcome {
        paid(&self.rewards, cell, side)
    }
}
