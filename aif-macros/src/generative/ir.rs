//! A valid model: names resolved to positions, every type known.

use quote::ToTokens;
use syn::{Expr, GenericParam, Ident, Type, Visibility, parse_quote};

use crate::clauses::Clauses;
use crate::names;

/// How a conditional distribution is returned.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `O`
    Map,
    /// `Dist<O>`
    Fixed,
    /// `Dist<O, T>`
    Free,
    /// `Dirichlet<O, T>`
    Dirichlet,
    /// `Sparse<O>`, of a factor
    Sparse,
    /// `Normal<T>` and the like: the distribution of a number; its outcomes are the nodes at which plans look
    Measured,
}

/// What an argument names.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Reference {
    Factor(usize),
    Action(usize),
    Input(usize),
}

/// One argument of a method.
pub struct Argument {
    pub ty: Type,
    pub refers_to: Reference,
}

/// A conditional distribution.
pub struct Conditional {
    pub name: Ident,
    /// The type of its outcomes or states.
    pub domain: Type,
    pub kind: Kind,
    pub arguments: Vec<Argument>,
}

impl Conditional {
    /// The factors that it depends on, in the order of its arguments.
    pub fn parents(&self) -> Vec<usize> {
        self.arguments.iter().filter_map(|a| if let Reference::Factor(f) = a.refers_to { Some(f) } else { None }).collect()
    }

    /// The actions that drive it, in the order of its arguments.
    pub fn actions(&self) -> Vec<usize> {
        self.arguments.iter().filter_map(|a| if let Reference::Action(a) = a.refers_to { Some(a) } else { None }).collect()
    }
}

pub struct Factor {
    pub transition: Conditional,
    /// Missing only after an error.
    pub initial: Option<Expr>,
    pub goal: Option<Expr>,
    /// Whether what is believed of it is kept between blocks.
    pub kept: bool,
}

pub struct Modality {
    pub likelihood: Conditional,
    /// Of a measured modality, the distribution that it returns.
    pub measured: Option<Measured>,
    pub preference: Option<Expr>,
    /// The name of the policy step in the preference.
    pub step: Option<Ident>,
    /// Of a level, which says where its runs begin, the rest of it.
    pub level: Option<Level>,
}

/// A model that lives one run for each step of this one.
pub struct Level {
    pub model: Type,
    /// What that is.
    pub from: Expr,
    pub steps: Expr,
    /// The factor of the model below in which a run begins.
    pub begins: Ident,
    pub until: Option<Ends>,
}

/// What is passed down to the runs of a level besides where they begin.
pub struct Lent {
    pub conditional: Conditional,
    /// Which of the levels.
    pub level: usize,
    /// The modality or action below.
    pub target: Ident,
    pub is_habit: bool,
}

/// When a run is over early.
#[derive(Clone)]
pub enum Ends {
    /// When the entropy of where it began is below this.
    Certain(Expr),
    /// When a modality below shows an outcome.
    Shows(Ident, Box<Expr>),
}

pub struct Measured {
    pub distribution: Type,
    /// Whether it is over the model's scalar, rather than over `f64`.
    pub over_scalar: bool,
    /// The first paragraph of its documentation.
    pub about: String,
}

impl Modality {
    /// The type of what is observed: a value of the domain, or a number.
    pub fn observed(&self, scalar: Option<&Ident>) -> Type {
        let Some(measured) = &self.measured else { return self.likelihood.domain.clone() };
        let (root, own) = (names::root(), names::in_scalar(measured.distribution.to_token_stream(), scalar, "f64"));
        parse_quote!(<#own as #root::measure::Measured<f64>>::Number)
    }
}

/// What an argument of a response is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Given {
    Choice,
    /// What is believed of a factor.
    Belief(usize),
    /// What was chosen.
    Action(usize),
    /// An input; a number may be taken in the scalar.
    Input {
        input: usize,
        lifted: bool,
    },
}

/// An argument of a response.
pub struct Told {
    pub given: Given,
    pub ty: Type,
}

/// What is recorded beside an action, or with it.
pub struct Response {
    pub name: Ident,
    /// The distribution.
    pub returns: Type,
    /// Whether it says how the action comes about.
    pub is_action: bool,
    pub arguments: Vec<Told>,
}

pub struct Variable {
    pub name: Ident,
    pub ty: Type,
}

pub struct Input {
    pub name: Ident,
    pub ty: Type,
    /// Whether it is an `f64` rather than a value of a domain.
    pub number: bool,
}

pub struct Model {
    pub name: Ident,
    pub self_ty: Type,
    /// The type parameter that is the scalar; `None` for a model without free parameters.
    pub scalar: Option<Ident>,
    /// The impl's generic parameters other than the scalar.
    pub sizes: Vec<GenericParam>,
    pub vis: Visibility,
    pub horizon: Option<Expr>,
    pub factors: Vec<Factor>,
    pub modalities: Vec<Modality>,
    pub actions: Vec<Variable>,
    pub actions_span: proc_macro2::Span,
    pub inputs: Vec<Input>,
    pub policy_precision: Option<Expr>,
    pub action_precision: Option<Expr>,
    pub habit: Option<Expr>,
    pub policies: Option<Expr>,
    pub responses: Vec<Response>,
    /// What is passed down to levels besides where their runs begin.
    pub lent: Vec<Lent>,
    /// What is asked of its types.
    pub clauses: Clauses,
}

impl Model {
    /// The scalar's name in emitted code.
    pub fn scalar(&self) -> Ident {
        self.scalar.clone().unwrap_or_else(names::scalar)
    }
}
