//! The options of an agent whose model has levels.

use core::fmt;

use super::{Blank, EachLevel, Kind, Nested, Nesting, Nothing};
use crate::life::AgentOptions;
use crate::scalar::Real;

/// The options of an agent, and of those of the levels below it.
pub struct NestedOptions<M: Nested<T>, T: Real = f64> {
    /// Those of the agent itself.
    pub own: AgentOptions,
    /// How its levels talk to it.
    pub nesting: Nesting,
    /// Those of each level.
    pub below: M::Levels<NestedOptionsOf>,
}

/// The options of each level.
#[derive(Clone, Copy, Debug)]
pub struct NestedOptionsOf;

impl<T: Real> Kind<T> for NestedOptionsOf {
    type Of<L: Nested<T>> = NestedOptions<L, T>;
}

impl<T: Real> Blank<T> for NestedOptionsOf {
    fn blank<L: Nested<T>>() -> NestedOptions<L, T> {
        NestedOptions::default()
    }
}

impl<M: Nested<T>, T: Real> NestedOptions<M, T> {
    /// The same at every level.
    pub fn same(own: AgentOptions, nesting: Nesting) -> Self {
        let mut options = NestedOptions { own, nesting, below: M::blank() };
        M::each_level(&mut options.below, &M::blank::<Nothing>(), &mut M::blank::<Nothing>(), &mut Same { own, nesting });
        options
    }
}

struct Same {
    own: AgentOptions,
    nesting: Nesting,
}

impl<T: Real> EachLevel<NestedOptionsOf, Nothing, Nothing, T> for Same {
    fn level<L: Nested<T>>(&mut self, options: &mut NestedOptions<L, T>, (): &(), (): &mut ()) {
        *options = NestedOptions::same(self.own, self.nesting);
    }
}

impl<M: Nested<T>, T: Real> Default for NestedOptions<M, T> {
    fn default() -> Self {
        NestedOptions { own: AgentOptions::default(), nesting: Nesting::default(), below: M::blank() }
    }
}

impl<M: Nested<T>, T: Real> Clone for NestedOptions<M, T> {
    fn clone(&self) -> Self {
        NestedOptions { own: self.own, nesting: self.nesting, below: self.below.clone() }
    }
}

impl<M: Nested<T>, T: Real> fmt::Debug for NestedOptions<M, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let NestedOptions { own, nesting, below } = self;
        f.debug_struct("NestedOptions").field("own", own).field("nesting", nesting).field("below", below).finish()
    }
}
