//! Group inference: what is above subjects by integrating them out, by sampling, in shards, and what is said where it cannot be believed.

#[path = "../models/measured.rs"]
#[allow(dead_code)]
mod measured;

use aif::infer::fit::{Checkpoints, Draws, FitError, Method, PartialFit, Plan, PredictiveOptions};
use aif::infer::laplace::LaplaceOptions;
use aif::infer::marginal::{EmpiricalBayesOptions, Finest, Marginal, Survey, maximise, survey};
use aif::infer::output::NewFolder;
use aif::infer::results::{Fit, Group, Header, fit_files, fit_with, read_fit};
use aif::infer::sample::{NutsOptions, NutsStart};
use aif::infer::svi::{Guide, SviOptions, SviStart};
use aif::infer::{Density, Posterior, Target};
use aif::prelude::*;
use measured::{Binary, Points};

model! {
    /// Yes or no, each subject with a readiness of its own.
    pub Answers for Binary<T> {
        population {
            mu    ~ Normal(0.0, 1.0);
            sigma ~ HalfNormal(1.0);
        }
        subject {
            z ~ Normal(mu, sigma);
            Binary { intercept: z, slopes: [0.0, 0.0] }
        }
    }

    /// Two effects of each subject, one of the group's.
    pub Sloped for Binary<T> {
        population {
            mu    ~ Normal(0.0, 1.0);
            sigma ~ HalfNormal(1.0);
            bend  ~ Normal(0.0, 0.5);
        }
        subject {
            z ~ Normal(mu, sigma);
            own ~ Normal(bend, 0.5);
            Binary { intercept: z, slopes: [own, bend] }
        }
    }
}

/// A generator that needs no crate: numbers between 0 and 1.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.next()).sum::<f64>() - 6.0
    }
}

fn records(subjects: usize, each: usize, seed: u64) -> Vec<Points> {
    let mut numbers = Numbers(seed);
    (0..subjects)
        .map(|_| {
            let z = 0.4 + 0.8 * numbers.normal();
            (0..each)
                .map(|k| {
                    let x = vec![f64::from(u8::from(k % 2 == 0)), (k as f64 / each as f64) - 0.5];
                    let p = 1.0 / (1.0 + (-z).exp());
                    (x, f64::from(u8::from(numbers.next() < p)))
                })
                .collect()
        })
        .collect()
}

fn answers(subjects: usize, each: usize) -> Group<Answers> {
    Group::new((0..subjects).map(|s| s.to_string()).collect(), records(subjects, each, 3), ()).unwrap()
}

/// What sums over a grid of (mu, sigma, z) say, each subject's integral on its own.
struct Exactly {
    /// Mean and standard deviation of `sigma`.
    sigma: (f64, f64),
    /// How probable the answers of each subject are under what all of them say of the group, as logarithms.
    evidences: Vec<f64>,
}

fn exact(group: &Group<Answers>) -> Exactly {
    let yes: Vec<(f64, f64)> = group.records.iter().map(|r| (r.iter().map(|x| x.1).sum(), r.len() as f64)).collect();
    let (mut total, mut first, mut second, mut largest) = (0.0, 0.0, 0.0, f64::NEG_INFINITY);
    let mut all = Vec::new();
    for i in 0..60 {
        let mu = -0.8 + 2.4 * (f64::from(i) + 0.5) / 60.0;
        for j in 0..120 {
            let sigma = 2.4 * (f64::from(j) + 0.5) / 120.0;
            let likelihood = |(k, n): &(f64, f64)| {
                let each = (0..61).map(|q| -6.0 + 0.2 * f64::from(q)).map(|u| {
                    let z = mu + sigma * u;
                    0.2 * (-0.5 * u * u + k * z - n * z.exp().ln_1p()).exp() / std::f64::consts::TAU.sqrt()
                });
                each.sum::<f64>()
            };
            let each: Vec<f64> = yes.iter().map(likelihood).collect();
            let ln = -0.5 * mu * mu - 0.5 * sigma * sigma + each.iter().map(|x| x.ln()).sum::<f64>();
            largest = f64::max(largest, ln);
            all.push((sigma, ln, each));
        }
    }
    let mut evidences = vec![0.0; yes.len()];
    for (sigma, ln, each) in all {
        let w = (ln - largest).exp();
        total += w;
        first += w * sigma;
        second += w * sigma * sigma;
        evidences.iter_mut().zip(each).for_each(|(sum, x)| *sum += w * x);
    }
    let mean = first / total;
    Exactly {
        sigma: (mean, (second / total - mean * mean).sqrt()),
        evidences: evidences.into_iter().map(|x| (x / total).ln()).collect(),
    }
}

