//! Whether numbers from elsewhere (stored, or said by a user) are beliefs and evidence.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

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

/// Whether numbers are weights: at least 0 each, finite, and not all 0.
pub fn weighty<T: Real>(weights: &[T]) -> bool {
    weights.iter().all(|w| w.value() >= 0.0 && w.is_finite()) && weights.iter().any(|w| w.value() > 0.0)
}

/// Whether what is known of each modality is an outcome, a distribution, weights or nothing.
pub fn credible<M: GenerativeModel<T>, T: Real>(evidence: &M::Evidence) -> bool {
    (0..M::META.modalities.len()).all(|m| sound(M::signal(evidence, m)))
}

fn sound<T: Real>(signal: Signal<'_, T>) -> bool {
    match signal {
        Signal::Missing | Signal::Seen(_) => true,
        Signal::Measured(number) => number.is_finite(),
        Signal::Soft(probabilities) => proper(probabilities),
        Signal::Likelihood(weights) => weighty(weights),
        Signal::Faint(mixed, clarity) => {
            let chance = (1.0 - clarity.value()) / mixed.len() as f64;
            proper(mixed)
                && (0.0..=1.0).contains(&clarity.value())
                && mixed.iter().all(|w| w.value() >= chance - 1e-9f64.max(8.0 * T::EPSILON))
        }
    }
}

/// What is wrong with evidence, in words: the first modality of which something is known that cannot be, what was found, and what was expected.
/// `None` where it is [`credible`].
pub fn doubt<M: GenerativeModel<T>, T: Real>(evidence: &M::Evidence) -> Option<String> {
    let values = |numbers: &[T]| numbers.iter().map(|x| x.value()).collect::<Vec<f64>>();
    M::META.modalities.iter().enumerate().find_map(|(m, modality)| {
        let signal = M::signal(evidence, m);
        let numbers = match signal {
            _ if sound(signal) => return None,
            Signal::Missing | Signal::Seen(_) => return None,
            Signal::Measured(number) => {
                return Some(format!("`{}` measured {}: a finite number is expected", modality.name, number.value()));
            }
            Signal::Soft(numbers) | Signal::Faint(numbers, _) | Signal::Likelihood(numbers) => values(numbers),
        };
        let sum: f64 = numbers.iter().sum();
        let (name, outcomes) = (modality.name, numbers.len());
        Some(match signal {
            Signal::Likelihood(_) => {
                format!("`{name}` has the weights {numbers:?}: {outcomes} finite numbers of at least 0 are expected, not all of them 0")
            }
            Signal::Faint(_, clarity) => format!(
                "what is known of `{name}` is {numbers:?}, attended to with the weight {}: a distribution mixed with the uniform one is expected, \
                 and a weight between 0 and 1",
                clarity.value()
            ),
            _ => format!(
                "what is known of `{name}` is {numbers:?}, which sums to {sum}: probabilities of at least 0 are expected, and a sum of 1 (to 1e-6)"
            ),
        })
    })
}
