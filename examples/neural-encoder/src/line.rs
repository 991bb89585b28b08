//! The agent behind the encoder: five places on a line, moves that may fail, and a goal at the end.

use aif::prelude::*;

/// How many places there are.
pub const PLACES: usize = 5;
/// How many moves there are.
pub const MOVES: usize = 3;

/// A place; the categories that the encoder tells apart are places, too.
pub type Place = Index<PLACES>;

/// A move along the line.
#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Move {
    Back,
    Stay,
    Forward,
}

/// What the agent believes of the line, as tables.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    /// A: P(category | place), `[place][category]`.
    pub likelihood: [[f64; PLACES]; PLACES],
    /// B: P(next place | place, move), `[place][move][next place]`.
    pub transition: [[[f64; PLACES]; MOVES]; PLACES],
    /// C: log-preferences over categories, in nats.
    pub preference: [f64; PLACES],
    /// D: P(first place).
    pub initial: [f64; PLACES],
}

#[generative_model(horizon = 4, actions(go: Move))]
impl Line {
    #[factor(initial = self.initial)]
    fn place(&self, place: Place, go: Move) -> Dist<Place> {
        self.transition[place.get()][go.index()].into()
    }

    #[modality(preference = self.preference)]
    fn category(&self, place: Place) -> Dist<Place> {
        self.likelihood[place.get()].into()
    }
}

/// The place that a move aims at: the line has ends.
fn aim(place: usize, go: Move) -> usize {
    match go {
        Move::Back => place.saturating_sub(1),
        Move::Stay => place,
        Move::Forward => (place + 1).min(PLACES - 1),
    }
}

impl Line {
    /// The study's line: one move in ten ends anywhere, categories are places up to a smoothing of 1e-4, the last place is wanted by 8 nats.
    pub fn study() -> Self {
        let spread = |sure: f64, hit: bool| (1.0 - sure) / PLACES as f64 + if hit { sure } else { 0.0 };
        let mut line = Line {
            likelihood: [[0.0; PLACES]; PLACES],
            transition: [[[0.0; PLACES]; MOVES]; PLACES],
            preference: [0.0, 0.0, 0.0, 0.0, 8.0],
            initial: [1.0 / PLACES as f64; PLACES],
        };
        for place in 0..PLACES {
            for other in 0..PLACES {
                // Smoothing shares 1e-4 out over the other categories.
                line.likelihood[place][other] = if place == other { 1.0 - 1e-4 } else { 1e-4 / (PLACES - 1) as f64 };
                for go in Move::all() {
                    line.transition[place][go.index()][other] = spread(0.9, other == aim(place, go));
                }
            }
        }
        line
    }

    /// The same line with a known first place.
    pub fn starting_at(self, place: usize) -> Self {
        Line { initial: std::array::from_fn(|p| if p == place { 1.0 } else { 0.0 }), ..self }
    }

    /// The most probable next place, the first of equals.
    pub fn most_probable_next(&self, place: usize, go: Move) -> usize {
        let next = &self.transition[place][go.index()];
        (0..PLACES).fold(0, |best, p| if next[p] > next[best] { p } else { best })
    }
}

/// The options of the study's agent: four steps ahead, one sweep (with one factor, beliefs are exact after it), the best action.
pub fn options(horizon: usize) -> AgentOptions {
    AgentOptions {
        horizon: Some(horizon),
        inference: Inference::FixedPoint(Sweeps::Parallel(1)),
        selection: aif::runtime::Selection::Deterministic,
        ..AgentOptions::default()
    }
}
