//! What a search of the policy tree remembers: beliefs that it has met, their expected free energy, and the value of all that follows.

use super::imagined::{Imagined, Store};
use crate::model::GenerativeModel;
use crate::scalar::{Real, same};

/// Beliefs that were met, each with what it was worth.
pub(super) trait Memory<M: GenerativeModel<T>, T: Real, B> {
    /// Room for what no action moves.
    type Room: Store<T>;

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

/// Copies of up to `N` beliefs, and room for `R` numbers.
pub(super) struct Copies<B, T, const N: usize, const R: usize = 0> {
    hashes: [u64; N],
    memory: [Option<Copied<B, T>>; N],
    used: usize,
}

#[derive(Clone)]
struct Copied<B, T> {
    step: usize,
    belief: B,
    gain: T,
    values: [Option<T>; DEPTHS],
}

impl<B, T, const N: usize, const R: usize> Copies<B, T, N, R> {
    /// Few small beliefs are compared at once.
    const HASHED: bool = N > 16 || size_of::<B>() > 192;
}

impl<M: GenerativeModel<T>, T: Real, B: Imagined<M, T>, const N: usize, const R: usize> Memory<M, T, B> for Copies<B, T, N, R> {
    type Room = [T; R];

    fn new() -> Self {
        Copies { hashes: [0; N], memory: [const { None }; N], used: 0 }
    }

    #[inline(always)]
    fn hash(_: usize, belief: &B) -> u64 {
        if Self::HASHED { belief.hash() } else { 0 }
    }

    #[inline(always)]
    fn find(&self, hash: u64, step: usize, belief: &B) -> Option<usize> {
        (0..self.used)
            .filter(|&place| self.hashes[place] == hash)
            .find(|&place| self.memory[place].as_ref().is_some_and(|known| known.step == step && known.belief.same(belief)))
    }

    #[inline(always)]
    fn keep(&mut self, hash: u64, step: usize, belief: &B, gain: T) -> Option<usize> {
        if self.used == N {
            return None;
        }
        self.hashes[self.used] = hash;
        self.memory[self.used] = Some(Copied { step, belief: belief.clone(), gain, values: [None; DEPTHS] });
        self.used += 1;
        Some(self.used - 1)
    }

    #[inline(always)]
    fn gain(&self, place: usize) -> T {
        self.memory[place].as_ref().map_or(T::zero(), |known| known.gain)
    }

    #[inline(always)]
    fn value(&self, place: usize, remaining: usize) -> Option<T> {
        self.memory[place].as_ref().and_then(|known| *known.values.get(remaining - 1)?)
    }

    #[inline(always)]
    fn keep_value(&mut self, place: usize, remaining: usize, value: T) {
        if let Some(to) = self.memory[place].as_mut().and_then(|known| known.values.get_mut(remaining - 1)) {
            *to = Some(value);
        }
    }
}

/// A belief that is a short list of numbers, each with its place.
pub(super) trait Listed<T> {
    /// The places, in order, and what is there.
    fn listed(&self) -> (&[u32], &[T]);
}

/// How many beliefs a shelf holds, and for how many remaining steps each keeps its value.
const PLACES: usize = 256;
const SHELF_DEPTHS: usize = 8;

/// Up to 256 beliefs that are short lists, one after the other, `N` numbers in all.
pub(super) struct Shelf<T, const N: usize> {
    /// Of each belief, with its step.
    hashes: [u64; PLACES],
    gains: [T; PLACES],
    values: [[T; SHELF_DEPTHS]; PLACES],
    /// Which values are known, a bit each.
    known: [u8; PLACES],
    steps: [u16; PLACES],
    /// Where each list ends.
    ends: [u16; PLACES],
    used: usize,
    at: [u32; N],
    p: [T; N],
}

impl<T, const N: usize> Shelf<T, N> {
    fn start(&self, place: usize) -> usize {
        if place == 0 { 0 } else { usize::from(self.ends[place - 1]) }
    }
}

impl<M: GenerativeModel<T>, T: Real, B: Imagined<M, T> + Listed<T>, const N: usize> Memory<M, T, B> for Shelf<T, N> {
    type Room = [T; 0];

    fn new() -> Self {
        Shelf {
            hashes: [0; PLACES],
            gains: [T::zero(); PLACES],
            values: [[T::zero(); SHELF_DEPTHS]; PLACES],
            known: [0; PLACES],
            steps: [0; PLACES],
            ends: [0; PLACES],
            used: 0,
            at: [0; N],
            p: [T::zero(); N],
        }
    }

    fn hash(step: usize, belief: &B) -> u64 {
        belief.hash() ^ (step as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }

    fn find(&self, hash: u64, step: usize, belief: &B) -> Option<usize> {
        let (at, p) = belief.listed();
        let equal = |&place: &usize| {
            let range = self.start(place)..usize::from(self.ends[place]);
            usize::from(self.steps[place]) == step && self.at[range.clone()] == *at && same(&self.p[range], p)
        };
        (0..self.used).filter(|&place| self.hashes[place] == hash).find(equal)
    }

    fn keep(&mut self, hash: u64, step: usize, belief: &B, gain: T) -> Option<usize> {
        let (place, (at, p)) = (self.used, belief.listed());
        if place == PLACES || step > usize::from(u16::MAX) {
            return None;
        }
        let start = self.start(place);
        let end = start + at.len();
        let (Some(ats), Some(ps), Ok(end)) = (self.at.get_mut(start..end), self.p.get_mut(start..end), u16::try_from(end)) else {
            return None;
        };
        ats.copy_from_slice(at);
        ps.copy_from_slice(p);
        self.hashes[place] = hash;
        (self.ends[place], self.steps[place], self.gains[place]) = (end, step as u16, gain);
        self.used += 1;
        Some(place)
    }

    fn gain(&self, place: usize) -> T {
        self.gains[place]
    }

    fn value(&self, place: usize, remaining: usize) -> Option<T> {
        let known = remaining <= SHELF_DEPTHS && self.known[place] >> (remaining - 1) & 1 == 1;
        known.then(|| self.values[place][remaining - 1])
    }

    fn keep_value(&mut self, place: usize, remaining: usize, value: T) {
        if remaining <= SHELF_DEPTHS {
            self.values[place][remaining - 1] = value;
            self.known[place] |= 1 << (remaining - 1);
        }
    }
}
