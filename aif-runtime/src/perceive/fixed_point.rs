//! Fixed-point iteration: the mean-field posterior over factors.
//!
//! `ln q_f(s) = sum over modalities m that depend on f of E_{q of the other parents}[ln A_m(o | s, ..)] + ln prior_f(s)`, from uniform
//! `q`, sweep after sweep (Heins et al. 2022, pymdp; conventions: logarithms clipped at [`LOG_FLOOR`](crate::scalar::LOG_FLOOR)).
//!
//! Updated one factor after the other, each sweep lowers the variational free energy or leaves it (coordinate ascent; Blei et al. 2017,
//! section 2.4), so it converges. Updated all at once, factors that compete to explain an outcome may swing for ever.

use super::contexts::each_of_many;
use super::evidence::log_likelihood;
use super::messages::add_message;
use super::possible::{Set, alone, logarithms, one_by_one, take_out_remains, together};
use super::spread::Spread;
use super::sweeps::Sweeps;
use crate::evidence::Signal;
use crate::model::{GenerativeModel, Marginals, ModalitySite, Table, Tables};
use crate::scalar::{LN_LOG_FLOOR, Real, ln_clipped, negligible, softmax};

/// The factorised posterior over hidden states given evidence, from a factorised `prior`.
///
/// Parallel sweeps stop early, with the same result, once one of them changes no bit; sequential ones once no probability (nor any of
/// its derivatives) moves by more than the tolerance.
pub fn fixed_point<M: GenerativeModel<T>, T: Real>(
    tables: &Tables<M, T>,
    prior: &M::Belief,
    evidence: &M::Evidence,
    sweeps: Sweeps,
) -> M::Belief {
    match sweeps {
        Sweeps::Parallel(count) => {
            let (mut constant, coupled) = constant::<M, T>(tables, prior, evidence);
            if !coupled {
                for f in 0..M::META.factors.len() {
                    softmax(constant.probabilities_mut(f));
                }
                return constant;
            }
            parallel(tables, evidence, &constant, uniform::<M, T>(), count)
        }
        Sweeps::Sequential { most, tolerance } => {
            let (belief, coupled) = alone(tables, prior, evidence);
            if !coupled {
                return belief;
            }
            match one_by_one(tables, evidence, &belief) {
                Some(belief) => belief,
                None => agreed(tables, evidence, belief, most, tolerance),
            }
        }
    }
}

/// Sequential sweeps from what each factor makes of the evidence by itself.
fn agreed<M: GenerativeModel<T>, T: Real>(
    tables: &Tables<M, T>,
    evidence: &M::Evidence,
    mut belief: M::Belief,
    most: usize,
    tolerance: f64,
) -> M::Belief {
    let (contradicted, doubled) = together(tables, evidence, &mut belief);
    let constant = logarithms::<M, T>(&belief, contradicted);
    let mut start = M::Belief::zero();
    for f in 0..M::META.factors.len() {
        let possible = |log: &&T| log.value() > f64::NEG_INFINITY;
        let logs = constant.probabilities(f);
        let flat = T::constant(1.0 / logs.iter().filter(possible).count().max(1) as f64);
        let to = start.probabilities_mut(f).iter_mut().zip(logs);
        to.filter(|(_, log)| possible(log)).for_each(|(to, _)| *to = flat);
    }
    let mut belief = sequential(tables, evidence, &constant, start, (most, tolerance), doubled);
    if !contradicted.is_empty() {
        for f in (0..M::META.factors.len()).filter(|&f| contradicted.has(f)) {
            let q = belief.probabilities_mut(f);
            let total = take_out_remains(q);
            q.iter_mut().for_each(|q| *q /= total);
        }
    }
    belief
}

/// How far a belief is from settled: the largest move of a probability (or of one of its derivatives) in one more sequential sweep.
///
/// Beliefs that swing under parallel sweeps are far from settled; those of a converged iteration are within its tolerance.
pub fn residual<M: GenerativeModel<T>, T: Real>(
    tables: &Tables<M, T>,
    prior: &M::Belief,
    evidence: &M::Evidence,
    belief: &M::Belief,
) -> f64 {
    let constant = constant::<M, T>(tables, prior, evidence).0;
    let next = sequential(tables, evidence, &constant, *belief, (1, 0.0), Set::default());
    let mut belief = *belief;
    (0..M::META.factors.len()).fold(0.0, |most, f| moves(belief.probabilities_mut(f), next.probabilities(f), most))
}

