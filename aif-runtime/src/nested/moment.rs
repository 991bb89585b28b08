//! One tick of the fastest clock: what is seen at each level, what is done, and what is set from outside.

use core::fmt;

use super::{Blank, Kind, Nested};
use crate::scalar::Real;

/// What is seen at one tick: of the model itself, and of each level below.
pub struct Seen<M: Nested<T>, T: Real = f64> {
    /// What is known of the model's own modalities; what it says of levels does not count. It is taken in when the runs of all levels are over.
    pub own: M::Evidence,
    /// What is seen of each level; `None` where nothing comes at this tick, and the run goes on at a later one.
    pub below: M::Levels<Sights>,
    /// Whether the run of this model is over with it, or a block of the highest one, where that is known from outside: on record, say. `None`: the level
    /// says when it is.
    pub last: Option<bool>,
}

impl<M: Nested<T>, T: Real> Seen<M, T> {
    /// What is seen of the model itself, and nothing of levels below.
    pub fn new(own: impl Into<M::Evidence>) -> Self {
        Seen { own: own.into(), below: M::blank(), last: None }
    }

    /// What is seen of levels below; nothing is known of the model's own modalities.
    pub fn of_levels(below: M::Levels<Sights>) -> Self {
        Seen { own: M::evidence(&[]), below, last: None }
    }
}

/// What is seen of each level.
#[derive(Clone, Copy, Debug)]
pub struct Sights;

impl<T: Real> Kind<T> for Sights {
    type Of<L: Nested<T>> = Option<Seen<L, T>>;
}

impl<T: Real> Blank<T> for Sights {
    fn blank<L: Nested<T>>() -> Option<Seen<L, T>> {
        None
    }
}

/// What is done at one tick.
pub struct Acts<M: Nested<T>, T: Real = f64> {
    /// What the model itself does; `None` where no action is due: runs below go on, or its own is over.
    pub own: Option<M::Action>,
    /// What is done at each level; `None` where the run is over, or saw nothing.
    pub below: M::Levels<Steps>,
}

impl<M: Nested<T>, T: Real> Acts<M, T> {
    /// Nothing is done.
    pub fn none() -> Self {
        Acts { own: None, below: M::blank() }
    }
}

/// What is done at each level.
#[derive(Clone, Copy, Debug)]
pub struct Steps;

impl<T: Real> Kind<T> for Steps {
    type Of<L: Nested<T>> = Option<Acts<L, T>>;
}

impl<T: Real> Blank<T> for Steps {
    fn blank<L: Nested<T>>() -> Option<Acts<L, T>> {
        None
    }
}

/// What is set from outside, of the model itself and of levels below it.
///
/// What is set of a model with levels holds for whole steps of it: it is set between them, before their first tick.
pub struct Given<M: Nested<T>, T: Real = f64> {
    /// The inputs of the model itself.
    pub own: M::Inputs,
    /// Those of each level; `None` where they stay as they are.
    pub below: M::Levels<Givens>,
}

impl<M: Nested<T>, T: Real> Given<M, T> {
    /// The inputs of the model itself; those of levels stay as they are.
    pub fn new(own: M::Inputs) -> Self {
        Given { own, below: M::blank() }
    }
}

/// What is set from outside of each level.
#[derive(Clone, Copy, Debug)]
pub struct Givens;

impl<T: Real> Kind<T> for Givens {
    type Of<L: Nested<T>> = Option<Given<L, T>>;
}

impl<T: Real> Blank<T> for Givens {
    fn blank<L: Nested<T>>() -> Option<Given<L, T>> {
        None
    }
}

impl<M: Nested<T>, T: Real> Clone for Given<M, T> {
    fn clone(&self) -> Self {
        Given { own: self.own, below: self.below.clone() }
    }
}

impl<M: Nested<T>, T: Real> fmt::Debug for Given<M, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Given").field("own", &self.own).field("below", &self.below).finish()
    }
}

impl<M: Nested<T>, T: Real> Clone for Seen<M, T> {
    fn clone(&self) -> Self {
        Seen { own: self.own, below: self.below.clone(), last: self.last }
    }
}

impl<M: Nested<T>, T: Real> fmt::Debug for Seen<M, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seen").field("own", &self.own).field("below", &self.below).field("last", &self.last).finish()
    }
}

impl<M: Nested<T>, T: Real> Clone for Acts<M, T> {
    fn clone(&self) -> Self {
        Acts { own: self.own, below: self.below.clone() }
    }
}

impl<M: Nested<T>, T: Real> fmt::Debug for Acts<M, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Acts").field("own", &self.own).field("below", &self.below).finish()
    }
}
