//! Where the tables of each factor and modality lie: computed by the compiler from the model's names and sizes.

use super::meta::{Factor, Kind, Meta, Modality, contexts};
use super::steady::{Beforehand, beforehand, kept, kept_before, kept_numbers, row_width};

/// A stretch of storage.
#[derive(Clone, Copy, Debug, Default)]
pub struct Span {
    /// Its first entry.
    pub start: usize,
    /// How many entries it has.
    pub len: usize,
}

impl Span {
    /// The stretch as a range.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub const fn range(self) -> core::ops::Range<usize> {
        self.start..self.start + self.len
    }

    /// Takes the next `len` entries after `self` has been used up to `at`.
    const fn take(at: &mut usize, len: usize) -> Span {
        let span = Span { start: *at, len };
        *at += len;
        span
    }
}

/// How much storage is in use: one count for each kind of entry.
#[derive(Clone, Copy, Debug, Default)]
pub struct Extent {
    /// Index maps.
    pub maps: usize,
    /// Numbers free of parameters.
    pub fixed: usize,
    /// Numbers that depend on parameters.
    pub free: usize,
    /// Dirichlet counts.
    pub counts: usize,
    /// Columns of Dirichlet counts.
    pub columns: usize,
    /// Beginnings of sparse columns, and one end for each factor.
    pub begins: usize,
    /// Outcomes of all modalities.
    pub outcomes: usize,
    /// States of all factors.
    pub states: usize,
    /// Expected preferences, one for each combination of a modality's parent states, per step.
    pub utility: usize,
    /// States of the parents of modalities of which parents may not matter.
    pub relevant: usize,
}

/// Where the likelihood of one modality lies.
#[derive(Clone, Copy)]
pub struct ModalitySite {
    /// Its position among the modalities.
    pub index: usize,
    /// How it is stored.
    pub kind: Kind,
    /// The factors that it depends on.
    pub parents: &'static [usize],
    /// Its number of outcomes.
    pub outcomes: usize,
    /// The number of combinations of its parents' states.
    pub contexts: usize,
    /// The table, `[context][outcome]` (a map: `[context]`).
    pub table: Span,
    /// Its clipped logarithms, `[outcome][context]`.
    pub logs: Span,
    /// The entropy of each column, `[context]`.
    pub ambiguity: Span,
    /// What planning reads of each column: its numbers, its entropy, and zeros up to a whole number of lanes: `[context][width]`. Empty where tables are
    /// small, or so large that they had better stand once.
    pub rows: Span,
    /// How long each of these rows is.
    pub width: usize,
    /// Over which parents planning adds rows up once for each step ahead.
    pub beforehand: Beforehand,
    /// Where what it keeps of them lies within what it keeps of all modalities.
    pub kept: Span,
    /// How many numbers that is.
    pub kept_of_all: usize,
    /// The expected preference of each column, `[context]`, within one step's stretch.
    pub utility: Span,
    /// The counts of a Dirichlet likelihood, `[context][outcome]`.
    pub counts: Span,
    /// Its columns among all columns of counts, `[context]`.
    pub columns: Span,
    /// Its preferences, `[outcome]`, within one step's stretch.
    pub preference: Span,
    /// Which parents matter, given each state of each parent; empty where all count as mattering.
    pub relevant: Span,
    /// Of a measured modality, the distributions, `[context][parameter]`.
    pub distributions: Span,
    /// Of a measured modality, the nodes at which plans look, then their weights: `[2][outcome]`, among the numbers free of parameters.
    pub nodes: Span,
}

/// Where the transition and the initial state of one factor lie.
#[derive(Clone, Copy)]
pub struct FactorSite {
    /// Its position among the factors.
    pub index: usize,
    /// How it is stored.
    pub kind: Kind,
    /// The factors whose previous states it depends on.
    pub parents: &'static [usize],
    /// The actions that drive it.
    pub actions: &'static [usize],
    /// Its number of states.
    pub states: usize,
    /// The number of combinations of its parents' states.
    pub contexts: usize,
    /// The number of combinations of the actions that drive it.
    pub local_actions: usize,
    /// The table, `[action][context][state]` (a map, and where sparse columns begin: `[action][context]`).
    pub table: Span,
    /// The initial distribution, `[state]`.
    pub initial: Span,
    /// The counts of a Dirichlet transition, as the table.
    pub counts: Span,
    /// Its columns among all columns of counts, `[action][context]`.
    pub columns: Span,
    /// Its states among the states of all factors.
    pub goal: Span,
}

impl FactorSite {
    /// The part of a joint action that drives this factor, as one index.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn local_action(&self, meta: &Meta, joint: usize) -> usize {
        let mut local = 0;
        for &a in self.actions {
            local = local * meta.actions[a].values.count + meta.action_value(joint, a);
        }
        local
    }

    /// The factor's own previous state within a combination of its parents' states; `None` when it does not depend on itself.
    pub fn own_state(&self, meta: &Meta, context: usize) -> Option<usize> {
        let position = self.parents.iter().position(|&f| f == self.index)?;
        let stride: usize = self.parents[position + 1..].iter().map(|&f| meta.factors[f].states.count).product();
        Some((context / stride) % self.states)
    }

    /// The value of the `i`th action that drives this factor within one index over all of them.
    pub fn action_value(&self, meta: &Meta, local: usize, i: usize) -> usize {
        let stride: usize = self.actions[i + 1..].iter().map(|&a| meta.actions[a].values.count).product();
        (local / stride) % meta.actions[self.actions[i]].values.count
    }
}

