//! Every density integrates to one over its support, through its bijector; its draws have its mean; its derivative is exact.

use aif_runtime::{Dual, Real};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::*;

/// Integrates `f` against the density on the unconstrained line, by the trapezoid rule.
fn integral<P: Prior<f64>>(prior: P, f: impl Fn(f64) -> f64) -> f64 {
    let (half, n) = (40.0, 160_000);
    let step = 2.0 * half / f64::from(n);
    (0..=n)
        .map(|i| {
            let (x, jacobian) = prior.support().constrain(-half + step * f64::from(i));
            let density = (prior.ln_density(x) + jacobian).exp();
            if density.is_finite() && density > 0.0 { f(x) * density * step } else { 0.0 }
        })
        .sum()
}

fn proper<P: Prior<f64>>(name: &str, prior: P, tolerance: f64) {
    assert!((integral(prior, |_| 1.0) - 1.0).abs() < tolerance, "{name}: {}", integral(prior, |_| 1.0));
    // The share of draws below the midpoint of the mass, against the integral.
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    let draws: Vec<f64> = (0..20_000).map(|_| prior.sample(&mut rng)).collect();
    let mut sorted = draws.clone();
    sorted.sort_by(f64::total_cmp);
    for q in [0.25, 0.5, 0.75] {
        let point = sorted[(q * 20_000.0) as usize];
        let below = integral(prior, |x| f64::from(u8::from(x < point)));
        assert!((below - q).abs() < 0.02 + tolerance, "{name}: {below} of the density below the {q} quantile of the draws");
    }
}

#[test]
fn densities_integrate_to_one_and_match_their_draws() {
    proper("Normal", Normal::new(0.5, 1.3), 1e-6);
    proper("HalfNormal", HalfNormal::new(0.7), 1e-6);
    proper("LogNormal", LogNormal::new(0.3, 0.5), 1e-6);
    proper("StudentT", StudentT::new(5.0, -0.2, 0.8), 1e-4);
    proper("Cauchy", Cauchy::new(0.1, 0.2), 1e-2);
    proper("HalfCauchy", HalfCauchy::new(1.5), 1e-6);
    proper("Exponential", Exponential::new(2.0), 1e-6);
    proper("Gamma", Gamma::new(2.5, 1.7), 1e-6);
    proper("InverseGamma", InverseGamma::new(3.0, 2.0), 1e-6);
    proper("Beta", Beta::new(2.0, 3.5), 1e-6);
    proper("Uniform", Uniform::new(-1.0, 2.0), 1e-6);
}

#[test]
fn derivatives_match_finite_differences() {
    fn slope(f: impl Fn(f64) -> f64, x: f64) -> f64 {
        (f(x + 1e-6) - f(x - 1e-6)) / 2e-6
    }
    macro_rules! check {
        ($prior:ident($($argument:expr),*) at $x:expr) => {{
            let dual = |x: f64| Dual::<1>::constant(x);
            let exact = $prior::new($(dual($argument)),*).ln_density(Dual::variable($x, 0)).gradient[0];
            let near = slope(|x| $prior::new($($argument),*).ln_density(x), $x);
            assert!((exact - near).abs() < 1e-6, "{}: {exact} {near}", stringify!($prior));
        }};
    }
    check!(Normal(0.5, 1.3) at 0.2);
    check!(HalfNormal(0.7) at 0.2);
    check!(LogNormal(0.3, 0.5) at 0.9);
    check!(StudentT(5.0, -0.2, 0.8) at 1.1);
    check!(Cauchy(0.1, 0.2) at 1.1);
    check!(HalfCauchy(1.5) at 0.4);
    check!(Exponential(2.0) at 0.4);
    check!(Gamma(2.5, 1.7) at 0.4);
    check!(InverseGamma(3.0, 2.0) at 0.4);
    check!(Beta(2.0, 3.5) at 0.4);
    // By a parameter of the density, through the gamma functions.
    let exact = Gamma::new(Dual::<1>::variable(2.5, 0), Dual::constant(1.7)).ln_density(Dual::constant(0.4)).gradient[0];
    let near = slope(|a| Gamma::new(a, 1.7).ln_density(0.4), 2.5);
    assert!((exact - near).abs() < 1e-6);
}

