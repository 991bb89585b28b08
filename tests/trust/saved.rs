//! Saves: whatever an accepted model comes to can be saved, and is what it was when it is loaded.

use std::collections::BTreeMap;
use std::sync::Arc;

use aif::infer::{Agents, SeededMind};
use aif::prelude::*;
use aif::runtime::{Single, Tables};
use aif::saves::{agent_from, agent_with, from_bytes, from_json, to_bytes, to_json};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::columns::Edge;
use super::random::{Trio, TrioAction, TrioEvidence, TrioObservation};
use super::tmaze::TMaze;

/// How many steps are lived in all; `AIF_TRUST_STEPS` says another number.
fn steps() -> usize {
    std::env::var("AIF_TRUST_STEPS").ok().and_then(|n| n.parse().ok()).unwrap_or(100_000)
}

fn unit(rng: &mut ChaCha8Rng) -> f64 {
    (rng.next_u32() >> 8) as f64 / f64::from(1 << 24)
}

fn below(n: usize, rng: &mut ChaCha8Rng) -> usize {
    rng.next_u32() as usize % n
}

/// Weights over many magnitudes, some of them nothing.
fn weight(rng: &mut ChaCha8Rng) -> f64 {
    match below(6, rng) {
        0 => 1e-12,
        1 => 1e6 * unit(rng) + 1e-3,
        _ => 0.01 + unit(rng),
    }
}

fn model(rng: &mut ChaCha8Rng) -> Trio {
    macro_rules! weights {
        ($rng:ident; $a:literal $(, $rest:literal)*) => { std::array::from_fn::<_, $a, _>(|_| weights!($rng; $($rest),*)) };
        ($rng:ident;) => { weight($rng) };
    }
    Trio {
        seen: weights!(rng; 3, 3, 2),
        heard: weights!(rng; 2, 2),
        felt: weights!(rng; 2, 3),
        first: weights!(rng; 3, 3, 2),
        second: weights!(rng; 2, 2, 3),
        third: weights!(rng; 3, 3, 2),
        wanted: std::array::from_fn(|_| 20.0 * (unit(rng) - 0.5)),
        start: weights!(rng; 3),
        precision: 8.0 * unit(rng),
        scale: 1e4f64.powf(unit(rng) - 0.3),
    }
}

fn options(rng: &mut ChaCha8Rng) -> AgentOptions {
    let inference = match below(6, rng) {
        0 => Inference::Automatic,
        1 => Inference::MEAN_FIELD,
        2 => Inference::REFERENCE,
        3 => Inference::Exact,
        4 => Inference::Components,
        _ => Inference::Marginal { window: 1 + below(4, rng), sweeps: Default::default() },
    };
    let when = [When::BeforeChoice, When::Smoothed { lag: below(4, rng) }, When::BlockEnd, When::AfterChoice][below(4, rng)];
    let from = [Beliefs::Filtered, Beliefs::Smoothed, Beliefs::Pairwise][below(3, rng)];
    let forgetting = [0.0, 0.1, 0.9][below(3, rng)];
    let learning = Learning { when, from, forgetting, ..Learning::default() };
    AgentOptions {
        horizon: Some(1 + below(2, rng)),
        inference,
        learning: (below(3, rng) > 0).then_some(learning),
        precision_updating: (below(4, rng) == 0).then(Default::default),
        sampling: [Sampling::Policies, Sampling::Marginals][below(2, rng)],
        ..AgentOptions::default()
    }
}

/// What is seen: all, something, nothing, or a part of it.
fn evidence(rng: &mut ChaCha8Rng) -> TrioEvidence {
    fn one<O: Domain>(seen: O, rng: &mut ChaCha8Rng) -> Observed<O> {
        match below(8, rng) {
            0 => Observed::Missing,
            1 => Observed::Soft(Dist::from_fn(|o: O| if o.index() == seen.index() { 0.9 } else { 0.1 / (O::COUNT - 1) as f64 })),
            2 => Observed::faint(seen, unit(rng)),
            3 => Observed::likelihood(|_| 5.0 * unit(rng)),
            _ => Observed::Seen(seen),
        }
    }
    TrioEvidence {
        seen: one(Index::<3>::new(below(3, rng)).unwrap(), rng),
        heard: one(below(2, rng) == 1, rng),
        felt: one(below(2, rng) == 1, rng),
    }
}

/// Saves an agent in both forms, loads it, and lets both go on.
fn check(agent: &Agent<Trio>, model: Trio, rng: &mut ChaCha8Rng, told: &str) {
    let json = to_json::<Trio>(&agent_with(agent, rng)).unwrap_or_else(|e| panic!("{told}: {e}"));
    let bytes = to_bytes::<Trio>(&agent_with(agent, rng)).unwrap_or_else(|e| panic!("{told}: {e}"));
    let horizon = agent.options().horizon.unwrap_or(3);
    let tables = Arc::new(Tables::new(&model, (), horizon).unwrap());
    let state = from_json::<Trio, (AgentStateOf<Trio>, ChaCha8Rng)>(&json).unwrap_or_else(|e| panic!("{told}: {e}"));
    assert_eq!(state.0, agent.state(), "{told}");
    let (mut loaded, mut chance) = agent_from(tables.clone(), state).unwrap_or_else(|e| panic!("{told}: {e}"));
    let state = from_bytes::<Trio, (AgentStateOf<Trio>, ChaCha8Rng)>(&bytes).unwrap_or_else(|e| panic!("{told}: {e}"));
    let (other, _) = agent_from(tables, state).unwrap_or_else(|e| panic!("{told}: {e}"));
    assert_eq!(loaded.state(), other.state(), "{told}");
    let (mut here, mut own) = (agent.clone(), rng.clone());
    let seen = TrioObservation { seen: Index::new(1).unwrap(), heard: true, felt: false };
    for _ in 0..2 {
        assert_eq!(here.step(seen, &mut own), loaded.step(seen, &mut chance), "{told}");
    }
}

