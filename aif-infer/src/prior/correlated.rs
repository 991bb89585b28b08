//! Correlated effects: the LKJ distribution of correlation matrices, and the multivariate normal distribution.

use aif_runtime::Real;
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

use super::{HALF_LN_TWO_PI, VectorPrior, drawn};

/// LkjCholesky(shape): the lower Cholesky factor of a correlation matrix with density `det(R)^(shape - 1)`, up to its constant
/// (Lewandowski, Kurowicka & Joe 2009). Shape 1 is uniform over correlation matrices, larger ones favour small correlations.
///
/// Coordinates are the inverse hyperbolic tangents of canonical partial correlations, column by column of each row; the partial
/// correlation of column `j` (from 1) of `K` has the density of `2 Beta(b, b) - 1` with `b = shape + (K - 1 - j) / 2`.
#[derive(Clone, Copy, Debug)]
pub struct LkjCholesky<T> {
    shape: T,
}

impl<T: Real> LkjCholesky<T> {
    /// A distribution of Cholesky factors; the shape is positive.
    pub fn new(shape: T) -> Self {
        LkjCholesky { shape }
    }
}

/// The number of rows of a square matrix of so many entries.
fn rows(entries: usize) -> usize {
    entries.isqrt()
}

impl<T: Real> VectorPrior<T> for LkjCholesky<T> {
    fn coordinates(&self, len: usize) -> usize {
        let k = rows(len);
        k * k.saturating_sub(1) / 2
    }

    fn place(&self, coordinates: &[T], values: &mut [T]) -> T {
        let k = rows(values.len());
        values.fill(T::zero());
        let mut density = T::zero();
        let mut next = coordinates.iter();
        for i in 0..k {
            // What is left of the row's length one, squared.
            let mut left = T::one();
            for j in 0..i {
                let Some(&u) = next.next() else { break };
                let beta = self.shape + (k - 2 - j) as f64 * 0.5;
                // tanh(u) = 2 logistic(2u) - 1, and ln(1 - tanh^2) = ln 4 - softplus(2u) - softplus(-2u).
                let (double, ln_rest) = (u * 2.0, -(u * 2.0).softplus() - (u * -2.0).softplus() + core::f64::consts::LN_2 * 2.0);
                let z = double.logistic() * 2.0 - 1.0;
                // ln of (1 - z^2)^(b - 1) / (2^(2b - 1) B(b, b)), and the Jacobian 1 - z^2.
                density += beta * ln_rest - (beta * 2.0 - 1.0) * core::f64::consts::LN_2 + (beta * 2.0).ln_gamma()
                    - beta.ln_gamma() * 2.0;
                values[i * k + j] = z * left.sqrt();
                left *= ln_rest.exp();
            }
            values[i * k + i] = left.sqrt();
        }
        density
    }

    fn unplace(&self, values: &[T], coordinates: &mut [T]) -> bool {
        let k = rows(values.len());
        let mut next = coordinates.iter_mut();
        for i in 0..k {
            let mut left = T::one();
            for j in 0..i {
                let z = values[i * k + j] / left.sqrt();
                left *= -(z * z) + 1.0;
                if let Some(u) = next.next() {
                    *u = ((z + 1.0) / (-z + 1.0)).ln() * 0.5;
                }
            }
        }
        true
    }

    fn ln_density(&self, values: &[T]) -> T {
        // Of the canonical partial correlations.
        let k = rows(values.len());
        let mut density = T::zero();
        for i in 0..k {
            let mut left = T::one();
            for j in 0..i {
                let beta = self.shape + (k - 2 - j) as f64 * 0.5;
                let z = values[i * k + j] / left.sqrt();
                let rest = -(z * z) + 1.0;
                density += (beta - 1.0) * rest.ln() - (beta * 2.0 - 1.0) * core::f64::consts::LN_2 + (beta * 2.0).ln_gamma()
                    - beta.ln_gamma() * 2.0;
                left *= rest;
            }
        }
        density
    }

    fn sample(&self, rng: &mut dyn Rng, values: &mut [f64]) {
        let k = rows(values.len());
        values.fill(0.0);
        for i in 0..k {
            let mut left: f64 = 1.0;
            for j in 0..i {
                let beta = self.shape.value() + (k - 2 - j) as f64 * 0.5;
                let z = 2.0 * drawn(rand_distr::Beta::new(beta, beta), rng) - 1.0;
                values[i * k + j] = z * left.sqrt();
                left *= 1.0 - z * z;
            }
            values[i * k + i] = left.sqrt();
        }
    }

