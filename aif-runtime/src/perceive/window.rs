//! Message passing over a window of time: beliefs about every step of it, given all of its observations.
//!
//! *Variational message passing* is the mean field over steps and factors: the belief about a factor at a step is
//! `ln q_t = E[ln A(o_t | ..)] + E_{q_t-1}[ln B] + E_{q_t+1}[ln B]` (Winn & Bishop 2005). *Marginal message passing* replaces the expected
//! logarithms by logarithms of expectations, `ln(B q_t-1)` and `ln(B' q_t+1)` with `B'` normalised over the previous state, each weighted
//! one half (Parr, Markovic, Kiebel & Friston 2019); it is less overconfident about transitions, and it is no bound.

use alloc::vec;
use alloc::vec::Vec;

use super::contexts::each_of_many;
use super::evidence::log_likelihood;
use super::fixed_point::{moves, uniform};
use super::sweeps::Sweeps;
use crate::model::{FactorSite, GenerativeModel, Marginals, Tables, entry};
use crate::scalar::{LOG_FLOOR, Real, ln_clipped, softmax};

/// Consecutive steps: what was observed, and what was done between them.
#[derive(Clone, Copy, Debug)]
pub struct Window<'a, M: GenerativeModel<T>, T: Real = f64> {
    /// The prior of the first step, and of every step after a gap.
    pub prior: &'a M::Belief,
    /// What was observed at each step; `None` cuts the step off from its neighbours, as one that lies outside the window.
    pub evidence: &'a [Option<M::Evidence>],
    /// The joint action between each step and the next by its index, one fewer than steps; `None`, or none at all, is a gap.
    pub actions: &'a [Option<usize>],
    /// What a gap means.
    pub gap: Gap,
}

/// What is assumed of a transition whose action is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gap {
    /// The step after it begins anew, from the prior.
    Restart,
    /// Every state may follow every other, all equally probable.
    Uniform,
    /// Nothing moves.
    Stay,
}

/// How messages between steps are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Variational message passing.
    Variational,
    /// Marginal message passing.
    Marginal,
}

impl<M: GenerativeModel<T>, T: Real> Window<'_, M, T> {
    /// Whether the step at `t` was observed.
    pub(super) fn observed(&self, t: usize) -> bool {
        self.evidence[t].is_some()
    }

    /// The action after the step at `t`, where it is known.
    pub(super) fn action(&self, t: usize) -> Option<usize> {
        self.actions.get(t).copied().flatten()
    }

    /// Whether the step at `t` is linked to the one after it.
    pub(super) fn linked(&self, t: usize) -> bool {
        let known = self.observed(t) && self.observed(t + 1);
        known && (self.gap != Gap::Restart || self.action(t).is_some())
    }
}

/// The probability of a transition, with or without a known action.
#[inline]
pub(super) fn transition<M: GenerativeModel<T>, T: Real>(
    tables: &Tables<M, T>,
    site: &FactorSite,
    action: Option<usize>,
    gap: Gap,
    context: usize,
    next: usize,
) -> T {
    match action {
        Some(action) => entry(tables.transition(site, site.local_action(&M::META, action)), context, site.states, next),
        None => match (gap, site.own_state(&M::META, context)) {
            (Gap::Stay, Some(own)) => T::constant(if own == next { 1.0 } else { 0.0 }),
            _ => T::constant(1.0 / site.states as f64),
        },
    }
}

/// Beliefs about every step of the window, into `beliefs`.
///
/// Parallel sweeps update all steps and factors at once, from uniform beliefs. Sequential ones go through steps and factors in order until
/// nothing moves by more than the tolerance; for the variational scheme each of them lowers the free energy or leaves it.
///
/// Cost of a sweep: steps times the entries of all tables. Allocates what it needs.
pub fn message_passing<M: GenerativeModel<T>, T: Real>(
    tables: &Tables<M, T>,
    window: &Window<'_, M, T>,
    scheme: Scheme,
    sweeps: Sweeps,
    beliefs: &mut Vec<M::Belief>,
) {
    let steps = window.evidence.len();
    beliefs.clear();
    beliefs.resize(steps, uniform::<M, T>());
    let passing = Passing::new(tables, window, scheme);
    match sweeps {
        Sweeps::Parallel(count) => {
            let mut next = beliefs.clone();
            for _ in 0..count {
                for t in 0..steps {
                    M::each_factor(|site| passing.update(site, t, beliefs, next[t].probabilities_mut(site.index)));
                }
                if next == *beliefs {
                    break;
                }
                beliefs.copy_from_slice(&next);
            }
        }
        Sweeps::Sequential { most, tolerance } => {
            for _ in 0..most {
                let mut moved = 0.0;
                for t in 0..steps {
                    M::each_factor(|site| {
                        let mut next = beliefs[t];
                        passing.update(site, t, beliefs, next.probabilities_mut(site.index));
                        moved = moves(beliefs[t].probabilities_mut(site.index), next.probabilities(site.index), moved);
                    });
                }
                if moved <= tolerance {
                    break;
                }
            }
        }
    }
}

/// What stays the same from sweep to sweep: the log-likelihood of each step's evidence, and the transitions between steps.
struct Passing<'a, M: GenerativeModel<T>, T: Real> {
    window: &'a Window<'a, M, T>,
    scheme: Scheme,
    /// For each step, those of all modalities one after the other, `[context]`; empty for a step outside the window.
    logs: Vec<Vec<T>>,
    /// For each transition, those of all factors one after the other, `[context][state]`: logarithms in the variational scheme.
    moves: Vec<Vec<T>>,
}

