//! What `#[learner]` implements: states, how they are updated, and the distributions of responses.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use super::meta::LearnerMeta;
use super::surroundings::Surroundings;
use super::trial::Trial;
use crate::domain::Value;
use crate::measure::OnResponse;
use crate::scalar::Real;

/// A learner: `#[learner]` implements it.
pub trait LearningModel<T: Real>: Copy + Send + Sync {
    /// Its columns, its states, and the order of a trial.
    const META: LearnerMeta;

    /// All states, by name.
    type States: Value;

    /// The states before the first trial of a block.
    fn initial(&self) -> Self::States;

    /// Does something with the distribution of a response, given the states before the trial and what has happened in it so far; `None` where
    /// something that it depends on is missing.
    fn respond<V: OnResponse<T>>(
        &self,
        response: usize,
        states: &Self::States,
        trial: &Trial<'_>,
        visitor: V,
    ) -> Option<V::Output>;

    /// Updates all states at once, from those before the trial. One that depends on what is missing stays as it is.
    fn learn(&self, states: &mut Self::States, trial: &Trial<'_>);

    /// Shows the numbers of the states, in the order of their labels.
    fn show_states(states: &Self::States, show: &mut dyn FnMut(T));

    /// Shows the numbers of the quantities of a trial, in the order of their labels; not numbers where something is missing.
    fn show_quantities(&self, states: &Self::States, trial: &Trial<'_>, show: &mut dyn FnMut(T));

    /// The names of the numbers of all states, then of all quantities.
    fn labels() -> (Vec<String>, Vec<String>);

    /// The world that was declared for it, if one was.
    fn world(&self) -> Option<Box<dyn Surroundings>> {
        None
    }
}

/// What an argument takes is of the type of what it names.
#[diagnostic::on_unimplemented(
    message = "this argument is a `{Wanted}`, but what it names is a `{Self}`",
    label = "expected `{Self}`, found `{Wanted}`",
    note = "an argument's name says which factor, state, quantity, action, observation or input it is; its type has to be the one declared there"
)]
pub trait TakenAs<Wanted> {
    /// The same value.
    fn taken_as(self) -> Wanted;
}

impl<V> TakenAs<V> for V {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn taken_as(self) -> V {
        self
    }
}

/// A value as an argument of this type.
#[cfg_attr(not(debug_assertions), inline(always))]
pub fn taken_as<Wanted, V: TakenAs<Wanted>>(value: V) -> Wanted {
    value.taken_as()
}