pub fn whatever_a_model_reaches_can_be_saved() {
    let mut rng = ChaCha8Rng::from_seed([5; 32]);
    let (mut lived, mut saved, mut refused) = (0, 0, 0);
    while lived < steps() * 3 / 5 {
        let (model, options) = (model(&mut rng), options(&mut rng));
        let told = format!("{model:?} {options:?}");
        let Ok(mut agent) = Agent::with_options(model, (), options) else {
            refused += 1;
            continue;
        };
        check(&agent, model, &mut rng, &told);
        let length = [20, 200, 600][below(3, &mut rng)];
        for step in 0..length {
            let what = evidence(&mut rng);
            agent.step(what, &mut rng);
            if below(50, &mut rng) == 0 {
                agent.end_block();
            }
            if step % 37 == 7 || step + 1 == length {
                check(&agent, model, &mut rng, &format!("step {step}: {told}"));
                saved += 1;
            }
        }
        lived += length;
    }
    // One long life in which nothing is seen: nothing but predictions.
    let mut agent = Agent::new(model(&mut rng)).unwrap();
    let nothing = TrioEvidence { seen: Observed::Missing, heard: Observed::Missing, felt: Observed::Missing };
    for _ in 0..steps() / 5 {
        agent.infer_states(nothing);
        agent.update_empirical_prior(TrioAction { go: below(2, &mut rng) == 1 });
    }
    let state = to_json::<Trio>(&agent.state()).unwrap();
    let state = from_json::<Trio, AgentStateOf<Trio>>(&state).unwrap();
    let tables = Arc::new(Tables::new(&model(&mut rng), (), 3).unwrap());
    Agent::<Trio>::resume_sharing(tables, state).unwrap();
    // Columns that are distributions within the tolerance only, and single precision.
    edge(&mut rng, steps() / 10);
    single(&mut rng, steps() / 10);
    println!("{} steps, {saved} states saved and loaded, {refused} models refused", steps());
}

fn edge(rng: &mut ChaCha8Rng, steps: usize) {
    for off in [0.0, 9e-7, -9e-7] {
        let model = Edge { p: 0.9, q: 0.1, off };
        let agent = Agent::new(model).unwrap();
        let mut flock = Agents::new(agent.clone(), 3, 7).unwrap();
        let mut one = agent.clone();
        for _ in 0..steps / 3 {
            let action = one.sample_action(rng);
            one.update_empirical_prior(action);
        }
        for bird in flock.birds_mut() {
            one.as_mind(&mut bird.mind, |one| {
                let action = one.sample_action(rng);
                one.update_empirical_prior(action);
            });
        }
        let saved = to_json::<Edge<f64>>(flock.birds()).unwrap();
        let birds: Vec<SeededMind<_, ChaCha8Rng, f64>> = from_json::<Edge<f64>, _>(&saved).unwrap();
        Agents::resume(agent, birds).unwrap();
        let saved = to_bytes::<Edge<f64>>(&agent_with(&one, rng)).unwrap();
        let tables = Arc::new(Tables::new(&model, (), 1).unwrap());
        agent_from::<Edge<f64>, f64, ChaCha8Rng>(tables, from_bytes::<Edge<f64>, _>(&saved).unwrap()).unwrap();
    }
}

fn single(rng: &mut ChaCha8Rng, steps: usize) {
    let model = TMaze { reward_probability: Single::constant(0.9), preference: Single::constant(1.5) };
    let tables = Arc::new(Tables::<TMaze<Single>, Single>::new(&model, (), 2).unwrap());
    let mut agent = Agent::<TMaze<Single>, Single>::sharing(tables.clone(), AgentOptions::default()).unwrap();
    for step in 0..steps {
        agent.infer_states(super::tmaze::TMazeEvidence {
            seen: Observed::Missing,
            outcome: Observed::Missing,
            cue: Observed::Missing,
        });
        let action = agent.sample_action(rng);
        agent.update_empirical_prior(action);
        if step % 1000 == 999 {
            let json = to_json::<TMaze<f64>>(&agent.state()).unwrap();
            let state = from_json::<TMaze<f64>, AgentStateOf<TMaze<Single>, Single>>(&json).unwrap();
            Agent::<TMaze<Single>, Single>::resume_sharing(tables.clone(), state).unwrap();
        }
    }
}

pub fn numbers_that_are_not_finite_are_not_saved() {
    let agent = Agent::new(TMaze { reward_probability: 0.9, preference: 1.5 }).unwrap();
    let mut state = agent.state();
    state.updated_precision = Some(f64::INFINITY);
    let said = |error: Result<String, aif::saves::SaveError>| error.unwrap_err().to_string();
    assert_eq!(
        said(to_json::<TMaze<f64>>(&state)),
        "cannot be saved: updated_precision is inf, expected numbers that are finite"
    );
    state.updated_precision = None;
    state.taken = vec![1.0, f64::NAN];
    assert!(to_bytes::<TMaze<f64>>(&state).unwrap_err().to_string().contains("taken[1] is NaN"));
    // What else is saved beside an agent is looked at, too.
    let world = BTreeMap::from([("gold", 3.0), ("wind", f64::NEG_INFINITY)]);
    assert!(said(to_json::<TMaze<f64>>(&(&agent.state(), world))).contains("[1].wind is -inf"));
}
