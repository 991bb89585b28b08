//! `fit`: finds the posterior and writes draws, summaries, predictions and a report into a new folder; can be stopped and gone on with.

use std::time::Instant;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::arguments;
use super::engine::{ErasedPopulation, Source};
use super::error::{StudyError, say};
use super::memory::Need;
use super::suspect::other_order;
use super::work::{Begun, WorkFolder};
use crate::data::{Mark, RawTable, is_of_shard, open_shard, open_tables};
use crate::fit::{FitError, Method, Plan, PredictiveOptions};
use crate::output::NewFolder;
use crate::record::Statistics;
use crate::results::{Fit, Fittable, Header, fit_files, fit_with};
use crate::sample::NutsOptions;

/// Responses times draws, and subjects times draws, that are predicted unless more are asked for.
const RESPONSE_DRAWS: usize = 100_000_000;
const SUBJECT_DRAWS: usize = 20_000;

/// Trial-by-trial quantities of more responses than this are not written.
const MOST_REGRESSORS: usize = 500_000;

pub(super) fn run(engine: &dyn ErasedPopulation, arguments: &arguments::Fit, statistics: &Statistics) -> Result<(), StudyError> {
    let started = Instant::now();
    if !arguments.resume {
        NewFolder::check(&arguments.out)?;
    }
    let (data, covariates) = (arguments.data.options(), arguments.data.reading.covariates.as_deref());
    let tables = match arguments.shard {
        Some(shard) => open_shard(&arguments.data.data, &data, &engine.schema(), shard)?,
        None => open_tables(&arguments.data.data, &data, &engine.schema())?,
    };
    let standardise = &arguments.data.reading.standardise;
    let source = Source { tables: &tables, data: &data, covariates, standardise, shard: arguments.shard };
    let options = arguments.agent.options(engine)?;
    let loaded = engine.load(&source, options)?;
    for warning in loaded.warnings() {
        say!("note: {warning}");
    }
    let design = loaded.design();
    let subjects: Vec<usize> = (0..loaded.names().len()).filter(|&s| is_of_shard(s, arguments.shard)).collect();
    if subjects.is_empty() {
        return Err(StudyError::TooManyShards { subjects: loaded.names().len() });
    }
    let asked = |leaf: &usize| is_of_shard(design.subject_of(*leaf), arguments.shard);
    let counts: Vec<usize> = (0..design.leaves().names.len()).filter(asked).map(|leaf| loaded.response_count(leaf)).collect();
    if counts.iter().all(|&count| count == 0) {
        return Err(StudyError::NothingScored);
    }
    let silent = counts.iter().filter(|&&count| count == 0).count();
    if silent > 0 {
        say!("note: {silent} of {} have no scored response; the priors alone speak for them", counts.len());
    }
    let responses: usize = counts.iter().sum();
    let predictive = PredictiveOptions {
        loo_draws: arguments.loo_draws.unwrap_or((RESPONSE_DRAWS / responses).clamp(200, 1000)),
        check_draws: arguments.check_draws.unwrap_or((SUBJECT_DRAWS / counts.len()).clamp(20, 100)),
        regressors: responses <= MOST_REGRESSORS,
        keep_likelihoods: arguments.log_likelihood,
        by_response: responses <= MOST_REGRESSORS || arguments.log_likelihood,
    };
    // A shard of a group predicts nothing.
    let predicts = arguments.shard.is_none() || engine.meta().flat();
    if predicts && arguments.loo_draws.is_none() && predictive.loo_draws < 1000 {
        say!(
            "note: of so many responses ({responses}) leave-one-out uses {} draws; --loo-draws asks for more",
            predictive.loo_draws
        );
    }
    if predicts && arguments.check_draws.is_none() && predictive.check_draws < 100 {
        say!("note: of so many units choices are replayed with {} draws; --check-draws asks for more", predictive.check_draws);
    }
    if predicts && !predictive.regressors {
        say!("note: regressors.tsv is left out: it would have more than {MOST_REGRESSORS} rows");
    }
    if predicts && !predictive.by_response {
        say!(
            "note: of more than {MOST_REGRESSORS} responses leave-one-out is written by subject only; --log-likelihood asks for all"
        );
    }
    let method = arguments.method.method(arguments.seed, engine.meta().flat())?;
    if !predicts && (arguments.loo_draws.is_some() || arguments.check_draws.is_some() || arguments.log_likelihood) {
        return Err(StudyError::ShardPredicts);
    }
    if predicts {
        Need::of_fit(engine.meta(), design, (&method, &predictive), (subjects.len(), responses)).check()?;
    }
    let mark = mark(&tables, &format!("{data:?}"), loaded.design());
    // What was read is not needed any more.
    drop(tables);
    let mut said = engine.words(options);
    if !statistics.is_empty() {
        // What is resumed has the same checks, by their names.
        let names: Vec<&str> = statistics.iter().map(|(name, _)| name.as_str()).collect();
        said += &format!("{}Checked besides: {}.", if said.is_empty() { "" } else { " " }, names.join(", "));
    }
    let agents = serde_json::to_string(&options).unwrap_or_default();
    let mut header = Header::new(engine.meta(), loaded.design(), method, predictive, agents, mark);
    header.in_words = said;
    header.shard = arguments.shard;
    header.declaration = engine.declaration();
    let mut checkpoints = match WorkFolder::begin(&arguments.out, &header, arguments.resume)? {
        Begun::Folder(checkpoints) => checkpoints,
        Begun::Finished => {
            say!("{} was finished already", arguments.out.display());
            return Ok(());
        }
    };
    let found = with_threads(arguments.threads, || {
        let count = subjects.len();
        let bar = progress(&method, engine.meta().flat(), count, arguments.quiet);
        let tick = || bar.inc(1);
        let phase = |what: &'static str| bar.set_message(what);
        let plan = Plan {
            subjects: arguments.shard.map(|_| subjects.clone()),
            predictive,
            statistics: statistics.clone(),
            checkpoints: &checkpoints,
            tick: &tick,
            phase: &phase,
            ..Plan::default()
        };
        let fit = fit_with(loaded.fittable(), method, &plan);
        bar.finish_and_clear();
        fit
    })?;
    let fit = match found {
        Ok(fit) => fit,
        Err(error) => {
            // What cannot succeed leaves nothing; what broke off (a full disk, one bad subject after hours) keeps its finished parts.
            if !matches!(error, FitError::Stopped | FitError::Stored(_)) && !checkpoints.has_parts() {
                checkpoints.remove();
            }
            let FitError::Behaviour(what) = error else { return Err(error.into()) };
            // Perhaps outcomes stand on other rows than is thought.
            let tables = open_tables(&arguments.data.data, &data, &engine.schema())?;
            let source = Source { tables: &tables, data: &data, covariates, standardise, shard: None };
            let order = other_order(engine, &source, options, |other| other.fittable().check_observations().is_ok());
            return Err(FitError::Behaviour(what + &order).into());
        }
    };
    match (arguments.shard, fit.pieces.first().and_then(|p| p.tables)) {
        (Some((i, n)), Some((units, error))) if !engine.meta().flat() => say!(
            "shard {i}/{n}: the likelihoods of {units} units tabled in {:.1} s, the errors measured sum to {error:.1e} nats; merge all shards to sample",
            started.elapsed().as_secs_f64()
        ),
        _ => say!("{}", in_words(&fit, started.elapsed().as_secs_f64())),
    }
    if !arguments.quiet {
        say!("writing ..");
    }
    checkpoints.results(&arguments.out)?.fill(Some(header.digest()), fit_files(&fit, &header))?;
    // What is open is not removed everywhere.
    drop(fit);
    checkpoints.remove();
    say!("wrote {}", arguments.out.display());
    Ok(())
}

