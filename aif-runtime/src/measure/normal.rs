//! The normal distribution.

use rand::Rng;

use super::{Distribution, HALF_LN_TWO_PI, ResponseKind, Support, draws};
use crate::scalar::{Number, Real};

/// Normal(location, scale): `-(x - location)^2 / (2 scale^2) - ln scale - ln(2 pi)/2`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Normal<T> {
    /// The mean.
    pub location: T,
    /// The standard deviation.
    pub scale: T,
}

impl<T: Real> Normal<T> {
    /// A normal distribution; the scale is positive.
    pub fn new(location: T, scale: T) -> Self {
        Normal { location, scale }
    }
}

/// The Gauss-Hermite rule of 15 points: its nodes from the middle up, in units of a standard deviation, and their weights.
const NODES: [(f64, f64); 8] = [
    (0.0, 0.318_259_518_259_518_15),
    (0.799_129_068_324_548, 0.232_462_293_609_732_25),
    (1.606_710_069_028_729_7, 0.089_417_795_399_844_37),
    (2.432_436_827_009_758, 0.017_365_774_492_137_616),
    (3.289_082_424_398_766_4, 0.001_567_357_503_549_956),
    (4.196_207_711_269_015_5, 5.642_146_405_189_029e-5),
    (5.190_093_591_304_781, 5.975_419_597_920_599e-7),
    (6.363_947_888_829_839, 8.589_649_899_633_252e-10),
];

impl<T: Real> Distribution<T> for Normal<T> {
    type Value = T;
    const KIND: ResponseKind = ResponseKind::Number;

    fn support(&self) -> Support<T> {
        Support::RealLine
    }
    fn ln_density(&self, x: T) -> T {
        let z = (x - self.location) / self.scale;
        z * z * -0.5 - HALF_LN_TWO_PI - self.scale.ln()
    }
    fn sample(&self, rng: &mut dyn Rng) -> T {
        T::constant(draws::normal(self.location.value(), self.scale.value(), rng))
    }

    /// Fifteen: exact for polynomials up to the 29th degree.
    fn nodes(&self, show: &mut dyn FnMut(T, T)) -> bool {
        let mut at = |z: f64, weight: f64| show(self.location + self.scale * z, T::constant(weight));
        NODES.iter().rev().for_each(|&(z, weight)| at(-z, weight));
        NODES.iter().skip(1).for_each(|&(z, weight)| at(z, weight));
        true
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn parts(&self, [recorded, _]: [f64; 2]) -> [T; 2] {
        [(T::constant(recorded) - self.location) / self.scale, self.scale]
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn ln_of_parts<S: Number>([z, scale]: [S; 2]) -> S {
        -(z * z * 0.5 + scale.to_ln() + HALF_LN_TWO_PI)
    }
}
