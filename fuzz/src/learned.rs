//! Saves of agents that learn: counts of likelihoods, transitions, initial states and habits, mutated.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use aif::prelude::*;
use aif::runtime::Tables;
use aif::saves::{SaveError, agent_from, agent_with, from_bytes, from_json, to_bytes, to_json};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::{Target, mutate};

/// All that can be learned of a room with two doors.
#[derive(Clone, Copy, Debug)]
pub struct Doors {
    pub precision: f64,
    pub count: f64,
}

impl Default for Doors {
    fn default() -> Self {
        Doors { precision: 2.0, count: 1.0 }
    }
}

#[generative_model(horizon = 2, actions(go: bool), habit = Dirichlet::symmetric(1.0), policy_precision = self.precision)]
impl Doors {
    #[factor(initial = Dirichlet::symmetric(1.0))]
    fn place(&self, place: Index<3>, go: bool) -> Dirichlet<Index<3>> {
        Dirichlet::from_fn(|to: Index<3>| self.count * if to.get() == (place.get() + usize::from(go)) % 3 { 4.0 } else { 0.5 })
    }
    #[modality(preference = [0.0, 1.0, -1.0])]
    fn seen(&self, place: Index<3>) -> Dirichlet<Index<3>> {
        Dirichlet::from_fn(|seen: Index<3>| self.count * if seen == place { 3.0 } else { 1.0 })
    }
}

type State = (AgentStateOf<Doors>, ChaCha8Rng);

/// An agent's options, and its save as text and as bytes.
type Save = (AgentOptions, String, Vec<u8>);

/// What an agent saw.
pub fn seen(at: usize) -> DoorsObservation {
    DoorsObservation { seen: Index::new(at % 3).unwrap_or_else(|| panic!("of three")) }
}

/// Saves of agents that learn in each way.
pub struct Learned {
    saves: Vec<Save>,
    tried: PathBuf,
}

impl Learned {
    pub fn new(folder: &Path) -> Self {
        let mut all = Vec::new();
        for when in [When::BeforeChoice, When::AfterChoice, When::Smoothed { lag: 2 }, When::BlockEnd] {
            for inference in
                [Inference::default(), Inference::MEAN_FIELD, Inference::Marginal { window: 3, sweeps: Default::default() }]
            {
                let learning = Some(Learning { when, forgetting: 0.1, ..Learning::default() });
                all.push(AgentOptions { learning, inference, ..AgentOptions::default() });
            }
        }
        let save = |options: &AgentOptions| -> Option<Save> {
            let mut rng = ChaCha8Rng::from_seed([1; 32]);
            // Not every way of learning goes with every way to perceive.
            let mut agent = Agent::with_options(Doors::default(), (), *options).ok()?;
            for at in [0, 1, 1, 2, 0] {
                agent.step(seen(at), &mut rng);
            }
            let saved = agent_with(&agent, &rng);
            Some((*options, to_json::<Doors>(&saved).ok()?, to_bytes::<Doors>(&saved).ok()?))
        };
        let saves: Vec<Save> = all.iter().filter_map(save).collect();
        assert!(saves.len() > 4, "agents learn");
        Learned { saves, tried: folder.join("tried") }
    }
}

impl Target for Learned {
    fn run(&mut self, rng: &mut ChaCha8Rng) -> Result<&'static str, String> {
        let (_, text, bytes) = mutate::one(&self.saves, rng);
        let found = if mutate::below(2, rng) == 0 {
            let tried = mutate::text(text.as_bytes(), bytes, rng);
            fs::write(&self.tried, &tried).map_err(|e| e.to_string())?;
            from_json::<Doors, State>(&String::from_utf8_lossy(&tried))
        } else {
            let tried = mutate::bytes(bytes, text.as_bytes(), rng);
            fs::write(&self.tried, &tried).map_err(|e| e.to_string())?;
            from_bytes::<Doors, State>(&tried)
        };
        let Ok((state, chance)) = found else { return Ok("refused") };
        let horizon = state.options.horizon.unwrap_or(2);
        if horizon > 6 || state.options.check(&<Doors as aif::runtime::model::GenerativeModel>::META).is_err() {
            return Ok("refused for its options");
        }
        let tables = Arc::new(Tables::new(&Doors::default(), (), horizon).map_err(|e| e.to_string())?);
        let Ok((mut agent, mut chance)) = agent_from::<Doors, f64, ChaCha8Rng>(tables, (state, chance)) else {
            return Ok("refused as no agent");
        };
        // What is accepted is an agent: it goes on learning, and can be saved again.
        if horizon < 4 {
            for at in 0..3 {
                agent.step(seen(at), &mut chance);
            }
            agent.restart();
        }
        match to_json::<Doors>(&agent_with(&agent, &chance)) {
            Ok(_) => Ok("accepted"),
            // Counts near the largest number there is may grow beyond it.
            Err(SaveError::Infinite(_)) => Ok("accepted, and refused by name when it would be saved again"),
            Err(error) => Err(format!("an accepted agent cannot be saved: {error}")),
        }
    }
}
