//! Two species, each a declared model: one follows its nose, one reads signs.

use aif::prelude::*;

use crate::land::{Energy, Place, SMELLS, Sign, Site, Smell, Step, digest, drift, sign, smell, walk};

/// How much more a scout likes each level of smell, and a watcher, for whom levels differ less.
const SCOUT_SCENT: f64 = 1.0;
const WATCHER_SCENT: f64 = 4.0;
/// Policy precision (gamma): a little chance leads round obstacles that a short look ahead does not see past.
const PRECISION: f64 = 8.0;
/// Log-preferences for how fed one is, from faint to full, in nats.
const COMFORT: [f64; 4] = [-6.0, -1.0, 0.0, 1.0];

/// Log-preferences for smells, in nats: each level over the one below. Food draws from afar.
fn scents<T: Real>(each: f64) -> Values<Smell, T> {
    Values::from_fn(|o: Smell| each * (o.get() as f64 - (SMELLS - 1) as f64))
}

/// Smells well, sees a sign only where it stands.
#[derive(Clone, Copy, Debug)]
pub struct Scout;

#[generative_model(horizon = 2, actions(go: Step), policy_precision = PRECISION)]
impl Scout {
    #[factor(initial = uniform())]
    fn place(&self, place: Place, energy: Energy, go: Step) -> Place {
        walk(place, energy, go)
    }
    #[factor(initial = uniform())]
    fn food(&self, food: Site) -> Dist<Site> {
        drift(food)
    }
    #[factor(initial = Energy::Fed)]
    fn energy(&self, place: Place, food: Site, energy: Energy) -> Dist<Energy> {
        digest(energy, place, food)
    }
    #[modality]
    fn seen(&self, place: Place) -> Place {
        place
    }
    #[modality(preference = scents::<T>(SCOUT_SCENT))]
    fn smelt(&self, place: Place, food: Site) -> Dist<Smell> {
        smell(place, food, 0.7)
    }
    #[modality]
    fn cue(&self, place: Place, food: Site) -> Dist<Sign> {
        sign(place, food, 0)
    }
    #[modality(preference = COMFORT)]
    fn hunger(&self, energy: Energy) -> Energy {
        energy
    }
}

/// Hardly smells anything, sees signs from two steps away.
#[derive(Clone, Copy, Debug)]
pub struct Watcher;

#[generative_model(horizon = 2, actions(go: Step), policy_precision = PRECISION)]
impl Watcher {
    #[factor(initial = uniform())]
    fn place(&self, place: Place, energy: Energy, go: Step) -> Place {
        walk(place, energy, go)
    }
    #[factor(initial = uniform())]
    fn food(&self, food: Site) -> Dist<Site> {
        drift(food)
    }
    #[factor(initial = Energy::Fed)]
    fn energy(&self, place: Place, food: Site, energy: Energy) -> Dist<Energy> {
        digest(energy, place, food)
    }
    #[modality]
    fn seen(&self, place: Place) -> Place {
        place
    }
    #[modality(preference = scents::<T>(WATCHER_SCENT))]
    fn smelt(&self, place: Place, food: Site) -> Dist<Smell> {
        smell(place, food, 0.25)
    }
    #[modality]
    fn cue(&self, place: Place, food: Site) -> Dist<Sign> {
        sign(place, food, 2)
    }
    #[modality(preference = COMFORT)]
    fn hunger(&self, energy: Energy) -> Energy {
        energy
    }
}

/// How both perceive, plan and choose: one pass over the factors (what is seen settles where one is).
pub fn options() -> AgentOptions {
    AgentOptions { inference: Inference::FixedPoint(Sweeps::Sequential { most: 1, tolerance: 0.0 }), ..AgentOptions::default() }
}
