//! Planners: the tree against the list of all policies, the others against the tree, against each other and against the definitions.

#[path = "models/random.rs"]
#[allow(dead_code)]
mod random;

#[path = "planners/apart.rs"]
mod apart;
#[path = "planners/bounded.rs"]
mod bounded;
#[path = "planners/carried.rs"]
mod carried;
#[path = "planners/joint.rs"]
mod joint;

use aif::prelude::*;
use aif::runtime::model::Marginals;
use aif::runtime::perceive::{fixed_point, predict, predict_outcomes};
use aif::runtime::plan::{Deepening, joint_information_gain, negative_expected_free_energy};
use aif::worlds::{CueChain, GridMove, GridWorld, RestlessGridWorld, SimplifiedTMaze, TMaze};
use proptest::prelude::*;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use random::{Trio, TrioAction, TrioEvidence, observation, trio};

fn every_term(horizon: usize) -> AgentOptions {
    AgentOptions {
        horizon: Some(horizon),
        terms: Terms::all(1.0),
        induction: Some(InductionOptions::default()),
        // By definition factor by factor; plans from joint distributions: planners/joint.rs.
        inference: Inference::MEAN_FIELD,
        ..AgentOptions::default()
    }
}

/// All terms of expected free energy, with these weights.
fn weighed([utility, state, likelihood, induction, transition]: [f64; 5]) -> Terms<f64> {
    Terms {
        utility,
        state_information_gain: state,
        likelihood_information_gain: likelihood,
        inductive_value: induction,
        transition_information_gain: transition,
    }
}

