//! Distributions of what a modality measures: numbers that are seen, and where they are to be expected.
//!
//! Perception takes the density of what was seen. Planning has seen nothing yet: there, what may be seen is gone through at fixed nodes, the
//! same for all hidden states of a modality, with one probability for each node and state ([`lay`]).

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::functions::{cos, ln_bessel_0};
use super::{Beta, Distribution, ExGaussian, Gamma, HALF_LN_TWO_PI, LogNormal, Normal, Poisson, StudentT, VonMises, never};
use crate::domain::Value;
use crate::math;
use crate::scalar::Real;

/// The line on which measurements lie: nodes are laid evenly on it, or where they are needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// All numbers; densities fall as those of a normal distribution do.
    Real,
    /// All numbers; densities fall slowly, as those of Student's t do.
    Heavy,
    /// The positive numbers, by their logarithm.
    Positive,
    /// The numbers between 0 and 1, by their logit.
    Share,
    /// Angles, in radians.
    Circle,
    /// The whole numbers from 0.
    Count,
}

/// Where on its line a distribution has something.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// As good as nothing is below.
    pub low: f64,
    /// As good as nothing is above.
    pub high: f64,
    /// Where most is.
    pub center: f64,
    /// Within what distance its density changes: a standard deviation.
    pub width: f64,
}

impl Spread {
    /// Around a location, as far as a normal distribution reaches.
    pub fn around(location: f64, width: f64) -> Self {
        Spread { low: location - REACH * width, high: location + REACH * width, center: location, width }
    }
}

/// How many standard deviations from its mean a normal distribution has as good as nothing: 2e-9 of it.
const REACH: f64 = 6.0;

/// A measured number, as it is held: `f64`, or `u64` for what is counted.
pub trait Measurable: Value + PartialEq + core::fmt::Debug + Serialize + DeserializeOwned {
    /// What a number of a table stands for; what is no whole number from 0 counts as 0 where counts are read.
    fn of_number(number: f64) -> Self;
    /// The number.
    fn number(self) -> f64;
}

impl Measurable for f64 {
    fn of_number(number: f64) -> f64 {
        number
    }
    fn number(self) -> f64 {
        self
    }
}

impl Measurable for u64 {
    fn of_number(number: f64) -> u64 {
        number as u64
    }
    fn number(self) -> f64 {
        self as f64
    }
}

/// The distribution of what a modality measures.
///
/// One of your own is a [`Distribution`] with these four more: how it is stored, what is read, on which line it lies, and where on it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no distribution of what a modality measures",
    label = "a measured modality returns the distribution of a number",
    note = "`Normal<T>`, `LogNormal<T>`, `Gamma<T>`, `Beta<T>`, `StudentT<T>`, `ExGaussian<T>`, `VonMises<T>` (an angle), `Poisson<T>` (a count), a `Mixture<..>` of them, or a type of your own that implements `Measured<T>`"
)]
pub trait Measured<T: Real>: Distribution<T, Value = T> {
    /// What is read: `f64`, or `u64` for a count.
    type Number: Measurable;

    /// How many numbers describe one of these distributions.
    const PARAMETERS: usize;

    /// The line on which what is measured lies.
    const LINE: Line;

    /// Writes the numbers that describe it.
    fn write(&self, to: &mut [T]);

    /// The distribution that numbers describe.
    fn read(from: &[T]) -> Self;

    /// Where it has something, on its line: for planning.
    fn spread(&self) -> Spread;

    /// What of the log-density is the same for all numbers: worked out once where the parameters are known.
    fn ln_constant(&self) -> T {
        T::zero()
    }

    /// The log-density of a number without `ln_constant`.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn ln_rest(&self, number: T) -> T {
        self.ln_density(number)
    }
}

