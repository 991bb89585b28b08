//! Speed of planning: deep policy trees, sophisticated inference, Monte-Carlo tree search, and a budget.
//!
//! `cargo bench --bench planning`; figures and how they were taken are in `benches/README.md`. How often the expected free energy of a step
//! was worked out is printed beside policies times steps.

use std::hint::black_box;

use aif::prelude::*;
use aif::worlds::{GridMove, GridWorld, RestlessGridWorld, TMaze};
use criterion::{Criterion, criterion_group, criterion_main};

/// A guard with legs on a map of 7 x 7 cells, and an eye for a target in one of 8 directions: two parts.
#[derive(Clone, Copy, Debug)]
struct Guard;

type Place = Cell<7, 7>;
type Direction = Index<8>;

fn direction(index: usize) -> Direction {
    Index::new(index % 8).unwrap()
}

#[generative_model(horizon = 3, actions(go: GridMove, turn: Index<3>))]
impl Guard {
    #[factor(initial = Place::new(3, 3).unwrap())]
    fn place(&self, place: Place, go: GridMove) -> Place {
        GridWorld::<f64, 7, 7>::default().target(place, go)
    }
    #[factor(initial = direction(0))]
    fn gaze(&self, gaze: Direction, turn: Index<3>) -> Direction {
        direction(gaze.get() + [0, 7, 1][turn.get()])
    }
    #[factor(initial = uniform())]
    fn target(&self, target: Direction) -> Dist<Direction> {
        Dist::from_fn(|to: Direction| if to == target { 0.9 } else { 0.1 / 7.0 })
    }
    #[modality]
    fn seen(&self, place: Place) -> Place {
        place
    }
    #[modality(preference = [0.0, 3.0])]
    fn warm(&self, place: Place) -> Dist<bool> {
        Dist::bernoulli(true, 0.05 + 0.9 * place.index() as f64 / 48.0, false)
    }
    #[modality(preference = [0.0, 1.0])]
    fn sighted(&self, gaze: Direction, target: Direction) -> Dist<bool> {
        Dist::bernoulli(true, if gaze == target { 0.9 } else { 0.05 }, false)
    }
}

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

fn parts(c: &mut Criterion) {
    for horizon in 1..=5 {
        bench(c, &format!("guard with legs and an eye, horizon {horizon}"), &agent(Guard, horizon, Planning::Tree));
    }
}

fn searches(c: &mut Criterion) {
    let sophisticated = Planning::Sophisticated(Sophisticated::default());
    bench(c, "T-Maze, horizon 4, sophisticated inference", &agent(TMaze::default(), 4, sophisticated));
    let search = Planning::MonteCarlo(MonteCarlo::default());
    bench(c, "T-Maze, horizon 4, Monte-Carlo tree search (1000)", &agent(TMaze::default(), 4, search));
}

criterion_group!(benches, trees, parts, searches);
criterion_main!(benches);
