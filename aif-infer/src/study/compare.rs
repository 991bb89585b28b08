//! `compare`: fits of the same data side by side: leave-one-out differences, stacking weights, and random-effects model selection.

use std::fmt::Write;
use std::path::Path;

use super::arguments::{Compare, Unit};
use super::error::{StudyError, say};
use super::stored::named;
use crate::compare::{RELIABLE, compare, random_effects};
use crate::data::{RawTable, Row};
use crate::fit::FitError;
use crate::output::{Manifest, NewFolder, cells, write_out, write_rows};
use crate::results::{Header, checked};

/// One fit's predictions: what each is about, its density, and its Pareto k.
struct Predictions {
    keys: Vec<Vec<String>>,
    elpd: Vec<f64>,
    unreliable: usize,
}

/// A table of a folder, as it was written.
fn table(folder: &Path, manifest: &Manifest, file: &str) -> Result<RawTable, StudyError> {
    Ok(RawTable::parse(&folder.join(file), &manifest.content(folder, file)?)?)
}

fn predictions(folder: &Path, manifest: &Manifest, by: Unit) -> Result<Predictions, StudyError> {
    let file = match by {
        Unit::Response => "loo.csv",
        Unit::Block => "loo_blocks.csv",
        Unit::Subject => "loo_subjects.csv",
    };
    if !manifest.lists(file) {
        let what =
            format!("has no {file}: its draws were not used for leave-one-out cross-validation (--loo-draws, --log-likelihood)");
        return Err(named(folder, FitError::Stored(what)));
    }
    let table = table(folder, manifest, file)?;
    let at = |name: &str| {
        table
            .header
            .iter()
            .position(|h| h == name)
            .ok_or_else(|| StudyError::NoColumn { file: table.path.clone(), column: name.into() })
    };
    let (elpd, k) = (at("elpd_loo")?, at("pareto_k")?);
    let number = |row: Row<'_>, at: usize| row.cell(at).parse::<f64>().unwrap_or(f64::NAN);
    let mut keys: Vec<Vec<String>> = table.rows().map(|row| row.cells().take(elpd).map(String::from).collect()).collect();
    // Families call the only block by different names.
    if let Some(block) = table.header[..elpd].iter().position(|h| h == "block")
        && keys.iter().all(|key| key[block] == keys[0][block])
    {
        keys.iter_mut().for_each(|key| key[block].clear());
    }
    // Nor do they answer in one order.
    let mut order: Vec<usize> = (0..keys.len()).collect();
    order.sort_by(|&a, &b| keys[a].cmp(&keys[b]));
    let all: Vec<f64> = table.rows().map(|row| number(row, elpd)).collect();
    Ok(Predictions {
        elpd: order.iter().map(|&i| all[i]).collect(),
        keys: order.iter().map(|&i| std::mem::take(&mut keys[i])).collect(),
        unreliable: table.rows().filter(|row| number(*row, k) > RELIABLE).count(),
    })
}

/// The log-evidence of each subject, where a fit has one: how many of them cannot be relied on.
struct Evidences {
    each: Vec<(String, f64)>,
    /// Under the posterior of a group that the subject is of; else under a prior that knows no data.
    of_group: bool,
    /// The Monte-Carlo standard error of their sum, where it is known.
    error: Option<f64>,
    unreliable: usize,
}

fn evidence(folder: &Path, manifest: &Manifest) -> Result<Option<Evidences>, StudyError> {
    const FILES: [(&str, bool); 2] = [("evidence_subjects.csv", true), ("evidence.csv", false)];
    let Some((file, of_group)) = FILES.into_iter().find(|(file, _)| manifest.lists(file)) else { return Ok(None) };
    Ok(evidence_of(&table(folder, manifest, file)?, of_group))
}

fn evidence_of(table: &RawTable, of_group: bool) -> Option<Evidences> {
    let at = |name: &str| table.header.iter().position(|h| h == name);
    let (weighed, k) = (at("log_evidence")?, at("pareto_k")?);
    let laplace = at("log_evidence_laplace");
    let errors = at("error").map(|e| table.rows().map(|cells| cells[e].parse::<f64>().unwrap_or(f64::NAN).powi(2)).sum::<f64>());
    let mut unreliable = 0;
    let row = |cells: Row<'_>| {
        // Weights that cannot be relied on are worse than Laplace's method, where there is that.
        let reliable = cells[k].parse::<f64>().is_ok_and(|k| k <= RELIABLE);
        unreliable += usize::from(!reliable);
        let from = laplace.filter(|_| !reliable).unwrap_or(weighed);
        Some((cells[0].to_owned(), cells[from].parse().ok()?))
    };
    let each = table.rows().map(row).collect::<Option<Vec<_>>>()?;
    Some(Evidences { each, of_group, error: errors.map(f64::sqrt), unreliable })
}

