//! `reduce`: the evidence and the posterior of models without some numbers of the group, from the fit of the full model.

use std::fmt::Write;

use super::arguments::Reduce;
use super::engine::Engine;
use super::error::{StudyError, say};
use super::stored;
use crate::output::{NewFolder, cells, write_out, write_rows};
use crate::results::{Fit, Reduced, Reduction, reductions};

/// How a reduced model is called: what it does without.
fn called(names: &[String]) -> String {
    if names.is_empty() { "nothing (the full model)".into() } else { names.join(", ") }
}

pub(super) fn run(engine: &dyn Engine, arguments: &Reduce) -> Result<(), StudyError> {
    let out = arguments.out.as_deref().map(NewFolder::begin).transpose()?;
    let (fit, _) = stored::open(engine, &arguments.folder)?;
    let density =
        |level: usize, values: &mut [f64], covariates: &[f64], drawn: &[f64]| engine.densities(level, values, covariates, drawn);
    let found = reductions(&fit, &arguments.drop, &density)?;
    let (text, files) = told(&fit, &arguments.folder.display().to_string(), &found);
    if let (Some(folder), Some(out)) = (out, &arguments.out) {
        folder.finish(&files)?;
        say!("wrote {}", out.display());
    }
    Ok(write_out(text.as_bytes())?)
}

/// The tables on standard output, and those of files.
fn told(fit: &Fit, folder: &str, found: &Reduction) -> (String, Vec<(String, Vec<u8>)>) {
    let mut text = format!("{} from {folder}, {} draws: log evidence against the full model's\n", fit.meta.name, found.draws);
    let width = found.models.iter().map(|m| called(&m.without).len()).max().unwrap_or(0).max(8);
    let _ = writeln!(text, "{:<width$} {:>9} {:>8} {:>9} {:>9} {:>12}", "without", "nats", "error", "k", "normal", "probability");
    let mut rows = Vec::new();
    for Reduced { without, gain, error, pareto_k, normal, probability, .. } in &found.models {
        let name = called(without);
        let _ = writeln!(text, "{name:<width$} {gain:>9.3} {error:>8.3} {pareto_k:>9.2} {normal:>9.3} {probability:>12.4}");
        rows.push(cells![without.join(" "), gain, error, pareto_k, normal, probability]);
    }
    let header = ["without", "log_evidence_gain", "error", "pareto_k", "normal", "probability"];
    let mut files = vec![("reductions.csv".to_string(), write_rows(&header, rows))];
    text += "nats: by the density at zero given all other numbers, averaged over the draws (Savage & Dickey), with its Monte-Carlo error;\n\
             normal: with posterior and prior taken for normal; probability: of the models listed, alike beforehand\n";
    for model in found.models.iter().filter(|m| m.pareto_k > crate::compare::RELIABLE) {
        let without = called(&model.without);
        let _ = writeln!(text, "without {without}: Pareto k {:.2}, the draws hardly reach that model: fit it", model.pareto_k);
    }
    if let Some(model) = found.models.iter().find(|m| (m.gain - m.normal).abs() > 1.0) {
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
