//! Whole fits and growth with the number of subjects: prints tables, for `benches/README.md`.
//!
//! ```text
//! cargo bench --bench groups                     everything, some minutes
//! cargo bench --bench groups -- gradient         one part: gradient, large, tmaze, bound, determinant
//! ```

#[path = "../tests/models/days.rs"]
mod days;
#[path = "../tests/models/populations.rs"]
#[allow(dead_code)]
mod populations;
#[path = "../tests/models/tmaze.rs"]
#[allow(dead_code)]
mod tmaze;

use std::hint::black_box;
use std::time::Instant;

use aif::infer::data::{DataOptions, RawTable};
use aif::infer::fit::{Method, Plan};
use aif::infer::laplace::LaplaceOptions;
use aif::infer::results::{Fit, Fittable, Group, fit_with};
use aif::infer::sample::{NutsOptions, NutsStart};
use aif::infer::score::{History, RecordedBlock};
use aif::infer::study::StudyBehaviour;
use aif::infer::svi::{SviOptions, SviStart, svi};
use aif::infer::{Density, Design, Population, Posterior, Target, Units};
use aif::prelude::*;
use days::Days;
use populations::{Flat, RewardBelief};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use tmaze::TMaze;

fn seconds<R>(work: impl FnOnce() -> R) -> (f64, R) {
    let started = Instant::now();
    let result = work();
    (started.elapsed().as_secs_f64(), result)
}

/// The median time of some runs, in seconds.
fn median(runs: usize, mut work: impl FnMut()) -> f64 {
    let mut times: Vec<f64> = (0..runs).map(|_| seconds(&mut work).0).collect();
    times.sort_by(f64::total_cmp);
    times[runs / 2]
}

/// The largest memory of the process so far, in megabytes.
fn peak() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"));
    line.and_then(|l| l.trim().trim_end_matches(" kB").parse::<f64>().ok()).map_or(f64::NAN, |kb| kb / 1024.0)
}

/// Simulated subjects: z ~ Normal(0.2, 0.8), 40 blocks of 5 choices each.
fn subjects(count: usize) -> impl Iterator<Item = Vec<RecordedBlock>> {
    let one = move |s: usize| {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        rng.set_stream(s as u64);
        let z = 0.2 + 0.8 * (2.0 * aif::runtime::random::unit(&mut rng) - 1.0) * 1.7;
        let mut agent = Agent::new(TMaze { reward_probability: 0.5 + 0.5 * logistic(z), preference: 1.2 }).unwrap();
        let mut world = World::new(TMaze { reward_probability: 0.8, preference: 1.2 }).unwrap();
        let block = |b: usize| {
            let trajectory = rollout(&mut agent, &mut world, 5, &mut rng);
            RecordedBlock::of_trajectory::<TMaze<f64>>(b.to_string(), &trajectory, &[])
        };
        (0..40).map(block).collect()
    };
    (0..count).map(one)
}

fn hierarchical(count: usize) -> Group<RewardBelief> {
    let records = subjects(count).map(|b| History::new(&b)).collect();
    Group::new((0..count).map(|s| s.to_string()).collect(), records, AgentOptions::default()).unwrap()
}

/// One gradient of a hierarchical posterior as subjects grow.
fn gradient() {
    println!("one gradient, 200 responses a subject (ms; microseconds a subject; peak memory so far, MB)");
    for count in [10, 100, 1_000, 10_000] {
        let group = hierarchical(count);
        let posterior = Posterior::<RewardBelief>::of(&group, None);
        let at: Vec<f64> = (0..posterior.dimension()).map(|i| 0.3 - 0.01 * (i % 60) as f64).collect();
        let mut to = vec![0.0; at.len()];
        let mut work = || {
            black_box(posterior.ln_density(&at, &mut to)).unwrap();
        };
        work();
        let time = median(if count > 1_000 { 5 } else { 11 }, work);
        let parallel = Posterior::<RewardBelief>::of(&group, None).parallel(true);
        let both = median(5, || {
            black_box(parallel.ln_density(&at, &mut to)).unwrap();
        });
        println!(
            "{count:>7} {:>10.3} {:>8.1} {:>8.0}   on all threads {:>10.3}",
            time * 1e3,
            time * 1e6 / count as f64,
            peak(),
            both * 1e3
        );
    }
}

fn said(name: &str, time: f64, fit: &Fit) {
    let (rhat, ess) = (fit.worst_rhat().map_or(f64::NAN, |w| w.0), fit.least_ess().map_or(f64::NAN, |l| l.0));
    println!(
        "{name:<44} {time:>8.2} s   R-hat {rhat:.3}   least ESS {ess:>6.0}   {:>8.2} s per 1,000   {} divergences   peak {:.0} MB",
        time * 1e3 / ess,
        fit.overall().divergences,
        peak()
    );
}

