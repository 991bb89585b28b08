//! Derivatives against another implementation of dual numbers: the same function in this library's and in num-dual's.

use aif::prelude::*;
use aif::runtime::scalar::Turning;
use aif::runtime::{Dual, Dual2};
use num_dual::{Dual2_64, Dual2SVec64, Dual64, DualSVec64};

/// A function of `N` numbers in any scalar.
pub trait Differentiated<const N: usize> {
    fn at<T: Real>(&self, x: [T; N]) -> T;
}

/// Value, gradient and Hessian, one after the other.
fn parts<T: Real>(x: T) -> Vec<f64> {
    let mut parts = Vec::new();
    x.bits(|bits| parts.push(f64::from_bits(bits)));
    parts
}

/// The largest difference between the two implementations, of value, gradient and Hessian, as a share of one plus the number; and how many
/// numbers there are. What is not a number in one has to be none in the other.
#[allow(dead_code)]
pub fn differences<const N: usize, F: Differentiated<N>>(f: &F, x: [f64; N]) -> (f64, usize) {
    let first = parts(f.at::<Dual<N>>(std::array::from_fn(|i| Dual::variable(x[i], i))));
    let second = parts(f.at::<Dual2<N>>(std::array::from_fn(|i| Dual2::variable(x[i], i))));
    let theirs = f.at::<DualSVec64<N>>(std::array::from_fn(|i| DualSVec64::from_re(x[i]).derivative(i)));
    let theirs_twice = f.at::<Dual2SVec64<N>>(std::array::from_fn(|i| Dual2SVec64::from_re(x[i]).derivative(i)));
    compared(&[(first, parts(theirs)), (second, parts(theirs_twice))])
}

/// The same of a function of one number, in num-dual's types for that, which cost a compiler less.
#[allow(dead_code)]
pub fn differences_of_one<F: Differentiated<1>>(f: &F, x: f64) -> (f64, usize) {
    let (first, second) = (f.at([Dual::<1>::variable(x, 0)]), f.at([Dual2::<1>::variable(x, 0)]));
    let theirs = f.at([Dual64::from_re(x).derivative()]);
    let theirs_twice = f.at([Dual2_64::from_re(x).derivative()]);
    compared(&[(parts(first), parts(theirs)), (parts(second), parts(theirs_twice))])
}

fn compared(pairs: &[(Vec<f64>, Vec<f64>)]) -> (f64, usize) {
    let pairs = pairs.iter().flat_map(|(a, b)| a.iter().zip(b));
    let share = |a: f64, b: f64| if a.is_finite() || b.is_finite() { (a - b).abs() / (1.0 + b.abs()) } else { 0.0 };
    let shares: Vec<f64> = pairs.map(|(a, b)| share(*a, *b)).collect();
    (shares.iter().fold(0.0, |most, s| if *s > most || s.is_nan() { *s } else { most }), shares.len())
}

/// How far num-dual's third derivatives are from central differences of second ones, in the direction of the first number.
#[allow(dead_code)]
pub fn third_difference<const N: usize, F: Differentiated<N>>(f: &F, x: [f64; N]) -> f64 {
    let turning = parts(f.at::<Turning<N>>(std::array::from_fn(|i| {
        Turning::from_re(num_dual::Dual64::new(x[i], if i == 0 { 1.0 } else { 0.0 })).derivative(i)
    })));
    let h = 1e-3;
    let second =
        |by: f64| parts(f.at::<Dual2<N>>(std::array::from_fn(|i| Dual2::variable(if i == 0 { x[i] + by } else { x[i] }, i))));
    let (a, b, c, d) = (second(2.0 * h), second(h), second(-h), second(-2.0 * h));
    let slope = |i: usize| (8.0 * (b[i] - c[i]) - (a[i] - d[i])) / (12.0 * h);
    (0..a.len()).map(|i| (turning[2 * i + 1] - slope(i)).abs() / (1.0 + slope(i).abs())).fold(0.0, f64::max)
}
