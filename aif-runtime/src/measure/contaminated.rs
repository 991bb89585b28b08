//! Which and when, of which some were made otherwise: guesses at any time, so that one slip does not decide a fit.

use rand::Rng;

use super::{Among, Distribution, ResponseKind, Support};
use crate::random::unit;
use crate::scalar::{Real, log_sum_exp};

/// A distribution of which and when, mixed with guesses: with the probability `share` any choice, at any time up to `longest`. So a time before the
/// non-decision time is improbable and not impossible.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Contaminated<D, T> {
    /// What is not a guess.
    pub of: D,
    /// The probability of a guess, between 0 and 1.
    pub share: T,
    /// The longest time of a guess.
    pub longest: f64,
}

impl<D, T: Real> Contaminated<D, T> {
    /// Mixed with this share of guesses, at any time up to the longest.
    pub fn new(of: D, share: T, longest: f64) -> Self {
        Contaminated { of, share, longest }
    }
}

impl<D: Among, T> Among for Contaminated<D, T> {
    type Domain = D::Domain;
}

impl<T: Real, D: Distribution<T, Value = (usize, T)>> Distribution<T> for Contaminated<D, T> {
    type Value = (usize, T);
    const KIND: ResponseKind = D::KIND;

    fn support(&self) -> Support<T> {
        Support::Positive
    }
    fn ln_density(&self, (choice, time): (usize, T)) -> T {
        let choices = Self::KIND.choices().map_or(1, |labels| labels.count);
        let own = self.of.ln_density((choice, time));
        let own = (own.value() != f64::NEG_INFINITY).then(|| (-self.share).ln_1p() + own);
        let within = time.value() > 0.0 && time.value() <= self.longest;
        let guess = within.then(|| self.share.ln() - crate::math::ln(self.longest * choices as f64));
        match (own, guess) {
            (Some(own), Some(guess)) => log_sum_exp(&[own, guess]),
            (Some(one), None) | (None, Some(one)) => one,
            (None, None) => super::never(),
        }
    }
    fn sample(&self, rng: &mut dyn Rng) -> (usize, T) {
        if unit(rng) >= self.share.value() {
            return self.of.sample(rng);
        }
        let choices = Self::KIND.choices().map_or(1, |labels| labels.count);
        ((unit(rng) * choices as f64) as usize, T::constant(self.longest * (1.0 - unit(rng))))
    }
    fn probabilities(&self) -> alloc::vec::Vec<f64> {
        let mut all = self.of.probabilities();
        let (share, count) = (self.share.value(), all.len() as f64);
        all.iter_mut().for_each(|p| *p = (1.0 - share) * *p + share / count);
        all
    }
}
