//! One agent and one world of a declared model, without their types.

use std::sync::Arc;

use aif_infer::saves::{agent_from, agent_with, from_bytes, to_bytes};
use aif_runtime::model::{Assignment, Marginals, Numbers};
use aif_runtime::{Agent, Carried, Domain, Environment, Explanation, GenerativeModel, ModelError, Selection, World};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::fault::Fault;
use crate::lives::{Lives, inputs as typed};
use crate::seen::{Seen, evidence};

/// The most policies that are written out one by one.
const MOST_POLICIES: usize = 1 << 24;

/// The stream of a seed from which a member draws.
pub(crate) fn stream(seed: u64, stream: u64) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(stream);
    rng
}

/// The streams of worlds lie at the other end of those of agents: one seed may be given to both.
pub(crate) fn world_stream(seed: u64, place: u64) -> ChaCha8Rng {
    stream(seed, u64::MAX - place)
}

/// The probability with which an agent chooses each joint action: one for the best where it selects deterministically.
pub(crate) fn probabilities<M: GenerativeModel>(agent: &Agent<M>) -> Vec<f64> {
    if agent.options().selection == Selection::Deterministic {
        return M::Action::entries(&agent.explain()).iter().map(|e| e.probability).collect();
    }
    M::Action::entries(&agent.action_log_probabilities()).iter().map(|p| p.exp()).collect()
}

/// An agent without its type.
pub(crate) trait Acting: Send + Sync {
    fn infer(&mut self, seen: &[Seen]) -> Result<(), Fault>;
    /// A joint action, chosen among those that are open.
    fn choose(&mut self, open: Option<&[bool]>) -> Result<usize, Fault>;
    fn act(&mut self, action: usize);
    fn step(&mut self, seen: &[Seen], open: Option<&[bool]>) -> Result<usize, Fault>;
    fn restart(&mut self);
    fn set_inputs(&mut self, inputs: &[f64]) -> Result<(), Fault>;
    fn belief(&self, factor: usize) -> Vec<f64>;
    fn expected(&self, modality: usize) -> Vec<f64>;
    /// The probability with which each joint action is chosen.
    fn action_probabilities(&self) -> Vec<f64>;
    /// The log-weight of each joint action, how far the plan looked to the end, and how many nodes it looked at.
    fn plan(&self) -> (Vec<f64>, usize, usize);
    /// The posterior of every policy, and its negative expected free energy.
    fn policies(&self) -> Result<(Vec<f64>, Vec<f64>), Fault>;
    fn explain(&self) -> Vec<Explanation>;
    fn preferences(&self, modality: usize) -> Vec<f64>;
    fn save(&self) -> Result<Vec<u8>, Fault>;
    fn load(&mut self, bytes: &[u8]) -> Result<(), Fault>;
}

/// A world without its type. What is observed is one number for each modality: an index, or what was measured.
pub(crate) trait Surrounding: Send + Sync {
    fn reset(&mut self) -> Vec<f64>;
    fn step(&mut self, action: usize) -> Vec<f64>;
    fn observe(&mut self) -> Vec<f64>;
    fn state(&self) -> Vec<usize>;
    fn set_state(&mut self, state: &[usize]);
    fn set_inputs(&mut self, inputs: &[f64]) -> Result<(), Fault>;
    fn reseed(&mut self, seed: u64);
    fn preferences(&self, modality: usize) -> Vec<f64>;
}

/// An agent with what it was made from.
pub(crate) struct AgentOf<M: GenerativeModel> {
    pub model: M,
    pub agent: Agent<M>,
    pub rng: ChaCha8Rng,
}

impl<M: Lives> Acting for AgentOf<M> {
    fn infer(&mut self, seen: &[Seen]) -> Result<(), Fault> {
        self.agent.try_infer_states(evidence::<M>(seen))?;
        Ok(())
    }

    fn choose(&mut self, open: Option<&[bool]>) -> Result<usize, Fault> {
        let Some(open) = open else { return Ok(self.agent.sample_action(&mut self.rng).index()) };
        Ok(self.agent.sample_action_among(|action| open[action.index()], &mut self.rng)?.index())
    }

    fn act(&mut self, action: usize) {
        self.agent.carry_out(Carried::Action(action));
    }