#[test]
fn non_centred_draws_have_the_centred_density() {
    let prior = Normal::new(1.5, 0.3);
    let raw = 0.8;
    let x = prior.place(raw);
    assert!((prior.ln_density(x) - (prior.standard_ln_density(raw) - 0.3f64.ln())).abs() < 1e-14);
}

/// Integrates a vector prior's density over its coordinates, and compares the means of its values with those of draws.
fn whole<P: VectorPrior<f64>>(name: &str, prior: P, len: usize, half: f64, steps: usize) {
    let n = prior.coordinates(len);
    let h = 2.0 * half / steps as f64;
    let (mut total, mut means) = (0.0, vec![0.0; len]);
    for cell in 0..steps.pow(n as u32) {
        let mut left = cell;
        let at: Vec<f64> = (0..n)
            .map(|_| {
                let i = left % steps;
                left /= steps;
                -half + h * (i as f64 + 0.5)
            })
            .collect();
        let mut values = vec![0.0; len];
        let density = prior.place(&at, &mut values).exp() * h.powi(n as i32);
        total += density;
        means.iter_mut().zip(&values).for_each(|(m, v)| *m += density * v);
        if density > 1e-12 {
            assert!(prior.holds(&values), "{name}: {values:?}");
        }
    }
    assert!((total - 1.0).abs() < 2e-3, "{name} integrates to {total}");
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    let (mut sums, count) = (vec![0.0; len], 40_000);
    for _ in 0..count {
        let mut values = vec![0.0; len];
        prior.sample(&mut rng, &mut values);
        sums.iter_mut().zip(&values).for_each(|(s, v)| *s += v / f64::from(count));
    }
    for (m, s) in means.iter().zip(&sums) {
        assert!((m - s).abs() < 0.02, "{name}: mean {m} by its density, {s} by its draws");
    }
}

#[test]
fn vectors_integrate_to_one_and_match_their_draws() {
    whole("Dirichlet", Dirichlet::new([2.0, 0.8, 1.5]), 3, 12.0, 500);
    whole("ordered", Normal::new(0.5, 1.2).ordered(), 2, 9.0, 500);
    whole("LKJ of two", LkjCholesky::new(1.7), 4, 12.0, 2000);
    whole("LKJ of three", LkjCholesky::new(1.3), 9, 6.0, 110);
    let factor = [[1.0, 0.0], [0.6, 0.8]];
    whole("multivariate normal", MultivariateNormal::new([0.3, -1.0], [0.5, 2.0], factor), 2, 9.0, 600);
    whole("multivariate normal, centred", MultivariateNormal::new([0.3, -1.0], [0.5, 2.0], factor).centred(), 2, 11.0, 900);
}

#[test]
fn a_uniform_correlation_is_uniform() {
    // With shape 1 a correlation of two is uniform on (-1, 1): density 1/2 whatever the correlation.
    for u in [-1.5f64, 0.0, 0.4, 2.0] {
        let mut values = [0.0; 4];
        let density = LkjCholesky::new(1.0).place(&[u], &mut values);
        let r = values[2];
        assert!((r - u.tanh()).abs() < 1e-12);
        assert!((density - (0.5 * (1.0 - r * r)).ln()).abs() < 1e-12);
        assert!((correlations([[values[0], values[1]], [values[2], values[3]]])[1][0] - r).abs() < 1e-12);
    }
}

