//! Going over the parents and children of a node.

use super::meta::FilterMeta;
use crate::scalar::Number;

/// The first and last element of the other end of a coupling.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn ends(meta: &FilterMeta, line: usize, element: usize, other: usize) -> (usize, usize) {
    match (meta.lines[line].each, meta.lines[other].each) {
        (true, true) => (element, element + 1),
        (false, true) => (0, meta.width()),
        (_, false) => (0, 1),
    }
}

/// The strength of a coupling; where it is one whatever the parameters, the compiler is to know.
#[derive(Clone, Copy)]
pub(super) struct Strength<S> {
    pub of: S,
    pub unit: bool,
}

impl<S: Number> Strength<S> {
    /// Times the strength.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn times(self, x: S) -> S {
        if self.unit { x } else { self.of * x }
    }

    /// Times its square.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn squared_times(self, x: S) -> S {
        if self.unit { x } else { self.of * self.of * x }
    }
}

/// Runs a body for each parent of a kind, with the strength of the coupling and the parent's place. No closure: the body has to be part of
/// the loop for the loop to disappear.
macro_rules! for_parents {
    ($network:expr, $meta:expr, $node:expr, $kind:ident, |$strength:ident, $place:ident| $body:expr) => {
        for coupling in $meta.lines[$node.0].parents {
            if matches!(coupling.kind, CouplingKind::$kind) {
                let (from, to) = ends($meta, $node.0, $node.1, coupling.line);
                for e in from..to {
                    let at = if $meta.lines[$node.0].each { $node.1 } else { e };
                    let $strength =
                        Strength { of: $network.strengths[coupling.strength * $meta.width() + at], unit: coupling.unit };
                    let $place = $meta.place(coupling.line, e);
                    $body
                }
            }
        }
    };
}

/// The same for each child, with the child's line and element as well.
macro_rules! for_children {
    ($network:expr, $meta:expr, $node:expr, $kind:ident, |$strength:ident, $place:ident, $child:ident| $body:expr) => {
        for coupling in $meta.lines[$node.0].children {
            if matches!(coupling.kind, CouplingKind::$kind) {
                let (from, to) = ends($meta, $node.0, $node.1, coupling.line);
                for e in from..to {
                    // The strength stands at the child's element.
                    let at = if $meta.lines[coupling.line].each { e } else { $node.1 };
                    let $strength =
                        Strength { of: $network.strengths[coupling.strength * $meta.width() + at], unit: coupling.unit };
                    let $place = $meta.place(coupling.line, e);
                    #[allow(unused_variables)]
                    let $child = (coupling.line, e);
                    $body
                }
            }
        }
    };
}

pub(super) use {for_children, for_parents};
