//! An agent whose model has levels below it: one life on several clocks.

use core::fmt;

use rand::Rng;

use super::decide::{Decide, Drawn, Followed};
use super::moment::{Acts, Given, Seen};
use super::options::NestedOptions;
use super::run::{Run, Runs, Whole};
use super::{EachLevel, Nested, Nothing};
use crate::agent::Agent;
use crate::model::ModelError;
use crate::response::Noticed;
use crate::scalar::Real;

/// An agent with the agents of the levels below it. A tick is one observation at the fastest clock: what is due at each level is done, perceive below,
/// act below; where all runs below are over, their messages go up, and the same is done above; at the next tick the next runs begin
/// below.
///
/// ```
/// # use aif_runtime::{Nested, NestedAgent, NestedWorld, Environment, ModelError};
/// /// Lives for some ticks in a world of the same model.
/// fn live<M: Nested>(model: M, ticks: usize, rng: &mut impl rand::Rng) -> Result<NestedAgent<M>, ModelError> {
///     let (mut agent, mut world) = (NestedAgent::new(model)?, NestedWorld::new(model)?);
///     let mut seen = world.reset(rng);
///     for _ in 0..ticks {
///         let acts = agent.step(&seen, rng);
///         seen = world.step(acts, rng);
///     }
///     Ok(agent)
/// }
/// ```
pub struct NestedAgent<M: Nested<T>, T: Real = f64> {
    whole: Whole<M, T>,
}

impl<M: Nested> NestedAgent<M> {
    /// An agent with the default options at every level, at the beginning.
    ///
    /// # Errors
    /// When a distribution of a model does not sum to one, or one of its numbers is out of range.
    pub fn new(model: M) -> Result<Self, ModelError> {
        NestedAgent::with_options(model, &NestedOptions::default())
    }
}

impl<M: Nested<T>, T: Real> NestedAgent<M, T> {
    /// An agent with chosen options, at the beginning; inputs have their first value, or are zero, at every level of which the options do not say what
    /// they are.
    ///
    /// # Errors
    /// When a distribution of a model does not sum to one, one of its numbers is out of range, options do not fit their model, or a level has too many
    /// joint states for what it passes up, which is worked out exactly.
    pub fn with_options(model: M, options: &NestedOptions<M, T>) -> Result<Self, ModelError> {
        let agent = NestedAgent { whole: Whole::new(model, options)? };
        if options.where_possible {
            let mut found =
                Found { learns: agent.own().options().learning.is_some(), has_goals: agent.own().options().induction.is_some() };
            M::each_level(&mut M::blank::<Nothing>(), agent.below(), &mut M::blank::<Nothing>(), &mut found);
            let model = M::META.name;
            if options.own.learning.is_some() && !found.learns {
                return Err(ModelError::NothingToLearn { model });
            }
            if options.own.induction.is_some() && !found.has_goals {
                return Err(ModelError::NoGoal { model });
            }
        }
        Ok(agent)
    }

    /// The agent of the model itself.
    pub fn own(&self) -> &Agent<M, T> {
        &self.whole.own
    }

    /// The run of each level, by its name.
    pub fn below(&self) -> &M::Levels<Runs> {
        &self.whole.below
    }

    /// What the model itself believes: while runs below go on, what was believed before them.
    pub fn belief(&self) -> &M::Belief {
        self.own().belief()
    }

    /// What the model itself took in last: its own modalities, and what its levels passed up.
    pub fn evidence(&self) -> &M::Evidence {
        &self.whole.evidence
    }

    /// Says from here on what was noticed at each level, whether its model has responses or not.
    pub fn notice_all(&mut self) {
        self.whole.notice_all();
    }

    /// Works out runs that repeat once, from here on: each step of a run of a lowest level that goes as one before it did, from an equal beginning, is looked up.
    /// Nothing is otherwise, to the bit; but a belief there is not up to date while its run is looked up. Levels that learn, keep something from run to run or
    /// perceive in windows or by policy live as ever.
    pub fn remember(&mut self) {
        self.whole.remember();
    }

    /// How many steps of runs were worked out, and how many looked up, since they are [remembered](NestedAgent::remember).
    pub fn remembered(&self) -> [usize; 2] {
        self.whole.remembered()
    }

    /// What the agent of the model itself noticed when it last perceived: how surprising that was, with all that was seen in runs below, and how far it moved
    /// the belief. Where its model has responses, or it was told to [notice](NestedAgent::notice_all).
    pub fn noticed(&self) -> Noticed<T> {
        self.whole.noticed()
    }

    /// Whether the model itself perceived at the latest tick: the runs of its levels were over.
    pub fn has_perceived(&self) -> bool {
        self.whole.due
    }

    /// Begins anew at every level, but for what is learned, and factors whose belief is kept: those below at the next tick, until which their latest run can
    /// be looked at.
    pub fn restart(&mut self) {
        self.whole.own.restart();
        self.whole.due = true;
    }

    /// Sets what is set from outside. What it has learned stays, and what is passed down to runs that go on, too.
    ///
    /// # Errors
    /// When a distribution of a model is wrong under these inputs. That model is then as before.
    pub fn set_inputs(&mut self, given: &Given<M, T>) -> Result<(), ModelError> {
        self.whole.set_inputs(given)
    }

    /// One tick: perceives and acts at each level where something is due.
    pub fn step<R: Rng + ?Sized>(&mut self, seen: &Seen<M, T>, rng: &mut R) -> Acts<M, T> {
        let mut acts = Acts::none();
        self.tick(seen, &mut acts, &mut Drawn(rng));
        acts
    }

    /// One tick that is on record: the log-probability of what was done at all levels, given all that was seen and done before. Actions that are due and
    /// not recorded are not known to the agent, and not scored.
    pub fn follow(&mut self, seen: &Seen<M, T>, acts: &Acts<M, T>) -> T {
        let mut sum = T::zero();
        self.follow_each(seen, acts, |log| sum += log);
        sum
    }

    /// The same, of each action by itself: those of the lowest levels first.
    pub fn follow_each(&mut self, seen: &Seen<M, T>, acts: &Acts<M, T>, each: impl FnMut(T)) {
        self.tick(seen, &mut acts.clone(), &mut Followed(each));
    }

    /// One tick in which somebody else decides what is done at each level, where it is due.
    pub fn tick<D: Decide<T>>(&mut self, seen: &Seen<M, T>, acts: &mut Acts<M, T>, decide: &mut D) {
        if self.whole.perceive(seen, acts, decide) && seen.last != Some(true) {
            self.whole.act(acts, decide);
        }
    }
}

/// Whether any level has what options are of.
struct Found {
    learns: bool,
    has_goals: bool,
}

impl<T: Real> EachLevel<Nothing, Runs, Nothing, T> for Found {
    fn level<L: Nested<T>>(&mut self, (): &mut (), run: &Run<L, T>, (): &mut ()) {
        let options = run.agent().options();
        self.learns |= options.learning.is_some();
        self.has_goals |= options.induction.is_some();
        L::each_level(&mut L::blank::<Nothing>(), run.below(), &mut L::blank::<Nothing>(), self);
    }
}

impl<M: Nested<T>, T: Real> Clone for NestedAgent<M, T> {
    fn clone(&self) -> Self {
        NestedAgent { whole: self.whole.clone() }
    }
}

impl<M: Nested<T>, T: Real> fmt::Debug for NestedAgent<M, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NestedAgent").field("belief", self.belief()).field("below", self.below()).finish()
    }
}
