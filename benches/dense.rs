//! Speed of an agent's step where all is uncertain and coupled: three factors of ten states, three modalities of pairs, 64 policies of three steps.
//!
//! `cargo bench --bench dense`; figures are in `benches/README.md`. In microseconds.

#[path = "../tests/models/dense.rs"]
mod dense;
mod timed;

use std::sync::Arc;

use aif::prelude::*;
use aif::runtime::Single;
use dense::{Product, Steered};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use timed::Times;

fn steps<M: GenerativeModel<T>, T: Real>(name: &str, tables: Tables<M, T>, inference: Inference) {
    let options = AgentOptions { inference, ..AgentOptions::default() };
    let mut agent = Agent::sharing(Arc::new(tables), options).unwrap();
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let (mut steps, mut perceiving) = (Times::default(), Times::default());
    for t in 0..2000 {
        let seen: Vec<_> = (0..3).map(|m| Some((t * 7919 + m * 104_729) % 10)).collect();
        let evidence = M::evidence(&seen);
        if t % 2 == 0 {
            steps.add(|| agent.step(evidence, &mut rng));
        } else {
            perceiving.add(|| {
                agent.infer_states(evidence);
            });
            let action = agent.sample_action(&mut rng);
            agent.update_empirical_prior(action);
        }
    }
    println!(
        "{name:32} step {:7.1}, 99% {:7.1}, worst {:7.1}; perceiving {:6.1}; {} allocations",
        steps.within(0.5),
        steps.within(0.99),
        steps.within(1.0),
        perceiving.within(0.5),
        steps.allocations
    );
}

fn main() {
    for (way, inference) in
        [("mean field", Inference::MEAN_FIELD), ("16 sweeps", Inference::REFERENCE), ("exact", Inference::Exact)]
    {
        let product = Tables::<Product>::new(&Product, (), 3).unwrap();
        let steered = Tables::<Steered>::new(&Steered, (), 3).unwrap();
        steps(&format!("all driven, {way}, f32"), product.lift::<Single>(), inference);
        steps(&format!("all driven, {way}, f64"), product, inference);
        steps(&format!("one driven, {way}, f32"), steered.lift::<Single>(), inference);
        steps(&format!("one driven, {way}, f64"), steered, inference);
    }
}
