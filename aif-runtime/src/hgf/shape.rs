//! Arrays over the nodes and couplings of a filter, of sizes that the compiler knows.

use core::marker::PhantomData;

use crate::domain::{Domain, Value};

/// How many nodes and couplings a filter has.
pub trait Shape: Send + Sync + 'static {
    /// One value for each place of each line.
    type Nodes<V: Value>: Value;
    /// One value for each place of each coupling.
    type Strengths<V: Value>: Value;
    /// How many lines there are.
    const LINES: usize;

    /// The same value for every node.
    fn nodes<V: Value>(value: V) -> Self::Nodes<V>;
    /// The places of all nodes.
    fn places<V: Value>(nodes: &Self::Nodes<V>) -> &[V];
    /// The places of all nodes, to be changed.
    fn places_mut<V: Value>(nodes: &mut Self::Nodes<V>) -> &mut [V];
    /// The same value for every coupling.
    fn strengths<V: Value>(value: V) -> Self::Strengths<V>;
    /// The places of all couplings.
    fn couplings<V: Value>(strengths: &Self::Strengths<V>) -> &[V];
    /// The places of all couplings, to be changed.
    fn couplings_mut<V: Value>(strengths: &mut Self::Strengths<V>) -> &mut [V];
}

/// Lines of one node each.
#[derive(Clone, Copy, Debug)]
pub struct Plain<const LINES: usize, const COUPLINGS: usize>;

impl<const L: usize, const C: usize> Shape for Plain<L, C> {
    type Nodes<V: Value> = [V; L];
    type Strengths<V: Value> = [V; C];
    const LINES: usize = L;

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn nodes<V: Value>(value: V) -> [V; L] {
        [value; L]
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn places<V: Value>(nodes: &[V; L]) -> &[V] {
        nodes
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn places_mut<V: Value>(nodes: &mut [V; L]) -> &mut [V] {
        nodes
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn strengths<V: Value>(value: V) -> [V; C] {
        [value; C]
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn couplings<V: Value>(strengths: &[V; C]) -> &[V] {
        strengths
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn couplings_mut<V: Value>(strengths: &mut [V; C]) -> &mut [V] {
        strengths
    }
}

/// Lines of one node, and lines of one node for each category.
#[derive(Clone, Copy, Debug)]
pub struct Each<D, const LINES: usize, const COUPLINGS: usize>(PhantomData<D>);

impl<D: Domain, const L: usize, const C: usize> Shape for Each<D, L, C> {
    type Nodes<V: Value> = [D::Array<V>; L];
    type Strengths<V: Value> = [D::Array<V>; C];
    const LINES: usize = L;

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn nodes<V: Value>(value: V) -> [D::Array<V>; L] {
        const { assert!(D::COUNT > 0, "a categorical input has at least one category") };
        [D::filled(value); L]
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn places<V: Value>(nodes: &[D::Array<V>; L]) -> &[V] {
        D::flat(nodes)
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn places_mut<V: Value>(nodes: &mut [D::Array<V>; L]) -> &mut [V] {
        D::flat_mut(nodes)
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn strengths<V: Value>(value: V) -> [D::Array<V>; C] {
        [D::filled(value); C]
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn couplings<V: Value>(strengths: &[D::Array<V>; C]) -> &[V] {
        D::flat(strengths)
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn couplings_mut<V: Value>(strengths: &mut [D::Array<V>; C]) -> &mut [V] {
        D::flat_mut(strengths)
    }
}

/// Something that is done line by line. A trait and not a closure, so that it is certain to become part of what calls it.
pub(super) trait OnLine {
    fn at(&mut self, line: usize);
}

/// Does something for each line, children before parents, with constants for the first twelve.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn upwards<H: Shape>(on: &mut impl OnLine) {
    macro_rules! unrolled {
        ($($line:literal)*) => { $(if const { H::LINES > $line } { on.at($line); })* };
    }
    unrolled!(0 1 2 3 4 5 6 7 8 9 10 11);
    for line in 12..H::LINES {
        on.at(line);
    }
}

/// The same, parents before children.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn downwards<H: Shape>(on: &mut impl OnLine) {
    for line in (12..H::LINES).rev() {
        on.at(line);
    }
    macro_rules! unrolled {
        ($($line:literal)*) => { $(if const { H::LINES > $line } { on.at($line); })* };
    }
    unrolled!(11 10 9 8 7 6 5 4 3 2 1 0);
}
