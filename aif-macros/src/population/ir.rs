//! A valid population: names resolved, supports known.

use syn::{Attribute, Expr, ExprStruct, Ident, Type, Visibility};

/// A parameter of the group or of a subject.
pub struct Parameter {
    pub name: Ident,
    pub value: Value,
    /// How it is drawn or derived, in words.
    pub words: String,
    /// Whether a subject's behaviour depends on it other than through the subject's own parameters (group only).
    pub direct: bool,
}

/// Where its value comes from.
pub enum Value {
    /// Drawn from a distribution.
    Drawn { family: Ident, arguments: Vec<Expr>, non_centred: bool },
    /// Worked out.
    Derived(Expr),
}

impl Parameter {
    pub fn is_drawn(&self) -> bool {
        matches!(self.value, Value::Drawn { .. })
    }
}

/// What may be assigned for any agent model.
#[derive(Default)]
pub struct Assigned {
    pub policy_precision: Option<Expr>,
    pub action_precision: Option<Expr>,
    pub lapse: Option<Expr>,
}

pub struct Population {
    pub attributes: Vec<Attribute>,
    pub vis: Visibility,
    pub name: Ident,
    pub model: Type,
    /// The scalar's name in the model's type; `None` for a model without free parameters.
    pub scalar: Option<Ident>,
    pub population: Vec<Parameter>,
    pub subject: Vec<Parameter>,
    pub assigned: Assigned,
    /// Missing only after an error.
    pub agent: Option<ExprStruct>,
}
