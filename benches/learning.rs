//! Learners and trackers of which nothing repeats itself: one gradient of a hierarchical posterior. Prints a table, for `benches/README.md`; values
//! and gradients are printed in full, so that two versions can be compared.
//!
//! ```text
//! cargo bench --bench learning                all of them
//! cargo bench --bench learning -- bandit      one: bandit, learners, trackers
//! ```

#[path = "../examples/bandit_study.rs"]
#[allow(dead_code)]
mod bandit_study;
#[path = "../examples/learning_rates.rs"]
#[allow(dead_code)]
mod learning_rates;
#[path = "../tests/models/trackers.rs"]
mod trackers;

use std::hint::black_box;
use std::time::Instant;

use aif::infer::results::Group;
use aif::infer::score::{History, RecordedBlock};
use aif::infer::{Density, Design, Population, Posterior};
use aif::prelude::*;
use bandit_study::{Bandit, Gamblers, Stakes};
use learning_rates::{Arms, Learners};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use trackers::{Apart, ApartTrackers, Together, TogetherTrackers};

fn learning() -> AgentOptions {
    AgentOptions { learning: Some(Learning::default()), ..AgentOptions::default() }
}

/// So many people who live blocks of so many steps, by what a function makes of each.
fn group<P, M>(
    people: usize,
    blocks: &[usize],
    options: AgentOptions,
    covariates: usize,
    mut lives: impl FnMut(usize, usize) -> (M, Option<M::Inputs>),
    numbers: impl Fn(usize, usize) -> Vec<f64>,
) -> Group<P>
where
    P: Population<Record = History, Options = AgentOptions>,
    M: GenerativeModel,
{
    let mut records = Vec::new();
    for s in 0..people {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        rng.set_stream(s as u64);
        let mut agent: Option<Agent<M>> = None;
        let own: Vec<RecordedBlock> = blocks
            .iter()
            .enumerate()
            .map(|(b, &steps)| {
                let (model, inputs) = lives(s, b);
                if agent.is_none() {
                    agent = inputs.map(|inputs| Agent::with_options(model, inputs, options).unwrap());
                }
                let agent = agent.as_mut().unwrap();
                let mut world = World::with_inputs(model, inputs.unwrap()).unwrap();
                agent.set_inputs(&model, inputs.unwrap()).unwrap();
                let trajectory = rollout(agent, &mut world, steps, &mut rng);
                RecordedBlock::of_trajectory::<M>(b.to_string(), &trajectory, &numbers(s, b))
            })
            .collect();
        records.push(History::new(&own));
    }
    let names: Vec<String> = (0..people).map(|s| format!("p{s}")).collect();
    let covariates = (0..people).map(|s| vec![((s * 13) % 47) as f64 / 23.0 - 1.0; covariates]).collect();
    let design = Design::new(const { &P::META }, names, &[], covariates).unwrap();
    Group { design, records, options }
}

/// The median time of a gradient in microseconds, and what it is.
fn gradient<P: Population>(name: &str, group: &Group<P>, runs: usize) {
    let posterior = Posterior::<P>::of(group, None);
    let at: Vec<f64> = (0..posterior.dimension()).map(|i| 0.3 - 0.01 * (i % 60) as f64).collect();
    let mut to = vec![0.0; at.len()];
    let mut value = posterior.ln_density(&at, &mut to).unwrap();
    let mut times: Vec<f64> = (0..runs)
        .map(|_| {
            let started = Instant::now();
            value = black_box(posterior.ln_density(black_box(&at), &mut to)).unwrap();
            started.elapsed().as_secs_f64() * 1e6
        })
        .collect();
    times.sort_by(f64::total_cmp);
    let weighed: f64 = to.iter().enumerate().map(|(i, g)| g * (1.0 + 0.1 * i as f64)).sum();
    println!("{name:<58} {:>10.0} us   {value:.13e}   {weighed:.13e}", times[runs / 2]);
}

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    let on = |name: &str| wanted.is_empty() || wanted.iter().any(|w| w == name);
    let runs = std::env::var("RUNS").ok().and_then(|n| n.parse().ok()).unwrap_or(21);
    if on("bandit") {
        let stakes = |s: usize, b: usize| if (b + s).is_multiple_of(2) { Stakes::Usual } else { Stakes::Doubled };
        let gamblers: Group<Gamblers> = group(
            24,
            &[19; 6],
            learning(),
            1,
            |s, b| {
                let own = 0.5 + (s % 7) as f64 * 0.2;
                let model = Bandit { win: [own, own + 0.5], caution: 0.3, prior_pulls: 2.0 + (s % 3) as f64 };
                (model, Some(bandit_study::BanditInputs { stakes: stakes(s, b) }))
            },
            |s, b| vec![stakes(s, b).index() as f64],
        );
        gradient("24 people x 114 responses, counts of two machines", &gamblers, runs);
    }
    if on("learners") {
        let learners: Group<Learners> =
            group(20, &[300], learning(), 0, |_, _| (Arms { worth: 2.0 }, Some(())), |_, _| Vec::new());
        gradient("20 people x 300 responses, rates and curiosity", &learners, runs);
    }
    if on("trackers") {
        let no = |_: usize, _: usize| Vec::new();
        let (options, live) = (AgentOptions::default(), |s: usize| (0.05 + 0.01 * (s % 5) as f64, 0.8, 1.5));
        let apart: Group<ApartTrackers> = group(24, &[115], options, 0, |s, _| (Apart::of(live(s)), Some(())), no);
        gradient("24 people x 115 responses, four arms, an outcome of each", &apart, runs);
        let together: Group<TogetherTrackers> = group(24, &[115], options, 0, |s, _| (Together::of(live(s)), Some(())), no);
        gradient("24 people x 115 responses, four arms, one outcome", &together, runs.min(11));
    }
}
