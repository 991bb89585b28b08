//! `calibrate`: simulation-based calibration (Talts et al. 2018, arXiv 1804.06788): parameters are drawn from the prior, behaviour from them,
//! and the posterior from that; if all is right, the truth falls on every rank among the draws equally often.

use std::fmt::Write;

use rayon::prelude::*;

use super::arguments::Calibrate;
use super::engine::ErasedPopulation;
use super::error::{StudyError, say};
use super::recover::fit_simulated;
use super::simulate::Blueprint;
use crate::diagnostics::{Ranks, ess_bulk};
use crate::output::{NewFolder, write_out, write_rows};
use crate::pictures::{Ink, Plot};
use crate::random::stream;

/// Draws that the truth is ranked among.
const AMONG: usize = 99;

pub(super) fn run(engine: &dyn ErasedPopulation, arguments: &Calibrate) -> Result<(), StudyError> {
    if arguments.simulations < 10 || arguments.bins < 2 || arguments.bins > AMONG + 1 {
        return Err(StudyError::Calibration { most: AMONG + 1 });
    }
    let given = &arguments.plan.parameters;
    if !given.set.is_empty() || given.params.is_some() {
        return Err(StudyError::GivenTruths);
    }
    let method = arguments.method.method(arguments.plan.seed, engine.meta().flat())?;
    let folder = NewFolder::begin(&arguments.out)?;
    let blueprint = Blueprint::new(engine, &arguments.plan)?;
    let agents = arguments.plan.agent.options(engine)?;
    blueprint.need(engine, &method).times(rayon::current_num_threads()).check()?;
    let one = |i: usize| -> Result<Vec<(String, usize)>, StudyError> {
        let seed = arguments.plan.seed.wrapping_add(i as u64);
        let simulated = blueprint.simulate(engine, seed)?;
        let fit = fit_simulated(engine, &blueprint, &simulated, method.with(seed, None), agents)?;
        let mut ranks = Vec::new();
        let mut rng = stream(seed, 1 << 62);
        for q in &fit.quantities {
            let truth = simulated.truth_of(q);
            let draws = q.chains().concat();
            // A constant has no rank.
            if draws.iter().all(|x| *x == draws[0]) {
                continue;
            }
            // Draws that hang together are thinned to about as many as they are worth.
            let worth = ess_bulk(&q.chains()).clamp(1.0, draws.len() as f64);
            let step = (draws.len() as f64 / worth).max(draws.len() as f64 / AMONG as f64);
            let count = ((draws.len() as f64 / step) as usize).max(1);
            let kept: Vec<f64> = (0..count).map(|k| draws[((k as f64 * step) as usize).min(draws.len() - 1)]).collect();
            let below = kept.iter().filter(|x| **x < truth).count();
            // On the scale of AMONG draws: a rank among fewer stands for several, one of which is taken by chance.
            let place = below as f64 + aif_runtime::random::unit(&mut rng);
            let rank = (place * (AMONG + 1) as f64 / (count + 1) as f64) as usize;
            ranks.push((q.name.clone(), rank.min(AMONG)));
        }
        Ok(ranks)
    };
    let done = std::sync::atomic::AtomicUsize::new(0);
    let tell = |i: usize| {
        let ranks = one(i);
        let n = done.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1;
        if !arguments.quiet && n.is_multiple_of((arguments.simulations / 10).max(1)) {
            say!("{n} of {} groups", arguments.simulations);
        }
        ranks
    };
    let all: Vec<Vec<(String, usize)>> = (0..arguments.simulations).into_par_iter().map(tell).collect::<Result<_, _>>()?;
    let mut labels: Vec<String> = Vec::new();
    let mut ranks: Vec<Vec<usize>> = Vec::new();
    let mut rows = Vec::new();
    for (i, group) in all.iter().enumerate() {
        for (label, rank) in group {
            let at = labels.iter().position(|l| l == label).unwrap_or_else(|| {
                labels.push(label.clone());
                ranks.push(Vec::new());
                labels.len() - 1
            });
            ranks[at].push(*rank);
            rows.push([i.to_string(), label.clone(), rank.to_string()]);
        }
    }
    let mut text = format!("{:<24} {:>7} {:>9} {:>12}  verdict\n", "parameter", "ranks", "mean rank", "p (uniform)");
    let (mut table, mut files) = (Vec::new(), Vec::new());
    for (label, ranks) in labels.iter().zip(&ranks) {
        // Ranks of subjects of one group hang together through it: as many independent ones as groups are counted on.
        let judged = Ranks::new(ranks, AMONG, arguments.simulations);
        let verdict = judged.verdict();
        let mean = ranks.iter().sum::<usize>() as f64 / ranks.len() as f64 / AMONG as f64;
        let _ = writeln!(text, "{label:<24} {:>7} {mean:>9.3} {:>12.4}  {verdict}", ranks.len(), judged.p_value);
        table.push([label.clone(), ranks.len().to_string(), mean.to_string(), judged.p_value.to_string(), verdict.to_string()]);
        let name = label.replace(['[', ']', ','], "_");
        files.push((format!("ranks_{name}.svg"), histogram(label, ranks, &judged, arguments.bins).into_bytes()));
        files.push((format!("ecdf_{name}.svg"), difference(label, &judged).into_bytes()));
    }
    files.push(("ranks.csv".into(), write_rows(&["simulation", "parameter", "rank"], rows)));
    files.push(("calibration.csv".into(), write_rows(&["parameter", "ranks", "mean_rank", "p_value", "verdict"], table)));
    folder.finish(&files)?;
    say!("wrote {}", arguments.out.display());
    Ok(write_out(text.as_bytes())?)
}

/// The rank histogram, with the band in which bars lie by chance.
fn histogram(label: &str, ranks: &[usize], judged: &Ranks, bins: usize) -> String {
    let mut counts = vec![0.0; bins];
    ranks.iter().for_each(|&r| counts[r * bins / (AMONG + 1)] += 1.0);
    let (low, high) = judged.bar_band(ranks.len(), bins);
    let top = counts.iter().fold(high, |m, &c| m.max(c)) * 1.1;
    let mut plot = Plot::new((420, 260), label, ((0.0, 1.0), "rank of the truth among the draws"), ((0.0, top), "groups"));
    plot.band(&[(0.0, low, high), (1.0, low, high)], Ink::AXIS.cover(0.35));
    for (i, &count) in counts.iter().enumerate() {
        plot.bar((i as f64 / bins as f64, (i + 1) as f64 / bins as f64), (0.0, count), Ink::BELIEF.cover(0.6));
    }
    plot.svg()
}

/// How far the distribution of ranks is from the uniform one, with its simultaneous 95% band.
fn difference(label: &str, judged: &Ranks) -> String {
    let (curve, band) = (judged.difference(), judged.band());
    let heights = curve.iter().copied().chain(band.iter().map(|(_, _, high)| *high));
    let top = heights.fold(0.0f64, |m, d| m.max(d.abs())) * 1.1;
    let title = format!("{label}: ranks against uniform ones, simultaneous 95% band");
    let mut plot = Plot::new((420, 260), &title, ((0.0, 1.0), "rank"), ((-top, top), "difference"));
    plot.band(&band, Ink::AXIS.cover(0.35));
    plot.line(curve.iter().enumerate().map(|(i, &d)| (i as f64 / (curve.len() - 1) as f64, d)), Ink::BELIEF, 2);
    plot.svg()
}
