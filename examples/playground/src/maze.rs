//! One forager in its maze, and somebody who paints walls, hides the food and turns its numbers.

use aif::prelude::*;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::chance::draw;
use crate::corridors::{CELLS, Land, Spot, Step};
use crate::forager::{Forager, ForagerAction, ForagerBelief, ForagerObservation};
use crate::prospect::{Prospect, Reason};

/// The maze at the beginning.
const PLAN: [&str; 7] = ["...#.......", ".#.#.###.#.", ".#.......#.", ".###.#.###.", ".....#.....", ".#.###.#.#.", ".#.....#..."];

/// The most steps that it may look ahead.
pub const FARTHEST: usize = 6;

/// What can be turned.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Knobs {
    /// Policy precision (gamma).
    pub precision: f64,
    /// Log-preference for food, in nats.
    pub hunger: f64,
    /// Log-preference for each level of smell over the one below.
    pub scent: f64,
    /// The weight of information gain.
    pub curiosity: f64,
    /// The share of what is smelt that is no noise.
    pub nose: f64,
    /// How many steps ahead it looks.
    pub horizon: usize,
}

impl Default for Knobs {
    fn default() -> Self {
        Knobs { precision: 4.0, hunger: 3.0, scent: 0.2, curiosity: 1.0, nose: 0.6, horizon: 4 }
    }
}

/// The maze with who lives there.
pub struct Maze {
    forager: Forager,
    knobs: Knobs,
    agent: Agent<Forager>,
    mind: Mind<ForagerBelief>,
    pub place: Spot,
    pub food: Spot,
    seen: ForagerObservation,
    rng: ChaCha8Rng,
    pub steps: u32,
    pub meals: u32,
}

/// What the agent sees, believes, and is about to do.
#[derive(Clone, Debug)]
pub struct View {
    pub seen: ForagerObservation,
    pub food: [f64; CELLS],
    /// The entropy of its belief about the food, in nats.
    pub uncertainty: f64,
    /// The free energy of what it has just seen, in nats: here, its surprise.
    pub surprise: f64,
    pub reasons: [Reason; Step::COUNT],
    /// Where it expects to be after each step of its plan.
    pub paths: Vec<[f64; CELLS]>,
}

impl Maze {
    pub fn new(seed: u64) -> Result<Self, ModelError> {
        let knobs = Knobs::default();
        let land = Land::of_plan(PLAN);
        let forager = Forager { land, nose: knobs.nose, hunger: knobs.hunger, scent: knobs.scent };
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let (agent, mind) = alive(&forager, &knobs, None)?;
        let place = Spot::new(0, 6).unwrap_or_else(|| unreachable!("the corner is a cell"));
        // Not where it would be found at once.
        let food = loop {
            let food = draw(&forager.anywhere(), &mut rng);
            if forager.land.steps(place, food).is_some_and(|steps| steps > 8) {
                break food;
            }
        };
        let seen = look(&forager, place, food, &mut rng);
        Ok(Maze { forager, knobs, agent, mind, place, food, seen, rng, steps: 0, meals: 0 })
    }

    pub fn knobs(&self) -> Knobs {
        self.knobs
    }

    /// What each modality adds where the agent would believe this and stay: it believes what it did before, afterwards.
    fn imagine(&mut self, belief: ForagerBelief) -> Vec<Terms<f64>> {
        let mut imagined = Mind { belief, joint: Vec::new() };
        self.agent.as_mind(&mut imagined, |agent| agent.explain_modalities(ForagerAction { go: Step::Stay }))
    }

    pub fn land(&self) -> &Land {
        &self.forager.land
    }

    /// Turns its numbers; what it believes stays.
    ///
    /// # Errors
    /// When one is out of its range; all is then as before.
    pub fn turn(&mut self, knobs: Knobs) -> Result<(), ModelError> {
        let knobs = Knobs { horizon: knobs.horizon.clamp(1, FARTHEST), ..knobs };
        let forager = Forager { nose: knobs.nose, hunger: knobs.hunger, scent: knobs.scent, ..self.forager };
        (self.agent, self.mind) = alive(&forager, &knobs, Some(self.mind.belief))?;
        (self.forager, self.knobs) = (forager, knobs);
        Ok(())
    }

    /// Builds a wall or takes one away; not where the agent or its food is. Whether it did.
    ///
    /// # Errors
    /// When no model can be made of it.
    pub fn paint(&mut self, spot: Spot, wall: bool) -> Result<bool, ModelError> {
        if spot == self.place || spot == self.food || self.land().is_open(spot) != wall {
            return Ok(false);
        }
        let mut open = *self.land().open();
        open[spot.index()] = !wall;
        let forager = Forager { land: Land::new(open), ..self.forager };
        let mut belief = self.mind.belief;
        // There is nothing in a wall; in a new cell there may be something, as anywhere.
        let food = belief.food.probabilities_mut();
        food[spot.index()] = if wall { 0.0 } else { 1.0 / CELLS as f64 };
        let sum: f64 = food.iter().sum();
        if sum > 1e-9 {
            food.iter_mut().for_each(|p| *p /= sum);
        } else {
            belief.food = forager.anywhere();
        }
        (self.agent, self.mind) = alive(&forager, &self.knobs, Some(belief))?;
        self.forager = forager;
        self.look();
        Ok(true)
    }

