//! Medians of the tasks that `benches/peers/` gives to peers too, as one line of JSON: seconds by name of the task.
//!
//! ```text
//! cargo bench --bench peers -- grid             a walk over 7 x 7 cells
//! cargo bench --bench peers -- tmaze TABLE      a table of the T-Maze's study program, with subjects' actions
//! cargo bench --bench peers -- hgf TABLE        inputs and responses of a group of observers
//! ```

#[path = "../tests/models/populations.rs"]
#[allow(dead_code)]
mod populations;
#[path = "../tests/models/tmaze.rs"]
#[allow(dead_code)]
mod tmaze;

use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use aif::hgf::{FilterOptions, TwoLevelBinary};
use aif::infer::data::{DataOptions, RawTable};
use aif::infer::results::Group;
use aif::infer::score::{Assigned, Behaviour, History, filter_log_likelihood};
use aif::infer::study::StudyBehaviour;
use aif::infer::{Density, Posterior};
use aif::prelude::*;
use aif::worlds::RestlessGridWorld;
use populations::RewardBelief;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use tmaze::TMaze;

model! {
    /// The reference model of a group of observers.
    Observers for TwoLevelBinary<T> {
        population {
            volatility_mean   ~ Normal(-5.0, 5.0);
            volatility_spread ~ HalfNormal(10.0);
            strictness_mean   ~ Normal(0.0, 2.0);
            strictness_spread ~ HalfNormal(2.0);
        }
        subject {
            tonic_volatility ~ Normal(volatility_mean, volatility_spread);
            strictness       ~ Normal(strictness_mean, strictness_spread);
            TwoLevelBinary { tonic_volatility, inverse_temperature: exp(strictness) }
        }
    }
}

