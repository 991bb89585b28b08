//! Lists of so many things at most: on the stack where these are small, and without a word written to it before they come.

use alloc::vec::Vec;
use core::ops::{Deref, DerefMut};

use arrayvec::ArrayVec;

/// A list with room for so many.
pub(super) trait List<X>: Deref<Target = [X]> + DerefMut {
    /// Nothing in it.
    fn new() -> Self;

    /// Adds one, if there is room; where it lies.
    fn add(&mut self, x: X) -> Option<usize>;
}

/// Where lists lie.
pub(super) trait Lists {
    /// A list with room for `N`.
    type Of<X, const N: usize>: List<X>;
}

/// Lists of small numbers.
pub(super) struct OnStack;

impl Lists for OnStack {
    type Of<X, const N: usize> = ArrayVec<X, N>;
}

impl<X, const N: usize> List<X> for ArrayVec<X, N> {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn new() -> Self {
        ArrayVec::new()
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn add(&mut self, x: X) -> Option<usize> {
        let place = self.len();
        self.try_push(x).ok().map(|()| place)
    }
}

/// Lists of numbers with many derivatives: a thread's stack would not hold them.
pub(super) struct OnHeap;

impl Lists for OnHeap {
    type Of<X, const N: usize> = Heaped<X, N>;
}

/// Up to `N` on the heap.
pub(super) struct Heaped<X, const N: usize>(Vec<X>);

impl<X, const N: usize> Deref for Heaped<X, N> {
    type Target = [X];

    fn deref(&self) -> &[X] {
        &self.0
    }
}

impl<X, const N: usize> DerefMut for Heaped<X, N> {
    fn deref_mut(&mut self) -> &mut [X] {
        &mut self.0
    }
}

impl<X, const N: usize> List<X> for Heaped<X, N> {
    fn new() -> Self {
        Heaped(Vec::new())
    }

    fn add(&mut self, x: X) -> Option<usize> {
        let place = self.0.len();
        (place < N).then(|| self.0.push(x)).map(|()| place)
    }
}
