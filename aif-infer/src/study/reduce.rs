//! `reduce`: the evidence and the posterior of models without some numbers of the group, from the fit of the full model.

use std::fmt::Write;

use indicatif::{ProgressBar, ProgressDrawTarget};

use super::arguments::Reduce;
use super::engine::{ErasedPopulation, Loaded, Source};
use super::error::{StudyError, say};
use super::fit::mark;
use super::stored;
use super::studied::StudyOptions;
use crate::compare::{Bridge, RELIABLE};
use crate::data::{DataOptions, open_tables};
use crate::fit::{FitError, Method};
use crate::output::{NewFolder, cells, write_out, write_rows};
use crate::results::{Fit, Header, MOST_DROPPED, Reduced, Reduction, reductions};

/// How a reduced model is called: what it does without.
fn called(names: &[String]) -> String {
    if names.is_empty() { "nothing (the full model)".into() } else { names.join(", ") }
}

pub(super) fn run(engine: &dyn ErasedPopulation, arguments: &Reduce) -> Result<(), StudyError> {
    let out = arguments.out.as_deref().map(NewFolder::begin).transpose()?;
    let (fit, header) = stored::open(engine, &arguments.folder)?;
    let records = records(engine, &fit, arguments, &header)?;
    let bar = if arguments.quiet || records.is_none() {
        ProgressBar::hidden()
    } else {
        ProgressBar::with_draw_target(Some(1 << arguments.drop.len().min(MOST_DROPPED)), ProgressDrawTarget::stderr_with_hz(5))
    };
    let found = reductions(&fit, &arguments.drop, engine.priors(), records.as_ref().map(|r| r.fittable()), &|| bar.inc(1))?;
    bar.finish_and_clear();
    if records.is_some() && found.evidence.is_none() {
        say!(
            "note: no bridge could be made: {} draws are too few for so many numbers, some numbers have no coordinates, or some draw has no density",
            found.draws
        );
    }
    let (text, files) = told(&fit, &arguments.folder.display().to_string(), &found);
    if let (Some(folder), Some(out)) = (out, &arguments.out) {
        folder.finish(&files)?;
        say!("wrote {}", out.display());
    }
    Ok(write_out(text.as_bytes())?)
}

/// The records that were fitted, where the table is named.
fn records(
    engine: &dyn ErasedPopulation,
    fit: &Fit,
    arguments: &Reduce,
    header: &Header,
) -> Result<Option<Box<dyn Loaded>>, StudyError> {
    let wrong = |what: String| Err(StudyError::Fit(FitError::Stored(what)));
    let (data, options, shown) = (arguments.reading.options(), arguments.agent.options(engine)?, arguments.folder.display());
    let (covariates, standardise) = (arguments.reading.covariates.as_deref(), &arguments.reading.standardise[..]);
    let Some(path) = &arguments.data else {
        if data != DataOptions::default() || options != StudyOptions::default() || covariates.is_some() || !standardise.is_empty()
        {
            return wrong(format!("{shown}: how a table is read and what agents do is said with --data only"));
        }
        return Ok(None);
    };
    // What is drawn from an approximation would be taken for the posterior, with an error that knows nothing of it.
    if !matches!(fit.method, Method::Nuts(_)) {
        let by = fit.method.name();
        return wrong(format!(
            "{shown}: a bridge takes draws of the posterior itself, as --method nuts makes them; these are of an approximation ({by}): reduce without --data"
        ));
    }
    let tables = open_tables(path, &data, &engine.schema())?;
    let source = Source { tables: &tables, data: &data, covariates, standardise, shard: None };
    let loaded = engine.load(&source, options)?;
    if mark(&tables, &format!("{data:?}"), loaded.design()) != header.data {
        return wrong(format!("{shown}: was made of other data, or read with other options, than {}", path.display()));
    }
    if serde_json::to_string(&options).unwrap_or_default() != header.agents {
        return wrong(format!("{shown}: was made with other options of agents: {}", header.agents));
    }
    Ok(Some(loaded))
}

