//! Models with levels, without their types: what is seen, done and believed at one tick, as trees of numbers.

use std::slice;
use std::sync::{Mutex, PoisonError};

use aif_runtime::model::Marginals;
use aif_runtime::nested::{Acts, EachLevel, Nothing, Run, Runs, Seen as Sight, Sights, Steps, Tree, Worlds, tree};
use aif_runtime::{AgentOptions, Domain, Environment, GenerativeModel, Nested, NestedAgent, NestedOptions, NestedWorld, Signal};
use rand_chacha::ChaCha8Rng;

use crate::fault::Fault;
use crate::life::{stream, world_stream};
use crate::model::Made;
use crate::seen::{Seen, evidence};

/// Something of a model, and of each level below it.
#[derive(Clone, Debug)]
pub(crate) struct Layers<V> {
    pub own: V,
    /// Of each level; `None` where there is nothing at this tick.
    pub below: Vec<Option<Layers<V>>>,
}

/// What is seen of each modality, levels among them, of which nothing is.
pub(crate) type Sees = Layers<Vec<Seen>>;
/// Which joint action is carried out; `None` where none is due.
pub(crate) type Does = Layers<Option<usize>>;
/// What is believed of each factor.
pub(crate) type Believes = Layers<Vec<Vec<f64>>>;

/// A declared model with levels, without its type.
pub(crate) trait Nesting: Send + Sync {
    fn tree(&self) -> Tree;
    fn agent(&self, given: &[f64], options: AgentOptions, seed: u64) -> Result<Box<dyn NestedActing>, Fault>;
    fn world(&self, given: &[f64], seed: u64) -> Result<Box<dyn NestedSurrounding>, Fault>;
}

/// An agent of several levels, without its type.
pub(crate) trait NestedActing: Send + Sync {
    fn step(&mut self, seen: &Sees) -> Does;
    fn belief(&self) -> Believes;
    /// Whether the model itself perceived at the latest tick.
    fn has_perceived(&self) -> bool;
    fn restart(&mut self);
}

/// A world of several levels, without its type.
pub(crate) trait NestedSurrounding: Send + Sync {
    fn reset(&mut self) -> Sees;
    fn step(&mut self, acts: &Does) -> Sees;
}

struct AgentOf<M: Nested> {
    /// What it remembers is of one thread at a time.
    agent: Mutex<NestedAgent<M>>,
    rng: ChaCha8Rng,
}

struct WorldOf<M: Nested> {
    world: NestedWorld<M>,
    rng: ChaCha8Rng,
}

impl<M> Nesting for Made<M>
where
    M: Nested<Levels<Runs>: Send, Levels<Worlds>: Send + Sync> + 'static,
{
    fn tree(&self) -> Tree {
        tree::<M, f64>()
    }

    fn agent(&self, given: &[f64], options: AgentOptions, seed: u64) -> Result<Box<dyn NestedActing>, Fault> {
        let options = NestedOptions::everywhere(options);
        options.check()?;
        let agent = NestedAgent::with_options((self.0)(given), &options)?;
        Ok(Box::new(AgentOf { agent: Mutex::new(agent), rng: stream(seed, 0) }))
    }

    fn world(&self, given: &[f64], seed: u64) -> Result<Box<dyn NestedSurrounding>, Fault> {
        Ok(Box::new(WorldOf { world: NestedWorld::new((self.0)(given))?, rng: world_stream(seed, 0) }))
    }
}

impl<M: Nested<Levels<Runs>: Send> + 'static> NestedActing for AgentOf<M> {
    fn step(&mut self, seen: &Sees) -> Does {
        let agent = self.agent.get_mut().unwrap_or_else(PoisonError::into_inner);
        done::<M>(&agent.step(&typed::<M>(seen), &mut self.rng))
    }

    fn belief(&self) -> Believes {
        let agent = self.agent.lock().unwrap_or_else(PoisonError::into_inner);
        let mut below = Believed(Vec::new());
        M::each_level(&mut M::blank::<Nothing>(), agent.below(), &mut M::blank::<Nothing>(), &mut below);
        Layers { own: marginals::<M>(agent.belief()), below: below.0 }
    }

    fn has_perceived(&self) -> bool {
        self.agent.lock().unwrap_or_else(PoisonError::into_inner).has_perceived()
    }

    fn restart(&mut self) {
        self.agent.get_mut().unwrap_or_else(PoisonError::into_inner).restart();
    }
}

