//! What an agent observed at a row: outcomes, and readings with weights.

use aif_runtime::perceive::{log_predictive, weighty};
use aif_runtime::{GenerativeModel, Real, Signal, Tables};

/// A reading of a modality: how probable it is where each outcome is, in any common unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// The modality, by its place.
    pub modality: usize,
    /// One weight for each of its outcomes: at least 0, finite, not all of them 0.
    pub weights: Vec<f64>,
}

/// Why a recorded reading is none.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadingError {
    /// There is no such modality.
    #[error("a reading of the modality {modality}, but there are {modalities}, from 0")]
    Modality {
        /// Which.
        modality: usize,
        /// How many there are.
        modalities: usize,
    },
    /// What is recorded of it are no weights.
    #[error("`{modality}` has the weights {weights:?}: {outcomes} finite numbers of at least 0 are expected, not all of them 0")]
    Weights {
        /// The modality.
        modality: &'static str,
        /// What is recorded.
        weights: Vec<f64>,
        /// How many outcomes it has.
        outcomes: usize,
    },
    /// An outcome is recorded as well, or another reading.
    #[error("`{modality}` has an outcome and weights, or weights twice: one of them is expected")]
    Twice {
        /// The modality.
        modality: &'static str,
    },
}

/// What an agent observed at a row.
#[derive(Clone, Debug, Default)]
pub(crate) struct Observation {
    /// Of each modality of which something was observed the index of the outcome, or what was measured.
    pub numbers: Vec<Option<f64>>,
    pub readings: Vec<Reading>,
}

impl Observation {
    /// Whether anything was observed.
    pub fn is_something(&self) -> bool {
        !self.readings.is_empty() || self.numbers.iter().any(Option::is_some)
    }

    /// As evidence, in any scalar.
    pub fn evidence<T: Real, M: GenerativeModel<T>>(&self) -> M::Evidence {
        let mut evidence = M::evidence_of_numbers(&self.numbers);
        let mut numbers = Vec::new();
        for reading in &self.readings {
            numbers.clear();
            numbers.extend(reading.weights.iter().map(|&weight| T::constant(weight)));
            M::set_signal(&mut evidence, reading.modality, Signal::Likelihood(&numbers));
        }
        evidence
    }

    /// Whether its readings can be of a model.
    pub fn check<T: Real, M: GenerativeModel<T>>(&self) -> Result<(), ReadingError> {
        for (i, Reading { modality, weights }) in self.readings.iter().enumerate() {
            let modalities = M::META.modalities;
            let Some(known) = modalities.get(*modality) else {
                return Err(ReadingError::Modality { modality: *modality, modalities: modalities.len() });
            };
            let (name, outcomes) = (known.name, known.outcomes.count);
            if weights.len() != outcomes || !weighty(weights) || known.measured.is_some() {
                return Err(ReadingError::Weights { modality: name, weights: weights.clone(), outcomes });
            }
            let again = self.readings[..i].iter().any(|other| other.modality == *modality);
            if again || self.numbers.get(*modality).is_some_and(Option::is_some) {
                return Err(ReadingError::Twice { modality: name });
            }
        }
        Ok(())
    }

    /// The index of the outcome of a modality that was seen.
    fn outcome(&self, modality: usize) -> Option<usize> {
        self.numbers.get(modality).copied().flatten().map(|x| x as usize)
    }

    /// Of each modality of which something is known, the probability of that where outcomes are so probable, as a logarithm: of a reading up to
    /// the scale of its weights, of a measurement a density.
    pub fn log_probability<M: GenerativeModel>(
        &self,
        tables: &Tables<M>,
        belief: &M::Belief,
        modality: usize,
        expected: &[f64],
    ) -> Option<f64> {
        if M::META.modalities.get(modality).is_some_and(|m| m.measured.is_some()) {
            let number = self.numbers.get(modality).copied().flatten()?;
            return Some(log_predictive(tables, belief, modality, number));
        }
        if let Some(reading) = self.readings.iter().find(|reading| reading.modality == modality) {
            let sum: f64 = reading.weights.iter().zip(expected).map(|(w, p)| w * p).sum();
            return Some(sum.ln());
        }
        let outcome = self.outcome(modality)?;
        expected.get(outcome).map(|p| p.ln())
    }

    /// The outcomes that explain what is known of a modality that is not measured.
    pub fn causes(&self, modality: usize) -> impl Iterator<Item = usize> + Clone {
        let seen = self.outcome(modality);
        let reading = self.readings.iter().find(|reading| reading.modality == modality);
        let weights = reading.into_iter().flat_map(|reading| reading.weights.iter().enumerate());
        seen.into_iter().chain(weights.filter(|(_, weight)| **weight > 0.0).map(|(o, _)| o))
    }

    /// What tells its readings from others.
    pub fn bits(readings: &[Reading]) -> Vec<u64> {
        let one = |reading: &Reading| {
            let head = [reading.modality as u64, reading.weights.len() as u64];
            head.into_iter().chain(reading.weights.iter().map(|weight| weight.to_bits())).collect::<Vec<u64>>()
        };
        readings.iter().flat_map(one).collect()
    }
}
