//! `fit`: samples the posterior and writes draws and summaries into a new folder.

use std::path::Path;
use std::time::Instant;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;

use super::StudyError;
use super::arguments::{self, Method};
use super::engine::Engine;
use crate::data::{DataError, RawTable};
use crate::results::{Fit, Fittable, draws_csv, fit_nuts, population_csv, subjects_csv};
use crate::sample::NutsOptions;

pub(super) fn run(engine: &dyn Engine, arguments: &arguments::Fit) -> Result<(), StudyError> {
    let Method::Nuts = arguments.method;
    if arguments.out.exists() {
        let message = format!("{} is already there: results go into a new folder, choose another --out", arguments.out.display());
        return Err(StudyError::Option(message));
    }
    let table = RawTable::open(&arguments.data.data)?;
    let loaded = engine.load(&table, &arguments.data.options(), arguments.agent.options())?;
    for warning in loaded.warnings() {
        eprintln!("note: {warning}");
    }
    let started = Instant::now();
    let fit = with_threads(arguments.threads, || fit_with_progress(loaded.as_fittable(), arguments.nuts(), arguments.quiet))??;
    eprintln!("{}", in_words(&fit, started.elapsed().as_secs_f64()));
    write(&fit, &arguments.out)?;
    eprintln!("wrote {}", arguments.out.display());
    Ok(())
}

/// Runs on a stated number of threads.
fn with_threads<R: Send>(threads: Option<usize>, work: impl FnOnce() -> R + Send) -> Result<R, StudyError> {
    match threads {
        None => Ok(work()),
        Some(n) => {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(n).build();
            Ok(pool.map_err(|e| StudyError::Option(format!("--threads {n}: {e}")))?.install(work))
        }
    }
}

/// Fits with a progress bar on standard error.
///
/// # Errors
/// As [`fit_nuts`].
pub fn fit_with_progress(group: &dyn Fittable, options: NutsOptions, quiet: bool) -> Result<Fit, StudyError> {
    let densities = if group.meta().flat() { group.names().len() } else { 1 };
    let total = densities * options.chains * (options.warmup + options.draws);
    let bar = if quiet { ProgressBar::hidden() } else { ProgressBar::with_draw_target(Some(total as u64), ProgressDrawTarget::stderr_with_hz(5)) };
    if let Ok(style) = ProgressStyle::with_template("{msg} {bar:40} {pos}/{len} draws, {elapsed} passed, {eta} left") {
        bar.set_style(style);
    }
    bar.set_message("sampling");
    let fit = fit_nuts(group, options, &|| bar.inc(1));
    bar.finish_and_clear();
    Ok(fit?)
}

/// How the fit went, in a few lines.
pub fn in_words(fit: &Fit, seconds: f64) -> String {
    let overall = fit.overall();
    let worst = fit.quantities.iter().map(|q| q.summary.rhat).fold(f64::NEG_INFINITY, f64::max);
    let least = fit.quantities.iter().map(|q| q.summary.ess_bulk.min(q.summary.ess_tail)).fold(f64::INFINITY, f64::min);
    let mut text = format!(
        "{} subjects, {} chains of {} draws after {} of warm-up in {seconds:.1} s: R-hat at most {worst:.3}, effective sample size at least {least:.0}, {} divergences, E-BFMI at least {:.2}, {:.1} steps a draw",
        fit.subjects.len(), fit.options.chains, fit.options.draws, fit.options.warmup, overall.divergences, overall.e_bfmi, overall.steps
    );
    for complaint in fit.complaints() {
        text += "\nwarning: ";
        text += &complaint;
    }
    text
}

#[derive(Serialize)]
struct Diagnostics<'a> {
    population: &'a str,
    options: NutsOptions,
    divergences: usize,
    e_bfmi: f64,
    at_max_depth: usize,
    steps_per_draw: f64,
    complaints: Vec<String>,
}

/// Writes the tables of a fit into a new folder, whole or not at all.
///
/// # Errors
/// When the folder is there already or cannot be written.
pub fn write(fit: &Fit, folder: &Path) -> Result<(), DataError> {
    let overall = fit.overall();
    let diagnostics = Diagnostics {
        population: fit.meta.name,
        options: fit.options,
        divergences: overall.divergences,
        e_bfmi: overall.e_bfmi,
        at_max_depth: overall.at_max_depth,
        steps_per_draw: overall.steps,
        complaints: fit.complaints(),
    };
    let json = serde_json::to_vec_pretty(&diagnostics).unwrap_or_default();
    crate::data::write_folder(
        folder,
        &[
            ("draws.csv", draws_csv(fit)),
            ("subjects.csv", subjects_csv(fit)),
            ("population.csv", population_csv(fit)),
            ("diagnostics.json", json),
        ],
    )
}
