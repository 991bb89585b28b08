//! The tables of a fit: one row per draw, one per subject and parameter, one per parameter of the group, and what is predicted.

use std::cmp::Ordering;

use rayon::prelude::*;
use serde::Serialize;

use super::fit::{Fit, Quantity};
use super::summary::Summary;
use crate::compare::{Elpd, Predictive, elpd};
use crate::data::guarded;
use crate::diagnostics::{ess_mean, ess_quantile, ess_sd, mcse_quantile};
use crate::fit::PartialFit;
use crate::output::write_rows;

const NUMBERS: [&str; 8] = ["mean", "sd", "q5", "q50", "q95", "rhat", "ess_bulk", "ess_tail"];

fn numbers(s: &Summary) -> impl Iterator<Item = String> {
    [s.mean, s.sd, s.q5, s.q50, s.q95, s.rhat, s.ess_bulk, s.ess_tail].into_iter().map(|x| x.to_string())
}

/// The levels whose names say which unit of a level a row is about: of a plate those above it too, of a session its subject's.
fn told(fit: &Fit, level: usize) -> std::ops::RangeInclusive<usize> {
    match level.cmp(&fit.meta.subject_level) {
        Ordering::Less => 1..=level,
        Ordering::Equal => level..=level,
        Ordering::Greater => fit.meta.subject_level..=level,
    }
}

fn unit_columns(fit: &Fit, level: usize) -> impl Iterator<Item = &'static str> {
    told(fit, level).map(|l| fit.meta.levels[l].name)
}

pub(super) fn unit_cells(fit: &Fit, level: usize, unit: usize) -> impl Iterator<Item = String> {
    let path = fit.design.path(level, unit);
    told(fit, level).map(move |l| fit.design.levels[l].names[path[l]].clone())
}

/// One row for each unit of a level and parameter: the unit's name, `parameter,mean,sd,q5,q50,q95,rhat,ess_bulk,ess_tail`.
pub fn level_csv(fit: &Fit, level: usize) -> Vec<u8> {
    let own = fit.quantities.iter().filter(|q| q.level == level);
    let rows = own.map(|q| unit_cells(fit, level, q.unit).chain([q.name.clone()]).chain(numbers(&q.summary)));
    write_rows(unit_columns(fit, level).chain(["parameter"]).chain(NUMBERS), rows)
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
    let unit: Vec<String> = unit_cells(fit, q.level, q.unit).collect();
    if unit.is_empty() { q.name.clone() } else { format!("{}[{}]", q.name, unit.join(",")) }
}

/// `chain,draw`, then one column per parameter of the group and one per unit and parameter (`z[subject]`): one row per draw.
pub fn draws_csv(fit: &Fit) -> Vec<u8> {
    let all = fit.has_all_draws();
    let shown: Vec<&Quantity> = fit.quantities.iter().filter(|q| all || q.level < fit.meta.leaf()).collect();
    let names = shown.iter().map(|q| column_name(fit, q));
    let draws = fit.draws();
    let rows = (0..fit.chains()).flat_map(|c| (0..draws).map(move |d| (c, d))).map(|(c, d)| {
        let values = shown.iter().map(move |q| if d < q.draws.draws { q.draw(c, d).to_string() } else { String::new() });
        [c.to_string(), d.to_string()].into_iter().chain(values)
    });
    write_rows(["chain".into(), "draw".into()].into_iter().chain(names), rows)
}

/// How exact each summary is (of constants there is none): effective sample sizes and Monte-Carlo standard errors of mean, standard deviation and quantiles.
pub fn accuracy_csv(fit: &Fit) -> Vec<u8> {
    let header =
        ["quantity", "ess_mean", "ess_sd", "ess_q5", "ess_q95", "mcse_mean", "mcse_sd", "mcse_q5", "mcse_q50", "mcse_q95"];
    let row = |q: &Quantity| -> Vec<String> {
        let (x, s) = (&q.chains(), &q.summary);
        let sizes = [ess_mean(x), ess_sd(x), ess_quantile(x, 0.05), ess_quantile(x, 0.95), s.mcse_mean, s.mcse_sd];
        let errors = [0.05, 0.5, 0.95].map(|p| mcse_quantile(x, p));
        std::iter::once(column_name(fit, q)).chain(sizes.into_iter().chain(errors).map(|x| x.to_string())).collect()
    };
    let rows: Vec<Vec<String>> = fit.quantities.par_iter().filter(|q| q.varies).map(row).collect();
    write_rows(header, rows)
}

