//! The declaration language as a user meets it.

#[path = "models/tmaze.rs"]
mod tmaze;

use aif::prelude::*;
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;
use tmaze::*;

#[test]
fn the_target_program_acts_in_its_own_world() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let mut world = World::new(TMaze { reward_probability: 0.8, preference: 1.2 }).unwrap();
    let mut agent = Agent::new(TMaze { reward_probability: 0.9, preference: 3.0 }).unwrap();
    let trajectory = rollout(&mut agent, &mut world, 5, &mut rng);
    for m in &trajectory {
        println!("{m:?}");
    }
    assert_eq!(trajectory.len(), 6);
    assert_eq!(agent.belief().place[Place::Cue], agent.belief().place.probabilities()[3]);
}
