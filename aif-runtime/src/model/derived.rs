//! What follows from a table column by column: logarithms, ambiguity, expected preference, and the novelty of counts.

use super::GenerativeModel;
use super::meta::Kind;
use super::site::{FactorSite, ModalitySite, Span};
use super::tables::Tables;
use crate::scalar::{LN_LOG_FLOOR, Real, SIDE, entropy, exact_zero, ln_clipped};

impl<M: GenerativeModel<T>, T: Real> Tables<M, T> {
    /// Works out what follows from the chosen columns of a likelihood and from its preferences.
    pub(crate) fn refresh_modality(&mut self, site: &ModalitySite, contexts: impl Iterator<Item = usize>) {
        for context in contexts {
            match site.kind {
                Kind::Map | Kind::Sparse => {}
                Kind::Fixed => logs_and_entropy(&mut self.fixed, site, context),
                Kind::Free => logs_and_entropy(&mut self.free, site, context),
                Kind::Dirichlet => {
                    logs_and_entropy(&mut self.free, site, context);
                    if self.novel {
                        let column = Span { start: site.columns.start + context, len: 1 };
                        self.novelty_of(site.counts.start + context * site.outcomes, site.outcomes, column);
                    }
                }
            }
            self.expect_preference(site, context);
        }
    }

    /// Works out what follows from the chosen columns of a transition.
    pub(crate) fn refresh_factor(&mut self, site: &FactorSite, columns: impl Iterator<Item = usize>) {
        if site.kind == Kind::Dirichlet && self.novel {
            for column in columns {
                let place = Span { start: site.columns.start + column, len: 1 };
                self.novelty_of(site.counts.start + column * site.states, site.states, place);
            }
        }
    }

    /// Works out the expected preferences of a modality from its preferences.
    pub(crate) fn refresh_utility(&mut self, site: &ModalitySite) {
        (0..site.contexts).for_each(|context| self.expect_preference(site, context));
    }

    /// Works out the expected preference of one column of a likelihood, at every step that has preferences of its own.
    fn expect_preference(&mut self, site: &ModalitySite, context: usize) {
        let (stretch, outcomes) = (M::EXTENT.utility, M::EXTENT.outcomes);
        for step in 0..self.utility.len().checked_div(stretch).unwrap_or(0) {
            let preference = &self.preferences[step * outcomes..][site.preference.range()];
            let column = site.table.start + context * site.outcomes;
            self.utility[step * stretch + site.utility.start + context] = match site.kind {
                Kind::Map => preference[usize::from(self.maps[site.table.start + context])],
                Kind::Sparse => T::zero(),
                Kind::Fixed => {
                    let column = &self.fixed[column..][..site.outcomes];
                    column.iter().zip(preference).fold(T::zero(), |sum, (&p, &c)| sum + c * p)
                }
                Kind::Free | Kind::Dirichlet => {
                    let column = &self.free[column..][..site.outcomes];
                    column.iter().zip(preference).fold(T::zero(), |sum, (&p, &c)| sum + c * p)
                }
            };
        }
    }
}

/// The clipped logarithms of one column of a likelihood, and its entropy.
fn logs_and_entropy<S: Real>(storage: &mut [S], site: &ModalitySite, context: usize) {
    let column = site.table.start + context * site.outcomes;
    let mut own = S::zero();
    for o in 0..site.outcomes {
        let p = storage[column + o];
        let log = if exact_zero(p) { S::constant(LN_LOG_FLOOR) } else { ln_clipped(p) };
        storage[site.logs.start + o * site.contexts + context] = log;
        if !exact_zero(p) {
            own -= p * log;
        }
    }
    // The sum that planning makes of the same numbers.
    if site.outcomes >= SIDE {
        own = entropy(&storage[column..][..site.outcomes]);
    }
    storage[site.ambiguity.start + context] = own;
    if site.width > 0 {
        let row = site.rows.start + context * site.width;
        storage.copy_within(column..column + site.outcomes, row);
        storage[row + site.outcomes] = own;
    }
}
