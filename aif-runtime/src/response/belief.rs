//! What an agent believes of one factor.

use core::fmt;

use crate::dist::Dist;
use crate::domain::Domain;
use crate::scalar::{Real, exact_zero, ln_clipped};

/// What an agent believes of the factor that an argument of a response names, after what it has just observed.
///
/// ```
/// use aif_runtime::{Belief, Dist};
/// let lit = Dist::<bool>::from([0.2, 0.8]);
/// let lit = Belief::new(&lit);
/// assert!((lit.log_odds(true) - f64::ln(4.0)).abs() < 1e-12);
/// ```
#[derive(Clone, Copy)]
pub struct Belief<'a, D: Domain, T: Real = f64> {
    states: &'a Dist<D, T>,
}

impl<'a, D: Domain, T: Real> Belief<'a, D, T> {
    /// What is believed, as a distribution.
    pub fn new(states: &'a Dist<D, T>) -> Self {
        Belief { states }
    }

    /// The distribution over the factor's states.
    pub fn states(&self) -> &'a Dist<D, T> {
        self.states
    }

    /// How probable a state is.
    pub fn probability(&self, state: D) -> T {
        self.states[state]
    }

    /// How probable it is that a state is one of those that `holds` says.
    pub fn probability_that(&self, mut holds: impl FnMut(D) -> bool) -> T {
        self.states.probabilities().iter().zip(D::all()).fold(T::zero(), |sum, (&p, d)| if holds(d) { sum + p } else { sum })
    }

    /// `ln p / (1 - p)` of a state, nats; of what is certain, as if something were left (probabilities are clipped at
    /// [`LOG_FLOOR`](crate::scalar::LOG_FLOOR)): at most 37 or so.
    pub fn log_odds(&self, state: D) -> T {
        let others = self.probability_that(|other| other.index() != state.index());
        ln_clipped(self.states[state]) - ln_clipped(others)
    }

    /// What is expected of a number that depends on the state.
    pub fn expected<U: Into<T>>(&self, mut of: impl FnMut(D) -> U) -> T {
        let mut sum = T::zero();
        for (&p, state) in self.states.probabilities().iter().zip(D::all()) {
            // What is impossible has no part, however large.
            if !exact_zero(p) {
                sum += p * of(state).into();
            }
        }
        sum
    }

    /// What is uncertain, nats: `- sum p ln p`.
    pub fn entropy(&self) -> T {
        self.states.entropy()
    }
}

impl<D: Domain, T: Real> fmt::Debug for Belief<'_, D, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.states, f)
    }
}