/// What does not change between sweeps (the prior, and the messages of modalities with one parent), and whether that is not all.
#[cfg_attr(not(debug_assertions), inline(always))]
fn constant<M: GenerativeModel<T>, T: Real>(
    tables: &Tables<M, T>,
    prior: &M::Belief,
    evidence: &M::Evidence,
) -> (M::Belief, bool) {
    let mut constant = M::Belief::zero();
    for f in 0..M::META.factors.len() {
        for (to, &p) in constant.probabilities_mut(f).iter_mut().zip(prior.probabilities(f)) {
            *to = ln_clipped(p);
        }
    }
    let mut coupled = false;
    M::each_modality(|site| match (M::signal(evidence, site.index), site.parents) {
        (Signal::Missing, _) | (_, []) => {}
        (signal, &[parent]) => message_of_one::<M, T>(tables, site, signal, constant.probabilities_mut(parent)),
        _ => coupled = true,
    });
    (constant, coupled)
}

/// Every state of every factor equally probable.
pub(super) fn uniform<M: GenerativeModel<T>, T: Real>() -> M::Belief {
    let mut belief = M::Belief::zero();
    for f in 0..M::META.factors.len() {
        let q = belief.probabilities_mut(f);
        let flat = T::constant(1.0 / q.len() as f64);
        q.fill(flat);
    }
    belief
}

fn parallel<M: GenerativeModel<T>, T: Real>(
    tables: &Tables<M, T>,
    evidence: &M::Evidence,
    constant: &M::Belief,
    mut belief: M::Belief,
    count: usize,
) -> M::Belief {
    for _ in 0..count {
        let mut next = *constant;
        M::each_modality(|site| {
            if site.parents.len() > 1 {
                messages::<M, T>(tables, site, M::signal(evidence, site.index), &belief, &mut next);
            }
        });
        for f in 0..M::META.factors.len() {
            softmax(next.probabilities_mut(f));
        }
        let settled = next == belief;
        belief = next;
        if settled {
            break;
        }
    }
    belief
}

fn sequential<M: GenerativeModel<T>, T: Real>(
    tables: &Tables<M, T>,
    evidence: &M::Evidence,
    constant: &M::Belief,
    mut belief: M::Belief,
    (most, tolerance): (usize, f64),
    doubled: Set,
) -> M::Belief {
    let mut next = belief;
    for _ in 0..most {
        let mut moved = 0.0;
        M::each_factor(|factor| {
            let to = next.probabilities_mut(factor.index);
            to.copy_from_slice(constant.probabilities(factor.index));
            M::each_modality(|site| {
                if let [_, _, ..] = site.parents
                    && let Some(position) = site.parents.iter().position(|&f| f == factor.index)
                {
                    let signal = M::signal(evidence, site.index);
                    message::<M, T>(tables, site, signal, &belief, position, to);
                    // What contradicts a certain belief counts more than it.
                    if doubled.has(site.index) {
                        message::<M, T>(tables, site, signal, &belief, position, to);
                    }
                }
            });
            softmax(to);
            moved = moves(belief.probabilities_mut(factor.index), to, moved);
        });
        if moved <= tolerance {
            break;
        }
    }
    belief
}

/// Replaces `old` by `new`; the largest move of a probability or of one of its derivatives, or `so_far` if that is larger.
pub(super) fn moves<T: Real>(old: &mut [T], new: &[T], so_far: f64) -> f64 {
    let mut largest = so_far;
    for (old, &new) in old.iter_mut().zip(new) {
        (new - *old).bits(|bits| largest = largest.max(f64::from_bits(bits).abs()));
        *old = new;
    }
    largest
}

/// The log-likelihood of the evidence in one modality, for each state of its only parent.
#[cfg_attr(not(debug_assertions), inline(always))]
fn message_of_one<M: GenerativeModel<T>, T: Real>(
    tables: &Tables<M, T>,
    site: &ModalitySite,
    signal: Signal<'_, T>,
    to: &mut [T],
) {
    match signal {
        Signal::Missing => {}
        Signal::Seen(o) => with_table!(tables.log_likelihood(site),
            map => {
                for (to, &outcome) in to.iter_mut().zip(map) {
                    if usize::from(outcome) != o {
                        *to = *to + LN_LOG_FLOOR;
                    }
                }
            },
            logs => {
                for (to, &log) in to.iter_mut().zip(&logs[o * site.contexts..][..site.contexts]) {
                    let sum = *to + log;
                    *to = sum;
                }
            },
        ),
        signal => {
            for (context, to) in to.iter_mut().enumerate() {
                *to += log_likelihood(tables, site, signal, context);
            }
        }
    }
}