/// Whole fits of 1,000 subjects.
fn large() {
    println!("\n1,000 subjects x 200 responses, hierarchical");
    let group = hierarchical(1_000);
    let (time, fit) = seconds(|| fit_with(&group, Method::Laplace(LaplaceOptions::default()), &Plan::default()).unwrap());
    let sigma = fit.quantity("sigma", None).unwrap().summary;
    println!(
        "{:<44} {time:>8.2} s   sigma {:.3} +- {:.3}   Pareto k {:.2}   peak {:.0} MB",
        "Laplace, 1,000 draws",
        sigma.mean,
        sigma.sd,
        fit.pieces[0].pareto_k.unwrap(),
        peak()
    );
    let options = NutsOptions { chains: 2, warmup: 300, draws: 300, ..NutsOptions::default() };
    let (time, fit) = seconds(|| fit_with(&group, Method::Nuts(options), &Plan::default()).unwrap());
    said("NUTS, 2 chains, 300 + 300", time, &fit);
    let options = NutsOptions { start: NutsStart::Laplace, warmup: 150, ..options };
    let (time, fit) = seconds(|| fit_with(&group, Method::Nuts(options), &Plan::default()).unwrap());
    said("NUTS from Laplace, 2 chains, 150 + 300", time, &fit);
}

fn table() -> (Vec<String>, Vec<History>) {
    let path = format!("{}/tests/fixtures/tmaze_10x100x5.csv", env!("CARGO_MANIFEST_DIR"));
    let table = RawTable::open(std::path::Path::new(&path)).unwrap();
    let read = <Pomdp<TMaze<f64>> as StudyBehaviour>::read(&[table], &DataOptions::default(), false).unwrap();
    (read.names, read.records)
}

/// The posterior of independent subjects as one density, as a sampler that does not know of it has it.
struct Joint<'a>(&'a Group<Flat>);

impl Density for Joint<'_> {
    fn dimension(&self) -> usize {
        self.0.records.len()
    }
    fn ln_density(&self, position: &[f64], gradient: &mut [f64]) -> Result<f64, aif::infer::Rejected> {
        Posterior::<Flat>::of(self.0, None).ln_density(position, gradient)
    }
}

/// Whole fits of the T-Maze table.
fn tmaze_table() {
    println!("\nT-Maze, 10 subjects x 500 responses, one chain, 400 + 100 (least ESS over subjects)");
    let (names, records) = table();
    let group = Group::<Flat>::new(names, records, AgentOptions::default()).unwrap();
    let one = NutsOptions { chains: 1, warmup: 400, draws: 100, thin: Some(1), ..NutsOptions::default() };
    let joint = Joint(&group);
    let (time, chains) = seconds(|| aif::infer::sample::sample(&[&joint], &one, &|| {}).unwrap());
    let least = (0..10)
        .map(|i| {
            let draws: Vec<Vec<f64>> = chains[0].iter().map(|c| c.positions.iter().map(|x| x[i]).collect()).collect();
            aif::infer::diagnostics::ess_bulk(&draws)
        })
        .fold(f64::INFINITY, f64::min);
    println!(
        "{:<44} {time:>8.3} s   least ESS {least:>5.0}   {:>8.2} s per 1,000",
        "joint, as the peer has it",
        time * 1e3 / least
    );
    let (time, fit) = seconds(|| fit_with(&group, Method::Nuts(one), &Plan::default()).unwrap());
    said("subject by subject", time, &fit);
    let four = NutsOptions { chains: 4, warmup: 400, draws: 500, ..NutsOptions::default() };
    let (time, fit) = seconds(|| fit_with(&group, Method::Nuts(four), &Plan::default()).unwrap());
    said("subject by subject, 4 chains, 400 + 500", time, &fit);
    for (name, method) in
        [("Laplace", Method::Laplace(LaplaceOptions::default())), ("variational", Method::Svi(SviOptions::default()))]
    {
        let (time, _) = seconds(|| fit_with(&group, method, &Plan::default()).unwrap());
        println!("{name:<44} {time:>8.3} s");
    }
    println!("\none gradient of the table, one thread (ms)");
    let blocks: Vec<Vec<RecordedBlock>> = {
        let path = format!("{}/tests/fixtures/tmaze_10x100x5.csv", env!("CARGO_MANIFEST_DIR"));
        let table = RawTable::open(std::path::Path::new(&path)).unwrap();
        let schema = aif::infer::data::Schema::of(&<TMaze<f64> as GenerativeModel>::META);
        aif::infer::data::read(std::slice::from_ref(&table), &schema, &DataOptions::default())
            .unwrap()
            .subjects
            .into_iter()
            .map(|s| s.blocks)
            .collect()
    };
    let names = || (0..10).map(|s: usize| s.to_string()).collect();
    let shared: Group<RewardBelief> =
        Group::new(names(), blocks.iter().map(|b| History::new(b)).collect(), AgentOptions::default()).unwrap();
    let plain: Group<RewardBelief> =
        Group::new(names(), blocks.iter().map(|b| History::without_sharing(b)).collect(), AgentOptions::default()).unwrap();
    let at = vec![0.1; 12];
    for (name, group) in [("equal histories and beliefs once", &shared), ("every row for itself", &plain)] {
        let posterior = Posterior::<RewardBelief>::of(group, None);
        let mut to = vec![0.0; 12];
        let time = median(21, || {
            black_box(posterior.ln_density(&at, &mut to)).unwrap();
        });
        println!("{name:<44} {:>8.3}", time * 1e3);
    }
}

