//! A choice that is about to be made, as a response sees it.

use core::fmt;

use crate::domain::Domain;
use crate::scalar::{Real, log_sum_exp};

/// What an agent noticed in its latest observation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Noticed<T> {
    /// How surprising it was, nats: the variational free energy of the step, which is `-ln P(observation)` given what was believed before
    /// where the belief is the exact posterior of independent factors, and more elsewhere.
    pub surprise: T,
    /// How far it moved the belief, nats: the sum over factors of `KL(after || before)`.
    pub information_gained: T,
}

impl<T: Real> Noticed<T> {
    /// Nothing was observed.
    pub fn nothing() -> Self {
        Noticed { surprise: T::zero(), information_gained: T::zero() }
    }
}

/// What a choice is made from besides its probabilities; worked out where a response asks for it.
pub trait Background<T> {
    /// The expected free energy of each joint action, nats.
    fn expected_free_energies(&self) -> &[T];

    /// What was noticed before the choice.
    fn noticed(&self) -> Noticed<T>;
}

/// A choice that is about to be made: how probable each joint action is, what speaks for it, and what was noticed before.
///
/// ```
/// use aif_runtime::Choice;
/// let log_probabilities = [0.2f64, 0.8].map(f64::ln);
/// let choice = Choice::new(&log_probabilities);
/// assert!((choice.log_odds() - f64::ln(4.0)).abs() < 1e-12 && (choice.probability(true) - 0.8).abs() < 1e-12);
/// ```
#[derive(Clone, Copy)]
pub struct Choice<'a, T: Real = f64> {
    log_probabilities: &'a [T],
    background: Option<&'a dyn Background<T>>,
}

impl<'a, T: Real> Choice<'a, T> {
    /// A choice by itself, from the log-probability of each joint action: nothing was noticed, and nothing is known of what is expected.
    pub fn new(log_probabilities: &'a [T]) -> Self {
        Choice { log_probabilities, background: None }
    }

    /// The same with what it is made from.
    pub(crate) fn before(self, background: &'a dyn Background<T>) -> Self {
        Choice { background: Some(background), ..self }
    }

    /// The log-probability of each joint action, in their order; minus infinity for those that cannot be taken.
    pub fn log_probabilities(&self) -> &'a [T] {
        self.log_probabilities
    }

    /// The log-probability of a joint action, or of a value of the only action; not a number where the actions are others.
    pub fn log_probability<A: Domain>(&self, action: A) -> T {
        if A::COUNT == self.log_probabilities.len() { self.log_probabilities[action.index()] } else { T::constant(f64::NAN) }
    }

    /// The probability of a joint action, or of a value of the only action; not a number where the actions are others.
    pub fn probability<A: Domain>(&self, action: A) -> T {
        self.log_probability(action).exp()
    }

    /// How undecided it is, nats: `- sum p ln p`.
    pub fn entropy(&self) -> T {
        let possible = self.log_probabilities.iter().filter(|log_p| log_p.value() > f64::NEG_INFINITY);
        possible.fold(T::zero(), |sum, &log_p| sum - log_p.exp() * log_p)
    }

    /// The log-odds of the second action against the first, nats: positive where the second is the more probable, as the drift of a
    /// [`Wiener`](crate::measure::Wiener) process is; infinite where only one of them can be taken. Not a number where there are more than two.
    pub fn log_odds(&self) -> T {
        match *self.log_probabilities {
            [first, second] => second - first,
            _ => T::constant(f64::NAN),
        }
    }

    /// `ln p / (1 - p)` of an action, nats; not a number where the actions are others.
    pub fn log_odds_of<A: Domain>(&self, action: A) -> T {
        let own = self.log_probability(action);
        let mut others = T::constant(f64::NEG_INFINITY);
        for (_, &log_p) in self.log_probabilities.iter().enumerate().filter(|(a, _)| *a != action.index()) {
            others = if others.value() == f64::NEG_INFINITY { log_p } else { log_sum_exp(&[others, log_p]) };
        }
        own - others
    }

    /// The expected free energy of each joint action, nats: of the policies that begin with it, `-1/gamma ln sum exp(-gamma G)`, without
    /// habits. None where the choice stands by itself.
    pub fn expected_free_energies(&self) -> &'a [T] {
        self.background.map_or(&[], |background| background.expected_free_energies())
    }

    /// The expected free energy of an action, nats; not a number where the actions are others.
    pub fn expected_free_energy<A: Domain>(&self, action: A) -> T {
        let all = self.expected_free_energies();
        if A::COUNT == all.len() { all[action.index()] } else { T::constant(f64::NAN) }
    }

    /// By how much more is expected of the second action than of the first, nats: `G(first) - G(second)`, of the sign of
    /// [`log_odds`](Choice::log_odds). Not a number where there are more than two.
    pub fn expected_free_energy_difference(&self) -> T {
        match *self.expected_free_energies() {
            [first, second] => first - second,
            _ => T::constant(f64::NAN),
        }
    }

    /// How surprising what was observed before the choice was, nats; see [`Noticed::surprise`].
    pub fn surprise(&self) -> T {
        self.noticed().surprise
    }

    /// How far what was observed moved the belief, nats: the sum over factors of `KL(after || before)`.
    pub fn information_gained(&self) -> T {
        self.noticed().information_gained
    }

    fn noticed(&self) -> Noticed<T> {
        self.background.map_or(Noticed::nothing(), |background| background.noticed())
    }
}

impl<T: Real> fmt::Debug for Choice<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Choice").field("log_probabilities", &self.log_probabilities).field("noticed", &self.noticed()).finish()
    }
}
