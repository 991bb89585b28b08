//! A model that falls apart into parts, each with actions and modalities of its own: its plan is that of an agent for each part, at what these cost together.

use super::weighed;
use aif::prelude::*;
use aif::runtime::act::{action_log_probabilities, best_action};
use aif::runtime::model::Tables;
use aif::runtime::plan::{Deepening, Plan, Planner, Problem, Reduction, Tree, for_each_policy};
use aif::runtime::scalar::{Dual, log_sum_exp};
use proptest::prelude::*;

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Go {
    Stay,
    Left,
    Right,
}

type Place = Index<40>;

fn moved(place: Place, go: Go) -> Place {
    let to = match go {
        Go::Stay => place.get(),
        Go::Left => place.get().saturating_sub(1),
        Go::Right => place.get() + 1,
    };
    Index::new(to).unwrap_or(place)
}

fn smell(place: Place) -> Dist<bool> {
    Dist::bernoulli(true, 0.05 + 0.9 * place.get() as f64 / 39.0, false)
}

#[derive(Clone, Copy, Debug)]
pub struct One;

#[generative_model(horizon = 3, actions(go: Go))]
impl One {
    #[factor(initial = uniform())]
    fn place(&self, place: Place, go: Go) -> Place {
        moved(place, go)
    }
    #[modality]
    fn seen(&self, place: Place) -> Place {
        place
    }
    #[modality(preference = [0.0, 3.0])]
    fn smelt(&self, place: Place) -> Dist<bool> {
        smell(place)
    }
}

#[derive(Clone, Copy, Debug)]
pub struct Two;

#[generative_model(horizon = 3, actions(first: Go, second: Go))]
impl Two {
    #[factor(initial = uniform())]
    fn here(&self, here: Place, first: Go) -> Place {
        moved(here, first)
    }
    #[factor(initial = uniform())]
    fn there(&self, there: Place, second: Go) -> Place {
        moved(there, second)
    }
    #[modality]
    fn seen_here(&self, here: Place) -> Place {
        here
    }
    #[modality]
    fn seen_there(&self, there: Place) -> Place {
        there
    }
    #[modality(preference = [0.0, 3.0])]
    fn smelt_here(&self, here: Place) -> Dist<bool> {
        smell(here)
    }
    #[modality(preference = [0.0, 3.0])]
    fn smelt_there(&self, there: Place) -> Dist<bool> {
        smell(there)
    }
}

/// As probabilities.
fn normalised(weights: &[f64]) -> Vec<f64> {
    let sum = log_sum_exp(weights);
    weights.iter().map(|w| (w - sum).exp()).collect()
}

#[test]
fn parts_are_planned_as_each_would_be_alone_and_cost_no_more() {
    let [here, there] = [7, 30].map(|place| Place::new(place).unwrap());
    for horizon in 1..=5 {
        let planners =
            [Planning::Tree, Planning::BranchAndBound(BranchAndBound::default()), Planning::Budgeted { nodes: 1 << 20 }];
        for planning in planners {
            let options = AgentOptions { horizon: Some(horizon), planning, ..AgentOptions::default() };
            let alone = [here, there].map(|place| {
                let mut agent = Agent::with_options(One, (), options).unwrap();
                agent.infer_states(OneObservation { seen: place, smelt: true });
                agent.plan()
            });
            let mut agent = Agent::with_options(Two, (), options).unwrap();
            let seen = TwoObservation { seen_here: here, seen_there: there, smelt_here: true, smelt_there: true };
            agent.infer_states(seen);
            let together = agent.plan();
            let [first, second] = [&alone[0], &alone[1]].map(|plan| normalised(OneAction::entries(&plan.weights)));
            for (action, p) in normalised(TwoAction::entries(&together.weights)).into_iter().enumerate() {
                assert!((p - first[action / 3] * second[action % 3]).abs() < 1e-12, "{p} of {action} at horizon {horizon}");
            }
            let each = |f: fn(&Plan<One>) -> usize| alone.iter().map(f).sum::<usize>();
            println!("horizon {horizon}, {planning:?}: {} evaluations, {} nodes", together.evaluations, together.nodes);
            if matches!(planning, Planning::Budgeted { .. }) {
                // What was known at one depth is not kept for the next.
                assert_eq!(together.depth, horizon);
                continue;
            }
            let (evaluations, nodes) = (each(|plan| plan.evaluations), each(|plan| plan.nodes));
            assert_eq!((together.evaluations, together.nodes, together.depth), (evaluations, nodes, horizon));
        }
    }
}

