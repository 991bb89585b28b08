//! Groups of factors that are filtered together: all of them, or each connected component of the dependency graph.

use alloc::vec;
use alloc::vec::Vec;
use core::marker::PhantomData;

use crate::model::{GenerativeModel, Meta};
use crate::scalar::Real;

/// The joint states of a group of factors: how an index is read.
pub(crate) trait Frame: Copy {
    /// How many factors the group has.
    fn factors(self) -> usize;
    /// The group's `k`th factor.
    fn factor(self, k: usize) -> usize;
    /// Whether a factor is in the group.
    fn holds(self, factor: usize) -> bool;
    /// The state of a factor within a joint state.
    fn digit(self, joint: usize, factor: usize) -> usize;
    /// The combination of several factors' states within a joint state.
    fn context(self, joint: usize, parents: &[usize]) -> usize;
    /// By how much a joint state's index grows with a factor's state.
    fn stride(self, factor: usize) -> usize;
}

/// Calls `visit(joint state, combination of the parents' states)` for every joint state in order, without a division.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(crate) fn each_state<F: Frame>(meta: &Meta, frame: F, parents: &[usize], visit: &mut impl FnMut(usize, usize)) {
    walk(meta, frame, (parents, usize::MAX), 0, (0, 0), visit);
}

/// The same for the joint states alone in which one factor is in its first state.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(crate) fn each_line<F: Frame>(meta: &Meta, frame: F, parents: &[usize], factor: usize, visit: &mut impl FnMut(usize, usize)) {
    walk(meta, frame, (parents, factor), 0, (0, 0), visit);
}

/// By how much the index of a combination grows with a factor's state; apart from the walk, of which there is one for each visitor.
#[inline]
fn weight(meta: &Meta, parents: &[usize], factor: usize) -> usize {
    let mut weight = 0;
    for &parent in parents {
        if weight > 0 {
            weight *= meta.factors[parent].states.count;
        } else if parent == factor {
            weight = 1;
        }
    }
    weight
}

#[inline]
fn walk<F: Frame>(
    meta: &Meta,
    frame: F,
    (parents, first): (&[usize], usize),
    k: usize,
    (base, context): (usize, usize),
    visit: &mut impl FnMut(usize, usize),
) {
    let factor = frame.factor(k);
    let states = meta.factors[factor].states.count;
    let weight = weight(meta, parents, factor);
    let (mut at, mut context) = (base * states, context);
    let visited = if factor == first { 1 } else { states };
    if k + 1 == frame.factors() {
        for _ in 0..visited {
            visit(at, context);
            at += 1;
            context += weight;
        }
        return;
    }
    for _ in 0..visited {
        walk(meta, frame, (parents, first), k + 1, (at, context), visit);
        at += 1;
        context += weight;
    }
}

/// All factors; every stride is known to the compiler.
#[derive(Clone, Copy)]
pub(crate) struct Whole<M, T>(PhantomData<fn() -> (M, T)>);

impl<M, T> Whole<M, T> {
    pub fn new() -> Self {
        Whole(PhantomData)
    }
}

