//! Speed of the T-Maze: an agent's step, a group's log-likelihood and gradient, dual numbers beside those of num-dual, one whole fit.
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
use aif::infer::study::StudyBehaviour;
use aif::infer::{Density, Posterior};
use aif::prelude::*;
use aif::runtime::{Dual, Dual2};
use criterion::{Criterion, criterion_group, criterion_main};
use num_dual::{Dual2SVec64, Dual64, DualSVec64};
use populations::{Everything, Flat, RewardBelief};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
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
    let read = <Pomdp<TMaze<f64>> as StudyBehaviour>::read(&[table], &DataOptions::default(), false).unwrap();
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

/// The likelihood of all subjects in some scalar, by the numbers that `variable` makes: two of the model, two precisions.
fn likelihood_in<T: Real>(records: &[History], options: &AgentOptions, variable: impl Fn(f64, usize) -> T) -> T {
    let model = TMaze { reward_probability: variable(0.83, 0), preference: variable(1.2, 1) };
    let (policy_precision, action_precision) = (Some(variable(1.1, 2)), Some(variable(0.9, 3)));
    let assigned = Assigned { policy_precision, action_precision, ..Assigned::default() };
    records.iter().fold(T::zero(), |sum, r| sum + model.family().log_likelihood(&assigned, r, options).unwrap())
}

/// Gradients and Hessians in this library's dual numbers, and in num-dual's.
fn dual_numbers(c: &mut Criterion) {
    let (_, records) = records();
    let options = AgentOptions::default();
    let mut group = c.benchmark_group("10 subjects x 500 responses, in dual numbers");
    macro_rules! bench {
        ($name:literal, $variable:expr) => {
            group.bench_function($name, |b| b.iter(|| likelihood_in(black_box(&records), &options, $variable)));
        };
    }
    bench!("one direction, ours", |x, i| if i == 0 { Dual::<1>::variable(x, 0) } else { Dual::constant(x) });
    bench!("one direction, num-dual's", |x, i| Dual64::new(x, if i == 0 { 1.0 } else { 0.0 }));
    bench!("four directions, ours", Dual::<4>::variable);
    bench!("four directions, num-dual's", |x, i| DualSVec64::<4>::from_re(x).derivative(i));
    bench!("four directions twice, ours", Dual2::<4>::variable);
    bench!("four directions twice, num-dual's", |x, i| Dual2SVec64::<4>::from_re(x).derivative(i));
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

criterion_group!(benches, agent_step, likelihoods, dual_numbers, whole_fit);
criterion_main!(benches);
