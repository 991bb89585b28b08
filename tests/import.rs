//! `import!`: models of files are those that one would have declared, believe what a plain filter believes, and do what is known to be best.

use std::path::PathBuf;

use aif::prelude::*;
use aif::runtime::model::{Inputs, Kind, Marginals, Numbers, Table};
use aif_import::{Model, Naming, Options, declaration, read};
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};

aif::import!("../aif-import/tests/files/tiger.pomdp" as Tiger);
aif::import!("../aif-import/tests/files/maze_4x3.pomdp" as Maze);
aif::import!("../aif-import/tests/files/shuttle.pomdp" as Shuttle, horizon = 2);
aif::import!("../aif-import/tests/files/corridor_50.pomdp" as Corridor);
aif::import!("../aif-import/tests/files/hallway.pomdp" as Hallway);
aif::import!("../aif-import/tests/files/tmaze.json" as FromArrays);
aif::import!("../aif-import/tests/files/tmaze.md" as FromGnn);
aif::import!("../aif-import/tests/files/tmaze_spm.json" as FromSpm);
// Beside the package's manifest, too.
aif::import!("aif-import/tests/files/tmaze.npz" as FromArchive);

/// What `--rust` printed once: a declaration like any other.
mod printed {
    include!("../aif-import/tests/files/tiger.rs");
}

/// Tiger with rewards divided by ten.
mod tempered {
    aif::import!("../aif-import/tests/files/tiger.pomdp" as Tiger, temperature = 10.0);
}

fn path(file: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("aif-import/tests/files").join(file)
}

fn file(name: &str) -> Model {
    read(&path(name), &Options::default()).unwrap_or_else(|mistakes| panic!("{mistakes}"))
}

/// One column of a table of the library.
fn column(table: Table<'_, f64>, column: usize, size: usize) -> Vec<f64> {
    match table {
        Table::Map(map) => (0..size).map(|o| if usize::from(map[column]) == o { 1.0 } else { 0.0 }).collect(),
        Table::Sparse(table) => (0..size).map(|o| table.entry(column, o)).collect(),
        Table::Fixed(all) | Table::Free(all) => all[column * size..][..size].to_vec(),
    }
}

/// The tables of a declared model are those of a file, to the bit.
fn agrees<M: GenerativeModel>(model: M, file: &Model) -> Tables<M> {
    let tables = Tables::new(&model, M::Inputs::from_numbers(&[]).unwrap(), M::META.horizon).unwrap();
    assert_eq!((M::META.factors.len(), M::META.modalities.len()), (file.factors.len(), file.modalities.len()));
    M::each_factor(|site| {
        let own = &file.factors[site.index];
        for (c, wanted) in (0..own.transition.columns.len()).map(|c| (c, own.transition.dense(c))) {
            let table = tables.transition(site, c / site.contexts);
            assert_eq!(column(table, c % site.contexts, site.states), wanted, "{}, column {c}", own.name);
        }
        assert_eq!(tables.initial(site), own.initial, "{}", own.name);
    });
    M::each_modality(|site| {
        let own = &file.modalities[site.index];
        for c in 0..site.contexts {
            assert_eq!(column(tables.likelihood(site), c, site.outcomes), own.likelihood.dense(c), "{}, column {c}", own.name);
        }
        assert_eq!(tables.preference(site, 0), own.preference, "{}", own.name);
    });
    tables
}

#[test]
fn declared_models_have_the_tables_of_their_files() {
    agrees(Tiger, &file("tiger.pomdp"));
    agrees(printed::Tiger, &file("tiger.pomdp"));
    agrees(Maze, &file("maze_4x3.pomdp"));
    agrees(Shuttle, &file("shuttle.pomdp"));
    agrees(Corridor, &file("corridor_50.pomdp"));
    agrees(Hallway, &file("hallway.pomdp"));
    assert!(matches!(<Corridor as GenerativeModel>::META.factors[0].kind, Kind::Sparse), "most places lead to few");
    let arrays = agrees(FromArrays, &file("tmaze.json"));
    agrees(FromGnn, &file("tmaze.md"));
    agrees(FromArchive, &file("tmaze.npz"));
    let spm = agrees(FromSpm, &file("tmaze_spm.json"));
    assert_eq!(arrays.habit(), [0.5f64.ln(), 0.25f64.ln(), 0.25f64.ln()]);
    assert_eq!((arrays.precisions().policy, spm.precisions().policy), (4.0, 4.0));
    assert_eq!(spm.policies().unwrap().iter().map(|p| p[1].index()).collect::<Vec<_>>(), [0, 1, 2]);
    assert_eq!((<Shuttle as GenerativeModel>::META.horizon, <FromSpm as GenerativeModel>::META.horizon), (2, 2));
    assert_eq!((Tiger::DISCOUNT, printed::Tiger::DISCOUNT), (0.95, 0.95));
}

