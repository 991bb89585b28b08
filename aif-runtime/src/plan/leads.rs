//! What leads where, and from which states a goal is reached in how many steps: lists of what comes before each state, and sets of a bit for each.

use alloc::vec;
use alloc::vec::Vec;

use crate::model::{FactorSite, GenerativeModel, Table, Tables};
use crate::scalar::Real;

/// For each factor, from which states each state may be reached in one step.
#[derive(Debug, PartialEq)]
pub(super) struct Leads {
    factors: Vec<Before>,
}

/// Of one factor.
#[derive(Debug, PartialEq)]
struct Before {
    states: usize,
    /// Where the list of each state begins; one more than there are states.
    begins: Vec<u32>,
    /// The states before it, each once.
    before: Vec<u32>,
    /// Which states may be reached from everywhere, where the factor does not depend on itself; else empty.
    from_all: Vec<bool>,
}

impl Leads {
    /// Of a model's transitions: those that are more probable than `threshold` under some action and some states of the other parents.
    pub fn new<M: GenerativeModel<T>, T: Real>(tables: &Tables<M, T>, threshold: f64) -> Self {
        let mut factors = Vec::new();
        M::each_factor(|site| factors.push(Before::new(tables, site, threshold)));
        Leads { factors }
    }

    /// How many states each factor has.
    pub fn sizes(&self) -> impl Iterator<Item = usize> + '_ {
        self.factors.iter().map(|before| before.states)
    }

    /// Works back from the wanted states of a factor, so many steps; nothing where none is wanted.
    pub fn rows(&self, factor: usize, wanted: &[bool], depth: usize) -> Rows {
        let mut rows = Rows { states: wanted.len(), sets: Vec::new(), period: 0, first: Vec::new() };
        if wanted.contains(&true) {
            let mut goal = vec![0; rows.words()];
            rows.first = vec![NEVER; wanted.len()];
            for state in (0..wanted.len()).filter(|&state| wanted[state]) {
                put(&mut goal, state);
                rows.first[state] = 0;
            }
            rows.sets = goal;
            self.extend(factor, &mut rows, depth);
        }
        rows
    }

    /// Works back until there are so many rows, or they come again. Where a row holds the one before it, the next one is found from what is new in it.
    pub fn extend(&self, factor: usize, rows: &mut Rows, depth: usize) {
        let (before, words) = (&self.factors[factor], rows.words());
        while !rows.is_empty() && rows.period == 0 && rows.count() < depth {
            let count = rows.count();
            let last = &rows.sets[(count - 1) * words..];
            let earlier = (count > 1).then(|| &rows.sets[(count - 2) * words..][..words]);
            let grown = earlier.filter(|earlier| earlier.iter().zip(last).all(|(e, l)| e & !l == 0));
            let mut next = if grown.is_some() { last.to_vec() } else { vec![0; words] };
            for word in 0..words {
                let mut fresh = last[word] & !grown.map_or(0, |earlier| earlier[word]);
                while fresh != 0 {
                    before.add(word * 64 + fresh.trailing_zeros() as usize, &mut next);
                    fresh &= fresh - 1;
                }
            }
            // What comes next depends on the row alone: one that was there comes round again.
            if let Some(period) = (1..=count.min(2)).find(|back| rows.sets[(count - back) * words..][..words] == next) {
                rows.period = period;
                return;
            }
            let new = rows.first.iter_mut().enumerate().filter(|(state, first)| **first == NEVER && has(&next, *state));
            new.for_each(|(_, first)| *first = count as u16);
            rows.sets.extend(next);
        }
    }
}

impl Before {
    fn new<M: GenerativeModel<T>, T: Real>(tables: &Tables<M, T>, site: &FactorSite, threshold: f64) -> Self {
        let states = site.states;
        let (mut begins, mut before, mut from_all) = (vec![0u32; states + 1], Vec::new(), Vec::new());
        if !site.parents.contains(&site.index) {
            from_all = vec![false; states];
            each_move(tables, site, threshold, |_, next| from_all[next] = true);
            return Before { states, begins, before, from_all };
        }
        let mut pairs = Vec::new();
        each_move(tables, site, threshold, |context, next| {
            pairs.extend(site.own_state(&M::META, context).map(|own| (next as u32, own as u32)));
        });
        pairs.sort_unstable();
        pairs.dedup();
        for &(next, own) in &pairs {
            begins[next as usize + 1] += 1;
            before.push(own);
        }
        for state in 0..states {
            begins[state + 1] += begins[state];
        }
        Before { states, begins, before, from_all }
    }

