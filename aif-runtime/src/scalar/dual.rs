//! Forward-mode dual numbers: a value with its derivatives in `N` directions.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::operators::{derived_operators, operators};

/// A first-order dual number: `value` and its derivatives `gradient` in `N` directions.
///
/// ```
/// use aif_runtime::{Dual, Real};
/// let x = Dual::<1>::variable(3.0, 0);
/// let y = x * x + 1.0;
/// assert_eq!((y.value(), y.gradient[0]), (10.0, 6.0));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dual<const N: usize> {
    /// The value.
    pub value: f64,
    /// The derivative of the value in each direction.
    pub gradient: [f64; N],
}

impl<const N: usize> Dual<N> {
    /// The variable of direction `direction` at `value`: its derivative there is one.
    ///
    /// A direction beyond the last gives a constant.
    #[inline]
    pub fn variable(value: f64, direction: usize) -> Self {
        let mut gradient = [0.0; N];
        if let Some(slot) = gradient.get_mut(direction) {
            *slot = 1.0;
        }
        Dual { value, gradient }
    }

    /// The same value with each derivative replaced by `f(index)`.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn with(value: f64, mut f: impl FnMut(usize) -> f64) -> Self {
        let mut gradient = [0.0; N];
        for (i, g) in gradient.iter_mut().enumerate() {
            *g = f(i);
        }
        Dual { value, gradient }
    }
}

derived_operators!([const N: usize] Dual<N>);
// The rules of sum, product and quotient.
operators! { [const N: usize] Dual<N>;
    Add add (a, b: Self) Dual::with(a.value + b.value, |i| a.gradient[i] + b.gradient[i]);
    Sub sub (a, b: Self) Dual::with(a.value - b.value, |i| a.gradient[i] - b.gradient[i]);
    Mul mul (a, b: Self) Dual::with(a.value * b.value, |i| a.gradient[i] * b.value + a.value * b.gradient[i]);
    Div div (a, b: Self) {
        let (r, q) = (1.0 / b.value, a.value / b.value);
        Dual::with(q, |i| (a.gradient[i] - q * b.gradient[i]) * r)
    };
    Add add (a, b: f64) Dual { value: a.value + b, gradient: a.gradient };
    Sub sub (a, b: f64) Dual { value: a.value - b, gradient: a.gradient };
    Mul mul (a, b: f64) Dual::with(a.value * b, |i| a.gradient[i] * b);
    Div div (a, b: f64) Dual::with(a.value / b, |i| a.gradient[i] / b);
}

/// Written as the sequence value, derivatives.
impl<const N: usize> Serialize for Dual<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(core::iter::once(&self.value).chain(&self.gradient))
    }
}

impl<'de, const N: usize> Deserialize<'de> for Dual<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let numbers = alloc::vec::Vec::<f64>::deserialize(deserializer)?;
        if numbers.len() != N + 1 {
            return Err(serde::de::Error::invalid_length(numbers.len(), &"a value and its derivatives"));
        }
        Ok(Dual::with(numbers[0], |i| numbers[i + 1]))
    }
}
