//! A valid filter: names resolved, children before their parents.

use syn::{Attribute, Expr, GenericParam, Ident, Type, Visibility};

/// What a node is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Binary,
    Continuous,
    Observation,
}

/// How a parent bears on its child.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Bearing {
    Value,
    Volatility,
}

/// A parent of a node; `None` stands for strength one.
pub struct Parent {
    pub node: usize,
    /// Where it is named.
    pub at: Ident,
    pub bearing: Bearing,
    pub strength: Option<Expr>,
}

/// A node, or one for each category.
pub struct Node {
    pub docs: Vec<Attribute>,
    pub name: Ident,
    /// The name of the element in its expressions, where it has one node for each category.
    pub index: Option<Ident>,
    pub kind: Kind,
    /// Which input it receives.
    pub input: Option<usize>,
    pub mean: Option<Expr>,
    pub precision: Option<Expr>,
    pub autoconnection: Option<Expr>,
    pub drift: Option<Expr>,
    pub tonic_volatility: Option<Expr>,
    pub parents: Vec<Parent>,
}

/// What is put in.
pub struct Input {
    pub name: Ident,
    pub ty: Type,
    pub kind: InputKind,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum InputKind {
    Binary,
    Number,
    Category,
}

/// A response: a method of the beliefs about some nodes.
pub struct Response {
    pub name: Ident,
    pub returns: Type,
    /// The nodes that its arguments name, and where they are named.
    pub arguments: Vec<(usize, Ident)>,
}

pub struct Filter {
    pub name: Ident,
    pub self_ty: Type,
    pub scalar: Ident,
    pub sizes: Vec<GenericParam>,
    pub vis: Visibility,
    pub inputs: Vec<Input>,
    /// The type of the categories, where there are some.
    pub categories: Option<Type>,
    pub nodes: Vec<Node>,
    pub responses: Vec<Response>,
    /// Whether it begins at its first inputs.
    pub starts_at_inputs: bool,
}

/// What equations may name.
pub struct Scope<'a> {
    pub nodes: &'a [String],
    pub inputs: &'a [Input],
    pub categories: Option<&'a Ident>,
}