    /// Adds the states before one.
    fn add(&self, state: usize, to: &mut [u64]) {
        if self.from_all.get(state).is_some_and(|from_all| *from_all) {
            (0..self.states).for_each(|own| put(to, own));
        }
        let list = self.begins[state] as usize..self.begins[state + 1] as usize;
        self.before[list].iter().for_each(|&own| put(to, own as usize));
    }
}

/// Calls `f(combination of the parents' states, next state)` for each transition that is more probable than `threshold`.
fn each_move<M: GenerativeModel<T>, T: Real>(
    tables: &Tables<M, T>,
    site: &FactorSite,
    threshold: f64,
    mut f: impl FnMut(usize, usize),
) {
    fn likely(column: impl Iterator<Item = f64>, threshold: f64, mut f: impl FnMut(usize)) {
        column.enumerate().filter(|(_, p)| *p > threshold).for_each(|(next, _)| f(next));
    }
    for local in 0..site.local_actions {
        let table = tables.transition(site, local);
        for context in 0..site.contexts {
            let column = context * site.states..(context + 1) * site.states;
            match table {
                Table::Map(map) => f(context, usize::from(map[context])),
                Table::Sparse(table) => table.each(context, |next, p| {
                    if p > threshold {
                        f(context, next);
                    }
                }),
                Table::Fixed(table) => likely(table[column].iter().copied(), threshold, |next| f(context, next)),
                Table::Free(table) => likely(table[column].iter().map(|p| p.value()), threshold, |next| f(context, next)),
            }
        }
    }
}

/// From which states of one factor its goal is reached in exactly so many steps: a bit for each state, a row for each number of steps.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Rows {
    states: usize,
    /// One row after the other.
    sets: Vec<u64>,
    /// How many of the last rows come round again for all greater numbers of steps; 0 where that is not known.
    period: usize,
    /// The first row that holds each state.
    first: Vec<u16>,
}

/// In no row. Depths are smaller.
const NEVER: u16 = u16::MAX;

/// One row.
#[derive(Clone, Copy)]
pub(super) struct Row<'a>(&'a [u64]);

impl Row<'_> {
    #[inline(always)]
    pub fn has(self, state: usize) -> bool {
        has(self.0, state)
    }
}

impl Rows {
    fn words(&self) -> usize {
        self.states.div_ceil(64)
    }

    fn count(&self) -> usize {
        self.sets.len() / self.words().max(1)
    }

    pub fn states(&self) -> usize {
        self.states
    }

    /// Whether there is no goal.
    pub fn is_empty(&self) -> bool {
        self.sets.is_empty()
    }

    /// The row of a number of steps, where it was worked out.
    #[inline]
    pub fn row(&self, steps: usize) -> Option<Row<'_>> {
        let (count, words) = (self.count(), self.words());
        let at = match self.period {
            _ if steps < count => steps,
            0 => return None,
            period => count - period + (steps - count) % period,
        };
        Some(Row(&self.sets[at * words..][..words]))
    }

    /// The first row that holds a state.
    #[inline]
    pub fn first(&self, state: usize) -> Option<usize> {
        self.first.get(state).filter(|first| **first != NEVER).map(|&first| usize::from(first))
    }

    /// The wanted states.
    pub fn goal(&self) -> Vec<bool> {
        (0..self.states).map(|state| self.row(0).is_some_and(|row| row.has(state))).collect()
    }
}

#[inline(always)]
fn has(set: &[u64], state: usize) -> bool {
    set[state / 64] >> (state % 64) & 1 == 1
}

fn put(set: &mut [u64], state: usize) {
    set[state / 64] |= 1 << (state % 64);
}
