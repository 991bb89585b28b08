//! The grid-world study: its golden blocks, and crowds of learning agents.
//!
//! The fixtures are read from `tests/fixtures`, or from the folder that `AIF_DATA` names.

#[path = "../examples/gridworld_learning.rs"]
#[allow(dead_code)]
mod study;

use aif::infer::Simulations;
use aif::prelude::*;
use aif::runtime::Marginals;
use aif::runtime::model::Tables;
use aif::worlds::GridStep;
use serde_json::Value;
use study::{Prior, UnknownBoth, UnknownMoves, UnknownSights, curious, divergences};

fn fixture(name: &str) -> Value {
    let folder = std::env::var("AIF_DATA").unwrap_or_else(|_| format!("{}/tests/fixtures", env!("CARGO_MANIFEST_DIR")));
    let path = format!("{folder}/gridworld_{name}_golden64.json");
    serde_json::from_str(&std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"))).expect("the fixture is JSON")
}

fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(list) => list.iter().flat_map(numbers).collect(),
        number => vec![number.as_f64().expect("a number")],
    }
}

#[track_caller]
fn close(what: &str, got: &[f64], want: &[f64]) {
    assert_eq!(got.len(), want.len(), "{what}");
    for (i, (g, w)) in got.iter().zip(want).enumerate() {
        assert!((g - w).abs() <= 1e-9 * (1.0 + w.abs()), "{what}[{i}]: got {g}, golden {w}");
    }
}

/// Walks along the recorded block of every agent of a fixture: `planner` values policies during the block, `model` perceives, learns, and
/// plans after it.
fn follow<P, M>(golden: &Value, planner: P, model: M, options: AgentOptions, table: fn(&Tables<M>) -> Vec<f64>)
where
    P: GenerativeModel<Inputs = ()>,
    M: GenerativeModel<Inputs = ()>,
{
    let steps: Vec<usize> = match golden["steps"].as_array() {
        Some(_) => numbers(&golden["steps"]).into_iter().map(|t| t as usize).collect(),
        None => (0..golden["neg_efe"][0].as_array().expect("steps").len()).collect(),
    };
    for i in 0..golden["observations"].as_array().expect("agents").len() {
        let mut agent = Agent::with_options(model, (), options).unwrap();
        let mut planner = Agent::with_options(planner, (), options).unwrap();
        close("D", agent.belief().probabilities(0), &numbers(&golden["D"]));
        let mut buffer = vec![0.0; agent.policy_count()];
        let observations = numbers(&golden["observations"][i]);
        for (t, &o) in observations.iter().enumerate() {
            let belief = *agent.infer_states(M::evidence(&[Some(o as usize)]));
            planner.infer_states(P::evidence(&[Some(o as usize)]));
            if let Some(at) = steps.iter().position(|&s| s == t) {
                close("belief", belief.probabilities(0), &numbers(&golden["qs_filtered"][i][at]));
                planner.negative_expected_free_energies(&mut buffer).unwrap();
                close("neg_efe", &buffer, &numbers(&golden["neg_efe"][i][at]));
                planner.policy_posterior(&mut buffer).unwrap();
                close("qpi", &buffer, &numbers(&golden["qpi"][i][at]));
            }
            if t + 1 < observations.len() {
                let action = numbers(&golden["actions"][i][t])[0] as usize;
                agent.update_empirical_prior(M::Action::from_index(action).expect("a move"));
                planner.update_empirical_prior(P::Action::from_index(action).expect("a move"));
            }
        }
        agent.restart();
        close("counts", &table(agent.tables()), &numbers(&golden["param_final"][i]));
        let after = &golden["after_learning"];
        let o = after["observation"][i].as_f64().expect("an index") as usize;
        let belief = *agent.infer_states(M::evidence(&[Some(o)]));
        close("belief after learning", belief.probabilities(0), &numbers(&after["qs"][i]));
        agent.negative_expected_free_energies(&mut buffer).unwrap();
        close("neg_efe after learning", &buffer, &numbers(&after["neg_efe"][i]));
        agent.policy_posterior(&mut buffer).unwrap();
        close("qpi after learning", &buffer, &numbers(&after["qpi"][i]));
    }
}

/// Curious about what is seen in the first cell only: every other column is held.
///
/// That is what the golden values of the first block of sights come to, although all their counts are alike and are all learned; after
/// learning, all cells count.
#[derive(Clone, Copy, Debug)]
struct CuriousAboutOneCell {
    alpha: f64,
}

#[generative_model(horizon = 3, actions(go: GridStep), action_precision = self.alpha)]
impl CuriousAboutOneCell {
    #[factor(initial = Cell::<7, 7>::new(3, 3).unwrap())]
    fn place(&self, place: Cell<7, 7>, go: GridStep) -> Cell<7, 7> {
        study::target(place, go)
    }
    #[modality]
    fn seen(&self, place: Cell<7, 7>) -> Dirichlet<Cell<7, 7>> {
        let counts = Dirichlet::symmetric(1.0 / 49.0);
        if place.index() == 0 { counts } else { counts.held() }
    }
}

