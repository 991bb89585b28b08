//! The log-likelihood of evidence in one modality, for each combination of its parents' states.

use super::contexts::each_context;
use crate::evidence::Signal;
use crate::math;
use crate::model::{Assignment, GenerativeModel, Marginals, ModalitySite, Table, Tables, entry};
use crate::random::{Rng, categorical};
use crate::scalar::{LN_LOG_FLOOR, Real, exact_zero, ln_clipped};

/// `ln A(evidence | context)`, clipped; 0 where nothing is known. Soft evidence enters by its expected log-likelihood,
/// `sum over outcomes of weight times ln A(outcome | context)`; likelihood evidence by the logarithm of its likelihood,
/// `ln sum over outcomes of weight times A(outcome | context)`, clipped relative to its largest weight.
#[cfg_attr(not(debug_assertions), inline(always))]
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
            Table::Sparse(_) => unreachable!("only a transition is stored without its zeros"),
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
        Signal::Measured(number) => {
            let log = M::ln_density(site.index, tables.distribution(site, context), number);
            if log.value() > f64::NEG_INFINITY { log } else { T::constant(LN_IMPOSSIBLE) }
        }
        Signal::Likelihood(weights) => {
            let unit = unit(weights);
            ln_clipped(weighed(tables.likelihood(site), weights, unit, context)) + math::ln(unit)
        }
    }
}

/// What the log-density of a measurement counts as that cannot be: nothing else is clipped.
const LN_IMPOSSIBLE: f64 = -1e5;

/// What densities of a measurement are measured by, so that they do not vanish however improbable it is: the largest logarithm among all
/// combinations of the parents' states. It is a constant, without derivatives. 0 where none is finite.
fn peak<M: GenerativeModel<T>, T: Real>(tables: &Tables<M, T>, site: &ModalitySite, number: T) -> f64 {
    let log = |context| M::ln_density(site.index, tables.distribution(site, context), number).value();
    let largest = (0..site.contexts).map(log).fold(f64::NEG_INFINITY, f64::max);
    if largest.is_finite() { largest } else { 0.0 }
}

/// The density of a measurement given a combination of the parents' states, over `exp(peak)`.
#[inline]
fn density<M: GenerativeModel<T>, T: Real>(
    tables: &Tables<M, T>,
    site: &ModalitySite,
    (number, peak): (T, f64),
    context: usize,
) -> T {
    let log = M::ln_density(site.index, tables.distribution(site, context), number);
    // What is impossible has no derivatives.
    if log.value() > f64::NEG_INFINITY { (log - peak).exp() } else { T::zero() }
}

/// The log-density of a measurement of modality `m` under a factorised belief about the state, `ln sum over states of q(state) p(number | state)`;
/// minus infinity where it cannot be.
pub fn log_predictive<M: GenerativeModel<T>, T: Real>(tables: &Tables<M, T>, belief: &M::Belief, m: usize, number: T) -> T {
    let mut log = T::constant(f64::NEG_INFINITY);
    M::each_modality(|site| {
        if site.index != m {
            return;
        }
        let (peak, mut sum) = (peak(tables, site, number), T::zero());
        each_context(belief, site.parents, |context, q| sum += q * density(tables, site, (number, peak), context));
        if sum.value() > 0.0 {
            log = sum.ln() + peak;
        }
    });
    log
}

/// A draw of what modality `m` measures under a factorised belief about the state; of one that measures nothing, `None`.
pub fn draw_predictive<M: GenerativeModel>(tables: &Tables<M>, belief: &M::Belief, m: usize, rng: &mut dyn Rng) -> Option<f64> {
    let mut drawn = None;
    M::each_modality(|site| {
        if site.index == m && site.distributions.len > 0 {
            let mut state = M::State::first();
            site.parents.iter().for_each(|&f| state.set(f, categorical(belief.probabilities(f), rng)));
            let column = M::META.context(site.parents, |f| state.get(f));
            drawn = Some(M::draw(m, tables.distribution(site, column), rng));
        }
    });
    drawn
}

