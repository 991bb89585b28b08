//! The tables of a fit: one row per draw, one per subject and parameter, one per parameter of the group, and what is predicted.

use serde::Serialize;

use super::fit::{Fit, Quantity};
use super::summary::Summary;
use crate::compare::{Elpd, Predictive, elpd};
use crate::diagnostics::{ess_mean, ess_quantile, ess_sd, mcse_quantile};
use crate::fit::Method;
use crate::output::write_rows;

const NUMBERS: [&str; 8] = ["mean", "sd", "q5", "q50", "q95", "rhat", "ess_bulk", "ess_tail"];

fn numbers(s: &Summary) -> impl Iterator<Item = String> {
    [s.mean, s.sd, s.q5, s.q50, s.q95, s.rhat, s.ess_bulk, s.ess_tail].into_iter().map(|x| x.to_string())
}

/// The columns that say which unit of a level a row is about, and their cells.
fn unit_columns(fit: &Fit, level: usize) -> Vec<&'static str> {
    match level {
        0 => vec![],
        l if l > fit.meta.subject_level => vec!["subject", fit.meta.levels[l].name],
        l if l < fit.meta.subject_level => (1..=l).map(|l| fit.meta.levels[l].name).collect(),
        l => vec![fit.meta.levels[l].name],
    }
}

fn unit_cells(fit: &Fit, level: usize, unit: usize) -> Vec<String> {
    let name = || fit.design.levels[level].names[unit].clone();
    match level {
        0 => vec![],
        l if l > fit.meta.subject_level => vec![fit.subjects[fit.design.levels[l].parents[unit]].clone(), name()],
        l if l < fit.meta.subject_level => {
            let path = fit.design.path(l, unit);
            (1..=l).map(|l| fit.design.levels[l].names[path[l]].clone()).collect()
        }
        _ => vec![name()],
    }
}

/// One row for each unit of a level and parameter: the unit's name, `parameter,mean,sd,q5,q50,q95,rhat,ess_bulk,ess_tail`.
pub fn level_csv(fit: &Fit, level: usize) -> Vec<u8> {
    let header: Vec<&str> = unit_columns(fit, level).into_iter().chain(["parameter"]).chain(NUMBERS).collect();
    let rows = fit.quantities.iter().filter(|q| q.level == level).map(|q| {
        let mut row = unit_cells(fit, level, q.unit);
        row.push(q.name.clone());
        row.extend(numbers(&q.summary));
        row
    });
    write_rows(&header, rows)
}

/// `subject,parameter,mean,sd,q5,q50,q95,rhat,ess_bulk,ess_tail`: one row per subject and parameter, derived quantities too.
pub fn subjects_csv(fit: &Fit) -> Vec<u8> {
    level_csv(fit, fit.meta.subject_level)
}

/// `parameter,mean,sd,q5,q50,q95,rhat,ess_bulk,ess_tail`: one row per parameter of the group.
pub fn population_csv(fit: &Fit) -> Vec<u8> {
    level_csv(fit, 0)
}

/// What a number is called in the table of draws: `mu`, `z[subject]`, `z[1][subject]`, `z[subject,session]`.
fn column_name(fit: &Fit, q: &Quantity) -> String {
    let unit = unit_cells(fit, q.level, q.unit);
    if unit.is_empty() { q.name.clone() } else { format!("{}[{}]", q.name, unit.join(",")) }
}

/// `chain,draw`, then one column per parameter of the group and one per unit and parameter (`z[subject]`): one row per draw.
pub fn draws_csv(fit: &Fit) -> Vec<u8> {
    let names: Vec<String> = fit.quantities.iter().map(|q| column_name(fit, q)).collect();
    let header: Vec<&str> = ["chain", "draw"].into_iter().chain(names.iter().map(String::as_str)).collect();
    let draws = fit.pieces.first().map_or(0, |p| p.draws.draws);
    let rows = (0..fit.chains()).flat_map(|c| (0..draws).map(move |d| (c, d))).map(|(c, d)| {
        let values = fit.quantities.iter().map(|q| q.chains[c].get(d).map_or(String::new(), f64::to_string));
        [c.to_string(), d.to_string()].into_iter().chain(values).collect::<Vec<_>>()
    });
    write_rows(&header, rows)
}