/// q(pi) by the definition: each policy on its own, from its first step, nothing shared.
fn by_definition(agent: &Agent<Trio>) -> Vec<f64> {
    let horizon = agent.options().horizon.unwrap();
    let objective = agent.options().objective(&<Trio as GenerativeModel>::META);
    let induction = Induction::new(agent.tables(), &agent.options().induction.unwrap());
    let mut weights = Vec::new();
    for policy in 0..1usize << horizon {
        let (mut belief, mut gain) = (*agent.belief(), 0.0);
        for step in 0..horizon {
            let action = policy >> (horizon - 1 - step) & 1;
            let next = predict(agent.tables(), &belief, action);
            let moved = (&belief, action, &next);
            gain += negative_expected_free_energy(agent.tables(), &objective, moved, step, Some((&induction, agent.belief())))
                .total();
            belief = next;
        }
        weights.push(agent.precisions().policy * gain);
    }
    let largest = weights.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let sum: f64 = weights.iter().map(|w| (w - largest).exp()).sum();
    weights.iter().map(|w| (w - largest).exp() / sum).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// The tree, with every term on, equals each policy evaluated on its own.
    #[test]
    fn the_tree_equals_brute_force(model in trio(), horizon in 1usize..6, seen in observation()) {
        let mut agent = Agent::with_options(model, (), every_term(horizon)).unwrap();
        agent.infer_states(seen);
        let wanted = by_definition(&agent);
        let mut listed = vec![0.0; agent.policy_count()];
        agent.policy_posterior(&mut listed).unwrap();
        let half = wanted.len() / 2;
        let marginals = agent.infer_policies();
        for (a, chunk) in wanted.chunks(half).enumerate() {
            prop_assert!((marginals[a].exp() - chunk.iter().sum::<f64>()).abs() < 1e-12);
        }
        for (got, want) in listed.iter().zip(&wanted) {
            prop_assert!((got - want).abs() < 1e-12);
        }
        let plan = agent.plan();
        println!("{} evaluations for {} policies x {horizon} steps", plan.evaluations, wanted.len());
        prop_assert!(plan.evaluations <= (2 << horizon) - 2);
        // The same policies by hand, in another order.
        let mut rows: Vec<Vec<TrioAction>> =
            (0..wanted.len()).map(|p| (0..horizon).map(|t| TrioAction { go: p >> (horizon - 1 - t) & 1 == 1 }).collect()).collect();
        rows.reverse();
        let by_hand = agent.clone().with_policies(Policies::new(&rows).unwrap()).unwrap();
        by_hand.policy_posterior(&mut listed).unwrap();
        for (got, want) in listed.iter().zip(wanted.iter().rev()) {
            prop_assert!((got - want).abs() < 1e-12);
        }
        for (a, b) in by_hand.infer_policies().iter().zip(agent.infer_policies()) {
            prop_assert!((a - b).abs() < 1e-9);
        }
    }

    /// A budget that suffices gives the tree's plan; one that does not, the plan of the deepest tree that was finished, and never more nodes.
    #[test]
    fn a_budget_is_kept(model in trio(), nodes in 1usize..80) {
        let plan = |planning, horizon| {
            let options = AgentOptions { planning, horizon: Some(horizon), ..AgentOptions::default() };
            Agent::with_options(model, (), options).unwrap().plan()
        };
        let within = plan(Planning::Budgeted { nodes }, 5);
        prop_assert!(within.evaluations <= nodes);
        if within.depth == 0 {
            prop_assert_eq!(within.weights, [0.0, 0.0]);
        } else {
            let whole = plan(Planning::Tree, within.depth);
            for (a, b) in within.weights.iter().zip(whole.weights) {
                prop_assert!((a - b).abs() < 1e-10);
            }
        }
        prop_assert_eq!(plan(Planning::Budgeted { nodes: 1000 }, 5).depth, 5);
    }

    /// All modalities together tell at most as much as one by one, and never less than nothing.
    #[test]
    fn joint_information_is_no_more_than_the_sum(model in trio(), go: bool) {
        let options = AgentOptions { terms: Terms { utility: 0.0, ..Terms::default() }, ..AgentOptions::default() };
        let agent = Agent::with_options(model, (), options).unwrap();
        let belief = predict(agent.tables(), agent.belief(), usize::from(go));
        let objective = options.objective(&<Trio as GenerativeModel>::META);
        let sum = negative_expected_free_energy(agent.tables(), &objective, (agent.belief(), 0, &belief), 0, None).total();
        let joint = joint_information_gain(agent.tables(), &belief);
        prop_assert!(joint <= sum + 1e-9 && joint >= -1e-9, "{joint} of {sum}");
    }

    /// Sophisticated inference without pruning equals its definition, worked out with loops.
    #[test]
    fn sophisticated_inference_is_its_definition(model in trio(), horizon in 1usize..4, seen in observation()) {
        let planning = Planning::Sophisticated(Sophisticated { action_threshold: 0.0, outcome_threshold: 0.0, nodes: 1 << 20 });
        let options = AgentOptions { planning, ..every_term(horizon) };
        let mut agent = Agent::with_options(model, (), options).unwrap();
        agent.infer_states(seen);
        let plan = agent.plan();
        let wanted = values(&agent, agent.belief(), 0, horizon);
        for (got, want) in plan.weights.iter().zip(wanted) {
            prop_assert!((got - agent.precisions().policy * want).abs() < 1e-9);
        }
        prop_assert_eq!((plan.depth, plan.pruned), (horizon, 0));
    }
}

/// Q of each action, by the definition; outcomes by the joint of factors, one state at a time.
fn values(agent: &Agent<Trio>, belief: &random::TrioBelief, step: usize, horizon: usize) -> [f64; 2] {
    let objective = agent.options().objective(&<Trio as GenerativeModel>::META);
    let induction = Induction::new(agent.tables(), &agent.options().induction.unwrap());
    [0, 1].map(|action| {
        let next = predict(agent.tables(), belief, action);
        let moved = (belief, action, &next);
        let mut q =
            negative_expected_free_energy(agent.tables(), &objective, moved, step, Some((&induction, agent.belief()))).total();
        if step + 1 == horizon {
            return q;
        }
        for outcome in 0..12 {
            let outcomes = [outcome / 4, outcome / 2 % 2, outcome % 2];
            let mut p = 0.0;
            for state in 0..18 {
                let s = [state / 6, state / 3 % 2, state % 3];
                let mut q = (0..3).map(|f| next.probabilities(f)[s[f]]).product::<f64>();
                let point = random::TrioBelief {
                    first: Dist::certain(Index::new(s[0]).unwrap()),
                    second: Dist::certain(s[1] == 1),
                    third: Dist::certain(Index::new(s[2]).unwrap()),
                };
                let expected = predict_outcomes(agent.tables(), &point);
                for (m, &o) in outcomes.iter().enumerate() {
                    q *= expected.probabilities(m)[o];
                }
                p += q;
            }
            let evidence: TrioEvidence = <Trio as GenerativeModel>::evidence(&outcomes.map(Some));
            let after = fixed_point(agent.tables(), &next, &evidence, Sweeps::default());
            let v = values(agent, &after, step + 1, horizon);
            let gamma = agent.precisions().policy;
            let weights = v.map(|x| (gamma * (x - v[0].max(v[1]))).exp());
            let soft = (weights[0] * v[0] + weights[1] * v[1]) / (weights[0] + weights[1]);
            q += p * soft;
        }
        q
    })
}

