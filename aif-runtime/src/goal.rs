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

/// What a goal may be given as.
#[diagnostic::on_unimplemented(
    message = "a `{Self}` is no goal of a factor over `{O}`",
    label = "a goal is a state of its factor",
    note = "give one state, a list of states, or `Goal::from_fn(|state| ..)`"
)]
pub trait IntoGoal<O: Domain> {
    /// The goal.
    fn into_goal(self) -> Goal<O>;
}

/// One state.
impl<O: Domain> IntoGoal<O> for O {
    fn into_goal(self) -> Goal<O> {
        Goal::from_fn(|o| o == self)
    }
}

/// Any of several states.
impl<O: Domain, const N: usize> IntoGoal<O> for [O; N] {
    fn into_goal(self) -> Goal<O> {
        Goal::from_fn(|o| self.contains(&o))
    }
}

impl<O: Domain> IntoGoal<O> for Goal<O> {
    fn into_goal(self) -> Goal<O> {
        self
    }
}
