//! Distributions of what is recorded: against values in high precision, against their own integrals, draws and differences.

use std::f64::consts::PI;

use aif::measure::{
    Ballistic, Bernoulli, Beta, Contaminated, Distribution, ExGaussian, Gamma, LogNormal, Normal, Ordered, Poisson, Recorded,
    Shifted, ShiftedLogNormal, Softmax, StudentT, Support, VonMises, Wiener, ln_bessel_0, ln_normal_cdf,
};
use aif::prelude::*;
use aif::runtime::{Dual, Dual2};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// The rows of a table of reference values: `tests/fixtures/densities/make.py` says how they were made.
fn rows(name: &str) -> Vec<Vec<String>> {
    let path = format!("tests/fixtures/densities/{name}.csv");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"));
    text.lines().skip(1).map(|line| line.split(',').map(String::from).collect()).collect()
}

fn numbers(cells: &[String]) -> Vec<f64> {
    cells.iter().map(|c| c.parse().unwrap_or_else(|_| panic!("`{c}` is no number"))).collect()
}

#[test]
fn wiener_densities_are_those_of_the_series_in_high_precision() {
    let (mut worst, mut count) = (0.0f64, 0);
    for row in rows("wiener") {
        let n = numbers(&row);
        let [boundary, time, drift, bound, start, expected] = n[..] else { panic!("six cells: {row:?}") };
        let process = Wiener::<bool, f64>::new(drift, bound, start, 0.0);
        let found = process.ln_density((boundary as usize, time));
        // An error of the logarithm is a relative one of the density.
        let error = (found - expected).abs();
        assert!(error < 1e-10, "{row:?}: {found}");
        (worst, count) = (worst.max(error), count + 1);
    }
    assert_eq!(count, 3200);
    println!("the worst of {count} relative errors is {worst:e}");
}

#[test]
fn ballistic_densities_are_those_in_high_precision() {
    let mut worst = 0.0f64;
    for row in rows("ballistic") {
        let n = numbers(&row);
        let [winner, time, d0, d1, d2, bound, range, spread, expected] = n[..] else { panic!("nine cells: {row:?}") };
        let race = Ballistic::<Index<3>, f64>::new(|i| [d0, d1, d2][i.get()], bound, range, 0.0).with_spread(spread);
        let error = (race.ln_density((winner as usize, time)) - expected).abs();
        assert!(error < 1e-9, "{row:?}: {error:e}");
        worst = worst.max(error);
    }
    println!("the worst relative error is {worst:e}");
}

#[test]
fn wiener_and_ballistic_densities_are_those_of_hssm() {
    let mut worst = 0.0f64;
    for row in rows("hssm") {
        let n = numbers(&row[1..]);
        let [choice, time, a, b, c, d, e, expected] = n[..] else { panic!("nine cells: {row:?}") };
        let found = match row[0].as_str() {
            "wiener" => Wiener::<bool, f64>::new(a, b, c, d).ln_density(((choice > 0.0) as usize, time)),
            "two" => Ballistic::<bool, f64>::new(|i| if i { b } else { a }, d, e, 0.0)
                .with_spread(0.1)
                .ln_density((choice as usize, time)),
            _ => Ballistic::<Index<3>, f64>::new(|i| [a, b, c][i.get()], d, e, 0.0)
                .with_spread(0.1)
                .ln_density((choice as usize, time)),
        };
        assert!((found - expected).abs() < 1e-6, "{row:?}: {found}");
        worst = worst.max((found - expected).abs());
    }
    println!("the worst difference of log-densities is {worst:e}");
}

#[test]
fn normal_tails_and_bessel_functions_are_those_in_high_precision() {
    for row in rows("others") {
        let n = numbers(&row[1..]);
        let [a, b, c, x, expected] = n[..] else { panic!("six cells: {row:?}") };
        let found = match row[0].as_str() {
            "ex_gaussian" => ExGaussian::new(a, b, c).ln_density(x),
            _ => VonMises::new(a, b).ln_density(x),
        };
        assert!((found - expected).abs() < 1e-11 * (1.0 + expected.abs()), "{row:?}: {found}");
    }
}

