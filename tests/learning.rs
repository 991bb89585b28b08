//! Learning: every observation counted once in every mode, what is forgotten, what is held, what is stored.

#[path = "models/random.rs"]
#[allow(dead_code)]
mod random;

#[path = "learning/order.rs"]
mod order;
#[path = "learning/preferences.rs"]
mod preferences;
#[path = "learning/zeros.rs"]
mod zeros;

use aif::prelude::*;
use aif::runtime::learn::{infer_precision, log_evidence_gain, parameter_divergence, reduce};
use aif::runtime::model::Tables;
use proptest::prelude::*;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use random::{Trio, TrioAction, observation, trio};

const STEPS: usize = 9;

fn modes() -> Vec<(Inference, Learning)> {
    let sweeps = Sweeps::default();
    let ways = [
        Inference::default(),
        Inference::Exact,
        Inference::Components,
        Inference::Marginal { window: 3, sweeps },
        Inference::Variational { window: 3, sweeps },
    ];
    let mut modes = Vec::new();
    for inference in ways {
        for when in [When::BeforeChoice, When::Smoothed { lag: 2 }, When::BlockEnd, When::AfterChoice] {
            for from in [Beliefs::Filtered, Beliefs::Smoothed, Beliefs::Pairwise] {
                modes.push((inference, Learning { when, from, ..Learning::default() }));
            }
        }
    }
    modes
}

fn agent(model: Trio, inference: Inference, learning: Learning) -> Agent<Trio> {
    Agent::with_options(model, (), AgentOptions { inference, learning: Some(learning), ..AgentOptions::default() }).unwrap()
}

/// (likelihood, transition, initial) counts in all.
fn totals(tables: &Tables<Trio>) -> (f64, f64, f64) {
    let (mut a, mut b, mut d) = (0.0, 0.0, 0.0);
    <Trio as GenerativeModel>::each_modality(|site| a += tables.likelihood_counts(site).iter().sum::<f64>());
    <Trio as GenerativeModel>::each_factor(|site| {
        b += tables.transition_counts(site).iter().sum::<f64>();
        d += tables.initial_counts(site).iter().sum::<f64>();
    });
    (a, b, d)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    /// One observation adds one to each likelihood, one transition one to each factor, one block one to each initial state, whatever the
    /// mode, over several blocks.
    #[test]
    fn each_observation_counts_once(model in trio(), seen in prop::collection::vec(observation(), STEPS + 1), goes in prop::collection::vec(any::<bool>(), STEPS)) {
        for (inference, learning) in modes() {
            let mut agent = agent(model, inference, learning);
            let before = totals(agent.tables());
            for _ in 0..2 {
                agent.restart();
                for (t, &seen) in seen.iter().enumerate() {
                    agent.infer_states(seen);
                    agent.infer_parameters();
                    if let Some(&go) = goes.get(t) {
                        agent.update_empirical_prior(TrioAction { go });
                    }
                }
            }
            agent.end_block();
            let after = totals(agent.tables());
            let steps = STEPS as f64;
            // One modality, one factor and one initial state of the model have counts.
            let close = |got: f64, want: f64| (got - want).abs() < 1e-9;
            prop_assert!(close(after.0 - before.0, 2.0 * (steps + 1.0)), "{inference:?} {learning:?}: {}", after.0 - before.0);
            prop_assert!(close(after.1 - before.1, 2.0 * steps), "{inference:?} {learning:?}: {}", after.1 - before.1);
            prop_assert!(close(after.2 - before.2, 2.0), "{inference:?} {learning:?}: {}", after.2 - before.2);
        }
    }

    /// The rate scales what is added; forgetting alone leads back to the beginning.
    #[test]
    fn rates_and_forgetting(model in trio(), seen in prop::collection::vec(observation(), 6)) {
        let learn = |rate, forgetting| {
            let rates = Rates { likelihood: Some(rate), transition: Some(rate), ..Rates::none() };
            let learning = Learning { rates, forgetting, from: Beliefs::Filtered, ..Learning::default() };
            let mut agent = agent(model, Inference::default(), learning);
            for &seen in &seen {
                agent.infer_states(seen);
                agent.infer_parameters();
                agent.update_empirical_prior(TrioAction { go: true });
            }
            totals(agent.tables()).0 - totals(agent.learner().unwrap().prior()).0
        };
        prop_assert!((learn(0.5, 0.0) - 3.0).abs() < 1e-9);
        // 1 + w + w^2 + ..
        let kept: f64 = (0..6).map(|i| 0.75f64.powi(i)).sum();
        prop_assert!((learn(1.0, 0.25) - kept).abs() < 1e-9);
    }

    /// An agent that learns goes on from JSON as if nothing had happened.
    #[test]
    fn what_was_learned_is_stored(model in trio(), seen in prop::collection::vec(observation(), 8)) {
        for (inference, learning) in modes() {
            let mut agent = agent(model, inference, learning);
            for &seen in &seen[..5] {
                agent.infer_states(seen);
                agent.infer_parameters();
                agent.update_empirical_prior(TrioAction { go: true });
            }
            let stored = serde_json::to_string(&agent.state()).unwrap();
            let mut restored = Agent::resume(model, (), serde_json::from_str(&stored).unwrap()).unwrap();
            for &seen in &seen[5..] {
                for agent in [&mut agent, &mut restored] {
                    agent.infer_states(seen);
                    agent.infer_parameters();
                    agent.update_empirical_prior(TrioAction { go: false });
                }
            }
            agent.restart();
            restored.restart();
            prop_assert_eq!(agent.tables().counted(), restored.tables().counted());
            prop_assert_eq!(agent.belief(), restored.belief());
            prop_assert_eq!(agent.action_log_probabilities(), restored.action_log_probabilities());
        }
    }
}

