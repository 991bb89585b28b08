//! Speed of planning: deep policy trees, sophisticated inference, Monte-Carlo tree search, and a budget.
//!
//! `cargo bench --bench planning`; figures and how they were taken are in `benches/README.md`. How often the expected free energy of a step
//! was worked out is printed beside policies times steps.

use std::hint::black_box;

use aif::prelude::*;
use aif::worlds::{RestlessGridWorld, TMaze};
use criterion::{Criterion, criterion_group, criterion_main};

fn agent<M: GenerativeModel<Inputs = ()>>(model: M, horizon: usize, planning: Planning) -> Agent<M> {
    Agent::with_options(model, (), AgentOptions { horizon: Some(horizon), planning, ..AgentOptions::default() }).unwrap()
}

fn bench<M: GenerativeModel<Inputs = ()>>(c: &mut Criterion, name: &str, agent: &Agent<M>) {
    let plan = agent.plan();
    let policies = (M::Action::COUNT as f64).powi(agent.options().horizon_for(&M::META) as i32);
    println!(
        "{name}: {} evaluations for {policies} policies x {} steps; looked {} steps ahead",
        plan.evaluations,
        agent.options().horizon_for(&M::META),
        plan.depth
    );
    c.bench_function(name, |b| b.iter(|| black_box(agent).action_log_probabilities()));
}

fn trees(c: &mut Criterion) {
    bench(c, "T-Maze, horizon 2", &agent(TMaze::default(), 2, Planning::Tree));
    bench(c, "T-Maze, horizon 8", &agent(TMaze::default(), 8, Planning::Tree));
    let grid = RestlessGridWorld::<f64, 7, 7>::default();
    let known = RestlessGridWorld { start: Cell::new(3, 3), ..grid };
    let slippery = RestlessGridWorld { success_probability: 0.9, ..known };
    bench(c, "7x7 grid, place known, horizon 3", &agent(known, 3, Planning::Tree));
    bench(c, "7x7 grid, place known, horizon 6", &agent(known, 6, Planning::Tree));
    bench(c, "7x7 grid, place unknown, horizon 6", &agent(grid, 6, Planning::Tree));
    bench(c, "7x7 grid, moves that fail, horizon 6", &agent(slippery, 6, Planning::Tree));
    bench(c, "7x7 grid, moves that fail, horizon 6, 1000 nodes", &agent(slippery, 6, Planning::Budgeted { nodes: 1000 }));
}

fn searches(c: &mut Criterion) {
    let sophisticated = Planning::Sophisticated(Sophisticated::default());
    bench(c, "T-Maze, horizon 4, sophisticated inference", &agent(TMaze::default(), 4, sophisticated));
    let search = Planning::MonteCarlo(MonteCarlo::default());
    bench(c, "T-Maze, horizon 4, Monte-Carlo tree search (1000)", &agent(TMaze::default(), 4, search));
}

criterion_group!(benches, trees, searches);
criterion_main!(benches);
