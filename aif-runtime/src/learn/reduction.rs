//! Bayesian model reduction: what the evidence would have been under another prior, from the posterior alone, and pruning by it.
//!
//! For Dirichlet counts with prior `p`, posterior `q` and another prior `r`, the log evidence under `r` less that under `p` is
//! `lnB(q + r - p) - lnB(q) - lnB(r) + lnB(p)`, and the posterior under `r` has the counts `q + r - p` (Friston & Penny 2011; Friston,
//! Parr & Zeidman 2018, "Bayesian model reduction").

use alloc::vec::Vec;

use crate::model::{GenerativeModel, Span, Tables};
use crate::scalar::Real;

/// The logarithm of the multivariate beta function of the counts that are not zero.
pub(crate) fn ln_beta<T: Real>(counts: &[T]) -> T {
    let mut sum = T::zero();
    let mut ln_beta = T::zero();
    for &c in counts.iter().filter(|c| c.value() > 0.0) {
        sum += c;
        ln_beta += c.ln_gamma();
    }
    ln_beta - sum.ln_gamma()
}

/// The log evidence of one column of counts under the prior `reduced` less that under `prior`, in nats: positive when `reduced` explains
/// what was learned better. Negative infinity where `reduced` rules out (count 0) what was seen.
///
/// `posterior`, `prior` and `reduced` have one count for each outcome.
pub fn log_evidence_gain<T: Real>(posterior: &[T], prior: &[T], reduced: &[T]) -> T {
    let mut after = Vec::with_capacity(posterior.len());
    for ((&q, &p), &r) in posterior.iter().zip(prior).zip(reduced) {
        let seen = q - p;
        if r.value() <= 0.0 && seen.value() > 1e-9 {
            return T::constant(f64::NEG_INFINITY);
        }
        let count = if r.value() <= 0.0 { T::zero() } else { seen + r };
        if count.value() < 0.0 {
            return T::constant(f64::NEG_INFINITY);
        }
        after.push(count);
    }
    ln_beta(&after) - ln_beta(posterior) - ln_beta(reduced) + ln_beta(prior)
}

/// A column of counts under a reduced prior.
#[derive(Clone, Debug, PartialEq)]
pub struct Reduced<T = f64> {
    /// The reduced prior.
    pub prior: Vec<T>,
    /// The posterior under it.
    pub posterior: Vec<T>,
    /// How much better it explains what was learned, in nats.
    pub gain: T,
}

/// The best reduced prior of one column, if it explains what was learned by more than `threshold` nats better (3 is a common choice).
///
/// Reductions tried are those that rule outcomes out: starting with the outcome that was seen least, one after the other as long as the
/// evidence grows.
pub fn reduce<T: Real>(posterior: &[T], prior: &[T], threshold: f64) -> Option<Reduced<T>> {
    let seen = |i: usize| (posterior[i] - prior[i]).value();
    let mut order: Vec<usize> = (0..prior.len()).filter(|&i| prior[i].value() > 0.0).collect();
    order.sort_by(|&a, &b| seen(a).total_cmp(&seen(b)));
    let mut reduced = prior.to_vec();
    let mut best: Option<(T, Vec<T>)> = None;
    // The last outcome stays: something has to happen.
    for &i in order.iter().take(order.len().saturating_sub(1)) {
        reduced[i] = T::zero();
        let gain = log_evidence_gain(posterior, prior, &reduced);
        if gain.value() > best.as_ref().map_or(0.0, |(gain, _)| gain.value()) {
            best = Some((gain, reduced.clone()));
        } else {
            break;
        }
    }
    let (gain, reduced) = best.filter(|(gain, _)| gain.value() > threshold)?;
    let posterior = posterior.iter().zip(prior).zip(&reduced);
    let posterior = posterior.map(|((&q, &p), &r)| if r.value() > 0.0 { q - p + r } else { T::zero() }).collect();
    Some(Reduced { prior: reduced, posterior, gain })
}

impl<M: GenerativeModel<T>, T: Real> Tables<M, T> {
    /// Rules out what was never seen where the evidence is better by more than `threshold` nats without it: each column of learned
    /// likelihoods and transitions is replaced by its best reduction (see [`reduce`](crate::learn::reduce)), unless it is held, and so is
    /// that of `prior`, the tables with the counts of the beginning. How many columns were, and by how many nats in all.
    pub fn reduce(&mut self, prior: &mut Tables<M, T>, threshold: f64) -> (usize, T) {
        let mut columns: Vec<(usize, usize, usize)> = Vec::new();
        let mut list = |counts: Span, marks: Span, size: usize, learned: bool| {
            let marks = marks.range().filter(|_| learned).enumerate();
            columns.extend(marks.map(|(c, mark)| (counts.start + c * size, size, mark)));
        };
        let learned = self.learned;
        M::each_modality(|site| list(site.counts, site.columns, site.outcomes, learned.likelihood));
        M::each_factor(|site| list(site.counts, site.columns, site.states, learned.transition));
        let (mut reduced, mut gain) = (0, T::zero());
        for (start, size, mark) in columns {
            let range = start..start + size;
            if let Some(better) = reduce(&self.counts[range.clone()], &prior.counts[range.clone()], threshold)
                && !self.held[mark]
            {
                self.counts[range.clone()].copy_from_slice(&better.posterior);
                prior.counts[range].copy_from_slice(&better.prior);
                reduced += 1;
                gain += better.gain;
            }
        }
        if reduced > 0 {
            self.expect_all();
        }
        (reduced, gain)
    }
}
