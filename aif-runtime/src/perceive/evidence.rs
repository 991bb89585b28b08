//! The log-likelihood of evidence in one modality, for each combination of its parents' states.

use crate::evidence::Signal;
use crate::model::{GenerativeModel, ModalitySite, Table, Tables, entry};
use crate::scalar::{LN_LOG_FLOOR, Real, exact_zero, ln_clipped};

/// `ln A(evidence | context)`, clipped; 0 where nothing is known. Soft evidence enters by its expected log-likelihood,
/// `sum over outcomes of weight times ln A(outcome | context)`.
#[inline(always)]
pub fn log_likelihood<M: GenerativeModel<T>, T: Real>(
    tables: &Tables<M, T>,
    site: &ModalitySite,
    signal: Signal<'_, T>,
    context: usize,
) -> T {
    match signal {
        Signal::Missing => T::zero(),
        Signal::Seen(o) => match tables.log_likelihood(site) {
            Table::Map(map) => T::constant(if usize::from(map[context]) == o { 0.0 } else { LN_LOG_FLOOR }),
            Table::Fixed(logs) => T::constant(logs[o * site.contexts + context]),
            Table::Free(logs) => logs[o * site.contexts + context],
        },
        Signal::Soft(weights) => expected_log(tables, site, weights, context),
        Signal::Faint(weights, clarity) => {
            let table = tables.likelihood(site);
            let chance = (T::one() - clarity) / site.outcomes as f64;
            let mut sum = T::zero();
            for (o, &weight) in weights.iter().enumerate() {
                if !exact_zero(weight) {
                    sum += weight * ln_clipped(clarity * entry(table, context, site.outcomes, o) + chance);
                }
            }
            sum
        }
    }
}

#[inline]
fn expected_log<M: GenerativeModel<T>, T: Real>(tables: &Tables<M, T>, site: &ModalitySite, weights: &[T], context: usize) -> T {
    let mut sum = T::zero();
    with_table!(tables.log_likelihood(site),
        map => {
            for (o, &weight) in weights.iter().enumerate() {
                if usize::from(map[context]) != o && !exact_zero(weight) {
                    sum += weight * LN_LOG_FLOOR;
                }
            }
        },
        logs => {
            // No iterator by steps: that divides to know its length, which here costs as much as the sum.
            let mut at = context;
            for &weight in weights {
                if !exact_zero(weight) {
                    sum += weight * logs[at];
                }
                at += site.contexts;
            }
        },
    );
    sum
}