/// A lever whose likelihood is partly known and partly learned, and a habit.
#[derive(Clone, Copy, Debug)]
struct Lever;

#[generative_model(horizon = 1, actions(pull: bool), habit = Dirichlet::symmetric(1.0))]
impl Lever {
    #[factor(initial = [0.5, 0.5])]
    fn up(&self, pull: bool) -> bool {
        pull
    }
    #[modality(preference = [0.0, 1.0])]
    fn lamp(&self, up: bool) -> Dirichlet<bool> {
        let counts = Dirichlet::from([1.0, 3.0]);
        if up { counts } else { counts.held() }
    }
}

#[test]
fn held_columns_and_habits() {
    let options = AgentOptions {
        learning: Some(Learning::default()),
        terms: Terms { likelihood_information_gain: 1.0, ..Terms::all(0.0) },
        ..AgentOptions::default()
    };
    let mut agent = Agent::with_options(Lever, (), options).unwrap();
    // Nothing can be learned of the column that is held: pulling promises more, whatever the habit.
    let weights = agent.plan().weights;
    assert!(weights[1] > weights[0] + 0.01);
    for (pull, lamp) in [(true, false), (true, false), (false, false), (true, true)] {
        agent.infer_states(LeverObservation { lamp });
        agent.infer_parameters();
        agent.update_empirical_prior(LeverAction { pull });
    }
    agent.end_block();
    let mut counts = Vec::new();
    <Lever as GenerativeModel>::each_modality(|site| counts = agent.tables().likelihood_counts(site).to_vec());
    assert_eq!(counts[..2], [1.0, 3.0], "held");
    assert!(counts[2] > 2.0, "learned: {counts:?}");
    assert_eq!(agent.tables().habit_counts(), [2.0, 4.0]);
    assert!((agent.tables().habit()[1].exp() - 4.0 / 6.0).abs() < 1e-12);
    let divergence = parameter_divergence(agent.tables(), agent.learner().unwrap().prior());
    assert!(divergence.likelihood > 0.0 && divergence.habit > 0.0 && divergence.transition == 0.0);
}

