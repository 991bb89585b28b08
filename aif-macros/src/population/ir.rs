//! A valid population: names resolved, supports and shapes known.

use syn::{Attribute, Expr, ExprStruct, Ident, Path, Type, Visibility};

/// A parameter of the group, of a plate, of a subject or of a session.
pub struct Parameter {
    pub name: Ident,
    /// Its dimensions; none for a number.
    pub shape: Vec<Dimension>,
    /// What it is called in tables, with `{}` for its places, where that is not its name.
    pub shown: Option<String>,
    pub value: Value,
    /// What the user says of it.
    pub docs: Vec<Attribute>,
    /// How it is drawn or derived, in words.
    pub words: String,
    /// Whether a subject's behaviour depends on it other than through the parameters of the lowest level (levels above it only).
    pub direct: bool,
}

/// One dimension of a parameter.
#[derive(Clone)]
pub enum Dimension {
    /// So many places.
    Size(Expr),
    /// One for each value of a covariate's type.
    Covariate(Ident, Type),
    /// One for each value of an input of the model.
    Input(Ident),
    /// One for each value of a covariate's type but one.
    Contrasts(Ident, Type, Omitted),
    /// One for each pair of a covariate's values.
    Pairs(Ident, Type),
    /// Places with names.
    Named(Vec<String>),
}

/// The value that contrasts have no number for.
#[derive(Clone)]
pub enum Omitted {
    First,
    Last,
    Value(Path),
}

/// Where its value comes from.
pub enum Value {
    /// Each number drawn from a distribution by itself.
    Drawn { distribution: Distribution, centring: Centring },
    /// All numbers drawn together.
    Together { distribution: Distribution, centred: bool },
    /// Worked out.
    Derived(Expr),
}

/// How far a draw is centred.
#[derive(Clone, Copy)]
pub enum Centring {
    /// Wholly: it is sampled by its value.
    Whole,
    /// From 0, as a moved and scaled standard distribution, to 1, wholly.
    Partly(f64),
    /// As the data make best.
    Open,
}

/// A distribution.
pub enum Distribution {
    /// One of the families.
    Family { family: &'static super::families::Family, name: Ident, arguments: Vec<Expr> },
    /// `.truncated(a, b)`, `.above(a)` or `.below(b)`.
    Truncated { base: Box<Distribution>, method: Ident, bounds: Vec<Expr> },
    /// `Mixture(weights, [..])`.
    Mixture { weights: Expr, components: Vec<Distribution> },
    /// `.ordered()`.
    Ordered(Box<Distribution>),
}

impl Parameter {
    pub fn is_drawn(&self) -> bool {
        !matches!(self.value, Value::Derived(_))
    }
}

/// What may be assigned for any agent model: the fields of the runtime's `Assigned`.
pub const ASSIGNABLE: [&str; 18] = [
    "policy_precision",
    "action_precision",
    "lapse",
    "learning_rate",
    "learning_rate_likelihood",
    "learning_rate_transition",
    "learning_rate_initial",
    "learning_rate_habit",
    "learning_rate_preference",
    "forgetting",
    "utility",
    "state_information_gain",
    "parameter_information_gain",
    "likelihood_information_gain",
    "transition_information_gain",
    "inductive_value",
    "discount",
    "precision_step",
];

/// What is assigned, each once.
pub type Assigned = Vec<(Ident, Expr)>;

/// One level: the group, a plate, the subjects or their sessions.
pub struct Level {
    pub name: Ident,
    pub parameters: Vec<Parameter>,
}

/// A property of subjects.
pub struct Covariate {
    pub name: Ident,
    pub kind: CovariateKind,
    /// Whether a formula standardises it.
    pub standardised: bool,
}

/// What a covariate holds.
pub enum CovariateKind {
    /// A number.
    Number,
    /// Yes or no: 1 or 0 in arithmetic, a place in brackets.
    Flag(Type),
    /// One of several values: a place in brackets.
    Values(Type),
}

impl Covariate {
    /// The type whose values it takes.
    pub fn values(&self) -> Option<&Type> {
        match &self.kind {
            CovariateKind::Number => None,
            CovariateKind::Flag(ty) | CovariateKind::Values(ty) => Some(ty),
        }
    }
}

pub struct Population {
    pub attributes: Vec<Attribute>,
    pub vis: Visibility,
    pub name: Ident,
    pub model: Type,
    /// The scalar's name in the model's type; `None` for a model without free parameters.
    pub scalar: Option<Ident>,
    pub covariates: Vec<Covariate>,
    /// From the group down to those whose behaviour is scored.
    pub levels: Vec<Level>,
    /// Which of them are the subjects.
    pub subject_level: usize,
    pub assigned: Assigned,
    /// Marks in a spelling that is no longer the language's.
    pub old_spellings: Vec<Ident>,
    /// Missing only after an error.
    pub agent: Option<ExprStruct>,
}
