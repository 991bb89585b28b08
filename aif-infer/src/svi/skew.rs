//! Skewed and heavy- or light-tailed numbers from standard normal ones: the sinh-arcsinh transformation `u = sinh(t (asinh(z) + s))` (Jones &
//! Pewsey 2009), by a shift `s` (0: none) and the logarithm of a tail weight `t` (1: that of a normal distribution).

/// A shift, and the logarithm of a tail weight.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    pub shift: f64,
    pub ln_tail: f64,
}

/// The number that a standard normal one becomes, and its derivatives.
pub(super) struct Shaped {
    pub value: f64,
    /// The logarithm of its derivative by the normal one.
    pub ln_slope: f64,
    /// The derivative of the log-density of the number, by the number.
    pub score: f64,
    /// The derivatives of the number by shift and logarithm of tail weight.
    pub by: [f64; 2],
}

impl Shape {
    pub fn of(self, z: f64) -> Shaped {
        let tail = self.ln_tail.exp();
        let a = tail * (z.asinh() + self.shift);
        let (sinh, cosh) = (a.sinh(), a.cosh());
        let root = z.hypot(1.0);
        let slope = tail * cosh / root;
        // d(ln slope)/dz = tanh(a) tail / root - z / root^2.
        let bend = sinh / cosh * tail / root - z / (root * root);
        Shaped { value: sinh, ln_slope: slope.ln(), score: -(z + bend) / slope, by: [tail * cosh, a * cosh] }
    }

    /// The mean and the standard deviation of the number.
    pub fn moments(self) -> (f64, f64) {
        // The trapezoid rule is exact to many digits for what falls off as a normal density does.
        const STEP: f64 = 0.05;
        let weigh = |i: i32| {
            let z = f64::from(i) * STEP;
            ((-0.5 * z * z).exp(), self.of(z).value)
        };
        let each = || (-160..=160).map(weigh);
        let total: f64 = each().map(|(w, _)| w).sum();
        let mean = each().map(|(w, u)| w * u).sum::<f64>() / total;
        let square = each().map(|(w, u)| w * (u - mean).powi(2)).sum::<f64>() / total;
        (mean, square.sqrt())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derivatives_are_those_of_differences() {
        for (shift, ln_tail, z) in [(0.0, 0.0, 0.7), (0.4, -0.2, -1.3), (-0.8, 0.3, 2.1)] {
            let shape = Shape { shift, ln_tail };
            let h = 1e-6;
            let difference = |f: &dyn Fn(f64) -> f64| (f(h) - f(-h)) / (2.0 * h);
            let here = shape.of(z);
            assert!((here.ln_slope - difference(&|h| shape.of(z + h).value).ln()).abs() < 1e-8);
            let by_shift = difference(&|h| Shape { shift: shift + h, ln_tail }.of(z).value);
            let by_tail = difference(&|h| Shape { shift, ln_tail: ln_tail + h }.of(z).value);
            assert!((here.by[0] - by_shift).abs() < 1e-7 && (here.by[1] - by_tail).abs() < 1e-7);
            // ln q(u(z)) = ln normal(z) - ln u'(z).
            let ln_density = |h: f64| -0.5 * (z + h).powi(2) - shape.of(z + h).ln_slope;
            assert!((here.score * here.ln_slope.exp() - difference(&ln_density)).abs() < 1e-7);
        }
        let (mean, sd) = Shape { shift: 0.0, ln_tail: 0.0 }.moments();
        assert!(mean.abs() < 1e-12 && (sd - 1.0).abs() < 1e-12);
    }
}