#[test]
fn agents_that_share_tables_learn_for_themselves() {
    let options = AgentOptions { learning: Some(Learning::default()), ..AgentOptions::default() };
    let mut one = Agent::with_options(Lever, (), options).unwrap();
    let other = one.clone();
    rollout(&mut one, &mut World::new(Lever).unwrap(), 20, &mut ChaCha8Rng::seed_from_u64(1));
    assert_eq!(other.tables().habit_counts(), [1.0, 1.0]);
    assert!(one.tables().habit_counts().iter().sum::<f64>() > 20.0);
}

/// A light that is wherever it is put, with counts of what is seen of it: contradictions happen.
#[derive(Clone, Copy, Debug)]
struct Light;

#[generative_model(horizon = 1, actions(put: bool))]
impl Light {
    #[factor(initial = Dirichlet::symmetric(1.0).held())]
    fn up(&self, put: bool) -> bool {
        put
    }
    #[modality]
    fn place(&self, up: bool) -> bool {
        up
    }
    #[modality]
    fn colour(&self, _up: bool) -> Dirichlet<Index<3>> {
        Dirichlet::symmetric(1.0)
    }
}

fn colours(agent: &Agent<Light>) -> f64 {
    let mut sum = 0.0;
    <Light as GenerativeModel>::each_modality(|site| sum += agent.tables().likelihood_counts(site).iter().sum::<f64>());
    sum - 6.0
}

fn light(inference: Inference, learning: Learning) -> Agent<Light> {
    Agent::with_options(Light, (), AgentOptions { inference, learning: Some(learning), ..AgentOptions::default() }).unwrap()
}

fn seen(place: bool) -> LightObservation {
    LightObservation { place, colour: Index::new(1).unwrap() }
}

#[test]
fn a_contradiction_costs_no_counts() {
    for (inference, learning) in modes() {
        let mut agent = light(inference, learning);
        for place in [true, false, false, true, true] {
            agent.infer_states(seen(place));
            agent.infer_parameters();
            // What it does never shows: it is always somewhere else.
            agent.update_empirical_prior(LightAction { put: !place });
        }
        agent.end_block();
        assert!((colours(&agent) - 5.0).abs() < 1e-9, "{inference:?} {learning:?}: {}", colours(&agent));
        let mut initial = Vec::new();
        <Light as GenerativeModel>::each_factor(|site| initial = agent.tables().initial(site).to_vec());
        assert_eq!(initial, [0.5, 0.5], "held");
    }
}

#[test]
fn steps_off_the_beaten_track_count_once_too() {
    for (inference, learning) in modes() {
        let mut agent = light(inference, learning);
        // A move before anything is seen, two moves in a row, a second look, a block's end in the middle.
        agent.update_empirical_prior(LightAction { put: true });
        agent.infer_states(seen(true));
        agent.infer_parameters();
        agent.infer_states(seen(true));
        agent.infer_parameters();
        agent.update_empirical_prior(LightAction { put: true });
        agent.update_empirical_prior(LightAction { put: false });
        agent.infer_states(seen(false));
        agent.infer_parameters();
        agent.end_block();
        agent.update_empirical_prior(LightAction { put: false });
        agent.infer_states(seen(false));
        agent.infer_parameters();
        agent.restart();
        assert!((colours(&agent) - 3.0).abs() < 1e-9, "{inference:?} {learning:?}: {}", colours(&agent));
    }
}