#[test]
fn what_is_printed_is_what_is_declared() {
    let text = declaration(&file("tiger.pomdp"), &Naming { model: "Tiger", library: "aif", file: "tiger.pomdp" });
    assert_eq!(text, std::fs::read_to_string(path("tiger.rs")).unwrap());
}

#[test]
fn names_are_those_of_the_file() {
    let meta = <Tiger as GenerativeModel>::META;
    assert_eq!(meta.factors.iter().map(|f| f.name).collect::<Vec<_>>(), ["state", "last_action", "paid"]);
    assert_eq!(tiger::State::TigerLeft.label(), "TigerLeft");
    let seen = tiger::TigerObservation { observation: tiger::Observation::HearRight, reward: tiger::Reward::Minus1 };
    let mut agent = Agent::new(Tiger).unwrap();
    agent.infer_states(seen);
    // Before the first action, what is heard says nothing.
    assert_eq!(agent.belief().state[tiger::State::TigerLeft], 0.5);
    let counted = <FromArrays as GenerativeModel>::META;
    assert_eq!(counted.actions[0].values.label(1), "ToLeft");
}

/// Beliefs of an agent about the factor `state` are those of `b'(s') = O(o | a, s') sum over s of T(s' | s, a) b(s)`, normalised.
fn filters<M: GenerativeModel>(model: M, file: &Model, inference: Inference, seed: u64) {
    let (state, seen) = (&file.factors[0], &file.modalities[0]);
    let (n, actions) = (state.states.count(), file.actions[0].values.count());
    let options = AgentOptions { inference, ..AgentOptions::default() };
    let inputs = || M::Inputs::from_numbers(&[]).unwrap();
    let mut agent = Agent::with_options(model, inputs(), options).unwrap();
    let mut rng = SmallRng::seed_from_u64(seed);
    let mut belief = state.initial.clone();
    let draw = |p: &[f64], rng: &mut SmallRng| {
        let mut left: f64 = rng.random();
        p.iter()
            .position(|p| {
                left -= p;
                left < 0.0
            })
            .unwrap_or(p.len() - 1)
    };
    let mut hidden = draw(&belief, &mut rng);
    // The file has no observation before the first action.
    agent.infer_states(M::evidence(&vec![None; file.modalities.len()]));
    for step in 0..60 {
        let action = rng.random_range(0..actions);
        hidden = draw(&state.transition.dense(action * n + hidden), &mut rng);
        let shown = |s: usize| match seen.parents.len() {
            1 => seen.likelihood.dense(s),
            _ => seen.likelihood.dense(s * (actions + 1) + action + 1),
        };
        let outcome = draw(&shown(hidden), &mut rng);

        let mut next = vec![0.0; n];
        for (s, p) in belief.iter().enumerate() {
            for (to, t) in next.iter_mut().zip(state.transition.dense(action * n + s)) {
                *to += p * t;
            }
        }
        next.iter_mut().enumerate().for_each(|(s, p)| *p *= shown(s)[outcome]);
        let sum: f64 = next.iter().sum();
        belief = next.into_iter().map(|p| p / sum).collect();

        agent.update_empirical_prior(M::Action::from_index(action).unwrap());
        let mut evidence = vec![None; file.modalities.len()];
        evidence[0] = Some(outcome);
        agent.infer_states(M::evidence(&evidence));
        let found = agent.belief().probabilities(0);
        for (s, (own, plain)) in found.iter().zip(&belief).enumerate() {
            assert!((own - plain).abs() < 1e-12, "{} step {step}, state {s}: {own}, a plain filter {plain}", M::META.name);
        }
    }
}

#[test]
fn beliefs_are_those_of_a_plain_filter() {
    for seed in 0..10 {
        for inference in [Inference::Automatic, Inference::Exact, Inference::MEAN_FIELD] {
            filters(Tiger, &file("tiger.pomdp"), inference, seed);
            filters(Maze, &file("maze_4x3.pomdp"), inference, seed);
            filters(Shuttle, &file("shuttle.pomdp"), inference, seed);
            filters(Corridor, &file("corridor_50.pomdp"), inference, seed);
            filters(Hallway, &file("hallway.pomdp"), inference, seed);
        }
    }
}

/// Tiger, told once more: what an action is expected to pay, and how it and what is heard change P(left).
fn pays(left: f64, action: usize) -> f64 {
    match action {
        0 => -1.0,
        1 => -100.0 * left + 10.0 * (1.0 - left),
        _ => 10.0 * left - 100.0 * (1.0 - left),
    }
}

