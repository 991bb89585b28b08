//! What no action moves is the same in all policies: what planning makes of it is worked out once for each step ahead.
//!
//! A factor is steady where no action drives it and all that it moves with is steady. Of a modality whose first or last parents are steady, rows are
//! added up over these once, and what is left is a table over the other parents. The dependency graph says so, hence the compiler knows
//! ([`Beforehand`]).

use crate::model::{Beforehand, ModalitySite};

/// So many steps ahead.
pub(super) const STEPS: usize = 8;

/// Where what is kept lies.
pub(super) struct Kept<'a, T> {
    /// Room for all modalities of one step after the other; empty where nothing is kept.
    room: &'a mut [T],
    /// Which modalities are known of each step, a bit each.
    known: &'a mut [u64],
}

/// What is kept of one modality at one step.
pub(super) struct Place<'a, T> {
    pub what: Beforehand,
    /// Whether it is there already.
    pub known: bool,
    pub room: &'a mut [T],
}

impl<'a, T> Kept<'a, T> {
    pub fn new(room: &'a mut [T], known: &'a mut [u64; STEPS]) -> Self {
        Kept { room, known }
    }

    /// Nothing is kept.
    pub fn none() -> Self {
        Kept { room: &mut [], known: &mut [] }
    }

    /// What is kept of a modality at a step, to be filled where it is not known; it counts as known from now on.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn place(&mut self, site: &ModalitySite, step: usize) -> Option<Place<'_, T>> {
        if self.room.is_empty() || site.index >= 64 || step >= self.known.len() {
            return None;
        }
        let what = site.beforehand;
        if what == Beforehand::None {
            return None;
        }
        let room = self.room.get_mut(step * site.kept_of_all + site.kept.start..)?.get_mut(..site.kept.len)?;
        let known = self.known[step] >> site.index & 1 == 1;
        self.known[step] |= 1 << site.index;
        Some(Place { what, known, room })
    }
}