pub(super) fn run(arguments: &Compare) -> Result<(), StudyError> {
    let out = arguments.out.as_deref().map(NewFolder::begin).transpose()?;
    let stored: Vec<(Header, Manifest)> = arguments.folders.iter().map(|f| checked(f, None)).collect::<Result<_, _>>()?;
    let (headers, manifests): (Vec<Header>, Vec<Manifest>) = stored.into_iter().unzip();
    let each = || arguments.folders.iter().zip(&manifests);
    let names: Vec<String> = arguments.folders.iter().map(|f| f.display().to_string()).collect();
    let all: Vec<Predictions> = each().map(|(f, m)| predictions(f, m, arguments.by)).collect::<Result<_, _>>()?;
    // Whatever is left out at a time, it has to be the same responses.
    let places: Vec<Vec<Vec<String>>> =
        each().map(|(f, m)| predictions(f, m, Unit::Response).map(|p| p.keys)).collect::<Result<_, _>>()?;
    for (i, other) in all.iter().enumerate().skip(1) {
        if other.keys != all[0].keys || places[i] != places[0] {
            return Err(StudyError::OtherResponses { first: names[0].clone(), other: names[i].clone() });
        }
        if headers[i].data != headers[0].data {
            say!(
                "note: {} and {} were read from tables that differ; their responses stand at the same places",
                names[0],
                names[i]
            );
        }
    }
    let pointwise: Vec<Vec<f64>> = all.iter().map(|p| p.elpd.clone()).collect();
    let comparison = compare(&pointwise);
    let width = names.iter().map(String::len).max().unwrap_or(0).max(8);
    let mut text = format!(
        "{:<width$} {:<20} {:>12} {:>12} {:>9} {:>9} {:>7}\n",
        "fit", "population", "elpd", "difference", "se", "weight", "k>0.7"
    );
    let mut rows = Vec::new();
    for d in &comparison.0 {
        let name = &names[d.model];
        let _ = writeln!(
            text,
            "{name:<width$} {:<20} {:>12.2} {:>12.2} {:>9.2} {:>9.3} {:>7}",
            headers[d.model].population, d.elpd, d.difference, d.se, d.weight, all[d.model].unreliable
        );
        let population = &headers[d.model].population;
        rows.push(cells![name, population, d.elpd, d.difference, d.se, d.weight, all[d.model].unreliable]);
    }
    let what = match arguments.by {
        Unit::Response => "response",
        Unit::Block => "block",
        Unit::Subject => "subject",
    };
    let _ = writeln!(
        text,
        "by {what} left out; the difference is how much less than the best, with its standard error; weights are stacking weights"
    );
    for d in comparison.0.iter().skip(1).filter(|d| d.difference.abs() <= 2.0 * d.se) {
        let _ = writeln!(
            text,
            "{} is not told from the best: the difference {:.2} is no more than twice its standard error {:.2}",
            names[d.model], d.difference, d.se
        );
    }
    let header = ["fit", "population", "elpd_loo", "difference", "se", "stacking_weight", "unreliable"];
    let mut files = vec![("comparison.csv".to_string(), write_rows(&header, rows))];
    let found: Vec<Option<Evidences>> = each().map(|(f, m)| evidence(f, m)).collect::<Result<_, _>>()?;
    let found: Option<Vec<Evidences>> = found.into_iter().collect();
    let mixed = found.as_ref().is_some_and(|all| all.iter().any(|e| e.of_group != all[0].of_group));
    if mixed {
        text += "\nno random-effects model selection: some of these fits are of groups, others of each subject alone; the evidence of a subject under what its group is known to be is not that under a prior\n";
    }
    let of_group = found.as_ref().is_some_and(|all| all.iter().all(|e| e.of_group));
    let unreliable: usize = found.iter().flatten().map(|e| e.unreliable).sum();
    let errors: Vec<Option<f64>> = found.iter().flatten().map(|e| e.error).collect();
    let evidences = found.filter(|_| !mixed).map(|all| all.into_iter().map(|e| e.each).collect::<Vec<_>>());
    if let Some(evidences) = evidences
        && evidences
            .iter()
            .all(|e| e.len() > 1 && e.iter().zip(&evidences[0]).all(|(a, b)| a.0 == b.0) && e.len() == evidences[0].len())
    {
        let subjects: Vec<Vec<f64>> = (0..evidences[0].len()).map(|s| evidences.iter().map(|e| e[s].1).collect()).collect();
        let selected = random_effects(&subjects);
        let _ = writeln!(
            text,
            "\nrandom-effects model selection over {} subjects (omnibus risk {:.3})",
            subjects.len(),
            selected.omnibus_risk
        );
        let _ = writeln!(
            text,
            "{:<width$} {:>12} {:>7} {:>10} {:>11} {:>10}",
            "fit", "log evidence", "error", "frequency", "exceedance", "protected"
        );
        let mut rows = Vec::new();
        for (k, name) in names.iter().enumerate() {
            let total: f64 = subjects.iter().map(|s| s[k]).sum();
            let _ = writeln!(
                text,
                "{name:<width$} {total:>12.2} {:>7} {:>10.3} {:>11.4} {:>10.4}",
                errors[k].map_or_else(|| "-".to_owned(), |e| format!("{e:.2}")),
                selected.frequencies[k],
                selected.exceedance[k],
                selected.protected_exceedance[k]
            );
            let (frequency, exceedance) = (selected.frequencies[k], selected.exceedance[k]);
            rows.push(cells![name, total, frequency, exceedance, selected.protected_exceedance[k], selected.omnibus_risk]);
        }
        if of_group {
            text += "the evidence of each subject is under its group's posterior, to which it has contributed: of groups of a few subjects, models with more parameters are favoured\n";
        }
        if unreliable > 0 {
            let _ = writeln!(
                text,
                "{unreliable} of these {} evidences have a Pareto k above {RELIABLE}{}",
                subjects.len() * names.len(),
                if of_group { ", and cannot be relied on" } else { ": Laplace's method stands for them" }
            );
        }
        let header = ["fit", "log_evidence", "frequency", "exceedance", "protected_exceedance", "omnibus_risk"];
        files.push(("selection.csv".into(), write_rows(&header, rows)));
    }
    if let (Some(folder), Some(out)) = (out, &arguments.out) {
        folder.finish(&files)?;
        say!("wrote {}", out.display());
    }
    Ok(write_out(text.as_bytes())?)
}
