//! Whole fits of hierarchical posteriors without options: how many effective draws of the group's numbers a second, and a thousand
//! gradients. `benches/peers/posteriors.py` runs this and a peer on the same data and writes one table.
//!
//! ```text
//! cargo bench --bench posteriors                        a table
//! cargo bench --bench posteriors -- --out FOLDER        the data of each as JSON in a folder, and lines of JSON
//! cargo bench --bench posteriors -- --methods           every method beside NUTS: how far what is above the units is off
//! AIF_DATA=<folder> cargo bench --bench posteriors      the reference group of filters, hgf_group.csv in that folder
//! ```

#[path = "../tests/models/measured.rs"]
#[allow(dead_code)]
mod measured;
#[path = "../tests/models/populations.rs"]
#[allow(dead_code)]
mod populations;
#[path = "../tests/models/tmaze.rs"]
#[allow(dead_code)]
mod tmaze;

use std::path::{Path, PathBuf};
use std::time::Instant;

use aif::hgf::TwoLevelBinary;
use aif::infer::Design;
use aif::infer::data::{DataOptions, RawTable};
use aif::infer::fit::{Method, Plan};
use aif::infer::laplace::LaplaceOptions;
use aif::infer::marginal::EmpiricalBayesOptions;
use aif::infer::results::{Fittable, Group, fit_with};
use aif::infer::sample::NutsOptions;
use aif::infer::score::{Assigned, Behaviour, History, RecordedBlock, ScoreError};
use aif::infer::study::StudyBehaviour;
use aif::infer::svi::SviOptions;
use aif::prelude::*;
use measured::{Binary, Measured, Points};
use populations::RewardBelief;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use tmaze::TMaze;

/// Two arms, a value of each: learned from rewards with a rate, chosen by a softmax.
#[derive(Clone, Copy, Debug)]
pub struct QLearner<T> {
    rate: T,
    strictness: T,
}

impl<T: Real> Declared<T> for QLearner<T> {
    type Family = Self;
    fn family(self) -> Self {
        self
    }
}

impl<T: Real> Behaviour<T> for QLearner<T> {
    /// Arm and reward of each trial.
    type Record = Vec<(usize, f64)>;
    type Options = ();
    fn log_likelihood(&self, assigned: &Assigned<T>, record: &Self::Record, options: &()) -> Result<T, ScoreError> {
        Ok(self.pointwise(assigned, record, options)?.into_iter().fold(T::zero(), |a, b| a + b))
    }
    fn pointwise(&self, _: &Assigned<T>, record: &Self::Record, _: &()) -> Result<Vec<T>, ScoreError> {
        let mut values = [T::zero(); 2];
        let each = record.iter().map(|&(arm, reward)| {
            let odds = self.strictness * (values[arm] - values[1 - arm]);
            let ln_p = -(-odds).softplus();
            values[arm] += self.rate * (-values[arm] + reward);
            ln_p
        });
        Ok(each.collect())
    }
}

