//! Bayesian model reduction of counts, and the search that SPM runs in its sleep.

use alloc::vec;
use alloc::vec::Vec;

use super::error::{Part, SpmError};
use super::learning::table_gain;
use super::tensor::Tensor;
use crate::learn::log_evidence_gain;

/// What another prior would have made of counts.
#[derive(Clone, Debug, PartialEq)]
pub struct Reduction {
    /// The log evidence under the prior that there was less that under the other, for each column: below 0 the other is better.
    pub free_energies: Vec<f64>,
    /// The posterior counts under the other prior.
    pub posterior: Tensor,
}

/// Compares a prior with another that is to take its place, from the posterior alone (`spm_MDP_log_evidence`).
///
/// # Errors
/// When the tables have different shapes, or hold a number that is negative or not finite.
pub fn reduce(posterior: &Tensor, prior: &Tensor, reduced: &Tensor) -> Result<Reduction, SpmError> {
    check(&[posterior, prior, reduced])?;
    let free_energies = (0..posterior.columns())
        .map(|c| -log_evidence_gain(&posterior.column(c), &prior.column(c), &reduced.column(c)))
        .collect();
    let mut under = posterior.clone();
    for (under, (r, p)) in under.numbers_mut().iter_mut().zip(reduced.numbers().iter().zip(prior.numbers())) {
        *under = *under + r - p;
    }
    Ok(Reduction { free_energies, posterior: under })
}

/// The divergence of posterior from prior counts, summed over columns, as SPM approximates it (`spm_KL_dir`): its digamma functions are taken at
/// counts plus 1/32. [`learn::dirichlet_divergence`](crate::learn::dirichlet_divergence) is exact.
///
/// # Errors
/// As [`reduce`].
pub fn divergence(posterior: &Tensor, prior: &Tensor) -> Result<f64, SpmError> {
    check(&[posterior, prior])?;
    Ok(-table_gain(prior, posterior))
}

/// Counts after a night's search.
#[derive(Clone, Debug, PartialEq)]
pub struct Slept {
    /// The posterior counts.
    pub posterior: Tensor,
    /// The prior counts.
    pub prior: Tensor,
    /// By how much the rule that was found is better, in nats; none where nothing was better by the threshold.
    pub gain: Option<f64>,
}

/// The search of `spm_MDP_VB_sleep`, for the table of one demonstration: counts `[outcome][i1][i2][i3][i4]` of the shape 3 or more, 3, 3, 3, 4 or
/// more. A rule says by two permutations which outcome comes for each `i2`, and at which `i3` for each `i1`, where `i4` is 3; it adds
/// `confidence` (8) to the prior there. The best of 36 is taken if it is better by more than `threshold` nats, and then what the columns
/// that it speaks of have counted is moved onto the outcome that it names.
///
/// # Errors
/// As [`reduce`], and when the shape is another.
pub fn sleep(posterior: &Tensor, prior: &Tensor, confidence: f64, threshold: f64) -> Result<Slept, SpmError> {
    check(&[posterior, prior])?;
    let found = posterior.shape().to_vec();
    let (&[outcomes, 3, 3, 3, last], true) = (found.as_slice(), confidence.is_finite() && confidence >= 0.0) else {
        return Err(SpmError::Shape { part: Part::Reduction, index: 0, found, expected: vec![0, 3, 3, 3, 0] });
    };
    if outcomes < 3 || last < 4 {
        return Err(SpmError::Shape {
            part: Part::Reduction,
            index: 0,
            found,
            expected: vec![outcomes.max(3), 3, 3, 3, last.max(4)],
        });
    }
    let column = |i: [usize; 3]| ((i[0] * 3 + i[1]) * 3 + i[2]) * last + 3;
    let mut best: Option<(f64, Vec<(usize, usize)>)> = None;
    for place in PERMUTATIONS {
        for outcome in PERMUTATIONS {
            // The column that is spoken of, and the outcome that is said to come there.
            let says = (0..9).map(|i| (column([i / 3, i % 3, place[i / 3]]), outcome[i % 3]));
            let says: Vec<(usize, usize)> = says.collect();
            let free_energy = says.iter().map(|&(c, o)| {
                let mut reduced = prior.column(c);
                reduced[o] += confidence;
                -log_evidence_gain(&posterior.column(c), &prior.column(c), &reduced)
            });
            let free_energy: f64 = free_energy.filter(|f| f.is_finite()).sum();
            if best.as_ref().is_none_or(|(least, _)| free_energy < *least) {
                best = Some((free_energy, says));
            }
        }
    }
    let mut slept = Slept { posterior: posterior.clone(), prior: prior.clone(), gain: None };
    if let Some((free_energy, says)) = best.filter(|(f, _)| f + threshold < 0.0) {
        slept.gain = Some(-free_energy);
        for (column, outcome) in says {
            gather(&mut slept.posterior, column, outcome);
            gather(&mut slept.prior, column, outcome);
        }
    }
    Ok(slept)
}

/// Where each of three goes.
const PERMUTATIONS: [[usize; 3]; 6] = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];

/// Moves all counts of a column onto one outcome.
fn gather(counts: &mut Tensor, column: usize, onto: usize) {
    let (sum, columns): (f64, usize) = (counts.column(column).iter().sum(), counts.columns());
    for (outcome, count) in counts.numbers_mut().iter_mut().skip(column).step_by(columns).enumerate() {
        *count = if outcome == onto { sum } else { 0.0 };
    }
}

fn check(tables: &[&Tensor]) -> Result<(), SpmError> {
    for (index, table) in tables.iter().enumerate() {
        if table.shape() != tables[0].shape() {
            let (found, expected) = (table.shape().to_vec(), tables[0].shape().to_vec());
            return Err(SpmError::Shape { part: Part::Reduction, index, found, expected });
        }
        if let Some(at) = table.numbers().iter().position(|x| !x.is_finite() || *x < 0.0) {
            let (value, expected) = (table.numbers()[at], "a number that is not negative");
            return Err(SpmError::Entry { part: Part::Reduction, index, at, value, expected });
        }
    }
    Ok(())
}