/// A mark by which equal data are known: of cells, reading options, and who belongs to whom.
pub(super) fn mark(tables: &[RawTable], options: &str, design: &crate::population::Design) -> String {
    let mut mark = Mark::default();
    let mut add = |text: &str| mark.add(text);
    tables.iter().for_each(|table| add(&format!("{:016x}", table.mark.0)));
    add(options);
    for units in &design.levels {
        units.names.iter().for_each(|name| add(name));
        units.parents.iter().for_each(|parent| add(&parent.to_string()));
    }
    design.covariates.iter().flatten().for_each(|x| add(&x.to_bits().to_string()));
    format!("{:016x}", mark.0)
}

/// Runs on a stated number of threads.
pub(super) fn with_threads<R: Send>(threads: Option<u16>, work: impl FnOnce() -> R + Send) -> Result<R, StudyError> {
    match threads {
        None => Ok(work()),
        Some(n) => {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(n.into()).build();
            Ok(pool.map_err(|source| StudyError::Threads { threads: n, source })?.install(work))
        }
    }
}

/// A bar that counts draws, or hundreds of steps, or subjects.
pub(super) fn progress(method: &Method, flat: bool, subjects: usize, quiet: bool) -> ProgressBar {
    let densities = if flat { subjects } else { 1 };
    let (each, what) = method.options().ticks(flat);
    let bar = if quiet {
        ProgressBar::hidden()
    } else {
        ProgressBar::with_draw_target(Some(each.saturating_mul(densities) as u64), ProgressDrawTarget::stderr_with_hz(5))
    };
    let template = format!("{{msg}} {{bar:40}} {{pos}}/{{len}} {what}, {{elapsed}} passed, {{eta}} left");
    if let Ok(style) = ProgressStyle::with_template(&template) {
        bar.set_style(style);
    }
    bar.set_message(if method.options().sampled() { "sampling" } else { "fitting" });
    bar
}

