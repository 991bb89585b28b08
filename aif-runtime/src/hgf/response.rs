//! How a recorded response depends on beliefs: the distributions that a response model may return.

use core::marker::PhantomData;

use rand::Rng;

use super::kernel::PROBABILITY_FLOOR;
use super::meta::ResponseKind;
use crate::domain::{Domain, Value};
use crate::model::Labels;
use crate::random;
use crate::scalar::{Number, Real, log_sum_exp};

/// ln(1e-6) and ln(1 - 1e-6).
const LN_RARE: f64 = -13.815_510_557_964_274;
const LN_SURE: f64 = -1.000_000_500_000_333_4e-6;

/// The distribution of one response.
///
/// A response is recorded as a number: the index of a choice, or the number itself. Its log-probability is worked out in two steps, so that
/// the second one, the same for all subjects, can be worked out for several of them side by side.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no distribution of a response",
    label = "a response returns the distribution of what is recorded",
    note = "`Bernoulli<T>` (yes or no), `Softmax<D, T>` (one of a domain), `Normal<T>`, `LogNormal<T>` (a positive number), `Evidence<T>` (nothing is recorded)"
)]
pub trait ResponseDistribution<T: Real> {
    /// What is recorded.
    const KIND: ResponseKind;

    /// What the log-probability of a recorded response depends on.
    fn parts(&self, recorded: f64) -> [T; 2];

    /// The log-probability (or log-density), in nats.
    fn ln_probability<S: Number>(parts: [S; 2]) -> S;

    /// Draws a response.
    fn sample(&self, rng: &mut dyn Rng) -> f64;

    /// The probability of each choice; none where responses are no choices.
    fn probabilities(&self) -> alloc::vec::Vec<f64> {
        alloc::vec::Vec::new()
    }
}

/// A choice between no (`false`, 0) and yes (`true`, 1).
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

/// Probabilities below 1e-6 count as 1e-6, those above 1 - 1e-6 as 1 - 1e-6: one slip does not decide a fit.
impl<T: Real> ResponseDistribution<T> for Bernoulli<T> {
    const KIND: ResponseKind = ResponseKind::Choice(Labels::of::<bool>());

    #[inline(always)]
    fn parts(&self, recorded: f64) -> [T; 2] {
        [if recorded == 0.0 { self.log_odds } else { -self.log_odds }, T::zero()]
    }
    #[inline(always)]
    fn ln_probability<S: Number>([against, _]: [S; 2]) -> S {
        (-against.to_softplus()).within(LN_RARE, LN_SURE)
    }
    fn sample(&self, rng: &mut dyn Rng) -> f64 {
        let p = self.log_odds.value();
        let p = p.logistic().clamp(PROBABILITY_FLOOR, 1.0 - PROBABILITY_FLOOR);
        f64::from(u8::from(random::unit(rng) < p))
    }
    fn probabilities(&self) -> alloc::vec::Vec<f64> {
        let p = self.log_odds.value().logistic().clamp(PROBABILITY_FLOOR, 1.0 - PROBABILITY_FLOOR);
        alloc::vec![1.0 - p, p]
    }
}

/// A choice among the values of a domain.
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

    fn ln_probability_at(&self, index: usize) -> T {
        let weights = D::entries(&self.weights);
        weights.get(index).map_or(T::constant(f64::NEG_INFINITY), |w| *w - log_sum_exp(weights))
    }
}

/// Nothing is clipped.
impl<D: Domain, T: Real> ResponseDistribution<T> for Softmax<D, T> {
    const KIND: ResponseKind = ResponseKind::Choice(Labels::of::<D>());

    fn parts(&self, recorded: f64) -> [T; 2] {
        [self.ln_probability_at(recorded as usize), T::zero()]
    }
    #[inline(always)]
    fn ln_probability<S: Number>([ln_probability, _]: [S; 2]) -> S {
        ln_probability
    }
    fn sample(&self, rng: &mut dyn Rng) -> f64 {
        random::categorical(&self.probabilities(), rng) as f64
    }
    fn probabilities(&self) -> alloc::vec::Vec<f64> {
        (0..D::COUNT).map(|i| crate::math::exp(self.ln_probability_at(i).value())).collect()
    }
}

const HALF_LN_TWO_PI: f64 = 0.918_938_533_204_672_8;

/// A number, with Gaussian noise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Normal<T> {
    /// The mean.
    pub mean: T,
    /// The standard deviation.
    pub sd: T,
}

impl<T: Real> Normal<T> {
    /// With this mean and standard deviation.
    pub fn new(mean: T, sd: T) -> Self {
        Normal { mean, sd }
    }
}

impl<T: Real> ResponseDistribution<T> for Normal<T> {
    const KIND: ResponseKind = ResponseKind::Number;

    #[inline(always)]
    fn parts(&self, recorded: f64) -> [T; 2] {
        [(T::constant(recorded) - self.mean) / self.sd, self.sd]
    }
    #[inline(always)]
    fn ln_probability<S: Number>([z, sd]: [S; 2]) -> S {
        -(z * z * 0.5 + sd.to_ln() + HALF_LN_TWO_PI)
    }
    fn sample(&self, rng: &mut dyn Rng) -> f64 {
        self.mean.value() + self.sd.value() * random::normal(rng)
    }
}

/// A positive number whose logarithm has Gaussian noise: a reaction time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LogNormal<T> {
    /// The mean of the logarithm.
    pub mean: T,
    /// The standard deviation of the logarithm.
    pub sd: T,
}

impl<T: Real> LogNormal<T> {
    /// With this mean and standard deviation of the logarithm.
    pub fn new(mean: T, sd: T) -> Self {
        LogNormal { mean, sd }
    }
}

/// The density is that of the number itself, not of its logarithm.
impl<T: Real> ResponseDistribution<T> for LogNormal<T> {
    const KIND: ResponseKind = ResponseKind::Positive;

    #[inline(always)]
    fn parts(&self, recorded: f64) -> [T; 2] {
        [(T::constant(crate::math::ln(recorded)) - self.mean) / self.sd, self.sd * recorded]
    }
    #[inline(always)]
    fn ln_probability<S: Number>([z, scale]: [S; 2]) -> S {
        -(z * z * 0.5 + scale.to_ln() + HALF_LN_TWO_PI)
    }
    fn sample(&self, rng: &mut dyn Rng) -> f64 {
        crate::math::exp(self.mean.value() + self.sd.value() * random::normal(rng))
    }
}

/// Nothing is recorded: minus the surprise of what was seen, in nats.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Evidence<T>(pub T);

impl<T: Real> ResponseDistribution<T> for Evidence<T> {
    const KIND: ResponseKind = ResponseKind::Nothing;

    #[inline(always)]
    fn parts(&self, _: f64) -> [T; 2] {
        [self.0, T::zero()]
    }
    #[inline(always)]
    fn ln_probability<S: Number>([ln_probability, _]: [S; 2]) -> S {
        ln_probability
    }
    fn sample(&self, _: &mut dyn Rng) -> f64 {
        f64::NAN
    }
}
