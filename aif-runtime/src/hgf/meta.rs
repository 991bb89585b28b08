//! What a declared filter says of itself: its nodes and how they are coupled, what is put in, what is recorded.

use crate::measure::ResponseKind;
use crate::model::Labels;

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeKind {
    /// A binary state: 1 with the probability that the logistic function gives of its value parents.
    Binary,
    /// A continuous state: a Gaussian random walk.
    Continuous,
    /// A continuous input: its value parents, seen through Gaussian noise.
    Observation,
}

/// How a parent bears on its child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CouplingKind {
    /// On the child's mean.
    Value,
    /// On the logarithm of the child's variance.
    Volatility,
}

/// One end of a coupling.
#[derive(Clone, Copy, Debug)]
pub struct Coupling {
    /// The line of the node at the other end.
    pub line: usize,
    /// On what the parent bears.
    pub kind: CouplingKind,
    /// The place of its strength.
    pub strength: usize,
    /// Whether its strength is one, whatever the parameters.
    pub unit: bool,
}

/// One line of a declaration: a node, or one for each category.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    /// Its name.
    pub name: &'static str,
    /// What its nodes are.
    pub kind: NodeKind,
    /// Whether it has one node for each category.
    pub each: bool,
    /// Which input it receives.
    pub input: Option<usize>,
    /// Whether all of its last mean is left at each step, whatever the parameters: its autoconnection is one.
    pub walks: bool,
    /// Whether it has a drift of its own.
    pub drifts: bool,
    /// Its parents.
    pub parents: &'static [Coupling],
    /// Its children.
    pub children: &'static [Coupling],
}

impl Line {
    /// How many parents of a kind it has.
    pub const fn count_parents(&self, kind: CouplingKind) -> usize {
        count(self.parents, kind)
    }

    /// How many lines of a kind it is a parent of.
    pub const fn count_children(&self, kind: CouplingKind) -> usize {
        count(self.children, kind)
    }
}

const fn count(couplings: &[Coupling], kind: CouplingKind) -> usize {
    let (mut n, mut i) = (0, 0);
    while i < couplings.len() {
        if couplings[i].kind as u8 == kind as u8 {
            n += 1;
        }
        i += 1;
    }
    n
}

/// The most inputs of a filter.
pub const MAX_INPUTS: usize = 16;

/// The most responses of a filter.
pub const MAX_RESPONSES: usize = 4;

/// What is put into a node.
#[derive(Clone, Copy, Debug)]
pub enum InputKind {
    /// Yes or no.
    Binary(Labels),
    /// A number.
    Number,
    /// One of several categories.
    Category(Labels),
}

/// An input: a column of the data.
#[derive(Clone, Copy, Debug)]
pub struct InputColumn {
    /// Its name: that of the node.
    pub name: &'static str,
    /// What it holds.
    pub kind: InputKind,
}

/// A response: a column of the data, unless nothing is recorded.
#[derive(Clone, Copy, Debug)]
pub struct ResponseColumn {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub kind: ResponseKind,
}

/// Names, nodes and couplings of a filter.
///
/// Lines are ordered so that children come before their parents.
#[derive(Clone, Copy, Debug)]
pub struct FilterMeta {
    /// The name of the filter.
    pub name: &'static str,
    /// Its nodes.
    pub lines: &'static [Line],
    /// The categories, where there are lines with one node for each.
    pub categories: Option<Labels>,
    /// Its inputs.
    pub inputs: &'static [InputColumn],
    /// Its responses.
    pub responses: &'static [ResponseColumn],
    /// Whether it begins at its first continuous inputs, unless it is said otherwise.
    pub starts_at_inputs: bool,
}

impl FilterMeta {
    /// How many places each line has.
    pub const fn width(&self) -> usize {
        match &self.categories {
            Some(labels) => labels.count,
            None => 1,
        }
    }

    /// How many nodes a line has.
    pub const fn nodes_of(&self, line: usize) -> usize {
        if self.lines[line].each { self.width() } else { 1 }
    }

    /// The place of a node.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub const fn place(&self, line: usize, element: usize) -> usize {
        line * self.width() + if self.lines[line].each { element } else { 0 }
    }

    /// The name of a node: `volatility`, `chance[Red]`.
    pub fn label(&self, line: usize, element: usize) -> alloc::string::String {
        use alloc::{format, string::ToString};
        match self.categories {
            Some(labels) if self.lines[line].each => format!("{}[{}]", self.lines[line].name, labels.label(element)),
            _ => self.lines[line].name.to_string(),
        }
    }

    /// All nodes: their lines and elements.
    pub fn nodes(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        (0..self.lines.len()).flat_map(|line| (0..self.nodes_of(line)).map(move |element| (line, element)))
    }
}
