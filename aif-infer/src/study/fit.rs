//! `fit`: samples the posterior and writes draws and summaries into a new folder.

use std::time::Instant;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::StudyError;
use super::arguments::{self, Method};
use super::engine::Engine;
use crate::data::{NewFolder, RawTable};
use crate::results::{Fit, Fittable, files, fit_nuts};
use crate::sample::NutsOptions;

pub(super) fn run(engine: &dyn Engine, arguments: &arguments::Fit) -> Result<(), StudyError> {
    let Method::Nuts = arguments.method;
    let table = RawTable::open(&arguments.data.data)?;
    let loaded = engine.load(&table, &arguments.data.options(), arguments.agent.options())?;
    for warning in loaded.warnings() {
        eprintln!("note: {warning}");
    }
    let folder = NewFolder::begin(&arguments.out)?;
    let started = Instant::now();
    let fit = with_threads(arguments.threads, || fit_with_progress(loaded.as_ref(), arguments.nuts(), arguments.quiet))??;
    eprintln!("{}", in_words(&fit, started.elapsed().as_secs_f64()));
    folder.finish(&files(&fit))?;
    eprintln!("wrote {}", arguments.out.display());
    Ok(())
}

/// Runs on a stated number of threads.
fn with_threads<R: Send>(threads: Option<u16>, work: impl FnOnce() -> R + Send) -> Result<R, StudyError> {
    match threads {
        None => Ok(work()),
        Some(n) => {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(n.into()).build();
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
    let per_chain = options.draws.saturating_mul(options.thinning(group.meta().flat())).saturating_add(options.warmup);
    let total = per_chain.saturating_mul(densities).saturating_mul(options.chains);
    let bar = if quiet {
        ProgressBar::hidden()
    } else {
        ProgressBar::with_draw_target(Some(total as u64), ProgressDrawTarget::stderr_with_hz(5))
    };
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
    let (worst, least) = (fit.worst_rhat().map_or(f64::NAN, |(x, _)| x), fit.least_ess().map_or(f64::NAN, |(x, _)| x));
    let thinned = fit.options.thin.filter(|&t| t > 1).map_or(String::new(), |t| format!(" (one in {t})"));
    let mut text = format!(
        "{} subjects, {} chains of {} draws{} after {} of warm-up in {seconds:.1} s: R-hat at most {worst:.3}, effective sample size at least {least:.0}, {} divergences, E-BFMI at least {:.2}, {:.1} steps a draw",
        fit.subjects.len(),
        fit.options.chains,
        fit.options.draws,
        thinned,
        fit.options.warmup,
        overall.divergences,
        overall.e_bfmi,
        overall.steps
    );
    for complaint in fit.complaints() {
        text += "\nwarning: ";
        text += &complaint;
    }
    text
}
