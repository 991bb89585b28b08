//! The options of an agent whose model has levels.

use core::fmt;

use super::moment::{Given, Givens};
use super::tree::tree;
use super::{Blank, EachLevel, Kind, Nested, Nesting, Nothing};
use crate::life::AgentOptions;
use crate::model::{Meta, ModelError};
use crate::scalar::Real;

/// The options of an agent, and of those of the levels below it.
pub struct NestedOptions<M: Nested<T>, T: Real = f64> {
    /// Those of the agent itself. How its levels talk to it is said by `nesting`, and not in here.
    pub own: AgentOptions,
    /// How its levels talk to it.
    pub nesting: Nesting,
    /// Those of each level.
    pub below: M::Levels<NestedOptionsOf>,
    /// What is set from outside of the model itself at the beginning; `None` is the first value of each input, or zero.
    pub inputs: Option<M::Inputs>,
    /// Whether preferences by step, learning and induction are only for a model that has such preferences, counts or goals, rather than
    /// refused.
    pub where_possible: bool,
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
    /// The same at every level, where there is something that they are of; how levels talk to each other is as they say, or else exactly.
    pub fn everywhere(own: AgentOptions) -> Self {
        NestedOptions::same(AgentOptions { nesting: None, ..own }, own.nesting.unwrap_or_default())
    }

    /// The same at every level, where there is something that they are of.
    pub fn same(own: AgentOptions, nesting: Nesting) -> Self {
        let mut options = NestedOptions { own, nesting, inputs: None, below: M::blank(), where_possible: true };
        M::each_level(&mut options.below, &M::blank::<Nothing>(), &mut M::blank::<Nothing>(), &mut Same { own, nesting });
        options
    }

    /// The same for agents that begin under these inputs.
    pub fn under(mut self, given: &Given<M, T>) -> Self {
        self.inputs = Some(given.own);
        M::each_level(&mut self.below, &given.below, &mut M::blank::<Nothing>(), &mut Under);
        self
    }
}

impl<M: Nested<T>, T: Real> NestedOptions<M, T> {
    /// The same but for what the model has nothing of.
    pub(super) fn fitting(&self) -> Self {
        let mut options = self.clone();
        if self.where_possible && !is_timed(&M::META) {
            options.own.preference_steps = None;
        }
        options
    }

    /// Checks the options of every level; what is only where possible has to be so somewhere. Whether there is something to learn, or a goal, is known when
    /// an agent is made.
    ///
    /// # Errors
    /// When they do not fit a model.
    pub fn check(&self) -> Result<(), ModelError> {
        let mut timed = false;
        tree::<M, T>().each(&mut |model| timed |= is_timed(model.meta));
        // Without any preferences by step it is refused, as of one level.
        let own = if timed { self.fitting().own } else { self.own };
        own.check(&M::META)?;
        let mut checking = Checking(Ok(()));
        M::each_level(&mut M::blank::<Nothing>(), &self.below, &mut M::blank::<Nothing>(), &mut checking);
        checking.0
    }
}

fn is_timed(meta: &Meta) -> bool {
    meta.modalities.iter().any(|modality| modality.timed)
}

struct Checking(Result<(), ModelError>);

impl<T: Real> EachLevel<Nothing, NestedOptionsOf, Nothing, T> for Checking {
    fn level<L: Nested<T>>(&mut self, (): &mut (), options: &NestedOptions<L, T>, (): &mut ()) {
        if self.0.is_ok() {
            self.0 = options.fitting().own.check(&L::META);
            L::each_level(&mut L::blank::<Nothing>(), &options.below, &mut L::blank::<Nothing>(), self);
        }
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

struct Under;

impl<T: Real> EachLevel<NestedOptionsOf, Givens, Nothing, T> for Under {
    fn level<L: Nested<T>>(&mut self, options: &mut NestedOptions<L, T>, given: &Option<Given<L, T>>, (): &mut ()) {
        if let Some(given) = given {
            *options = options.clone().under(given);
        }
    }
}

impl<M: Nested<T>, T: Real> Default for NestedOptions<M, T> {
    fn default() -> Self {
        let (own, nesting) = (AgentOptions::default(), Nesting::default());
        NestedOptions { own, nesting, inputs: None, below: M::blank(), where_possible: false }
    }
}

impl<M: Nested<T>, T: Real> Clone for NestedOptions<M, T> {
    fn clone(&self) -> Self {
        let NestedOptions { own, nesting, inputs, where_possible, .. } = *self;
        NestedOptions { own, nesting, inputs, below: self.below.clone(), where_possible }
    }
}

impl<M: Nested<T>, T: Real> fmt::Debug for NestedOptions<M, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let NestedOptions { own, nesting, below, .. } = self;
        f.debug_struct("NestedOptions").field("own", own).field("nesting", nesting).field("below", below).finish_non_exhaustive()
    }
}
