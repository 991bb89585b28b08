//! Distributions of what is recorded or drawn: choices, numbers, times; one file for each.
//!
//! One trait tells of all of them, in any scalar: their parameters may carry derivatives. What is recorded by it are responses of filters and
//! learners; what is drawn by it are parameters before data are seen.

mod ballistic;
mod beta;
mod categorical;
mod contaminated;
mod draws;
mod ex_gaussian;
mod functions;
mod gamma;
mod log_normal;
mod measured;
mod mixture;
mod nodes;
mod normal;
mod ordered;
mod passage;
mod poisson;
mod preferred;
mod recorded;
mod shifted;
mod silent;
mod student_t;
mod support;
mod visit;
mod von_mises;
mod wiener;

use alloc::vec::Vec;

use rand::Rng;

use crate::scalar::{Number, Real};

pub use ballistic::Ballistic;
pub use beta::Beta;
pub use categorical::{Bernoulli, Softmax};
pub use contaminated::Contaminated;
pub use ex_gaussian::ExGaussian;
pub use functions::{ln_bessel_0, ln_normal_cdf};
pub use gamma::Gamma;
pub use log_normal::LogNormal;
pub use measured::{Line, Measurable, Measured, Spread};
pub use mixture::{Components, MeasuredComponents, Mixture};
pub(crate) use nodes::{Spreads, lay};
pub use normal::Normal;
pub use ordered::Ordered;
pub use poisson::Poisson;
pub use preferred::{Indifferent, Liking, Preferred};
pub use recorded::{Among, Recorded, ResponseKind, check_one_column};
pub use shifted::{Shifted, ShiftedLogNormal};
pub use silent::Evidence;
pub use student_t::StudentT;
pub use support::Support;
pub use visit::{Draw, LnDensity, OnResponse, Probabilities, SupportOf};
pub use von_mises::VonMises;
pub use wiener::Wiener;

/// `ln(2 pi) / 2`.
pub const HALF_LN_TWO_PI: f64 = 0.918_938_533_204_672_7;

/// `ln(pi)`.
pub const LN_PI: f64 = 1.144_729_885_849_400_2;

/// A distribution of what is recorded or drawn.
///
/// A distribution is not checked when it is made. Where its parameters are out of range its densities and draws are not numbers.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no distribution of a response",
    label = "a response returns the distribution of what is recorded",
    note = "`Bernoulli<T>` (yes or no), `Dist<D, T>`, `Softmax<D, T>` or `Ordered<D, T>` (one of a domain), `Normal<T>`, `LogNormal<T>`, `ShiftedLogNormal<T>`, `Gamma<T>`, `ExGaussian<T>`, `Beta<T>`, `StudentT<T>`, `Poisson<T>`, `VonMises<T>` (a number), `Wiener<D, T>` or `Ballistic<D, T>` (which and when), `Evidence<T>` (nothing is recorded)"
)]
pub trait Distribution<T: Real>: Copy {
    /// What one value is: a number `T`, the index `usize` of a value of a domain, `(usize, T)` for which and when, `()` for nothing.
    type Value: Recorded<T>;

    /// How a value stands in a table.
    const KIND: ResponseKind;

    /// Where its number lives: what is recorded cannot be outside. Of what has no number, the real line.
    fn support(&self) -> Support<T>;

    /// The log-density (or log-probability) of a value, in nats; minus infinity outside the support.
    fn ln_density(&self, value: Self::Value) -> T;

    /// A random draw.
    fn sample(&self, rng: &mut dyn Rng) -> Self::Value;

    /// A random draw, as the numbers that stand for it in a table.
    fn draw(&self, rng: &mut dyn Rng) -> [f64; 2] {
        self.sample(rng).numbers()
    }

    /// The probability of each choice; none where no choice is recorded, or it has no closed form.
    fn probabilities(&self) -> Vec<f64> {
        Vec::new()
    }

    /// Shows fixed points with weights whose weighted sums are close to expectations; `false`, and nothing, where it has none.
    fn nodes(&self, show: &mut dyn FnMut(T, T)) -> bool {
        let _ = show;
        false
    }

    /// What the log-density of a recorded value depends on, so that the rest, the same for all subjects, can be worked out for several of
    /// them side by side.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn parts(&self, numbers: [f64; 2]) -> [T; 2] {
        [self.ln_density(Self::Value::of(numbers)), T::zero()]
    }

    /// The log-density from what it depends on.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn ln_of_parts<S: Number>([ln_density, _]: [S; 2]) -> S {
        ln_density
    }
}

/// Minus infinity: the log-density of what cannot be.
fn never<T: Real>() -> T {
    T::constant(f64::NEG_INFINITY)
}