#[test]
fn a_second_look_replaces_the_first() {
    for (inference, _) in modes() {
        let options = AgentOptions { inference, ..AgentOptions::default() };
        let model = aif::worlds::TMaze { reward_probability: 0.8, punishment_probability: 0.8, ..Default::default() };
        let mut once = Agent::with_options(model, (), options).unwrap();
        let mut twice = once.clone();
        let mut world = World::new(model).unwrap();
        let mut rng = ChaCha8Rng::seed_from_u64(8);
        let mut observation = aif::prelude::Environment::reset(&mut world, &mut rng);
        for _ in 0..6 {
            once.infer_states(observation);
            twice.infer_states(observation);
            twice.infer_states(observation);
            assert_eq!(once.belief(), twice.belief(), "{inference:?}");
            let action = once.sample_action(&mut rng);
            once.update_empirical_prior(action);
            twice.update_empirical_prior(action);
            observation = aif::prelude::Environment::step(&mut world, action, &mut rng);
        }
    }
}

#[test]
fn what_was_learned_can_be_simplified() {
    let mut agent = light(Inference::default(), Learning::default());
    for _ in 0..30 {
        agent.infer_states(seen(true));
        agent.infer_parameters();
        agent.update_empirical_prior(LightAction { put: true });
    }
    agent.end_block();
    let (columns, gain) = agent.reduce(1.0);
    assert!(columns == 1 && gain > 1.0, "{columns} {gain}");
    let mut counts = Vec::new();
    <Light as GenerativeModel>::each_modality(|site| counts.extend_from_slice(agent.tables().likelihood_counts(site)));
    assert_eq!(agent.reduce(1.0).0, 0, "what was ruled out stays so, and is found once");
    // In the first block's first step the place was known as well.
    assert!(counts[3] == 0.0 && counts[5] == 0.0 && (counts[4] - 31.0).abs() < 1e-6, "{counts:?}");
    assert!(agent.expected_outcomes().colour[Index::new(1).unwrap()] > 0.999);
}

#[test]
fn an_agent_stored_in_the_middle_of_a_step_goes_on() {
    for (inference, learning) in modes() {
        let options = AgentOptions { inference, learning: Some(learning), ..AgentOptions::default() };
        let mut agent = Agent::with_options(Lever, (), options).unwrap();
        agent.infer_states(LeverObservation { lamp: true });
        agent.update_empirical_prior(LeverAction { pull: true });
        agent.infer_states(LeverObservation { lamp: false });
        let stored = serde_json::to_string(&agent.state()).unwrap();
        let mut resumed = Agent::resume(Lever, (), serde_json::from_str(&stored).unwrap()).unwrap();
        for agent in [&mut agent, &mut resumed] {
            agent.infer_states(LeverObservation { lamp: true });
            agent.infer_parameters();
            agent.update_empirical_prior(LeverAction { pull: false });
            agent.end_block();
        }
        assert_eq!(agent.belief(), resumed.belief(), "{inference:?}");
        assert_eq!(agent.tables().counted(), resumed.tables().counted(), "{inference:?} {learning:?}");
        assert_eq!(agent.tables().habit_counts(), [2.0, 2.0]);
    }
}

#[test]
fn what_is_not_learned_acts_as_declared() {
    /// Counts that say one thing and act as another.
    #[derive(Clone, Copy, Debug)]
    struct TwoFaced;
    #[generative_model(horizon = 1, actions(go: bool), vis = pub(self))]
    impl TwoFaced {
        #[factor(initial = uniform())]
        fn up(&self, up: bool, _go: bool) -> Dirichlet<bool> {
            Dirichlet::from([1.0, 1.0]).acting_as(Dist::bernoulli(up, 0.9, !up))
        }
        #[modality]
        fn seen(&self, up: bool) -> Dirichlet<bool> {
            Dirichlet::around(Dist::bernoulli(up, 0.8, !up), 2.0)
        }
    }
    let rates = Rates { transition: None, ..Rates::default() };
    let learning = Learning { rates, forgetting: 0.1, from: Beliefs::Filtered, ..Learning::default() };
    let options = AgentOptions { learning: Some(learning), ..AgentOptions::default() };
    let mut agent = Agent::with_options(TwoFaced, (), options).unwrap();
    for _ in 0..20 {
        agent.infer_states(TwoFacedObservation { seen: true });
        agent.infer_parameters();
        agent.update_empirical_prior(TwoFacedAction { go: true });
    }
    agent.reduce(0.1);
    let mut stays = 0.0;
    <TwoFaced as GenerativeModel>::each_factor(|site| {
        if let aif::runtime::model::Table::Free(table) = agent.tables().transition(site, 1) {
            stays = table[0];
        }
    });
    assert_eq!(stays, 0.9);
}

