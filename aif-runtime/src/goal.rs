//! Goals: the states that an agent wants to reach, whatever they show.

use crate::dist::Values;
use crate::domain::Domain;

/// The states of one factor that are wanted: what inductive planning works back from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Goal<O: Domain> {
    wanted: Values<O, f64>,
}

impl<O: Domain> Goal<O> {
    /// The states for which `wanted` says so.
    pub fn from_fn(mut wanted: impl FnMut(O) -> bool) -> Self {
        Goal { wanted: Values::from_fn(|o| if wanted(o) { 1.0 } else { 0.0 }) }
    }

    /// Whether each state is wanted, in the order of the domain.
    pub fn states(&self) -> impl Iterator<Item = bool> + '_ {
        self.wanted.entries().iter().map(|&w| w > 0.0)
    }
}

/// One state.
impl<O: Domain> From<O> for Goal<O> {
    fn from(state: O) -> Self {
        Goal::from_fn(|o| o == state)
    }
}

/// Any of several states.
impl<O: Domain, const N: usize> From<[O; N]> for Goal<O> {
    fn from(states: [O; N]) -> Self {
        Goal::from_fn(|o| states.contains(&o))
    }
}
