//! The linear ballistic accumulator: a race, which is recorded by who wins and when (Brown & Heathcote 2008,
//! doi:10.1016/j.cogpsych.2007.12.002).

use rand_core::Rng;

use super::{Among, Distribution, ResponseKind, Support, never};
use crate::domain::{Domain, Value};
use crate::math;
use crate::model::Labels;
use crate::random::{normal, unit};
use crate::scalar::Real;

/// A linear ballistic accumulator for each value of a domain: each begins somewhere between 0 and `range`, rises by a drift that is normal
/// around its own mean, without further noise, and the first to reach `bound` is what is chosen, after the delay. Where all drifts are
/// negative nobody arrives; what is recorded is given that somebody does.
#[derive(Clone, Copy, Debug)]
pub struct Ballistic<D: Domain, T: Value> {
    drifts: D::Array<T>,
    /// The standard deviation of drifts.
    pub spread: T,
    /// What has to be reached.
    pub bound: T,
    /// From zero to where they begin.
    pub range: T,
    /// The non-decision time.
    pub delay: T,
}

impl<D: Domain, T: Real> Ballistic<D, T> {
    /// A race with the mean drift of each value, and a spread of drifts of one: the scale of the others. The range is positive and at most the
    /// bound, the delay not negative.
    pub fn new(mut drift: impl FnMut(D) -> T, bound: T, range: T, delay: T) -> Self {
        let mut drifts = D::filled(T::zero());
        for (value, slot) in D::all().zip(D::entries_mut(&mut drifts)) {
            *slot = drift(value);
        }
        Ballistic { drifts, spread: T::one(), bound, range, delay }
    }

    /// The same with another spread of drifts.
    #[must_use]
    pub fn with_spread(self, spread: T) -> Self {
        Ballistic { spread, ..self }
    }

    fn usable(&self) -> bool {
        let (bound, range) = (self.bound.value(), self.range.value());
        range > 0.0 && range <= bound && bound.is_finite() && self.spread.value() > 0.0
    }

    /// The logarithms of the density of one accumulator at a time, and of the probability that it has not arrived by then.
    ///
    /// With `z` the distances of the bound from the fastest and the slowest start, in standard deviations of where it is: the density is
    /// `(v (Phi(z2) - Phi(z1)) + s (phi(z1) - phi(z2))) / A`, what is left `(G(z2) - G(z1)) s t / A` with `G(z) = z Phi(z) + phi(z)`. Both are
    /// taken from the tail in which nothing cancels.
    fn accumulator(&self, drift: T, time: T) -> (T, T) {
        let wide = self.spread * time;
        let (z1, z2) = ((self.bound - self.range - drift * time) / wide, (self.bound - drift * time) / wide);
        let density = |z: T| (z * z * -0.5).exp() * math::normal_density(0.0);
        let upper = z1.value() > 0.0;
        let between = if upper { (-z1).phi() - (-z2).phi() } else { z2.phi() - z1.phi() };
        let arrives = (drift * between + self.spread * (density(z1) - density(z2))) / self.range;
        // G(z) = z + G(-z).
        let lower = |z: T| density(z) - z * (-z).phi();
        let rest =
            if upper { z2 - z1 - (lower(z1) - lower(z2)) } else { density(z2) + z2 * z2.phi() - density(z1) - z1 * z1.phi() };
        (arrives.ln(), (rest * wide / self.range).ln())
    }
}

impl<D: Domain, T: Value> Among for Ballistic<D, T> {
    type Domain = D;
}

impl<D: Domain, T: Real> Distribution<T> for Ballistic<D, T> {
    type Value = (usize, T);
    const KIND: ResponseKind = ResponseKind::Timed(Labels::of::<D>());

    fn support(&self) -> Support<T> {
        Support::Above(self.delay)
    }

    fn ln_density(&self, (winner, time): (usize, T)) -> T {
        if !self.usable() {
            return T::constant(f64::NAN);
        }
        let left = time - self.delay;
        if left.value() <= 0.0 || winner >= D::COUNT {
            return never();
        }
        let (mut sum, mut nobody) = (T::zero(), T::one());
        for (i, &drift) in D::entries(&self.drifts).iter().enumerate() {
            let (arrives, waits) = self.accumulator(drift, left);
            sum += if i == winner { arrives } else { waits };
            nobody *= (-(drift / self.spread)).phi();
        }
        sum - (-nobody).ln_1p()
    }
    fn sample(&self, rng: &mut dyn Rng) -> (usize, T) {
        let not = (0, T::constant(f64::NAN));
        if !self.usable() || D::entries(&self.drifts).iter().any(|d| !d.is_finite()) {
            return not;
        }
        let (spread, bound, range) = (self.spread.value(), self.bound.value(), self.range.value());
        // Somebody arrives, sooner or later; after so many races it is as good as impossible.
        for _ in 0..100_000 {
            let mut first = None;
            for (i, drift) in D::entries(&self.drifts).iter().enumerate() {
                let (rise, begin) = (drift.value() + spread * normal(rng), range * unit(rng));
                let time = (bound - begin) / rise;
                if rise > 0.0 && first.is_none_or(|(_, earlier)| time < earlier) {
                    first = Some((i, time));
                }
            }
            if let Some((winner, time)) = first {
                return (winner, T::constant(self.delay.value() + time));
            }
        }
        not
    }
}
