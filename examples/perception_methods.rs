//! Ways to perceive, side by side, on models where they differ.
//!
//! `cargo run --release --example perception_methods`. The tables are those of `docs/comparing-perception.md`.

use std::time::Instant;

use aif::prelude::*;
use aif::runtime::perceive::{free_energy, smooth_exactly};
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

/// A wet lawn: rain or a sprinkler, each enough by itself. One explains the other away.
#[derive(Clone, Copy, Debug)]
struct Lawn;

#[generative_model(horizon = 1)]
impl Lawn {
    #[factor(initial = [0.8, 0.2])]
    fn rain(&self, rain: bool) -> bool {
        rain
    }
    #[factor(initial = [0.6, 0.4])]
    fn sprinkler(&self, sprinkler: bool) -> bool {
        sprinkler
    }
    #[modality]
    fn wet(&self, rain: bool, sprinkler: bool) -> Dist<bool> {
        Dist::bernoulli(true, if rain || sprinkler { 0.95 } else { 0.05 }, false)
    }
}

/// A lamp that now and then changes by itself, seen through fog; only later glimpses tell what it was.
#[derive(Clone, Copy, Debug)]
struct Lamp;

#[generative_model(horizon = 1)]
impl Lamp {
    #[factor(initial = uniform())]
    fn lit(&self, lit: bool) -> Dist<bool> {
        Dist::bernoulli(lit, 0.9, !lit)
    }
    #[modality]
    fn seen(&self, lit: bool) -> Dist<bool> {
        Dist::bernoulli(lit, 0.7, !lit)
    }
}

const METHODS: [(&str, Inference); 6] = [
    ("parallel fixed point, 15 sweeps", Inference::FixedPoint(Sweeps::Parallel(15))),
    ("parallel fixed point, 16 sweeps", Inference::REFERENCE),
    ("sequential fixed point", Inference::MEAN_FIELD),
    (
        "variational messages, window 5",
        Inference::Variational { window: 5, sweeps: Sweeps::Sequential { most: 64, tolerance: 1e-12 } },
    ),
    ("marginal messages, window 5", Inference::Marginal { window: 5, sweeps: Sweeps::Sequential { most: 64, tolerance: 1e-12 } }),
    ("exact (default for small models)", Inference::Exact),
];

fn agent<M: GenerativeModel<Inputs = ()>>(model: M, inference: Inference) -> Result<Agent<M>, ModelError> {
    Agent::with_options(model, (), AgentOptions { inference, ..AgentOptions::default() })
}

/// One observation, each method: P(true) of every factor, free energy of the factorised belief, time.
fn one_step<M: GenerativeModel<Inputs = ()>>(title: &str, model: M, seen: M::Observation) -> Result<(), ModelError> {
    use aif::runtime::Marginals;
    let tables = agent(model, Inference::Exact)?;
    let evidence = M::Evidence::from(seen);
    let surprise = -smooth_exactly(tables.tables(), &[evidence], &[]).log_evidence;
    println!("\n{title}: surprise {surprise:.3} nats");
    println!("  {:<34} {:>16} {:>12} {:>9}", "method", "P(true)", "free energy", "ns");
    for (name, inference) in METHODS {
        let mut agent = agent(model, inference)?;
        let prior = *agent.belief();
        agent.infer_states(seen);
        let beliefs: Vec<String> =
            (0..M::META.factors.len()).map(|f| format!("{:.3}", agent.belief().probabilities(f)[1])).collect();
        let energy = free_energy(agent.tables(), agent.belief(), &prior, &evidence).total();
        let (start, rounds) = (Instant::now(), 2000);
        for _ in 0..rounds {
            agent.restart();
            agent.infer_states(seen);
        }
        let time = start.elapsed().as_nanos() / rounds;
        println!("  {name:<34} {:>16} {energy:>12.3} {time:>9}", beliefs.join(" "));
    }
    Ok(())
}

fn main() -> Result<(), ModelError> {
    one_step("Exclusive-or seen", Xor, XorObservation { differ: true })?;
    one_step("Wet lawn", Lawn, LawnObservation { wet: true })?;

    // How far each method's belief about the present is from the exact one, along a long sequence.
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    let mut world = World::new(Lamp)?;
    let mut seen = vec![world.reset(&mut rng)];
    for _ in 0..999 {
        seen.push(world.step(LampAction {}, &mut rng));
    }
    println!("\nLamp in fog, 1000 steps: mean distance of P(lit) from the exact filter");
    let mut exact: Vec<f64> = Vec::new();
    for (name, inference) in METHODS.into_iter().rev() {
        let mut agent = agent(Lamp, inference)?;
        let mut beliefs = Vec::new();
        for &seen in &seen {
            beliefs.push(agent.infer_states(seen).lit[true]);
            agent.update_empirical_prior(LampAction {});
        }
        if exact.is_empty() {
            exact.clone_from(&beliefs);
        }
        let distance: f64 = beliefs.iter().zip(&exact).map(|(a, b)| (a - b).abs()).sum::<f64>() / beliefs.len() as f64;
        println!("  {name:<34} {distance:.4}");
    }
    Ok(())
}