#[test]
fn learning_moves_follows_the_golden_block() {
    let golden = fixture("B");
    let alpha = golden["alpha"].as_f64().expect("a number");
    let model = UnknownMoves { moves: Prior::Flat, precise: false, alpha };
    follow(&golden, model, model, curious(true, false), |tables| {
        let mut counts = vec![0.0; 49 * 49 * 4];
        <UnknownMoves as GenerativeModel>::each_factor(|site| {
            // [action][previous][next] here, [next][previous][action] there.
            for (k, &count) in tables.transition_counts(site).iter().enumerate() {
                let (action, previous, next) = (k / 2401, k / 49 % 49, k % 49);
                counts[(next * 49 + previous) * 4 + action] = count;
            }
        });
        counts
    });
}

#[test]
fn learning_sights_follows_the_golden_block() {
    let golden = fixture("A");
    let alpha = golden["alpha"].as_f64().expect("a number");
    let model = UnknownSights { sights: Prior::Flat, precise: true, alpha };
    follow(&golden, CuriousAboutOneCell { alpha }, model, curious(false, true), |tables| {
        let mut counts = vec![0.0; 49 * 49];
        <UnknownSights as GenerativeModel>::each_modality(|site| {
            for (k, &count) in tables.likelihood_counts(site).iter().enumerate() {
                counts[k % 49 * 49 + k / 49] = count;
            }
        });
        counts
    });
}

#[test]
fn a_crowd_is_the_same_on_any_number_of_threads() {
    let believed = UnknownBoth { moves: Prior::Informed, sights: Prior::Informed, precise: true, alpha: 0.5 };
    let actual = UnknownBoth { moves: Prior::Truth, sights: Prior::Truth, ..believed };
    let truth = Tables::new(&actual, (), 1).unwrap();
    let run = |threads: usize, agents: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let agent = Agent::with_options(believed, (), curious(true, true)).unwrap();
            let mut crowd = Simulations::new(agents, 7, |_| Ok((agent.clone(), World::new(actual)?))).unwrap();
            crowd.live(8);
            let trajectories = crowd.rollout(4);
            assert!(trajectories.iter().all(|t| t.len() == 5));
            crowd.each(|_, member| (member.agent.tables().counted(), divergences(&member.agent, &truth)))
        })
    };
    let one = run(1, 5);
    assert_eq!(one, run(2, 5));
    assert_eq!(one[..3], run(2, 3)[..], "a member does not depend on how many others there are");
    assert_ne!(one[0].0, one[1].0);
    // 9 + 5 observations and 8 + 4 transitions.
    let agent = Agent::with_options(believed, (), curious(true, true)).unwrap();
    let mut crowd = Simulations::new(3, 1, |_| Ok((agent.clone(), World::new(actual)?))).unwrap();
    crowd.live(8);
    crowd.live(4);
    for member in crowd.members() {
        let (mut seen, mut moved) = (0.0, 0.0);
        let prior = member.agent.learner().unwrap().prior().clone();
        let tables = member.agent.tables();
        let gained = |after: &[f64], before: &[f64]| after.iter().sum::<f64>() - before.iter().sum::<f64>();
        <UnknownBoth as GenerativeModel>::each_modality(|site| {
            seen += gained(tables.likelihood_counts(site), prior.likelihood_counts(site));
        });
        <UnknownBoth as GenerativeModel>::each_factor(|site| {
            moved += gained(tables.transition_counts(site), prior.transition_counts(site));
        });
        assert!((seen - 14.0).abs() < 1e-9 && (moved - 12.0).abs() < 1e-9, "{seen} {moved}");
    }
}

#[test]
fn flat_priors_on_both_teach_nothing() {
    let believed = UnknownBoth { moves: Prior::Flat, sights: Prior::Flat, precise: false, alpha: 0.8 };
    let actual = UnknownBoth { moves: Prior::Truth, sights: Prior::Truth, precise: true, alpha: 0.8 };
    let agent = Agent::with_options(believed, (), curious(true, true)).unwrap();
    let mut crowd = Simulations::new(2, 3, |_| Ok((agent.clone(), World::new(actual)?))).unwrap();
    for _ in 0..3 {
        crowd.live(20);
    }
    for member in crowd.members() {
        <UnknownBoth as GenerativeModel>::each_modality(|site| {
            let counts = member.agent.tables().likelihood_counts(site);
            let (first, rest) = counts.split_at(49);
            assert!(
                rest.chunks(49).all(|column| column.iter().zip(first).all(|(a, b)| (a - b).abs() < 1e-9)),
                "all places look alike"
            );
        });
    }
}
