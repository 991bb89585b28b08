//! What is to be seen of a run from outside, and copies of it.

use alloc::vec::Vec;
use core::fmt;

use super::Nested;
use super::run::{Run, Runs, Whole};
use crate::agent::Agent;
use crate::response::Noticed;
use crate::scalar::Real;

impl<L: Nested<T>, T: Real> Run<L, T> {
    /// The agent of the level.
    pub fn agent(&self) -> &Agent<L, T> {
        &self.whole.own
    }

    /// What the agent of the level noticed when it last perceived: how surprising that was, with all that was seen in runs below, and how far it moved the
    /// belief. Where its model has responses, or the whole was told to [notice](super::NestedAgent::notice_all).
    pub fn noticed(&self) -> Noticed<T> {
        self.whole.noticed()
    }

    /// The levels below the level.
    pub fn below(&self) -> &L::Levels<Runs> {
        &self.whole.below
    }

    /// The number of the step within the run that the latest tick belonged to, from 0.
    pub fn step(&self) -> usize {
        if self.whole.due { self.steps.saturating_sub(1) } else { self.steps }
    }

    /// Whether the agent of the level itself perceived at the latest tick of its run: the runs below it were over.
    pub fn has_perceived(&self) -> bool {
        self.whole.due
    }

    /// How many observations the run has taken in.
    pub fn steps(&self) -> usize {
        self.steps
    }

    /// Whether the run is over.
    pub fn is_over(&self) -> bool {
        self.over
    }

    /// What is believed of where the run began: the states of the factor that it begins in, in order. Empty where what was seen is impossible.
    pub fn begun(&self) -> Vec<T> {
        self.begun.clone().posterior().map_or_else(alloc::vec::Vec::new, <[T]>::to_vec)
    }

    /// The logarithm of how probable what was seen in the run is, given what was done in it and what was expected of it from above. `None` where it is
    /// impossible, and before the first run.
    pub fn log_evidence(&self) -> Option<T> {
        self.begun.log_evidence()
    }
}

impl<M: Nested<T>, T: Real> Clone for Whole<M, T> {
    fn clone(&self) -> Self {
        let Whole { place, model, nesting, evidence, unit, noticed, notices, due, .. } = *self;
        let (own, below, lent, joints) = (self.own.clone(), self.below.clone(), self.lent.clone(), self.joints.clone());
        Whole { place, model, own, below, nesting, lent, joints, evidence, unit, noticed, notices, due }
    }
}

impl<L: Nested<T>, T: Real> Clone for Run<L, T> {
    fn clone(&self) -> Self {
        let Run { whole, level, begun, steps, over, told, memory } = self;
        let (whole, begun, told, memory) = (whole.clone(), begun.clone(), told.clone(), memory.clone());
        Run { whole, level: *level, begun, steps: *steps, over: *over, told, memory }
    }
}

impl<L: Nested<T>, T: Real> fmt::Debug for Run<L, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut run = f.debug_struct("Run");
        run.field("belief", self.agent().belief()).field("steps", &self.steps).field("over", &self.over);
        run.field("below", self.below()).finish()
    }
}
