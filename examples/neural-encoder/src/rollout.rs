//! The trained agent at work: from the first place to the goal, seeing points of the plane only.

use aif::prelude::*;

use crate::Failure;
use crate::data::{Data, Point, see, stream};
use crate::line::{LineEvidence, PLACES, options};
use crate::network::Encoder;

/// How many moves the agent makes.
const MOVES: usize = 8;

/// What happened: one entry for each move, and one place more.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Walked {
    pub places: Vec<usize>,
    /// By index.
    pub moves: Vec<usize>,
    pub points: Vec<Point>,
    /// What the encoder made of each point.
    pub seen: Vec<[f64; PLACES]>,
    pub beliefs: Vec<[f64; PLACES]>,
}

/// Lets the agent walk from place 0, which it knows; each move leads to the most probable next place.
pub fn rollout(encoder: &Encoder, data: &Data, seed: u64) -> Result<Walked, Failure> {
    let mut rng = stream(seed, 3);
    let mut agent = Agent::with_options(data.line.starting_at(0), (), options(data.horizon))?;
    let mut walked = Walked { places: vec![0], moves: Vec::new(), points: Vec::new(), seen: Vec::new(), beliefs: Vec::new() };
    let mut place = 0;
    for _ in 0..MOVES {
        let point = see(data.means[place], &mut rng);
        let seen = encoder.probabilities(&[point])?[0];
        let belief = *agent.infer_states(LineEvidence { category: Dist::from(seen).into() });
        let action = agent.sample_action(&mut rng);
        agent.update_empirical_prior(action);
        place = data.line.most_probable_next(place, action.go);
        walked.points.push(point);
        walked.seen.push(seen);
        walked.beliefs.push(std::array::from_fn(|i| belief.place.probabilities()[i]));
        walked.moves.push(action.go.index());
        walked.places.push(place);
    }
    Ok(walked)
}

impl Walked {
    /// The first moment at which the agent is at the last place, the goal.
    pub fn arrival(&self) -> Option<usize> {
        self.places.iter().position(|&place| place == PLACES - 1)
    }
}