/// Derivatives of a function of four numbers, the first and the second, against central differences of the value and of the first.
fn differences(
    name: &str,
    at: [f64; 4],
    tolerance: f64,
    f: impl Fn([Dual2<4>; 4]) -> Dual2<4>,
    g: impl Fn([Dual<4>; 4]) -> Dual<4>,
) {
    let exact = f(core::array::from_fn(|i| Dual2::variable(at[i], i)));
    let first = |at: [f64; 4]| g(core::array::from_fn(|i| Dual::variable(at[i], i)));
    let here = first(at);
    for i in 0..4 {
        let step = 1e-5 * at[i].abs().max(0.1);
        let moved = |by: f64| {
            let mut there = at;
            there[i] += by;
            first(there)
        };
        let (up, down) = (moved(step), moved(-step));
        let slope = (up.value - down.value) / (2.0 * step);
        assert!(
            (here.gradient[i] - slope).abs() < tolerance * (1.0 + slope.abs()),
            "{name}, {i}: {} for {slope}",
            here.gradient[i]
        );
        assert!((exact.gradient[i] - here.gradient[i]).abs() < 1e-9 * (1.0 + slope.abs()), "{name}, {i}");
        for j in 0..4 {
            let curve = (up.gradient[j] - down.gradient[j]) / (2.0 * step);
            let found = exact.hessian[i][j];
            assert!((found - curve).abs() < 20.0 * tolerance * (1.0 + curve.abs()), "{name}, {i} {j}: {found} for {curve}");
        }
    }
}

thread_local! {
    /// The time at which a race is looked at.
    static TIME: std::cell::Cell<f64> = const { std::cell::Cell::new(1.0) };
}

macro_rules! differentiates {
    ($name:literal, $at:expr, $tolerance:expr, |$p:ident| $body:expr) => {{
        fn density<T: Real>($p: [T; 4]) -> T {
            $body
        }
        differences($name, $at, $tolerance, density::<Dual2<4>>, density::<Dual<4>>);
    }};
}

#[test]
fn derivatives_of_all_parameters_match_differences() {
    for (v, a, w, delay) in [(1.2, 1.5, 0.4, 0.3), (-2.0, 0.8, 0.7, 0.1), (0.0, 1.0, 0.5, 0.2), (0.3, 3.0, 0.2, 0.05)] {
        // A short time and a long one, at either boundary.
        differentiates!("lower, short", [v, a, w, delay], 1e-6, |p| {
            Wiener::<bool, T>::new(p[0], p[1], p[2], p[3]).ln_density((0, p[1] * p[1] * 0.2 + p[3]))
        });
        differentiates!("upper, 0.5 s", [v, a, w, delay], 1e-6, |p| {
            Wiener::<bool, T>::new(p[0], p[1], p[2], p[3]).ln_density((1, T::constant(0.5)))
        });
        differentiates!("upper, 3 s", [v, a, w, delay], 1e-6, |p| {
            Wiener::<bool, T>::new(p[0], p[1], p[2], p[3]).ln_density((1, T::constant(3.0)))
        });
        differentiates!("probability", [v, a, w, delay], 1e-6, |p| {
            Wiener::<bool, T>::new(p[0], p[1], p[2], p[3]).ln_probability_of_upper()
        });
    }
    // In the middle, before anybody can well be there, and long after.
    for t in [0.9, 0.05, 30.0] {
        TIME.set(t);
        differentiates!("race at some time", [1.0, 0.4, 1.3, 0.01], 1e-5, |p| {
            Ballistic::<bool, T>::new(|second| if second { p[0] } else { p[1] }, p[2], T::constant(0.6), p[3])
                .ln_density((1, T::constant(TIME.get())))
        });
    }
    differentiates!("guesses", [0.8, 1.2, 0.1, 0.2], 1e-6, |p| {
        let process = Wiener::<bool, T>::new(p[0], p[1], T::constant(0.4), p[3]);
        Contaminated::new(process, p[2], 4.0).ln_density((1, T::constant(0.7)))
    });
    differentiates!("race", [1.0, 0.4, 1.3, 0.1], 1e-6, |p| {
        Ballistic::<bool, T>::new(|second| if second { p[0] } else { p[1] }, p[2], T::constant(0.6), p[3])
            .ln_density((1, T::constant(0.9)))
    });
    differentiates!("angle", [0.3, 4.0, 1.0, 1.0], 1e-6, |p| VonMises::new(p[0], p[1]).ln_density(T::constant(2.0)));
    differentiates!("angle, closely", [0.3, 40.0, 1.0, 1.0], 1e-6, |p| VonMises::new(p[0], p[1]).ln_density(T::constant(0.5)));
    differentiates!("tail", [0.3, 0.1, 0.2, 0.9], 1e-6, |p| ExGaussian::new(p[0], p[1], p[2]).ln_density(p[3]));
    differentiates!("far tail", [0.3, 0.5, 0.05, -1.0], 1e-6, |p| ExGaussian::new(p[0], p[1], p[2]).ln_density(p[3]));
    differentiates!("shifted", [0.1, 0.5, 0.3, 0.9], 1e-6, |p| ShiftedLogNormal::new(p[0], p[1], p[2]).ln_density(p[3]));
    differentiates!("rating", [0.4, -1.0, 0.2, 1.5], 1e-6, |p| Ordered::<Index<4>, T>::new(p[0], [p[1], p[2], p[3]])
        .ln_density(2));
    differentiates!("share", [0.4, 5.0, 0.3, 1.0], 1e-6, |p| Beta::with_mean(p[0], p[1]).ln_density(p[2]));
    differentiates!("count", [2.5, 1.0, 1.0, 1.0], 1e-6, |p| Poisson::new(p[0]).ln_density(T::constant(4.0)));
    differentiates!("log cdf", [-7.0, -4.0, 0.5, 6.0], 1e-6, |p| ln_normal_cdf(p[0])
        + ln_normal_cdf(p[1])
        + ln_normal_cdf(p[2])
        + ln_normal_cdf(p[3]));
    differentiates!("Bessel", [0.01, 3.0, 24.0, 30.0], 1e-6, |p| ln_bessel_0(p[0])
        + ln_bessel_0(p[1])
        + ln_bessel_0(p[2])
        + ln_bessel_0(p[3]));
}