/// How soon variational inference comes near its end.
fn bound() {
    println!(
        "\nvariational inference, T-Maze table: steps and seconds until the bound of all subjects is within 0.1 nat of its end"
    );
    let (names, records) = table();
    let group = Group::<Flat>::new(names, records, AgentOptions::default()).unwrap();
    for start in [SviStart::Laplace, SviStart::Origin] {
        for particles in [10, 50] {
            let options = SviOptions { start, particles, tolerance: 0.0, ..SviOptions::default() };
            let (mut total, mut steps) = (0.0, 0usize);
            let (time, ()) = seconds(|| {
                for s in 0..10 {
                    let target = group.target(Some(s), false);
                    let (all, climb) =
                        seconds(|| svi(target.as_ref(), &options, s as u64 + 1, false, (None, None), &mut |_| true).unwrap());
                    let end = climb.trace[900..].iter().sum::<f64>() / 100.0;
                    // Smoothed over ten steps; each subject within a tenth of the tenth.
                    let reached = (0..climb.trace.len() - 10)
                        .find(|&i| (climb.trace[i..i + 10].iter().sum::<f64>() / 10.0 - end).abs() < 0.01)
                        .unwrap_or(1000);
                    total += all * reached as f64 / 1000.0;
                    steps = steps.max(reached);
                }
            });
            println!("{start:?}, {particles} particles: at most {steps} steps, {total:.2} s (all 1,000 steps: {time:.2} s)");
        }
    }
}

/// How a determinant changes along each coordinate of the group: by third derivatives, and by differences of Hessians.
fn determinant() {
    let (subjects_count, sessions) = (20, 2);
    let names: Vec<String> = (0..subjects_count).map(|s| s.to_string()).collect();
    let units = Units {
        names: (0..subjects_count * sessions).map(|u| (u % sessions).to_string()).collect(),
        parents: (0..subjects_count * sessions).map(|u| u / sessions).collect(),
    };
    let design = Design::simple(&Days::META, names).unwrap().with_sessions(units);
    let records = subjects(subjects_count * sessions).map(|b| History::new(&b)).collect();
    let group: Group<Days> = Group { design, records, options: AgentOptions::default() };
    let target = Posterior::<Days>::of(&group, None);
    let at: Vec<f64> = (0..target.dimension()).map(|i| 0.3 - 0.01 * (i % 60) as f64).collect();
    let factored = |x: &[f64]| target.curvature(x).unwrap().factor(target.layout(), 1, 0.0).unwrap();
    let own = factored(&at);
    let along: Vec<Vec<f64>> = (0..3)
        .map(|k| {
            let mut direction: Vec<f64> = (0..at.len()).map(|i| f64::from(u8::from(i == k))).collect();
            own.follow(target.layout(), &mut direction);
            direction
        })
        .collect();
    let differences = |reach: f64| -> Vec<f64> {
        let moved = |direction: &[f64], by: f64| {
            let x: Vec<f64> = at.iter().zip(direction).map(|(x, d)| x + by * d).collect();
            factored(&x).ln_determinant
        };
        along.iter().map(|d| (moved(d, reach) - moved(d, -reach)) / (2.0 * reach)).collect()
    };
    let exact = target.determinant_slopes(&at, 1, &along).unwrap();
    let error = exact.iter().zip(differences(1e-3)).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    let third = median(11, || drop(black_box(target.determinant_slopes(&at, 1, &along).unwrap())));
    let differenced = median(11, || drop(black_box(differences(1e-3))));
    let hessian = median(11, || drop(black_box(factored(&at))));
    println!("\na determinant along 3 coordinates of the group, 20 subjects x 2 sessions x 200 responses (ms)");
    println!("{:<44} {:>8.2}", "by third derivatives", third * 1e3);
    println!("{:<44} {:>8.2}   up to {error:.0e} away", "by differences of Hessians", differenced * 1e3);
    println!("{:<44} {:>8.2}", "one Hessian, factored", hessian * 1e3);
}

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    let parts: [(&str, fn()); 5] =
        [("gradient", gradient), ("large", large), ("tmaze", tmaze_table), ("bound", bound), ("determinant", determinant)];
    for (name, part) in parts {
        if wanted.is_empty() || wanted.iter().any(|w| w == name) {
            part();
        }
    }
}