fn chance(weights: [f64; 2]) -> f64 {
    1.0 / (1.0 + (weights[1] - weights[0]).exp())
}

#[test]
fn monte_carlo_search_comes_to_sophisticated_inference() {
    let model = Trio {
        seen: [[[0.8, 0.1], [0.1, 0.6], [0.2, 0.3]], [[0.1, 0.6], [0.7, 0.2], [0.2, 0.3]], [[0.1, 0.3], [0.2, 0.2], [0.6, 0.4]]],
        heard: [[0.9, 0.2], [0.1, 0.8]],
        felt: [[0.5, 0.6, 0.4], [0.5, 0.4, 0.6]],
        first: [[[0.8, 0.1], [0.1, 0.7], [0.3, 0.3]], [[0.1, 0.8], [0.8, 0.1], [0.3, 0.2]], [[0.1, 0.1], [0.1, 0.2], [0.4, 0.5]]],
        second: [[[0.9, 0.5, 0.1], [0.2, 0.5, 0.7]], [[0.1, 0.5, 0.9], [0.8, 0.5, 0.3]]],
        third: [[[0.4, 0.3], [0.3, 0.3], [0.3, 0.4]]; 3],
        wanted: [0.0, 1.0, -1.5],
        start: [0.5, 0.3, 0.2],
        precision: 2.0,
        scale: 5.0,
    };
    let agent = |planning| {
        let options = AgentOptions { planning, horizon: Some(3), ..AgentOptions::default() };
        Agent::with_options(model, (), options).unwrap()
    };
    let exact = Sophisticated { action_threshold: 0.0, outcome_threshold: 0.0, nodes: 1 << 22 };
    let truth = chance(agent(Planning::Sophisticated(exact)).plan().weights);
    let mut errors = Vec::new();
    for simulations in [100, 30_000] {
        let search = agent(Planning::MonteCarlo(MonteCarlo { simulations, seed: 3, ..MonteCarlo::default() }));
        let plan = search.plan();
        assert_eq!(plan.weights, search.plan().weights, "one seed, one plan");
        assert!(plan.evaluations <= 2 * (simulations + 1) && plan.depth == 3);
        errors.push((chance(plan.weights) - truth).abs());
    }
    assert!(errors[1] < 0.01 && errors[1] < errors[0].max(0.01), "{errors:?}");
}

#[test]
fn sophisticated_inference_looks_before_it_leaps() {
    // Whatever is seen first, at the cue or in an arm, tells where to go next. Policies that cannot wait for it see no use in going anywhere.
    let chance_of_staying = |planning| {
        let options = AgentOptions {
            planning,
            terms: Terms { state_information_gain: 0.0, ..Terms::default() },
            ..AgentOptions::default()
        };
        let model = SimplifiedTMaze { preference: 4.0, cue_validity: 1.0, ..SimplifiedTMaze::default() };
        Agent::with_options(model, (), options).unwrap().action_log_probabilities()[0].exp()
    };
    let sophisticated = chance_of_staying(Planning::Sophisticated(Sophisticated::default()));
    let open_loop = chance_of_staying(Planning::Tree);
    assert!(sophisticated < 0.02 && open_loop > 0.2, "{sophisticated} {open_loop}");
}

/// Twenty outcomes, all equally probable, and a choice that changes nothing but is preferred by habit.
#[derive(Clone, Copy, Debug)]
struct Flat;

#[generative_model(horizon = 2, actions(go: bool), habit = [0.0, 1.0])]
impl Flat {
    #[factor(initial = uniform())]
    fn up(&self, up: bool, go: bool) -> bool {
        up ^ go
    }
    #[modality(preference = Values::from_fn(|o: Index<20>| if o.get() < 10 { 1.0 } else { 0.0 }))]
    fn shown(&self, _up: bool) -> Dist<Index<20>> {
        Dist::uniform()
    }
}