/// The integral of the density of numbers between two ends, with the share of draws below each of a few points beside it.
fn sound<D: Distribution<f64, Value = f64>>(name: &str, d: D, low: f64, high: f64) {
    let steps = 400_000;
    let width = (high - low) / f64::from(steps);
    let mut below = vec![0.0; steps as usize + 1];
    for i in 0..steps {
        let density = d.ln_density(low + (f64::from(i) + 0.5) * width).exp();
        below[i as usize + 1] = below[i as usize] + if density.is_finite() { density * width } else { 0.0 };
    }
    let whole = below[steps as usize];
    assert!((whole - 1.0).abs() < 2e-4, "{name} integrates to {whole}");
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let mut draws: Vec<f64> = (0..20_000).map(|_| d.sample(&mut rng)).collect();
    assert!(draws.iter().all(|&x| d.support().holds(x)), "{name}: a draw is not {}", d.support().words());
    draws.sort_by(f64::total_cmp);
    for q in [0.02, 0.25, 0.5, 0.75, 0.98] {
        let at = ((draws[(q * 20_000.0) as usize] - low) / width) as usize;
        let found = below[at.min(steps as usize)];
        // Four standard errors.
        assert!((found - q).abs() < 4.0 * (q * (1.0 - q) / 20_000.0f64).sqrt() + 1e-4, "{name}: {found} for {q}");
    }
}

#[test]
fn densities_integrate_to_one_and_draws_are_theirs() {
    sound("Normal", Normal::new(0.5, 1.3), -15.0, 15.0);
    sound("LogNormal", LogNormal::new(-0.3, 0.5), 0.0, 15.0);
    sound("ShiftedLogNormal", ShiftedLogNormal::new(-0.3, 0.5, 0.4), 0.0, 15.0);
    sound("shifted Gamma", Shifted::by(Gamma::new(2.0, 3.0), 0.2), 0.0, 15.0);
    sound("ExGaussian", ExGaussian::new(0.4, 0.1, 0.3), -1.0, 8.0);
    sound("Beta", Beta::new(2.0, 3.5), 0.0, 1.0);
    sound("StudentT", StudentT::new(5.0, -0.2, 0.8), -60.0, 60.0);
    sound("VonMises", VonMises::new(0.5, 2.0), -PI, PI);
    sound("VonMises, flat", VonMises::new(0.5, 0.0), -PI, PI);
    sound("VonMises, sharp", VonMises::new(-3.0, 200.0), -PI, PI);
    let mut rng = ChaCha8Rng::seed_from_u64(6);
    let poisson = Poisson::new(2.5);
    let mean = (0..20_000).map(|_| poisson.sample(&mut rng)).sum::<f64>() / 20_000.0;
    assert!((mean - 2.5).abs() < 0.05);
    assert!(((0..60).map(|k| poisson.ln_density(f64::from(k)).exp()).sum::<f64>() - 1.0).abs() < 1e-12);
}

