//! Two species, each a declared model: one follows its nose, one reads signs.

use aif::prelude::*;

use crate::land::{Energy, Place, SMELLS, Sign, Site, Smell, Step, digest, drift, sign, smell, walk};

/// Log-preference for each level of smell over the one below, in nats: food draws from afar.
const SCENT: f64 = 1.0;
/// Log-preferences for how fed one is, from faint to full, in nats.
const COMFORT: [f64; 4] = [-6.0, -1.0, 0.0, 1.0];

fn scents<T: Real>() -> Values<Smell, T> {
    Values::from_fn(|o: Smell| SCENT * (o.get() as f64 - (SMELLS - 1) as f64))
}

/// Smells well, sees a sign only where it stands.
#[derive(Clone, Copy, Debug)]
pub struct Scout;

#[generative_model(horizon = 2, actions(go: Step))]
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
    #[modality(preference = scents::<T>())]
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

#[generative_model(horizon = 2, actions(go: Step))]
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
    #[modality(preference = scents::<T>())]
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

/// How both perceive, plan and choose: one pass over the factors (what is seen settles where one is), the best action.
pub fn options() -> AgentOptions {
    AgentOptions {
        inference: Inference::FixedPoint(Sweeps::Sequential { most: 2, tolerance: 1e-9 }),
        selection: aif::runtime::Selection::Deterministic,
        ..AgentOptions::default()
    }
}
