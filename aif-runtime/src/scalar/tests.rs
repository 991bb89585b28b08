//! Values and derivatives of every function, first to third, against finite differences and against each other.

use core::cmp::Ordering;
use core::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Sub, SubAssign};

use super::*;

/// A third-order scalar in one direction: all that is asked of [`Real::unary`].
#[derive(Clone, Copy, Debug, PartialEq)]
struct Jet {
    value: f64,
    first: f64,
    second: f64,
    third: f64,
}

fn jet(value: f64, first: f64, second: f64, third: f64) -> Jet {
    Jet { value, first, second, third }
}

impl Real for Jet {
    type Batched = Self;

    fn constant(x: f64) -> Self {
        jet(x, 0.0, 0.0, 0.0)
    }
    fn value(self) -> f64 {
        self.value
    }
    fn unary(self, f: f64, df: f64, ddf: impl FnOnce() -> f64, dddf: impl FnOnce() -> f64) -> Self {
        let (a, b, c, ddf) = (self.first, self.second, self.third, ddf());
        jet(f, df * a, df * b + ddf * a * a, df * c + 3.0 * ddf * a * b + dddf() * a * a * a)
    }
    fn bits(self, mut visit: impl FnMut(u64)) {
        [self.value, self.first, self.second, self.third].iter().for_each(|x| visit(x.to_bits()));
    }
}

impl Lift<f64> for Jet {
    fn lift(value: f64) -> Self {
        Jet::constant(value)
    }
}
impl PartialOrd for Jet {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.value.partial_cmp(&other.value)
    }
}
impl Neg for Jet {
    type Output = Jet;
    fn neg(self) -> Jet {
        self * -1.0
    }
}
impl Add for Jet {
    type Output = Jet;
    fn add(self, b: Jet) -> Jet {
        jet(self.value + b.value, self.first + b.first, self.second + b.second, self.third + b.third)
    }
}
impl Sub for Jet {
    type Output = Jet;
    fn sub(self, b: Jet) -> Jet {
        self + -b
    }
}
impl Mul for Jet {
    type Output = Jet;
    fn mul(self, b: Jet) -> Jet {
        let second = self.second * b.value + 2.0 * self.first * b.first + self.value * b.second;
        let third = self.third * b.value + 3.0 * (self.second * b.first + self.first * b.second) + self.value * b.third;
        jet(self.value * b.value, self.first * b.value + self.value * b.first, second, third)
    }
}
impl Div for Jet {
    type Output = Jet;
    fn div(self, b: Jet) -> Jet {
        let r = 1.0 / b.value;
        self * b.unary(r, -r * r, || 2.0 * r * r * r, || -6.0 * r * r * r * r)
    }
}

macro_rules! with_constants {
    ($($trait:ident $method:ident $assign:ident $assign_method:ident;)*) => {$(
        impl $trait<f64> for Jet {
            type Output = Jet;
            fn $method(self, b: f64) -> Jet {
                $trait::$method(self, Jet::constant(b))
            }
        }
        impl $assign for Jet {
            fn $assign_method(&mut self, b: Jet) {
                *self = $trait::$method(*self, b);
            }
        }
    )*};
}
with_constants! {
    Add add AddAssign add_assign;
    Sub sub SubAssign sub_assign;
    Mul mul MulAssign mul_assign;
    Div div DivAssign div_assign;
}

/// Calls `check(name, at, f)` for every function, each at a point inside its domain.
macro_rules! functions {
    ($check:ident) => {
        $check!("exp", 0.7, |x| x.exp());
        $check!("ln", 0.7, |x| x.ln());
        $check!("ln_1p", 0.7, |x| x.ln_1p());
        $check!("sqrt", 0.7, |x| x.sqrt());
        $check!("powi 0", 0.7, |x| x.powi(0));
        $check!("powi 1", 0.7, |x| x.powi(1));
        $check!("powi 3", -0.7, |x| x.powi(3));
        $check!("powi -2", 0.7, |x| x.powi(-2));
        $check!("powi 5", -0.7, |x| x.powi(5));
        $check!("powf", 0.7, |x| x.powf(1.7));
        $check!("logistic", 0.7, |x| x.logistic());
        $check!("logistic below zero", -3.0, |x| x.logistic());
        $check!("softplus", 0.7, |x| x.softplus());
        $check!("softplus below zero", -3.0, |x| x.softplus());
        $check!("abs", -0.7, |x| x.abs());
        $check!("phi", 0.7, |x| x.phi());
        $check!("atan", 0.7, |x| Real::atan(x));
        $check!("ln_gamma", 2.3, |x| Real::ln_gamma(x));
        $check!("digamma", 2.3, |x| Real::digamma(x));
        $check!("vector exp", 0.7, |x| Number::to_exp(x));
        $check!("vector logistic", -0.7, |x| Number::to_logistic(x));
        $check!("vector softplus", 0.7, |x| Number::to_softplus(x));
        $check!("vector ln", 0.7, |x| Number::to_ln(x));
        $check!("quotient and product", 0.7, |x| (x * x + 1.0) / (x - 3.0) * x);
        $check!("log_sum_exp", 0.7, |x| log_sum_exp(&[x, x * 2.0, -x]));
        $check!("entropy", 0.7, |x| entropy(&[x, -x + 1.0]));
    };
}