/// P(hear left), and P(left) after hearing left and right.
fn hears(left: f64, action: usize) -> (f64, [f64; 2]) {
    if action > 0 {
        return (0.5, [0.5, 0.5]);
    }
    let p = 0.85 * left + 0.15 * (1.0 - left);
    (p, [0.85 * left / p, 0.15 * left / (1.0 - p)])
}

/// Value iteration over beliefs, by its definition: the value of each action with so many steps to go.
fn values(left: f64, steps: usize, discount: f64) -> [f64; 3] {
    std::array::from_fn(|action| {
        let later = if steps == 1 {
            0.0
        } else {
            let best = |left: f64| values(left, steps - 1, discount).into_iter().fold(f64::NEG_INFINITY, f64::max);
            let (p, [heard_left, heard_right]) = hears(left, action);
            p * best(heard_left) + (1.0 - p) * best(heard_right)
        };
        pays(left, action) + discount * later
    })
}

/// With information gain off, the discount of the file and a high precision, Tiger's choices are the best that there are.
#[test]
fn tiger_listens_until_it_knows_enough() {
    let search = Sophisticated { action_threshold: 0.0, outcome_threshold: 0.0, nodes: 10_000_000 };
    let (mut listened, mut opened) = (0, 0);
    for horizon in 1..=4 {
        let terms = Terms { state_information_gain: 0.0, ..Terms::default() };
        let planning = Planning::Sophisticated(search);
        let options = AgentOptions { horizon: Some(horizon), planning, terms, ..AgentOptions::default() };
        for heard in ["", "L", "R", "LL", "LR", "RR", "LLR", "LLL", "RRR", "LLRL"] {
            let agent = Agent::with_options(Tiger, (), options).unwrap();
            let assigned = Assigned { policy_precision: Some(1e4), discount: Some(Tiger::DISCOUNT), ..Assigned::default() };
            let mut agent = agent.with_assigned(assigned).unwrap();
            let nothing = || <Tiger as GenerativeModel>::evidence(&[None, None]);
            agent.infer_states(nothing());
            let mut left = 0.5;
            for c in heard.chars() {
                agent.update_empirical_prior(tiger::TigerAction { action: tiger::Action::Listen });
                let side = usize::from(c == 'R');
                agent.infer_states(<Tiger as GenerativeModel>::evidence(&[Some(side), None]));
                left = hears(left, 0).1[side];
            }
            let best = values(left, horizon, Tiger::DISCOUNT);
            let choices = agent.action_log_probabilities();
            let first = |list: &[f64]| (0..3).max_by(|&a, &b| list[a].total_cmp(&list[b])).unwrap();
            let (wanted, chosen) = (first(&best), first(&choices[..]));
            assert_eq!(chosen, wanted, "{horizon} steps, heard {heard}: {choices:?}, the values are {best:?}");
            assert!(choices[chosen] > -1e-6, "{horizon} steps, heard {heard}: {choices:?}");
            listened += usize::from(chosen == 0);
            opened += usize::from(chosen > 0);
        }
    }
    assert!(listened > 10 && opened > 5, "listened {listened} times, opened {opened} times");
}

/// The expected log-preference of an action is what it is expected to pay, divided by the temperature.
#[test]
fn utility_is_reward_by_temperature() {
    let options = AgentOptions { terms: Terms { state_information_gain: 0.0, ..Terms::default() }, ..AgentOptions::default() };
    let mut agent = Agent::with_options(tempered::Tiger, (), options).unwrap();
    agent.infer_states(<tempered::Tiger as GenerativeModel>::evidence(&[None, None]));
    let mut left = 0.5;
    for _ in 0..4 {
        let mut found = [0.0; 3];
        agent.negative_expected_free_energies(&mut found).unwrap();
        for (action, found) in found.into_iter().enumerate() {
            assert!((found - pays(left, action) / 10.0).abs() < 1e-12, "{action}: {found}");
        }
        agent.update_empirical_prior(tempered::tiger::TigerAction { action: tempered::tiger::Action::Listen });
        agent.infer_states(<tempered::Tiger as GenerativeModel>::evidence(&[Some(0), None]));
        left = hears(left, 0).1[0];
    }
    let preferences = agent.preferences();
    assert_eq!(preferences.numbers(1), [-10.0, -0.1, 0.0, 1.0]);
}

/// Worlds of files pay, and agents of files live in them.
#[test]
fn imported_models_act_in_imported_worlds() {
    let mut rng = SmallRng::seed_from_u64(3);
    let mut world = World::new(Shuttle).unwrap();
    let mut agent = Agent::new(Shuttle).unwrap();
    let mut seen = world.reset(&mut rng);
    for _ in 0..50 {
        let action = agent.step(seen, &mut rng);
        seen = world.step(action, &mut rng);
        let believed = *agent.infer_states(seen);
        assert!(believed.state[world.state().state] > 0.0, "what is so is possible");
    }
}