/// What weights are measured by, so that any common factor of theirs gives the same beliefs: the largest of them. It is a constant, without
/// derivatives. 1 where there is none above zero that is finite.
#[inline]
pub(crate) fn unit<T: Real>(weights: &[T]) -> f64 {
    let largest = weights.iter().fold(0.0f64, |largest, weight| largest.max(weight.value()));
    if largest > 0.0 && largest < f64::INFINITY { largest } else { 1.0 }
}

/// The likelihood of a reading whose cause is one of the outcomes: `sum over outcomes of weight times A(outcome | context)`, in their unit.
#[inline]
pub(crate) fn weighed<T: Real>(table: Table<'_, T>, weights: &[T], unit: f64, context: usize) -> T {
    let outcomes = weights.len();
    let mut sum = T::zero();
    with_table!(table,
        map => {
            if let Some(&weight) = weights.get(usize::from(map[context])) {
                sum = weight / unit;
            }
        },
        table => {
            for (&weight, &p) in weights.iter().zip(&table[context * outcomes..][..outcomes]) {
                if !exact_zero(weight) {
                    let product = weight / unit * p;
                    sum += product;
                }
            }
        },
    );
    sum
}

/// How probable a reading with these weights is where outcomes have these probabilities, as a logarithm: `ln sum over outcomes of weight times
/// probability`, clipped relative to the largest weight.
pub fn log_weighed<T: Real>(weights: &[T], probabilities: &[T]) -> T {
    let unit = unit(weights);
    let sum = weights.iter().zip(probabilities).fold(T::zero(), |sum, (&weight, &p)| sum + weight / unit * p);
    ln_clipped(sum) + math::ln(unit)
}

/// What the likelihoods of evidence in one modality are measured by, so that any common factor of theirs gives the same numbers: what [`likelihood`]
/// takes out of each, and the logarithm of that, which belongs into the log evidence.
pub(super) fn scale<M: GenerativeModel<T>, T: Real>(
    tables: &Tables<M, T>,
    site: &ModalitySite,
    signal: Signal<'_, T>,
) -> (f64, f64) {
    match signal {
        Signal::Likelihood(weights) => {
            let unit = unit(weights);
            (unit, math::ln(unit))
        }
        Signal::Measured(number) => {
            let peak = peak(tables, site, number);
            (peak, peak)
        }
        Signal::Seen(_) | Signal::Soft(_) | Signal::Faint(..) | Signal::Missing => (1.0, 0.0),
    }
}

/// The likelihood of evidence in one modality given a combination of the parents' states, without what [`scale`] takes out. Soft evidence enters by
/// its expected log-likelihood, as in fixed-point iteration.
#[inline]
pub(super) fn likelihood<M: GenerativeModel<T>, T: Real>(
    tables: &Tables<M, T>,
    site: &ModalitySite,
    (signal, scale): (Signal<'_, T>, f64),
    context: usize,
) -> T {
    match signal {
        Signal::Missing => T::one(),
        Signal::Seen(o) => entry(tables.likelihood(site), context, site.outcomes, o),
        Signal::Likelihood(weights) => weighed(tables.likelihood(site), weights, scale, context),
        Signal::Measured(number) => density(tables, site, (number, scale), context),
        Signal::Soft(_) | Signal::Faint(..) => log_likelihood(tables, site, signal, context).exp(),
    }
}

/// Whether a signal can come from a combination of parent states; soft evidence always can.
#[inline]
pub(super) fn can_come<M: GenerativeModel<T>, T: Real>(
    tables: &Tables<M, T>,
    site: &ModalitySite,
    signal: Signal<'_, T>,
    context: usize,
) -> bool {
    match signal {
        Signal::Seen(o) => entry(tables.likelihood(site), context, site.outcomes, o).value() > 0.0,
        Signal::Likelihood(weights) => weighed(tables.likelihood(site), weights, unit(weights), context).value() > 0.0,
        Signal::Measured(number) => {
            M::ln_density(site.index, tables.distribution(site, context), number).value() > f64::NEG_INFINITY
        }
        Signal::Soft(_) | Signal::Faint(..) | Signal::Missing => true,
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