    fn step(&mut self, seen: &[Seen], open: Option<&[bool]>) -> Result<usize, Fault> {
        if open.is_some_and(|open| !open.contains(&true)) {
            return Err(ModelError::NothingOpen { model: M::META.name }.into());
        }
        self.infer(seen)?;
        let action = self.choose(open)?;
        self.agent.carry_out_among(Carried::Action(action), open);
        Ok(action)
    }

    fn restart(&mut self) {
        self.agent.restart();
    }

    fn set_inputs(&mut self, inputs: &[f64]) -> Result<(), Fault> {
        let inputs = typed::<M>(inputs)?;
        Ok(self.agent.set_inputs(&self.model, inputs)?)
    }

    fn belief(&self, factor: usize) -> Vec<f64> {
        self.agent.belief().probabilities(factor).to_vec()
    }

    fn expected(&self, modality: usize) -> Vec<f64> {
        self.agent.expected_outcomes().probabilities(modality).to_vec()
    }

    fn action_probabilities(&self) -> Vec<f64> {
        probabilities(&self.agent)
    }

    fn plan(&self) -> (Vec<f64>, usize, usize) {
        let plan = self.agent.plan();
        (M::Action::entries(&plan.weights).to_vec(), plan.depth, plan.nodes)
    }

    fn policies(&self) -> Result<(Vec<f64>, Vec<f64>), Fault> {
        let count = self.agent.policy_count();
        if count > MOST_POLICIES {
            return Err(Fault::Policies { count, most: MOST_POLICIES });
        }
        let (mut posterior, mut gains) = (vec![0.0; count], vec![0.0; count]);
        self.agent.negative_expected_free_energies(&mut gains)?;
        self.agent.policy_posterior(&mut posterior)?;
        Ok((posterior, gains))
    }

    fn explain(&self) -> Vec<Explanation> {
        M::Action::entries(&self.agent.explain()).to_vec()
    }

    fn preferences(&self, modality: usize) -> Vec<f64> {
        self.agent.preferences().numbers(modality).to_vec()
    }

    fn save(&self) -> Result<Vec<u8>, Fault> {
        Ok(to_bytes::<M>(&agent_with(&self.agent, &self.rng))?)
    }

    fn load(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        let saved = from_bytes::<M, _>(bytes)?;
        let tables = Arc::clone(self.agent.tables());
        let (agent, rng) = agent_from::<M, f64, ChaCha8Rng>(tables, saved)?;
        (self.agent, self.rng) = (agent, rng);
        Ok(())
    }
}

/// A world with what it was made from.
pub(crate) struct WorldOf<M: GenerativeModel> {
    pub model: M,
    pub world: World<M>,
    /// What the model prefers, of each modality.
    pub preferences: Vec<Vec<f64>>,
    pub rng: ChaCha8Rng,
}

fn numbers<M: GenerativeModel>(observation: &M::Observation) -> Vec<f64> {
    (0..M::META.modalities.len()).map(|m| observation.number(m)).collect()
}

impl<M: Lives> Surrounding for WorldOf<M> {
    fn reset(&mut self) -> Vec<f64> {
        numbers::<M>(&self.world.reset(&mut self.rng))
    }

    fn step(&mut self, action: usize) -> Vec<f64> {
        if let Some(action) = M::Action::from_index(action) {
            self.world.advance(action, &mut self.rng);
        }
        self.observe()
    }

    fn observe(&mut self) -> Vec<f64> {
        numbers::<M>(&self.world.observe(&mut self.rng))
    }

    fn state(&self) -> Vec<usize> {
        (0..M::META.factors.len()).map(|f| self.world.state().get(f)).collect()
    }

    fn set_state(&mut self, state: &[usize]) {
        let mut to = self.world.state();
        state.iter().enumerate().for_each(|(f, &index)| to.set(f, index));
        self.world.set_state(to);
    }

    fn set_inputs(&mut self, inputs: &[f64]) -> Result<(), Fault> {
        let inputs = typed::<M>(inputs)?;
        Ok(self.world.set_inputs(&self.model, inputs)?)
    }

    fn reseed(&mut self, seed: u64) {
        self.rng = world_stream(seed, 0);
    }

    fn preferences(&self, modality: usize) -> Vec<f64> {
        self.preferences[modality].clone()
    }
}