#[test]
fn sophisticated_inference_honours_habit_and_survives_flat_outcomes() {
    let planning = Planning::Sophisticated(Sophisticated { outcome_threshold: 1.0 / 16.0, ..Sophisticated::default() });
    let agent = Agent::with_options(Flat, (), AgentOptions { planning, ..AgentOptions::default() }).unwrap();
    let plan = agent.plan();
    // Every outcome is below the threshold: the belief goes on unobserved, nothing is penalised, and the habit decides.
    assert!(plan.pruned > 0 && plan.depth == 2);
    assert!((plan.weights[1] - plan.weights[0] - 1.0).abs() < 1e-12);
    let q: f64 = agent.action_log_probabilities().iter().map(|p| p.exp()).sum();
    assert!((q - 1.0).abs() < 1e-12);
    assert!((plan.weights[0] - 1.0).abs() < 1e-9, "two steps worth 0.5 each, unpenalised: {plan:?}");
}

#[test]
fn induction_finds_the_goal_around_the_walls() {
    let mut walls = [[false; 7]; 7];
    for (y, row) in walls.iter_mut().enumerate() {
        row[3] = y != 6;
    }
    let model = GridWorld { walls, start: Cell::new(0, 0), goal: Cell::new(6, 0), ..GridWorld::<f64, 7, 7>::default() };
    let induction = Some(InductionOptions { depth: 30, ..InductionOptions::default() });
    let options = AgentOptions {
        horizon: Some(1),
        induction,
        terms: Terms { state_information_gain: 0.0, ..Terms::default() },
        selection: Selection::Deterministic,
        ..AgentOptions::default()
    };
    let mut agent = Agent::with_options(model, (), options).unwrap();
    let mut world = World::new(model).unwrap();
    let trajectory = rollout(&mut agent, &mut world, 18, &mut ChaCha8Rng::seed_from_u64(1));
    assert_eq!(trajectory[18].observation.seen, Cell::new(6, 0).unwrap(), "18 steps are the shortest way");
    // Without a goal in reach, induction says nothing rather than something wrong.
    let closed = GridWorld { walls: std::array::from_fn(|_| [false, false, false, true, false, false, false]), ..model };
    let agent = Agent::with_options(closed, (), options).unwrap();
    let log_p = agent.action_log_probabilities();
    assert!(log_p.iter().all(|p| (p - log_p[0]).abs() < 1e-12));
}

#[test]
fn lists_of_policies_are_checked_and_honoured() {
    type Go = aif::worlds::GridWorldAction;
    let go = |go| Go { go };
    let model = GridWorld { start: Cell::new(1, 1), ..GridWorld::<f64, 3, 3>::default() };
    let agent = || Agent::with_options(model, (), AgentOptions { horizon: Some(2), ..AgentOptions::default() }).unwrap();
    assert!(Policies::<Go>::new::<Vec<Go>>(&[]).unwrap_err().to_string().contains("at least one policy"));
    let uneven = [vec![go(GridMove::Up)], vec![go(GridMove::Up), go(GridMove::Up)]];
    assert_eq!(Policies::new(&uneven).unwrap_err().to_string(), "policy 1 has 2 steps, the first has 1");
    let short = Policies::new(&uneven[..1]).unwrap();
    let error = agent().with_policies(short).unwrap_err().to_string();
    assert_eq!(error, "the policies have 1 steps, the agent's horizon is 2");
    // Never up at the first step: 20 of 25 are left, and Up is never taken.
    let restricted = Policies::filtered(2, |p: &[Go]| p[0].go != GridMove::Up).unwrap();
    assert_eq!(restricted.len(), 20);
    let agent = agent().with_policies(restricted).unwrap();
    assert_eq!(agent.policy_count(), 20);
    assert_eq!(agent.action_log_probabilities()[0], f64::NEG_INFINITY);
    let habits = Policies::new(&[[go(GridMove::Up), go(GridMove::Up)], [go(GridMove::Down), go(GridMove::Down)]]).unwrap();
    assert!(habits.clone().with_habit(&[0.0]).unwrap_err().to_string().contains("1 log-weights for 2 policies"));
    let agent = Agent::with_options(model, (), *agent.options()).unwrap();
    let agent = agent.with_policies(habits.with_habit(&[0.0, f64::NEG_INFINITY]).unwrap()).unwrap();
    assert!((agent.action_log_probabilities()[0]).abs() < 1e-12);
    let stored = serde_json::to_string(&agent.state()).unwrap();
    let restored = Agent::resume(model, (), serde_json::from_str(&stored).unwrap()).unwrap();
    assert_eq!(restored.action_log_probabilities(), agent.action_log_probabilities());
}

