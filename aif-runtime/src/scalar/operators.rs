//! Operators of scalars, each from one expression.

/// Operators of a type: `Add add (a, b: Self) expression;`.
macro_rules! operators {
    ($generics:tt $type:ty; $($trait:ident $method:ident $arguments:tt $body:expr;)*) => {
        $(super::operators::operator! { $generics $type; $trait $method $arguments $body })*
    };
}

macro_rules! operator {
    ([$($generics:tt)*] $type:ty; $trait:ident $method:ident ($a:ident, $b:ident: $other:ty) $body:expr) => {
        impl<$($generics)*> core::ops::$trait<$other> for $type {
            type Output = Self;
            #[cfg_attr(not(debug_assertions), inline(always))]
            #[allow(clippy::suspicious_arithmetic_impl)]
            fn $method(self, $b: $other) -> Self {
                let $a = self;
                $body
            }
        }
    };
}

/// What every scalar that carries derivatives has from its operators and its value: assignment, order, constants.
macro_rules! derived_operators {
    ([$($generics:tt)*] $type:ty) => {
        impl<$($generics)*> core::ops::Neg for $type {
            type Output = Self;
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn neg(self) -> Self {
                self * -1.0
            }
        }
        impl<$($generics)*> PartialOrd for $type {
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
                self.value.partial_cmp(&other.value)
            }
        }
        impl<$($generics)*> super::Lift<f64> for $type {
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn lift(value: f64) -> Self {
                super::Real::constant(value)
            }
        }
        super::operators::assigning! { [$($generics)*] $type; AddAssign add_assign +, SubAssign sub_assign -, MulAssign mul_assign *, DivAssign div_assign / }
    };
}

macro_rules! assigning {
    (@ [$($generics:tt)*] $type:ty; $trait:ident $method:ident $op:tt) => {
        impl<$($generics)*> core::ops::$trait for $type {
            #[cfg_attr(not(debug_assertions), inline(always))]
            fn $method(&mut self, b: Self) {
                *self = *self $op b;
            }
        }
    };
    ($generics:tt $type:ty; $($trait:ident $method:ident $op:tt),*) => {
        $(super::operators::assigning! { @ $generics $type; $trait $method $op })*
    };
}

pub(super) use {assigning, derived_operators, operator, operators};
