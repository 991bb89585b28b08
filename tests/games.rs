//! What games ask of agents: open actions, budgets, preferences of their own, reasons, corrections, single precision, many at once.

#[path = "models/random.rs"]
#[allow(dead_code)]
mod random;
#[path = "models/tmaze.rs"]
#[allow(dead_code)]
mod tmaze;

use std::sync::Arc;

use aif::infer::Agents;
use aif::prelude::*;
use aif::runtime::Single;
use aif::runtime::model::{GenerativeModel, Marginals};

use proptest::prelude::*;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use random::{observation, trio};
use tmaze::{Cue, Outcome, Place, Side, TMaze, TMazeAction, TMazeObservation};

const BELIEVED: TMaze<f64> = TMaze { reward_probability: 0.9, preference: 1.5 };

fn rng(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

fn at(place: Place) -> TMazeObservation {
    TMazeObservation { seen: place, outcome: Outcome::Nothing, cue: Cue::Nothing }
}

#[test]
fn only_open_actions_are_chosen_and_their_probabilities_keep_their_ratios() {
    for (selection, sampling) in [
        (Selection::Stochastic, Sampling::Policies),
        (Selection::Deterministic, Sampling::Policies),
        (Selection::Stochastic, Sampling::Marginals),
        (Selection::Deterministic, Sampling::Marginals),
    ] {
        for planning in [
            Planning::Tree,
            Planning::Budgeted { nodes: 500 },
            Planning::BranchAndBound(BranchAndBound::default()),
            Planning::Sophisticated(Sophisticated::default()),
            Planning::MonteCarlo(MonteCarlo { simulations: 50, ..MonteCarlo::default() }),
        ] {
            let options = AgentOptions { selection, sampling, planning, horizon: Some(3), ..AgentOptions::default() };
            let mut agent = Agent::with_options(BELIEVED, (), options).unwrap();
            let open = |action: TMazeAction| matches!(action.go, Place::Middle | Place::Left);
            let mut rng = rng(1);
            agent.infer_states(at(Place::Centre));
            let all = agent.action_log_probabilities();
            let among = agent.action_log_probabilities_among(open).unwrap();
            let (all, among) = (TMazeAction::entries(&all), TMazeAction::entries(&among));
            let total: f64 = among.iter().map(|p| p.exp()).sum();
            assert!((total - 1.0).abs() < 1e-12);
            let (middle, left) = (Place::Middle.index(), Place::Left.index());
            // A search by chance looks elsewhere where less is open.
            if !matches!(planning, Planning::MonteCarlo(_)) {
                assert!(((among[middle] - among[left]) - (all[middle] - all[left])).abs() < 1e-9);
            }
            assert!(among.iter().enumerate().all(|(a, p)| (a == middle || a == left) == p.is_finite()));
            for _ in 0..20 {
                assert!(open(agent.sample_action_among(open, &mut rng).unwrap()));
                assert!(open(agent.step_with(at(Place::Centre), open, &mut rng).unwrap()));
            }
            let none = agent.step_with(at(Place::Centre), |_| false, &mut rng).unwrap_err();
            assert_eq!(none.to_string(), "none of the actions of TMaze is open");
        }
    }
}

#[test]
fn lapses_fall_on_open_actions_only() {
    let agent = Agent::new(BELIEVED).unwrap().with_precisions(Precisions { lapse: 1.0, ..Precisions::default() }).unwrap();
    let p = agent.action_log_probabilities_among(|a| a.go != Place::Cue).unwrap();
    for (action, p) in TMazeAction::all().zip(TMazeAction::entries(&p)) {
        assert!((p.exp() - if action.go == Place::Cue { 0.0 } else { 0.25 }).abs() < 1e-12);
    }
}

#[test]
fn a_budget_is_kept_and_ends_where_the_whole_tree_does() {
    let agent = || Agent::with_options(BELIEVED, (), AgentOptions { horizon: Some(4), ..AgentOptions::default() }).unwrap();
    let mut depth = 0;
    for nodes in [0, 1, 4, 5, 6, 30, 31, 100, 1_000, 100_000] {
        let within = agent().step_within(nodes, at(Place::Centre), &mut rng(3)).unwrap();
        assert!(within.nodes <= nodes, "{} of {nodes} nodes", within.nodes);
        assert!(within.depth >= depth);
        depth = within.depth;
        if nodes < 5 {
            assert_eq!(within.depth, 0);
        }
    }
    assert_eq!(depth, 4);
    let whole = agent().step(at(Place::Centre), &mut rng(3));
    assert_eq!(agent().step_within(1_000_000, at(Place::Centre), &mut rng(3)).unwrap().action, whole);
    // A clock of the caller's.
    let calls = std::cell::Cell::new(0);
    let clock = |_| {
        calls.set(calls.get() + 1);
        calls.get() > 12
    };
    let open = |action: TMazeAction| action.go != Place::Cue;
    let within = agent().step_bounded(clock, open, at(Place::Centre), &mut rng(3)).unwrap();
    assert_eq!((within.nodes, within.depth), (12, 1));
    assert!(open(within.action));
    // Updating precision plans, too: within the same budget.
    let options =
        AgentOptions { horizon: Some(4), precision_updating: Some(PrecisionUpdating::default()), ..AgentOptions::default() };
    let mut agent = Agent::with_options(BELIEVED, (), options).unwrap();
    for _ in 0..5 {
        assert!(agent.step_within(40, at(Place::Centre), &mut rng(3)).unwrap().nodes <= 40);
    }
    let policies = Policies::new(&[vec![TMazeAction { go: Place::Cue }; 2]]).unwrap();
    let mut listed = Agent::new(BELIEVED).unwrap().with_policies(policies).unwrap();
    let refused = listed.step_within(10, at(Place::Centre), &mut rng(3)).unwrap_err().to_string();
    assert!(refused.contains("compares a list of policies"), "{refused}");
}

#[test]
fn preferences_of_ones_own_are_those_of_another_model() {
    let mut greedy = Agent::new(BELIEVED).unwrap();
    let mut preferences = greedy.preferences();
    assert_eq!(preferences.outcome[Outcome::Reward], 1.5);
    preferences.outcome[Outcome::Reward] = 4.0;
    preferences.outcome[Outcome::Punishment] = -4.0;
    greedy.set_preferences(preferences).unwrap();
    let declared = Agent::new(TMaze { preference: 4.0, ..BELIEVED }).unwrap();
    for (a, b) in TMazeAction::entries(&greedy.action_log_probabilities())
        .iter()
        .zip(TMazeAction::entries(&declared.action_log_probabilities()))
    {
        assert!((a - b).abs() < 1e-12);
    }
    preferences.cue[Cue::Left] = f64::NAN;
    let error = greedy.set_preferences(preferences).unwrap_err().to_string();
    assert_eq!(error, "the preference of cue for Left is NaN, but has to be finite");
    assert_eq!(greedy.preferences().outcome[Outcome::Reward], 4.0);
    greedy.clear_preferences();
    assert_eq!(greedy.action_log_probabilities(), Agent::new(BELIEVED).unwrap().action_log_probabilities());
}

#[test]
fn an_explanation_adds_up() {
    let mut agent = Agent::with_options(BELIEVED, (), AgentOptions { horizon: Some(3), ..AgentOptions::default() }).unwrap();
    agent.set_precisions(Precisions { policy: 2.0, ..Precisions::default() }).unwrap();
    agent.infer_states(at(Place::Centre));
    let explained = agent.explain();
    let plan = agent.plan();
    let log_p = agent.action_log_probabilities();
    for ((why, weight), log_p) in
        TMazeAction::entries(&explained).iter().zip(TMazeAction::entries(&plan.weights)).zip(TMazeAction::entries(&log_p))
    {
        assert!((why.habit + 2.0 * why.next.total() + why.later - weight).abs() < 1e-12);
        assert!((why.probability - log_p.exp()).abs() < 1e-12);
    }
    let cue = TMazeAction::entries(&explained)[Place::Cue.index()];
    assert!((cue.next.state_information_gain - 2f64.ln()).abs() < 1e-6, "the cue tells the side");
    assert_eq!(cue.next.utility, 0.0);
    // Nor is any of it lost between modalities, by weights, under preferences of its own, or where perception is exact.
    let weights = Terms { utility: 0.5, state_information_gain: 2.0, ..Terms::default() };
    for inference in [Inference::default(), Inference::Exact] {
        let options = AgentOptions { inference, terms: weights, ..AgentOptions::default() };
        let mut agent = Agent::with_options(BELIEVED, (), options).unwrap();
        agent.infer_states(at(Place::Centre));
        for _ in 0..2 {
            for (go, why) in Place::all().zip(TMazeAction::entries(&agent.explain())) {
                let shares = agent.explain_modalities(TMazeAction { go });
                let sum = |of: fn(&Terms<f64>) -> f64| shares.iter().map(of).sum::<f64>();
                assert_eq!(shares.len(), 3);
                assert!((sum(|share| share.utility) - why.next.utility).abs() < 1e-12);
                assert!((sum(|share| share.state_information_gain) - why.next.state_information_gain).abs() < 1e-12);
            }
            let mut own = agent.preferences();
            own.seen[Place::Cue] = 1.0;
            agent.set_preferences(own).unwrap();
        }
        let cue = agent.explain_modalities(TMazeAction { go: Place::Cue });
        assert!((cue[2].state_information_gain - 2.0 * 2f64.ln()).abs() < 1e-6 && (cue[0].utility - 0.5).abs() < 1e-12);
    }
}

#[test]
fn a_corrected_action_is_as_if_it_had_been_chosen() {
    for inference in [Inference::default(), Inference::Exact, Inference::Components] {
        let options = AgentOptions { inference, ..AgentOptions::default() };
        let mut agent = Agent::with_options(BELIEVED, (), options).unwrap();
        let mut told = agent.clone();
        agent.step(at(Place::Centre), &mut rng(1));
        told.infer_states(at(Place::Centre));
        let carried_out = TMazeAction { go: Place::Middle };
        told.update_empirical_prior(carried_out);
        agent.correct_action(carried_out).unwrap();
        assert_eq!(agent.state(), told.state());
        // Twice is no more than once; after the next observation it is too late.
        agent.correct_action(TMazeAction { go: Place::Cue }).unwrap();
        agent.correct_action(carried_out).unwrap();
        assert_eq!(agent.state(), told.state());
        // As it goes on from a save.
        let saved = serde_json::to_string(&{
            agent.correct_action(TMazeAction { go: Place::Cue }).unwrap();
            agent.state()
        });
        let mut resumed = Agent::resume(BELIEVED, (), serde_json::from_str(&saved.unwrap()).unwrap()).unwrap();
        resumed.correct_action(carried_out).unwrap();
        agent.correct_action(carried_out).unwrap();
        assert_eq!(resumed.state(), agent.state());
        agent.infer_states(at(Place::Middle));
        assert!(agent.correct_action(carried_out).unwrap_err().to_string().contains("no action to correct"));
    }
    let mut fresh = Agent::new(BELIEVED).unwrap();
    assert!(fresh.correct_action(TMazeAction { go: Place::Cue }).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Learners, too: what was not carried out is not learned from.
    #[test]
    fn a_corrected_learner_learns_from_what_was_carried_out(model in trio(), seen in prop::collection::vec((observation(), any::<bool>()), 1..6)) {
        let options = AgentOptions { learning: Some(Learning::default()), horizon: Some(1), ..AgentOptions::default() };
        let mut corrected = Agent::with_options(model, (), options).unwrap();
        let mut told = corrected.clone();
        let mut rng = rng(2);
        for (observation, go) in seen {
            let carried_out = random::TrioAction { go };
            corrected.step(observation, &mut rng);
            corrected.correct_action(carried_out).unwrap();
            told.infer_states(observation);
            told.infer_parameters();
            told.update_empirical_prior(carried_out);
        }
        prop_assert_eq!(corrected.state(), told.state());
    }

    #[test]
    fn single_precision_is_double_precision_rounded(model in trio(), seen in prop::collection::vec(observation(), 1..30)) {
        let options = AgentOptions { horizon: Some(2), selection: Selection::Deterministic, ..AgentOptions::default() };
        let mut double = Agent::with_options(model, (), options).unwrap();
        let tables: Tables<random::Trio, Single> = Tables::<random::Trio>::new(&model, (), 2).unwrap().lift::<Single>();
        let mut single = Agent::sharing(Arc::new(tables), options).unwrap();
        let mut rng = rng(4);
        for observation in seen {
            double.infer_states(observation);
            single.infer_states(observation);
            for f in 0..3 {
                for (a, b) in Marginals::<f64>::probabilities(double.belief(), f).iter().zip(Marginals::<Single>::probabilities(single.belief(), f)) {
                    prop_assert!((a - b.value()).abs() < 1e-5, "{} {}", a, b.value());
                }
            }
            let log_p = double.action_log_probabilities();
            let log_p = <random::Trio as GenerativeModel>::Action::entries(&log_p);
            let (a, b) = (double.sample_action(&mut rng), single.sample_action(&mut rng));
            if (log_p[0] - log_p[1]).abs() > 1e-4 {
                prop_assert_eq!(a, b);
            }
            double.update_empirical_prior(a);
            single.update_empirical_prior(a);
        }
    }
}

#[test]
fn single_precision_takes_half_the_memory_and_is_stored() {
    assert_eq!(2 * size_of::<tmaze::TMazeBelief<Single>>(), size_of::<tmaze::TMazeBelief<f64>>());
    let tables = Arc::new(Tables::<TMaze<f64>>::new(&BELIEVED, (), 2).unwrap().lift::<Single>());
    let mut agent = Agent::sharing(tables.clone(), AgentOptions::default()).unwrap();
    let mut rng = rng(8);
    agent.step(at(Place::Centre), &mut rng);
    let stored = serde_json::to_string(&agent.state()).unwrap();
    let mut resumed = Agent::resume_sharing(tables, serde_json::from_str(&stored).unwrap()).unwrap();
    assert_eq!(resumed.state(), agent.state());
    assert_eq!(resumed.step(at(Place::Centre), &mut rng.clone()), agent.step(at(Place::Centre), &mut rng));
}

#[test]
fn a_flock_is_its_members_on_any_number_of_threads() {
    let agent = Agent::new(BELIEVED).unwrap();
    let worlds: Vec<World<TMaze<f64>>> = (0..100).map(|_| World::new(BELIEVED).unwrap()).collect();
    let alone: Vec<(TMazeAction, f64)> = (0..100)
        .map(|place| {
            let (mut agent, mut world) = (agent.clone(), worlds[place].clone());
            let mut rng = ChaCha8Rng::seed_from_u64(5);
            rng.set_stream(place as u64);
            let mut chance = self::rng(place as u64);
            let mut seen = world.reset(&mut chance);
            let mut action = TMazeAction { go: Place::Centre };
            for _ in 0..6 {
                action = agent.step(seen, &mut rng);
                seen = world.step(action, &mut chance);
            }
            (action, agent.belief().side[Side::Left])
        })
        .collect();
    for threads in [1, 2, 3] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let mut flock = Agents::new(agent.clone(), 100, 5).unwrap();
        let mut worlds = worlds.clone();
        let mut chances: Vec<_> = (0..100).map(rng).collect();
        let mut seen: Vec<_> = worlds.iter_mut().zip(&mut chances).map(|(world, chance)| world.reset(chance)).collect();
        let mut actions = vec![TMazeAction { go: Place::Centre }; 100];
        for _ in 0..6 {
            pool.install(|| flock.step(&seen, &mut actions));
            for (place, world) in worlds.iter_mut().enumerate() {
                seen[place] = world.step(actions[place], &mut chances[place]);
            }
        }
        let together: Vec<_> =
            actions.iter().zip(flock.birds()).map(|(&action, bird)| (action, bird.mind.belief.side[Side::Left])).collect();
        assert_eq!(together, alone);
        // All goes on from what is stored.
        let stored = serde_json::to_string(&flock.birds()[7].mind).unwrap();
        let mind: Mind<tmaze::TMazeBelief> = serde_json::from_str(&stored).unwrap();
        assert_eq!(mind, flock.birds()[7].mind);
    }
    // Seven probabilities, where the joint ones are, and the generator, which is aligned to 16 bytes.
    assert_eq!(Agents::<TMaze<f64>>::BYTES, (7 * 8 + size_of::<Vec<f64>>() + size_of::<ChaCha8Rng>()).next_multiple_of(16));
}

#[test]
fn agents_that_carry_more_than_beliefs_are_no_minds() {
    let complaint = |options| Agent::with_options(BELIEVED, (), options).unwrap().newborn().unwrap_err().to_string();
    let window = Inference::Marginal { window: 2, sweeps: Sweeps::default() };
    let window = complaint(AgentOptions { inference: window, ..AgentOptions::default() });
    assert!(window.contains("a mind carries beliefs only, but this agent of TMaze also carries a window"), "{window}");
    let updating = AgentOptions { precision_updating: Some(PrecisionUpdating::default()), ..AgentOptions::default() };
    assert!(complaint(updating).contains("an updated precision"));
}

#[test]
fn saves_go_on_and_those_of_another_model_are_refused() {
    use aif::saves::{agent_from, agent_like, agent_with, from_bytes, from_json, to_bytes, to_json};
    type Trio = random::Trio;
    let model = prop::strategy::Strategy::new_tree(&trio(), &mut prop::test_runner::TestRunner::deterministic());
    let model = prop::strategy::ValueTree::current(&model.unwrap());
    let options = AgentOptions { learning: Some(Learning::default()), horizon: Some(2), ..AgentOptions::default() };
    let mut agent = Agent::with_options(model, (), options).unwrap();
    let mut chance = rng(3);
    let seen = |k: usize| random::TrioObservation {
        seen: Index::new(k % 3).unwrap(),
        heard: k.is_multiple_of(2),
        felt: k.is_multiple_of(5),
    };
    for k in 0..10 {
        agent.step(seen(k), &mut chance);
    }
    let json = to_json::<Trio>(&agent_with(&agent, &chance)).unwrap();
    let bytes = to_bytes::<Trio>(&agent_with(&agent, &chance)).unwrap();
    assert!(bytes.len() < json.len());
    let tables = || Arc::new(Tables::<Trio>::new(&model, (), 2).unwrap());
    let (mut one, mut one_rng) = agent_from::<Trio, f64, ChaCha8Rng>(tables(), from_json::<Trio, _>(&json).unwrap()).unwrap();
    let (mut two, mut two_rng) = agent_from::<Trio, f64, ChaCha8Rng>(tables(), from_bytes::<Trio, _>(&bytes).unwrap()).unwrap();
    // Beside one like it, and beside one of other options that has goals of its own.
    let like = Agent::with_options(model, (), options).unwrap();
    let mut unlike = Agent::with_options(model, (), AgentOptions { horizon: Some(2), ..AgentOptions::default() }).unwrap();
    unlike.find_ways();
    unlike.set_goals(agent.belief()).unwrap();
    let mut beside = [&like, &unlike].map(|other| agent_like(other, from_bytes::<Trio, _>(&bytes).unwrap()).unwrap());
    for k in 10..20 {
        let action = agent.step(seen(k), &mut chance);
        assert_eq!(one.step(seen(k), &mut one_rng), action);
        assert_eq!(two.step(seen(k), &mut two_rng), action);
        beside.iter_mut().for_each(|(resumed, rng): &mut (_, ChaCha8Rng)| assert_eq!(resumed.step(seen(k), rng), action));
    }
    assert_eq!((one.state(), two.state()), (agent.state(), agent.state()));
    beside.iter().for_each(|(resumed, _)| assert_eq!(resumed.state(), agent.state()));
    let refused = from_bytes::<TMaze<f64>, (AgentStateOf<TMaze<f64>>, ChaCha8Rng)>(&bytes).map(|_| ()).unwrap_err().to_string();
    assert_eq!(refused, "the save is not of this TMaze: it has `model Trio` where TMaze has `model TMaze`");
    let refused = from_json::<TMaze<f64>, (AgentStateOf<TMaze<f64>>, ChaCha8Rng)>(&json).map(|_| ()).unwrap_err().to_string();
    assert!(refused.contains("it has `model Trio`"), "{refused}");
    for cut in [0, 1, 50, bytes.len() / 2, bytes.len() - 1] {
        assert!(from_bytes::<Trio, (AgentStateOf<Trio>, ChaCha8Rng)>(&bytes[..cut]).is_err());
    }
    let more = [&bytes[..], &[0, 0]].concat();
    let refused = from_bytes::<Trio, (AgentStateOf<Trio>, ChaCha8Rng)>(&more).map(|_| ()).unwrap_err().to_string();
    assert_eq!(refused, "the save has 2 bytes too many");
    // A flock.
    let mut flock = Agents::new(Agent::new(BELIEVED).unwrap(), 30, 1).unwrap();
    let mut actions = vec![TMazeAction { go: Place::Centre }; 30];
    flock.step(&[at(Place::Centre); 30], &mut actions);
    let bytes = to_bytes::<TMaze<f64>>(flock.birds()).unwrap();
    let mut resumed = Agents::resume(Agent::new(BELIEVED).unwrap(), from_bytes::<TMaze<f64>, _>(&bytes).unwrap()).unwrap();
    flock.step(&[at(Place::Cue); 30], &mut actions);
    let before = actions.clone();
    resumed.step(&[at(Place::Cue); 30], &mut actions);
    assert_eq!(actions, before);
    assert_eq!(resumed.birds(), flock.birds());
    resumed.birds_mut()[3].mind.belief.place[Place::Left] = 5.0;
    let broken = resumed.birds().to_vec();
    let refused = Agents::resume(Agent::new(BELIEVED).unwrap(), broken).map(|_| ()).unwrap_err().to_string();
    assert_eq!(refused, "member 3: its belief is no distribution over the states of TMaze");
}

/// Wind turns moves round; habits are learned.
#[derive(Clone, Copy, Debug)]
struct Windy;

#[generative_model(horizon = 1, actions(go: bool), inputs(windy: bool), habit = Dirichlet::symmetric(0.1))]
impl Windy {
    #[factor(initial = false)]
    fn side(&self, go: bool, windy: bool) -> bool {
        go != windy
    }
    #[modality]
    fn seen(&self, side: bool) -> Dist<bool> {
        Dist::bernoulli(side, 0.9, !side)
    }
}

#[test]
fn what_has_been_learned_from_or_was_done_under_other_inputs_is_not_corrected() {
    let learning = Learning { when: When::BlockEnd, forgetting: 0.5, ..Learning::default() };
    let options = AgentOptions { learning: Some(learning), ..AgentOptions::default() };
    let mut agent = Agent::with_options(Windy, WindyInputs { windy: false }, options).unwrap();
    agent.infer_states(WindyObservation { seen: false });
    agent.update_empirical_prior(WindyAction { go: true });
    agent.set_inputs(&Windy, WindyInputs { windy: true }).unwrap();
    assert!(agent.correct_action(WindyAction { go: false }).is_err());
    agent.end_block();
    let state = agent.state();
    assert_eq!(Agent::resume(Windy, WindyInputs { windy: true }, state.clone()).unwrap().state(), state);
    assert!(agent.correct_action(WindyAction { go: false }).is_err());
}

#[test]
fn a_mind_that_looks_twice_sees_once() {
    let mut agent = Agent::new(BELIEVED).unwrap();
    let mut mind = agent.newborn().unwrap();
    let rewarded = TMazeObservation { seen: Place::Left, outcome: Outcome::Reward, cue: Cue::Nothing };
    mind.belief.place = Place::Left.into();
    let look = |agent: &mut Agent<TMaze<f64>>, mind: &mut Mind<tmaze::TMazeBelief>| {
        agent.as_mind(mind, |agent| agent.infer_states(rewarded).side[Side::Left])
    };
    let first = look(&mut agent, &mut mind);
    assert!((first - 0.9).abs() < 1e-9);
    assert_eq!(look(&mut agent, &mut mind), first);
    agent.as_mind(&mut mind, |agent| agent.step(rewarded, &mut rng(1)));
    assert!((mind.belief.side[Side::Left] - 0.9).abs() < 1e-9);
}

/// Four witnesses of one fact, all of whom may be nearly certain that it is not so.
#[derive(Clone, Copy, Debug)]
struct Witnesses {
    doubt: f64,
}

#[generative_model(horizon = 1)]
impl Witnesses {
    #[factor(initial = uniform())]
    fn fact(&self, fact: bool) -> bool {
        fact
    }
    #[modality]
    fn one(&self, fact: bool) -> Dist<bool> {
        Dist::bernoulli(true, if fact { 2.0 * self.doubt } else { self.doubt }, false)
    }
    #[modality]
    fn two(&self, fact: bool) -> Dist<bool> {
        self.one(fact)
    }
    #[modality]
    fn three(&self, fact: bool) -> Dist<bool> {
        self.one(fact)
    }
    #[modality]
    fn four(&self, fact: bool) -> Dist<bool> {
        self.one(fact)
    }
}

#[test]
fn improbable_evidence_is_weighed_in_single_precision_too() {
    for doubt in [1e-3, 1e-10, 1e-30, 0.0] {
        let model = Witnesses { doubt };
        let options = AgentOptions { inference: Inference::Exact, ..AgentOptions::default() };
        let tables = Tables::<Witnesses>::new(&model, (), 1).unwrap();
        let seen = WitnessesObservation { one: true, two: true, three: true, four: true };
        let mut double = Agent::with_options(model, (), options).unwrap();
        let mut single = Agent::sharing(Arc::new(tables.lift::<Single>()), options).unwrap();
        let expected = if doubt > 0.0 { 16.0 / 17.0 } else { 0.5 };
        assert!((double.infer_states(seen).fact[true] - expected).abs() < 1e-9, "{doubt}");
        assert!((single.infer_states(seen).fact[true].value() - expected).abs() < 1e-6, "{doubt}");
    }
}

/// Two hands that are open together or not at all.
#[derive(Clone, Copy, Debug)]
struct Hands;

#[generative_model(horizon = 1, actions(left: bool, right: bool))]
impl Hands {
    #[factor(initial = false)]
    fn one(&self, left: bool) -> bool {
        left
    }
    #[factor(initial = false)]
    fn other(&self, right: bool) -> bool {
        right
    }
    #[modality(preference = [0.0, 1.0])]
    fn first(&self, one: bool) -> bool {
        one
    }
    #[modality(preference = [0.0, 1.0])]
    fn second(&self, other: bool) -> bool {
        other
    }
}

#[test]
fn open_actions_keep_their_ratios_under_marginals() {
    for sampling in [Sampling::Policies, Sampling::Marginals] {
        let agent = Agent::with_options(Hands, (), AgentOptions { sampling, ..AgentOptions::default() }).unwrap();
        let p = agent.action_log_probabilities_among(|a: HandsAction| a.left == a.right).unwrap();
        let p = HandsAction::entries(&p);
        assert!((p[3] - p[0] - 2.0).abs() < 1e-9, "{sampling:?}: {}", p[3] - p[0]);
    }
}

#[test]
fn precisions_that_overflow_are_refused() {
    let mut agent = Agent::new(BELIEVED).unwrap();
    let huge = Precisions { policy: 1e300, action: 1e300, lapse: 0.0 };
    assert!(agent.set_precisions(huge).unwrap_err().to_string().contains("policy precision"));
    let tables = Arc::new(Tables::<TMaze<f64>>::new(&BELIEVED, (), 2).unwrap().lift::<Single>());
    let mut single = Agent::sharing(tables, AgentOptions::default()).unwrap();
    assert!(single.set_precisions(Precisions { policy: 1e39, ..Precisions::default() }.lift()).is_err());
}
