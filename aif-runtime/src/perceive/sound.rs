//! Whether numbers from elsewhere (stored, or said by a user) are beliefs and evidence.

use crate::evidence::Signal;
use crate::model::{GenerativeModel, Marginals};
use crate::scalar::Real;

/// Whether numbers are a distribution.
pub(super) fn proper<T: Real>(p: &[T]) -> bool {
    let sum: f64 = p.iter().map(|p| p.value()).sum();
    (sum - 1.0).abs() < 1e-6f64.max(1e3 * T::EPSILON) && p.iter().all(|p| p.value() >= 0.0)
}

/// Whether a belief holds a distribution for each factor.
pub fn believable<M: GenerativeModel<T>, T: Real>(belief: &M::Belief) -> bool {
    (0..M::META.factors.len()).all(|f| proper(belief.probabilities(f)))
}

/// Whether what is known of each modality is an outcome, a distribution or nothing.
pub fn credible<M: GenerativeModel<T>, T: Real>(evidence: &M::Evidence) -> bool {
    (0..M::META.modalities.len()).all(|m| match M::signal(evidence, m) {
        Signal::Missing | Signal::Seen(_) => true,
        Signal::Soft(weights) => proper(weights),
        Signal::Faint(weights, clarity) => {
            let chance = (1.0 - clarity.value()) / weights.len() as f64;
            proper(weights)
                && (0.0..=1.0).contains(&clarity.value())
                && weights.iter().all(|w| w.value() >= chance - 1e-9f64.max(8.0 * T::EPSILON))
        }
    })
}