/// The median time of a call, in seconds: of 25 samples in about a quarter of a second.
fn median(mut work: impl FnMut()) -> f64 {
    let (started, mut calls) = (Instant::now(), 0u32);
    while started.elapsed() < Duration::from_millis(50) {
        work();
        calls += 1;
    }
    let each = (calls / 5).max(1);
    let mut times: Vec<f64> = (0..25)
        .map(|_| {
            let start = Instant::now();
            (0..each).for_each(|_| work());
            start.elapsed().as_secs_f64() / f64::from(each)
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// One step of each of some agents in a world of its own, divided by how many there are: as an agent is without being told, remembering the steps
/// that it took, or with every step worked out.
fn agents<M: GenerativeModel<Inputs = ()>>(count: u64, inference: Inference, [believed, real]: [M; 2], remember: bool) -> f64 {
    let options = AgentOptions { inference, ..AgentOptions::default() };
    let mut first = Agent::with_options(believed, (), options).unwrap();
    if !remember {
        first.remember(0);
    }
    let one = |s: u64| {
        let mut world = World::new(real).unwrap();
        let mut rng = ChaCha8Rng::seed_from_u64(s);
        let observation = world.reset(&mut rng);
        (first.clone(), world, rng, observation)
    };
    let mut all: Vec<_> = (0..count).map(one).collect();
    let every = || {
        for (agent, world, rng, observation) in &mut all {
            let action = agent.step(black_box(*observation), rng);
            *observation = world.step(action, rng);
        }
    };
    median(every) / count as f64
}

/// Steps by the reference's inference of 1, 10 and 100 agents.
fn steps<M: GenerativeModel<Inputs = ()>>(name: &str, models: [M; 2], to: &mut BTreeMap<String, Value>) {
    for count in [1, 10, 100] {
        to.insert(format!("{name}, {count}"), json!(agents(count, Inference::REFERENCE, models, true)));
        to.insert(format!("{name}, {count}, anew"), json!(agents(count, Inference::REFERENCE, models, false)));
    }
}

/// A walk over 7 x 7 cells that are seen, to one that is wanted.
fn grids() -> BTreeMap<String, Value> {
    let believed =
        RestlessGridWorld::<f64, 7, 7> { start: Cell::new(3, 3), goal: Cell::new(6, 0), preference: 1.0, ..Default::default() };
    let mut found = BTreeMap::new();
    steps("grid", [believed; 2], &mut found);
    let agent =
        Agent::with_options(believed, (), AgentOptions { inference: Inference::REFERENCE, ..AgentOptions::default() }).unwrap();
    found.insert("log probabilities".into(), json!(agent.action_log_probabilities()));
    found
}

/// The log density of a posterior with its gradient, one thread and all.
fn gradients(names: (&str, &str), one: &impl Density, all: &impl Density, to: &mut BTreeMap<String, Value>) {
    let at = vec![0.1; one.dimension()];
    let mut gradient = vec![0.0; at.len()];
    let time = median(|| {
        black_box(one.ln_density(black_box(&at), &mut gradient)).unwrap();
    });
    to.insert(names.0.into(), json!(time));
    let time = median(|| {
        black_box(all.ln_density(black_box(&at), &mut gradient)).unwrap();
    });
    to.insert(names.1.into(), json!(time));
    to.insert("ln density".into(), json!(one.ln_density(&at, &mut gradient).unwrap()));
    to.insert("derivatives".into(), json!(gradient));
}

fn mazes(table: &RawTable) -> BTreeMap<String, Value> {
    let read = <Pomdp<TMaze<f64>> as StudyBehaviour>::read(std::slice::from_ref(table), &DataOptions::default(), false).unwrap();
    let mut found = BTreeMap::new();
    let models = [0.9, 0.8].map(|reward_probability| TMaze { reward_probability, preference: 1.2 });
    steps("step", models, &mut found);
    found.insert("step, default".into(), json!(agents(1, AgentOptions::default().inference, models, true)));
    found.insert("step, exact".into(), json!(agents(1, Inference::Exact, models, true)));
    for horizon in [2, 6, 8] {
        let options = AgentOptions { horizon: Some(horizon), ..AgentOptions::default() };
        let agent = Agent::with_options(TMaze { reward_probability: 0.9, preference: 1.2 }, (), options).unwrap();
        let plan = || {
            black_box(black_box(&agent).action_log_probabilities());
        };
        found.insert(format!("plan, {horizon}"), json!(median(plan)));
    }
    let options = AgentOptions { inference: Inference::REFERENCE, ..AgentOptions::default() };
    let time = median(|| {
        let model = TMaze { reward_probability: black_box(0.83), preference: 1.2 };
        let score = |r: &History| model.family().log_likelihood(&Assigned::default(), r, &options).unwrap();
        black_box(read.records.iter().map(score).sum::<f64>());
    });
    found.insert("log-likelihood".into(), json!(time));
    let density = |options| Posterior::<RewardBelief>::new(read.records.iter().collect(), options).unwrap();
    let exact = AgentOptions { inference: Inference::Exact, ..AgentOptions::default() };
    gradients(("exact gradient", "exact gradient, threads"), &density(&exact), &density(&exact).parallel(true), &mut found);
    gradients(("gradient", "gradient, threads"), &density(&options), &density(&options).parallel(true), &mut found);
    found
}

fn observers(table: RawTable) -> BTreeMap<String, Value> {
    let rows = DataOptions { first_scored: 1, ..DataOptions::default() };
    let read = <Hgf<TwoLevelBinary<f64>> as StudyBehaviour>::read(&[table], &rows, false).unwrap();
    let mut found = BTreeMap::new();
    let plain = TwoLevelBinary { tonic_volatility: -4.0, inverse_temperature: 1.5 };
    let score = |r| filter_log_likelihood(black_box(&plain), r, &FilterOptions::default()).unwrap();
    found.insert("ln likelihood".into(), json!(read.records.iter().map(score).sum::<f64>()));
    let time = median(|| {
        black_box(read.records.iter().map(score).sum::<f64>());
    });
    found.insert("log-likelihood".into(), json!(time));
    let group = Group::<Observers>::new(read.names, read.records, FilterOptions::default()).unwrap();
    let density = || Posterior::<Observers>::of(&group, None);
    gradients(("gradient", "gradient, threads"), &density(), &density().parallel(true), &mut found);
    found
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    if arguments.first().is_some_and(|task| task == "grid") {
        return println!("{}", json!(grids()));
    }
    let [task, table] = arguments.as_slice() else {
        return println!("peers grid | tmaze|hgf TABLE");
    };
    let table = RawTable::open(Path::new(table)).unwrap();
    let found = if task == "hgf" { observers(table) } else { mazes(&table) };
    println!("{}", json!(found));
}
