//! A world of several clocks: where a level's run begins is drawn by the world above it.

use core::fmt;

use rand::Rng;

use super::expect::first_inputs;
use super::moment::{Acts, Seen, Sights, Steps};
use super::{EachLevel, Kind, Level, MakeLevel, Nested, Nothing};
use crate::model::{Assignment, GenerativeModel, ModelError};
use crate::world::{Environment, World};

/// A world simulated from a model with levels: for each state of the world of a model, the worlds of its levels begin where that says, and go on until
/// the model itself acts.
///
/// When a run is over is the agent's to say: a world shows what there is to see at each tick, and moves where something is done.
pub struct NestedWorld<M: Nested> {
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
        Ok(NestedWorld { own: World::with_inputs(model, first_inputs::<M, f64>()?)?, shown: M::Observation::first(), below })
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

    fn advance<R: Rng + ?Sized>(&mut self, acts: &Acts<M>, rng: &mut R) {
        match acts.own {
            Some(action) => {
                self.own.advance(action, rng);
                self.show(rng);
            }
            None => M::each_level(&mut self.below, &acts.below, &mut M::blank::<Nothing>(), &mut Go(rng)),
        }
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
        self.advance(&acts, rng);
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
struct Go<'a, R: ?Sized>(&'a mut R);

impl<R: Rng + ?Sized> EachLevel<Worlds, Steps, Nothing, f64> for Go<'_, R> {
    fn level<L: Nested>(&mut self, level: &mut LevelWorld<L>, acts: &Option<Acts<L>>, (): &mut ()) {
        if let Some(acts) = acts {
            level.world.advance(acts, self.0);
        }
    }
}

impl<M: Nested> Clone for NestedWorld<M> {
    fn clone(&self) -> Self {
        NestedWorld { own: self.own.clone(), shown: self.shown, below: self.below.clone() }
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
