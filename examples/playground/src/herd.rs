//! Five hundred foragers on one land: two flocks of the species of `examples/foragers`, and what happens to them in a tick.

use std::sync::Arc;

use aif::games::{Agents, Single};
use aif::prelude::*;
use rand_chacha::ChaCha8Rng;

use crate::chance::{any, draw, stream};
use crate::land::{Energy, Place, Sign, Site, Smell, Step, cell_of, digest, drift, sign, smell, walk};
use crate::species::{Scout, ScoutObservation, Watcher, WatcherObservation, options};

/// Everyone takes a step each so many ticks, a part of them at each.
pub const PERIOD: u64 = 8;
/// How many predicted beliefs an agent may look at in a step.
pub const BUDGET: usize = 40;

/// Where and how one is, and how often one has eaten.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Body {
    /// Its number: it steps when the tick says so.
    number: u64,
    pub place: Place,
    /// Where it was before its last step.
    pub before: Place,
    pub energy: Energy,
    pub meals: u32,
}

/// The land with all that live there.
pub struct Herd {
    scouts: Agents<Scout, Single>,
    watchers: Agents<Watcher, Single>,
    bodies: [Vec<Body>; 2],
    results: Vec<Body>,
    pub food: Site,
    pub tick: u64,
    /// Policy precision of all of them, where it is not the declared one.
    pub precision: Option<f64>,
    rng: ChaCha8Rng,
}

impl Herd {
    /// So many scouts, and as many watchers, at places drawn from the seed; they know where they are, not where the food is.
    pub fn new(of_each: usize, seed: u64) -> Result<Self, ModelError> {
        let scout = Agent::sharing(Arc::new(Tables::<Scout>::new(&Scout, (), 2)?.lift::<Single>()), options())?;
        let watcher = Agent::sharing(Arc::new(Tables::<Watcher>::new(&Watcher, (), 2)?.lift::<Single>()), options())?;
        let mut rng = stream(seed, 0);
        let mut scouts = Agents::new(scout, of_each, seed)?;
        let mut watchers = Agents::new(watcher, of_each, seed ^ 0x5EED)?;
        let mut body = |number: usize| {
            let place = any(&mut rng);
            Body { number: number as u64, place, before: place, energy: Energy::Fed, meals: 0 }
        };
        let bodies = [(0..of_each).map(&mut body).collect::<Vec<_>>(), (of_each..2 * of_each).map(&mut body).collect()];
        scouts.birds_mut().iter_mut().zip(&bodies[0]).for_each(|(bird, body)| bird.mind.belief.place = Dist::certain(body.place));
        watchers
            .birds_mut()
            .iter_mut()
            .zip(&bodies[1])
            .for_each(|(bird, body)| bird.mind.belief.place = Dist::certain(body.place));
        let food = any(&mut rng);
        let results = bodies[0].clone();
        Ok(Herd { scouts, watchers, bodies, results, food, tick: 0, precision: None, rng })
    }

    /// Scouts, then watchers.
    pub fn bodies(&self) -> impl Iterator<Item = &Body> {
        self.bodies.iter().flatten()
    }

    /// How probable food is at each site, as all of them believe on average.
    pub fn believed(&self) -> [f64; Site::COUNT] {
        let mut sums = [0.0; Site::COUNT];
        let mut add = |food: &[Single]| sums.iter_mut().zip(food).for_each(|(sum, &p)| *sum += f64::from(p.0));
        self.scouts.birds().iter().for_each(|bird| add(bird.mind.belief.food.probabilities()));
        self.watchers.birds().iter().for_each(|bird| add(bird.mind.belief.food.probabilities()));
        sums.map(|sum| sum / self.bodies().count() as f64)
    }

    /// A part of them take a step; then food may move.
    pub fn tick(&mut self) {
        let Herd { scouts, watchers, bodies, results, food, tick, precision, rng } = self;
        let (food_now, now) = (*food, *tick);
        let with = precision.map(|policy| Precisions { policy: Single(policy as f32), ..scouts.agent().precisions() });
        let [first, second] = bodies;
        scouts.each(first, results, |agent, body, rng| {
            let seen = |smelt, cue| ScoutObservation { seen: body.place, smelt, cue, hunger: body.energy };
            live(body, (now, food_now, 0.7, 0), rng, |smelt, cue, rng| {
                // A precision that is out of range leaves the agent as it was.
                with.map(|with| agent.set_precisions(with));
                // Scouts compare no list of policies, so that a budget is no error.
                agent.step_within(BUDGET, seen(smelt, cue), rng).map_or(Step::Stay, |within| within.action.go)
            })
        });
        std::mem::swap(first, results);
        watchers.each(second, results, |agent, body, rng| {
            let seen = |smelt, cue| WatcherObservation { seen: body.place, smelt, cue, hunger: body.energy };
            live(body, (now, food_now, 0.25, 2), rng, |smelt, cue, rng| {
                with.map(|with| agent.set_precisions(with));
                agent.step_within(BUDGET, seen(smelt, cue), rng).map_or(Step::Stay, |within| within.action.go)
            })
        });
        std::mem::swap(second, results);
        *tick += 1;
        if tick.is_multiple_of(PERIOD) {
            *food = draw(&drift(*food), rng);
        }
    }

    /// A mark of everything: bodies, beliefs, food (64-bit FNV-1a).
    pub fn mark(&self) -> u64 {
        let mut mark = 0xcbf2_9ce4_8422_2325u64;
        let mut add = |number: u64| {
            for byte in number.to_le_bytes() {
                mark = (mark ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
            }
        };
        add(self.tick);
        add(self.food.index() as u64);
        for body in self.bodies() {
            [body.place.index() as u64, body.energy.index() as u64, u64::from(body.meals)].into_iter().for_each(&mut add);
        }
        let mut believed = |p: &[Single]| p.iter().for_each(|p| add(u64::from(p.0.to_bits())));
        self.scouts.birds().iter().for_each(|bird| believed(bird.mind.belief.food.probabilities()));
        self.watchers.birds().iter().for_each(|bird| believed(bird.mind.belief.food.probabilities()));
        mark
    }
}

/// What becomes of a body in a tick: where it is its turn it looks, thinks (`think`), eats or goes hungry where it is, and takes a step.
fn live(
    body: &Body,
    (tick, food, sharpness, sight): (u64, Site, f64, usize),
    rng: &mut ChaCha8Rng,
    think: impl FnOnce(Smell, Sign, &mut ChaCha8Rng) -> Step,
) -> Body {
    if !(body.number + tick).is_multiple_of(PERIOD) {
        return *body;
    }
    let smelt = draw(&smell(body.place, food, sharpness), rng);
    let cue = draw(&sign(body.place, food, sight), rng);
    let go = think(smelt, cue, rng);
    let eats = body.place == cell_of(food) && matches!(body.energy, Energy::Hungry | Energy::Fed);
    Body {
        before: body.place,
        place: walk(body.place, body.energy, go),
        energy: draw(&digest(body.energy, body.place, food), rng),
        meals: body.meals + u32::from(eats),
        ..*body
    }
}
