//! Populations: the priors of a group, its plates, its subjects and their sessions, as `model!` declares them.

mod coordinates;
mod design;
mod draw;
mod field;
mod group;
mod meta;

use aif_runtime::scalar::{Dual, Dual2, Turning};
use aif_runtime::{Assigned, Declared, Real, Value};
use num_dual::Dual64;

pub use design::{Design, DesignError, Units};
pub use draw::{Draw, Known, Note, Sampled, Unconstrained};
pub use field::{Field, FieldError, SetNumber, SetOther};
pub use group::{Group, Scored};
pub use meta::{Covariate, Dimension, Level, Parameter, PopulationMeta, Role, coordinates, direct, drawn, members};

pub(crate) use coordinates::{Coordinates, Priors, PriorsOf, Unit};
pub(crate) use design::mean_and_deviation;
pub(crate) use draw::{Noted, Partly, Zero, densities};

use crate::score::Behaviour;

/// A struct with the parameters of a unit of one level, drawn and derived, in the order of the declaration; vectors are arrays.
pub trait Members<T: Real>: Value {
    /// How many numbers it holds.
    const LEN: usize;
    /// From as many numbers; what is missing is not a number.
    fn read(numbers: &[T]) -> Self;
    /// Writes its numbers, as many as there is room for.
    fn write(&self, numbers: &mut [T]);
}

/// No parameters.
impl<T: Real> Members<T> for () {
    const LEN: usize = 0;
    fn read(_: &[T]) -> Self {}
    fn write(&self, _: &mut [T]) {}
}

/// Takes a number from the front of a list; not a number where there is none.
pub fn take<T: Real>(from: &mut &[T]) -> T {
    from.split_off_first().copied().unwrap_or(T::constant(f64::NAN))
}

/// Puts numbers to the front of a list, as many as there is room for.
pub fn put<T: Real>(numbers: &[T], to: &mut &mut [T]) {
    for number in numbers {
        if let Some(first) = to.split_off_first_mut() {
            *first = *number;
        }
    }
}

/// A scalar with a known number of directions to differentiate in.
pub trait Directions: Real {
    /// The number of directions.
    const COUNT: usize;
    /// The variable of a direction; a constant beyond the last.
    fn variable(value: f64, direction: usize) -> Self;
    /// The derivatives.
    fn derivatives(&self) -> &[f64];
}

impl<const N: usize> Directions for Dual<N> {
    const COUNT: usize = N;
    fn variable(value: f64, direction: usize) -> Self {
        Dual::variable(value, direction)
    }
    fn derivatives(&self) -> &[f64] {
        &self.gradient
    }
}

/// A scalar with second derivatives, too.
pub trait SecondDirections: Directions {
    /// The second derivatives, row by row.
    fn second_derivatives(&self) -> &[f64];
}

impl<const N: usize> Directions for Dual2<N> {
    const COUNT: usize = N;
    fn variable(value: f64, direction: usize) -> Self {
        Dual2::variable(value, direction)
    }
    fn derivatives(&self) -> &[f64] {
        &self.gradient
    }
}

impl<const N: usize> SecondDirections for Dual2<N> {
    fn second_derivatives(&self) -> &[f64] {
        self.hessian.as_flattened()
    }
}

/// A scalar whose value, gradient and Hessian move along one direction more, as numbers that know how fast: third derivatives.
pub trait ThirdDirections: Real {
    /// The number of directions; zero where third derivatives are not asked for.
    const COUNT: usize;
    /// The variable of a direction, which moves at a rate along the one direction more; a constant beyond the last.
    fn variable(value: f64, rate: f64, direction: usize) -> Self;
    /// How fast the value moves.
    fn rate(&self) -> f64;
    /// A derivative.
    fn slope(&self, i: usize) -> Dual64;
    /// A second derivative.
    fn bend(&self, i: usize, j: usize) -> Dual64;
}

impl<const N: usize> ThirdDirections for Turning<N> {
    const COUNT: usize = N;
    fn variable(value: f64, rate: f64, direction: usize) -> Self {
        let number = Turning::from_re(Dual64::new(value, rate));
        if direction < N { number.derivative(direction) } else { number }
    }
    fn rate(&self) -> f64 {
        self.re.eps
    }
    fn slope(&self, i: usize) -> Dual64 {
        self.v1.0.as_ref().map_or(Dual64::from_re(0.0), |slope| slope[i])
    }
    fn bend(&self, i: usize, j: usize) -> Dual64 {
        self.v2.0.as_ref().map_or(Dual64::from_re(0.0), |bend| bend[(i, j)])
    }
}

/// Of populations with two levels or one, where nothing asks for third derivatives.
impl ThirdDirections for f64 {
    const COUNT: usize = 0;
    fn variable(value: f64, _: f64, _: usize) -> Self {
        value
    }
    fn rate(&self) -> f64 {
        0.0
    }
    fn slope(&self, _: usize) -> Dual64 {
        Dual64::from_re(0.0)
    }
    fn bend(&self, _: usize, _: usize) -> Dual64 {
        Dual64::from_re(0.0)
    }
}

/// What a subject acts under, in its family.
pub type FamilyOf<P, T> = <<P as Population>::Model<T> as Declared<T>>::Family;

/// A group of subjects, each of whom acts under a model with parameters of their own.
///
/// `model!` implements this trait; fitting is generic over it.
pub trait Population: Copy + Send + Sync + 'static {
    /// Names and supports.
    const META: PopulationMeta;

    /// The fields of the model that the declaration names.
    const FIELDS: &'static [&'static str];

    /// Those fields that depend on what is drawn or on covariates, and `..` where all that are not named do.
    const WORKED_OUT: &'static [&'static str];

    /// What a subject acts under.
    type Model<T: Real>: Declared<T, Family: Behaviour<T, Record = Self::Record, Options = Self::Options>>;
    /// One subject's recorded behaviour.
    type Record: Send + Sync + 'static;
    /// The run-time choices of scoring and simulation.
    type Options: Clone + Default + Send + Sync + 'static;
    /// One direction for each drawn number of the lowest level, then for each direct number above it.
    type LikelihoodScalar: Directions;
    /// One direction for each coordinate of a unit of the lowest level and of all above it, from the top.
    type PriorScalar: Directions;
    /// As `LikelihoodScalar`, with second derivatives.
    type LikelihoodScalar2: SecondDirections;
    /// As `PriorScalar`, with second derivatives.
    type PriorScalar2: SecondDirections;
    /// As `PriorScalar`, with third derivatives, where a level lies between the group and its units; else `f64`.
    type PriorScalar3: ThirdDirections;

    /// Draws the parameters of a unit of one level, given those of the units above it.
    ///
    /// `values` holds the numbers of all levels, from the top; those of the level are written. `covariates` are those of the subject that the
    /// unit belongs to; empty above the subjects.
    fn draw<T: Real>(level: usize, values: &mut [T], covariates: &[f64], draw: &mut impl Draw<T>);

    /// What a subject acts under, and the precisions that the declaration assigns, from the numbers of all levels.
    fn agent<T: Real>(values: &[T], covariates: &[f64]) -> (Self::Model<T>, Assigned<T>);

    /// Sets a field of a model by name.
    ///
    /// # Errors
    /// When the declaration names no such field, or it is not a number.
    fn set_field(model: &mut Self::Model<f64>, name: &str, value: f64) -> Result<(), FieldError>;
}
