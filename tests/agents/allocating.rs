//! What a step takes of memory: nothing of the heap.

use aif::prelude::*;
use aif::worlds::{GridMove, GridWorld};

use crate::counting::allocations;
use crate::tmaze::*;
use crate::{BELIEVED, rng, s4};

/// Two parts of two factors each, and one that nothing drives.
#[derive(Clone, Copy, Debug)]
struct Pair;

fn next(place: Index<6>, go: bool) -> Index<6> {
    Index::new(place.get() + usize::from(go)).unwrap_or(place)
}

#[generative_model(horizon = 3, actions(first: bool, second: bool))]
impl Pair {
    #[factor(initial = uniform())]
    fn here(&self, here: Index<6>, first: bool) -> Index<6> {
        next(here, first)
    }
    #[factor(initial = uniform())]
    fn there(&self, there: Index<6>, second: bool) -> Index<6> {
        next(there, second)
    }
    #[factor(initial = uniform())]
    fn left(&self, left: bool) -> Dist<bool> {
        Dist::bernoulli(left, 0.9, !left)
    }
    #[factor(initial = uniform())]
    fn right(&self, right: bool) -> Dist<bool> {
        Dist::bernoulli(right, 0.8, !right)
    }
    #[factor(initial = uniform())]
    fn weather(&self, weather: bool) -> Dist<bool> {
        Dist::bernoulli(weather, 0.7, !weather)
    }
    #[modality(preference = [0.0, 2.0])]
    fn near(&self, here: Index<6>, left: bool) -> Dist<bool> {
        Dist::bernoulli(left, 0.5 + 0.08 * here.get() as f64, !left)
    }
    #[modality(preference = [0.0, 1.0])]
    fn far(&self, there: Index<6>, right: bool) -> Dist<bool> {
        Dist::bernoulli(right, 0.9 - 0.07 * there.get() as f64, !right)
    }
    #[modality]
    fn felt(&self, weather: bool) -> Dist<bool> {
        Dist::bernoulli(weather, 0.7, !weather)
    }
}

/// So many joint states as are exact by default.
#[derive(Clone, Copy, Debug)]
struct Wide;

#[generative_model(horizon = 2, actions(go: bool))]
impl Wide {
    #[factor(initial = uniform())]
    fn here(&self, here: Index<16>, go: bool) -> Index<16> {
        Index::new(here.get() + usize::from(go)).unwrap_or(here)
    }
    #[factor(initial = uniform())]
    fn wind(&self, wind: Index<16>) -> Dist<Index<16>> {
        Dist::from_fn(|next: Index<16>| 0.05 + if next == wind { 0.2 } else { 0.0 })
    }
    #[modality(preference = [0.0, 2.0])]
    fn drift(&self, here: Index<16>, wind: Index<16>) -> Dist<bool> {
        let strong = 0.03 * (here.get() + wind.get()) as f64;
        Dist::from_fn(|drifts| if drifts { strong } else { 1.0 - strong })
    }
}