fn sigma(fit: &Fit) -> (f64, f64) {
    let s = fit.quantity("sigma", None).unwrap().summary;
    (s.mean, s.sd)
}

#[test]
fn the_spread_of_a_group_is_right_or_not_to_be_believed() {
    for (subjects, each) in [(20, 12), (60, 20)] {
        let group = answers(subjects, each);
        let exactly = exact(&group);
        let (mean, sd) = exactly.sigma;
        let predictive = PredictiveOptions { check_draws: 0, regressors: false, ..PredictiveOptions::default() };
        let fit = |method| fit_with(&group, method, &Plan { predictive, ..Plan::default() }).unwrap();
        for method in [
            Method::EmpiricalBayes(EmpiricalBayesOptions { draws: 3000, ..Default::default() }),
            Method::Nuts(NutsOptions::default()),
        ] {
            let fit = fit(method);
            let (m, s) = sigma(&fit);
            assert!((m - mean).abs() < 0.15 * sd, "{}: {m} +- {s}, exactly {mean} +- {sd}", method.name());
            assert!((s / sd - 1.0).abs() < 0.15, "{}: {m} +- {s}, exactly {mean} +- {sd}", method.name());
            assert!(fit.remarks().iter().any(|r| r.contains("were tabled")), "{:?}", fit.remarks());
            let evidences = &fit.pieces[0].evidences;
            assert_eq!(evidences.len(), subjects);
            for (found, wanted) in evidences.iter().zip(&exactly.evidences) {
                let (off, error) = ((found.ln_evidence - wanted).abs(), found.error);
                assert!(off < 4.0 * error && error < 0.15, "{}: {found:?}, exactly {wanted}", method.name());
                assert!(found.pareto_k < 0.7, "{}: {found:?}", method.name());
            }
        }
        for method in [Method::Laplace(LaplaceOptions::default()), Method::Svi(SviOptions::default())] {
            let fit = fit(method);
            let (m, s) = sigma(&fit);
            let said = fit.complaints().join(" ");
            let near = (m - mean).abs() < 0.2 * sd && (s / sd - 1.0).abs() < 0.3;
            assert!(near || said.contains("not to be believed"), "{}: {m} +- {s}, exactly {mean} +- {sd}; {said}", method.name());
        }
    }
}

#[test]
fn a_marginal_density_is_that_of_the_integral_and_so_is_its_gradient() {
    let records = records(6, 14, 9);
    let group = Group::<Sloped>::new((0..6).map(|s| s.to_string()).collect(), records, ()).unwrap();
    let mut target = Posterior::<Sloped>::of(&group, None);
    let at = [0.3, -0.4, 0.2];
    // By a sum over a fine grid of each subject's two coordinates.
    let by_sum = {
        let mut gradient = [0.0; 3];
        let given = target.given(&at);
        let mut sum = given.above(&mut gradient, &mut []);
        for leaf in 0..6 {
            let line: Vec<f64> = (0..81).map(|i| -8.0 + 0.2 * f64::from(i)).collect();
            let points: Vec<f64> = line.iter().flat_map(|x| line.iter().flat_map(move |y| [*x, *y])).collect();
            let count = points.len() / 2;
            let (mut values, mut gradients) = (vec![0.0; count], vec![0.0; count * given.width()]);
            given.shares(leaf, &points, &mut values, &mut gradients);
            sum += values.iter().map(|v| v.exp() * 0.04).sum::<f64>().ln();
        }
        sum
    };
    let value_at = |target: &dyn Target, x: &[f64]| {
        let mut gradient = [0.0; 3];
        let value = Marginal::new(target, 2).ln_density(x, &mut gradient).unwrap();
        (value, gradient)
    };
    let (value, gradient) = value_at(&target, &at);
    assert!((value - by_sum).abs() < 1e-6, "{value} {by_sum}");
    for i in 0..3 {
        let moved = |by: f64| {
            let mut x = at;
            x[i] += by;
            value_at(&target, &x).0
        };
        let slope = (moved(1e-4) - moved(-1e-4)) / 2e-4;
        assert!((gradient[i] - slope).abs() < 1e-5, "{i}: {} {slope}", gradient[i]);
    }
    // Tables and centring change nothing.
    survey(&mut target, &Survey { seed: 1, steps: 100, evaluations: usize::MAX }).unwrap();
    assert_eq!(target.refinement().tabled(), 6);
    let (refined, again) = value_at(&target, &at);
    assert!((refined - value).abs() < 1e-6, "{refined} {value}");
    assert!(gradient.iter().zip(again).all(|(a, b)| (a - b).abs() < 1e-5));
    // The mode has no slope, and the Hessian there is the gradient's.
    let mode = maximise(&target, &[0.0; 3], 100, Finest::Any).unwrap();
    let steep = mode.at.gradient.iter().fold(0.0f64, |m, g| m.max(g.abs()));
    assert!(steep < 0.02 && mode.shift < 0.05, "{steep} {}", mode.shift);
}

