//! Crowds: many agents of one model, each in a world of its own, living and learning side by side.
//!
//! Every member draws its chance from a stream of its own, so that what happens to it depends on the seed and on its place in the crowd, not
//! on how many threads there are or how many others.

use aif_runtime::{Agent, Environment, GenerativeModel, ModelError, Trajectory, live, rollout};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use crate::random::stream;

/// One agent with its world and its chance.
#[derive(Clone, Debug)]
pub struct Simulation<M: GenerativeModel, E> {
    /// The agent.
    pub agent: Agent<M>,
    /// Its world.
    pub world: E,
    /// Where its chance comes from.
    pub rng: ChaCha8Rng,
}

/// Many agents of one model, each in a world of its own.
///
/// Agents share the tables of their model until they learn: pass clones of one agent. Work is shared out over the threads of the pool that
/// it is called in (rayon's global one by default).
#[derive(Clone, Debug)]
pub struct Simulations<M: GenerativeModel, E> {
    members: Vec<Simulation<M, E>>,
}

impl<M, E> Simulations<M, E>
where
    M: GenerativeModel,
    E: Environment<Observation = M::Observation, Action = M::Action> + Send,
{
    /// A crowd of `count` members, each made by a function of its place.
    ///
    /// # Errors
    /// The first that the function gives.
    pub fn new(
        count: usize,
        seed: u64,
        mut member: impl FnMut(usize) -> Result<(Agent<M>, E), ModelError>,
    ) -> Result<Self, ModelError> {
        let members = (0..count)
            .map(|place| {
                let (agent, world) = member(place)?;
                let rng = stream(seed, place as u64);
                Ok(Simulation { agent, world, rng })
            })
            .collect::<Result<_, ModelError>>()?;
        Ok(Simulations { members })
    }

    /// The members, in order.
    pub fn members(&self) -> &[Simulation<M, E>] {
        &self.members
    }

    /// Lets every member live through a block of `steps` actions, from a new beginning of both agent and world; what they learn they keep.
    pub fn live(&mut self, steps: usize) {
        self.each(|_, member| live(&mut member.agent, &mut member.world, steps, &mut member.rng));
    }

    /// The same, and what happened to each.
    pub fn rollout(&mut self, steps: usize) -> Vec<Trajectory<M>>
    where
        Trajectory<M>: Send,
    {
        self.each(|_, member| rollout(&mut member.agent, &mut member.world, steps, &mut member.rng))
    }

    /// Does something with every member, in parallel; what came of it, in order.
    pub fn each<R: Send>(&mut self, act: impl Fn(usize, &mut Simulation<M, E>) -> R + Sync) -> Vec<R> {
        self.members.par_iter_mut().enumerate().map(|(place, member)| act(place, member)).collect()
    }
}
