//! A world of several clocks: where a level's run begins is drawn by the world above it.

use core::fmt;

use rand::Rng;

use super::expect::first_inputs;
use super::moment::{Acts, Given, Givens, Seen, Sights, Steps};
use super::{EachLevel, Kind, Level, MakeLevel, Nested, Nothing};
use crate::model::{Assignment, GenerativeModel, ModelError};
use crate::world::{Environment, World};

/// A world simulated from a model with levels: for each state of the world of a model, the worlds of its levels begin where that says, and go on until
/// the model itself acts.
///
/// When a run is over is the agent's to say: a world shows what there is to see at each tick, and moves where something is done.
pub struct NestedWorld<M: Nested> {
    model: M,
    own: World<M>,
    /// What the state of the world shows: seen below while runs go on, and by the model itself at their end.
    shown: M::Observation,
    below: M::Levels<Worlds>,
}

/// The world of each level.
#[derive(Clone, Copy, Debug)]
pub struct Worlds;

impl Kind<f64> for Worlds {
    type Of<L: Nested> = LevelWorld<L>;
}

/// The world of a level, and how that hangs below the one above.
pub struct LevelWorld<L: Nested> {
    world: NestedWorld<L>,
    level: Level,
}

impl<L: Nested> LevelWorld<L> {
    /// The world.
    pub fn world(&self) -> &NestedWorld<L> {
        &self.world
    }
}

impl<M: Nested> NestedWorld<M> {
    /// A world at the first state of every factor; [`reset`](Environment::reset) draws its initial state. Inputs have their first value, or are
    /// zero, at every level.
    ///
    /// # Errors
    /// When a distribution of a model does not sum to one, or one of its numbers is out of range.
    pub fn new(model: M) -> Result<Self, ModelError> {
        let below = model.levels(&M::blank::<Nothing>(), &mut Making)?;
        let own = World::with_inputs(model, first_inputs::<M, f64>()?)?;
        Ok(NestedWorld { model, own, shown: M::Observation::first(), below })
    }

    /// A world under the given inputs; those of levels of which nothing is given have their first value, or are zero.
    ///
    /// # Errors
    /// As [`NestedWorld::new`].
    pub fn with_inputs(model: M, given: &Given<M>) -> Result<Self, ModelError> {
        let below = model.levels(&given.below, &mut Making)?;
        Ok(NestedWorld { model, own: World::with_inputs(model, given.own)?, shown: M::Observation::first(), below })
    }

    /// Sets what is set from outside; what is seen next is drawn under it.
    ///
    /// # Errors
    /// When a distribution of a model is wrong under these inputs. The world of that model is then as before.
    pub fn set_inputs(&mut self, given: &Given<M>) -> Result<(), ModelError> {
        self.own.set_inputs(&self.model, given.own)?;
        let mut set = Set(Ok(()));
        M::each_level(&mut self.below, &given.below, &mut M::blank::<Nothing>(), &mut set);
        set.0
    }

    /// Carries out what was done, and shows what there is to see under other inputs.
    ///
    /// # Errors
    /// As [`NestedWorld::set_inputs`].
    pub fn step_under<R: Rng + ?Sized>(&mut self, acts: Acts<M>, given: &Given<M>, rng: &mut R) -> Result<Seen<M>, ModelError> {
        let before = self.clone();
        if let Err(error) = self.advance(&acts, Some(given), rng) {
            *self = before;
            return Err(error);
        }
        Ok(self.seen())
    }

    /// The world of the model itself.
    pub fn own(&self) -> &World<M> {
        &self.own
    }

    /// The world of each level, by its name.
    pub fn below(&self) -> &M::Levels<Worlds> {
        &self.below
    }

    /// Draws what the state shows, and lets the levels begin there.
    fn show<R: Rng + ?Sized>(&mut self, rng: &mut R) {
        self.shown = self.own.observe(rng);
        let mut begin = Begin::<M, R> { shown: &self.shown, rng };
        M::each_level(&mut self.below, &M::blank::<Nothing>(), &mut M::blank::<Nothing>(), &mut begin);
    }

    /// Draws an initial state, but for one factor that begins in a state.
    fn begin_from<R: Rng + ?Sized>(&mut self, (factor, begun): (usize, usize), rng: &mut R) {
        self.own.begin_block(rng);
        let mut state = self.own.state();
        state.set(factor, begun);
        self.own.set_state(state);
        self.show(rng);
    }

    /// What there is to see now.
    fn seen(&mut self) -> Seen<M> {
        let mut seen = Seen::new(self.shown);
        let mut look = Look::<M> { evidence: &mut seen.own };
        M::each_level(&mut self.below, &M::blank::<Nothing>(), &mut seen.below, &mut look);
        seen
    }

