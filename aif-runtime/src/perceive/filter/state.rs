//! What a filter carries from one step to the next: as numbers, as bits, stored, copied.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::Filter;
use crate::domain::Value;
use crate::evidence::Signal;
use crate::model::{GenerativeModel, Marginals};
use crate::options::Inference;
use crate::perceive::exact;
use crate::perceive::groups::Whole;
use crate::perceive::past::Past;
use crate::perceive::sound::{believable, proper};
use crate::scalar::Real;

/// What a filter believes, to be stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FilterState<B, E, T = f64> {
    /// The distribution of each factor.
    pub belief: B,
    /// The joint distributions of exact inference; empty for other methods.
    pub joint: Vec<T>,
    /// What was believed before the latest evidence, where a second look would replace it, or before the latest move, where it can be taken
    /// back: the distribution of each factor, and the joint distributions.
    before: Option<(B, Vec<T>)>,
    /// Whether it is that before a move.
    moved: bool,
    /// What message passing keeps of its window.
    past: Option<Past<B, E>>,
}

impl<B: Marginals<T>, E: Value + PartialEq, T: Real> Filter<B, E, T> {
    /// All that later steps depend on, as numbers, added to `numbers`: the joint distributions of exact inference, else the distribution of
    /// each factor, in order. Whether that is all: message passing also keeps its window.
    pub fn write_numbers<M: GenerativeModel<T, Belief = B, Evidence = E>>(&self, numbers: &mut Vec<T>) -> bool {
        if self.joint.is_empty() {
            for f in 0..M::META.factors.len() {
                numbers.extend_from_slice(self.belief.probabilities(f));
            }
        } else {
            numbers.extend_from_slice(&self.joint);
        }
        self.past.is_none()
    }

    /// Goes on from numbers that [`write_numbers`](Filter::write_numbers) gave, in any scalar, as the prior of the next observation; what
    /// is not given stays. Message passing begins a new window.
    pub fn read_numbers<M: GenerativeModel<T, Belief = B, Evidence = E>>(&mut self, numbers: &[T]) {
        (self.looked, self.moved) = (false, false);
        if self.joint.is_empty() {
            let mut numbers = numbers.iter();
            for f in 0..M::META.factors.len() {
                self.belief.probabilities_mut(f).iter_mut().zip(&mut numbers).for_each(|(to, &p)| *to = p);
            }
            return self.begin_window();
        }
        self.joint.iter_mut().zip(numbers).for_each(|(to, &p)| *to = p);
        if self.groups.is_empty() {
            exact::marginals(Whole::<M, T>::new(), &self.joint, &mut self.belief);
        }
        for group in &self.groups {
            exact::marginals(group, &self.joint[group.range()], &mut self.belief);
        }
    }

    /// Shows the exact bits of everything that later steps depend on.
    pub fn bits<M: GenerativeModel<T, Belief = B, Evidence = E>>(&self, mut visit: impl FnMut(u64)) {
        fn of<B: Marginals<T>, T: Real>(belief: &B, factors: usize, visit: &mut impl FnMut(u64)) {
            for f in 0..factors {
                belief.probabilities(f).iter().for_each(|p| p.bits(&mut *visit));
            }
        }
        if self.joint.is_empty() {
            of(&self.belief, M::META.factors.len(), &mut visit);
        } else {
            self.joint.iter().for_each(|p| p.bits(&mut visit));
        }
        let Some(past) = &self.past else { return };
        of(&past.prior, M::META.factors.len(), &mut visit);
        past.actions.iter().for_each(|a| visit(a.map_or(u64::MAX, |a| a as u64)));
        for evidence in past.evidence.iter().flatten() {
            for m in 0..M::META.modalities.len() {
                match M::signal(evidence, m) {
                    Signal::Missing => visit(u64::MAX),
                    Signal::Seen(o) => visit(o as u64),
                    Signal::Soft(weights) | Signal::Faint(weights, _) => weights.iter().for_each(|w| w.bits(&mut visit)),
                }
            }
        }
    }

    /// What the filter believes, to be stored.
    pub fn state(&self) -> FilterState<B, E, T> {
        let before = (self.looked || self.moved).then(|| (self.prior, self.spare.clone()));
        FilterState { belief: self.belief, joint: self.joint.clone(), before, moved: self.moved, past: self.past.clone() }
    }

    /// Goes on from a stored state; whether it has the right shape and holds distributions. If not, the filter is as before.
    pub(crate) fn resume<M: GenerativeModel<T, Belief = B, Evidence = E>>(&mut self, state: FilterState<B, E, T>) -> bool {
        let whole = |joint: &[T]| {
            joint.len() == self.joint.len()
                && if self.groups.is_empty() {
                    joint.is_empty() || proper(joint)
                } else {
                    self.groups.iter().all(|g| proper(&joint[g.range()]))
                }
        };
        let window = match self.inference {
            Inference::Marginal { window, .. } | Inference::Variational { window, .. } => window,
            _ => 0,
        };
        let fits = whole(&state.joint)
            && believable::<M, T>(&state.belief)
            && state.before.as_ref().is_none_or(|(prior, joint)| believable::<M, T>(prior) && whole(joint))
            && state.past.is_some() == self.past.is_some()
            && state.past.as_ref().is_none_or(|past| past.fits::<M, T>(window));
        if fits {
            self.belief = state.belief;
            self.joint = state.joint;
            self.past = state.past;
            self.moved = state.moved && state.before.is_some();
            self.looked = state.before.is_some() && !state.moved;
            if let Some((prior, joint)) = state.before {
                (self.prior, self.spare) = (prior, joint);
            }
        }
        fits
    }
}

/// Copying into a filter uses its memory again.
impl<B: Copy, E: Copy, T: Copy> Clone for Filter<B, E, T> {
    fn clone(&self) -> Self {
        Filter {
            inference: self.inference,
            belief: self.belief,
            joint: self.joint.clone(),
            prior: self.prior,
            spare: self.spare.clone(),
            looked: self.looked,
            moved: self.moved,
            groups: self.groups.clone(),
            past: self.past.clone(),
        }
    }

    fn clone_from(&mut self, from: &Self) {
        (self.inference, self.belief, self.prior) = (from.inference, from.belief, from.prior);
        (self.looked, self.moved) = (from.looked, from.moved);
        self.joint.clone_from(&from.joint);
        self.spare.clone_from(&from.spare);
        if self.groups != from.groups {
            self.groups.clone_from(&from.groups);
        }
        self.past.clone_from(&from.past);
    }
}

/// Two filters are equal when they believe the same.
impl<B: PartialEq, E: PartialEq, T: PartialEq> PartialEq for Filter<B, E, T> {
    fn eq(&self, other: &Self) -> bool {
        self.belief == other.belief && self.joint == other.joint && self.past == other.past
    }
}
