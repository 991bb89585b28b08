//! Populations: the priors of a group and of its subjects, as `model!` declares them.

mod draw;

use aif_runtime::scalar::Dual;
use aif_runtime::{Real, Value};

pub use draw::{Draw, Known, Sampled, Unconstrained};

use crate::score::{Assigned, Behaviour};

/// What a parameter of a population is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Drawn from a prior (`~`).
    Drawn,
    /// Worked out from others (`let`).
    Derived,
}

/// One parameter, drawn or derived.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// Drawn or derived.
    pub role: Role,
    /// Its distribution and support, in words; how a derived one is worked out.
    pub prior: &'static str,
    /// Whether the behaviour of subjects depends on it other than through their own parameters (population parameters only).
    pub direct: bool,
}

/// Names and supports of a population, for files and messages.
#[derive(Clone, Copy, Debug)]
pub struct PopulationMeta {
    /// The population's name.
    pub name: &'static str,
    /// What the declaration's doc comment says.
    pub doc: &'static str,
    /// The parameters of the group, in the order of the declaration.
    pub population: &'static [Parameter],
    /// The parameters of each subject, in the order of the declaration.
    pub subject: &'static [Parameter],
}

impl PopulationMeta {
    /// Whether the group has no parameters of its own: then the posterior factorises over subjects.
    pub const fn flat(&self) -> bool {
        drawn(self.population) == 0
    }
}

/// How many parameters of a list are drawn.
pub const fn drawn(parameters: &[Parameter]) -> usize {
    let (mut count, mut i) = (0, 0);
    while i < parameters.len() {
        if matches!(parameters[i].role, Role::Drawn) {
            count += 1;
        }
        i += 1;
    }
    count
}

/// A struct with one number for each parameter of a list, drawn and derived, in the order of the declaration.
pub trait Members<T: Real>: Value {
    /// The number of parameter `i`.
    fn get(&self, i: usize) -> T;
    /// From one number for each parameter.
    fn from_fn(member: impl FnMut(usize) -> T) -> Self;
}

/// No parameters.
impl<T: Real> Members<T> for () {
    fn get(&self, _: usize) -> T {
        T::constant(f64::NAN)
    }
    fn from_fn(_: impl FnMut(usize) -> T) -> Self {}
}

/// A scalar with a known number of directions to differentiate in.
pub trait Directions: Real {
    /// The number of directions.
    const COUNT: usize;
    /// The variable of a direction.
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

/// A field of a model that `--world name=value` may set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldError {
    /// The model has no such field, or the declaration does not name it.
    Unknown,
    /// The field is not a number.
    NotANumber,
}

/// A group of subjects, each of whom acts under a model with parameters of their own.
///
/// `model!` implements this trait; fitting is generic over it.
pub trait Population: Copy + Send + Sync + 'static {
    /// Names and supports.
    const META: PopulationMeta;

    /// The fields of the model that the declaration names.
    const FIELDS: &'static [&'static str];

    /// The parameters of the group.
    type Group<T: Real>: Members<T>;
    /// The parameters of one subject.
    type Subject<T: Real>: Members<T>;
    /// What a subject acts under.
    type Model<T: Real>: Behaviour<T, Record = Self::Record, Options = Self::Options>;
    /// One subject's recorded behaviour.
    type Record: Send + Sync + 'static;
    /// The run-time choices of scoring and simulation.
    type Options: Clone + Default + Send + Sync + 'static;
    /// One direction for each drawn parameter of a subject, then for each direct parameter of the group.
    type LikelihoodScalar: Directions;
    /// One direction for each drawn parameter of the group, then for each of a subject.
    type PriorScalar: Directions;

    /// Draws the parameters of the group.
    fn population<T: Real>(draw: &mut impl Draw<T>) -> Self::Group<T>;

    /// Draws the parameters of one subject.
    fn subject<T: Real>(group: &Self::Group<T>, draw: &mut impl Draw<T>) -> Self::Subject<T>;

    /// What a subject acts under, and the precisions that the declaration assigns.
    fn agent<T: Real>(group: &Self::Group<T>, subject: &Self::Subject<T>) -> (Self::Model<T>, Assigned<T>);

    /// Sets a field of a model by name.
    ///
    /// # Errors
    /// When the declaration names no such field, or it is not a number.
    fn set_field(model: &mut Self::Model<f64>, name: &str, value: f64) -> Result<(), FieldError>;
}

/// Lets generated code ask whether a field is a number: the inherent-like impl for `f64` is found first, the one for anything else after.
pub struct Field<'a, F>(pub &'a mut F);

/// A field that is a number.
pub trait SetNumber {
    /// Sets it.
    fn set_number(self, value: f64) -> Result<(), FieldError>;
}

impl SetNumber for Field<'_, f64> {
    fn set_number(self, value: f64) -> Result<(), FieldError> {
        *self.0 = value;
        Ok(())
    }
}

/// A field that is something else.
pub trait SetOther {
    /// Refuses.
    fn set_number(self, value: f64) -> Result<(), FieldError>;
}

impl<F> SetOther for &Field<'_, F> {
    fn set_number(self, _: f64) -> Result<(), FieldError> {
        Err(FieldError::NotANumber)
    }
}
