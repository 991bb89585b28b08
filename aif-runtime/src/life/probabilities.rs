//! How probable each action is.

use alloc::vec::Vec;
use core::fmt;

use rand::Rng;

use crate::act::draw;
use crate::domain::Domain;
use crate::model::GenerativeModel;
use crate::scalar::{Real, log_sum_exp};

/// How probable each joint action is to be chosen.
#[derive(Clone, Copy)]
pub struct ActionProbabilities<M: GenerativeModel<T>, T: Real = f64> {
    /// The log-probability of each joint action, in their order.
    pub log_probabilities: <M::Action as Domain>::Array<T>,
}

impl<M: GenerativeModel<T>, T: Real> ActionProbabilities<M, T> {
    /// The log-probabilities as a list.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn entries(&self) -> &[T] {
        M::Action::entries(&self.log_probabilities)
    }

    /// The log-probability of a joint action.
    pub fn of(&self, action: M::Action) -> T {
        self.entries()[action.index()]
    }

    /// The log-probability of what is known of a joint action, the value of each of its parts: of one action, or of all that fit where a part
    /// is missing.
    pub fn of_parts(&self, parts: &[Option<usize>]) -> T {
        match M::META.joint_action(parts.iter().copied()) {
            Some(action) => self.entries()[action],
            None => log_sum_exp(&self.fitting(parts).map(|(_, log_p)| log_p).collect::<Vec<T>>()),
        }
    }

    /// The actions that fit what is known of one, with how probable each is, given that it was one of them.
    pub fn weights(&self, parts: &[Option<usize>]) -> Vec<(usize, T)> {
        let total = self.of_parts(parts);
        let possible = self.fitting(parts).filter(|(_, log_p)| log_p.value() > f64::NEG_INFINITY);
        possible.map(|(action, log_p)| (action, (log_p - total).exp())).collect()
    }

    fn fitting(&self, parts: &[Option<usize>]) -> impl Iterator<Item = (usize, T)> {
        self.entries().iter().copied().enumerate().filter(|(action, _)| fits::<M, T>(*action, parts))
    }

    /// The entropy of the choice, in nats.
    pub fn entropy(&self) -> T {
        let possible = self.entries().iter().filter(|log_p| log_p.value() > f64::NEG_INFINITY);
        possible.fold(T::zero(), |sum, &log_p| sum - log_p.exp() * log_p)
    }

    /// Draws an action, by its index.
    pub fn draw<R: Rng + ?Sized>(&self, rng: &mut R) -> usize {
        draw(self.entries(), rng)
    }
}

fn fits<M: GenerativeModel<T>, T: Real>(action: usize, parts: &[Option<usize>]) -> bool {
    parts.iter().enumerate().all(|(a, value)| value.is_none_or(|v| M::META.action_value(action, a) == v))
}

impl<M: GenerativeModel<T>, T: Real> fmt::Debug for ActionProbabilities<M, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(M::Action::all().map(Domain::label).zip(self.entries())).finish()
    }
}