/// The joint density of which and when: both integrals together are one, each is how often draws end there, and times are those of draws.
fn which_and_when<D: Distribution<f64, Value = (usize, f64)>>(name: &str, d: D, choices: usize, high: f64, tolerance: f64) {
    let steps = 200_000;
    let width = high / f64::from(steps);
    let mut rng = ChaCha8Rng::seed_from_u64(8);
    let draws: Vec<(usize, f64)> = (0..20_000).map(|_| d.sample(&mut rng)).collect();
    let mut whole = 0.0;
    for choice in 0..choices {
        let mut below = vec![0.0; steps as usize + 1];
        for i in 0..steps {
            below[i as usize + 1] = below[i as usize] + d.ln_density((choice, (f64::from(i) + 0.5) * width)).exp() * width;
        }
        let share = below[steps as usize];
        let mut own: Vec<f64> = draws.iter().filter(|(c, _)| *c == choice).map(|(_, t)| *t).collect();
        let count = own.len() as f64;
        let error = 4.0 * (share * (1.0 - share) / 20_000.0).sqrt() + tolerance;
        assert!((count / 20_000.0 - share).abs() < error, "{name}: {choice} in {count} of 20000 draws, and {share}");
        own.sort_by(f64::total_cmp);
        for q in [0.05, 0.5, 0.95] {
            if own.len() > 500 {
                let found = below[((own[(q * count) as usize] / width) as usize).min(steps as usize)] / share;
                assert!(
                    (found - q).abs() < 4.0 * (q * (1.0 - q) / count).sqrt() + tolerance,
                    "{name}, {choice}: {found} for {q}"
                );
            }
        }
        if let Some(p) = d.probabilities().get(choice) {
            assert!((p - share).abs() < tolerance, "{name}: the probability of {choice} is {p}, its integral {share}");
        }
        whole += share;
    }
    assert!((whole - 1.0).abs() < tolerance, "{name} integrates to {whole}");
}

#[test]
fn first_passages_and_races_are_drawn_from_their_densities() {
    for (v, a, w) in [(0.0, 1.0, 0.5), (1.0, 1.5, 0.3), (-2.5, 2.0, 0.8), (6.0, 1.2, 0.1), (0.2, 3.0, 0.95)] {
        which_and_when(&format!("Wiener {v} {a} {w}"), Wiener::<bool, f64>::new(v, a, w, 0.25), 2, 40.0, 1e-3);
    }
    let race = Ballistic::<Index<3>, f64>::new(|i| [3.0, 2.5, 1.0][i.get()], 1.0, 0.5, 0.2);
    which_and_when("a race", race, 3, 60.0, 2e-3);
    let some = Contaminated::new(Wiener::<bool, f64>::new(1.0, 1.5, 0.3, 0.4), 0.1, 5.0);
    which_and_when("with guesses", some, 2, 40.0, 1e-3);
    assert!((some.ln_density((1, 0.3)) - 0.01f64.ln()).abs() < 1e-14);
    assert_eq!(some.ln_density((1, -0.1)), f64::NEG_INFINITY);
}

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
enum Rating {
    Low,
    Middle,
    High,
}