/// Where trajectories diverged: chain, draw, the subject in a flat population, and the numbers of the group or of that subject.
pub fn divergences_csv(fit: &Fit) -> Vec<u8> {
    let level = if fit.meta.flat() { fit.meta.subject_level } else { 0 };
    let own = |unit: usize| fit.quantities.iter().filter(move |q| q.level == level && q.unit == unit);
    let mut rows = Vec::new();
    for piece in &fit.pieces {
        for (c, chain) in piece.statistics.iter().enumerate() {
            for (d, _) in chain.iter().enumerate().filter(|(_, s)| s.diverging) {
                let values = own(piece.subject.unwrap_or(0)).map(|q| q.draw(c, d).to_string());
                rows.push([c.to_string(), d.to_string(), subject(fit, piece)].into_iter().chain(values).collect::<Vec<_>>());
            }
        }
    }
    write_rows(["chain", "draw", "subject"].into_iter().chain(own(0).map(|q| q.name.as_str())), rows)
}

/// The name of the subject whose piece it is; nothing where all are fitted together.
fn subject(fit: &Fit, piece: &PartialFit) -> String {
    piece.subject.map_or(String::new(), |s| fit.subjects[s].clone())
}

/// The evidence of each subject (flat populations), or of all jointly: by Laplace's method, and by importance sampling.
pub fn evidence_csv(fit: &Fit) -> Vec<u8> {
    let rows = fit.pieces.iter().filter_map(|piece| {
        let e = piece.evidence?;
        Some([subject(fit, piece), e.laplace.to_string(), e.importance.to_string(), e.pareto_k.to_string()])
    });
    write_rows(["subject", "log_evidence_laplace", "log_evidence", "pareto_k"], rows)
}

/// The evidence of each subject of a group under the group's posterior, by importance sampling.
pub fn evidence_subjects_csv(fit: &Fit) -> Vec<u8> {
    let rows = fit
        .pieces
        .iter()
        .flat_map(|p| &p.evidences)
        .map(|e| unit_cells(fit, fit.meta.leaf(), e.leaf).chain([e.ln_evidence, e.error, e.pareto_k].map(|x| x.to_string())));
    write_rows(unit_columns(fit, fit.meta.leaf()).chain(["log_evidence", "error", "pareto_k"]), rows)
}

fn predictive_cells(p: &Predictive) -> [String; 5] {
    [p.elpd_loo, p.pareto_k, p.elpd_waic, p.p_waic, p.lpd].map(|x| x.to_string())
}

const PREDICTIVE: [&str; 5] = ["elpd_loo", "pareto_k", "elpd_waic", "p_waic", "lpd"];

/// The columns of a unit, and of a session where sessions are only told apart in the data.
fn session_columns(fit: &Fit, sessions: bool) -> impl Iterator<Item = &'static str> {
    unit_columns(fit, fit.meta.leaf()).chain(sessions.then_some("session"))
}

fn session_cells(fit: &Fit, leaf: usize, session: &str, sessions: bool) -> impl Iterator<Item = String> {
    unit_cells(fit, fit.meta.leaf(), leaf).chain(sessions.then(|| session.to_string()))
}

fn tells_sessions(fit: &Fit) -> bool {
    let named = |p: &crate::fit::PartialFit| {
        p.responses.iter().any(|r| !r.session.is_empty())
            || p.regressors.iter().any(|(_, r)| r.rows.iter().any(|x| !x.0.is_empty()))
    };
    !fit.meta.has_sessions() && fit.pieces.iter().any(named)
}

/// What is predicted of each response that is left out: subject, block, step, where there are several
/// at a step its name, then `elpd_loo,pareto_k,elpd_waic,p_waic,lpd`.
pub fn loo_csv(fit: &Fit) -> Vec<u8> {
    let all = fit.pieces.iter().flat_map(|p| &p.responses);
    let (named, sessions) = (all.clone().any(|r| !r.response.is_empty()), tells_sessions(fit));
    let place = ["block", "step"].into_iter().chain(named.then_some("response"));
    let rows = all.map(|r| {
        let place = [r.block.clone(), r.step.to_string()].into_iter().chain(named.then(|| r.response.clone()));
        session_cells(fit, r.leaf, &r.session, sessions).chain(place).chain(predictive_cells(&r.predictive))
    });
    write_rows(session_columns(fit, sessions).chain(place).chain(PREDICTIVE), rows)
}

