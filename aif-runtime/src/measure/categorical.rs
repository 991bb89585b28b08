//! Choices: yes or no, one of a domain by weights, one of a domain by probabilities.

use alloc::vec::Vec;
use core::marker::PhantomData;

use rand::Rng;

use super::{Among, Distribution, ResponseKind, Support, never};
use crate::dist::Dist;
use crate::domain::{Domain, Value};
use crate::labels::Labels;
use crate::random;
use crate::scalar::{Number, Real, log_sum_exp};

/// ln(1e-6) and ln(1 - 1e-6).
const LN_RARE: f64 = -13.815_510_557_964_274;
const LN_SURE: f64 = -1.000_000_500_000_333_4e-6;

/// Probabilities of yes and of no are between this and one minus this.
const FLOOR: f64 = 1e-6;

/// A choice between no (`false`, 0) and yes (`true`, 1).
///
/// Probabilities below 1e-6 count as 1e-6, those above 1 - 1e-6 as 1 - 1e-6: one slip does not decide a fit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bernoulli<T> {
    /// The log-odds of yes.
    pub log_odds: T,
}

impl<T: Real> Bernoulli<T> {
    /// Yes with this log-odds.
    pub fn with_log_odds(log_odds: T) -> Self {
        Bernoulli { log_odds }
    }

    /// The softmax of a predicted probability, given by its log-odds: `p^b / (p^b + (1 - p)^b)` at the inverse temperature `b`. It is the
    /// unit-square sigmoid of Mathys et al. 2014, eq. 16.
    pub fn softmax(log_odds: T, inverse_temperature: T) -> Self {
        Bernoulli { log_odds: log_odds * inverse_temperature }
    }

    /// Yes with this probability.
    pub fn with_probability(p: T) -> Self {
        Bernoulli { log_odds: (p / (T::one() - p)).ln() }
    }

    /// The probability of yes.
    pub fn probability(&self) -> T {
        self.log_odds.logistic()
    }
}

impl<T> Among for Bernoulli<T> {
    type Domain = bool;
}

impl<T: Real> Distribution<T> for Bernoulli<T> {
    type Value = usize;
    const KIND: ResponseKind = ResponseKind::Choice(Labels::of::<bool>());

    fn support(&self) -> Support<T> {
        Support::RealLine
    }
    fn ln_density(&self, value: usize) -> T {
        Self::ln_of_parts(self.parts([value as f64, f64::NAN]))
    }
    fn sample(&self, rng: &mut dyn Rng) -> usize {
        let p = self.log_odds.value();
        usize::from(random::unit(rng) < p.logistic().clamp(FLOOR, 1.0 - FLOOR))
    }
    fn probabilities(&self) -> Vec<f64> {
        let p = self.log_odds.value().logistic().clamp(FLOOR, 1.0 - FLOOR);
        alloc::vec![1.0 - p, p]
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn parts(&self, [recorded, _]: [f64; 2]) -> [T; 2] {
        [if recorded == 0.0 { self.log_odds } else { -self.log_odds }, T::zero()]
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn ln_of_parts<S: Number>([against, _]: [S; 2]) -> S {
        (-against.to_softplus()).within(LN_RARE, LN_SURE)
    }
}

/// A choice among the values of a domain, each with a probability in proportion to the exponential of its weight. Nothing is clipped.
#[derive(Clone, Copy, Debug)]
pub struct Softmax<D: Domain, T: Value> {
    weights: D::Array<T>,
    of: PhantomData<D>,
}

impl<D: Domain, T: Real> Softmax<D, T> {
    /// Each value with a probability in proportion to the exponential of its weight.
    pub fn new(weights: D::Array<T>) -> Self {
        Softmax { weights, of: PhantomData }
    }

    /// Each value with a probability in proportion to `weight(value)`'s exponential; equal ones where the domain has no values.
    pub fn by(mut weight: impl FnMut(D) -> T) -> Self {
        let mut weights = D::filled(T::zero());
        for (value, slot) in D::all().zip(D::entries_mut(&mut weights)) {
            *slot = weight(value);
        }
        Softmax::new(weights)
    }

    /// The log-weights, in the order of the domain.
    pub fn weights(&self) -> &[T] {
        D::entries(&self.weights)
    }
}

impl<D: Domain, T: Value> Among for Softmax<D, T> {
    type Domain = D;
}

impl<D: Domain, T: Real> Distribution<T> for Softmax<D, T> {
    type Value = usize;
    const KIND: ResponseKind = ResponseKind::Choice(Labels::of::<D>());

    fn support(&self) -> Support<T> {
        Support::RealLine
    }
    fn ln_density(&self, value: usize) -> T {
        let weights = self.weights();
        weights.get(value).map_or(never(), |w| *w - log_sum_exp(weights))
    }
    fn sample(&self, rng: &mut dyn Rng) -> usize {
        random::categorical(&self.probabilities(), rng)
    }
    fn probabilities(&self) -> Vec<f64> {
        (0..D::COUNT).map(|i| crate::math::exp(self.ln_density(i).value())).collect()
    }
}

impl<D: Domain, T: Real> Among for Dist<D, T> {
    type Domain = D;
}

/// By probabilities; they are taken as they are.
impl<D: Domain, T: Real> Distribution<T> for Dist<D, T> {
    type Value = usize;
    const KIND: ResponseKind = ResponseKind::Choice(Labels::of::<D>());

    fn support(&self) -> Support<T> {
        Support::RealLine
    }
    fn ln_density(&self, value: usize) -> T {
        let p = Dist::probabilities(self).get(value);
        p.map_or(never(), |p| if p.value() == 0.0 { never() } else { p.ln() })
    }
    fn sample(&self, rng: &mut dyn Rng) -> usize {
        let p = Dist::probabilities(self);
        random::pick(D::COUNT, 1.0, |i| p[i].value(), rng)
    }
    fn probabilities(&self) -> Vec<f64> {
        Dist::probabilities(self).iter().map(|p| p.value()).collect()
    }
}