#[test]
fn choices_have_probabilities_that_sum_to_one() {
    let ordered = Ordered::<Rating, f64>::new(0.3, [-1.0, 0.8]);
    let all: f64 = Distribution::<f64>::probabilities(&ordered).iter().sum();
    assert!((all - 1.0).abs() < 1e-14);
    let middle = 1.0 / (1.0 + (-0.5f64).exp()) - 1.0 / (1.0 + 1.3f64.exp());
    assert!((ordered.ln_density(1).exp() - middle).abs() < 1e-14);
    let even = Ordered::<Rating, f64>::evenly(0.0, 1.0);
    assert!((even.ln_density(0) - even.ln_density(2)).abs() < 1e-14);
    // Far out nothing is lost: the logarithm of a difference that underflows.
    let far = Ordered::<Rating, f64>::new(900.0, [0.0, 1.0]);
    assert!((far.ln_density(1) - (-899.0 + (1.0 - (-1.0f64).exp()).ln())).abs() < 1e-9);

    let by_weights = Softmax::<Rating, f64>::by(|r| r.index() as f64 * 2.0);
    let by_probabilities = Dist::<Rating, f64>::softmax(|r| r.index() as f64 * 2.0);
    for i in 0..3 {
        assert!((by_weights.ln_density(i) - by_probabilities.ln_density(i)).abs() < 1e-14);
    }
    assert_eq!(by_weights.ln_density(3), f64::NEG_INFINITY);
    assert_eq!(Dist::<bool, f64>::certain(true).ln_density(0), f64::NEG_INFINITY);
    let yes = Bernoulli::with_probability(0.8);
    assert!((yes.ln_density(1) - 0.8f64.ln()).abs() < 1e-12 && (yes.ln_density(0) - 0.2f64.ln()).abs() < 1e-12);
}

#[test]
fn a_time_cannot_be_before_its_shift_and_the_support_says_so() {
    let process = Wiener::<bool, f64>::new(1.0, 1.0, 0.5, 0.3);
    assert_eq!(process.ln_density((1, 0.3)), f64::NEG_INFINITY);
    assert_eq!(process.support(), Support::Above(0.3));
    assert_eq!(process.support().words(), "above 0.3");
    assert_eq!(ShiftedLogNormal::new(0.0, 1.0, 0.2).ln_density(0.1), f64::NEG_INFINITY);
    // Parameters that are none are not numbers, and do not hang.
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    for (bound, start) in [(-1.0, 0.5), (1.0, 0.0), (1.0, 1.5), (f64::NAN, 0.5)] {
        let broken = Wiener::<bool, f64>::new(1.0, bound, start, 0.0);
        assert!(broken.ln_density((0, 1.0)).is_nan() && broken.sample(&mut rng).1.is_nan());
    }
    let broken = Ballistic::<bool, f64>::new(|_| -1e9, 1.0, 0.5, 0.0);
    assert!(broken.sample(&mut rng).1.is_nan());
    assert!(VonMises::new(0.0, -1.0).sample(&mut rng).is_nan() && VonMises::new(0.0, -1.0).ln_density(0.0).is_nan());
    let steep = Wiener::<bool, f64>::new(3000.0, 2.0, 0.5, 0.0).sample(&mut rng);
    assert!(steep.0 == 1 && (steep.1 - 1.0 / 3000.0).abs() < 1e-4);
}

#[test]
fn fixed_nodes_give_expectations() {
    let normal = Normal::new(0.7, 1.4);
    let mut moments = [0.0; 5];
    assert!(normal.nodes(&mut |x: f64, weight: f64| {
        for (power, m) in moments.iter_mut().enumerate() {
            *m += weight * (x - 0.7).powi(power as i32);
        }
    }));
    let s = 1.4f64;
    for (found, expected) in moments.iter().zip([1.0, 0.0, s * s, 0.0, 3.0 * s.powi(4)]) {
        assert!((found - expected).abs() < 1e-12, "{moments:?}");
    }
    let mut mean = 0.0;
    assert!(ShiftedLogNormal::new(0.1, 0.4, 0.5).nodes(&mut |x: f64, weight: f64| mean += weight * x));
    assert!((mean - (0.5 + (0.1 + 0.08f64).exp())).abs() < 1e-10);
    assert!(!Gamma::new(1.0, 1.0).nodes(&mut |_, _| ()));
    // Values as they stand in tables.
    assert_eq!(Recorded::<f64>::numbers((1usize, 0.5)), [1.0, 0.5]);
    assert_eq!(<(usize, f64) as Recorded<f64>>::of([1.0, 0.5]), (1, 0.5));
}