/// How exact each summary is: effective sample sizes and Monte-Carlo standard errors of mean, standard deviation and quantiles.
pub fn accuracy_csv(fit: &Fit) -> Vec<u8> {
    let header =
        ["quantity", "ess_mean", "ess_sd", "ess_q5", "ess_q95", "mcse_mean", "mcse_sd", "mcse_q5", "mcse_q50", "mcse_q95"];
    let rows = fit.quantities.iter().map(|q| {
        let x = &q.chains;
        let numbers = [
            ess_mean(x),
            ess_sd(x),
            ess_quantile(x, 0.05),
            ess_quantile(x, 0.95),
            q.summary.mcse_mean,
            q.summary.mcse_sd,
            mcse_quantile(x, 0.05),
            mcse_quantile(x, 0.5),
            mcse_quantile(x, 0.95),
        ];
        std::iter::once(column_name(fit, q)).chain(numbers.iter().map(f64::to_string)).collect::<Vec<_>>()
    });
    write_rows(&header, rows)
}

/// Where trajectories diverged: chain, draw, the subject in a flat population, and the numbers of the group or of that subject.
pub fn divergences_csv(fit: &Fit) -> Vec<u8> {
    let level = if fit.meta.flat() { fit.meta.subject_level } else { 0 };
    let names: Vec<&str> = fit.quantities.iter().filter(|q| q.level == level && q.unit == 0).map(|q| q.name.as_str()).collect();
    let header: Vec<&str> = ["chain", "draw", "subject"].into_iter().chain(names).collect();
    let mut rows = Vec::new();
    for piece in &fit.pieces {
        for (c, chain) in piece.statistics.iter().enumerate() {
            for (d, _) in chain.iter().enumerate().filter(|(_, s)| s.diverging) {
                let mut row =
                    vec![c.to_string(), d.to_string(), piece.subject.map_or(String::new(), |s| fit.subjects[s].clone())];
                let own = fit.quantities.iter().filter(|q| q.level == level && q.unit == piece.subject.unwrap_or(0));
                row.extend(own.map(|q| q.chains[c][d].to_string()));
                rows.push(row);
            }
        }
    }
    write_rows(&header, rows)
}

/// The evidence of each subject (flat populations), or of all jointly: by Laplace's method, and by importance sampling.
pub fn evidence_csv(fit: &Fit) -> Vec<u8> {
    let rows = fit.pieces.iter().filter_map(|piece| {
        let evidence = piece.evidence?;
        let subject = piece.subject.map_or(String::new(), |s| fit.subjects[s].clone());
        Some([subject, evidence.laplace.to_string(), evidence.importance.to_string(), evidence.pareto_k.to_string()])
    });
    write_rows(&["subject", "log_evidence_laplace", "log_evidence", "pareto_k"], rows)
}

fn predictive_cells(p: &Predictive) -> [String; 5] {
    [p.elpd_loo, p.pareto_k, p.elpd_waic, p.p_waic, p.lpd].map(|x| x.to_string())
}

const PREDICTIVE: [&str; 5] = ["elpd_loo", "pareto_k", "elpd_waic", "p_waic", "lpd"];

fn leaf_columns(fit: &Fit) -> Vec<&'static str> {
    unit_columns(fit, fit.meta.leaf())
}

fn leaf_cells(fit: &Fit, leaf: usize) -> Vec<String> {
    unit_cells(fit, fit.meta.leaf(), leaf)
}

/// The columns of a unit, and of a session where sessions are only told apart in the data.
fn session_columns(fit: &Fit) -> Vec<&'static str> {
    let mut columns = leaf_columns(fit);
    if tells_sessions(fit) {
        columns.push("session");
    }
    columns
}

fn session_cells(fit: &Fit, leaf: usize, session: &str) -> Vec<String> {
    let mut cells = leaf_cells(fit, leaf);
    if tells_sessions(fit) {
        cells.push(session.to_string());
    }
    cells
}

fn tells_sessions(fit: &Fit) -> bool {
    let named = |p: &crate::fit::Piece| {
        p.responses.iter().any(|r| !r.session.is_empty())
            || p.regressors.iter().any(|(_, r)| r.rows.iter().any(|x| !x.0.is_empty()))
    };
    !fit.meta.has_sessions() && fit.pieces.iter().any(named)
}

/// What is predicted of each response that is left out: subject, block, step, where there are several
/// at a step its name, then `elpd_loo,pareto_k,elpd_waic,p_waic,lpd`.
pub fn loo_csv(fit: &Fit) -> Vec<u8> {
    let named = fit.pieces.iter().flat_map(|p| &p.responses).any(|r| !r.response.is_empty());
    let place = ["block", "step"].into_iter().chain(named.then_some("response"));
    let header: Vec<&str> = session_columns(fit).into_iter().chain(place).chain(PREDICTIVE).collect();
    let rows = fit.pieces.iter().flat_map(|p| &p.responses).map(|r| {
        let mut row = session_cells(fit, r.leaf, &r.session);
        row.extend([r.block.clone(), r.step.to_string()]);
        row.extend(named.then(|| r.response.clone()));
        row.extend(predictive_cells(&r.predictive));
        row
    });
    write_rows(&header, rows)
}

