//! Measured modalities in the tables: their distributions, and the nodes at which plans look at them.

use alloc::string::ToString;
use core::fmt::Write;

use rand::Rng;

use super::GenerativeModel;
use super::error::ModelError;
use super::precisions::moderate;
use super::site::ModalitySite;
use super::tables::Tables;
use super::tabulator::{Arguments, Tabulator};
use crate::measure::{Liking, Measured, Spread, Spreads, lay};
use crate::scalar::{Lift, Real, exact_zero};

/// By how much the probability that nodes hold of a distribution may be off; it is made 1.
const NODES_TOLERANCE: f64 = 1e-2;

/// The log-density of a number under the distribution that numbers describe; the last of them is its constant.
#[cfg_attr(not(debug_assertions), inline(always))]
pub fn density_of<D: Measured<T>, T: Real>(distribution: &[T], number: T) -> T {
    match distribution.split_last() {
        Some((&constant, own)) => D::read(own).ln_rest(number) + constant,
        None => T::zero(),
    }
}

/// Runs `f` with numbers without their derivatives.
fn with_numbers<T: Real, X>(distribution: &[T], f: impl FnOnce(&[f64]) -> X) -> X {
    with_room(distribution.len(), 0.0, |numbers| {
        numbers.iter_mut().zip(distribution).for_each(|(to, from)| *to = from.value());
        f(numbers)
    })
}

/// Runs `f` with room for so many numbers, without allocating where they are few.
fn with_room<N: Copy, X>(count: usize, blank: N, f: impl FnOnce(&mut [N]) -> X) -> X {
    const FEW: usize = 16;
    if count <= FEW { f(&mut [blank; FEW][..count]) } else { f(&mut alloc::vec![blank; count]) }
}

/// A draw from the distribution that numbers describe.
pub fn draw_of<D: Measured<f64>, T: Real>(distribution: &[T], rng: &mut dyn Rng) -> f64 {
    with_numbers(distribution, |numbers| D::read(&numbers[..D::PARAMETERS]).sample(rng))
}

impl<M: GenerativeModel<T>, T: Real> Tabulator<'_, M, T> {
    /// Fills a measured modality from the method that is its conditional distribution, and its preference at a step of the policy.
    ///
    /// # Errors
    /// Names the first distribution that is none, or that nodes do not hold, or the number whose preference is not finite.
    pub fn measured<U: Real, D: Measured<U>, L: Liking<T>>(
        &mut self,
        site: &ModalitySite,
        mut distribution: impl FnMut(&Arguments) -> D,
        mut preference: impl FnMut(usize) -> L,
    ) -> Result<(), ModelError>
    where
        T: Lift<U>,
    {
        let width = D::PARAMETERS + 1;
        for context in 0..site.contexts {
            let at = self.arguments(site, context);
            let own = distribution(&at);
            let spread = own.spread();
            let sound = [spread.low, spread.high, spread.center, spread.width].iter().all(|x| x.is_finite());
            let stored = &mut self.tables.free[site.distributions.start + context * width..][..width];
            with_room(D::PARAMETERS, U::zero(), |numbers| {
                own.write(numbers);
                stored.iter_mut().zip(numbers.iter()).for_each(|(to, &from)| *to = T::lift(from));
            });
            stored[D::PARAMETERS] = T::lift(own.ln_constant());
            if !(sound && spread.width > 0.0 && spread.high >= spread.low && stored.iter().all(|x| x.is_finite())) {
                let numbers = stored[..D::PARAMETERS].iter().map(|x| x.value()).collect();
                return Err(ModelError::Distribution { column: self.column_name(site, &at), numbers });
            }
        }
        let stored = &self.tables.free[site.distributions.range()];
        let of = |context: usize| -> Spread {
            let own = &stored[context * width..][..D::PARAMETERS];
            with_room(D::PARAMETERS, U::zero(), |numbers| {
                numbers.iter_mut().zip(own).for_each(|(to, from)| *to = U::constant(from.value()));
                D::read(numbers).spread()
            })
        };
        let (nodes, weights) = self.tables.fixed[site.nodes.range()].split_at_mut(site.outcomes);
        lay(D::LINE, &Spreads { count: site.contexts, of: &of }, nodes, weights);
        for context in 0..site.contexts {
            self.probabilities(site, context)?;
        }
        self.liked(site, &mut preference)?;
        self.tables.refresh_modality(site, 0..site.contexts);
        Ok(())
    }

    /// How probable each node is under one combination of the parents' states.
    fn probabilities(&mut self, site: &ModalitySite, context: usize) -> Result<(), ModelError> {
        let mut sum = T::zero();
        for j in 0..site.outcomes {
            let (node, weight) =
                (self.tables.fixed[site.nodes.start + j], self.tables.fixed[site.nodes.start + site.outcomes + j]);
            let log = M::ln_density(site.index, self.tables.distribution(site, context), T::constant(node));
            // What is impossible has no derivatives.
            let p = if log.value() == f64::NEG_INFINITY { T::zero() } else { log.exp() * weight };
            self.tables.free[site.table.start + context * site.outcomes + j] = p;
            sum += p;
        }
        let off = (sum.value() - 1.0).abs();
        if off.is_nan() || off > NODES_TOLERANCE {
            let at = self.arguments(site, context);
            let (column, nodes) = (self.column_name(site, &at), site.outcomes);
            return Err(ModelError::Nodes { column, nodes, sum: sum.value() });
        }
        for p in &mut self.tables.free[site.table.start + context * site.outcomes..][..site.outcomes] {
            *p /= sum;
        }
        Ok(())
    }

    /// The preference of every node, at every step that has preferences of its own.
    fn liked<L: Liking<T>>(&mut self, site: &ModalitySite, preference: &mut impl FnMut(usize) -> L) -> Result<(), ModelError> {
        let stretch = M::EXTENT.outcomes;
        let mut wanted = false;
        for step in 0..self.tables.preferences.len().checked_div(stretch).unwrap_or(0) {
            let liking = preference(step);
            for j in 0..site.outcomes {
                let node = self.tables.fixed[site.nodes.start + j];
                let c = liking.at(node);
                if !c.is_moderate() {
                    let mut what = "the preference of ".to_string();
                    let _ = write!(what, "{} for {node}", M::META.modalities[site.index].name);
                    return Err(ModelError::Number { what, value: c.value(), expected: moderate(c) });
                }
                wanted |= !exact_zero(c);
                self.tables.preferences[step * stretch..][site.preference.range()][j] = c;
            }
        }
        self.tables.wanted[site.index] = wanted;
        Ok(())
    }
}

impl<M: GenerativeModel<T>, T: Real> Tables<M, T> {
    /// The numbers that describe the distribution of a measured modality under one combination of its parents' states, and last what of its
    /// log-density is the same for all numbers; of another modality, none.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn distribution(&self, site: &ModalitySite, context: usize) -> &[T] {
        let width = site.distributions.len / site.contexts.max(1);
        &self.free[site.distributions.start + context * width..][..width]
    }

    /// The nodes at which plans look at a measured modality; of another, none.
    pub fn nodes(&self, site: &ModalitySite) -> &[f64] {
        &self.fixed[site.nodes.range()][..site.nodes.len / 2]
    }
}
