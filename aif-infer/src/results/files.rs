//! The tables of a fit: one row per draw, one per subject and parameter, one per parameter of the group.

use serde::Serialize;

use super::fit::{Fit, Quantity};
use super::summary::Summary;
use crate::data::write_rows;
use crate::sample::NutsOptions;

const NUMBERS: [&str; 8] = ["mean", "sd", "q5", "q50", "q95", "rhat", "ess_bulk", "ess_tail"];

fn numbers(s: &Summary) -> impl Iterator<Item = String> {
    [s.mean, s.sd, s.q5, s.q50, s.q95, s.rhat, s.ess_bulk, s.ess_tail].into_iter().map(|x| x.to_string())
}

/// `subject,parameter,mean,sd,q5,q50,q95,rhat,ess_bulk,ess_tail`: one row per subject and parameter, derived quantities too.
pub fn subjects_csv(fit: &Fit) -> Vec<u8> {
    let header: Vec<&str> = ["subject", "parameter"].into_iter().chain(NUMBERS).collect();
    let rows = fit.quantities.iter().filter_map(|q| {
        let subject = fit.subjects[q.subject?].clone();
        Some([subject, q.name.to_string()].into_iter().chain(numbers(&q.summary)).collect::<Vec<_>>())
    });
    write_rows(&header, rows)
}

/// `parameter,mean,sd,q5,q50,q95,rhat,ess_bulk,ess_tail`: one row per parameter of the group.
pub fn population_csv(fit: &Fit) -> Vec<u8> {
    let header: Vec<&str> = ["parameter"].into_iter().chain(NUMBERS).collect();
    let rows = fit
        .quantities
        .iter()
        .filter(|q| q.subject.is_none())
        .map(|q| std::iter::once(q.name.to_string()).chain(numbers(&q.summary)).collect::<Vec<_>>());
    write_rows(&header, rows)
}

/// `chain,draw`, then one column per parameter of the group and one per subject and parameter (`z[subject]`): one row per draw.
pub fn draws_csv(fit: &Fit) -> Vec<u8> {
    let name = |q: &Quantity| match q.subject {
        Some(s) => format!("{}[{}]", q.name, fit.subjects[s]),
        None => q.name.to_string(),
    };
    let names: Vec<String> = fit.quantities.iter().map(name).collect();
    let header: Vec<&str> = ["chain", "draw"].into_iter().chain(names.iter().map(String::as_str)).collect();
    let rows = (0..fit.options.chains).flat_map(|c| (0..fit.options.draws).map(move |d| (c, d))).map(|(c, d)| {
        let values = fit.quantities.iter().map(|q| q.chains[c].get(d).map_or(String::new(), f64::to_string));
        [c.to_string(), d.to_string()].into_iter().chain(values).collect::<Vec<_>>()
    });
    write_rows(&header, rows)
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

/// How the sampler did, as JSON.
pub fn diagnostics_json(fit: &Fit) -> Vec<u8> {
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
    // Plain numbers and texts always have a JSON form.
    serde_json::to_vec_pretty(&diagnostics).unwrap_or_default()
}

/// All files of a fit, by name: `draws.csv`, `subjects.csv`, `population.csv` and `diagnostics.json`.
pub fn files(fit: &Fit) -> Vec<(String, Vec<u8>)> {
    vec![
        ("draws.csv".into(), draws_csv(fit)),
        ("subjects.csv".into(), subjects_csv(fit)),
        ("population.csv".into(), population_csv(fit)),
        ("diagnostics.json".into(), diagnostics_json(fit)),
    ]
}