/// The fields of a distribution as its parameters.
macro_rules! measured {
    ($name:ident: $reading:ty, $line:ident, $count:literal { $($field:ident $at:literal),* } |$own:ident| $spread:expr
        $(; $constant:expr; |$x:ident| $rest:expr)?) => {
        impl<T: Real> Measured<T> for $name<T> {
            type Number = $reading;
            const PARAMETERS: usize = $count;
            const LINE: Line = Line::$line;
            fn write(&self, to: &mut [T]) {
                to.copy_from_slice(&[$(self.$field),*]);
            }
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn read(from: &[T]) -> Self {
                $name { $($field: from[$at]),* }
            }
            fn spread(&self) -> Spread {
                let $own = $name { $($field: self.$field.value()),* };
                $spread
            }
            $(
                fn ln_constant(&self) -> T {
                    let $own = self;
                    $constant
                }
                #[cfg_attr(not(debug_assertions), inline(always))]
                fn ln_rest(&self, $x: T) -> T {
                    let $own = self;
                    $rest
                }
            )?
        }
    };
}

measured!(Normal: f64, Real, 2 { location 0, scale 1 } |d| Spread::around(d.location, d.scale); -(d.scale.ln() + HALF_LN_TWO_PI); |x| {
    let z = (x - d.location) / d.scale;
    z * z * -0.5
});
measured!(LogNormal: f64, Positive, 2 { location 0, scale 1 } |d| Spread::around(d.location, d.scale); -(d.scale.ln() + HALF_LN_TWO_PI); |x| {
    if x.value() <= 0.0 {
        return never();
    }
    let log = x.ln();
    let z = (log - d.location) / d.scale;
    z * z * -0.5 - log
});
measured!(StudentT: f64, Heavy, 3 { degrees 0, location 1, scale 2 } |d| Spread::around(d.location, d.scale); d.ln_density(d.location); |x| {
    let z = (x - d.location) / d.scale;
    (d.degrees + 1.0) * -0.5 * (z * z / d.degrees).ln_1p()
});
measured!(ExGaussian: f64, Real, 3 { location 0, scale 1, tail 2 } |d| {
    let around = Spread::around(d.location, d.scale);
    Spread { high: around.high + EXPONENTIAL * d.tail, ..around }
});
measured!(VonMises: f64, Circle, 2 { location 0, concentration 1 } |d| {
    let pi = core::f64::consts::PI;
    Spread { low: -pi, high: pi, center: d.location, width: 1.0 / math::sqrt(d.concentration.max(0.1)) }
}; -(ln_bessel_0(d.concentration) + 2.0 * HALF_LN_TWO_PI); |x| d.concentration * cos(x - d.location));
measured!(Poisson: u64, Count, 1 { rate 0 } |d| {
    let around = Spread::around(d.rate, math::sqrt(d.rate));
    Spread { low: around.low.max(0.0), high: around.high + EXPONENTIAL, width: 1.0, ..around }
});
// Logarithms of gamma numbers: an exponential tail below, whose length is 1 / shape, and less than that of a normal distribution above.
measured!(Gamma: f64, Positive, 2 { shape 0, rate 1 } |d| {
    let (center, sd) = (math::ln(d.shape / d.rate), 1.0 / math::sqrt(d.shape));
    let high = math::ln((d.shape + REACH * math::sqrt(d.shape) + EXPONENTIAL) / d.rate);
    Spread { low: center - (REACH * sd).max(EXPONENTIAL / d.shape), high, center, width: sd.min(1.0) }
}; d.shape * d.rate.ln() - d.shape.ln_gamma(); |x| {
    if x.value() <= 0.0 { never() } else { (d.shape - 1.0) * x.ln() - d.rate * x }
});
// Logits of beta numbers: exponential tails on both sides.
measured!(Beta: f64, Share, 2 { alpha 0, beta 1 } |d| {
    let (center, sd) = (math::ln(d.alpha / d.beta), math::sqrt(1.0 / d.alpha + 1.0 / d.beta));
    let reach = |shape: f64| (REACH * sd).max(EXPONENTIAL / shape);
    Spread { low: center - reach(d.alpha), high: center + reach(d.beta), center, width: sd }
}; (d.alpha + d.beta).ln_gamma() - d.alpha.ln_gamma() - d.beta.ln_gamma(); |x| {
    let inside = (0.0..=1.0).contains(&x.value());
    if inside { (d.alpha - 1.0) * x.ln() + (d.beta - 1.0) * (-x).ln_1p() } else { never() }
});

/// How many of its lengths an exponential tail has as good as nothing beyond: 1e-8 of it.
const EXPONENTIAL: f64 = 18.0;
