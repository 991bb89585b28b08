//! Where the reference implementation is known to be wrong: its failure, where an option reproduces it, and what is done here.
//!
//! The numbers are those of `docs/coming-from-pymdp.md`.

#[path = "models/structures.rs"]
#[allow(dead_code)]
mod structures;

use aif::prelude::*;
use aif::runtime::learn::{Gained, count_observation};
use aif::runtime::model::Tables;
use aif::runtime::perceive::{Gap, Perception, Window, fixed_point, free_energy, sequence_free_energy, smooth, smooth_exactly};
use aif::runtime::plan::{Induction, Reduction, ReferenceSearch, joint_information_gain};
use aif::worlds::{GraphWorld, TMaze};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// Two bits of which only the exclusive-or is seen, almost surely.
#[derive(Clone, Copy, Debug)]
struct Xor;

#[generative_model(horizon = 1)]
impl Xor {
    #[factor(initial = [0.48, 0.52])]
    fn one(&self, one: bool) -> bool {
        one
    }
    #[factor(initial = [0.48, 0.52])]
    fn other(&self, other: bool) -> bool {
        other
    }
    #[modality]
    fn differ(&self, one: bool, other: bool) -> Dist<bool> {
        Dist::bernoulli(one != other, 0.999, one == other)
    }
}

#[test]
fn d01_parallel_sweeps_swing_and_sequential_ones_settle() {
    let tables: Tables<Xor> = Tables::new(&Xor, (), 1).unwrap();
    let prior = *Perception::new(&tables, Inference::default()).belief();
    let evidence = XorEvidence { differ: true.into() };
    let after = |sweeps| fixed_point(&tables, &prior, &evidence, sweeps);
    let energy = |belief: &XorBelief| free_energy(&tables, belief, &prior, &evidence).total();
    let (odd, even) = (after(Sweeps::Parallel(15)), after(Sweeps::Parallel(16)));
    assert!((odd.one[true] - even.one[true]).abs() > 0.9, "near-certain of opposite things: {odd:?} {even:?}");
    let settled = after(Sweeps::default());
    let again = after(Sweeps::Sequential { most: 1000, tolerance: 0.0 });
    assert!((settled.one[true] - again.one[true]).abs() < 1e-9);
    assert!(energy(&settled) < energy(&odd) && energy(&settled) < energy(&even));
    assert!(settled.one[true].max(settled.one[false]) > 0.9 && (settled.one[true] > 0.5) != (settled.other[true] > 0.5));
    // The truth is that either could be: only exact inference says so.
    let mut exact =
        Agent::with_options(Xor, (), AgentOptions { inference: Inference::Exact, ..AgentOptions::default() }).unwrap();
    exact.infer_states(evidence);
    assert!((exact.belief().one[true] - 0.5).abs() < 0.05);
}

#[test]
fn d02_attending_less_changes_no_table() {
    let agent = || Agent::with_options(Xor, (), AgentOptions::default()).unwrap();
    let (mut masked, mut fresh) = (agent(), agent());
    masked.infer_states(XorEvidence { differ: Observed::faint(true, 0.5) });
    masked.restart();
    masked.infer_states(XorEvidence { differ: true.into() });
    fresh.infer_states(XorEvidence { differ: true.into() });
    assert_eq!(masked.belief(), fresh.belief());
}

/// Two actions that do nothing.
#[derive(Clone, Copy, Debug)]
struct TwoLevers;

#[generative_model(horizon = 1, actions(one: bool, other: bool))]
impl TwoLevers {
    #[factor(initial = uniform())]
    fn up(&self, up: bool, one: bool, other: bool) -> Dist<bool> {
        if one && other { uniform().into() } else { Dist::bernoulli(up, 0.5, !up) }
    }
    #[modality]
    fn seen(&self, up: bool) -> bool {
        up
    }
}

