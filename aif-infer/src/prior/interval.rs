//! The uniform distribution, between two bounds.

use aif_runtime::measure::ResponseKind;
use aif_runtime::{Real, random::unit};
use rand::Rng;

use super::distribution::distribution;
use super::{Cumulative, Distribution, Support};

distribution! {
    /// Uniform(low, high): `-ln(high - low)`.
    Uniform {
        /// A uniform distribution; `low` is below `high`.
        low, high
    } on |d| Support::Interval(d.low, d.high);
    ln_density: |d, _x| -(d.high - d.low).ln();
    sample: |d, rng| {
        let (low, high) = (d.low.value(), d.high.value());
        if low < high { low + (high - low) * unit(rng) } else { f64::NAN }
    };
}

impl<T: Real> Cumulative<T> for Uniform<T> {
    fn cumulative(&self, x: T) -> T {
        if x.value() <= self.low.value() {
            T::zero()
        } else if x.value() >= self.high.value() {
            T::one()
        } else {
            (x - self.low) / (self.high - self.low)
        }
    }
}