#[test]
fn one_gradient_is_the_same_with_tables_and_without() {
    let group = answers(12, 30);
    let plain = Posterior::<Answers>::of(&group, None);
    let mut tabled = Posterior::<Answers>::of(&group, None);
    survey(&mut tabled, &Survey { seed: 1, steps: 100, evaluations: usize::MAX }).unwrap();
    let mut refined = tabled.refinement().clone();
    assert!(refined.error() < 1e-4 && refined.tabled() == 12);
    // In the declared coordinates, so that the two can be compared.
    refined.held.clear();
    tabled.refine(refined);
    // Within the tables and far outside.
    for scale in [0.1, 6.0] {
        let at: Vec<f64> = (0..14).map(|i| scale * (0.5 - ((i * 7) % 5) as f64 / 4.0)).collect();
        let (mut one, mut other) = (vec![0.0; 14], vec![0.0; 14]);
        let a = plain.ln_density(&at, &mut one).unwrap();
        let b = tabled.ln_density(&at, &mut other).unwrap();
        assert!((a - b).abs() < 1e-4, "{a} {b}");
        assert!(one.iter().zip(&other).all(|(a, b)| (a - b).abs() < 1e-3 * (1.0 + a.abs())), "{one:?} {other:?}");
    }
}

#[test]
fn a_fit_from_a_survey_is_that_from_anywhere() {
    let group = answers(40, 25);
    let fit = |start| {
        let options = NutsOptions { start, warmup: 400, draws: 1000, ..NutsOptions::default() };
        fit_with(&group, Method::Nuts(options), &Plan::default()).unwrap()
    };
    let (surveyed, anywhere) = (fit(NutsStart::Surveyed), fit(NutsStart::Origin));
    for name in ["mu", "sigma"] {
        let (a, b) = (surveyed.quantity(name, None).unwrap().summary, anywhere.quantity(name, None).unwrap().summary);
        assert!((a.mean - b.mean).abs() < 5.0 * (a.mcse_mean + b.mcse_mean), "{name}: {} {}", a.mean, b.mean);
        assert!(a.rhat < 1.01, "{name}: {}", a.rhat);
    }
    let gradients = |fit: &Fit| fit.pieces.iter().map(|p| p.gradients).sum::<u64>();
    assert!(gradients(&surveyed) > 0 && gradients(&anywhere) > 0);
}

/// A group's standard deviation is one-sided: a guide that can be skewed comes nearer to it, and climbs that do not agree are named.
#[test]
fn a_skewed_guide_fits_a_one_sided_posterior() {
    let group = answers(30, 20);
    let fit = |guide: Guide, options: SviOptions| {
        let options = SviOptions { guide: Some(guide), ..options };
        fit_with(&group, Method::Svi(options), &Plan::default()).unwrap()
    };
    let (plain, skewed) = (fit(Guide::Blocks, SviOptions::default()), fit(Guide::Skewed, SviOptions::default()));
    let bound = |fit: &Fit| fit.pieces[0].bound.clone().unwrap();
    assert!(bound(&skewed).elbo > bound(&plain).elbo - 0.05, "{} {}", bound(&skewed).elbo, bound(&plain).elbo);
    let (mean, sd) = exact(&group).sigma;
    let found = skewed.quantity("sigma", None).unwrap().summary;
    assert!((found.mean - mean).abs() < 0.25 * sd, "{} for {mean} +- {sd}", found.mean);
    assert!(bound(&skewed).others.len() == 1 && bound(&skewed).others[0].1 < 0.3, "{:?}", bound(&skewed).others);
    assert!(!skewed.complaints().iter().any(|c| c.contains("do not agree")), "{:?}", skewed.complaints());
    let short = SviOptions { steps: 4, start: SviStart::Origin, ..SviOptions::default() };
    let complaints = fit(Guide::Skewed, short).complaints();
    assert!(complaints.iter().any(|c| c.contains("Climbs from different starts do not agree")), "{complaints:?}");
}

