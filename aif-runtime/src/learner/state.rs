//! What a state may be: a number, an array of numbers, an array of arrays, one number for each value of a domain.

use alloc::format;
use alloc::string::{String, ToString};

use crate::dist::Values;
use crate::domain::{Domain, Value};
use crate::scalar::Real;

/// A state of a learner: numbers in its scalar.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no state of a learner",
    label = "a state is a number `{T}`, or an array of numbers",
    note = "arrays of arrays and `Values<D, {T}>`, one number for each value of a domain, are states, too"
)]
pub trait State<T: Real>: Value {
    /// Shows its numbers, in order.
    fn numbers(&self, show: &mut dyn FnMut(T));

    /// Shows the names of its numbers, as `value[0]`.
    fn labels(name: &str, show: &mut dyn FnMut(String));
}

impl<T: Real> State<T> for T {
    fn numbers(&self, show: &mut dyn FnMut(T)) {
        show(*self);
    }
    fn labels(name: &str, show: &mut dyn FnMut(String)) {
        show(name.to_string());
    }
}

impl<T: Real, S: State<T>, const N: usize> State<T> for [S; N] {
    fn numbers(&self, show: &mut dyn FnMut(T)) {
        self.iter().for_each(|own| own.numbers(show));
    }
    fn labels(name: &str, show: &mut dyn FnMut(String)) {
        (0..N).for_each(|i| S::labels(&format!("{name}[{i}]"), show));
    }
}

impl<T: Real, D: Domain> State<T> for Values<D, T> {
    fn numbers(&self, show: &mut dyn FnMut(T)) {
        self.entries().iter().for_each(|&x| show(x));
    }
    fn labels(name: &str, show: &mut dyn FnMut(String)) {
        D::all().for_each(|value| show(format!("{name}[{}]", value.label())));
    }
}
