//! Models with a narrower prior, from the posterior of the full one: Bayesian model reduction (Friston, Parr & Zeidman 2018) and the density
//! ratio of Savage and Dickey (Verdinelli & Wasserman 1995).

use crate::matrix::{self, DMatrix};

/// A normal distribution of some numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Gaussian {
    /// The means.
    pub mean: Vec<f64>,
    /// The covariance, row by row.
    pub covariance: Vec<f64>,
}

impl Gaussian {
    fn factor(&self) -> Option<matrix::Factor> {
        let n = self.mean.len();
        (self.covariance.len() == n * n).then(|| matrix::factor(DMatrix::from_row_slice(n, n, &self.covariance)))?
    }

    /// The log-density at a place; `None` where the covariance is no such thing.
    pub fn ln_density(&self, at: &[f64]) -> Option<f64> {
        let factor = self.factor()?;
        let mut off: Vec<f64> = at.iter().zip(&self.mean).map(|(x, m)| x - m).collect();
        matrix::solve_lower(&factor, &mut off);
        let square: f64 = off.iter().map(|x| x * x).sum();
        Some(-0.5 * square - matrix::half_ln_determinant(&factor) - off.len() as f64 * crate::prior::HALF_LN_TWO_PI)
    }
}

/// By how many nats the evidence is larger under another normal prior, and the posterior under it, where prior and posterior of the full model
/// are normal: `ln E_posterior[reduced prior / prior]` in closed form. `None` where a covariance is none, or the reduced prior is so much wider
/// than the full one that the posterior does not say.
pub fn reduced(prior: &Gaussian, posterior: &Gaussian, reduced: &Gaussian) -> Option<(f64, Gaussian)> {
    let n = prior.mean.len();
    let inverse = |g: &Gaussian| g.factor().map(|f| f.inverse());
    let (p0, p, pr) = (inverse(prior)?, inverse(posterior)?, inverse(reduced)?);
    let factor = matrix::factor(&p + &pr - &p0)?;
    let product = |m: &DMatrix<f64>, g: &Gaussian| m * DMatrix::from_column_slice(n, 1, &g.mean);
    let shifted = product(&p, posterior) + product(&pr, reduced) - product(&p0, prior);
    let covariance = factor.inverse();
    let mean: Vec<f64> = (&covariance * shifted).as_slice().to_vec();
    // At one place, as everywhere: posterior reduced / posterior = reduced prior / prior / the ratio of evidences.
    let new = Gaussian { mean, covariance: covariance.transpose().as_slice().to_vec() };
    let at = new.mean.clone();
    let gain = posterior.ln_density(&at)? + reduced.ln_density(&at)? - prior.ln_density(&at)? - new.ln_density(&at)?;
    Some((gain, new))
}