/// The same for whole blocks.
pub fn loo_blocks_csv(fit: &Fit) -> Vec<u8> {
    let header: Vec<&str> = session_columns(fit).into_iter().chain(["block"]).chain(PREDICTIVE).collect();
    let rows = fit.pieces.iter().flat_map(|p| &p.blocks).map(|(leaf, session, block, p)| {
        let mut row = session_cells(fit, *leaf, session);
        row.push(block.clone());
        row.extend(predictive_cells(p));
        row
    });
    write_rows(&header, rows)
}

/// The same for whole subjects, or sessions.
pub fn loo_subjects_csv(fit: &Fit) -> Vec<u8> {
    let header: Vec<&str> = leaf_columns(fit).into_iter().chain(PREDICTIVE).collect();
    let rows = fit.pieces.iter().flat_map(|p| &p.units).map(|(leaf, p)| {
        let mut row = leaf_cells(fit, *leaf);
        row.extend(predictive_cells(p));
        row
    });
    write_rows(&header, rows)
}

/// How often each choice was made and predicted, one step ahead: subject, choice, observed, then mean and 90% interval under posterior and
/// prior.
pub fn predictive_csv(fit: &Fit) -> Vec<u8> {
    let names = [
        "choice",
        "observed",
        "posterior_mean",
        "posterior_q5",
        "posterior_q95",
        "p_value",
        "prior_mean",
        "prior_q5",
        "prior_q95",
    ];
    let header: Vec<&str> = leaf_columns(fit).into_iter().chain(names).collect();
    let rows = fit.pieces.iter().flat_map(|p| &p.checks).map(|c| {
        let mut row = leaf_cells(fit, c.leaf);
        row.push(c.choice.clone());
        row.push(c.observed.to_string());
        row.extend(c.posterior.iter().map(f64::to_string));
        row.push(c.p_value.to_string());
        row.extend(c.prior.iter().map(f64::to_string));
        row
    });
    write_rows(&header, rows)
}

/// Trial-by-trial beliefs and prediction errors at the posterior mean, tab-separated with `n/a` where there is nothing, one row per row of
/// the data.
pub fn regressors_tsv(fit: &Fit) -> Vec<u8> {
    let Some((_, first)) = fit.pieces.iter().flat_map(|p| &p.regressors).next() else { return Vec::new() };
    let mut text = String::new();
    let header: Vec<&str> =
        session_columns(fit).into_iter().chain(["block", "step"]).chain(first.columns.iter().map(String::as_str)).collect();
    text += &header.join("\t");
    text.push('\n');
    for (leaf, regressors) in fit.pieces.iter().flat_map(|p| &p.regressors) {
        for (session, block, step, values) in &regressors.rows {
            let mut cells = session_cells(fit, *leaf, session);
            cells.extend([block.clone(), step.to_string()]);
            cells.extend(values.iter().map(|x| if x.is_finite() { x.to_string() } else { "n/a".into() }));
            text += &cells.iter().map(|c| c.replace(['\t', '\n'], " ")).collect::<Vec<_>>().join("\t");
            text.push('\n');
        }
    }
    text.into_bytes()
}

/// The bound at each step of variational inference.
pub fn bound_csv(fit: &Fit) -> Vec<u8> {
    let rows = fit.pieces.iter().flat_map(|p| {
        let subject = p.subject.map_or(String::new(), |s| fit.subjects[s].clone());
        let trace = p.bound.iter().flat_map(|b| b.trace.iter().enumerate());
        trace.map(move |(step, x)| [subject.clone(), (step + 1).to_string(), x.to_string()])
    });
    write_rows(&["subject", "step", "elbo"], rows)
}