#[test]
fn lists_and_the_habit_of_the_model_go_together() {
    let options = AgentOptions { horizon: Some(1), ..AgentOptions::default() };
    let agent = || Agent::with_options(Flat, (), options).unwrap();
    let both = Policies::new(&[[FlatAction { go: true }], [FlatAction { go: false }]]).unwrap();
    let agent_of_both = agent().with_policies(both).unwrap();
    let mut posterior = [0.0; 2];
    agent_of_both.policy_posterior(&mut posterior).unwrap();
    let marginals = agent_of_both.infer_policies();
    assert!((posterior[0] - marginals[1].exp()).abs() < 1e-12 && posterior[0] > posterior[1]);
}

#[test]
fn a_clock_of_ones_own_stops_planning() {
    let model = RestlessGridWorld { success_probability: 0.9, ..RestlessGridWorld::<f64, 7, 7>::default() };
    let agent = Agent::with_options(model, (), AgentOptions { horizon: Some(6), ..AgentOptions::default() }).unwrap();
    let ticks = std::cell::Cell::new(0);
    let planner = Deepening::until(|_| {
        ticks.set(ticks.get() + 1);
        ticks.get() > 200
    });
    let plan = agent.plan_with(&planner);
    assert!(plan.evaluations <= 200 && (2..6).contains(&plan.depth), "{plan:?}");
}

#[test]
fn impossible_choices_of_planner_are_errors() {
    let check = |options| Agent::with_options(TMaze::<f64>::default(), (), options).unwrap_err().to_string();
    let planning = |planning| AgentOptions { planning, ..AgentOptions::default() };
    let far = AgentOptions { horizon: Some(40), ..AgentOptions::default() };
    assert!(check(far).contains("plan with a budget, or by Monte-Carlo tree search"));
    assert!(
        Agent::with_options(TMaze::<f64>::default(), (), AgentOptions { planning: Planning::Budgeted { nodes: 50 }, ..far })
            .is_ok()
    );
    assert!(check(planning(Planning::MonteCarlo(MonteCarlo { simulations: 0, ..MonteCarlo::default() }))).contains("at least 1"));
    let threshold = Sophisticated { action_threshold: 1.5, ..Sophisticated::default() };
    assert_eq!(check(planning(Planning::Sophisticated(threshold))), "the action threshold is 1.5, but has to be in [0, 1)");
    let goalless = AgentOptions { induction: Some(InductionOptions::default()), ..AgentOptions::default() };
    assert!(check(goalless).starts_with("TMaze has no goal to plan back from"));
    let epsilon = InductionOptions { epsilon: 0.0, ..InductionOptions::default() };
    assert!(check(AgentOptions { induction: Some(epsilon), ..AgentOptions::default() }).contains("epsilon"));
    let huge = AgentOptions { joint_information_gain: true, ..AgentOptions::default() };
    assert!(Agent::with_options(CueChain::<f64, 7, 5, 4, 5>::classic(), (), huge).is_ok());
}

#[test]
fn an_agent_follows_a_chain_of_cues() {
    let mut believed = CueChain::<f64, 7, 5, 4, 5>::classic();
    believed.preference = 3.0;
    let mut actual = believed;
    (actual.second_cue, actual.paying) = (Index::new(1), Some(aif::worlds::Side::Left));
    let options = AgentOptions { horizon: Some(5), selection: Selection::Deterministic, ..AgentOptions::default() };
    let mut agent = Agent::with_options(believed, (), options).unwrap();
    let mut world = World::new(actual).unwrap();
    let trajectory = rollout(&mut agent, &mut world, 14, &mut ChaCha8Rng::seed_from_u64(4));
    let last = trajectory.last().unwrap();
    assert!(last.belief.second_place[Index::new(1).unwrap()] > 0.9, "the first cue was read: {:?}", last.belief.second_place);
    assert!(agent.scene().induction.is_none());
}