impl<'a, M: GenerativeModel<T>, T: Real> Passing<'a, M, T> {
    fn new(tables: &Tables<M, T>, window: &'a Window<'a, M, T>, scheme: Scheme) -> Self {
        let steps = window.evidence.len();
        let mut logs = vec![Vec::new(); steps];
        for (logs, evidence) in logs.iter_mut().zip(window.evidence) {
            let Some(evidence) = evidence else { continue };
            M::each_modality(|site| {
                let signal = M::signal(evidence, site.index);
                logs.extend((0..site.contexts).map(|c| log_likelihood(tables, site, signal, c)));
            });
        }
        let mut moves = vec![Vec::new(); steps.saturating_sub(1)];
        for (t, moves) in moves.iter_mut().enumerate().filter(|(t, _)| window.linked(*t)) {
            M::each_factor(|site| {
                for context in 0..site.contexts {
                    for next in 0..site.states {
                        let p = transition(tables, site, window.action(t), window.gap, context, next);
                        moves.push(if scheme == Scheme::Variational { ln_clipped(p) } else { p });
                    }
                }
            });
        }
        Passing { window, scheme, logs, moves }
    }

    /// The moves of a factor between steps `t` and `t + 1`, `[context][state]`.
    fn moves_of(&self, site: &FactorSite, t: usize) -> &[T] {
        let mut start = 0;
        M::each_factor(|other| {
            if other.index < site.index {
                start += other.contexts * other.states;
            }
        });
        &self.moves[t][start..][..site.contexts * site.states]
    }

    /// The new belief about one factor at step `t`.
    fn update(&self, site: &FactorSite, t: usize, beliefs: &[M::Belief], to: &mut [T]) {
        self.past(site, t, beliefs, to);
        if self.window.observed(t) {
            let mut start = 0;
            M::each_modality(|modality| {
                let logs = &self.logs[t][start..][..modality.contexts];
                start += modality.contexts;
                if let Some(position) = modality.parents.iter().position(|&f| f == site.index) {
                    each_of_many(&beliefs[t], modality.parents, Some(position), |c, s, q| to[s] += q * logs[c]);
                }
            });
        }
        if t + 1 < beliefs.len() && self.window.linked(t) {
            M::each_factor(|child| {
                if let Some(position) = child.parents.iter().position(|&f| f == site.index) {
                    self.future(child, position, t, beliefs, to);
                }
            });
        }
        softmax(to);
    }

    /// The message from the previous step, or the prior.
    fn past(&self, site: &FactorSite, t: usize, beliefs: &[M::Belief], to: &mut [T]) {
        to.fill(T::zero());
        if t == 0 || !self.window.linked(t - 1) {
            for (to, &p) in to.iter_mut().zip(self.window.prior.probabilities(site.index)) {
                *to = ln_clipped(p);
            }
        } else {
            let moves = self.moves_of(site, t - 1);
            each_of_many(&beliefs[t - 1], site.parents, None, |c, _, q| {
                for (to, &b) in to.iter_mut().zip(&moves[c * site.states..][..site.states]) {
                    *to += q * b;
                }
            });
            if self.scheme == Scheme::Marginal {
                to.iter_mut().for_each(|to| *to = ln_clipped(*to));
            }
        }
        if self.scheme == Scheme::Marginal && t + 1 < beliefs.len() && self.window.linked(t) {
            to.iter_mut().for_each(|to| *to = *to * 0.5);
        }
    }

    /// Adds the message that a child factor at the next step sends back to its parent at `position`.
    fn future(&self, child: &FactorSite, position: usize, t: usize, beliefs: &[M::Belief], to: &mut [T]) {
        let moves = self.moves_of(child, t);
        let after = beliefs[t + 1].probabilities(child.index);
        match self.scheme {
            Scheme::Variational => each_of_many(&beliefs[t], child.parents, Some(position), |c, s, q| {
                let row = &moves[c * child.states..][..child.states];
                let expected = row.iter().zip(after).fold(T::zero(), |sum, (&b, &p)| sum + p * b);
                to[s] += q * expected;
            }),
            Scheme::Marginal => {
                // The co-parents averaged out: `[state][next state]`, then normalised over the state.
                let mut averaged = vec![T::zero(); to.len() * child.states];
                each_of_many(&beliefs[t], child.parents, Some(position), |c, s, q| {
                    for next in 0..child.states {
                        averaged[s * child.states + next] += q * moves[c * child.states + next];
                    }
                });
                let mut message = vec![T::zero(); to.len()];
                for (next, &p) in after.iter().enumerate() {
                    let column = averaged.iter().skip(next).step_by(child.states);
                    let sum = column.clone().fold(T::zero(), |sum, &b| sum + b);
                    let sum = if sum.value() < LOG_FLOOR { T::constant(LOG_FLOOR) } else { sum };
                    for (to, &b) in message.iter_mut().zip(column) {
                        *to += p * (b / sum);
                    }
                }
                for (to, &m) in to.iter_mut().zip(&message) {
                    *to += ln_clipped(m) * 0.5;
                }
            }
        }
    }
}
