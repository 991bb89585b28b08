//! What rewards depend on, as far as it can happen, and how they are distributed given that.

use std::collections::HashMap;

use crate::model::Column;

/// The most combinations of action, state, next state and observation that are looked at.
pub const MOST: usize = 1 << 28;

/// What can happen: T and O, `[action][state]`.
#[derive(Clone, Copy)]
pub struct Known<'a> {
    pub actions: usize,
    pub states: usize,
    pub observations: usize,
    pub transitions: &'a [Column],
    pub observed: &'a [Column],
}

/// What rewards depend on.
pub enum Rewarded {
    /// Nothing: all are equal.
    Nothing,
    /// The observation: the reward of each.
    Seen(Vec<f64>),
    /// The action and the state after it: the rewards, and their distribution `[action][state after]`.
    After(Vec<f64>, Vec<Column>),
    /// The action and the state before it: the rewards, and their distribution `[action][state before]`.
    Before(Vec<f64>, Vec<Column>),
}

/// A number by its bits, so that it can be a key.
fn key(x: f64) -> u64 {
    (if x == 0.0 { 0.0 } else { x }).to_bits()
}

/// The different values, in ascending order, 0 among them: before the first action nothing is paid.
fn ascending(found: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = found.chain([0.0]).map(|x| if x == 0.0 { 0.0 } else { x }).collect();
    values.sort_by(f64::total_cmp);
    values.dedup();
    values
}

/// Distributions over rewards, by the places of the rewards in a list.
fn columns(sums: Vec<HashMap<u64, f64>>) -> (Vec<f64>, Vec<Column>) {
    let values = ascending(sums.iter().flat_map(|column| column.keys().map(|&bits| f64::from_bits(bits))));
    let place = |bits: u64| values.partition_point(|v| *v < f64::from_bits(bits)) as u32;
    let column = |sums: HashMap<u64, f64>| {
        let mut column: Column = sums.into_iter().map(|(bits, p)| (place(bits), p)).collect();
        column.sort_by_key(|(place, _)| *place);
        if let [(_, p)] = column.as_mut_slice() {
            *p = 1.0;
        }
        column
    };
    let columns = sums.into_iter().map(column).collect();
    (values, columns)
}

impl Known<'_> {
    /// Calls `visit` for each action, state, next state and observation that can come together, with the probability of the last two.
    fn each(&self, mut visit: impl FnMut([usize; 4], f64)) {
        for a in 0..self.actions {
            for s in 0..self.states {
                for &(next, t) in &self.transitions[a * self.states + s] {
                    for &(o, p) in &self.observed[a * self.states + next as usize] {
                        visit([a, s, next as usize, o as usize], t * p);
                    }
                }
            }
        }
    }

    /// What the rewards depend on; `None` where too much can happen to find out.
    pub fn rewarded(&self, reward: impl Fn([usize; 4]) -> f64) -> Option<Rewarded> {
        let seen = |row: usize| self.observed[row].len();
        let moves = |(row, column): (usize, &Column)| {
            let a = row / self.states;
            column.iter().map(|(next, _)| seen(a * self.states + *next as usize)).sum::<usize>()
        };
        if self.transitions.iter().enumerate().map(moves).sum::<usize>() > MOST {
            return None;
        }
        let mut by_observation: Vec<Option<f64>> = vec![None; self.observations];
        let mut by_place: HashMap<[usize; 3], u64> = HashMap::new();
        let (mut of_observation, mut of_place) = (true, true);
        self.each(|at @ [a, _, next, o], _| {
            let r = reward(at);
            of_observation &= key(*by_observation[o].get_or_insert(r)) == key(r);
            of_place = of_place && *by_place.entry([a, next, o]).or_insert(key(r)) == key(r);
        });
        if of_observation {
            let mut seen = by_observation.iter().flatten();
            let first = seen.next().copied().unwrap_or(0.0);
            let equal = seen.all(|r| *r == first);
            // What is never seen is worth what the file says of it.
            let list = by_observation.iter().enumerate().map(|(o, r)| r.unwrap_or_else(|| reward([0, 0, 0, o]))).collect();
            return Some(if equal { Rewarded::Nothing } else { Rewarded::Seen(list) });
        }
        let mut sums: Vec<HashMap<u64, f64>> = vec![HashMap::new(); self.actions * self.states];
        if of_place {
            for (row, column) in self.observed.iter().enumerate() {
                let (a, next) = (row / self.states, row % self.states);
                for &(o, p) in column {
                    // What cannot be reached pays nothing.
                    let r = by_place.get(&[a, next, o as usize]).copied().unwrap_or_default();
                    *sums[row].entry(r).or_default() += p;
                }
            }
            let (values, columns) = columns(sums);
            return Some(Rewarded::After(values, columns));
        }
        self.each(|at @ [a, s, ..], p| *sums[a * self.states + s].entry(key(reward(at))).or_default() += p);
        let (values, columns) = columns(sums);
        Some(Rewarded::Before(values, columns))
    }
}