    /// Hides the food in an open cell; the agent is not told. Whether it did.
    pub fn hide(&mut self, food: Spot) -> bool {
        let open = self.land().is_open(food) && food != self.place;
        if open {
            self.food = food;
            self.look();
        }
        open
    }

    /// Carries the agent to an open cell. Whether it did.
    pub fn carry(&mut self, place: Spot) -> bool {
        let open = self.land().is_open(place) && place != self.food;
        if open {
            self.place = place;
            self.look();
        }
        open
    }

    /// Makes it forget where the food may be.
    pub fn forget(&mut self) {
        self.mind.belief.food = self.forager.anywhere();
    }

    /// Looks around anew.
    fn look(&mut self) {
        self.seen = look(&self.forager, self.place, self.food, &mut self.rng);
    }

    /// Perceives, chooses, and takes the step; then the world goes on, and shows what it shows.
    pub fn step(&mut self) -> Step {
        let (seen, rng) = (self.seen, &mut self.rng);
        let ForagerAction { go } = self.agent.as_mind(&mut self.mind, |agent| agent.step(seen, rng));
        self.meals += u32::from(self.place == self.food);
        self.food = draw(&self.forager.later(&Dist::certain(self.food)), &mut self.rng);
        self.place = self.forager.land.after(self.place, go);
        self.steps += 1;
        self.look();
        go
    }

    /// What goes on in it now.
    pub fn view(&mut self) -> View {
        let (seen, prior) = (self.seen, self.mind.belief);
        let (belief, surprise, probabilities) = self.agent.as_mind(&mut self.mind, |agent| {
            let belief = *agent.infer_states(seen);
            let explained = agent.explain();
            let of = |go: Step| ForagerAction::entries(&explained)[ForagerAction { go }.index()].probability;
            (belief, agent.free_energy(&prior, seen).total(), std::array::from_fn(|a| Step::from_index(a).map_or(0.0, of)))
        });
        let mut food = [0.0; CELLS];
        food.copy_from_slice(belief.food.probabilities());
        let (forager, Knobs { precision, horizon, .. }, place) = (self.forager, self.knobs, self.place);
        let prospect = Prospect::new(forager, (precision, horizon), (place, belief), |belief| self.imagine(belief));
        let (reasons, paths) = prospect.reasons(probabilities);
        View { seen, food, uncertainty: belief.food.entropy(), surprise, reasons, paths }
    }
}

/// An agent with a mind that believes what it is given, or nothing yet.
fn alive(
    forager: &Forager,
    knobs: &Knobs,
    believes: Option<ForagerBelief>,
) -> Result<(Agent<Forager>, Mind<ForagerBelief>), ModelError> {
    let terms = Terms { state_information_gain: knobs.curiosity, ..Terms::default() };
    let options = AgentOptions { horizon: Some(knobs.horizon), terms, ..AgentOptions::default() };
    let precisions = Precisions { policy: knobs.precision, ..Precisions::default() };
    let agent = Agent::with_options(*forager, Default::default(), options)?.with_precisions(precisions)?;
    let mut mind = agent.newborn()?;
    if let Some(belief) = believes {
        mind.belief = belief;
    }
    Ok((agent, mind))
}

/// What the world shows at a place.
fn look(forager: &Forager, place: Spot, food: Spot, rng: &mut ChaCha8Rng) -> ForagerObservation {
    let smell = draw(&forager.smelt(place, food), rng);
    let sight = draw(&forager.sees(place, food), rng);
    ForagerObservation { seen: place, smell, sight, taste: place == food }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is shown as reasons is what the agent's own planner goes by.
    #[test]
    fn reasons_sum_to_the_choice() {
        let mut maze = Maze::new(3).expect("a maze");
        for horizon in 1..=FARTHEST {
            maze.turn(Knobs { horizon, ..maze.knobs() }).expect("knobs");
            for _ in 0..7 {
                maze.step();
            }
            let (view, gamma) = (maze.view(), maze.knobs().precision);
            let weights =
                view.reasons.map(|r| gamma * (r.utility.iter().sum::<f64>() + r.information.iter().sum::<f64>()) + r.ways);
            let sum: f64 = weights.iter().map(|w| w.exp()).sum();
            for (weight, reason) in weights.iter().zip(&view.reasons) {
                assert!(
                    (weight.exp() / sum - reason.probability).abs() < 1e-9,
                    "{horizon}: {} {}",
                    weight.exp() / sum,
                    reason.probability
                );
            }
            assert_eq!(view.paths.len(), horizon);
            assert!(view.paths.iter().all(|path| (path.iter().sum::<f64>() - 1.0).abs() < 1e-9));
        }
    }

    #[test]
    fn what_is_done_to_it_is_done() {
        let mut maze = Maze::new(1).expect("a maze");
        let wall = Spot::new(0, 0).expect("a corner");
        assert!(maze.paint(wall, true).expect("a wall") && !maze.land().is_open(wall));
        assert_eq!(maze.view().food[wall.index()], 0.0);
        assert!(!maze.hide(wall) && !maze.carry(wall) && !maze.paint(maze.place, true).expect("a refusal"));
        assert!(maze.turn(Knobs { precision: -1.0, ..maze.knobs() }).is_err());
        assert_eq!(maze.knobs(), Knobs::default());
    }
}
