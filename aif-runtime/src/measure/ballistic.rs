//! The linear ballistic accumulator: a race, which is recorded by who wins and when (Brown & Heathcote 2008,
//! doi:10.1016/j.cogpsych.2007.12.002).

use rand::Rng;

use super::functions::tail;
use super::{Among, Distribution, HALF_LN_TWO_PI, ResponseKind, Support, never};
use crate::domain::{Domain, Value};
use crate::labels::Labels;
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
    /// With `z` the distances of the bound from the fastest and the slowest start, in standard deviations of where it is, and
    /// `G(z) = z Phi(z) + phi(z)`: the density is `h(z2, b) - h(z1, b - A)` over `A` with `h(z, d) = d / t Phi(z) - s G(z)`, what is left
    /// `(G(z2) - G(z1)) s t / A`. In either tail both are taken as multiples of a density, in logarithms, so that nothing cancels or underflows.
    fn accumulator(&self, drift: T, time: T) -> (T, T) {
        let wide = self.spread * time;
        let (near, far) = (self.bound - self.range, self.bound);
        let (z1, z2) = ((near - drift * time) / wide, (far - drift * time) / wide);
        let ln_density = |z: T| z * z * -0.5 - HALF_LN_TWO_PI;
        let between = |from: T, to: T| ((from * from - to * to) * 0.5).exp();
        let (arrives, waits);
        if z1.value() >= 0.0 {
            // Phi(-z) = phi(z) m and G(-z) = phi(z) l; G(z) = z + G(-z).
            let ([m1, l1], [m2, l2]) = (tail(z1), tail(z2));
            let fall = between(z1, z2);
            let both = near / time * m1 + self.spread * l1 - fall * (far / time * m2 + self.spread * l2);
            arrives = ln_density(z1) + both.ln();
            waits = (z2 - z1 - ln_density(z1).exp() * (l1 - fall * l2)).ln();
        } else if z2.value() <= 0.0 {
            let ([m1, l1], [m2, l2]) = (tail(-z1), tail(-z2));
            let fall = between(z2, z1);
            let both = far / time * m2 - self.spread * l2 - fall * (near / time * m1 - self.spread * l1);
            arrives = ln_density(z2) + both.ln();
            waits = ln_density(z2) + (l2 - fall * l1).ln();
        } else {
            let phi = |z: T| ln_density(z).exp();
            let (g1, g2) = (z1 * z1.phi() + phi(z1), z2 * z2.phi() + phi(z2));
            arrives = (far / time * z2.phi() - near / time * z1.phi() - self.spread * (g2 - g1)).ln();
            waits = (g2 - g1).ln();
        }
        let ln_range = self.range.ln();
        (arrives - ln_range, waits + wide.ln() - ln_range)
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
