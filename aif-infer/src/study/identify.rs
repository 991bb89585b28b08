//! `identify`: how well a design would determine the parameters of each subject, before data are taken: the Fisher information of
//! simulated behaviour, beside the prior.

use std::fmt::Write;

use super::StudyError;
use super::arguments::Identify;
use super::engine::{ErasedPopulation, Values, drawn_labels};
use super::simulate::Blueprint;
use crate::matrix::{self, DMatrix, DVector};
use crate::output::{cells, check_file, write_out, write_rows, write_whole};

/// Simulated groups from which the information is averaged.
const GROUPS: usize = 8;

pub(super) fn run(engine: &dyn ErasedPopulation, arguments: &Identify) -> Result<(), StudyError> {
    let meta = engine.meta();
    if let Some(path) = &arguments.out {
        check_file(path, arguments.force)?;
    }
    let blueprint = Blueprint::new(engine, &arguments.plan)?;
    let agents = arguments.plan.agent.options(engine)?;
    let leaf_level = meta.leaf();
    let labels = drawn_labels(meta.levels[leaf_level].parameters);
    let all = meta.labels();
    let n = labels.len();
    // The expected information is the mean over units of the outer product of scores: at the truth the score has mean zero, and its
    // covariance is the Fisher information.
    let (mut information, mut units) = (DMatrix::zeros(n, n), 0usize);
    let mut truths: Vec<Vec<f64>> = Vec::new();
    for group in 0..GROUPS {
        let simulated = blueprint.simulate(engine, arguments.plan.seed.wrapping_add(group as u64))?;
        let loaded = engine.load_simulated((&simulated.table, simulated.order), &blueprint.design, agents)?;
        for leaf in 0..simulated.layout.units(leaf_level) {
            let numbers = simulated.layout.gather(leaf_level, leaf, &simulated.truth);
            let values: Values = all.iter().cloned().zip(numbers).collect();
            let failed = |source| StudyError::Score {
                subject: blueprint.design.subjects()[blueprint.design.subject_of(leaf)].clone(),
                source,
            };
            let (score, _) = loaded.likelihood(leaf, &values).map_err(failed)?;
            let slope = DVector::from_fn(n, |i, _| score.derivatives[i]);
            information.ger(1.0, &slope, &slope, 1.0);
            units += 1;
        }
        // What the prior says is what it says of every unit, whatever is given for these.
        let (layout, drawn) = blueprint.parameters(engine, arguments.plan.seed.wrapping_add(group as u64), true)?;
        for leaf in 0..layout.units(leaf_level) {
            let numbers: Values = all.iter().cloned().zip(layout.gather(leaf_level, leaf, &drawn)).collect();
            truths.push(labels.iter().map(|l| numbers[l]).collect());
        }
    }
    information /= units as f64;
    let spread = |i: usize| {
        let count = truths.len() as f64;
        let mean = truths.iter().map(|t| t[i]).sum::<f64>() / count;
        (truths.iter().map(|t| (t[i] - mean).powi(2)).sum::<f64>() / (count - 1.0).max(1.0)).sqrt()
    };
    let covariance = |information: DMatrix<f64>| Some(matrix::factor(information)?.inverse());
    let alone = covariance(information.clone());
    let mut with_prior = information.clone();
    (0..n).for_each(|i| with_prior[(i, i)] += 1.0 / spread(i).powi(2).max(1e-300));
    let together = covariance(with_prior);
    let mut text = format!(
        "{:<20} {:>9} {:>12} {:>12} {:>12} {:>12}  strongest correlation\n",
        "parameter", "prior sd", "data alone", "with prior", "shrinkage", "information"
    );
    let mut table = Vec::new();
    for i in 0..n {
        let sd = |c: &Option<DMatrix<f64>>| c.as_ref().map_or(f64::INFINITY, |c| c[(i, i)].sqrt());
        let (own, both) = (sd(&alone), sd(&together));
        let shrinkage = 1.0 - (both / spread(i)).powi(2);
        let partner = together.as_ref().and_then(|c| {
            let r = |j: usize| c[(i, j)] / (c[(i, i)] * c[(j, j)]).sqrt();
            (0..n).filter(|&j| j != i).max_by(|&a, &b| r(a).abs().total_cmp(&r(b).abs())).map(|j| (labels[j].clone(), r(j)))
        });
        let (with, r) = partner.unwrap_or((String::new(), f64::NAN));
        let said = if with.is_empty() { String::new() } else { format!("{r:.2} with {with}") };
        let _ = writeln!(
            text,
            "{:<20} {:>9.3} {own:>12.3} {both:>12.3} {shrinkage:>12.2} {:>12.3}  {said}",
            labels[i],
            spread(i),
            information[(i, i)]
        );
        table.push(cells![labels[i], spread(i), own, both, shrinkage, information[(i, i)], with, r]);
    }
    text += "sd of one subject's estimate: from its data alone (Cramer-Rao), and with the prior; shrinkage near 0: the design says nothing\n";
    let header =
        ["parameter", "prior_sd", "data_sd", "posterior_sd", "shrinkage", "information", "correlated_with", "correlation"];
    if let Some(path) = &arguments.out {
        write_whole(&[(path, &write_rows(&header, table))])?;
    }
    Ok(write_out(text.as_bytes())?)
}