model! {
    /// Rubin's eight schools.
    Schools for Measured<T> {
        covariates(error: f64);
        population {
            mu  ~ Normal(0.0, 5.0);
            tau ~ HalfCauchy(5.0);
        }
        subject {
            theta ~ Normal(mu, tau);
            Measured { mean: theta, spread: error }
        }
    }

    /// Yes or no, each subject with a readiness of its own.
    Answers for Binary<T> {
        population {
            mu    ~ Normal(0.0, 1.0);
            sigma ~ HalfNormal(1.0);
        }
        subject {
            z ~ Normal(mu, sigma);
            Binary { intercept: z, slopes: [0.0, 0.0] }
        }
    }

    /// Learning rates and strictness of a group.
    Learners for QLearner<T> {
        population {
            rate_mean         ~ Normal(0.0, 1.0);
            rate_spread       ~ HalfNormal(1.0);
            strictness_mean   ~ Normal(1.0, 1.0);
            strictness_spread ~ HalfNormal(1.0);
        }
        subject {
            rate       ~ Normal(rate_mean, rate_spread);
            strictness ~ Normal(strictness_mean, strictness_spread);
            QLearner { rate: logistic(rate), strictness: exp(strictness) }
        }
    }

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

fn unit(rng: &mut ChaCha8Rng) -> f64 {
    (rng.next_u64() >> 11) as f64 / (1u64 << 53) as f64
}

/// About standard normal: the sum of twelve uniform numbers.
fn normal(rng: &mut ChaCha8Rng) -> f64 {
    (0..12).map(|_| unit(rng)).sum::<f64>() - 6.0
}

fn names(count: usize) -> Vec<String> {
    (0..count).map(|s| s.to_string()).collect()
}

fn schools() -> (Box<dyn Fittable>, Value) {
    const DATA: [(f64, f64); 8] =
        [(28.0, 15.0), (8.0, 10.0), (-3.0, 16.0), (7.0, 11.0), (-1.0, 9.0), (1.0, 11.0), (18.0, 10.0), (12.0, 18.0)];
    let covariates = DATA.iter().map(|(_, error)| vec![*error]).collect();
    let design = Design::new(&<Schools as aif::infer::Population>::META, names(8), &[], covariates).unwrap();
    let records = DATA.iter().map(|(y, _)| vec![(vec![], *y)]).collect();
    (Box::new(Group::<Schools> { design, records, options: () }), json!({ "data": DATA }))
}

fn answers(subjects: usize, each: usize) -> (Box<dyn Fittable>, Value) {
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let records: Vec<Points> = (0..subjects)
        .map(|_| {
            let p = 1.0 / (1.0 + (-0.4 - 0.8 * normal(&mut rng)).exp());
            (0..each).map(|_| (vec![0.0, 0.0], f64::from(u8::from(unit(&mut rng) < p)))).collect()
        })
        .collect();
    let yes: Vec<f64> = records.iter().map(|r| r.iter().map(|x| x.1).sum()).collect();
    let data = json!({ "each": each, "yes": yes });
    (Box::new(Group::<Answers>::new(names(subjects), records, ()).unwrap()), data)
}

fn learners(subjects: usize, trials: usize) -> (Box<dyn Fittable>, Value) {
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    let records: Vec<Vec<(usize, f64)>> = (0..subjects)
        .map(|_| {
            let rate = 1.0 / (1.0 + (0.8 - 0.7 * normal(&mut rng)).exp());
            let strictness = (1.0 + 0.4 * normal(&mut rng)).exp();
            let mut values = [0.0f64; 2];
            (0..trials)
                .map(|t| {
                    let first = 1.0 / (1.0 + (-strictness * (values[0] - values[1])).exp());
                    let arm = usize::from(unit(&mut rng) >= first);
                    let good = if (t / 25) % 2 == 0 { 0 } else { 1 };
                    let reward = f64::from(u8::from(unit(&mut rng) < if arm == good { 0.75 } else { 0.25 }));
                    values[arm] += rate * (reward - values[arm]);
                    (arm, reward)
                })
                .collect()
        })
        .collect();
    let data = json!({ "trials": records });
    (Box::new(Group::<Learners>::new(names(subjects), records, ()).unwrap()), data)
}

fn mazes(subjects: usize) -> (Box<dyn Fittable>, Value) {
    let one = |s: usize| {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        rng.set_stream(s as u64);
        let z = 0.3 + 0.7 * normal(&mut rng);
        let mut agent = Agent::new(TMaze { reward_probability: 0.5 + 0.5 * logistic(z), preference: 1.2 }).unwrap();
        let mut world = World::new(TMaze { reward_probability: 0.8, preference: 1.2 }).unwrap();
        let block = |b: usize| {
            let trajectory = rollout(&mut agent, &mut world, 5, &mut rng);
            let acted = trajectory.iter().filter_map(|m| m.action.map(|a| (m.observation, a)));
            let indices: Vec<_> =
                acted.map(|(o, a)| [o.seen as usize, o.outcome as usize, o.cue as usize, a.go as usize]).collect();
            (RecordedBlock::of_trajectory::<TMaze<f64>>(b.to_string(), &trajectory, &[]), indices)
        };
        (0..40).map(block).unzip()
    };
    let (blocks, steps): (Vec<Vec<RecordedBlock>>, Vec<Vec<_>>) = (0..subjects).map(one).unzip();
    let records = blocks.iter().map(|b| History::new(b)).collect();
    let group = Group::<RewardBelief>::new(names(subjects), records, AgentOptions::default()).unwrap();
    (Box::new(group), json!({ "steps": steps }))
}

fn observers() -> Option<(Box<dyn Fittable>, Value)> {
    let folder = std::env::var("AIF_DATA").ok()?;
    let table = RawTable::open(&PathBuf::from(folder).join("hgf_group.csv")).ok()?;
    let options = DataOptions { first_scored: 1, ..DataOptions::default() };
    let read = <Hgf<TwoLevelBinary<f64>> as StudyBehaviour>::read(&[table], &options, false).ok()?;
    let group = Group::<Observers>::new(read.names, read.records, Default::default()).ok()?;
    Some((Box::new(group), json!({ "table": "hgf_group.csv" })))
}

/// A posterior by name, with the data that it is of.
type Named = (&'static str, (Box<dyn Fittable>, Value));

fn by_name(name: &str) -> Method {
    let seed = 7;
    match name {
        "empirical-bayes" => Method::EmpiricalBayes(EmpiricalBayesOptions { seed, ..EmpiricalBayesOptions::default() }),
        "svi" => Method::Svi(SviOptions { seed, ..SviOptions::default() }),
        "laplace" => Method::Laplace(LaplaceOptions { seed, ..LaplaceOptions::default() }),
        _ => Method::Nuts(NutsOptions { seed, ..NutsOptions::default() }),
    }
}

/// Every method beside long chains: the largest difference in means, in standard deviations; and whether the fit says that it is off.
fn beside_nuts(name: &str, group: &dyn Fittable) {
    let long = NutsOptions { draws: 2000, warmup: 500, ..NutsOptions::default() };
    let reference = fit_with(group, Method::Nuts(long), &Plan::default()).unwrap();
    for method in ["nuts", "empirical-bayes", "svi", "laplace"] {
        let started = Instant::now();
        let fit = match fit_with(group, by_name(method), &Plan::default()) {
            Ok(fit) => fit,
            Err(error) => {
                println!("{name:<22} {method:<16} {error}");
                continue;
            }
        };
        let seconds = started.elapsed().as_secs_f64();
        let above = reference.quantities.iter().filter(|q| q.level == 0);
        let off = |r: &aif::infer::results::Quantity| {
            let found = fit.quantity(&r.name, None).unwrap().summary;
            ((found.mean - r.summary.mean).abs() / r.summary.sd, found.sd / r.summary.sd, r.name.clone())
        };
        let all: Vec<(f64, f64, String)> = above.map(off).collect();
        let worst = all.iter().max_by(|a, b| a.0.total_cmp(&b.0)).unwrap();
        let spread = all.iter().max_by(|a, b| a.1.ln().abs().total_cmp(&b.1.ln().abs())).unwrap();
        let said = if fit.complaints().is_empty() { "" } else { "said" };
        println!(
            "{name:<22} {method:<16} {seconds:>7.2} s   mean off by {:.2} sd ({}), sd {:.2} of it ({})   {said}",
            worst.0, worst.2, spread.1, spread.2
        );
        for complaint in fit.complaints() {
            println!("    {complaint}");
        }
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let out = arguments.iter().position(|a| a == "--out").and_then(|i| arguments.get(i + 1));
    let mut all: Vec<Named> = vec![
        ("eight schools", schools()),
        ("answers, 50 x 20", answers(50, 20)),
        ("answers, 200 x 200", answers(200, 200)),
        ("learners, 200 x 100", learners(200, 100)),
        ("T-Maze, 50 x 200", mazes(50)),
        ("T-Maze, 200 x 200", mazes(200)),
    ];
    all.extend(observers().map(|o| ("observers, 10 x 320", o)));
    println!(
        "{:<22} {:>8} {:>9} {:>9} {:>11} {:>12} {:>7}",
        "posterior", "seconds", "gradients", "least ESS", "a second", "a 1,000 gr.", "R-hat"
    );
    let methods = arguments.iter().any(|a| a == "--methods");
    let wanted = arguments.iter().find(|a| !a.starts_with('-') && Some(*a) != out);
    for (name, (group, data)) in all.into_iter().filter(|a| wanted.is_none_or(|w| a.0.contains(w.as_str()))) {
        if methods {
            beside_nuts(name, group.as_ref());
            continue;
        }
        let started = Instant::now();
        let fit = fit_with(group.as_ref(), Method::Nuts(NutsOptions::default()), &Plan::default()).unwrap();
        let seconds = started.elapsed().as_secs_f64();
        let above = || fit.quantities.iter().filter(|q| q.level == 0);
        let ess = above().map(|q| q.summary.ess_bulk).fold(f64::INFINITY, f64::min);
        let rhat = above().map(|q| q.summary.rhat).fold(0.0, f64::max);
        let steps: u64 = fit.pieces.iter().map(|p| p.gradients).sum();
        println!(
            "{name:<22} {seconds:>8.2} {steps:>9} {ess:>9.0} {:>11.0} {:>12.1} {rhat:>7.3}",
            ess / seconds,
            1000.0 * ess / steps as f64
        );
        for said in [fit.remarks(), fit.complaints()].concat() {
            println!("    {said}");
        }
        if let Some(folder) = out {
            let numbers: Vec<Value> =
                above().map(|q| json!({ "name": q.name, "mean": q.summary.mean, "sd": q.summary.sd })).collect();
            let line = json!({ "name": name, "seconds": seconds, "gradients": steps, "ess": ess, "rhat": rhat, "numbers": numbers, "data": data });
            let file = Path::new(folder).join(format!("{}.json", name.replace([' ', ','], "_")));
            std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&file, line.to_string())).unwrap();
        }
    }
}