    /// States move under the inputs before, and show what they do under those that are given.
    fn advance<R: Rng + ?Sized>(&mut self, acts: &Acts<M>, given: Option<&Given<M>>, rng: &mut R) -> Result<(), ModelError> {
        if let Some(action) = acts.own {
            self.own.advance(action, rng);
            given.map_or(Ok(()), |given| self.set_inputs(given))?;
            self.show(rng);
            return Ok(());
        }
        if let Some(given) = given {
            self.own.set_inputs(&self.model, given.own)?;
        }
        let mut below = given.map_or_else(M::blank::<Givens>, |given| given.below.clone());
        let mut go = Go { rng, outcome: Ok(()) };
        M::each_level(&mut self.below, &acts.below, &mut below, &mut go);
        go.outcome
    }
}

impl<M: Nested> Environment for NestedWorld<M> {
    type Observation = Seen<M>;
    type Action = Acts<M>;

    fn reset<R: Rng + ?Sized>(&mut self, rng: &mut R) -> Seen<M> {
        self.own.begin(rng);
        self.show(rng);
        self.seen()
    }

    fn step<R: Rng + ?Sized>(&mut self, acts: Acts<M>, rng: &mut R) -> Seen<M> {
        // Without other inputs nothing can go wrong.
        let _ = self.advance(&acts, None, rng);
        self.seen()
    }
}

struct Making;

impl MakeLevel<Worlds, Nothing, f64> for Making {
    type Error = ModelError;

    fn level<L: Nested>(&mut self, level: Level, model: L, (): &()) -> Result<LevelWorld<L>, ModelError> {
        Ok(LevelWorld { world: NestedWorld::new(model)?, level })
    }
}

impl MakeLevel<Worlds, Givens, f64> for Making {
    type Error = ModelError;

    fn level<L: Nested>(&mut self, level: Level, model: L, given: &Option<Given<L>>) -> Result<LevelWorld<L>, ModelError> {
        let world = given.as_ref().map_or_else(|| NestedWorld::new(model), |given| NestedWorld::with_inputs(model, given))?;
        Ok(LevelWorld { world, level })
    }
}

/// Sets what is set from outside.
struct Set(Result<(), ModelError>);

impl EachLevel<Worlds, Givens, Nothing, f64> for Set {
    fn level<L: Nested>(&mut self, level: &mut LevelWorld<L>, given: &Option<Given<L>>, (): &mut ()) {
        if let Some(given) = given.as_ref().filter(|_| self.0.is_ok()) {
            self.0 = level.world.set_inputs(given);
        }
    }
}

/// Lets each level begin where the world above says.
struct Begin<'a, M: GenerativeModel, R: ?Sized> {
    shown: &'a M::Observation,
    rng: &'a mut R,
}

impl<M: Nested, R: Rng + ?Sized> EachLevel<Worlds, Nothing, Nothing, f64> for Begin<'_, M, R> {
    fn level<L: Nested>(&mut self, level: &mut LevelWorld<L>, (): &(), (): &mut ()) {
        let Level { modality, begins, .. } = level.level;
        level.world.begin_from((begins, self.shown.get(modality)), self.rng);
    }
}

/// Shows what there is to see of each level, and hides where it began.
struct Look<'a, M: GenerativeModel> {
    evidence: &'a mut M::Evidence,
}

impl<M: Nested> EachLevel<Worlds, Nothing, Sights, f64> for Look<'_, M> {
    fn level<L: Nested>(&mut self, level: &mut LevelWorld<L>, (): &(), seen: &mut Option<Seen<L>>) {
        M::set_signal(self.evidence, level.level.modality, crate::evidence::Signal::Missing);
        *seen = Some(level.world.seen());
    }
}

/// Moves the levels in which something was done.
struct Go<'a, R: ?Sized> {
    rng: &'a mut R,
    outcome: Result<(), ModelError>,
}

impl<R: Rng + ?Sized> EachLevel<Worlds, Steps, Givens, f64> for Go<'_, R> {
    fn level<L: Nested>(&mut self, level: &mut LevelWorld<L>, acts: &Option<Acts<L>>, given: &mut Option<Given<L>>) {
        if let Some(acts) = acts.as_ref().filter(|_| self.outcome.is_ok()) {
            self.outcome = level.world.advance(acts, given.as_ref(), self.rng);
        }
    }
}

impl<M: Nested> Clone for NestedWorld<M> {
    fn clone(&self) -> Self {
        NestedWorld { model: self.model, own: self.own.clone(), shown: self.shown, below: self.below.clone() }
    }
}

impl<M: Nested> fmt::Debug for NestedWorld<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NestedWorld").field("state", &self.own.state()).field("below", &self.below).finish()
    }
}

impl<L: Nested> Clone for LevelWorld<L> {
    fn clone(&self) -> Self {
        LevelWorld { world: self.world.clone(), level: self.level }
    }
}

impl<L: Nested> fmt::Debug for LevelWorld<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.world.fmt(f)
    }
}
