//! Which parents of a modality matter once the state of one of them is known: found in the numbers of its table.
//!
//! Who pulls one of four arms sees nothing of the other three: given which was pulled, columns of the table that differ in another arm alone are the
//! same. What is expected and what is seen then has nothing to do with it (context-specific independence; Boutilier et al. 1996).

use super::GenerativeModel;
use super::meta::Kind;
use super::site::ModalitySite;
use super::tables::Tables;
use crate::scalar::{Real, same};

/// All parents matter.
const ALL: u16 = u16::MAX;

impl<M: GenerativeModel<T>, T: Real> Tables<M, T> {
    /// Finds out which parents of a likelihood matter, given each state of each.
    pub(super) fn relate(&mut self, site: &ModalitySite) {
        if site.relevant.len == 0 {
            return;
        }
        let mut relevant = core::mem::take(&mut self.relevance);
        let own = &mut relevant[site.relevant.range()];
        let mut at = 0;
        for (k, &parent) in site.parents.iter().enumerate() {
            let states = M::META.factors[parent].states.count;
            own[at..at + states].fill(1 << k);
            at += states;
        }
        let mut stride = site.contexts;
        for (j, &parent) in site.parents.iter().enumerate() {
            let states = M::META.factors[parent].states.count;
            stride /= states;
            for context in 0..site.contexts {
                if (context / stride).is_multiple_of(states) || self.same_column(site, context, context - stride) {
                    continue;
                }
                // The parent matters in this combination: in each state of the others that it has.
                let (mut rest, mut at) = (context, site.relevant.len);
                for &other in site.parents.iter().rev() {
                    let count = M::META.factors[other].states.count;
                    at -= count;
                    own[at + rest % count] |= 1 << j;
                    rest /= count;
                }
            }
        }
        self.relevance = relevant;
    }

    fn same_column(&self, site: &ModalitySite, a: usize, b: usize) -> bool {
        let range = |c: usize| site.table.start + c * site.outcomes..site.table.start + (c + 1) * site.outcomes;
        match site.kind {
            Kind::Map => self.maps[site.table.start + a] == self.maps[site.table.start + b],
            Kind::Fixed => self.fixed[range(a)] == self.fixed[range(b)],
            Kind::Free => same(&self.free[range(a)], &self.free[range(b)]),
            Kind::Dirichlet | Kind::Sparse => false,
        }
    }

    /// Which parents of a likelihood matter where the one whose states begin at `start` among those of all parents is in a state: a bit for each,
    /// by its position.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn relevant(&self, site: &ModalitySite, start: usize, state: usize) -> u16 {
        if site.relevant.len == 0 { ALL } else { self.relevance[site.relevant.start + start + state] }
    }
}
