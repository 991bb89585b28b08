//! Every density integrates to one over its support, through its bijector; its draws have its mean; its derivative is exact.

use aif_runtime::{Dual, Real};
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

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
