//! What gradients by soft evidence cost: `cargo bench --bench sensitivity`.

#[path = "../tests/models/line.rs"]
mod line;

use std::hint::black_box;

use aif::prelude::*;
use aif::sensitivity::{Experience, Sensitivity, TemporalConsistency};
use aif::worlds::{Cue, Outcome, TMaze, TMazeAction, TMazeEvidence, TMazePlace};
use criterion::{Criterion, criterion_group, criterion_main};
use line::{Line, LineAction, LineEvidence, Move};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

fn distribution<O: Domain>(rng: &mut ChaCha8Rng) -> Dist<O> {
    Dist::softmax(|_| f64::from(rng.next_u32()) / f64::from(u32::MAX) * 4.0)
}

fn walks(count: usize, steps: usize) -> Vec<Vec<Experience<Line>>> {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let mut step = || Experience {
        evidence: LineEvidence { seen: distribution(&mut rng).into() },
        action: Move::from_index(rng.next_u32() as usize % 3).map(|go| LineAction { go }),
    };
    (0..count).map(|_| (0..steps).map(|_| step()).collect()).collect()
}

fn maze(steps: usize) -> Vec<Experience<TMaze<f64>>> {
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    let mut step = || Experience {
        evidence: TMazeEvidence {
            seen: distribution::<TMazePlace>(&mut rng).into(),
            outcome: Outcome::Nothing.into(),
            cue: distribution::<Cue>(&mut rng).into(),
        },
        action: TMazePlace::from_index(rng.next_u32() as usize % 5).map(|go| TMazeAction { go }),
    };
    (0..steps).map(|_| step()).collect()
}

fn sensitivity(c: &mut Criterion) {
    let Ok(one) = rayon::ThreadPoolBuilder::new().num_threads(1).build() else { return };
    let objective = TemporalConsistency { weight: 8.0 };
    let Ok(of) = Sensitivity::new(&Line::default(), (), AgentOptions::default(), objective) else { return };
    let batch = walks(16, 6);
    c.bench_function("line, 16 walks of 6 steps, values, one thread", |b| {
        b.iter(|| one.install(|| black_box(of.values().values(&batch).map(|v| v.len()))))
    });
    c.bench_function("line, 16 walks of 6 steps, gradients, one thread", |b| {
        b.iter(|| one.install(|| black_box(of.gradients(&batch).map(|g| g.len()))))
    });
    for steps in [10, 100, 1_000] {
        let walk = &walks(1, steps)[0];
        c.bench_function(&format!("line, {steps} steps, gradient"), |b| {
            b.iter(|| black_box(of.gradient(walk).map(|g| g.value.total)))
        });
    }
    let model = TMaze { reward_probability: 0.9, ..TMaze::default() };
    let walk = maze(100);
    for (name, inference) in [("fixed point", Inference::default()), ("exact", Inference::Exact)] {
        let options = AgentOptions { inference, ..AgentOptions::default() };
        let Ok(of) = Sensitivity::new(&model, (), options, objective) else { return };
        c.bench_function(&format!("T-maze, 100 steps, {name}, value"), |b| {
            b.iter(|| black_box(of.values().value(&walk).map(|v| v.total)))
        });
        c.bench_function(&format!("T-maze, 100 steps, {name}, gradient"), |b| {
            b.iter(|| black_box(of.gradient(&walk).map(|g| g.value.total)))
        });
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20).warm_up_time(std::time::Duration::from_secs(1)).measurement_time(std::time::Duration::from_secs(2));
    targets = sensitivity
}
criterion_main!(benches);
