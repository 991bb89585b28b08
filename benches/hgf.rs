//! Hierarchical Gaussian filters: how long a gradient and a whole fit take, for 10 participants with 320 trials each.
//!
//! ```text
//! cargo bench --bench hgf                     inputs made up here
//! cargo bench --bench hgf -- gradient         no fits
//! AIF_DATA=<folder> cargo bench --bench hgf   the reference group, hgf_group.csv in that folder
//! ```

use std::hint::black_box;
use std::path::PathBuf;
use std::time::Instant;

use aif::hgf::{FilterOptions, GaussianFilter, ThreeLevelBinary, TwoLevelBinary, Update};
use aif::infer::data::{DataOptions, RawTable};
use aif::infer::fit::{Method, Plan};
use aif::infer::results::{Group, fit_with};
use aif::infer::sample::{NutsOptions, NutsStart};
use aif::infer::score::{RecordedBlock, RecordedRow, Trials, filter_log_likelihood};
use aif::infer::study::StudyBehaviour;
use aif::infer::{Density, Posterior};
use aif::prelude::*;
use aif::runtime::Dual;

model! {
    /// The reference model.
    pub Observers for TwoLevelBinary<T> {
        population {
            volatility_mean   ~ Normal(-5.0, 5.0);
            volatility_spread ~ HalfNormal(10.0);
            strictness_mean   ~ Normal(0.0, 2.0);
            strictness_spread ~ HalfNormal(2.0);
        }
        subject {
            #[centred]
            tonic_volatility ~ Normal(volatility_mean, volatility_spread);
            #[centred]
            strictness       ~ Normal(strictness_mean, strictness_spread);
            TwoLevelBinary { tonic_volatility, inverse_temperature: exp(strictness) }
        }
    }
}

/// The reference group, or one like it.
fn records() -> (Vec<String>, Vec<Trials>) {
    if let Ok(folder) = std::env::var("AIF_DATA") {
        let table = RawTable::open(&PathBuf::from(folder).join("hgf_group.csv")).unwrap();
        let options = DataOptions { first_scored: 1, ..DataOptions::default() };
        let read = <Hgf<TwoLevelBinary<f64>> as StudyBehaviour>::read(&[table], &options, false).unwrap();
        return (read.names, read.records);
    }
    let bit = |a: usize, b: usize| Some(f64::from(u8::from((a * 7919 + b * 104_729) % 97 < 40)));
    let trial = |s: usize, k: usize| RecordedRow {
        inputs: vec![bit(k, k / 60)],
        responses: vec![bit(k + s, s + k / 60)],
        scored: k > 0,
        ..RecordedRow::default()
    };
    let record = |s| {
        let trials = (0..320).map(|k| trial(s, k)).collect();
        Trials::new(&TwoLevelBinary::<f64>::META, vec![RecordedBlock { rows: trials, ..RecordedBlock::default() }]).unwrap()
    };
    ((0..10).map(|s| s.to_string()).collect(), (0..10).map(record).collect())
}

/// The median time of a call, in seconds.
fn median(mut work: impl FnMut()) -> f64 {
    work();
    let mut times: Vec<f64> = (0..31)
        .map(|_| {
            let start = Instant::now();
            for _ in 0..20 {
                work();
            }
            start.elapsed().as_secs_f64() / 20.0
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn main() {
    let (names, records) = records();
    let options = FilterOptions::default();
    println!("10 participants x 320 trials (ms)");
    let plain = TwoLevelBinary { tonic_volatility: -4.0, inverse_temperature: 1.5 };
    let time = median(|| {
        for record in &records {
            black_box(filter_log_likelihood(&plain, record, &options)).unwrap();
        }
    });
    println!("log-likelihood, two levels             {:>8.3}", time * 1e3);
    let dual = TwoLevelBinary { tonic_volatility: Dual::<2>::variable(-4.0, 0), inverse_temperature: Dual::variable(1.5, 1) };
    let time = median(|| {
        for record in &records {
            black_box(filter_log_likelihood(&dual, record, &options)).unwrap();
        }
    });
    println!("and its gradient, one by one           {:>8.3}", time * 1e3);
    for update in [Update::Standard, Update::Enhanced, Update::Guarded, Update::Unbounded] {
        let options = FilterOptions { update, ..options };
        let three = ThreeLevelBinary {
            tonic_volatility: Dual::<4>::variable(-4.0, 0),
            volatility_coupling: Dual::variable(1.0, 1),
            meta_volatility: Dual::variable(-5.0, 2),
            inverse_temperature: Dual::variable(1.5, 3),
        };
        let time = median(|| {
            for record in &records {
                black_box(filter_log_likelihood(&three, record, &options)).unwrap();
            }
        });
        println!("three levels, four directions, {:<10} {:>6.3}", format!("{update:?}"), time * 1e3);
    }
    let group = Group::<Observers>::new(names, records, options).unwrap();
    let posterior = Posterior::<Observers>::of(&group, None);
    let at: Vec<f64> = (0..posterior.dimension()).map(|i| 0.3 - 0.02 * i as f64).collect();
    let mut to = vec![0.0; at.len()];
    let time = median(|| {
        black_box(posterior.ln_density(&at, &mut to)).unwrap();
    });
    println!("gradient of the hierarchical posterior {:>8.3}", time * 1e3);
    if std::env::args().any(|a| a == "gradient") {
        return;
    }
    for (seed, target_accept) in [(1, 0.8), (2, 0.8), (3, 0.8), (1, 0.95), (2, 0.95), (3, 0.95)] {
        let nuts = NutsOptions {
            chains: 2,
            warmup: 1000,
            draws: 1000,
            seed,
            target_accept,
            start: NutsStart::Laplace,
            ..NutsOptions::default()
        };
        let start = Instant::now();
        let fit = fit_with(&group, Method::Nuts(nuts), &Plan::default()).unwrap();
        let time = start.elapsed().as_secs_f64();
        let (rhat, ess) = (fit.worst_rhat().map_or(f64::NAN, |w| w.0), fit.least_ess().map_or(f64::NAN, |l| l.0));
        let bulk = fit.quantities.iter().map(|q| q.summary.ess_bulk).fold(f64::INFINITY, f64::min);
        let steps: u64 = fit.pieces.iter().flat_map(|p| p.statistics.iter().flatten()).map(|d| d.steps).sum();
        println!(
            "fit, 2 x (1,000 + 1,000), aiming at {target_accept}, seed {seed}: {time:.2} s, R-hat {rhat:.3}, least ESS {ess:.0} (bulk {bulk:.0}, {:.0} a second), {:.1} steps a draw, {} divergences",
            bulk / time,
            steps as f64 / 2000.0,
            fit.overall().divergences
        );
    }
}