#[test]
fn a_window_stays_as_long_as_it_is() {
    let inference = Inference::Variational { window: 2, sweeps: Sweeps::default() };
    let mut agent = Agent::with_options(Light, (), AgentOptions { inference, ..AgentOptions::default() }).unwrap();
    agent.infer_states(seen(true));
    for _ in 0..6 {
        agent.update_empirical_prior(LightAction { put: true });
    }
    agent.infer_states(seen(true));
    assert_eq!(agent.perception().window().len(), 2);
    let stored = serde_json::to_string(&agent.state()).unwrap();
    assert!(Agent::resume(Light, (), serde_json::from_str(&stored).unwrap()).is_ok());
    assert_eq!(agent.window_free_energies().len(), 2);
}

#[test]
fn stored_states_are_checked() {
    let mut agent = light(Inference::default(), Learning { when: When::BlockEnd, ..Learning::default() });
    agent.infer_states(seen(true));
    agent.update_empirical_prior(LightAction { put: true });
    let stored = serde_json::to_value(agent.state()).unwrap();
    let refused = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut stored = stored.clone();
        change(&mut stored);
        match serde_json::from_value(stored) {
            Ok(state) => Agent::resume(Light, (), state).unwrap_err().to_string(),
            Err(error) => error.to_string(),
        }
    };
    assert!(refused(&|s| s["frames"][0]["belief"]["up"] = serde_json::json!([-5.0, 6.0])).contains("no distribution"));
    assert!(
        refused(&|s| s["frames"][0]["evidence"]["place"] = serde_json::json!({ "soft": [0.5, 5.0] })).contains("observation")
    );
    assert!(refused(&|s| s["frames"][0]["done"] = serde_json::json!({ "Action": 7 })).contains("an action that Light has not"));
    assert!(refused(&|s| s["perception"]["joint"] = serde_json::json!([0.5, 0.5])).contains("no distribution"));
    assert!(refused(&|s| s["counts"] = serde_json::Value::Null).contains("none of the counts"));
    let error = agent.try_infer_states(LightEvidence { place: Dist::from([0.5, 0.9]).into(), colour: Observed::Missing });
    assert!(error.unwrap_err().to_string().contains("is no distribution"));
    assert!(agent.try_infer_states(seen(true)).is_ok());
}

#[test]
fn learning_that_cannot_be_is_an_error() {
    let with = |learning| Agent::with_options(Lever, (), AgentOptions { learning: Some(learning), ..AgentOptions::default() });
    let rates = Rates { transition: Some(-1.0), ..Rates::default() };
    let error = with(Learning { rates, ..Learning::default() }).unwrap_err().to_string();
    assert_eq!(error, "the learning rate of the transition is -1, but has to be at least 0");
    assert!(with(Learning { forgetting: 1.0, ..Learning::default() }).unwrap_err().to_string().contains("below 1"));
    let when = When::Smoothed { lag: 1 << 20 };
    assert!(with(Learning { when, ..Learning::default() }).unwrap_err().to_string().contains("too late: at most"));
    let options = AgentOptions { learning: Some(Learning::default()), ..AgentOptions::default() };
    let error = Agent::with_options(aif::worlds::TMaze::<f64>::default(), (), options).unwrap_err().to_string();
    assert!(error.starts_with("TMaze has nothing to learn"), "{error}");
    let mut stored = serde_json::to_value(with(Learning::default()).unwrap().state()).unwrap();
    stored["counts"]["tables"][0] = (-1.0).into();
    let error = Agent::resume(Lever, (), serde_json::from_value(stored.clone()).unwrap()).unwrap_err().to_string();
    assert_eq!(error, "the stored counts of Lever are no counts: negative, infinite or all zero");
    stored["counts"]["tables"] = serde_json::json!([1.0]);
    let error = Agent::resume(Lever, (), serde_json::from_value(stored).unwrap()).unwrap_err().to_string();
    assert!(error.contains("have not the shape"));
}