#[test]
fn derivatives_of_every_function_are_right() {
    macro_rules! check {
        ($name:expr, $at:expr, |$x:ident| $f:expr) => {{
            let plain = |$x: f64| -> f64 { $f };
            let dual = |$x: Dual<2>| -> Dual<2> { $f };
            let thrice = |$x: Jet| -> Jet { $f };
            let (h, at) = (1e-4, $at);
            let slope = (8.0 * (plain(at + h) - plain(at - h)) - (plain(at + 2.0 * h) - plain(at - 2.0 * h))) / (12.0 * h);
            let first = |at: f64| dual(Dual::variable(at, 1)).gradient[1];
            let bend = (8.0 * (first(at + h) - first(at - h)) - (first(at + 2.0 * h) - first(at - 2.0 * h))) / (12.0 * h);
            let second = |at: f64| thrice(jet(at, 1.0, 0.0, 0.0)).second;
            let twist = (8.0 * (second(at + h) - second(at - h)) - (second(at + 2.0 * h) - second(at - 2.0 * h))) / (12.0 * h);
            let (d, j) = (dual(Dual::variable(at, 1)), thrice(jet(at, 1.0, 0.0, 0.0)));
            let near = |a: f64, b: f64| (a - b).abs() < 1e-8 * (1.0 + b.abs());
            assert!(near(d.value, plain(at)) && near(j.value, plain(at)), "{}", $name);
            assert!(near(d.gradient[1], slope) && d.gradient[0] == 0.0, "{}: {} {slope}", $name, d.gradient[1]);
            assert!(near(j.first, slope) && near(j.second, bend), "{}: {j:?} {slope} {bend}", $name);
            assert!(near(j.third, twist), "{}: {j:?} {twist}", $name);
            #[cfg(feature = "num-dual")]
            {
                use num_dual::{Dual2_64, Dual2SVec64, Dual3_64, Dual64, DualSVec64};
                let same = |a: f64, b: f64| assert!((a - b).abs() <= 1e-12 * (1.0 + b.abs()), "{} in num-dual: {a} {b}", $name);
                let one = (|$x: DualSVec64<2>| -> DualSVec64<2> { $f })(DualSVec64::from_re(at).derivative(1));
                let two = (|$x: Dual2SVec64<2>| -> Dual2SVec64<2> { $f })(Dual2SVec64::from_re(at).derivative(1));
                let along = (|$x: Dual64| -> Dual64 { $f })(Dual64::from_re(at).derivative());
                let twice = (|$x: Dual2_64| -> Dual2_64 { $f })(Dual2_64::from_re(at).derivative());
                let three = (|$x: Dual3_64| -> Dual3_64 { $f })(Dual3_64::from_re(at).derivative());
                let turning = (|$x: Turning<2>| -> Turning<2> { $f })(Turning::from_re(Dual64::new(at, 1.0)).derivative(1));
                let parts = |bits: &mut dyn FnMut(&mut dyn FnMut(u64))| {
                    let mut all = alloc::vec::Vec::new();
                    bits(&mut |b| all.push(f64::from_bits(b)));
                    all
                };
                for (number, wanted) in [
                    (parts(&mut |v| Real::bits(one, v)), &[j.value, 0.0, j.first][..]),
                    (parts(&mut |v| Real::bits(two, v)), &[j.value, 0.0, j.first, 0.0, 0.0, 0.0, j.second]),
                    (parts(&mut |v| Real::bits(along, v)), &[j.value, j.first]),
                    (parts(&mut |v| Real::bits(twice, v)), &[j.value, j.first, j.second]),
                    (parts(&mut |v| Real::bits(three, v)), &[j.value, j.first, j.second, j.third]),
                    (
                        parts(&mut |v| Real::bits(turning, v)),
                        &[j.value, j.first, 0.0, 0.0, j.first, j.second, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, j.second, j.third],
                    ),
                ] {
                    assert_eq!(number.len(), wanted.len());
                    number.iter().zip(wanted).for_each(|(a, b)| same(*a, *b));
                }
            }
        }};
    }
    functions!(check);
}

#[test]
fn a_constant_stays_one_where_the_derivative_is_infinite() {
    assert_eq!(Dual::<1>::constant(0.0).sqrt().gradient, [0.0]);
    assert_eq!(ln_clipped(Dual::<1>::variable(0.0, 0)), Dual::constant(LN_LOG_FLOOR));
    assert!((LN_LOG_FLOOR - LOG_FLOOR.ln()).abs() < 1e-14);
    assert_eq!(log_sum_exp::<f64>(&[]), f64::NEG_INFINITY);
    assert_eq!(log_sum_exp(&[f64::NEG_INFINITY, 0.5]), 0.5);
}

/// What is worked out for one number is not right for another of equal value and other derivatives.
#[cfg(feature = "num-dual")]
#[test]
fn numbers_of_num_dual_are_the_same_where_derivatives_are() {
    use num_dual::DualSVec64;
    let zero = DualSVec64::<1>::from_re(0.0);
    let moving = zero.derivative(0);
    assert!(zero == moving && !zero.same(&moving));
    assert!(exact_zero(zero) && exact_zero(moving * 0.0) && !exact_zero(moving));
    assert!(!same(&[zero], &[moving]) && same(&[moving], &[moving]));
    assert_eq!(Real::sqrt(zero).eps.0, None);
    assert_eq!(ln_clipped(moving).eps.0, None);
}