impl<M: GenerativeModel<T>, T: Real> Frame for Whole<M, T> {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn factors(self) -> usize {
        M::META.factors.len()
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn factor(self, k: usize) -> usize {
        k
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn holds(self, _: usize) -> bool {
        true
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn digit(self, joint: usize, factor: usize) -> usize {
        let mut stride = 1;
        for f in (factor + 1)..M::META.factors.len() {
            stride *= M::META.factors[f].states.count;
        }
        (joint / stride) % M::META.factors[factor].states.count
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn context(self, joint: usize, parents: &[usize]) -> usize {
        M::META.context(parents, |f| self.digit(joint, f))
    }
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn stride(self, factor: usize) -> usize {
        M::META.factors[factor + 1..].iter().map(|f| f.states.count).product()
    }
}

/// One group of several: which factors, and where its joint distribution lies.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Group {
    pub(super) factors: Vec<Place>,
    pub start: usize,
    pub len: usize,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Place {
    factor: usize,
    states: usize,
    stride: usize,
}

impl Group {
    fn place(&self, factor: usize) -> Option<&Place> {
        self.factors.iter().find(|p| p.factor == factor)
    }

    /// Whether it has these factors, in this order, and no others.
    pub fn is(&self, factors: &[usize]) -> bool {
        self.factors.iter().map(|place| place.factor).eq(factors.iter().copied())
    }

    /// Its factors.
    pub fn each(&self) -> impl Iterator<Item = usize> {
        self.factors.iter().map(|place| place.factor)
    }

    pub fn range(&self) -> core::ops::Range<usize> {
        self.start..self.start + self.len
    }
}

impl Frame for &Group {
    fn factors(self) -> usize {
        self.factors.len()
    }
    fn factor(self, k: usize) -> usize {
        self.factors[k].factor
    }
    fn holds(self, factor: usize) -> bool {
        self.place(factor).is_some()
    }
    fn digit(self, joint: usize, factor: usize) -> usize {
        self.place(factor).map_or(0, |p| (joint / p.stride) % p.states)
    }
    fn stride(self, factor: usize) -> usize {
        self.place(factor).map_or(0, |p| p.stride)
    }
    fn context(self, joint: usize, parents: &[usize]) -> usize {
        parents.iter().filter_map(|&f| self.place(f)).fold(0, |context, p| context * p.states + (joint / p.stride) % p.states)
    }
}

/// How the factors of a model have to do with each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Linked {
    /// The joint states of the largest connected component of the dependency graph.
    pub largest: usize,
    /// Those of all components, one after the other.
    pub total: usize,
    /// Whether any has more than one factor.
    pub coupled: bool,
}

/// How the factors of a model have to do with each other. Allocates nothing.
pub(crate) fn linked(meta: &Meta) -> Linked {
    // Factors in reach of one, a bit each; models with more than 128 factors are large, whatever they are linked by.
    let count = meta.factors.len().min(128);
    let linked = |a: usize, b: usize| {
        meta.factors[a].parents.contains(&b)
            || meta.factors[b].parents.contains(&a)
            || meta.modalities.iter().any(|m| m.parents.contains(&a) && m.parents.contains(&b))
            || meta.factors.iter().any(|f| f.parents.contains(&a) && f.parents.contains(&b))
    };
    let mut found = Linked { largest: 0, total: if count < meta.factors.len() { usize::MAX } else { 0 }, coupled: false };
    let mut seen = 0u128;
    for first in 0..count {
        if seen >> first & 1 == 1 {
            continue;
        }
        let mut reached = 1u128 << first;
        loop {
            let near = |g: usize| (0..count).any(|f| reached >> f & 1 == 1 && linked(f, g));
            let grown = (0..count).filter(|&g| reached >> g & 1 == 0 && near(g)).fold(reached, |set, g| set | 1 << g);
            if grown == reached {
                break;
            }
            reached = grown;
        }
        seen |= reached;
        let states = (0..count).filter(|f| reached >> f & 1 == 1);
        let states = states.fold(1usize, |product, f| product.saturating_mul(meta.factors[f].states.count));
        found.largest = found.largest.max(states);
        found.total = found.total.saturating_add(states);
        found.coupled |= reached.count_ones() > 1;
    }
    found
}

/// The factors whose past decides some factors' states, these among them: a bit each.
const fn behind(meta: &Meta, mut set: u128) -> u128 {
    loop {
        let (before, mut f) = (set, 0);
        while f < meta.factors.len() && f < 128 {
            if set >> f & 1 == 1 {
                set |= set_of(meta.factors[f].parents);
            }
            f += 1;
        }
        if set == before {
            return set;
        }
    }
}

const fn set_of(factors: &[usize]) -> u128 {
    let (mut set, mut i) = (0, 0);
    while i < factors.len() {
        set |= if factors[i] < 128 { 1 << factors[i] } else { 0 };
        i += 1;
    }
    set
}

/// The factors of the `m`th view: those that a modality shows and those behind them; none where another view has them all.
const fn view(meta: &Meta, m: usize) -> u128 {
    let own = behind(meta, set_of(meta.modalities[m].parents));
    let mut other = 0;
    while other < meta.modalities.len() {
        let set = behind(meta, set_of(meta.modalities[other].parents));
        if other != m && own & !set == 0 && (own != set || other < m) {
            return 0;
        }
        other += 1;
    }
    own
}

/// How many numbers all views together have; saturating. None where some factor is in none of them.
pub(crate) const fn view_numbers(meta: &Meta) -> usize {
    let count = meta.factors.len();
    if count > 128 {
        return 0;
    }
    let (mut sum, mut all, mut m) = (0usize, 0u128, 0);
    while m < meta.modalities.len() {
        let set = view(meta, m);
        let (mut product, mut f) = (1usize, 0);
        while f < count {
            if set >> f & 1 == 1 {
                product = product.saturating_mul(meta.factors[f].states.count);
            }
            f += 1;
        }
        sum = sum.saturating_add(if set == 0 { 0 } else { product });
        all |= set;
        m += 1;
    }
    if all.count_ones() as usize == count { sum } else { 0 }
}

/// What each modality shows of the factors, jointly: all that is expected of outcomes can be said from these. They may overlap.
pub(crate) fn views(meta: &Meta) -> Vec<Group> {
    let (mut groups, mut start) = (Vec::new(), 0);
    for m in 0..meta.modalities.len() {
        let set = view(meta, m);
        if set != 0 {
            let group = group_of(meta, (0..meta.factors.len()).filter(|f| set >> f & 1 == 1), start);
            start = start.saturating_add(group.len);
            groups.push(group);
        }
    }
    groups
}

/// A group of factors, the last running fastest.
fn group_of(meta: &Meta, factors: impl Iterator<Item = usize>, start: usize) -> Group {
    let mut factors: Vec<Place> =
        factors.map(|factor| Place { factor, states: meta.factors[factor].states.count, stride: 1 }).collect();
    let mut len = 1usize;
    for place in factors.iter_mut().rev() {
        place.stride = len;
        len = len.saturating_mul(place.states);
    }
    Group { factors, start, len }
}

/// The connected components of a model's dependency graph: two factors are linked when one moves with the other, or when one modality
/// shows both.
pub(crate) fn components(meta: &Meta) -> Vec<Group> {
    let count = meta.factors.len();
    let mut root: Vec<usize> = (0..count).collect();
    let mut link = |a: usize, b: usize| {
        let (from, to) = (root[a], root[b]);
        for r in root.iter_mut().filter(|r| **r == from) {
            *r = to;
        }
    };
    for (f, factor) in meta.factors.iter().enumerate() {
        factor.parents.iter().for_each(|&parent| link(f, parent));
    }
    for modality in meta.modalities {
        modality.parents.windows(2).for_each(|pair| link(pair[0], pair[1]));
    }
    let mut groups = Vec::new();
    let mut start = 0usize;
    let mut seen = vec![false; count];
    for f in 0..count {
        if seen[f] {
            continue;
        }
        let group = group_of(meta, (f..count).filter(|&g| root[g] == root[f]), start);
        group.factors.iter().for_each(|place| seen[place.factor] = true);
        start = start.saturating_add(group.len);
        groups.push(group);
    }
    groups
}