#[test]
fn d03_draws_of_two_actions_are_independent() {
    let options = AgentOptions { sampling: Sampling::Marginals, ..AgentOptions::default() };
    let agent = Agent::with_options(TwoLevers, (), options).unwrap();
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let agree = (0..2000).filter(|_| {
        let action = agent.sample_action(&mut rng);
        action.one == action.other
    });
    let agree = agree.count();
    assert!((900..1100).contains(&agree), "{agree} of 2000");
}

/// A slippery lamp with counts everywhere.
#[derive(Clone, Copy, Debug)]
struct Lamp;

#[generative_model(horizon = 1, actions(push: bool))]
impl Lamp {
    #[factor(initial = [0.7, 0.3])]
    fn lit(&self, lit: bool, push: bool) -> Dirichlet<bool> {
        Dirichlet::around(Dist::bernoulli(lit ^ push, 0.8, !(lit ^ push)), 10.0)
    }
    #[modality]
    fn seen(&self, lit: bool) -> Dirichlet<bool> {
        Dirichlet::around(Dist::bernoulli(lit, 0.75, !lit), 10.0)
    }
}

fn lamp(options: AgentOptions) -> Agent<Lamp> {
    Agent::with_options(Lamp, (), options).unwrap()
}

const SEEN: [bool; 10] = [true, true, false, true, false, false, true, true, true, false];

fn live(agent: &mut Agent<Lamp>) {
    for (t, &seen) in SEEN.iter().enumerate() {
        agent.infer_states(LampObservation { seen });
        agent.infer_parameters();
        agent.update_empirical_prior(LampAction { push: t % 3 == 0 });
    }
    agent.end_block();
}

/// Counts in all: (likelihood, transition).
fn mass(tables: &Tables<Lamp>) -> (f64, f64) {
    let (mut a, mut b) = (0.0, 0.0);
    <Lamp as GenerativeModel>::each_modality(|site| a = tables.likelihood_counts(site).iter().sum());
    <Lamp as GenerativeModel>::each_factor(|site| b = tables.transition_counts(site).iter().sum());
    (a, b)
}

#[test]
fn d04_a_window_counts_each_observation_once() {
    let run = |recount_window| {
        let options = AgentOptions {
            inference: Inference::Marginal { window: 4, sweeps: Sweeps::Parallel(16) },
            learning: Some(Learning { from: Beliefs::Smoothed, when: When::AfterChoice, ..Learning::default() }),
            compat: Compat { recount_window, ..Compat::default() },
            ..AgentOptions::default()
        };
        let mut agent = lamp(options);
        let before = mass(agent.tables());
        live(&mut agent);
        let after = mass(agent.tables());
        (after.0 - before.0, after.1 - before.1)
    };
    let (a, b) = run(Some(4));
    assert!((a - 34.0).abs() < 1e-9 && (b - 24.0).abs() < 1e-9, "the reference adds {a} and {b}");
    let (a, b) = run(None);
    assert!((a - 10.0).abs() < 1e-9 && (b - 9.0).abs() < 1e-9, "10 observations, 9 transitions: {a} and {b}");
}

#[test]
fn d05_the_next_window_counts_no_evidence_twice() {
    let start_of_last_window = |reuse_window_evidence| {
        let inference = Inference::Variational { window: 3, sweeps: Sweeps::default() };
        let compat = Compat { reuse_window_evidence, ..Compat::default() };
        let mut agent = lamp(AgentOptions { inference, compat, ..AgentOptions::default() });
        live(&mut agent);
        agent.perception().window_prior().unwrap().lit[true]
    };
    let mut exact = lamp(AgentOptions { inference: Inference::Exact, ..AgentOptions::default() });
    for (t, &seen) in SEEN[..8].iter().enumerate() {
        exact.infer_states(LampObservation { seen });
        exact.update_empirical_prior(LampAction { push: t % 3 == 0 });
    }
    let truth = exact.belief().lit[true];
    assert!((start_of_last_window(false) - truth).abs() < 1e-12);
    assert!((start_of_last_window(true) - truth).abs() > 1e-3);
}