/// The fitted guides: bound, mean and standard deviation of each coordinate.
pub fn guide_csv(fit: &Fit) -> Vec<u8> {
    let rows = fit.pieces.iter().flat_map(|p| {
        let subject = p.subject.map_or(String::new(), |s| fit.subjects[s].clone());
        let bound = p.bound.as_ref();
        let each = bound.into_iter().flat_map(|b| b.mean.iter().zip(&b.sd).enumerate().map(move |(i, (m, s))| (b, i, *m, *s)));
        each.map(move |(b, i, mean, sd)| {
            [subject.clone(), b.elbo.to_string(), b.elbo_se.to_string(), i.to_string(), mean.to_string(), sd.to_string()]
        })
    });
    write_rows(&["subject", "elbo", "elbo_se", "coordinate", "mean", "sd"], rows)
}

/// The sum over all responses.
pub fn loo_total(fit: &Fit) -> Option<Elpd> {
    let all: Vec<Predictive> = fit.pieces.iter().flat_map(|p| &p.responses).map(|r| r.predictive).collect();
    (!all.is_empty()).then(|| elpd(&all))
}

#[derive(Serialize)]
struct Diagnostics<'a> {
    population: &'a str,
    method: &'a str,
    options: serde_json::Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    divergences: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    e_bfmi: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at_max_depth: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rejected: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    steps_per_draw: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    worst_pareto_k: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    elbo: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    loo: Option<Elpd>,
    complaints: Vec<String>,
}

/// How the fit went, as JSON.
pub fn diagnostics_json(fit: &Fit) -> Vec<u8> {
    let overall = fit.overall();
    let sampled = matches!(fit.method, Method::Nuts(_));
    let options = match &fit.method {
        Method::Nuts(options) => serde_json::to_value(options),
        Method::Svi(options) => serde_json::to_value(options),
        Method::Laplace(options) => serde_json::to_value(options),
    };
    let bounds: Vec<f64> = fit.pieces.iter().filter_map(|p| Some(p.bound.as_ref()?.elbo)).collect();
    let diagnostics = Diagnostics {
        population: fit.meta.name,
        method: fit.method.name(),
        // Plain numbers and texts always have a JSON form.
        options: options.unwrap_or_default(),
        divergences: sampled.then_some(overall.divergences),
        e_bfmi: sampled.then_some(overall.e_bfmi),
        at_max_depth: sampled.then_some(overall.at_max_depth),
        rejected: sampled.then_some(fit.rejected()),
        steps_per_draw: sampled.then_some(overall.steps),
        worst_pareto_k: fit.pieces.iter().filter_map(|p| p.pareto_k).max_by(f64::total_cmp),
        elbo: (!bounds.is_empty()).then(|| bounds.iter().sum()),
        loo: loo_total(fit),
        complaints: fit.complaints(),
    };
    serde_json::to_vec_pretty(&diagnostics).unwrap_or_default()
}

/// The tables of a fit, by name.
pub fn files(fit: &Fit) -> Vec<(String, Vec<u8>)> {
    let mut all: Vec<(String, Vec<u8>)> = vec![
        ("draws.csv".into(), draws_csv(fit)),
        ("subjects.csv".into(), subjects_csv(fit)),
        ("population.csv".into(), population_csv(fit)),
        ("accuracy.csv".into(), accuracy_csv(fit)),
        ("diagnostics.json".into(), diagnostics_json(fit)),
    ];
    for level in 1..fit.meta.levels.len() {
        if level != fit.meta.subject_level && !fit.meta.levels[level].parameters.is_empty() {
            let name =
                if level > fit.meta.subject_level { "sessions".to_string() } else { fit.meta.levels[level].name.to_string() };
            all.push((format!("{name}.csv"), level_csv(fit, level)));
        }
    }
    let any = |of: &dyn Fn(&crate::fit::Piece) -> bool| fit.pieces.iter().any(of);
    if fit.overall().divergences > 0 {
        all.push(("divergences.csv".into(), divergences_csv(fit)));
    }
    if any(&|p| p.evidence.is_some()) {
        all.push(("evidence.csv".into(), evidence_csv(fit)));
    }
    if any(&|p| !p.responses.is_empty()) {
        all.push(("loo.csv".into(), loo_csv(fit)));
        all.push(("loo_blocks.csv".into(), loo_blocks_csv(fit)));
        all.push(("loo_subjects.csv".into(), loo_subjects_csv(fit)));
    }
    if any(&|p| !p.checks.is_empty()) {
        all.push(("predictive.csv".into(), predictive_csv(fit)));
    }
    if any(&|p| !p.regressors.is_empty()) {
        all.push(("regressors.tsv".into(), regressors_tsv(fit)));
    }
    if any(&|p| p.bound.is_some()) {
        all.push(("elbo.csv".into(), bound_csv(fit)));
        all.push(("guide.csv".into(), guide_csv(fit)));
    }
    all
}
