//! Beliefs over many states of which few are possible: what is possible, and how probable it is, and nothing else.
//!
//! A piece on a large map that knows where it is imagines one cell after another; what it costs does not depend on the size of the map.

use super::PlanningContext;
use super::imagined::{Imagined, hash_of};
use super::memory::Listed;
use crate::model::{FactorSite, GenerativeModel, Kind, Marginals, Table};
use crate::perceive::{Joints, Spread, Weights};
use crate::scalar::{Real, negligible, same};

/// Of more factors, or parents of one table, beliefs are not written so.
const FACTORS: usize = 8;

/// At most `C` possible states of all factors together.
#[derive(Clone, Copy)]
pub(super) struct Sparse<T, const C: usize> {
    /// Where the list of each factor ends.
    ends: [u16; FACTORS],
    /// The possible states of one factor after the other, each from the first to the last.
    at: [u32; C],
    p: [T; C],
    used: usize,
}

impl<T: Real, const C: usize> Sparse<T, C> {
    /// What is believed in a scene, if all that its steps lead to has room, too.
    pub fn of<M: GenerativeModel<T>>(scene: &PlanningContext<'_, M, T>) -> Option<Self> {
        let (belief, steps) = (scene.belief, scene.objective.horizon);
        let few = |parents: &[usize]| parents.len() <= FACTORS;
        if M::META.factors.len() > FACTORS
            || !M::META.factors.iter().all(|f| few(f.parents))
            || !M::META.modalities.iter().all(|m| few(m.parents))
        {
            return None;
        }
        let mut own = Sparse { ends: [0; FACTORS], at: [0; C], p: [T::zero(); C], used: 0 };
        let mut possible = [0usize; FACTORS];
        for f in 0..M::META.factors.len() {
            let start = own.used;
            for (i, &p) in belief.probabilities(f).iter().enumerate().filter(|_| scene.has_factor(f)) {
                if !negligible(p) {
                    *own.at.get_mut(own.used)? = i as u32;
                    own.p[own.used] = p;
                    own.used += 1;
                }
            }
            own.ends[f] = own.used as u16;
            possible[f] = own.used - start;
        }
        // What moves by a map becomes as many states at most, else any may be possible; and a table's row is written before it is gone through.
        for _ in 0..steps {
            let before = possible;
            M::each_factor(|site| {
                if !scene.has_factor(site.index) {
                    return;
                }
                let combinations = site.parents.iter().fold(1usize, |product, &f| product.saturating_mul(before[f]));
                possible[site.index] = if site.kind == Kind::Map { combinations.min(site.states) } else { site.states };
            });
            if possible.iter().sum::<usize>() > C {
                return None;
            }
        }
        Some(own)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn spread<M: GenerativeModel<T>>(&self, f: usize) -> Spread<'_, T> {
        let start = if f == 0 { 0 } else { usize::from(self.ends[f - 1]) };
        let range = start..usize::from(self.ends[f]);
        Spread::some(&self.at[range.clone()], &self.p[range], M::META.factors[f].states.count)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn weights<M: GenerativeModel<T>, R>(&self, parents: &[usize], f: impl FnOnce(Weights<'_, T>) -> R) -> R {
        let mut spreads = [Spread::NONE; FACTORS];
        for (to, &parent) in spreads.iter_mut().zip(parents) {
            *to = self.spread::<M>(parent);
        }
        f(Weights::Product(&spreads[..parents.len()]))
    }

    /// Adds to the probability of a state of the factor whose list began at `start` and is the last.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn add(&mut self, start: usize, state: u32, p: T) {
        let mut place = self.used;
        while place > start && self.at[place - 1] >= state {
            place -= 1;
        }
        if place < self.used && self.at[place] == state {
            self.p[place] += p;
            return;
        }
        self.at.copy_within(place..self.used, place + 1);
        self.p.copy_within(place..self.used, place + 1);
        (self.at[place], self.p[place]) = (state, p);
        self.used += 1;
    }

    /// Takes out what is negligible of the list that began at `start`, where `states` numbers say the last.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn end(&mut self, site: &FactorSite, start: usize) {
        let mut end = start;
        for place in start..self.used {
            if !negligible(self.p[place]) {
                (self.at[end], self.p[end]) = (self.at[place], self.p[place]);
                end += 1;
            }
        }
        self.used = end;
        self.ends[site.index] = end as u16;
    }
}

impl<T, const C: usize> Listed<T> for Sparse<T, C> {
    fn listed(&self) -> (&[u32], &[T]) {
        (&self.at[..self.used], &self.p[..self.used])
    }
}

impl<M: GenerativeModel<T>, T: Real, const C: usize> Imagined<M, T> for Sparse<T, C> {
    const JOINT: bool = false;

    fn after(&self, scene: &PlanningContext<'_, M, T>, action: usize) -> Self {
        let mut next = Sparse { ends: [0; FACTORS], at: [0; C], p: [T::zero(); C], used: 0 };
        M::each_factor(|site| {
            let start = next.used;
            if !scene.has_factor(site.index) {
                return next.end(site, start);
            }
            let table = scene.tables.transition(site, site.local_action(&M::META, action));
            self.weights::<M, ()>(site.parents, |weights| match table {
                Table::Map(map) => weights.each(|c, p| next.add(start, u32::from(map[c]), p)),
                Table::Sparse(table) => weights.each(|c, p| table.each(c, |s, b| next.add(start, s as u32, p * b))),
                Table::Fixed(table) => weights.add_rows(table, next.row(start, site.states)),
                Table::Free(table) => weights.add_rows(table, next.row(start, site.states)),
            });
            next.end(site, start);
        });
        next
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn with_weights<R>(&self, _: &PlanningContext<'_, M, T>, parents: &[usize], f: impl FnOnce(Weights<'_, T>) -> R) -> R {
        self.weights::<M, R>(parents, f)
    }

    fn marginals(&self, _: &PlanningContext<'_, M, T>) -> M::Belief {
        let mut belief = M::Belief::zero();
        for f in 0..M::META.factors.len() {
            let to = belief.probabilities_mut(f);
            Weights::Product(&[self.spread::<M>(f)]).each(|i, p| to[i] = p);
        }
        belief
    }

    fn whole(&self, scene: &PlanningContext<'_, M, T>) -> alloc::vec::Vec<T> {
        let mut whole = alloc::vec![T::one(); M::META.joint_states()];
        Joints::default().independent::<M, T>(&self.marginals(scene), &mut whole);
        whole
    }

    fn same(&self, other: &Self) -> bool {
        let ((at, p), (other_at, other_p)) = (self.listed(), other.listed());
        self.ends == other.ends && at == other_at && same(p, other_p)
    }

    fn hash(&self) -> u64 {
        let (at, p) = self.listed();
        let places = at.iter().fold(0u64, |hash, &i| (hash.rotate_left(5) ^ u64::from(i)).wrapping_mul(0x517c_c1b7_2722_0a95));
        hash_of(places, p)
    }
}

impl<T: Real, const C: usize> Sparse<T, C> {
    /// Room for all states of a factor whose list begins at `start`, empty.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn row(&mut self, start: usize, states: usize) -> &mut [T] {
        self.used = start + states;
        for (i, at) in self.at[start..self.used].iter_mut().enumerate() {
            *at = i as u32;
        }
        &mut self.p[start..self.used]
    }
}