/// The tables on standard output, and those of files.
fn told(fit: &Fit, folder: &str, found: &Reduction) -> (String, Vec<(String, Vec<u8>)>) {
    let mut text = format!("{} from {folder}, {} draws: log evidence against the full model's\n", fit.meta.name, found.draws);
    let width = found.models.iter().map(|m| called(&m.without).len()).max().unwrap_or(0).max(8);
    let bridged = found.evidence.is_some();
    let beside = |first: &str, second: &str| if bridged { format!(" {first:>9} {second:>8}") } else { String::new() };
    let _ = writeln!(
        text,
        "{:<width$} {:>9} {:>8} {:>9} {:>9}{} {:>12}",
        "without",
        "nats",
        "error",
        "k",
        "normal",
        beside("bridge", "error"),
        "probability"
    );
    let mut rows = Vec::new();
    for Reduced { without, gain, error, pareto_k, normal, probability, bridge, .. } in &found.models {
        let name = called(without);
        let shown = |x: Option<f64>| x.map_or("none".into(), |x| format!("{x:.3}"));
        let (by_bridge, its_error) = (bridge.map(|b| b.ln_integral), bridge.map(|b| b.error));
        let _ = writeln!(
            text,
            "{name:<width$} {gain:>9.3} {error:>8.3} {pareto_k:>9.2} {normal:>9.3}{} {probability:>12.4}",
            beside(&shown(by_bridge), &shown(its_error))
        );
        let mut row = cells![without.join(" "), gain, error, pareto_k, normal, probability].to_vec();
        if bridged {
            row.extend(cells![by_bridge.unwrap_or(f64::NAN), its_error.unwrap_or(f64::NAN)]);
        }
        rows.push(row);
    }
    let mut header = vec!["without", "log_evidence_gain", "error", "pareto_k", "normal", "probability"];
    if bridged {
        header.extend(["bridge", "bridge_error"]);
    }
    let mut files = vec![("reductions.csv".to_string(), write_rows(&header, rows))];
    text += "nats: by the density at zero given all other numbers, averaged over the draws (Savage & Dickey), with its Monte-Carlo error;\n\
             normal: with posterior and prior taken for normal; probability: of the models listed, alike beforehand\n";
    if let Some(Bridge { ln_integral, error }) = found.evidence {
        let _ = writeln!(
            text,
            "bridge: by the evidences of both models, each by bridge sampling; the full model's log evidence is {ln_integral:.3}, error {error:.3}"
        );
    }
    for model in found.models.iter().filter(|m| m.pareto_k > RELIABLE) {
        let without = called(&model.without);
        let what = if model.believed() == model.gain { "fit it" } else { "its probability is by the bridge" };
        let _ = writeln!(text, "without {without}: Pareto k {:.2}, the draws hardly reach that model: {what}", model.pareto_k);
    }
    if let Some(model) = found.models.iter().find(|m| (m.believed() - m.normal).abs() > 1.0) {
        let _ = writeln!(
            text,
            "without {}: the two differ by more than a nat: the posterior is not normal there",
            called(&model.without)
        );
    }
    let _ = writeln!(text, "\n{:<width$} {:>12}", "needed", "probability");
    for (name, p) in &found.needed {
        let _ = writeln!(text, "{name:<width$} {p:>12.4}");
    }
    files.push(("needed.csv".into(), write_rows(&["name", "probability"], found.needed.iter().map(|(n, p)| cells![n, p]))));
    let best = found.best();
    let width = found.names.iter().map(String::len).max().unwrap_or(0).max(10);
    let _ = writeln!(
        text,
        "\n{:<width$} {:>20} {:>20} {:>20}",
        "mean (sd)",
        "full",
        format!("best ({} out)", best.without.len()),
        "averaged"
    );
    let mut rows = Vec::new();
    for (i, name) in found.names.iter().enumerate() {
        let (full, best, mean) = (found.full[i], best.posterior[i], found.averaged[i]);
        let pair = |(m, s): (f64, f64)| format!("{m:.3} ({s:.3})");
        rows.push(cells![name, full.0, full.1, best.0, best.1, mean.0, mean.1]);
        // What is the same for all draws has no spread to tell of.
        if full.1 == 0.0 {
            continue;
        }
        let _ = writeln!(text, "{name:<width$} {:>20} {:>20} {:>20}", pair(full), pair(best), pair(mean));
    }
    let header = ["parameter", "full_mean", "full_sd", "best_mean", "best_sd", "averaged_mean", "averaged_sd"];
    files.push(("parameters.csv".into(), write_rows(&header, rows)));
    (text, files)
}
