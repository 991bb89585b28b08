//! `recover`: simulates groups, fits them, and compares what is found with what was put in; and which of several models is found.

use std::fmt::Write;

use rayon::prelude::*;

use super::arguments::Recover;
use super::engine::ErasedPopulation;
use super::error::{StudyError, say};
use super::simulate::{Blueprint, Simulated};
use super::studied::StudyOptions;
use crate::compare::random_effects;
use crate::data::{RowOrder, Rows};
use crate::fit::{Method, Plan, PredictiveOptions};
use crate::laplace::LaplaceOptions;
use crate::output::{NewFolder, cells, write_out, write_rows};
use crate::pictures::{range, scatter};
use crate::results::{Fit, correlation, fit_with};

/// One number of one unit: what it was, and what was found.
struct Found {
    repeat: usize,
    unit: String,
    label: String,
    truth: f64,
    summary: crate::results::Summary,
    /// 25% and 75% quantiles.
    half: (f64, f64),
}

pub(super) fn run(engine: &dyn ErasedPopulation, all: &[&dyn ErasedPopulation], arguments: &Recover) -> Result<(), StudyError> {
    if arguments.repeats == 0 {
        return Err(StudyError::NoRepeats);
    }
    if let Some(option) = arguments.method.first().filter(|_| arguments.confusion) {
        return Err(StudyError::Confusion { option });
    }
    let method = arguments.method.method(arguments.plan.seed, engine.meta().flat())?;
    let folder = NewFolder::begin(&arguments.out)?;
    let mut files = Vec::new();
    let mut report = String::new();
    if arguments.confusion {
        let (text, table) = confusion(all, arguments)?;
        report += &text;
        files.push(("confusion.csv".to_string(), table));
    } else {
        let found = repeats(engine, arguments, method)?;
        let (text, table, picture) = sum_up(&found);
        report += &text;
        files.push(("recovery.csv".to_string(), rows(&found)));
        files.push(("summary.csv".to_string(), table));
        files.extend(picture.into_iter().map(|(name, svg)| (format!("{name}.svg"), svg.into_bytes())));
    }
    folder.finish(&files)?;
    say!("wrote {}", arguments.out.display());
    Ok(write_out(report.as_bytes())?)
}

/// Fits a simulated group.
pub(super) fn fit_simulated(
    engine: &dyn ErasedPopulation,
    blueprint: &Blueprint,
    simulated: &Simulated,
    method: Method,
    agents: StudyOptions,
) -> Result<Fit, StudyError> {
    let loaded = engine.load_simulated((&simulated.table, simulated.order), &blueprint.design, agents)?;
    let plan = Plan { predictive: PredictiveOptions::none(), ..Plan::default() };
    Ok(fit_with(loaded.fittable(), method, &plan)?)
}

fn repeats(engine: &dyn ErasedPopulation, arguments: &Recover, method: Method) -> Result<Vec<Found>, StudyError> {
    let blueprint = Blueprint::new(engine, &arguments.plan)?;
    blueprint.need(engine, &method).check()?;
    let agents = arguments.plan.agent.options(engine)?;
    let mut all = Vec::new();
    for repeat in 0..arguments.repeats {
        let seed = arguments.plan.seed.wrapping_add(repeat as u64);
        let simulated = blueprint.simulate(engine, seed)?;
        let fit = fit_simulated(engine, &blueprint, &simulated, arguments.method.method(seed, engine.meta().flat())?, agents)?;
        if !arguments.quiet {
            say!("group {} of {}: {}", repeat + 1, arguments.repeats, fit.complaints().first().map_or("all is well", |c| c));
        }
        for q in &fit.quantities {
            let mut sorted: Vec<f64> = q.all().collect();
            sorted.sort_by(f64::total_cmp);
            all.push(Found {
                repeat,
                unit: if q.level == 0 { String::new() } else { fit.unit_label(q.level, q.unit) },
                label: q.name.clone(),
                truth: simulated.truth_of(q),
                summary: q.summary,
                half: (crate::diagnostics::quantile(&sorted, 0.25), crate::diagnostics::quantile(&sorted, 0.75)),
            });
        }
    }
    Ok(all)
}

fn rows(found: &[Found]) -> Vec<u8> {
    let header = ["repeat", "unit", "parameter", "truth", "mean", "sd", "q5", "q25", "q50", "q75", "q95", "rhat"];
    let each = found.iter().map(|f| {
        let s = &f.summary;
        let numbers = [f.truth, s.mean, s.sd, s.q5, f.half.0, s.q50, f.half.1, s.q95, s.rhat].map(|x| x.to_string());
        [f.repeat.to_string(), f.unit.clone(), f.label.clone()].into_iter().chain(numbers).collect::<Vec<_>>()
    });
    write_rows(&header, each)
}