/// The same for whole blocks.
pub fn loo_blocks_csv(fit: &Fit) -> Vec<u8> {
    let (all, sessions) = (fit.pieces.iter().flat_map(|p| &p.blocks), tells_sessions(fit));
    let rows = all.map(|(leaf, session, block, p)| {
        session_cells(fit, *leaf, session, sessions).chain([block.clone()]).chain(predictive_cells(p))
    });
    write_rows(session_columns(fit, sessions).chain(["block"]).chain(PREDICTIVE), rows)
}

/// The same for whole subjects, or sessions.
pub fn loo_subjects_csv(fit: &Fit) -> Vec<u8> {
    let (level, units) = (fit.meta.leaf(), fit.pieces.iter().flat_map(|p| &p.units));
    let rows = units.map(|(leaf, p)| unit_cells(fit, level, *leaf).chain(predictive_cells(p)));
    write_rows(unit_columns(fit, level).chain(PREDICTIVE), rows)
}

/// What was recorded held against what is predicted, one step ahead (how often each choice was made, quantiles of times): subject, statistic,
/// observed, then mean and 90% interval under posterior and prior.
pub fn predictive_csv(fit: &Fit) -> Vec<u8> {
    let posterior = ["statistic", "observed", "posterior_mean", "posterior_q5", "posterior_q95"];
    let prior = ["p_value", "prior_mean", "prior_q5", "prior_q95"];
    let rows = fit.pieces.iter().flat_map(|p| &p.checks).map(|c| {
        let numbers = [c.observed].into_iter().chain(c.posterior).chain([c.p_value]).chain(c.prior);
        unit_cells(fit, fit.meta.leaf(), c.leaf).chain([c.statistic.clone()]).chain(numbers.map(|x| x.to_string()))
    });
    write_rows(unit_columns(fit, fit.meta.leaf()).chain(posterior).chain(prior), rows)
}

/// Which of several kinds each unit is: its name, the kind's, and how probable that is, the mean over posterior draws.
pub fn kinds_csv(fit: &Fit) -> Vec<u8> {
    let each = fit.pieces.iter().flat_map(|p| &p.kinds);
    let rows = each.flat_map(|(leaf, kinds)| {
        let row = |(kind, p): &(String, f64)| {
            unit_cells(fit, fit.meta.leaf(), *leaf).chain([kind.clone(), p.to_string()]).collect::<Vec<_>>()
        };
        kinds.iter().map(row).collect::<Vec<_>>()
    });
    write_rows(unit_columns(fit, fit.meta.leaf()).chain(["kind", "probability"]), rows)
}

/// Trial-by-trial beliefs and prediction errors at the posterior mean, tab-separated with `n/a` where there is nothing, one row per row of
/// the data.
pub fn regressors_tsv(fit: &Fit) -> Vec<u8> {
    let all = fit.pieces.iter().flat_map(|p| &p.regressors);
    let Some((_, first)) = all.clone().next() else { return Vec::new() };
    let sessions = tells_sessions(fit);
    let columns = session_columns(fit, sessions).chain(["block", "step"]).map(String::from).chain(first.columns.iter().cloned());
    let mut text = tab_line(columns);
    for (leaf, regressors) in all {
        for (session, block, step, values) in &regressors.rows {
            let values = values.iter().map(|x| number(*x));
            text +=
                &tab_line(session_cells(fit, *leaf, session, sessions).chain([block.clone(), step.to_string()]).chain(values));
        }
    }
    text.into_bytes()
}

/// A line of a table that is separated by tabs.
pub(crate) fn tab_line(cells: impl Iterator<Item = String>) -> String {
    let cells: Vec<String> = cells.map(|c| guarded(c.replace(['\t', '\n'], " "))).collect();
    cells.join("\t") + "\n"
}

/// A number as imaging tools take it.
pub(crate) fn number(x: f64) -> String {
    if x.is_finite() { x.to_string() } else { "n/a".into() }
}

/// The bound at each step of variational inference.
pub fn bound_csv(fit: &Fit) -> Vec<u8> {
    let rows = fit.pieces.iter().flat_map(|p| {
        let trace = p.bound.iter().flat_map(|b| b.trace.iter().enumerate());
        trace.map(|(step, x)| [subject(fit, p), (step + 1).to_string(), x.to_string()])
    });
    write_rows(["subject", "step", "elbo"], rows)
}