impl<M: Nested<Levels<Worlds>: Send + Sync> + 'static> NestedSurrounding for WorldOf<M> {
    fn reset(&mut self) -> Sees {
        seen::<M>(&self.world.reset(&mut self.rng))
    }

    fn step(&mut self, acts: &Does) -> Sees {
        seen::<M>(&self.world.step(acts_of::<M>(acts), &mut self.rng))
    }
}

fn marginals<M: GenerativeModel>(belief: &M::Belief) -> Vec<Vec<f64>> {
    (0..M::META.factors.len()).map(|f| belief.probabilities(f).to_vec()).collect()
}

/// What is believed in the run of each level.
struct Believed(Vec<Option<Believes>>);

impl EachLevel<Nothing, Runs, Nothing, f64> for Believed {
    fn level<L: Nested>(&mut self, (): &mut (), run: &Run<L, f64>, (): &mut ()) {
        let mut below = Believed(Vec::new());
        L::each_level(&mut L::blank::<Nothing>(), run.below(), &mut L::blank::<Nothing>(), &mut below);
        self.0.push(Some(Layers { own: marginals::<L>(run.agent().belief()), below: below.0 }));
    }
}

fn typed<M: Nested>(layers: &Sees) -> Sight<M> {
    let mut seen = Sight::<M>::new(evidence::<M>(&layers.own));
    M::each_level(&mut seen.below, &M::blank::<Nothing>(), &mut M::blank::<Nothing>(), &mut Show(layers.below.iter()));
    seen
}

/// Shows each level what is seen of it.
struct Show<'a>(slice::Iter<'a, Option<Sees>>);

impl EachLevel<Sights, Nothing, Nothing, f64> for Show<'_> {
    fn level<L: Nested>(&mut self, seen: &mut Option<Sight<L>>, (): &(), (): &mut ()) {
        *seen = self.0.next().and_then(Option::as_ref).map(typed::<L>);
    }
}

fn seen<M: Nested>(sight: &Sight<M>) -> Sees {
    let one = |m| match M::signal(&sight.own, m) {
        Signal::Seen(index) => Seen::Outcome(index),
        Signal::Measured(number) => Seen::Number(number),
        _ => Seen::Missing,
    };
    let mut below = Shown(Vec::new());
    M::each_level(&mut M::blank::<Nothing>(), &sight.below, &mut M::blank::<Nothing>(), &mut below);
    Layers { own: (0..M::META.modalities.len()).map(one).collect(), below: below.0 }
}

/// What there is to see of each level.
struct Shown(Vec<Option<Sees>>);

impl EachLevel<Nothing, Sights, Nothing, f64> for Shown {
    fn level<L: Nested>(&mut self, (): &mut (), sight: &Option<Sight<L>>, (): &mut ()) {
        self.0.push(sight.as_ref().map(seen::<L>));
    }
}

fn done<M: Nested>(acts: &Acts<M>) -> Does {
    let mut below = Done(Vec::new());
    M::each_level(&mut M::blank::<Nothing>(), &acts.below, &mut M::blank::<Nothing>(), &mut below);
    Layers { own: acts.own.map(Domain::index), below: below.0 }
}

/// What is done at each level.
struct Done(Vec<Option<Does>>);

impl EachLevel<Nothing, Steps, Nothing, f64> for Done {
    fn level<L: Nested>(&mut self, (): &mut (), acts: &Option<Acts<L>>, (): &mut ()) {
        self.0.push(acts.as_ref().map(done::<L>));
    }
}

fn acts_of<M: Nested>(layers: &Does) -> Acts<M> {
    let mut acts = Acts::<M>::none();
    acts.own = layers.own.and_then(M::Action::from_index);
    M::each_level(&mut acts.below, &M::blank::<Nothing>(), &mut M::blank::<Nothing>(), &mut Do(layers.below.iter()));
    acts
}

/// Does at each level what is to be done there.
struct Do<'a>(slice::Iter<'a, Option<Does>>);

impl EachLevel<Steps, Nothing, Nothing, f64> for Do<'_> {
    fn level<L: Nested>(&mut self, acts: &mut Option<Acts<L>>, (): &(), (): &mut ()) {
        *acts = self.0.next().and_then(Option::as_ref).map(acts_of::<L>);
    }
}
