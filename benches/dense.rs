//! Speed of an agent's step where all is uncertain and coupled: three factors of ten states, three modalities of pairs, 64 policies of three steps.
//!
//! `cargo bench --bench dense`; figures are in `benches/README.md`. In microseconds. With `-- json` it writes tables and medians for
//! `benches/peers/dense.py`.

#[path = "../tests/models/dense.rs"]
mod dense;
mod timed;

use std::sync::Arc;

use aif::prelude::*;
use aif::runtime::model::Table;
use aif::runtime::{ModelFamily, Single};
use dense::{Product, Steered};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use timed::Times;

/// Evidence of one step: the same outcomes for peers.
fn seen<M: GenerativeModel<T>, T: Real>(t: usize) -> M::Evidence {
    let outcomes: Vec<_> = (0..3).map(|m| Some((t * 7919 + m * 104_729) % 10)).collect();
    M::evidence(&outcomes)
}

fn agent<M: GenerativeModel<T>, T: Real>(tables: &Tables<M, T>, inference: Inference) -> Agent<M, T> {
    Agent::sharing(Arc::new(tables.clone()), AgentOptions { inference, ..AgentOptions::default() }).unwrap()
}

/// Times of whole steps, and of perceiving alone.
fn times<M: GenerativeModel<T>, T: Real>(tables: &Tables<M, T>, inference: Inference) -> [Times; 2] {
    let mut agent = agent(tables, inference);
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let mut times = [Times::default(), Times::default()];
    let [steps, perceiving] = &mut times;
    for t in 0..2000 {
        let evidence = seen::<M, T>(t);
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
    times
}

fn row<M: GenerativeModel<T>, T: Real>(name: &str, tables: &Tables<M, T>, inference: Inference) {
    let [steps, perceiving] = times(tables, inference);
    println!(
        "{name:32} step {:7.1}, 99% {:7.1}, worst {:7.1}; perceiving {:6.1}; {} allocations",
        steps.within(0.5),
        steps.within(0.99),
        steps.within(1.0),
        perceiving.within(0.5),
        steps.allocations
    );
}

/// All numbers of a model for a peer, seconds of a step, and what is expected of every policy after the first look.
fn for_peers<M: ModelFamily<In<Single>: GenerativeModel<Single>> + GenerativeModel<f64, Inputs = ()>>(
    model: &M,
) -> serde_json::Value {
    let tables = Tables::<M>::new(model, (), 3).unwrap();
    let (mut likelihoods, mut preferences, mut transitions) = (Vec::new(), Vec::new(), Vec::new());
    let numbers = |table: Table<'_, f64>| match table {
        Table::Fixed(numbers) | Table::Free(numbers) => numbers.to_vec(),
        Table::Map(_) | Table::Sparse(_) => Vec::new(),
    };
    M::each_modality(|site| {
        likelihoods.push(numbers(tables.likelihood(site)));
        preferences.push(tables.preference(site, 0).to_vec());
    });
    M::each_factor(|site| {
        transitions.push((0..site.local_actions).map(|a| numbers(tables.transition(site, a))).collect::<Vec<_>>())
    });
    let mut known = agent(&tables, Inference::REFERENCE);
    known.infer_states(seen::<M, f64>(0));
    let mut policies = vec![0.0; known.policy_count()];
    known.negative_expected_free_energies(&mut policies).unwrap();
    let [double, _] = times(&tables, Inference::REFERENCE);
    let [single, _] = times(&tables.lift::<Single>(), Inference::REFERENCE);
    let [own, _] = times(&tables, Inference::default());
    serde_json::json!({
        "likelihoods": likelihoods, "preferences": preferences, "transitions": transitions, "policies": policies,
        "step, float64": double.within(0.5) * 1e-6, "step, float32": single.within(0.5) * 1e-6, "step, default": own.within(0.5) * 1e-6,
    })
}

fn main() {
    if std::env::args().any(|argument| argument == "json") {
        println!("{}", serde_json::json!({ "all": for_peers(&Product), "one": for_peers(&Steered) }));
        return;
    }
    for (way, inference) in
        [("mean field", Inference::MEAN_FIELD), ("16 sweeps", Inference::REFERENCE), ("exact", Inference::Exact)]
    {
        let product = Tables::<Product>::new(&Product, (), 3).unwrap();
        let steered = Tables::<Steered>::new(&Steered, (), 3).unwrap();
        row(&format!("all driven, {way}, f32"), &product.lift::<Single>(), inference);
        row(&format!("all driven, {way}, f64"), &product, inference);
        row(&format!("one driven, {way}, f32"), &steered.lift::<Single>(), inference);
        row(&format!("one driven, {way}, f64"), &steered, inference);
    }
}
