//! Saving a world and going on from it, to the byte.

use aif::prelude::*;
use aif::runtime::Single;
use aif::runtime::perceive::believable;
use aif::saves::{from_bytes, to_bytes};
use bevy_app::App;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use crate::land::{Energy, Place, Site};
use crate::species::{Scout, ScoutBelief, Watcher, WatcherBelief};
use crate::world::{Body, Chance, Failure, Nature, ScoutMind, Species, WatcherMind, empty};

/// A world, in the order of its inhabitants' numbers.
#[derive(Serialize, Deserialize)]
struct Snapshot {
    tick: u64,
    food: Site,
    rng: ChaCha8Rng,
    inhabitants: Vec<Inhabitant>,
}

#[derive(Serialize, Deserialize)]
struct Inhabitant {
    number: u64,
    place: Place,
    energy: Energy,
    meals: u32,
    rng: ChaCha8Rng,
    mind: Kind,
}

#[derive(Serialize, Deserialize)]
enum Kind {
    Scout(Mind<ScoutBelief<Single>, Single>),
    Watcher(Mind<WatcherBelief<Single>, Single>),
}

/// The world of agents as bytes, marked with the declarations of both species.
pub fn save(app: &mut App) -> Result<Vec<u8>, Failure> {
    let nature = app.world().resource::<Nature>().clone();
    let mut inhabitants = Vec::new();
    let mut all = app.world_mut().query::<(&Body, &Chance, Option<&ScoutMind>, Option<&WatcherMind>)>();
    for (body, chance, scout, watcher) in all.iter(app.world()) {
        let mind = match (scout, watcher) {
            (Some(scout), _) => Kind::Scout(scout.0.clone()),
            (_, Some(watcher)) => Kind::Watcher(watcher.0.clone()),
            _ => return Err("only worlds of agents are saved".into()),
        };
        let Body { number, place, energy, meals } = *body;
        inhabitants.push(Inhabitant { number, place, energy, meals, rng: chance.0.clone(), mind });
    }
    inhabitants.sort_by_key(|one| one.number);
    let snapshot = Snapshot { tick: nature.tick, food: nature.food, rng: nature.rng, inhabitants };
    Ok(to_bytes::<Scout>(&to_bytes::<Watcher>(&snapshot)?)?)
}

/// A world that goes on from what was saved.
pub fn load(species: &Species, bytes: &[u8]) -> Result<App, Failure> {
    let inner: Vec<u8> = from_bytes::<Scout, _>(bytes)?;
    let Snapshot { tick, food, rng, inhabitants } = from_bytes::<Watcher, _>(&inner)?;
    if tick > u64::MAX / 2 {
        return Err(format!("tick {tick} is no tick that a world comes to").into());
    }
    let mut app = empty(species, Nature { tick, food, rng });
    for (number, one) in (0..).zip(inhabitants) {
        if one.number != number || u64::from(one.meals) > tick {
            return Err(format!("inhabitant {number}: number {} with {} meals at tick {tick}", one.number, one.meals).into());
        }
        let sound = match &one.mind {
            Kind::Scout(mind) => believable::<Scout, Single>(&mind.belief),
            Kind::Watcher(mind) => believable::<Watcher, Single>(&mind.belief),
        };
        if !sound {
            return Err(format!("inhabitant {}: its belief is no distribution", one.number).into());
        }
        let body = Body { number: one.number, place: one.place, energy: one.energy, meals: one.meals };
        let mut someone = app.world_mut().spawn(body);
        match one.mind {
            Kind::Scout(mind) => someone.insert(ScoutMind(mind)),
            Kind::Watcher(mind) => someone.insert(WatcherMind(mind)),
        };
        someone.insert(Chance(one.rng));
    }
    Ok(app)
}

/// A hash of a world: that of its bytes (Fowler, Noll and Vo, 1a).
pub fn hash(app: &mut App) -> Result<u64, Failure> {
    let mix = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
    Ok(save(app)?.into_iter().fold(0xcbf2_9ce4_8422_2325, mix))
}
