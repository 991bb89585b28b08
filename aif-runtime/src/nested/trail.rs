//! What happened on all clocks, and what was believed: a rollout of an agent with levels below it.

use alloc::vec::Vec;
use core::fmt;

use rand::Rng;

use super::agent::NestedAgent;
use super::moment::{Acts, Seen};
use super::run::{Run, Runs};
use super::{Blank, EachLevel, Kind, Nested, Nothing};
use crate::scalar::Real;
use crate::world::Environment;

/// What is believed at each level.
pub struct Beliefs<M: Nested<T>, T: Real = f64> {
    /// What the model itself believes.
    pub own: M::Belief,
    /// What each level believes.
    pub below: M::Levels<Believed>,
}

/// What each level believes.
#[derive(Clone, Copy, Debug)]
pub struct Believed;

impl<T: Real> Kind<T> for Believed {
    type Of<L: Nested<T>> = Option<Beliefs<L, T>>;
}

impl<T: Real> Blank<T> for Believed {
    fn blank<L: Nested<T>>() -> Option<Beliefs<L, T>> {
        None
    }
}

/// One tick of the fastest clock.
#[derive(Clone, Debug)]
pub struct Tick<M: Nested> {
    /// What was seen.
    pub seen: Seen<M>,
    /// What was done; where the model itself did something, runs below were over.
    pub acts: Acts<M>,
    /// What is believed after it: where something was done, of the step to come.
    pub beliefs: Beliefs<M>,
}

impl<M: Nested<T>, T: Real> NestedAgent<M, T> {
    /// What is believed at each level now.
    pub fn beliefs(&self) -> Beliefs<M, T> {
        noted(self.belief(), self.below())
    }
}

fn noted<M: Nested<T>, T: Real>(belief: &M::Belief, runs: &M::Levels<Runs>) -> Beliefs<M, T> {
    let mut beliefs = Beliefs { own: *belief, below: M::blank::<Believed>() };
    M::each_level(&mut beliefs.below, runs, &mut M::blank::<Nothing>(), &mut Note);
    beliefs
}

struct Note;

impl<T: Real> EachLevel<Believed, Runs, Nothing, T> for Note {
    fn level<L: Nested<T>>(&mut self, to: &mut Option<Beliefs<L, T>>, run: &Run<L, T>, (): &mut ()) {
        *to = Some(noted(run.agent().belief(), run.below()));
    }
}

/// Lets an agent live in an environment for so many ticks of the fastest clock, from a new beginning of both.
pub fn nested_rollout<M, E, R>(agent: &mut NestedAgent<M>, environment: &mut E, ticks: usize, rng: &mut R) -> Vec<Tick<M>>
where
    M: Nested,
    E: Environment<Observation = Seen<M>, Action = Acts<M>>,
    R: Rng + ?Sized,
{
    agent.restart();
    let mut seen = environment.reset(rng);
    let mut trail = Vec::with_capacity(ticks);
    for _ in 0..ticks {
        let acts = agent.step(&seen, rng);
        let next = environment.step(acts.clone(), rng);
        trail.push(Tick { seen, acts, beliefs: agent.beliefs() });
        seen = next;
    }
    trail
}

impl<M: Nested<T>, T: Real> Clone for Beliefs<M, T> {
    fn clone(&self) -> Self {
        Beliefs { own: self.own, below: self.below.clone() }
    }
}

impl<M: Nested<T>, T: Real> fmt::Debug for Beliefs<M, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Beliefs").field("own", &self.own).field("below", &self.below).finish()
    }
}