#[test]
fn a_reduced_model_rules_out_what_was_never_seen() {
    // By the definition: the evidence of counts n under a prior p is B(p + n) / B(p).
    let ln_beta = |c: &[f64]| c.iter().map(|&c| Real::ln_gamma(c)).sum::<f64>() - Real::ln_gamma(c.iter().sum::<f64>());
    let evidence = |prior: &[f64], seen: &[f64]| {
        let after: Vec<f64> = prior.iter().zip(seen).map(|(p, n)| p + n).collect();
        ln_beta(&after) - ln_beta(prior)
    };
    let (prior, reduced, seen) = ([1.0, 1.0, 1.0], [1.0, 0.5, 0.1], [6.0, 2.0, 0.0]);
    let posterior = [7.0, 3.0, 1.0];
    let gain = log_evidence_gain(&posterior, &prior, &reduced);
    assert!((gain - (evidence(&reduced, &seen) - evidence(&prior, &seen))).abs() < 1e-12);
    assert_eq!(log_evidence_gain(&posterior, &prior, &[1.0, 0.0, 1.0]), f64::NEG_INFINITY, "it was seen");
    let pruned = reduce(&[21.0, 1.0, 1.0], &prior, 1.0).unwrap();
    assert_eq!((pruned.prior, pruned.posterior), (vec![1.0, 0.0, 0.0], vec![21.0, 0.0, 0.0]));
    assert!(pruned.gain > 1.0);
    assert_eq!(reduce(&[4.0, 5.0, 4.0], &prior, 0.0), None, "all were seen");
}

#[test]
fn precision_grows_when_plans_hold() {
    let options = PrecisionUpdating::default();
    let infer = |energies: [f64; 2]| infer_precision(1.0, &[2.0, 0.0], &[0.0, 0.0], &energies, &options);
    assert!((infer([1.0, 1.0]) - 1.0).abs() < 1e-6, "no evidence either way");
    assert!(infer([0.0, 3.0]) > 1.1, "what promised more was confirmed");
    assert!(infer([3.0, 0.0]) < 0.9, "and the other way round");
    // At rest the rate is beta0 - (q - q0) . v.
    let gamma = infer_precision(1.0, &[2.0, 0.0], &[0.0, 0.0], &[0.0, 3.0], &PrecisionUpdating { iterations: 500, ..options });
    let (before, after) = (1.0 / (1.0 + (-2.0 * gamma).exp()), 1.0 / (1.0 + (-2.0 * gamma - 3.0).exp()));
    assert!((1.0 / gamma - (1.0 - (after - before) * 2.0)).abs() < 1e-9);
    let options = AgentOptions { precision_updating: Some(options), ..AgentOptions::default() };
    let mut agent = Agent::with_options(aif::worlds::TMaze { preference: 2.0, ..Default::default() }, (), options).unwrap();
    let mut world = World::new(aif::worlds::TMaze { preference: 2.0, ..Default::default() }).unwrap();
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let mut observation = aif::prelude::Environment::reset(&mut world, &mut rng);
    let mut seen = Vec::new();
    for _ in 0..6 {
        let action = agent.step(observation, &mut rng);
        observation = aif::prelude::Environment::step(&mut world, action, &mut rng);
        seen.push(agent.precisions().policy);
    }
    assert!(seen.iter().all(|g| g.is_finite() && *g > 0.0) && seen.iter().any(|g| *g != 1.0), "{seen:?}");
    agent.restart();
    assert_eq!(agent.precisions().policy, 1.0);
}