/// The normalised log-density at zero of a number whose log-density is known up to a constant; `near` is a place where it is not small, `width`
/// how wide it is, roughly. Exact where it is a parabola, else by the trapezoid rule over all of it.
pub fn ln_density_at_zero(f: &dyn Fn(f64) -> f64, near: f64, width: f64) -> f64 {
    let h = width.max(1e-8);
    let (left, middle, right) = (f(near - h), f(near), f(near + h));
    let (slope, bend) = ((right - left) / (2.0 * h), (right - 2.0 * middle + left) / (h * h));
    let parabola = |x: f64| middle + slope * (x - near) + 0.5 * bend * (x - near).powi(2);
    let close = |x: f64| (f(x) - parabola(x)).abs() <= 1e-7 * (1.0 + f(x).abs());
    if bend < 0.0 && close(near + 3.0 * h) && close(near - 2.0 * h) && close(0.0) {
        let peak = middle - 0.5 * slope * slope / bend;
        return parabola(0.0) - peak + 0.5 * (-bend).ln() - crate::prior::HALF_LN_TWO_PI;
    }
    // How far it reaches: to where nothing is left, on either side, zero included. Places are close where it is high, and far apart where only a
    // tail is left: x = near + h sinh(u).
    let place = |u: f64| near + h * u.sinh();
    let reach = |sign: f64| {
        let mut u = 1.0;
        while u < 40.0 && f(place(sign * u)) + u > middle - 40.0 {
            u += 0.5;
        }
        sign * u
    };
    let (low, high) = (reach(-1.0), reach(1.0));
    const NODES: usize = 800;
    let each = (high - low) / NODES as f64;
    let node = |i: usize| {
        let u = low + each * i as f64;
        f(place(u)) + u.cosh().ln()
    };
    let all: Vec<f64> = (0..=NODES).map(node).filter(|x| !x.is_nan()).collect();
    f(0.0) - aif_runtime::scalar::log_sum_exp(&all) - (h * each).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_narrower_prior_changes_the_evidence_as_it_does_for_known_normal_data() {
        // y ~ N(x, 1), seen 0.7, prior N(0.2, 4), reduced N(0, 0.01): evidences are normal densities of y.
        let evidence = |m: f64, v: f64| Gaussian { mean: vec![m], covariance: vec![v + 1.0] }.ln_density(&[0.7]).unwrap();
        let prior = Gaussian { mean: vec![0.2], covariance: vec![4.0] };
        let posterior = Gaussian { mean: vec![(0.7 + 0.2 / 4.0) / 1.25], covariance: vec![0.8] };
        let (gain, new) = reduced(&prior, &posterior, &Gaussian { mean: vec![0.0], covariance: vec![0.01] }).unwrap();
        assert!((gain - (evidence(0.0, 0.01) - evidence(0.2, 4.0))).abs() < 1e-12, "{gain}");
        assert!((new.mean[0] - 0.7 / 101.0).abs() < 1e-12 && (new.covariance[0] - 1.0 / 101.0).abs() < 1e-12, "{new:?}");
        // Towards a point it is Savage and Dickey's ratio.
        let (gain, _) = reduced(&prior, &posterior, &Gaussian { mean: vec![0.0], covariance: vec![1e-12] }).unwrap();
        let ratio = posterior.ln_density(&[0.0]).unwrap() - prior.ln_density(&[0.0]).unwrap();
        assert!((gain - ratio).abs() < 1e-6 && (ratio - (evidence(0.0, 0.0) - evidence(0.2, 4.0))).abs() < 1e-12);
    }

    #[test]
    fn reduced_evidences_are_those_of_refits_by_quadrature() {
        // A line through five points with known noise: y ~ N(a + b x, 0.5), a ~ N(0.3, 1), b ~ N(0, 0.8).
        let data = [(-1.2, -0.4), (-0.3, 0.5), (0.1, 0.2), (0.8, 0.9), (1.5, 0.7)];
        let normal = |x: f64, m: f64, s: f64| -0.5 * ((x - m) / s).powi(2) - s.ln() - crate::prior::HALF_LN_TWO_PI;
        let likelihood = |a: f64, b: f64| data.iter().map(|&(x, y)| normal(y, a + b * x, 0.5)).sum::<f64>();
        // Trapezoids over all of the posterior: of smooth functions that vanish at the ends they are exact to rounding.
        let line = |from: f64, to: f64| (0..=400).map(move |i| from + (to - from) * f64::from(i) / 400.0);
        let each = |from: f64, to: f64| ((to - from) / 400.0).ln();
        let under = |m: f64, s: f64| {
            let (low, high) = (m - 9.0 * s, m + 9.0 * s);
            let all: Vec<f64> = line(-4.0, 4.0)
                .flat_map(|a| line(low, high).map(move |b| likelihood(a, b) + normal(a, 0.3, 1.0) + normal(b, m, s)))
                .collect();
            aif_runtime::scalar::log_sum_exp(&all) + each(-4.0, 4.0) + each(low, high)
        };
        let without: Vec<f64> = line(-4.0, 4.0).map(|a| likelihood(a, 0.0) + normal(a, 0.3, 1.0)).collect();
        let without = aif_runtime::scalar::log_sum_exp(&without) + each(-4.0, 4.0);
        let full = under(0.0, 0.8);

        let precision = |of: &dyn Fn(f64) -> f64| data.iter().map(|&(x, _)| of(x) / 0.25).sum::<f64>();
        let (p, q, r) = (precision(&|_| 1.0) + 1.0, precision(&|x| x), precision(&|x| x * x) + 1.0 / 0.64);
        let (u, v) = data.iter().fold((0.3, 0.0), |(u, v), &(x, y)| (u + y / 0.25, v + x * y / 0.25));
        let determinant = p * r - q * q;
        let covariance = vec![r / determinant, -q / determinant, -q / determinant, p / determinant];
        let mean = vec![covariance[0] * u + covariance[1] * v, covariance[2] * u + covariance[3] * v];
        let posterior = Gaussian { mean, covariance };
        let prior = Gaussian { mean: vec![0.3, 0.0], covariance: vec![1.0, 0.0, 0.0, 0.64] };
        for (m, s) in [(0.0, 0.1), (0.5, 0.3), (-0.2, 0.02)] {
            let narrow = Gaussian { mean: vec![0.3, m], covariance: vec![1.0, 0.0, 0.0, s * s] };
            let (gain, _) = reduced(&prior, &posterior, &narrow).unwrap();
            let exact = under(m, s) - full;
            assert!((gain - exact).abs() < 1e-6, "{m} {s}: {gain} and {exact}");
        }
        // Without the slope: Savage and Dickey's ratio, and the density at zero from the conditional one alone.
        let slope = Gaussian { mean: vec![posterior.mean[1]], covariance: vec![posterior.covariance[3]] };
        let gain = slope.ln_density(&[0.0]).unwrap() - normal(0.0, 0.0, 0.8);
        assert!((gain - (without - full)).abs() < 1e-6, "{gain} and {}", without - full);
        let marginal = |b: f64| -0.5 * (b - slope.mean[0]).powi(2) / slope.covariance[0] + 3.0;
        let numeric = ln_density_at_zero(&marginal, slope.mean[0], 0.3) - normal(0.0, 0.0, 0.8);
        assert!((numeric - (without - full)).abs() < 1e-6);
    }

    #[test]
    fn densities_at_zero_are_normalised() {
        let normal = |x: f64| -0.5 * ((x - 1.3) / 0.4).powi(2) + 17.0;
        let exact = Gaussian { mean: vec![1.3], covariance: vec![0.16] }.ln_density(&[0.0]).unwrap();
        assert!((ln_density_at_zero(&normal, 1.0, 0.3) - exact).abs() < 1e-6);
        // Student's t with three degrees of freedom.
        let t = |x: f64| -2.0 * (1.0 + (x - 0.5).powi(2) / 3.0).ln() - 4.0;
        let exact = -2.0 * (1.0 + 0.25 / 3.0f64).ln() + (2.0 / (std::f64::consts::PI * 3f64.sqrt())).ln();
        assert!((ln_density_at_zero(&t, 0.7, 1.0) - exact).abs() < 1e-8);
    }
}
