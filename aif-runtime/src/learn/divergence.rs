//! How far learned counts are from those of the beginning: the parameters' share of free energy.

use crate::model::{GenerativeModel, Tables};
use crate::scalar::{LOG_FLOOR, Real};

/// The Kullback-Leibler divergence of one Dirichlet distribution from another, in nats:
/// `lnG(sum q) - lnG(sum p) - sum lnG(q) + sum lnG(p) + sum (q - p)(digamma(q) - digamma(sum q))`, counts clipped at [`LOG_FLOOR`].
pub fn dirichlet_divergence<T: Real>(q: &[T], p: &[T]) -> T {
    let clipped = |c: T| if c.value() > LOG_FLOOR { c } else { T::constant(LOG_FLOOR) };
    let sum = |counts: &[T]| counts.iter().fold(T::zero(), |sum, &c| sum + clipped(c));
    let (total_q, total_p) = (sum(q), sum(p));
    let whole = total_q.digamma();
    let mut divergence = total_q.ln_gamma() - total_p.ln_gamma();
    for (&q, &p) in q.iter().zip(p) {
        let (q, p) = (clipped(q), clipped(p));
        if q != p {
            divergence += p.ln_gamma() - q.ln_gamma() + (q - p) * (q.digamma() - whole);
        }
    }
    divergence
}

/// The divergence of each kind of counts from those of the beginning, in nats: the complexity of parameters, a part of free energy.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ParameterDivergence<T = f64> {
    /// Of likelihoods (A).
    pub likelihood: T,
    /// Of transitions (B).
    pub transition: T,
    /// Of initial states (D).
    pub initial: T,
    /// Of habits (E).
    pub habit: T,
    /// Of preferences (C).
    pub preference: T,
}

impl<T: Real> ParameterDivergence<T> {
    /// The sum of all kinds.
    pub fn total(&self) -> T {
        self.likelihood + self.transition + self.initial + self.habit + self.preference
    }
}

/// How far the counts of `tables` are from those of `prior`, tables of the same model.
pub fn parameter_divergence<M: GenerativeModel<T>, T: Real>(
    tables: &Tables<M, T>,
    prior: &Tables<M, T>,
) -> ParameterDivergence<T> {
    let zero = T::zero();
    let mut divergence = ParameterDivergence { likelihood: zero, transition: zero, initial: zero, habit: zero, preference: zero };
    let over = |q: &[T], p: &[T], size: usize| {
        q.chunks(size).zip(p.chunks(size)).fold(zero, |sum, (q, p)| sum + dirichlet_divergence(q, p))
    };
    M::each_modality(|site| {
        divergence.likelihood += over(tables.likelihood_counts(site), prior.likelihood_counts(site), site.outcomes);
        divergence.preference += over(tables.preference_counts(site), prior.preference_counts(site), site.outcomes);
    });
    M::each_factor(|site| {
        divergence.transition += over(tables.transition_counts(site), prior.transition_counts(site), site.states);
        divergence.initial += over(tables.initial_counts(site), prior.initial_counts(site), site.states);
    });
    divergence.habit = over(tables.habit_counts(), prior.habit_counts(), M::META.joint_actions());
    divergence
}