#[test]
fn a_step_allocates_nothing() {
    fn steps<M: GenerativeModel>(model: M, inputs: M::Inputs, options: AgentOptions) {
        run(model, inputs, Agent::with_options(model, inputs, options).unwrap());
    }
    fn run<M: GenerativeModel>(model: M, inputs: M::Inputs, mut agent: Agent<M>) {
        let options = *agent.options();
        let mut world = World::with_inputs(model, inputs).unwrap();
        let mut rng = rng(3);
        let mut observation = world.reset(&mut rng);
        let before = allocations();
        for _ in 0..20 {
            let action = agent.step(observation, &mut rng);
            observation = world.step(action, &mut rng);
        }
        assert_eq!(allocations() - before, 0, "{} {options:?}", M::META.name);
    }
    for inference in [Inference::default(), Inference::REFERENCE, Inference::Exact, Inference::Components] {
        for sampling in [Sampling::Policies, Sampling::Marginals] {
            for selection in [Selection::Stochastic, Selection::Deterministic] {
                let options = AgentOptions { inference, sampling, selection, ..AgentOptions::default() };
                steps(BELIEVED, (), options);
                steps(s4(), (), options);
                let bounded = Planning::BranchAndBound(BranchAndBound::default());
                for planning in [Planning::Tree, bounded, Planning::Budgeted { nodes: 40 }] {
                    steps(Pair, (), AgentOptions { planning, ..options });
                }
            }
        }
    }
    let bounded = Planning::BranchAndBound(BranchAndBound::default());
    for planning in [Planning::Tree, bounded, Planning::Budgeted { nodes: 20 }] {
        steps(Wide, (), AgentOptions { planning, ..AgentOptions::default() });
    }
    // Every planner that enumerates, every term, a restricted set of policies.
    let every_term = AgentOptions {
        horizon: Some(4),
        joint_information_gain: true,
        terms: Terms::all(1.0),
        induction: Some(InductionOptions::default()),
        ..AgentOptions::default()
    };
    let grid = GridWorld { start: Cell::new(0, 0), goal: Cell::new(4, 4), ..GridWorld::<f64, 5, 5>::default() };
    steps(grid, (), every_term);
    steps(grid, (), AgentOptions { planning: Planning::Budgeted { nodes: 60 }, ..every_term });
    steps(grid, (), AgentOptions { planning: Planning::BranchAndBound(BranchAndBound::default()), ..every_term });
    let options = AgentOptions { horizon: Some(2), ..every_term };
    let agent = Agent::with_options(grid, (), options).unwrap();
    let up_or_down = |p: &[aif::worlds::GridWorldAction]| p.iter().all(|a| matches!(a.go, GridMove::Up | GridMove::Down));
    run(grid, (), agent.with_policies(Policies::filtered(2, up_or_down).unwrap()).unwrap());
}

#[test]
fn searches_allocate_within_stated_bounds() {
    let allocations = |planning| {
        let options = AgentOptions { planning, horizon: Some(3), ..AgentOptions::default() };
        let agent = Agent::with_options(BELIEVED, (), options).unwrap();
        let before = allocations();
        let plan = agent.plan();
        (allocations() - before, plan.evaluations)
    };
    // A few vectors a node, and one weighing of states for each outcome of each modality.
    let (count, nodes) = allocations(Planning::Sophisticated(Sophisticated::default()));
    assert!(count <= 40 * nodes, "{count} allocations for {nodes} evaluations");
    let (count, nodes) = allocations(Planning::MonteCarlo(MonteCarlo { simulations: 200, ..MonteCarlo::default() }));
    assert!(count <= 40 * 200 + 10 * nodes, "{count} allocations for 200 simulations");
}

/// What a game does, ten thousand times: budgets, open actions, minds, corrections, in both precisions.
#[test]
fn ten_thousand_steps_of_a_game_allocate_nothing() {
    use aif::runtime::Single;
    fn game<T: Real>(mut agent: Agent<TMaze<T>, T>)
    where
        TMaze<T>: GenerativeModel<T, Action = TMazeAction, Belief = TMazeBelief<T>, Evidence = TMazeEvidence<T>>,
    {
        let mut rng = rng(4);
        let mut mind = agent.newborn().unwrap();
        let seen = |place| TMazeObservation { seen: place, outcome: Outcome::Nothing, cue: Cue::Nothing };
        let before = allocations();
        for k in 0..10_000 {
            let place = if k % 3 == 0 { Place::Cue } else { Place::Middle };
            agent.as_mind(&mut mind, |agent| match k % 4 {
                0 => drop(agent.step_within(20, seen(place), &mut rng).unwrap()),
                1 => drop(agent.step_with(seen(place), |a| a.go != Place::Left, &mut rng).unwrap()),
                2 => {
                    agent.step(seen(place), &mut rng);
                    agent.correct_action(TMazeAction { go: Place::Centre }).unwrap();
                }
                _ => {
                    agent.infer_states(seen(place));
                    let _ = agent.explain();
                }
            });
        }
        assert_eq!(allocations() - before, 0);
    }
    for planning in [Planning::Tree, Planning::Budgeted { nodes: 40 }] {
        let options = AgentOptions { planning, horizon: Some(3), ..AgentOptions::default() };
        game(Agent::with_options(BELIEVED, (), options).unwrap());
        let tables = Tables::<TMaze<f64>>::new(&BELIEVED, (), 3).unwrap().lift::<Single>();
        game(Agent::sharing(std::sync::Arc::new(tables), options).unwrap());
    }
}
