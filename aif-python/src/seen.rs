//! What is known of an observation, without the types of a model.

use aif_runtime::{GenerativeModel, Signal};

/// What is known of one modality.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Seen {
    /// Nothing.
    Missing,
    /// The outcome with this index.
    Outcome(usize),
    /// What was measured.
    Number(f64),
    /// How probable what was read is where each outcome is, in any common unit.
    Weights(Vec<f64>),
}

/// Evidence from what is known of each modality, whose kinds and indices were checked.
pub(crate) fn evidence<M: GenerativeModel>(seen: &[Seen]) -> M::Evidence {
    let mut evidence = M::evidence(&[]);
    for (m, seen) in seen.iter().enumerate() {
        let signal = match seen {
            Seen::Missing => continue,
            Seen::Outcome(index) => Signal::Seen(*index),
            Seen::Number(number) => Signal::Measured(*number),
            Seen::Weights(weights) => Signal::Likelihood(weights),
        };
        M::set_signal(&mut evidence, m, signal);
    }
    evidence
}

/// The codes of a batch, row by row: whole numbers where every modality has outcomes, -1 where one is missing; else numbers, not a number
/// where one is missing.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Codes<'a> {
    /// Indices of outcomes.
    Whole(&'a [i32]),
    /// Indices of outcomes, and what was measured.
    Numbers(&'a [f64]),
}

/// The same, to be written.
#[derive(Debug)]
pub(crate) enum CodesMut<'a> {
    /// Indices of outcomes.
    Whole(&'a mut [i32]),
    /// Indices of outcomes, and what was measured.
    Numbers(&'a mut [f64]),
}

impl Codes<'_> {
    /// A code as a number; not a number where it is missing.
    #[inline]
    pub fn at(&self, i: usize) -> f64 {
        match self {
            Codes::Whole(codes) if codes[i] == -1 => f64::NAN,
            Codes::Whole(codes) => f64::from(codes[i]),
            Codes::Numbers(numbers) => numbers[i],
        }
    }
}

impl CodesMut<'_> {
    /// Writes one.
    #[inline]
    pub fn set(&mut self, i: usize, number: f64) {
        match self {
            CodesMut::Whole(codes) => codes[i] = number as i32,
            CodesMut::Numbers(numbers) => numbers[i] = number,
        }
    }
}
