//! Families of declarations: what a declared type is, as a type. Whatever is to hold for a whole family is one implementation for its wrapper,
//! and forbids no other implementors.

use crate::hgf::{GaussianFilter, InputColumn, InputKind};
use crate::learner::{LearnerColumn, LearningModel};
use crate::model::{GenerativeModel, Input, Labels};
use crate::scalar::Real;

/// A discrete generative model, whose behaviour is that of an agent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pomdp<M>(pub M);

/// A generative model with levels below it, whose behaviour is that of an agent on several clocks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Nests<M>(pub M);

/// A hierarchical Gaussian filter, whose behaviour is that of an observer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hgf<M>(pub M);

/// A learner, whose behaviour is that of its states.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Learns<M>(pub M);

/// The parameters of a player of a game ([`society::Playing`](crate::society::Playing)), whose behaviour is that player's, or of one of several.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plays<P>(pub P);

/// Something that was declared, and so belongs to a family. A type with behaviour of its own is its own family.
///
/// ```
/// use aif_runtime::{Declared, Real};
/// #[derive(Clone, Copy)]
/// struct Learner<T> { rate: T }
/// impl<T: Real> Declared<T> for Learner<T> {
///     type Family = Self;
///     fn family(self) -> Self { self }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not declared: no population can act under it",
    note = "`#[generative_model]`, `#[hgf]` and `#[learner]` declare a type; one with a `Behaviour` of its own says `type Family = Self`"
)]
pub trait Declared<T: Real>: Copy {
    /// The family's wrapper around the type; the type itself, where it has behaviour of its own.
    type Family: Copy;
    /// The value in its family.
    fn family(self) -> Self::Family;
}

/// What a family lets be known of the inputs of its declarations.
#[diagnostic::on_unimplemented(
    message = "`{Self}` declares no inputs that a parameter could have a dimension over",
    note = "give the dimension a number or a covariate: `z: [2]`, `z: [condition]` with `covariate condition: Condition`"
)]
pub trait WithInputs {
    /// The declaration's name.
    const NAME: &'static str;
    /// Its inputs.
    const INPUTS: InputLabels;
}

/// The inputs of a declaration: names, and values where they are not numbers.
#[derive(Clone, Copy)]
pub enum InputLabels {
    /// Those of a generative model.
    Model(&'static [Input]),
    /// Those of a filter.
    Filter(&'static [InputColumn]),
    /// Those of a learner.
    Learner(&'static [LearnerColumn]),
}

impl<M: GenerativeModel<f64>> WithInputs for Pomdp<M> {
    const NAME: &'static str = M::META.name;
    const INPUTS: InputLabels = InputLabels::Model(M::META.inputs);
}

impl<M: GenerativeModel<f64>> WithInputs for Nests<M> {
    const NAME: &'static str = M::META.name;
    const INPUTS: InputLabels = InputLabels::Model(M::META.inputs);
}

impl<M: GaussianFilter<f64>> WithInputs for Hgf<M> {
    const NAME: &'static str = M::META.name;
    const INPUTS: InputLabels = InputLabels::Filter(M::META.inputs);
}

impl<M: LearningModel<f64>> WithInputs for Learns<M> {
    const NAME: &'static str = M::META.name;
    const INPUTS: InputLabels = InputLabels::Learner(M::META.inputs);
}

impl InputLabels {
    /// How many there are.
    pub const fn count(&self) -> usize {
        match self {
            InputLabels::Model(inputs) => inputs.len(),
            InputLabels::Filter(inputs) => inputs.len(),
            InputLabels::Learner(inputs) => inputs.len(),
        }
    }

    /// The name of an input, and its values; `None` of a number.
    pub const fn get(&self, i: usize) -> (&'static str, Option<Labels>) {
        match self {
            InputLabels::Model(inputs) => (inputs[i].name, inputs[i].values),
            InputLabels::Learner(inputs) => (inputs[i].name, inputs[i].values),
            InputLabels::Filter(inputs) => match inputs[i].kind {
                InputKind::Binary(labels) | InputKind::Category(labels) => (inputs[i].name, Some(labels)),
                InputKind::Number => (inputs[i].name, None),
            },
        }
    }
}