/// Correlation, bias, RMSE and coverage of every parameter; a table, and a picture of each.
fn sum_up(found: &[Found]) -> (String, Vec<u8>, Vec<(String, String)>) {
    let mut labels: Vec<&str> = Vec::new();
    for f in found {
        if !labels.contains(&f.label.as_str()) {
            labels.push(&f.label);
        }
    }
    let mut text = format!(
        "{:<24} {:>6} {:>11} {:>8} {:>8} {:>10} {:>8} {:>8}\n",
        "parameter", "count", "correlation", "bias", "RMSE", "mean sd", "in 50%", "in 90%"
    );
    let (mut table, mut pictures) = (Vec::new(), Vec::new());
    for label in labels {
        let own: Vec<&Found> = found.iter().filter(|f| f.label == label).collect();
        let n = own.len() as f64;
        let (truth, mean): (Vec<f64>, Vec<f64>) = own.iter().map(|f| (f.truth, f.summary.mean)).unzip();
        let bias = own.iter().map(|f| f.summary.mean - f.truth).sum::<f64>() / n;
        let rmse = (own.iter().map(|f| (f.summary.mean - f.truth).powi(2)).sum::<f64>() / n).sqrt();
        let sd = own.iter().map(|f| f.summary.sd).sum::<f64>() / n;
        let held = own.iter().filter(|f| f.summary.q5 <= f.truth && f.truth <= f.summary.q95).count() as f64 / n;
        let half = own.iter().filter(|f| f.half.0 <= f.truth && f.truth <= f.half.1).count() as f64 / n;
        let r = if own.len() > 2 { correlation(&truth, &mean) } else { f64::NAN };
        let _ =
            writeln!(text, "{label:<24} {:>6} {r:>11.3} {bias:>8.3} {rmse:>8.3} {sd:>10.3} {half:>8.2} {held:>8.2}", own.len());
        table.push(cells![label, own.len(), r, bias, rmse, sd, half, held]);
        if own.len() > 2 {
            let both = range(truth.iter().copied().chain(own.iter().flat_map(|f| [f.summary.q5, f.summary.q95])));
            let points = own.iter().map(|f| (f.truth, f.summary.mean, f.summary.q5, f.summary.q95));
            let picture = scatter((420, 400), label, (both, "truth", "posterior mean, 90%"), (0.3, 1), points);
            pictures.push((label.replace(['[', ']', ','], "_"), picture));
        }
    }
    let header = ["parameter", "count", "correlation", "bias", "rmse", "mean_sd", "coverage_50", "coverage_90"];
    (text, write_rows(&header, table), pictures)
}

/// Simulates from each model and fits all of them: how often each is the one with the most evidence, and how frequent random-effects model
/// selection finds it.
fn confusion(all: &[&dyn ErasedPopulation], arguments: &Recover) -> Result<(String, Vec<u8>), StudyError> {
    if all.len() < 2 {
        return Err(StudyError::OnePopulation);
    }
    let kind = |e: &&dyn ErasedPopulation| {
        let levels: Vec<&str> = e.meta().levels.iter().map(|l| l.name).collect();
        let covariates: Vec<&str> = e.meta().covariates.iter().map(|c| c.name).collect();
        (levels, covariates)
    };
    if let Some(other) = all.iter().find(|e| kind(e) != kind(&all[0])) {
        return Err(StudyError::OtherLevels { first: all[0].meta().name, other: other.meta().name });
    }
    // A table that all can read: of trials, where one of them has such.
    let trials = all.iter().any(|engine| engine.schema().rows == Rows::Trials);
    let order = if trials { RowOrder::ActionFirst } else { RowOrder::ObservationFirst };
    let names: Vec<&str> = all.iter().map(|e| e.meta().name).collect();
    let mut text = format!("{:<24} {}\n", "simulated \\ found", names.iter().map(|n| format!("{n:>20}")).collect::<String>());
    let mut table = Vec::new();
    for truth in all {
        let blueprint = Blueprint::new(*truth, &arguments.plan)?;
        let mut found = vec![0usize; all.len()];
        let mut frequency = vec![0.0; all.len()];
        for repeat in 0..arguments.repeats {
            let seed = arguments.plan.seed.wrapping_add(repeat as u64);
            let simulated = blueprint.simulate_as(*truth, seed, order)?;
            let method = Method::Laplace(LaplaceOptions { seed, ..LaplaceOptions::default() });
            let evidence = |engine: &&dyn ErasedPopulation| -> Result<Vec<f64>, StudyError> {
                let agents = arguments.plan.agent.options(*engine)?;
                let fit = fit_simulated(*engine, &blueprint, &simulated, method, agents)?;
                Ok(fit.pieces.iter().filter_map(|p| Some(p.evidence?.laplace)).collect())
            };
            let each: Vec<Vec<f64>> = all.par_iter().map(evidence).collect::<Result<_, _>>()?;
            let totals: Vec<f64> = each.iter().map(|e| e.iter().sum()).collect();
            let best = (0..all.len()).max_by(|&a, &b| totals[a].total_cmp(&totals[b])).unwrap_or(0);
            found[best] += 1;
            if each.iter().all(|e| e.len() == each[0].len() && e.len() > 1) {
                let rows: Vec<Vec<f64>> = (0..each[0].len()).map(|s| each.iter().map(|e| e[s]).collect()).collect();
                let selected = random_effects(&rows);
                frequency.iter_mut().zip(&selected.frequencies).for_each(|(to, f)| *to += f / arguments.repeats as f64);
            }
        }
        let cells: String = found.iter().zip(&frequency).map(|(n, f)| format!("{:>20}", format!("{n} ({f:.2})"))).collect();
        let _ = writeln!(text, "{:<24} {cells}", truth.meta().name);
        for (k, name) in names.iter().enumerate() {
            table.push(cells![truth.meta().name, name, found[k], frequency[k]]);
        }
    }
    if trials && all.iter().any(|engine| engine.schema().rows == Rows::Steps) {
        text += "what is observed before the first choice of a block is left out: learners and filters have trials, which begin with it\n";
    }
    text += "groups whose summed evidence is largest (expected frequency over subjects, by random-effects selection)\n";
    Ok((text, write_rows(&["simulated", "found", "groups", "expected_frequency"], table)))
}
