//! What a trial is told at one time of one modality.

use alloc::vec;
use alloc::vec::Vec;

use super::error::SpmError;
use super::tensor::Tensor;

/// What is known of the outcome of one modality.
#[derive(Clone, Debug, PartialEq)]
pub enum Seen {
    /// This outcome.
    Outcome(usize),
    /// Each outcome with this weight. Equal weights say nothing.
    Weights(Vec<f64>),
    /// What the level below makes of it.
    Below,
}

impl Seen {
    /// As weights of the outcomes; none where the level below tells.
    pub(super) fn weights(&self, modality: usize, likelihood: &Tensor) -> Result<Option<Vec<f64>>, SpmError> {
        let outcomes = likelihood.rows();
        match self {
            Seen::Outcome(o) if *o < outcomes => {
                let mut weights = vec![0.0; outcomes];
                weights[*o] = 1.0;
                Ok(Some(weights))
            }
            Seen::Outcome(o) => {
                Err(SpmError::Outside { what: "outcome of modality", index: modality, found: *o, size: outcomes })
            }
            Seen::Weights(w) if w.len() == outcomes && w.iter().all(|w| w.is_finite() && *w >= 0.0) => Ok(Some(w.clone())),
            Seen::Weights(_) => Err(SpmError::Weights { modality, outcomes }),
            Seen::Below => Ok(None),
        }
    }
}

/// What was seen at one time, as weights, one vector for each modality; none where the level below tells.
pub(super) fn read(seen: &[Seen], likelihood: &[Tensor]) -> Result<Vec<Option<Vec<f64>>>, SpmError> {
    if seen.len() != likelihood.len() {
        return Err(SpmError::Told { what: "outcomes", found: seen.len(), expected: likelihood.len() });
    }
    seen.iter().zip(likelihood).enumerate().map(|(g, (seen, a))| seen.weights(g, a)).collect()
}

/// The same, of a model in which no level tells anything.
pub(super) fn read_all(seen: &[Seen], likelihood: &[Tensor]) -> Result<Vec<Vec<f64>>, SpmError> {
    let read = read(seen, likelihood)?;
    read.into_iter().enumerate().map(|(modality, seen)| seen.ok_or(SpmError::NotBelow { modality })).collect()
}