#[test]
fn truncated_and_mixed_densities_integrate_to_one_and_match_their_draws() {
    proper("truncated normal", Normal::new(0.5, 1.3).truncated(-0.2, 2.0), 1e-5);
    proper("normal above", Normal::new(0.5, 1.3).above(1.0), 1e-5);
    proper("normal far above", Normal::new(0.0, 1.0).above(6.0), 1e-4);
    proper("normal below", Normal::new(0.5, 1.3).below(-2.0), 1e-5);
    proper("half-normal between", HalfNormal::new(1.0).truncated(0.5, 0.9), 1e-5);
    proper("half-normal below", HalfNormal::new(1.0).below(0.9), 1e-5);
    proper("Cauchy between", Cauchy::new(0.1, 0.4).truncated(-3.0, 1.0), 1e-5);
    proper("half-Cauchy below", HalfCauchy::new(1.0).below(4.0), 1e-5);
    proper("log-normal above", LogNormal::new(0.0, 0.5).above(1.0), 1e-4);
    proper("exponential between", Exponential::new(0.7).truncated(1.0, 3.0), 1e-5);
    proper("uniform above", Uniform::new(-1.0, 2.0).above(0.0), 1e-5);
    proper("mixture", Mixture::new([0.3, 0.7], (Normal::new(-2.0, 0.5), Normal::new(1.0, 1.0))), 1e-5);
    proper(
        "mixture of three",
        Mixture::new([1.0, 2.0, 1.0], (Gamma::new(2.0, 3.0), HalfNormal::new(1.0), Exponential::new(0.5))),
        1e-5,
    );
}

#[test]
fn partly_centred_draws_have_the_density_of_centred_ones() {
    // p(u) du = p(x) dx with x = place(u): the densities differ by the slope of the map.
    for c in [0.0, 0.3, 0.7, 1.0] {
        let prior = Normal::new(1.5, 0.3);
        let (u, h) = (0.8, 1e-6);
        let (x, density) = prior.place_partly(u, c);
        let slope = (prior.place_partly(u + h, c).0 - prior.place_partly(u - h, c).0) / (2.0 * h);
        assert!((density - prior.ln_density(x) - slope.ln()).abs() < 1e-8, "{c}");
    }
    let prior = LogNormal::new(0.4, 0.6);
    let (x, density) = prior.place_partly(0.2, 0.5);
    let slope = (prior.place_partly(0.2 + 1e-6, 0.5).0 - prior.place_partly(0.2 - 1e-6, 0.5).0) / 2e-6;
    assert!((density - prior.ln_density(x) - slope.ln()).abs() < 1e-8);
}

#[test]
fn horseshoe_scales_shrink_between_the_slab_and_nothing() {
    // Small scales are free, large ones are held by the slab (Piironen & Vehtari 2017, section 2.3).
    assert!((horseshoe_scale(0.01, 1.0, 4.0) / 0.01 - 1.0).abs() < 1e-4);
    assert!((horseshoe_scale(1.0, 1e6, 4.0) - 2.0).abs() < 1e-4);
}

#[test]
fn values_that_are_drawn_together_have_the_coordinates_that_stand_for_them() {
    fn back<P: VectorPrior<f64>>(prior: P, coordinates: &[f64], len: usize) {
        let mut values = vec![0.0; len];
        prior.place(coordinates, &mut values);
        let mut found = vec![f64::NAN; coordinates.len()];
        assert!(prior.unplace(&values, &mut found));
        assert!(found.iter().zip(coordinates).all(|(a, b)| (a - b).abs() < 1e-12), "{found:?} for {coordinates:?}");
    }
    let factor = [[1.0, 0.0], [0.6, 0.8]];
    back(MultivariateNormal::new([0.3, -1.0], [0.5, 2.0], factor), &[0.4, -1.3], 2);
    back(MultivariateNormal::new([0.3, -1.0], [0.5, 2.0], factor).centred(), &[0.4, -1.3], 2);
    back(LkjCholesky::new(2.0), &[0.4, -1.3, 0.2], 9);
    back(Dirichlet::new([1.0, 2.0, 0.5, 1.0]), &[0.4, -1.3, 2.2], 4);
    back(Normal::new(0.0, 1.0).ordered(), &[0.4, -1.3, 2.2], 3);
}
