//! An agent that remembers its steps lives the life of one that does not, to the bit.

use aif::games::Agents;
use aif::prelude::*;
use aif::worlds::{GridStep, GridWorld, RestlessGridWorld};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::tmaze::TMaze;

const MAZE: TMaze<f64> = TMaze { reward_probability: 0.9, preference: 1.2 };

/// The same steps twice, remembered and not: actions, beliefs, and what the generator gives next.
fn alike<M: GenerativeModel<Inputs = ()>>(model: M, options: AgentOptions, blocks: usize, change: impl Fn(usize, &mut Agent<M>)) {
    let mut lives = [64, 4, 0].map(|looks| {
        let mut agent = Agent::with_options(model, (), options).unwrap();
        agent.remember(looks);
        (agent, World::new(model).unwrap(), ChaCha8Rng::seed_from_u64(5))
    });
    for block in 0..blocks {
        let lived = lives.each_mut().map(|(agent, world, rng)| {
            change(block, agent);
            agent.restart();
            let mut seen = world.reset(rng);
            let mut all = Vec::new();
            for step in 0..7 {
                // A look that is taken again, and an action that is taken back.
                if step == 3 {
                    agent.infer_states(seen);
                }
                let open = |action: M::Action| step != 4 || action.index() != 0;
                let action = if step < 2 { agent.step(seen, rng) } else { agent.step_with(seen, open, rng).unwrap() };
                if step == 5 {
                    agent.correct_action(M::Action::from_index(1).unwrap()).unwrap();
                }
                seen = world.step(action, rng);
                all.push((action, *agent.belief(), agent.perception().joint().to_vec()));
            }
            all
        });
        assert_eq!(lived[0], lived[2], "block {block}, {options:?}");
        assert_eq!(lived[1], lived[2], "block {block}, of a small memory, {options:?}");
    }
    let draws = lives.each_mut().map(|(_, _, rng)| rand::Rng::next_u64(rng));
    assert_eq!(draws[0], draws[2]);
}

#[test]
fn what_is_remembered_is_what_would_be_worked_out() {
    for inference in [Inference::default(), Inference::REFERENCE, Inference::Exact] {
        for selection in [Selection::Stochastic, Selection::Deterministic] {
            for planning in [Planning::Tree, Planning::Budgeted { nodes: 9 }] {
                alike(MAZE, AgentOptions { inference, selection, planning, ..AgentOptions::default() }, 20, |_, _| {});
            }
        }
    }
    let grid =
        RestlessGridWorld::<f64, 4, 4> { start: Cell::new(1, 2), goal: Cell::new(3, 0), preference: 1.0, ..Default::default() };
    let slippery =
        GridWorld::<f64, 4, 4> { success_probability: 0.7, goal: Cell::new(3, 0), preference: 1.0, ..Default::default() };
    alike(grid, AgentOptions::default(), 10, |_, _| {});
    alike(slippery, AgentOptions::default(), 10, |_, _| {});
}

#[test]
fn who_is_changed_forgets() {
    alike(MAZE, AgentOptions::default(), 12, |block, agent| match block % 4 {
        1 => agent.set_precisions(Precisions { policy: 0.5 + block as f64, ..agent.precisions() }).unwrap(),
        2 => {
            let mut preferences = agent.preferences();
            preferences.outcome =
                Values::from_fn(|outcome| 0.3 * block as f64 * f64::from(u8::from(outcome == crate::tmaze::Outcome::Reward)));
            agent.set_preferences(preferences).unwrap();
        }
        3 => agent.clear_preferences(),
        _ => {}
    });
    let grid = GridWorld::<f64, 4, 4> { start: Cell::new(1, 2), goal: Cell::new(3, 0), ..Default::default() };
    let options = AgentOptions { induction: Some(InductionOptions::default()), ..AgentOptions::default() };
    alike(grid, options, 8, |block, agent| {
        let mut goals = *agent.belief();
        goals.cell = Dist::certain(Cell::new(block % 4, block / 4).unwrap());
        if block % 3 == 2 { agent.clear_goals() } else { agent.set_goals(&goals).unwrap() }
    });
}

#[test]
fn members_of_a_flock_do_what_they_would_do_alone() {
    let grid =
        RestlessGridWorld::<f64, 5, 5> { start: Cell::new(2, 2), goal: Cell::new(4, 0), preference: 1.0, ..Default::default() };
    let agent = Agent::new(grid).unwrap();
    let mut flock = Agents::new(agent.clone(), 70, 3).unwrap();
    let mut alone: Vec<_> = flock.birds().iter().map(|bird| (bird.rng.clone(), agent.clone())).collect();
    let mut cells = vec![Cell::new(2, 2).unwrap(); 70];
    let mut actions = vec![GridStep::Up; 70];
    for frame in 0..12 {
        let seen: Vec<_> = cells.iter().map(|&seen| aif::worlds::RestlessGridWorldObservation::<5, 5> { seen }).collect();
        // Some frames are lived by other wishes, which are gone after them.
        let eager = |agent: &mut Agent<RestlessGridWorld<f64, 5, 5>>| {
            if frame % 3 == 1 {
                agent.set_precisions(Precisions { policy: 4.0, ..agent.precisions() }).unwrap();
            }
        };
        flock.each(&seen, &mut actions, |agent, &seen, rng| {
            eager(agent);
            agent.step(seen, rng).go
        });
        for (((rng, agent), &seen), (cell, &go)) in alone.iter_mut().zip(&seen).zip(cells.iter_mut().zip(&actions)) {
            agent.remember(0);
            let own = agent.precisions();
            eager(agent);
            assert_eq!(agent.step(seen, rng).go, go, "frame {frame}");
            agent.set_precisions(own).unwrap();
            *cell = grid.target(*cell, go);
        }
    }
}
