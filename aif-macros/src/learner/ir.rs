//! A valid learner: names resolved, quantities and responses in order.

use proc_macro2::Span;
use syn::{Attribute, Expr, GenericParam, Ident, Type, Visibility};

/// What an argument names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Source {
    State(usize),
    Quantity(usize),
    Input(usize),
    Observation(usize),
    /// What was chosen at a response.
    Action(usize),
}

/// An argument of a method.
pub struct Argument {
    pub source: Source,
    pub at: Span,
    /// Its name, as it is written.
    pub ident: Ident,
    /// Its type, or what it is an option of.
    pub ty: Type,
    /// Whether it takes what is missing, as an `Option`.
    pub optional: bool,
    /// Whether it takes a number in the scalar.
    pub lifted: bool,
}

/// A marked method.
pub struct Method {
    pub name: Ident,
    pub docs: Vec<Attribute>,
    pub returns: Type,
    pub arguments: Vec<Argument>,
}

/// A state, with its value before the first trial.
pub struct State {
    pub next: Method,
    pub initial: Expr,
}

/// An input or an observation.
pub struct Column {
    pub name: Ident,
    pub ty: Type,
    pub number: bool,
}

/// What happens in a trial.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Event {
    Respond(usize),
    Observe(usize),
}

pub struct Learner {
    pub name: Ident,
    pub self_ty: Type,
    pub scalar: Ident,
    pub sizes: Vec<GenericParam>,
    pub vis: Visibility,
    pub inputs: Vec<Column>,
    pub observations: Vec<Column>,
    pub states: Vec<State>,
    /// What comes first stands first.
    pub quantities: Vec<Method>,
    /// In the order in which they are made.
    pub responses: Vec<Method>,
    /// The type of the action that each response is, if it is one.
    pub actions: Vec<Option<Type>>,
    pub events: Vec<Event>,
    pub world: Option<Expr>,
}

impl Learner {
    /// The types that have to be domains.
    pub fn domains(&self) -> impl Iterator<Item = &Type> {
        let columns = self.inputs.iter().chain(&self.observations).filter(|c| !c.number).map(|c| &c.ty);
        columns.chain(self.actions.iter().flatten())
    }

    /// What a method needs of its trial, through quantities, too.
    pub fn needs(&self, method: &Method) -> Vec<Source> {
        let mut all: Vec<Source> = Vec::new();
        let required = method.arguments.iter().filter(|a| !a.optional);
        for argument in required {
            let found = match argument.source {
                Source::State(_) => Vec::new(),
                Source::Quantity(q) => self.needs(&self.quantities[q]),
                other => vec![other],
            };
            all.extend(found);
        }
        all.dedup();
        all
    }

    /// The quantities that some methods name, and those that these name, in order.
    pub fn quantities_of<'m>(&self, methods: impl Iterator<Item = &'m Method>) -> Vec<usize> {
        let mut wanted = vec![false; self.quantities.len()];
        let mark = |method: &Method, wanted: &mut Vec<bool>| {
            for argument in &method.arguments {
                if let Source::Quantity(q) = argument.source {
                    wanted[q] = true;
                }
            }
        };
        methods.for_each(|method| mark(method, &mut wanted));
        // What comes first stands first: from the last back, all are found.
        for q in (0..self.quantities.len()).rev() {
            if wanted[q] {
                mark(&self.quantities[q], &mut wanted);
            }
        }
        (0..wanted.len()).filter(|&q| wanted[q]).collect()
    }
}
