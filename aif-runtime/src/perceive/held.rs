//! What is held now, and what was before the latest look or move.

/// What the earlier value was before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Since {
    Nothing,
    Look,
    Move,
}

/// A value with what it was before the latest look, which a second look replaces, or before the latest move, which can be taken back.
#[derive(Clone, Copy, Debug)]
pub(super) struct Held<S> {
    pub now: S,
    pub before: S,
    pub since: Since,
}

impl<S> Held<S> {
    pub fn new(now: S, before: S) -> Self {
        Held { now, before, since: Since::Nothing }
    }

    /// Begins anew; what was before counts no more.
    pub fn begin(&mut self) -> &mut S {
        self.since = Since::Nothing;
        &mut self.now
    }

    /// Looks: what is held now becomes what was before, unless the latest look is taken again.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn look(&mut self)
    where
        S: Copy,
    {
        if core::mem::replace(&mut self.since, Since::Look) != Since::Look {
            self.before = self.now;
        }
    }

    /// What the next look starts from.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn outlook(&self) -> &S {
        if self.since == Since::Look { &self.before } else { &self.now }
    }

    /// The latest move cannot be taken back any more.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn settle(&mut self) {
        if self.since == Since::Move {
            self.since = Since::Nothing;
        }
    }

    /// Whether the latest move can be taken back; it counts as taken back.
    pub fn take_back(&mut self) -> bool {
        let moved = self.since == Since::Move;
        self.settle();
        moved
    }
}
