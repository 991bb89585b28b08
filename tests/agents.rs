//! Agents and worlds as a user meets them: exactness, errors, storage, reproducibility, and no allocation.

#[path = "agents/allocating.rs"]
mod allocating;
#[path = "models/counting.rs"]
mod counting;
#[path = "agents/exactness.rs"]
mod exactness;
#[path = "agents/remembered.rs"]
mod remembered;
#[path = "models/structures.rs"]
#[allow(dead_code)]
mod structures;
#[path = "models/tmaze.rs"]
mod tmaze;

use aif::prelude::*;
use aif::runtime::model::{Assignment, Marginals};
use aif::runtime::perceive::predict;
use aif::runtime::plan::PlanningContext;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use structures::{S4, S7, S7Inputs};
use tmaze::*;

fn rng(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

const BELIEVED: TMaze<f64> = TMaze { reward_probability: 0.9, preference: 1.2 };

fn fixture(name: &str) -> serde_json::Value {
    let path = format!("{}/tests/fixtures/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn s4() -> S4<f64> {
    S4::from_json(&fixture("S4")["instances"][0]["inputs"])
}

#[test]
fn trajectories_record_what_is_asked_for_and_are_stored() {
    let inference = Inference::Variational { window: 3, sweeps: Sweeps::default() };
    let mut agent = Agent::with_options(BELIEVED, (), AgentOptions { inference, ..AgentOptions::default() }).unwrap();
    let mut world = World::new(BELIEVED).unwrap();
    let recording = Recording { steps: 5, policies: true, window: true };
    let trajectory: Trajectory<TMaze<f64>> = record(&mut agent, &mut world, &recording, &mut rng(2)).unwrap();
    assert_eq!(trajectory.len(), 6);
    assert!(trajectory[5].action.is_none() && trajectory[0].action.is_some());
    for (t, moment) in trajectory.iter().enumerate() {
        assert_eq!(moment.window.len(), (t + 1).min(3));
        assert_eq!((moment.policies.len(), moment.negative_expected_free_energies.len()), (25, 25));
        assert!((moment.policies.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        assert!((moment.action_probabilities.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        assert!(moment.free_energy.total().is_finite());
    }
    let stored = serde_json::to_string(&trajectory).unwrap();
    assert_eq!(serde_json::from_str::<Trajectory<TMaze<f64>>>(&stored).unwrap(), trajectory);
    let plain = rollout(&mut agent, &mut world, 5, &mut rng(2));
    assert!(plain.iter().zip(&trajectory).all(|(a, b)| a.belief == b.belief && a.action == b.action && a.policies.is_empty()));
}

#[test]
fn one_seed_gives_one_trajectory() {
    let run = |seed| {
        let mut agent = Agent::new(BELIEVED).unwrap();
        let mut world = World::new(TMaze { reward_probability: 0.8, preference: 0.0 }).unwrap();
        rollout(&mut agent, &mut world, 40, &mut rng(seed))
    };
    assert_eq!(run(5), run(5));
    assert_ne!(run(5), run(6));
}

#[test]
fn what_the_world_pays_and_what_the_agent_believes_are_two_values() {
    let mut world = World::new(TMaze { reward_probability: 0.8, preference: 0.0 }).unwrap();
    let mut rng = rng(1);
    let (mut rewards, trials) = (0, 20_000);
    for _ in 0..trials {
        world.reset(&mut rng);
        let mut state = world.state();
        (state.place, state.side) = (Place::Left, Side::Left);
        world.set_state(state);
        rewards += usize::from(world.observe(&mut rng).outcome == Outcome::Reward);
    }
    let share = rewards as f64 / f64::from(trials);
    assert!((share - 0.8).abs() < 0.01, "{share}");
}

#[test]
fn an_agent_goes_on_from_json_as_if_nothing_had_happened() {
    for inference in [Inference::REFERENCE, Inference::Exact] {
        let options = AgentOptions { inference, ..AgentOptions::default() };
        let mut agent = Agent::with_options(BELIEVED, (), options).unwrap();
        let mut world = World::new(BELIEVED).unwrap();
        let mut rng = rng(9);
        rollout(&mut agent, &mut world, 3, &mut rng);
        let stored = serde_json::to_string(&agent.state()).unwrap();
        let mut restored = Agent::resume(BELIEVED, (), serde_json::from_str(&stored).unwrap()).unwrap();
        assert_eq!(restored.state(), agent.state());
        let observation = world.observe(&mut rng);
        let (mut a, mut b) = (rng.clone(), rng.clone());
        assert_eq!(agent.step(observation, &mut a), restored.step(observation, &mut b));
        assert_eq!(agent.belief(), restored.belief());
    }
    let state = Agent::new(BELIEVED).unwrap().state();
    let belief: TMazeBelief =
        serde_json::from_str(&serde_json::to_string(Agent::new(BELIEVED).unwrap().belief()).unwrap()).unwrap();
    assert_eq!(belief.place[Place::Centre], 1.0);
    let mut model = state.model.clone();
    model[0] = "model YMaze".into();
    let complaint = |state| Agent::resume(BELIEVED, (), state).unwrap_err().to_string();
    let renamed = complaint(AgentState { model, ..state.clone() });
    assert!(renamed.contains("acts under YMaze, not under this TMaze: it has `model YMaze` where TMaze has"), "{renamed}");
    let mut model = state.model.clone();
    model[3] = model[3].replace("Left, Right", "Left, Right, Both");
    let wider = complaint(AgentState { model, ..state.clone() });
    assert!(
        wider.contains("it has `factor side: Left, Right, Both; Map, after side, under nothing` where TMaze has `factor side: "),
        "{wider}"
    );
    let mut model = state.model.clone();
    model.pop();
    assert!(complaint(AgentState { model, ..state.clone() }).contains("it has no `modality cue: "));
    assert!(complaint(AgentState { version: 7, ..state }).contains("version 7"));
    let wrong = r#"{"place":"Nowhere","side":"Left"}"#;
    assert!(serde_json::from_str::<TMazeState>(wrong).unwrap_err().to_string().contains("`Nowhere` is none of Centre"));
}

#[test]
fn wrong_numbers_are_named_in_the_words_of_the_model() {
    let message = |p: f64, preference: f64| Agent::new(TMaze { reward_probability: p, preference }).unwrap_err().to_string();
    assert_eq!(message(1.3, 1.0), "outcome given place=Left, side=Left gives Reward the probability 1.3");
    assert_eq!(message(0.9, f64::NAN), "the preference of outcome for Reward is NaN, but has to be finite");
    let agent = Agent::new(BELIEVED).unwrap();
    let error = agent.with_precisions(Precisions { policy: -1.0, ..Precisions::default() }).unwrap_err();
    assert_eq!(error.to_string(), "policy precision is -1, but has to be at least 0");
    let horizon = AgentOptions { horizon: Some(0), ..AgentOptions::default() };
    assert!(Agent::with_options(BELIEVED, (), horizon).unwrap_err().to_string().contains("at least 1 step"));
    let horizon = AgentOptions { horizon: Some(40), ..AgentOptions::default() };
    let too_far = Agent::with_options(BELIEVED, (), horizon).unwrap_err().to_string();
    let page = std::fs::read_to_string("docs/errors.md").unwrap();
    for said in [message(1.3, 1.2), too_far] {
        assert!(page.contains(&format!("\n{said}\n")), "docs/errors.md does not quote: {said}");
    }
    let horizon = AgentOptions { horizon: Some(3), ..AgentOptions::default() };
    assert!(Agent::with_options(s4(), (), horizon).unwrap_err().to_string().contains("the horizon cannot be 3"));
}

#[derive(Clone, Copy, Debug)]
struct Leaky;

#[generative_model(horizon = 1)]
impl Leaky {
    #[factor(initial = uniform())]
    fn side(&self, side: Side) -> Side {
        side
    }
    #[modality]
    fn cue(&self, side: Side) -> Dist<Cue> {
        Dist::from_fn(|c| if side == Side::Left && c != Cue::Right { 0.6 } else { 1.0 / 3.0 })
    }
}

#[test]
fn a_column_that_does_not_sum_to_one_is_named() {
    let error = Agent::new(Leaky).unwrap_err().to_string();
    assert!(error.starts_with("cue given side=Left sums to 1.53"), "{error}");
}

#[test]
fn inputs_change_what_is_seen_and_wanted() {
    let model = S7::<f64>::from_json(&fixture("S7")["instances"][0]["inputs"]);
    let plain = S7Inputs { swapped: false, magnitude: 1.0 };
    let mut agent = Agent::with_options(model, plain, AgentOptions::default()).unwrap();
    let free_energies = |agent: &Agent<S7<f64>>| {
        let mut buffer = vec![0.0; agent.policy_count()];
        agent.negative_expected_free_energies(&mut buffer).unwrap();
        buffer
    };
    let before = free_energies(&agent);
    agent.set_inputs(&model, S7Inputs { swapped: true, magnitude: 1.0 }).unwrap();
    let swapped = free_energies(&agent);
    agent.set_inputs(&model, S7Inputs { swapped: false, magnitude: 3.0 }).unwrap();
    let magnified = free_energies(&agent);
    agent.set_inputs(&model, plain).unwrap();
    assert_ne!(before, swapped);
    assert_ne!(before, magnified);
    assert_eq!(before, free_energies(&agent));
}

#[test]
fn a_lapse_mixes_in_chance_and_precision_sharpens() {
    let log_p = |precisions| {
        let agent = Agent::new(BELIEVED).unwrap().with_precisions(precisions).unwrap();
        agent.action_log_probabilities()
    };
    let one = log_p(Precisions::default());
    let lapsing = log_p(Precisions { lapse: 0.25, ..Precisions::default() });
    let random = log_p(Precisions { lapse: 1.0, ..Precisions::default() });
    let flat = log_p(Precisions { action: 0.0, ..Precisions::default() });
    for a in 0..5 {
        assert!((lapsing[a].exp() - (0.75 * one[a].exp() + 0.05)).abs() < 1e-12);
        assert!((random[a].exp() - 0.2).abs() < 1e-12);
    }
    // With no action precision every policy is as good as any other.
    assert!((flat[0].exp() - 0.2).abs() < 1e-12);
}

#[derive(Clone, Copy, Debug)]
struct Learner<T> {
    confidence: T,
}

#[generative_model(horizon = 1, actions(go: Side))]
impl<T: Real> Learner<T> {
    #[factor(initial = Dirichlet::around([0.25, 0.75], 8.0))]
    fn side(&self, side: Side, go: Side) -> Dirichlet<Side, T> {
        Dirichlet::around(if side == go { side } else { go }, self.confidence)
    }
    #[modality]
    fn cue(&self, side: Side) -> Dirichlet<Cue> {
        Dirichlet::from(if side == Side::Left { [1.0, 3.0, 0.0] } else { [1.0, 0.0, 3.0] })
    }
}

#[test]
fn dirichlet_tables_act_by_their_mean_and_keep_their_counts() {
    let agent = Agent::new(Learner { confidence: 5.0 }).unwrap();
    assert_eq!(agent.belief().side.probabilities(), [0.25, 0.75]);
    assert_eq!(agent.expected_outcomes().cue.probabilities(), [0.25, 0.1875, 0.5625]);
    <Learner<f64> as GenerativeModel>::each_modality(|site| {
        assert_eq!(agent.tables().likelihood_counts(site), [1.0, 3.0, 0.0, 1.0, 0.0, 3.0]);
    });
    <Learner<f64> as GenerativeModel>::each_factor(|site| {
        assert_eq!(agent.tables().initial_counts(site), [2.0, 6.0]);
        assert_eq!(agent.tables().transition_counts(site).iter().sum::<f64>(), 20.0);
    });
}

#[test]
fn many_agents_share_the_tables_of_one_model() {
    let first = Agent::new(BELIEVED).unwrap();
    let mut others: Vec<_> = (0..100).map(|_| Agent::sharing(first.tables().clone(), *first.options()).unwrap()).collect();
    assert_eq!(std::sync::Arc::strong_count(first.tables()), 101);
    others[3].update_empirical_prior(TMazeAction { go: Place::Cue });
    assert_eq!(others[3].belief().place[Place::Cue], 1.0);
    assert_eq!(others[4].belief().place[Place::Cue], 0.0);
}

#[test]
fn predictions_of_the_expansion_are_those_of_the_methods() {
    let tables = Tables::new(&BELIEVED, (), 2).unwrap();
    for place in Place::all() {
        for side in Side::all() {
            for go in Place::all() {
                let belief = TMazeBelief { place: place.into(), side: side.into() };
                let next: TMazeBelief = predict(&tables, &belief, TMazeAction { go }.index());
                let wanted = if place.touches(go) { go } else { place };
                assert_eq!(next.place, Dist::from(wanted));
                assert_eq!(next.side, Dist::from(side));
            }
        }
    }
    let meta = &<TMaze<f64> as GenerativeModel>::META;
    let names = |names: &[&str], of: Vec<&str>| assert_eq!(names, of.as_slice());
    names(&["place", "side"], meta.factors.iter().map(|f| f.name).collect());
    names(&["seen", "outcome", "cue"], meta.modalities.iter().map(|m| m.name).collect());
    assert_eq!((meta.factors[0].parents, meta.factors[0].actions), (&[0][..], &[0][..]));
    assert_eq!((meta.factors[1].parents, meta.factors[1].actions), (&[1][..], &[][..]));
    assert_eq!(meta.modalities[1].parents, [0, 1]);
    assert_eq!(meta.action_label(3), "Cue");
}

#[derive(Clone, Copy, Debug)]
struct Habitual<T> {
    weight: T,
}

#[generative_model(horizon = 2, actions(go: Side), habit = [self.weight, T::constant(0.0)])]
impl<T: Real> Habitual<T> {
    #[factor(initial = uniform())]
    fn side(&self, go: Side) -> Side {
        go
    }
    #[modality]
    fn seen(&self, side: Side) -> Side {
        side
    }
}

#[derive(Clone, Copy, Debug)]
struct Counted;

#[generative_model(horizon = 1, actions(go: Side), habit = Dirichlet::from([1.0, 3.0]))]
impl Counted {
    #[factor(initial = Dirichlet::symmetric(0.0))]
    fn side(&self, go: Side) -> Side {
        go
    }
    #[modality]
    fn seen(&self, side: Side) -> Side {
        side
    }
}

#[test]
fn what_a_habit_forbids_stays_forbidden_and_has_no_derivative() {
    use aif::runtime::Dual;
    use aif::runtime::act::action_log_probabilities;
    let agent = Agent::new(Habitual { weight: 1.0 }).unwrap();
    assert!((agent.action_log_probabilities()[0].exp() - 1.0 / (1.0 + (-1.0f64).exp())).abs() < 1e-12);
    let weight = Dual::<1>::constant(f64::NEG_INFINITY);
    let tables: Tables<_, Dual<1>> = Tables::new(&Habitual { weight }, (), 2).unwrap();
    let belief = HabitualBelief { side: Dist::uniform() };
    for sampling in [Sampling::Policies, Sampling::Marginals] {
        let objective = AgentOptions::default().objective(&<Habitual<f64> as GenerativeModel>::META);
        let precisions = Precisions { action: Dual::variable(0.0, 0), lapse: Dual::constant(0.1), ..Precisions::default() };
        let log_p =
            action_log_probabilities(&Planning::Tree, PlanningContext::new(&tables, &belief, &objective), sampling, &precisions);
        assert!((log_p[0].value.exp() - 0.05).abs() < 1e-12 && (log_p[1].value.exp() - 0.95).abs() < 1e-12);
        assert!(log_p.iter().all(|p| p.gradient[0].is_finite()));
    }
    let error = Agent::new(Habitual { weight: f64::NAN }).unwrap_err().to_string();
    assert_eq!(error, "the habit's log-weight 0 is NaN, but has to be a number below infinity");
    let error = Agent::new(Counted).unwrap_err().to_string();
    assert_eq!(error, "the initial distribution of side has no count above 0");
}

#[test]
fn a_stored_belief_that_is_none_is_refused() {
    let mut stored = serde_json::to_value(Agent::new(BELIEVED).unwrap().state()).unwrap();
    stored["perception"]["belief"]["side"] = serde_json::json!([5.0, -4.0]);
    let error = Agent::resume(BELIEVED, (), serde_json::from_value(stored).unwrap()).unwrap_err();
    assert!(error.to_string().contains("no distribution over the states of TMaze"));
}

#[test]
fn long_horizons_are_cheap_where_beliefs_meet_again() {
    let options = AgentOptions { horizon: Some(11), ..AgentOptions::default() };
    let agent = Agent::with_options(TMaze { reward_probability: 0.9, preference: 1.0 }, (), options).unwrap();
    assert!(agent.action_log_probabilities().iter().all(|p| p.is_finite()));
}

/// Who does not know at all what it did believes that it was one of all actions, each as probable as it was to be chosen.
#[test]
fn what_is_believed_after_an_unknown_action_is_a_distribution() {
    for inference in [Inference::Exact, Inference::MEAN_FIELD] {
        let mut agent = Agent::with_options(BELIEVED, (), AgentOptions { inference, ..AgentOptions::default() }).unwrap();
        agent.infer_states(TMazeObservation::first());
        let weights: Vec<(usize, f64)> = agent.action_log_probabilities().iter().map(|p| p.exp()).enumerate().collect();
        let mut told = agent.clone();
        agent.carry_out(Carried::Unknown);
        told.carry_out(Carried::OneOf(&weights));
        let masses = [0, 1].map(|f| agent.belief().probabilities(f).iter().sum::<f64>());
        assert!(masses.iter().all(|mass| (mass - 1.0).abs() < 1e-12), "{masses:?}");
        for (a, b) in (0..2).flat_map(|f| agent.belief().probabilities(f).iter().zip(told.belief().probabilities(f))) {
            assert!((a - b).abs() < 1e-12);
        }
    }
}
