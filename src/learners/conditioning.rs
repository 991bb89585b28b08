//! Learners that are shown states one after the other, and predict what follows.

use aif_macros::learner;
use aif_runtime::measure::Normal;
use aif_runtime::{Domain, Real};

use super::{Chain, Numbered, one_at};

/// Temporal-difference learning with eligibility traces, TD(lambda) (Sutton 1988; O'Doherty, Dayan, Friston, Critchley & Dolan 2003): at each
/// trial a state is shown, how much is expected from there on is rated, and what comes with the state is observed.
///
/// Columns: `state`, `rating`, `reward`.
#[derive(Clone, Copy, Debug)]
pub struct TemporalDifference<T, const N: usize> {
    /// How far values move to each error, from 0 to 1.
    pub learning_rate: T,
    /// What is left of a value one trial ahead.
    pub discount: T,
    /// How much of an eligibility is left, beside the discount.
    pub trace_decay: T,
    /// The standard deviation of ratings.
    pub noise: T,
}

#[learner(inputs(state: Numbered<N>), observations(reward: f64), world = Chain::<N>::default())]
impl<T: Real, const N: usize> TemporalDifference<T, N> {
    /// By how much the state and what comes with it are better than the state before had promised.
    #[quantity]
    fn error(&self, value: [T; N], before: [T; N], state: Numbered<N>, reward: T) -> T {
        let promised = value.iter().zip(before).fold(T::zero(), |sum, (&v, b)| sum + v * b);
        reward + self.discount * value[state.index()] - promised
    }

    /// What is expected from each state on.
    #[state(initial = [0.0; N])]
    fn value(&self, value: [T; N], trace: [T; N], error: T) -> [T; N] {
        core::array::from_fn(|s| value[s] + self.learning_rate * error * trace[s])
    }

    /// How far each state is answerable for what comes; none before the first.
    #[state(initial = [0.0; N])]
    fn trace(&self, trace: [T; N], state: Numbered<N>) -> [T; N] {
        let now: [T; N] = one_at(state.index());
        core::array::from_fn(|s| self.discount * self.trace_decay * trace[s] + now[s])
    }

    /// One for the state before.
    #[state(initial = [0.0; N])]
    fn before(&self, state: Numbered<N>) -> [T; N] {
        one_at(state.index())
    }

    /// How much is expected.
    #[response]
    fn rating(&self, value: [T; N], state: Numbered<N>) -> Normal<T> {
        Normal::new(value[state.index()], self.noise)
    }
}