    fn holds(&self, values: &[f64]) -> bool {
        let k = rows(values.len());
        values.chunks(k).enumerate().all(|(i, row)| {
            let length: f64 = row.iter().map(|x| x * x).sum();
            row[i] > 0.0 && row[i + 1..].iter().all(|&x| x == 0.0) && (length - 1.0).abs() < 1e-6
        })
    }
}

/// The correlation matrix that a Cholesky factor stands for: `L L'`.
pub fn correlations<T: Real, const K: usize>(factor: [[T; K]; K]) -> [[T; K]; K] {
    core::array::from_fn(|i| {
        core::array::from_fn(|j| factor[i].iter().zip(&factor[j]).fold(T::zero(), |sum, (&a, &b)| sum + a * b))
    })
}

/// MultivariateNormal(location, scales, factor): normal effects with these standard deviations, correlated as the Cholesky factor of their
/// correlation matrix says: `x = location + diag(scales) L raw`.
#[derive(Clone, Copy, Debug)]
pub struct MultivariateNormal<T, const K: usize> {
    location: [T; K],
    scales: [T; K],
    factor: [[T; K]; K],
    centred: bool,
}

impl<T: Real, const K: usize> MultivariateNormal<T, K> {
    /// A multivariate normal distribution, sampled non-centred; scales are positive.
    pub fn new(location: [T; K], scales: [T; K], factor: [[T; K]; K]) -> Self {
        MultivariateNormal { location, scales, factor, centred: false }
    }

    /// The same distribution, sampled by its values themselves.
    #[must_use]
    pub fn centred(self) -> Self {
        MultivariateNormal { centred: true, ..self }
    }
}

impl<T: Real, const K: usize> VectorPrior<T> for MultivariateNormal<T, K> {
    fn coordinates(&self, len: usize) -> usize {
        len
    }

    fn place(&self, coordinates: &[T], values: &mut [T]) -> T {
        let mut density = T::constant(-HALF_LN_TWO_PI * K as f64);
        let mut raw = [T::zero(); K];
        for i in 0..K {
            let Some(&u) = coordinates.get(i) else { return T::constant(f64::NAN) };
            let before = raw[..i].iter().zip(&self.factor[i]).fold(T::zero(), |sum, (&r, &l)| sum + l * r);
            if self.centred {
                raw[i] = ((u - self.location[i]) / self.scales[i] - before) / self.factor[i][i];
                density -= self.scales[i].ln() + self.factor[i][i].ln();
                values[i] = u;
            } else {
                raw[i] = u;
                values[i] = self.location[i] + self.scales[i] * (before + self.factor[i][i] * u);
            }
            density -= raw[i] * raw[i] * 0.5;
        }
        density
    }

    fn unplace(&self, values: &[T], coordinates: &mut [T]) -> bool {
        for i in 0..coordinates.len().min(K) {
            coordinates[i] = values[i];
            if !self.centred {
                let before = coordinates[..i].iter().zip(&self.factor[i]).fold(T::zero(), |sum, (&r, &l)| sum + l * r);
                coordinates[i] = ((values[i] - self.location[i]) / self.scales[i] - before) / self.factor[i][i];
            }
        }
        true
    }

    fn ln_density(&self, values: &[T]) -> T {
        let mut density = T::constant(-HALF_LN_TWO_PI * K as f64);
        let mut raw = [T::zero(); K];
        for (i, &x) in values.iter().enumerate().take(K) {
            let before = raw[..i].iter().zip(&self.factor[i]).fold(T::zero(), |sum, (&r, &l)| sum + l * r);
            raw[i] = ((x - self.location[i]) / self.scales[i] - before) / self.factor[i][i];
            density -= self.scales[i].ln() + self.factor[i][i].ln() + raw[i] * raw[i] * 0.5;
        }
        density
    }

    fn sample(&self, rng: &mut dyn Rng, values: &mut [f64]) {
        let raw: [f64; K] = core::array::from_fn(|_| StandardNormal.sample(rng));
        for (i, value) in values.iter_mut().enumerate().take(K) {
            let sum: f64 = raw.iter().zip(&self.factor[i]).map(|(r, l)| r * l.value()).sum();
            let scale = self.scales[i].value();
            *value = if scale > 0.0 { self.location[i].value() + scale * sum } else { f64::NAN };
        }
    }

    fn holds(&self, values: &[f64]) -> bool {
        values.iter().all(|x| x.is_finite())
    }

    fn is_free(&self) -> bool {
        true
    }
}
