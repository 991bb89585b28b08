//! How planning reads likelihoods: in rows, and summed beforehand over parents that no action moves. Computed by the compiler from the dependency graph.

use super::meta::{Kind, Meta, Modality, contexts};

/// The longest row that planning reads at once, in numbers.
pub const MAX_WIDTH: usize = 32;

/// How long a row is that planning reads at once; zero where it does not.
pub(super) const fn row_width(kind: Kind, size: usize, contexts: usize, measured: bool) -> usize {
    const SMALL: usize = 64;
    const LARGE: usize = 1 << 15;
    if matches!(kind, Kind::Map) || measured || size < SMALL || size > LARGE {
        return 0;
    }
    let width = (size / contexts + 1).next_multiple_of(4);
    if width > MAX_WIDTH { 0 } else { width }
}

/// Which factors are steady, a bit each.
const fn steady(meta: &Meta) -> u128 {
    let count = if meta.factors.len() < 128 { meta.factors.len() } else { 128 };
    let (mut steady, mut f) = (0u128, 0);
    while f < count {
        if meta.factors[f].actions.is_empty() {
            steady |= 1 << f;
        }
        f += 1;
    }
    loop {
        let (before, mut f) = (steady, 0);
        while f < count {
            let (parents, mut i) = (meta.factors[f].parents, 0);
            while i < parents.len() {
                if parents[i] >= 128 || steady >> parents[i] & 1 == 0 {
                    steady &= !(1 << f);
                }
                i += 1;
            }
            f += 1;
        }
        if steady == before {
            return steady;
        }
    }
}

/// The parents of a modality over which rows are added up beforehand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Beforehand {
    /// None.
    None,
    /// So many of the first, and not all.
    First(usize),
    /// Those from this one on, and not all.
    From(usize),
    /// All of them.
    All,
}

/// What can be added up beforehand of a modality.
pub(super) const fn beforehand(meta: &Meta, parents: &[usize], width: usize) -> Beforehand {
    let steady = steady(meta);
    let count = parents.len();
    if width == 0 || count == 0 {
        return Beforehand::None;
    }
    let mut first = 0;
    while first < count && parents[first] < 128 && steady >> parents[first] & 1 == 1 {
        first += 1;
    }
    let mut from = count;
    while from > 0 && parents[from - 1] < 128 && steady >> parents[from - 1] & 1 == 1 {
        from -= 1;
    }
    match (first, from) {
        (first, _) if first == count => Beforehand::All,
        (0, from) if from == count => Beforehand::None,
        (first, from) if first > 0 && from == count => Beforehand::First(first),
        (0, from) => Beforehand::From(from),
        _ => Beforehand::None,
    }
}

/// How many numbers are kept of a modality at each step.
pub(super) const fn kept(meta: &Meta, what: Beforehand, parents: &[usize], width: usize) -> usize {
    match what {
        Beforehand::None => 0,
        Beforehand::All => 2,
        Beforehand::First(first) => contexts(meta, parents.split_at(first).1) * width,
        Beforehand::From(from) => contexts(meta, parents.split_at(from).0) * width,
    }
}

/// How many numbers are kept of all modalities, at each step.
pub(crate) const fn kept_numbers(meta: &Meta) -> usize {
    kept_before(meta, meta.modalities.len())
}

/// How many numbers are kept of all modalities before one, at each step.
pub(super) const fn kept_before(meta: &Meta, index: usize) -> usize {
    let (mut sum, mut m) = (0, 0);
    while m < index {
        let Modality { outcomes, parents, kind, measured, .. } = meta.modalities[m];
        let contexts = contexts(meta, parents);
        let width = row_width(kind, outcomes.count * contexts, contexts, measured.is_some());
        sum += kept(meta, beforehand(meta, parents, width), parents, width);
        m += 1;
    }
    sum
}
