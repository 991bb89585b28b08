//! Speed of the T-Maze: an agent's step, a group's log-likelihood and gradient, one whole fit.
//!
//! `cargo bench --bench tmaze`; figures and how they were taken are in `benches/README.md`.

#[path = "../tests/models/populations.rs"]
#[allow(dead_code, missing_docs)]
mod populations;
#[path = "../tests/models/tmaze.rs"]
#[allow(dead_code, missing_docs)]
mod tmaze;

use std::hint::black_box;
use std::path::Path;

use aif::infer::data::{DataOptions, RawTable};
use aif::infer::results::{Group, fit_nuts};
use aif::infer::sample::NutsOptions;
use aif::infer::score::{Assigned, Behaviour, History};
use aif::infer::study::Studied;
use aif::infer::{Density, Posterior};
use aif::prelude::*;
use criterion::{Criterion, criterion_group, criterion_main};
use populations::{Everything, Flat, RewardBelief};
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;
use tmaze::TMaze;

const METHODS: [(&str, Inference); 3] = [
    ("sequential fixed point", Inference::FixedPoint(Sweeps::Sequential { most: 64, tolerance: 1e-12 })),
    ("parallel fixed point", Inference::REFERENCE),
    ("exact", Inference::Exact),
];

fn agent_step(c: &mut Criterion) {
    let mut group = c.benchmark_group("agent and world, one step");
    for (name, inference) in METHODS {
        group.bench_function(name, |b| {
            let options = AgentOptions { inference, ..AgentOptions::default() };
            let mut agent = Agent::with_options(TMaze { reward_probability: 0.9, preference: 1.2 }, (), options).unwrap();
            let mut world = World::new(TMaze { reward_probability: 0.8, preference: 1.2 }).unwrap();
            let mut rng = ChaCha8Rng::seed_from_u64(1);
            let mut observation = world.reset(&mut rng);
            b.iter(|| {
                let action = agent.step(black_box(observation), &mut rng);
                observation = world.step(action, &mut rng);
            });
        });
    }
    group.finish();
}

fn records() -> (Vec<String>, Vec<History>) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/tmaze_10x100x5.csv");
    let table = RawTable::open(Path::new(path)).unwrap();
    let read = <Pomdp<TMaze<f64>> as Studied>::read(&[table], &DataOptions::default(), false).unwrap();
    (read.names, read.records)
}

fn likelihoods(c: &mut Criterion) {
    let (_, records) = records();
    let mut group = c.benchmark_group("10 subjects x 500 responses, one thread");
    for (name, inference) in METHODS {
        let options = AgentOptions { inference, ..AgentOptions::default() };
        group.bench_function(format!("log-likelihood, {name}"), |b| {
            b.iter(|| {
                let model = TMaze { reward_probability: black_box(0.83), preference: 1.2 };
                let score = |r| model.family().log_likelihood(&Assigned::default(), r, &options).unwrap();
                records.iter().map(score).sum::<f64>()
            });
        });
        group.bench_function(format!("gradient of the hierarchical posterior, {name}"), |b| {
            let posterior = Posterior::<RewardBelief>::new(records.iter().collect(), &options).unwrap();
            let at = vec![0.1; posterior.dimension()];
            let mut gradient = vec![0.0; at.len()];
            b.iter(|| posterior.ln_density(black_box(&at), &mut gradient).unwrap());
        });
    }
    let options = AgentOptions::default();
    group.bench_function("gradient with four parameters a subject and one direct", |b| {
        let posterior = Posterior::<Everything>::new(records.iter().collect(), &options).unwrap();
        let at = vec![0.1; posterior.dimension()];
        let mut gradient = vec![0.0; at.len()];
        b.iter(|| posterior.ln_density(black_box(&at), &mut gradient).unwrap());
    });
    group.finish();
}

fn whole_fit(c: &mut Criterion) {
    let (names, records) = records();
    let group_of_subjects = Group::<Flat>::new(names, records, AgentOptions::default()).unwrap();
    let mut group = c.benchmark_group("whole fit");
    group.sample_size(10);
    group.bench_function("flat, 2 chains x (400 warm-up + 400 draws, one in 3)", |b| {
        let options = NutsOptions { chains: 2, warmup: 400, draws: 400, ..NutsOptions::default() };
        b.iter(|| fit_nuts(&group_of_subjects, options, &|| {}).unwrap());
    });
    group.finish();
}

criterion_group!(benches, agent_step, likelihoods, whole_fit);
criterion_main!(benches);
