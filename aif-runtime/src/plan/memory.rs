//! What a search of the policy tree remembers: beliefs that it has met, their expected free energy, and the value of all that follows.

use super::imagined::Imagined;
use super::list::{List, Lists};
use crate::model::GenerativeModel;
use crate::scalar::{Real, same};

/// Beliefs that were met, each with what it was worth.
pub(super) trait Memory<M: GenerativeModel<T>, T: Real, B> {
    /// Room for what no action moves.
    type Room: List<T>;

    /// Nothing remembered.
    fn new() -> Self;

    /// A few bits, to tell most beliefs apart; zero where that is not worth it.
    fn hash(step: usize, belief: &B) -> u64;

    /// Where a belief is remembered that was met at a step, by its hash.
    fn find(&self, hash: u64, step: usize, belief: &B) -> Option<usize>;

    /// Remembers a belief with its gain, if there is room.
    fn keep(&mut self, hash: u64, step: usize, belief: &B, gain: T) -> Option<usize>;

    /// The gain of what is remembered at a place.
    fn gain(&self, place: usize) -> T;

    /// The value of so many remaining steps, where it is known.
    fn value(&self, place: usize, remaining: usize) -> Option<T>;

    /// Remembers it, if there is room.
    fn keep_value(&mut self, place: usize, remaining: usize, value: T);
}

/// For how many remaining steps a belief keeps its value.
const DEPTHS: usize = 12;

/// What up to `N` beliefs were worth.
struct Worths<T, L: Lists, const N: usize> {
    /// Of each belief.
    hashes: L::Of<u64, N>,
    worths: L::Of<Worth<T>, N>,
    /// For each number of remaining steps, of the beliefs of which any is known.
    values: L::Of<[Option<T>; DEPTHS], N>,
}

struct Worth<T> {
    step: usize,
    gain: T,
    /// Where its values lie.
    values: Option<usize>,
}

impl<T: Real, L: Lists, const N: usize> Worths<T, L, N> {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn new() -> Self {
        Worths { hashes: List::new(), worths: List::new(), values: List::new() }
    }

    /// The first of those met at a step that have a hash and are the same.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn find(&self, hash: u64, step: usize, is_same: impl Fn(usize) -> bool) -> Option<usize> {
        let hashes = self.hashes.iter().enumerate();
        hashes
            .filter(|&(_, &known)| known == hash)
            .map(|(place, _)| place)
            .find(|&place| self.worths[place].step == step && is_same(place))
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn keep(&mut self, hash: u64, step: usize, gain: T) -> Option<usize> {
        self.hashes.add(hash)?;
        self.worths.add(Worth { step, gain, values: None })
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn value(&self, place: usize, remaining: usize) -> Option<T> {
        *self.values[self.worths[place].values?].get(remaining - 1)?
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn keep_value(&mut self, place: usize, remaining: usize, value: T) {
        if remaining > DEPTHS {
            return;
        }
        let worth = &mut self.worths[place];
        if worth.values.is_none() {
            worth.values = self.values.add([None; DEPTHS]);
        }
        if let Some(values) = worth.values {
            self.values[values][remaining - 1] = Some(value);
        }
    }
}

/// Copies of up to `N` beliefs, and room for `R` numbers.
pub(super) struct Copies<B, T, L: Lists, const N: usize, const R: usize = 0> {
    beliefs: L::Of<B, N>,
    worths: Worths<T, L, N>,
}

impl<B, T, L: Lists, const N: usize, const R: usize> Copies<B, T, L, N, R> {
    /// Few small beliefs are compared at once.
    const HASHED: bool = N > 16 || size_of::<B>() > 192;
}

impl<M, T, B, L, const N: usize, const R: usize> Memory<M, T, B> for Copies<B, T, L, N, R>
where
    M: GenerativeModel<T>,
    T: Real,
    B: Imagined<M, T>,
    L: Lists,
{
    type Room = L::Of<T, R>;

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn new() -> Self {
        Copies { beliefs: List::new(), worths: Worths::new() }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn hash(_: usize, belief: &B) -> u64 {
        if Self::HASHED { belief.hash() } else { 0 }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn find(&self, hash: u64, step: usize, belief: &B) -> Option<usize> {
        self.worths.find(hash, step, |place| self.beliefs[place].same(belief))
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn keep(&mut self, hash: u64, step: usize, belief: &B, gain: T) -> Option<usize> {
        if self.beliefs.len() == N {
            return None;
        }
        self.beliefs.add(belief.clone())?;
        self.worths.keep(hash, step, gain)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn gain(&self, place: usize) -> T {
        self.worths.worths[place].gain
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn value(&self, place: usize, remaining: usize) -> Option<T> {
        self.worths.value(place, remaining)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn keep_value(&mut self, place: usize, remaining: usize, value: T) {
        self.worths.keep_value(place, remaining, value);
    }
}

/// A belief that is a short list of numbers, each with its place.
pub(super) trait Listed<T> {
    /// The places, in order, and what is there.
    fn listed(&self) -> (&[u32], &[T]);
}

/// How many beliefs a shelf holds.
const PLACES: usize = 256;

/// Up to 256 beliefs that are short lists, one after the other, `N` numbers in all.
pub(super) struct ListMemory<T, L: Lists, const N: usize> {
    /// Where each list ends.
    ends: L::Of<usize, PLACES>,
    at: L::Of<u32, N>,
    p: L::Of<T, N>,
    worths: Worths<T, L, PLACES>,
}

impl<T, L: Lists, const N: usize> ListMemory<T, L, N> {
    fn start(&self, place: usize) -> usize {
        if place == 0 { 0 } else { self.ends[place - 1] }
    }
}

impl<M: GenerativeModel<T>, T: Real, B: Imagined<M, T> + Listed<T>, L: Lists, const N: usize> Memory<M, T, B>
    for ListMemory<T, L, N>
{
    type Room = L::Of<T, 0>;

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn new() -> Self {
        ListMemory { ends: List::new(), at: List::new(), p: List::new(), worths: Worths::new() }
    }

    fn hash(step: usize, belief: &B) -> u64 {
        belief.hash() ^ (step as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }

    fn find(&self, hash: u64, step: usize, belief: &B) -> Option<usize> {
        let (at, p) = belief.listed();
        self.worths.find(hash, step, |place| {
            let range = self.start(place)..self.ends[place];
            self.at[range.clone()] == *at && same(&self.p[range], p)
        })
    }

    fn keep(&mut self, hash: u64, step: usize, belief: &B, gain: T) -> Option<usize> {
        let (at, p) = belief.listed();
        if self.ends.len() == PLACES || N - self.at.len() < at.len() {
            return None;
        }
        for (&at, &p) in at.iter().zip(p) {
            self.at.add(at)?;
            self.p.add(p)?;
        }
        self.ends.add(self.at.len())?;
        self.worths.keep(hash, step, gain)
    }

    fn gain(&self, place: usize) -> T {
        self.worths.worths[place].gain
    }

    fn value(&self, place: usize, remaining: usize) -> Option<T> {
        self.worths.value(place, remaining)
    }

    fn keep_value(&mut self, place: usize, remaining: usize, value: T) {
        self.worths.keep_value(place, remaining, value);
    }
}