/// Of tables of more combinations than this all parents count as mattering: to compare their columns would take longer than what it saves.
const RELATED: usize = 4096;

/// How many states some factors have, one after the other.
const fn states_of(meta: &Meta, factors: &[usize]) -> usize {
    let (mut sum, mut i) = (0, 0);
    while i < factors.len() {
        sum += meta.factors[factors[i]].states.count;
        i += 1;
    }
    sum
}

const fn place_modality(meta: &Meta, index: usize, at: &mut Extent) -> ModalitySite {
    let Modality { outcomes, parents, kind, measured, .. } = meta.modalities[index];
    let outcomes = outcomes.count;
    let contexts = contexts(meta, parents);
    let size = outcomes * contexts;
    let none = Span { start: 0, len: 0 };
    let (table, logs, ambiguity) = match kind {
        Kind::Map => (Span::take(&mut at.maps, contexts), none, none),
        Kind::Fixed => (Span::take(&mut at.fixed, size), Span::take(&mut at.fixed, size), Span::take(&mut at.fixed, contexts)),
        Kind::Free | Kind::Dirichlet => {
            (Span::take(&mut at.free, size), Span::take(&mut at.free, size), Span::take(&mut at.free, contexts))
        }
        Kind::Sparse => panic!("only a transition is stored without its zeros"),
    };
    let width = row_width(kind, size, contexts, measured.is_some());
    let beforehand = beforehand(meta, parents, width);
    let kept = Span { start: kept_before(meta, index), len: kept(meta, beforehand, parents, width) };
    let kept_of_all = kept_numbers(meta);
    let rows = match kind {
        Kind::Map => none,
        Kind::Fixed => Span::take(&mut at.fixed, width * contexts),
        Kind::Free | Kind::Dirichlet => Span::take(&mut at.free, width * contexts),
        Kind::Sparse => none,
    };
    let counts = if let Kind::Dirichlet = kind { Span::take(&mut at.counts, size) } else { none };
    let columns = if let Kind::Dirichlet = kind { Span::take(&mut at.columns, contexts) } else { none };
    let utility = Span::take(&mut at.utility, contexts);
    let preference = Span::take(&mut at.outcomes, outcomes);
    let related = matches!(kind, Kind::Map | Kind::Fixed | Kind::Free) && measured.is_none();
    let relevant = if related && parents.len() > 1 && parents.len() <= 16 && contexts <= RELATED {
        Span::take(&mut at.relevant, states_of(meta, parents))
    } else {
        none
    };
    let (distributions, nodes) = match measured {
        Some(of) => (Span::take(&mut at.free, contexts * of.parameters), Span::take(&mut at.fixed, 2 * outcomes)),
        None => (none, none),
    };
    ModalitySite {
        index,
        kind,
        parents,
        outcomes,
        contexts,
        table,
        logs,
        ambiguity,
        rows,
        width,
        beforehand,
        kept,
        kept_of_all,
        utility,
        counts,
        columns,
        preference,
        relevant,
        distributions,
        nodes,
    }
}

const fn place_factor(meta: &Meta, index: usize, at: &mut Extent) -> FactorSite {
    let Factor { states, parents, actions, kind, .. } = meta.factors[index];
    let states = states.count;
    let contexts = contexts(meta, parents);
    let local_actions = product!(actions, |a| meta.actions[*a].values.count);
    let columns = local_actions * contexts;
    let size = if let Kind::Sparse = kind { 0 } else { columns * states };
    let table = match kind {
        Kind::Map => Span::take(&mut at.maps, columns),
        Kind::Fixed => Span::take(&mut at.fixed, size),
        Kind::Free | Kind::Dirichlet => Span::take(&mut at.free, size),
        Kind::Sparse => Span::take(&mut at.begins, columns + 1),
    };
    let none = Span { start: 0, len: 0 };
    let (counts, columns) = if let Kind::Dirichlet = kind {
        (Span::take(&mut at.counts, size), Span::take(&mut at.columns, columns))
    } else {
        (none, none)
    };
    let initial = Span::take(&mut at.free, states);
    let goal = Span::take(&mut at.states, states);
    FactorSite { index, kind, parents, actions, states, contexts, local_actions, table, initial, counts, columns, goal }
}

const fn modalities_before(meta: &Meta, index: usize) -> Extent {
    let mut at =
        Extent { maps: 0, fixed: 0, free: 0, counts: 0, columns: 0, begins: 0, outcomes: 0, states: 0, utility: 0, relevant: 0 };
    let mut i = 0;
    while i < index {
        place_modality(meta, i, &mut at);
        i += 1;
    }
    at
}

const fn factors_before(meta: &Meta, index: usize) -> Extent {
    let mut at = modalities_before(meta, meta.modalities.len());
    let mut i = 0;
    while i < index {
        place_factor(meta, i, &mut at);
        i += 1;
    }
    at
}

/// Where modality `index` of a model lies.
pub const fn modality_site(meta: &Meta, index: usize) -> ModalitySite {
    let mut at = modalities_before(meta, index);
    place_modality(meta, index, &mut at)
}

/// Where factor `index` of a model lies.
pub const fn factor_site(meta: &Meta, index: usize) -> FactorSite {
    let mut at = factors_before(meta, index);
    place_factor(meta, index, &mut at)
}

/// How much storage the tables of a model take.
pub const fn extent(meta: &Meta) -> Extent {
    factors_before(meta, meta.factors.len())
}