/// Runs `$body` with `$term(combination, q)` as `q ln A(evidence | combination)`, by how the table is stored.
macro_rules! with_logs {
    ($tables:ident, $site:ident, $signal:ident, |$term:ident| $body:expr) => {
        match $signal {
            Signal::Missing => {}
            Signal::Seen(o) => with_table!($tables.log_likelihood($site),
                map => {
                    let $term = |c: usize, q: T| if usize::from(map[c]) == o { T::zero() } else { q * LN_LOG_FLOOR };
                    $body
                },
                logs => {
                    let logs = &logs[o * $site.contexts..][..$site.contexts];
                    let $term = |c: usize, q: T| q * logs[c];
                    $body
                },
            ),
            signal => {
                let $term = |c: usize, q: T| q * log_likelihood($tables, $site, signal, c);
                $body
            }
        }
    };
}

/// Adds the messages of one modality with several parents to the log-beliefs of all of them.
#[cfg_attr(not(debug_assertions), inline(always))]
fn messages<M: GenerativeModel<T>, T: Real>(
    tables: &Tables<M, T>,
    site: &ModalitySite,
    signal: Signal<'_, T>,
    belief: &M::Belief,
    to: &mut M::Belief,
) {
    for (i, &parent) in site.parents.iter().enumerate() {
        message::<M, T>(tables, site, signal, belief, i, to.probabilities_mut(parent));
    }
}

/// Of so many combinations the messages of what was seen are worked out by [`add_message`].
const LARGE: usize = 64;

/// Adds the message of one modality with several parents to the log-belief of the parent at `position`.
#[cfg_attr(not(debug_assertions), inline(always))]
fn message<M: GenerativeModel<T>, T: Real>(
    tables: &Tables<M, T>,
    site: &ModalitySite,
    signal: Signal<'_, T>,
    belief: &M::Belief,
    position: usize,
    to: &mut [T],
) {
    if let Signal::Seen(o) = signal
        && site.contexts >= LARGE
        && site.parents.len() <= 4
    {
        let mut spreads = [Spread::NONE; 4];
        for (spread, &parent) in spreads.iter_mut().zip(site.parents) {
            *spread = Spread::all(belief.probabilities(parent));
        }
        let (before, after) = (&spreads[..position], &spreads[position + 1..site.parents.len()]);
        match tables.log_likelihood(site) {
            // Only a transition is stored without its zeros.
            Table::Map(_) | Table::Sparse(_) => {}
            Table::Fixed(logs) => return add_message(&logs[o * site.contexts..][..site.contexts], before, after, to),
            Table::Free(logs) => return add_message(&logs[o * site.contexts..][..site.contexts], before, after, to),
        }
    }
    with_logs!(tables, site, signal, |term| gather::<M, T>(site, belief, position, to, &term));
}

/// Adds `term(combination, product of the other parents' beliefs)` to the log-belief of the parent at `position`, state by state.
#[cfg_attr(not(debug_assertions), inline(always))]
fn gather<M: GenerativeModel<T>, T: Real>(
    site: &ModalitySite,
    belief: &M::Belief,
    position: usize,
    to: &mut [T],
    term: &impl Fn(usize, T) -> T,
) {
    match (site.parents, position) {
        (&[_, b], 0) => {
            let qb = belief.probabilities(b);
            for (i, to) in to.iter_mut().enumerate() {
                let mut sum = T::zero();
                for (j, &q) in qb.iter().enumerate() {
                    sum += term(i * qb.len() + j, q);
                }
                *to += sum;
            }
        }
        (&[a, _], _) => {
            let (qa, count) = (belief.probabilities(a), to.len());
            for (i, &q) in qa.iter().enumerate() {
                if negligible(q) {
                    continue;
                }
                for (j, to) in to.iter_mut().enumerate() {
                    *to += term(i * count + j, q);
                }
            }
        }
        (parents, position) => each_of_many(belief, parents, Some(position), |c, state, q| to[state] += term(c, q)),
    }
}