/// Three parts in which there is something to choose, and one in which there is not, none of them side by side: legs and a door, an eye and a friend, a
/// line, and the weather.
#[derive(Clone, Copy, Debug)]
pub struct Guard<T> {
    likes: T,
    clear: T,
    habits: [f64; 24],
    scale: f64,
}

fn three(index: usize) -> Index<3> {
    Index::new(index % 3).unwrap_or(Index::new(0).unwrap())
}

#[generative_model(horizon = 2, actions(go: bool, look: Go, hurry: bool, call: bool), habit = self.habits)]
impl<T: Real> Guard<T> {
    #[factor(initial = uniform(), goal = [Index::<3>::new(2).unwrap()])]
    fn place(&self, place: Index<3>, go: bool, hurry: bool) -> Dirichlet<Index<3>, T> {
        let to = three(place.get() + usize::from(go) + usize::from(hurry));
        Dirichlet::from_fn(|s: Index<3>| if s == to { self.clear * self.scale } else { T::constant(0.3 + 0.1 * s.get() as f64) })
    }
    #[factor(initial = [0.3, 0.7])]
    fn weather(&self, weather: bool) -> Dist<bool> {
        Dist::bernoulli(weather, 0.8, !weather)
    }
    #[factor(initial = Index::<3>::new(1).unwrap())]
    fn gaze(&self, gaze: Index<3>, look: Go) -> Index<3> {
        three(gaze.get() + look.index())
    }
    #[factor(initial = [0.5, 0.5])]
    fn door(&self, door: bool, place: Index<3>) -> Dist<bool> {
        Dist::bernoulli(door, 0.55 + 0.2 * place.get() as f64, !door)
    }
    #[factor(initial = [0.2, 0.5, 0.3])]
    fn friend(&self, friend: Index<3>) -> Dist<Index<3>> {
        Dist::from_fn(|s: Index<3>| if s == friend { 0.6 } else { 0.2 })
    }
    #[factor(initial = [0.9, 0.1])]
    fn line(&self, line: bool, call: bool) -> Dist<bool, T> {
        Dist::bernoulli(true, if call || line { self.clear } else { T::constant(0.1) }, false)
    }
    #[modality(preference = [T::zero(), self.likes, -self.likes])]
    fn footing(&self, place: Index<3>, door: bool) -> Dirichlet<Index<3>, T> {
        Dirichlet::from_fn(|o: Index<3>| {
            T::constant(if o.get() == (place.get() + usize::from(door)) % 3 { 4.0 } else { 0.5 + 0.2 * o.get() as f64 })
        })
    }
    #[modality(preference = [0.5, -0.5])]
    fn felt(&self, weather: bool) -> Dist<bool> {
        Dist::bernoulli(weather, 0.7, !weather)
    }
    #[modality(preference = [T::zero(), self.likes])]
    fn sighted(&self, gaze: Index<3>, friend: Index<3>) -> Dist<bool, T> {
        Dist::bernoulli(true, if gaze == friend { self.clear } else { T::constant(0.05) }, false)
    }
    #[modality(preference(step) = [0.0, 0.5 + step as f64])]
    fn heard(&self, line: bool) -> Dist<bool> {
        Dist::bernoulli(line, 0.9, !line)
    }
}

const GUARD: Guard<f64> = Guard { likes: 1.5, clear: 0.8, habits: [0.0; 24], scale: 5.0 };