/// Parts in a folder; a fit stops when it has so many more.
struct Shelved {
    folder: std::path::PathBuf,
    after: std::sync::atomic::AtomicUsize,
}

impl Shelved {
    fn parts(&self) -> usize {
        std::fs::read_dir(&self.folder).unwrap().filter(|e| e.as_ref().unwrap().path().is_file()).count()
    }
}

impl Checkpoints for Shelved {
    fn get(&self, name: &str) -> Result<Option<Vec<u8>>, String> {
        Ok(std::fs::read(self.folder.join(name)).ok())
    }
    fn put(&self, name: &str, content: &[u8]) -> Result<(), String> {
        std::fs::write(self.folder.join(name), content).map_err(|e| e.to_string())
    }
    fn folder(&self) -> Option<&std::path::Path> {
        Some(&self.folder)
    }
    fn stop(&self) -> bool {
        self.parts() >= self.after.load(std::sync::atomic::Ordering::Relaxed)
    }
}

/// Draws that are too many for memory are in the store's files, are the same, outlast a stop, and are read again.
#[test]
fn draws_in_files_are_those_in_memory() {
    let names = (0..12).map(|s| format!("s{s}")).collect();
    let group: Group<Sloped> = Group::new(names, records(12, 25, 5), ()).unwrap();
    let nuts = NutsOptions { chains: 3, warmup: 100, draws: 60, ..NutsOptions::default() };
    let methods = [
        Method::Nuts(nuts),
        Method::EmpiricalBayes(EmpiricalBayesOptions { draws: 300, ..EmpiricalBayesOptions::default() }),
        Method::Laplace(LaplaceOptions { draws: 200, ..LaplaceOptions::default() }),
    ];
    let top = std::env::temp_dir().join(format!("aif-groups-filed-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&top);
    for method in methods {
        let predictive = PredictiveOptions::default();
        let whole = fit_with(&group, method, &Plan { predictive, ..Plan::default() }).unwrap();
        let checkpoints = Shelved { folder: top.join("parts"), after: 1.into() };
        std::fs::create_dir_all(&checkpoints.folder).unwrap();
        let filed = loop {
            let plan = Plan { predictive, checkpoints: &checkpoints, most_held: 0, ..Plan::default() };
            match fit_with(&group, method, &plan) {
                Ok(fit) => break fit,
                Err(FitError::Stopped) => {
                    checkpoints.after.store(checkpoints.parts() + 4, std::sync::atomic::Ordering::Relaxed);
                }
                Err(other) => panic!("{other}"),
            }
        };
        let same = |a: &Fit, b: &Fit| {
            assert_eq!(a.quantities.len(), b.quantities.len());
            for (a, b) in a.quantities.iter().zip(&b.quantities) {
                assert!(a.chains() == b.chains() && a.all().eq(b.all()), "{}", a.name);
                assert_eq!((a.draw(0, 7), format!("{:?}", a.summary)), (b.draw(0, 7), format!("{:?}", b.summary)));
            }
            let rest = |fit: &Fit| {
                let piece = PartialFit { draws: Draws::default(), ..fit.pieces[0].clone() };
                format!("{piece:?}")
            };
            assert_eq!(rest(a), rest(b));
        };
        same(&whole, &filed);
        let header = Header::new(filed.meta, &filed.design, method, predictive, String::new(), String::new());
        let out = top.join("out");
        NewFolder::begin(&out).unwrap().fill(Some(header.digest()), fit_files(&filed, &header)).unwrap();
        let chunk = out.join("posterior.zarr/posterior/own/0.0.0");
        assert_eq!(std::fs::metadata(&chunk).unwrap().len(), (filed.pieces[0].draws.draws * 12 * 8) as u64);
        // Only the results are needed from here on.
        std::fs::remove_dir_all(&checkpoints.folder).unwrap();
        same(&whole, &read_fit(&out, filed.meta).unwrap().0);
        std::fs::write(&chunk, [0; 9]).unwrap();
        let error = read_fit(&out, filed.meta).unwrap_err().to_string();
        assert!(error.contains("posterior/own/0.0.0: is not what was written"), "{error}");
        std::fs::remove_dir_all(&top).unwrap();
    }
}