/// The fitted guides: bound, mean and standard deviation of each coordinate.
pub fn guide_csv(fit: &Fit) -> Vec<u8> {
    let mut rows = Vec::new();
    for (p, b) in fit.pieces.iter().filter_map(|p| Some((p, p.bound.as_ref()?))) {
        for (i, (mean, sd)) in b.mean.iter().zip(&b.sd).enumerate() {
            let [elbo, elbo_se, mean, sd] = [b.elbo, b.elbo_se, *mean, *sd].map(|x| x.to_string());
            rows.push([subject(fit, p), elbo, elbo_se, i.to_string(), mean, sd]);
        }
    }
    write_rows(["subject", "elbo", "elbo_se", "coordinate", "mean", "sd"], rows)
}

/// The sum over all responses; over whole units where only those were written down.
pub fn loo_total(fit: &Fit) -> Option<Elpd> {
    let mut all: Vec<Predictive> = fit.pieces.iter().flat_map(|p| &p.responses).map(|r| r.predictive).collect();
    if all.is_empty() {
        all = fit.pieces.iter().flat_map(|p| &p.units).map(|u| u.1).collect();
    }
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
    remarks: Vec<String>,
    complaints: Vec<String>,
}

/// How the fit went, as JSON.
pub fn diagnostics_json(fit: &Fit) -> Vec<u8> {
    let overall = fit.overall();
    let sampled = fit.method.options().sampled();
    let bounds: Vec<f64> = fit.pieces.iter().filter_map(|p| Some(p.bound.as_ref()?.elbo)).collect();
    let diagnostics = Diagnostics {
        population: fit.meta.name,
        method: fit.method.name(),
        options: fit.method.json(),
        divergences: sampled.then_some(overall.divergences),
        e_bfmi: sampled.then_some(overall.e_bfmi),
        at_max_depth: sampled.then_some(overall.at_max_depth),
        rejected: sampled.then_some(fit.rejected()),
        steps_per_draw: sampled.then_some(overall.steps),
        worst_pareto_k: fit.pieces.iter().filter_map(|p| p.pareto_k).max_by(f64::total_cmp),
        elbo: (!bounds.is_empty()).then(|| bounds.iter().sum()),
        loo: loo_total(fit),
        remarks: fit.remarks(),
        complaints: fit.complaints(),
    };
    serde_json::to_vec_pretty(&diagnostics).unwrap_or_default()
}

/// The tables of a fit, by name.
pub fn files(fit: &Fit) -> Vec<(String, Vec<u8>)> {
    tables(fit).into_iter().map(|(name, of)| (name, of(fit))).collect()
}

type Table = Box<dyn Fn(&Fit) -> Vec<u8>>;

/// The tables of a fit, by name, to be made when their turn comes.
pub(super) fn tables(fit: &Fit) -> Vec<(String, Table)> {
    let mut all: Vec<(String, Table)> = Vec::new();
    let mut add = |wanted: bool, name: &str, of: fn(&Fit) -> Vec<u8>| {
        let table: Table = Box::new(of);
        all.extend(wanted.then(|| (name.to_string(), table)));
    };
    let any = |of: fn(&PartialFit) -> bool| fit.pieces.iter().any(of);
    let (responses, bound) = (any(|p| !p.responses.is_empty()), any(|p| p.bound.is_some()));
    add(true, "draws.csv", draws_csv);
    add(true, "subjects.csv", subjects_csv);
    add(true, "population.csv", population_csv);
    add(true, "accuracy.csv", accuracy_csv);
    add(true, "diagnostics.json", diagnostics_json);
    add(fit.overall().divergences > 0, "divergences.csv", divergences_csv);
    add(any(|p| p.evidence.is_some()), "evidence.csv", evidence_csv);
    add(any(|p| !p.evidences.is_empty()), "evidence_subjects.csv", evidence_subjects_csv);
    add(responses, "loo.csv", loo_csv);
    add(responses, "loo_blocks.csv", loo_blocks_csv);
    add(any(|p| !p.units.is_empty()), "loo_subjects.csv", loo_subjects_csv);
    add(any(|p| !p.checks.is_empty()), "predictive.csv", predictive_csv);
    add(any(|p| !p.kinds.is_empty()), "kinds.csv", kinds_csv);
    add(any(|p| !p.regressors.is_empty()), "regressors.tsv", regressors_tsv);
    add(bound, "elbo.csv", bound_csv);
    add(bound, "guide.csv", guide_csv);
    for (level, section) in fit.meta.levels.iter().enumerate().skip(1).filter(|(_, l)| !l.parameters.is_empty()) {
        if level != fit.meta.subject_level {
            let name = if level > fit.meta.subject_level { "sessions" } else { section.name };
            all.push((format!("{name}.csv"), Box::new(move |fit| level_csv(fit, level))));
        }
    }
    all
}
