//! Five places on a line: a move succeeds nine times in ten, what is seen is the place.

use aif::prelude::*;

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Move {
    Back,
    Stay,
    Forward,
}

/// A line of five places.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    /// A: `[place][seen]`.
    pub likelihood: [[f64; 5]; 5],
    /// B: `[place][move][next place]`.
    pub transition: [[[f64; 5]; 3]; 5],
}

pub fn likelihood() -> [[f64; 5]; 5] {
    std::array::from_fn(|s| std::array::from_fn(|o| if s == o { 0.96 } else { 0.01 }))
}

pub fn transition() -> [[[f64; 5]; 3]; 5] {
    let next = |s: usize, go: usize| (s + go).saturating_sub(1).min(4);
    std::array::from_fn(|s| std::array::from_fn(|go| std::array::from_fn(|n| 0.02 + if n == next(s, go) { 0.9 } else { 0.0 })))
}

impl Default for Line {
    fn default() -> Self {
        Line { likelihood: likelihood(), transition: transition() }
    }
}

#[generative_model(horizon = 2, actions(go: Move))]
impl Line {
    #[factor(initial = uniform())]
    fn place(&self, place: Index<5>, go: Move) -> Dist<Index<5>> {
        self.transition[place.get()][go.index()].into()
    }

    #[modality(preference = [0.0, 0.0, 0.0, 0.0, 8.0])]
    fn seen(&self, place: Index<5>) -> Dist<Index<5>> {
        self.likelihood[place.get()].into()
    }
}
