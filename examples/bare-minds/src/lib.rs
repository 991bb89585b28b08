//! Declared models where there is no standard library: the T-Maze and the foragers' two species, under a facade that is called `minds` here.
//!
//! `cargo build -p bare-minds --lib --target x86_64-unknown-none` builds them for a machine without an operating system; for
//! `wasm32-unknown-unknown` they become a module of three functions, which `run.mjs` calls. One seed lives one life on all of them, to the bit.
#![cfg_attr(target_os = "none", no_std)]

extern crate minds as aif;

#[path = "../../foragers/src/land.rs"]
#[allow(dead_code)]
mod land;
#[path = "../../foragers/src/species.rs"]
#[allow(dead_code)]
mod species;
#[path = "../../../tests/models/tmaze.rs"]
#[allow(dead_code)]
mod tmaze;

use minds::prelude::*;
use minds::runtime::Marginals;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// A mark of everything that an agent believes and does in a world of its own kind: equal lives have equal marks (64-bit FNV-1a).
pub fn mark<M>(model: M, seed: u64, steps: u32) -> Result<u64, ModelError>
where
    M: GenerativeModel<Inputs: Default> + Copy,
{
    let mut agent = Agent::new(model)?;
    let mut world = World::new(model)?;
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut mark = 0xcbf2_9ce4_8422_2325u64;
    let mut add = |number: u64| {
        for byte in number.to_le_bytes() {
            mark = (mark ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    };
    let mut observation = world.reset(&mut rng);
    for _ in 0..steps {
        let action = agent.step(observation, &mut rng);
        add(action.index() as u64);
        for factor in 0..M::META.factors.len() {
            agent.belief().probabilities(factor).iter().for_each(|p| add(p.to_bits()));
        }
        observation = world.step(action, &mut rng);
    }
    Ok(mark)
}

/// An agent in the T-Maze; zero where it could not be.
#[unsafe(no_mangle)]
#[allow(unsafe_code)] // An exported name, nothing else.
pub extern "C" fn tmaze(seed: u64, steps: u32) -> u64 {
    mark(tmaze::TMaze { reward_probability: 0.9, preference: 2.0 }, seed, steps).unwrap_or(0)
}

/// A scout; zero where it could not be.
#[unsafe(no_mangle)]
#[allow(unsafe_code)]
pub extern "C" fn scout(seed: u64, steps: u32) -> u64 {
    mark(species::Scout, seed, steps).unwrap_or(0)
}

/// A watcher; zero where it could not be.
#[unsafe(no_mangle)]
#[allow(unsafe_code)]
pub extern "C" fn watcher(seed: u64, steps: u32) -> u64 {
    mark(species::Watcher, seed, steps).unwrap_or(0)
}
