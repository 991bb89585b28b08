//! What leads where, and from which states a goal is reached in how many steps: lists of what comes before each state, or sets of a bit for each.

use alloc::vec;
use alloc::vec::Vec;

use crate::model::{FactorSite, GenerativeModel, Table, Tables};
use crate::scalar::Real;

/// For each factor, from which states each state may be reached in one step.
#[derive(Debug, PartialEq)]
pub(crate) struct Leads {
    threshold: f64,
    factors: Vec<Before>,
}

/// Of one factor.
#[derive(Debug, PartialEq)]
struct Before {
    states: usize,
    known: Known,
}

#[derive(Debug, PartialEq)]
enum Known {
    /// The states before each state, one list after the other, and where each begins: one more than there are states.
    Lists { begins: Vec<u32>, before: Vec<u32> },
    /// A set for each state, where lists would be longer.
    Sets(Vec<u64>),
    /// Which states may be reached from everywhere, where the factor does not depend on itself.
    Everywhere(Vec<bool>),
}

impl Leads {
    /// Of a model's transitions: those that are more probable than `threshold` under some action and some states of the other parents.
    pub fn new<M: GenerativeModel<T>, T: Real>(tables: &Tables<M, T>, threshold: f64) -> Self {
        let mut factors = Vec::new();
        M::each_factor(|site| factors.push(Before::new(tables, site, threshold)));
        Leads { threshold, factors }
    }

    /// How probable a transition has to be to count.
    pub fn threshold(&self) -> f64 {
        self.threshold
    }

    /// How many states each factor has.
    pub fn sizes(&self) -> impl Iterator<Item = usize> + '_ {
        self.factors.iter().map(|before| before.states)
    }

    /// Works back from the wanted states of a factor, so many steps; nothing where none is wanted.
    pub(super) fn rows(&self, factor: usize, wanted: &[bool], depth: usize) -> Rows {
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
    pub(super) fn extend(&self, factor: usize, rows: &mut Rows, depth: usize) {
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
        if !site.parents.contains(&site.index) {
            let mut from_all = vec![false; states];
            each_move(tables, site, threshold, |_, next| from_all[next] = true);
            return Before { states, known: Known::Everywhere(from_all) };
        }
        let mut moves = Moves::new(states);
        each_move(tables, site, threshold, |context, next| {
            if let Some(own) = site.own_state(&M::META, context) {
                moves.add(own, next);
            }
        });
        Before { states, known: moves.known() }
    }

    /// Adds the states before one.
    fn add(&self, state: usize, to: &mut [u64]) {
        match &self.known {
            Known::Lists { begins, before } => {
                let list = begins[state] as usize..begins[state + 1] as usize;
                before[list].iter().for_each(|&own| put(to, own as usize));
            }
            Known::Sets(sets) => {
                let words = to.len();
                to.iter_mut().zip(&sets[state * words..]).for_each(|(to, set)| *to |= set);
            }
            Known::Everywhere(from_all) if from_all[state] => (0..self.states).for_each(|own| put(to, own)),
            Known::Everywhere(_) => {}
        }
    }
}

/// Moves as they are found, each perhaps many times: pairs of states, or a set for each, so that never more memory is taken than by the sets.
struct Moves {
    states: usize,
    /// The next state in the upper half, the one before in the lower; empty once there are sets.
    pairs: Vec<u64>,
    sets: Vec<u64>,
    /// With so many pairs, those that are there twice are taken out.
    most: usize,
}

impl Moves {
    fn new(states: usize) -> Self {
        let most = 1024.min(states * states.div_ceil(64));
        Moves { states, pairs: Vec::new(), sets: Vec::new(), most }
    }

    fn add(&mut self, own: usize, next: usize) {
        let words = self.states.div_ceil(64);
        if !self.sets.is_empty() {
            return put(&mut self.sets[next * words..][..words], own);
        }
        if self.pairs.len() >= self.most {
            self.take_out_repeated();
            let all = self.states * words;
            self.most = (2 * self.pairs.len()).max(self.most).min(all);
            if 2 * self.pairs.len() > all {
                self.sets = vec![0; all];
                for pair in core::mem::take(&mut self.pairs) {
                    put(&mut self.sets[(pair >> 32) as usize * words..][..words], pair as u32 as usize);
                }
                return self.add(own, next);
            }
        }
        self.pairs.push((next as u64) << 32 | own as u64);
    }

    fn take_out_repeated(&mut self) {
        self.pairs.sort_unstable();
        self.pairs.dedup();
    }

    fn known(mut self) -> Known {
        if !self.sets.is_empty() {
            return Known::Sets(self.sets);
        }
        self.take_out_repeated();
        let mut begins = vec![0u32; self.states + 1];
        self.pairs.iter().for_each(|pair| begins[(pair >> 32) as usize + 1] += 1);
        for state in 0..self.states {
            begins[state + 1] += begins[state];
        }
        Known::Lists { begins, before: self.pairs.iter().map(|&pair| pair as u32).collect() }
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
    #[cfg_attr(not(debug_assertions), inline(always))]
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

#[cfg_attr(not(debug_assertions), inline(always))]
fn has(set: &[u64], state: usize) -> bool {
    set[state / 64] >> (state % 64) & 1 == 1
}

fn put(set: &mut [u64], state: usize) {
    set[state / 64] |= 1 << (state % 64);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same moves as a set for each state.
    fn sets(states: usize, moves: &[(usize, usize)]) -> Vec<Vec<u64>> {
        let mut sets = vec![vec![0; states.div_ceil(64)]; states];
        moves.iter().for_each(|&(own, next)| put(&mut sets[next], own));
        sets
    }

    #[test]
    fn few_moves_are_lists_and_many_are_sets_and_neither_takes_more_memory_than_sets() {
        let states = 1000usize;
        let all = states * states.div_ceil(64);
        for (each, repeated) in [(1, 1), (3, 40), (200, 1), (200, 5)] {
            let (mut moves, mut told) = (Moves::new(states), Vec::new());
            for _ in 0..repeated {
                for own in 0..states {
                    for k in 0..each {
                        moves.add(own, (own + 7 * k) % states);
                        told.push((own, (own + 7 * k) % states));
                        assert!(moves.pairs.capacity() <= 2 * all, "{} pairs", moves.pairs.capacity());
                    }
                }
            }
            let before = Before { states, known: moves.known() };
            assert_eq!(matches!(before.known, Known::Sets(_)), each == 200);
            for (state, expected) in sets(states, &told).into_iter().enumerate() {
                let mut found = vec![0; expected.len()];
                before.add(state, &mut found);
                assert_eq!(found, expected, "{state} of {each} moves");
            }
        }
    }
}