/// Fits by NUTS with a progress bar on standard error.
///
/// # Errors
/// As [`fit_nuts`](crate::results::fit_nuts).
pub fn fit_with_progress(group: &dyn Fittable, options: NutsOptions, quiet: bool) -> Result<Fit, StudyError> {
    let method = Method::Nuts(options);
    let bar = progress(&method, group.meta().flat(), group.names().len(), quiet);
    let fit = fit_with(group, method, &Plan { tick: &|| bar.inc(1), ..Plan::default() });
    bar.finish_and_clear();
    Ok(fit?)
}

/// How the fit went, in a few lines.
pub fn in_words(fit: &Fit, seconds: f64) -> String {
    let subjects = fit.pieces.iter().filter(|p| p.subject.is_some()).count();
    let subjects = if subjects > 0 { subjects } else { fit.subjects.len() };
    let mut text = format!("{subjects} subjects in {seconds:.1} s by {}. ", fit.method.options().words());
    if fit.method.options().sampled() {
        let overall = fit.overall();
        let worst = fit.worst_rhat().map_or(f64::NAN, |(x, _)| x);
        let least = fit.least_ess().map_or(f64::NAN, |(x, _)| x);
        text += &format!(
            "R-hat at most {worst:.3}, effective sample size at least {least:.0}, {} divergences, E-BFMI at least {:.2}, {:.1} steps a draw",
            overall.divergences, overall.e_bfmi, overall.steps
        );
    } else {
        let bounds: Vec<_> = fit.pieces.iter().filter_map(|p| p.bound.as_ref()).collect();
        if let Some(steps) = bounds.iter().map(|b| b.trace.len()).max() {
            text += &format!("{steps} steps at most, ELBO {:.2}, ", bounds.iter().map(|b| b.elbo).sum::<f64>());
        } else if fit.pieces.iter().any(|p| p.evidence.is_some()) {
            text += &format!("log evidence {:.2}, ", fit.pieces.iter().filter_map(|p| Some(p.evidence?.laplace)).sum::<f64>());
        }
        let worst = fit.pieces.iter().filter_map(|p| p.pareto_k).max_by(f64::total_cmp);
        text += &worst.map_or(String::new(), |worst| format!("Pareto k at most {worst:.2}"));
    }
    for remark in fit.remarks() {
        text += "\nnote: ";
        text += &remark;
    }
    for complaint in fit.complaints() {
        text += "\nwarning: ";
        text += &complaint;
    }
    text
}