fn seen() -> impl Strategy<Value = GuardObservation> {
    (0usize..3, any::<bool>(), any::<bool>(), any::<bool>()).prop_map(|(footing, felt, sighted, heard)| GuardObservation {
        footing: Index::new(footing).unwrap(),
        felt,
        sighted,
        heard,
    })
}

/// The weights of first actions by the list of all policies, each from its first step.
fn listed<M: GenerativeModel<T>, T: Real>(problem: &Problem<'_, M, T>, habits: &[f64]) -> Vec<T> {
    let mut policies = vec![Vec::new(); M::Action::COUNT];
    for_each_policy(problem, |_, first, gain| policies[first].push(problem.alpha * problem.gamma * gain));
    let together = |(action, weights): (usize, Vec<T>)| match problem.reduction {
        _ if weights.is_empty() => T::constant(f64::NEG_INFINITY),
        Reduction::Sum => log_sum_exp(&weights) + problem.alpha * habits[action],
        Reduction::Max => weights.into_iter().reduce(|a, b| if b > a { b } else { a }).unwrap() + problem.alpha * habits[action],
    };
    policies.into_iter().enumerate().map(together).collect()
}

fn close(a: &[f64], b: &[f64], within: f64) {
    for (i, (a, b)) in a.iter().zip(b).enumerate() {
        assert!(a == b || (a - b).abs() <= within * (1.0 + b.abs()), "{i}: {a} {b}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever drives plans, from whichever beliefs, with habits over joint actions, some of which are closed: the list of all joint policies.
    #[test]
    fn parts_come_to_the_list_of_joint_policies(
        likes in 0.0f64..4.0, clear in 0.55f64..0.95, seen in prop::collection::vec(seen(), 1..3), horizon in 1usize..3,
        weights in prop::array::uniform5(-1.5f64..2.0), way in 0usize..3, discount in 0.5f64..1.0, best: bool, alpha in 0.3f64..3.0,
        habits in prop::array::uniform24(-2.0f64..2.0), closed in prop::array::uniform24(0usize..3), habitual: bool, opened: bool, goals: bool,
        unknown: bool,
    ) {
        let options = AgentOptions {
            horizon: Some(horizon),
            terms: weighed(weights),
            induction: goals.then(InductionOptions::default),
            inference: [Inference::Exact, Inference::Automatic, Inference::MEAN_FIELD][way],
            ..AgentOptions::default()
        };
        let habits = if habitual { habits } else { [0.0; 24] };
        let assigned = Assigned { discount: Some(discount), ..Assigned::default() };
        let model = Guard { likes, clear, habits, ..GUARD };
        let mut agent = Agent::with_options(model, (), options).unwrap().with_assigned(assigned).unwrap();
        for seen in seen {
            agent.infer_states(seen);
            agent.carry_out(if unknown { Carried::Unknown } else { Carried::Action(7) });
        }
        let open = closed.map(|closed| closed > 0);
        let mut scene = agent.scene();
        scene.open = opened.then_some(&open[..]);
        let precisions = Precisions { action: alpha, ..agent.precisions() };
        let problem = scene.problem(&precisions, if best { Reduction::Max } else { Reduction::Sum });
        let wanted = listed(&problem, &habits);
        let plan = Tree.plan(&problem);
        close(GuardAction::entries(&plan.weights), &wanted, 1e-12);
        prop_assert!(plan.nodes <= [16, 16 + 50][horizon - 1], "{plan:?}");
        let budgeted = Deepening::nodes(1 << 20).plan(&problem);
        close(GuardAction::entries(&budgeted.weights), &wanted, 1e-12);
        let bounded = BranchAndBound::default();
        let kept = bounded.plan(&problem);
        if best {
            let first = |weights: &[f64]| (0..24).fold(0, |first, a| if weights[a] > weights[first] { a } else { first });
            let (kept, whole) = (first(GuardAction::entries(&kept.weights)), first(GuardAction::entries(&plan.weights)));
            prop_assert_eq!(kept, whole);
            prop_assert_eq!(best_action(&bounded, scene, Sampling::Policies, &precisions), best_action(&Tree, scene, Sampling::Policies, &precisions));
        } else {
            close(GuardAction::entries(&kept.weights), &wanted, 1e-11);
        }
        let chosen = action_log_probabilities(&Tree, scene, Sampling::Policies, &precisions);
        let posterior = normalised(&listed(&scene.problem(&precisions, Reduction::Sum), &habits));
        for (log_p, p) in GuardAction::entries(&chosen).iter().zip(posterior) {
            prop_assert!((log_p.exp() - p).abs() < 1e-12, "{} {p}", log_p.exp());
        }
    }

    /// A budget is never exceeded, and what is found is the plan of the depth that all parts came to.
    #[test]
    fn parts_share_a_budget(nodes in 1usize..80) {
        let plan = |planning, horizon| {
            let options = AgentOptions { planning, horizon: Some(horizon), ..AgentOptions::default() };
            Agent::with_options(GUARD, (), options).unwrap().plan()
        };
        let within = plan(Planning::Budgeted { nodes }, 3);
        prop_assert!(within.nodes <= nodes);
        if within.depth == 0 {
            prop_assert_eq!(GuardAction::entries(&within.weights), &[0.0; 24]);
        } else {
            prop_assert_eq!(within.weights, plan(Planning::Tree, within.depth).weights);
        }
    }
}

/// What all modalities together tell is not taken apart.
#[test]
fn what_all_modalities_tell_together_is_planned_jointly() {
    let plan = |joint_information_gain| {
        let options = AgentOptions { horizon: Some(1), joint_information_gain, ..AgentOptions::default() };
        let agent = Agent::with_options(GUARD, (), options).unwrap();
        let plan = agent.plan();
        let problem = agent.scene().problem(&agent.precisions(), Reduction::Sum);
        close(GuardAction::entries(&plan.weights), &listed(&problem, &GUARD.habits), 1e-12);
        plan.evaluations
    };
    assert_eq!((plan(false), plan(true)), (3 + 3 + 2 + 1, 3 * 3 * 2));
}

/// Policies that are too many to be gone through jointly are not where each part is gone through.
#[test]
fn parts_look_farther() {
    let agent = |joint_information_gain| {
        let options = AgentOptions { horizon: Some(12), joint_information_gain, ..AgentOptions::default() };
        Agent::with_options(Two, (), options)
    };
    let plan = agent(false).unwrap().plan();
    assert_eq!(plan.depth, 12);
    println!("horizon 12: {} evaluations, {} nodes", plan.evaluations, plan.nodes);
    assert!(agent(true).unwrap_err().to_string().contains("268435456"));
}

/// Gradients are those of the list.
#[test]
fn derivatives_of_parts_are_those_of_joint_policies() {
    let model = Guard { likes: Dual::<2>::variable(1.5, 0), clear: Dual::variable(0.8, 1), habits: [0.0; 24], scale: 5.0 };
    for inference in [Inference::Exact, Inference::MEAN_FIELD] {
        let options = AgentOptions { inference, terms: Terms::all(1.0), ..AgentOptions::default() };
        let tables = Tables::new(&model, (), 2).unwrap();
        let mut agent = Agent::sharing(tables.into(), options).unwrap();
        agent.infer_states(GuardObservation { footing: Index::new(1).unwrap(), felt: true, sighted: false, heard: true });
        let problem = agent.scene().problem(&agent.precisions(), Reduction::Sum);
        let (plan, wanted) = (agent.plan(), listed(&problem, &[0.0; 24]));
        for (got, wanted) in GuardAction::entries(&plan.weights).iter().zip(&wanted) {
            assert!((got.value - wanted.value).abs() < 1e-12);
            close(&got.gradient, &wanted.gradient, 1e-12);
        }
    }
}