#[test]
fn d06_what_is_out_of_range_cannot_be_said() {
    assert_eq!(Index::<3>::new(3), None);
    assert_eq!(Cell::<3, 3>::new(3, 0), None);
    assert_eq!(Observed::<Index<3>>::from_index(Some(7)), Observed::Missing);
    assert!(serde_json::from_str::<LampObservation>(r#"{"seen":"maybe"}"#).is_err());
    assert!(GraphWorld::<3, 4>::new(&[(0, 1)], None, Some(9)).unwrap_err().to_string().contains("the object is at 9"));
}

/// A model that says what it is told.
#[derive(Clone, Copy, Debug)]
struct Careless {
    initial: [f64; 2],
    likelihood: [f64; 2],
    counts: [f64; 2],
    habit: [f64; 2],
    preference: f64,
}

#[generative_model(horizon = 1, actions(go: bool), habit = self.habit)]
impl Careless {
    #[factor(initial = self.initial)]
    fn up(&self, _up: bool, _go: bool) -> Dirichlet<bool> {
        self.counts.into()
    }
    #[modality(preference = [self.preference, 0.0])]
    fn seen(&self, _up: bool) -> Dist<bool> {
        self.likelihood.into()
    }
}

#[test]
fn d07_every_number_is_checked_when_an_agent_is_made() {
    let good = Careless { initial: [0.5; 2], likelihood: [0.5; 2], counts: [1.0; 2], habit: [0.0; 2], preference: 0.0 };
    let complaint = |model| Agent::new(model).unwrap_err().to_string();
    assert!(Agent::new(good).is_ok());
    assert_eq!(complaint(Careless { initial: [0.5, 0.6], ..good }), "the initial distribution of up sums to 1.1, not to 1");
    assert_eq!(complaint(Careless { likelihood: [0.2, 0.2], ..good }), "seen given up=false sums to 0.4, not to 1");
    assert_eq!(complaint(Careless { counts: [-1.0, 2.0], ..good }), "up given up=false, go=false gives false the count -1");
    assert_eq!(complaint(Careless { counts: [0.0; 2], ..good }), "up given up=false, go=false has no count above 0");
    assert!(complaint(Careless { habit: [f64::NAN, 0.0], ..good }).starts_with("the habit's log-weight 0 is NaN"));
    assert!(complaint(Careless { preference: f64::INFINITY, ..good }).starts_with("the preference of seen for false is inf"));
}

#[test]
fn d09_d10_what_cannot_be_learned_or_worked_back_from_is_an_error() {
    let learning = AgentOptions { learning: Some(Learning::default()), ..AgentOptions::default() };
    let error = Agent::with_options(Xor, (), learning).unwrap_err().to_string();
    assert!(error.starts_with("Xor has nothing to learn"), "{error}");
    let goals = AgentOptions { induction: Some(InductionOptions::default()), ..AgentOptions::default() };
    assert!(Agent::with_options(Xor, (), goals).unwrap_err().to_string().contains("has no goal"));
}

#[test]
fn d11_factors_without_action_multiply_no_policies() {
    let agent = Agent::with_options(TMaze::<f64>::default(), (), AgentOptions { horizon: Some(3), ..AgentOptions::default() });
    assert_eq!(agent.unwrap().policy_count(), 5 * 5 * 5);
}

#[test]
fn d12_factors_that_move_together_are_smoothed_learned_and_worked_back_through() {
    let path = format!("{}/tests/fixtures/S4.json", env!("CARGO_MANIFEST_DIR"));
    let fixture: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let model = structures::S4::<f64>::from_json(&fixture["instances"][0]["inputs"]);
    let tables: Tables<structures::S4<f64>> = Tables::new(&model, (), 2).unwrap();
    let belief = *Perception::new(&tables, Inference::default()).belief();
    let smoothed = smooth(&tables, &[belief, belief, belief], &[Some(0), Some(3)], Gap::Stay);
    for pair in &smoothed.pairs {
        for joint in &pair.factors {
            assert!((joint.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        }
    }
    assert_eq!(Induction::new(&tables, &InductionOptions::default()).value(&belief, &belief), 0.0);
}

#[test]
fn d13_shared_actions_never_contradict_each_other() {
    // One action drives two factors: marginals are those of actions, not of each factor's own part.
    let options = AgentOptions { sampling: Sampling::Marginals, selection: Selection::Deterministic, ..AgentOptions::default() };
    let agent = Agent::with_options(TwoLevers, (), options).unwrap();
    let total: f64 = agent.action_log_probabilities().iter().flatten().map(|p| p.exp()).sum();
    assert!((total - 1.0).abs() < 1e-12);
}

#[test]
fn d18_sophisticated_inference_gives_distributions() {
    /// Twenty outcomes, all equally probable.
    #[derive(Clone, Copy, Debug)]
    struct Noise;
    #[generative_model(horizon = 1, actions(go: bool), vis = pub(self))]
    impl Noise {
        #[factor(initial = uniform())]
        fn up(&self, up: bool, go: bool) -> bool {
            up ^ go
        }
        #[modality]
        fn shown(&self, _up: bool) -> Dist<Index<20>> {
            Dist::uniform()
        }
    }
    let agent = Agent::new(Noise).unwrap();
    let reference = ReferenceSearch {
        horizon: 1,
        policy_prune_threshold: 1.0 / 16.0,
        observation_prune_threshold: 1.0 / 16.0,
        entropy_stop_threshold: 0.5,
        neg_efe_stop_threshold: 1e10,
        prune_penalty: 512.0,
        gamma: 1.0,
        max_branching: 20,
    };
    let found = reference.search(&agent.scene().problem(&agent.precisions(), Reduction::Sum));
    assert!(found.probabilities.iter().all(|p| (p - 0.05).abs() < 1e-9), "the reference: 0.05 each, {found:?}");
    let planning = Planning::Sophisticated(Sophisticated::default());
    let agent = Agent::with_options(Noise, (), AgentOptions { planning, horizon: Some(3), ..AgentOptions::default() }).unwrap();
    let ours: Vec<f64> = agent.action_log_probabilities().iter().map(|p| p.exp()).collect();
    assert!((ours[0] - 0.5).abs() < 1e-9 && (ours[1] - 0.5).abs() < 1e-9, "{ours:?}");
}

#[test]
fn d20_transitions_are_learned_from_pairwise_beliefs() {
    assert_eq!(Learning::default().from, Beliefs::Pairwise);
    let pairwise = |from| {
        let learning = Learning { from, when: When::BlockEnd, ..Learning::default() };
        let mut agent = lamp(AgentOptions { learning: Some(learning), ..AgentOptions::default() });
        live(&mut agent);
        let mut counts = Vec::new();
        <Lamp as GenerativeModel>::each_factor(|site| counts = agent.tables().transition_counts(site).to_vec());
        counts
    };
    // The truth: the expected counts under the exact posterior over sequences.
    let tables: Tables<Lamp> = Tables::new(&Lamp, (), 1).unwrap();
    let evidence: Vec<LampEvidence> = SEEN.iter().map(|&seen| LampObservation { seen }.into()).collect();
    let actions: Vec<usize> = (0..9).map(|t| usize::from(t % 3 == 0)).collect();
    let exact = smooth_exactly(&tables, &evidence, &actions);
    let mut truth = Vec::new();
    <Lamp as GenerativeModel>::each_factor(|site| truth = tables.transition_counts(site).to_vec());
    for (t, &action) in actions.iter().enumerate() {
        for (to, p) in truth[action * 4..].iter_mut().zip(&exact.pair::<Lamp>(&tables, t, action).factors[0]) {
            *to += p;
        }
    }
    let error = |counts: &[f64]| counts.iter().zip(&truth).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    assert!(error(&pairwise(Beliefs::Pairwise)) < 1e-9);
    assert!(error(&pairwise(Beliefs::Filtered)) > 0.1, "the product of filtered beliefs is something else");
}

/// The same thing shown twice.
#[derive(Clone, Copy, Debug)]
struct Twice;

#[generative_model(horizon = 1, actions(go: bool))]
impl Twice {
    #[factor(initial = uniform())]
    fn up(&self, up: bool, _go: bool) -> bool {
        up
    }
    #[modality]
    fn first(&self, up: bool) -> bool {
        up
    }
    #[modality]
    fn second(&self, up: bool) -> bool {
        up
    }
}

#[test]
fn d21_what_two_modalities_tell_alike_can_count_once() {
    let gain = |joint_information_gain| {
        let agent = Agent::with_options(Twice, (), AgentOptions { joint_information_gain, ..AgentOptions::default() }).unwrap();
        let mut buffer = [0.0; 2];
        agent.negative_expected_free_energies(&mut buffer).unwrap();
        buffer[0]
    };
    let bit = 2f64.ln();
    assert!((gain(false) - 2.0 * bit).abs() < 1e-12 && (gain(true) - bit).abs() < 1e-12);
    let agent = Agent::new(Twice).unwrap();
    assert!((joint_information_gain(agent.tables(), agent.belief()) - bit).abs() < 1e-12);
}

#[test]
fn d25_agents_do_not_reset_each_other() {
    let mut agents = [lamp(AgentOptions::default()), lamp(AgentOptions::default())];
    for agent in &mut agents {
        agent.infer_states(LampObservation { seen: true });
        agent.update_empirical_prior(LampAction { push: false });
    }
    let kept = *agents[1].belief();
    agents[0].restart();
    assert_eq!(agents[1].belief(), &kept);
}

#[test]
fn d27_the_free_energy_of_a_smoothed_sequence_is_the_surprise() {
    let tables: Tables<Lamp> = Tables::new(&Lamp, (), 1).unwrap();
    let evidence: Vec<LampEvidence> = SEEN.iter().map(|&seen| LampObservation { seen }.into()).collect();
    let actions: Vec<usize> = (0..9).map(|t| usize::from(t % 3 == 0)).collect();
    let exact = smooth_exactly(&tables, &evidence, &actions);
    let beliefs: Vec<LampBelief> = (0..10).map(|t| exact.belief::<Lamp>(t)).collect();
    let pairs: Vec<_> = actions.iter().enumerate().map(|(t, &a)| exact.pair::<Lamp>(&tables, t, a)).collect();
    let prior = *Perception::new(&tables, Inference::Exact).belief();
    let evidence: Vec<_> = evidence.into_iter().map(Some).collect();
    let actions: Vec<_> = actions.into_iter().map(Some).collect();
    let window = Window { prior: &prior, evidence: &evidence, actions: &actions, gap: Gap::Restart };
    let energy: f64 = sequence_free_energy(&tables, &window, &beliefs, Some(&pairs)).iter().map(|e| e.total()).sum();
    assert!((energy + exact.log_evidence).abs() < 1e-9);
}

#[test]
fn missing_modalities_teach_nothing() {
    let mut gained = Gained::none::<Lamp>();
    let tables: Tables<Lamp> = Tables::new(&Lamp, (), 1).unwrap();
    let belief = *Perception::new(&tables, Inference::default()).belief();
    count_observation(&mut gained, &tables, &belief, &LampEvidence { seen: Observed::Missing });
    assert_eq!(gained, Gained::none::<Lamp>());
    count_observation(&mut gained, &tables, &belief, &LampEvidence { seen: Observed::faint(true, 0.25) });
    let mut total = 0.0;
    <Lamp as GenerativeModel>::each_modality(|site| total = gained.likelihood(site).iter().sum());
    assert!((total - 0.25).abs() < 1e-12);
}
