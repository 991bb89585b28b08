//! Values and derivatives of every function, first and second, against finite differences and against each other.

use core::cmp::Ordering;
use core::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Sub, SubAssign};

use super::*;

/// A second-order scalar in one direction: what a Hessian will need of [`Real::unary`].
#[derive(Clone, Copy, Debug, PartialEq)]
struct Jet {
    value: f64,
    first: f64,
    second: f64,
}

fn jet(value: f64, first: f64, second: f64) -> Jet {
    Jet { value, first, second }
}

impl Real for Jet {
    type Abreast = Self;

    fn constant(x: f64) -> Self {
        jet(x, 0.0, 0.0)
    }
    fn value(self) -> f64 {
        self.value
    }
    fn unary(self, f: f64, df: f64, ddf: impl FnOnce() -> f64) -> Self {
        jet(f, df * self.first, df * self.second + ddf() * self.first * self.first)
    }
    fn bits(self, mut visit: impl FnMut(u64)) {
        [self.value, self.first, self.second].iter().for_each(|x| visit(x.to_bits()));
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
        jet(self.value + b.value, self.first + b.first, self.second + b.second)
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
        jet(self.value * b.value, self.first * b.value + self.value * b.first, second)
    }
}
impl Div for Jet {
    type Output = Jet;
    fn div(self, b: Jet) -> Jet {
        let r = 1.0 / b.value;
        self * b.unary(r, -r * r, || 2.0 * r * r * r)
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
        $check!("powf", 0.7, |x| x.powf(1.7));
        $check!("logistic", 0.7, |x| x.logistic());
        $check!("logistic below zero", -3.0, |x| x.logistic());
        $check!("softplus", 0.7, |x| x.softplus());
        $check!("softplus below zero", -3.0, |x| x.softplus());
        $check!("abs", -0.7, |x| x.abs());
        $check!("ln_gamma", 2.3, |x| Real::ln_gamma(x));
        $check!("quotient and product", 0.7, |x| (x * x + 1.0) / (x - 3.0) * x);
        $check!("log_sum_exp", 0.7, |x| log_sum_exp(&[x, x * 2.0, -x]));
        $check!("entropy", 0.7, |x| entropy(&[x, -x + 1.0]));
    };
}

#[test]
fn first_and_second_derivatives_of_every_function_are_right() {
    macro_rules! check {
        ($name:expr, $at:expr, |$x:ident| $f:expr) => {{
            let plain = |$x: f64| -> f64 { $f };
            let dual = |$x: Dual<2>| -> Dual<2> { $f };
            let twice = |$x: Jet| -> Jet { $f };
            let (h, at) = (1e-4, $at);
            let slope = (8.0 * (plain(at + h) - plain(at - h)) - (plain(at + 2.0 * h) - plain(at - 2.0 * h))) / (12.0 * h);
            let first = |at: f64| dual(Dual::variable(at, 1)).gradient[1];
            let bend = (8.0 * (first(at + h) - first(at - h)) - (first(at + 2.0 * h) - first(at - 2.0 * h))) / (12.0 * h);
            let (d, j) = (dual(Dual::variable(at, 1)), twice(jet(at, 1.0, 0.0)));
            let near = |a: f64, b: f64| (a - b).abs() < 1e-8 * (1.0 + b.abs());
            assert!(near(d.value, plain(at)) && near(j.value, plain(at)), "{}", $name);
            assert!(near(d.gradient[1], slope) && d.gradient[0] == 0.0, "{}: {} {slope}", $name, d.gradient[1]);
            assert!(near(j.first, slope) && near(j.second, bend), "{}: {j:?} {slope} {bend}", $name);
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
