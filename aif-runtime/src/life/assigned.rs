//! What is assigned to an agent beside its model: everything smooth that its options and its model would say otherwise.

use serde::{Deserialize, Serialize};

use super::options::AgentOptions;
use crate::learn::{Pace, Rates};
use crate::model::Precisions;
use crate::plan::Terms;
use crate::scalar::Real;

/// Declares what can be assigned, in one list.
macro_rules! assignable {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// What is assigned to an agent beside its model; what is not assigned is as its options and its model say. Each may be a parameter of a
        /// subject, with derivatives.
        #[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(default, deny_unknown_fields, bound(deserialize = "T: Deserialize<'de>"))]
        pub struct Assigned<T = f64> {
            $($(#[$doc])*
            pub $name: Option<T>,)*
        }

        /// Nothing.
        impl<T> Default for Assigned<T> {
            fn default() -> Self {
                Assigned { $($name: None),* }
            }
        }
    };
}
assignable! {
    /// Policy precision (gamma); where it is updated, what it is expected to be beforehand.
    policy_precision,
    /// Action precision (alpha).
    action_precision,
    /// The probability of acting at random instead.
    lapse,
    /// What is added to counts for what was seen, of every kind that has no rate of its own here and is learned. An agent that was not told to
    /// learn learns with it.
    learning_rate,
    /// The same of likelihoods (A).
    learning_rate_likelihood,
    /// The same of transitions (B).
    learning_rate_transition,
    /// The same of initial states (D).
    learning_rate_initial,
    /// The same of habits (E).
    learning_rate_habit,
    /// The same of preferences (C).
    learning_rate_preference,
    /// How much of what was learned is forgotten at each update, in [0, 1). An agent that was not told to learn learns with it.
    forgetting,
    /// The weight of expected log-preference.
    utility,
    /// The weight of the information that is expected about states.
    state_information_gain,
    /// The weight of what is expected to be learned, of likelihoods and of transitions (curiosity).
    parameter_information_gain,
    /// The weight of what is expected to be learned of likelihoods alone.
    likelihood_information_gain,
    /// The weight of what is expected to be learned of transitions alone.
    transition_information_gain,
    /// The weight of how much of the belief comes nearer to a goal.
    inductive_value,
    /// How much less each step counts than the one before it, in [0, 1]; 1 where nothing is said.
    discount,
    /// How far policy precision moves at each iteration of its update, in (0, 1]. An agent that was not told to update it does.
    precision_step,
}

impl<T> Assigned<T> {
    /// The same with these precisions.
    pub(crate) fn with_precisions(self, Precisions { policy, action, lapse }: Precisions<T>) -> Self {
        Assigned { policy_precision: Some(policy), action_precision: Some(action), lapse: Some(lapse), ..self }
    }
}

impl<T: Real> Assigned<T> {
    /// The declared precisions with the assigned ones in their place.
    pub fn over(&self, declared: Precisions<T>) -> Precisions<T> {
        Precisions {
            policy: self.policy_precision.unwrap_or(declared.policy),
            action: self.action_precision.unwrap_or(declared.action),
            lapse: self.lapse.unwrap_or(declared.lapse),
        }
    }

    /// Options with what is assigned switched on: who has a rate of learning learns, who has a step of precision updating updates.
    pub fn complete(&self, options: &AgentOptions) -> AgentOptions {
        let mut options = *options;
        let kinds = [
            self.learning_rate_likelihood,
            self.learning_rate_transition,
            self.learning_rate_initial,
            self.learning_rate_habit,
            self.learning_rate_preference,
        ];
        if [self.learning_rate, self.forgetting].iter().chain(&kinds).any(Option::is_some) {
            let rates = &mut options.learning.get_or_insert_default().rates;
            // A kind with a rate of its own is learned, whatever the options say.
            let Rates { likelihood, transition, initial, habit, preference } = rates;
            for (slot, kind) in [likelihood, transition, initial, habit, preference].into_iter().zip(kinds) {
                if kind.is_some() {
                    slot.get_or_insert(1.0);
                }
            }
        }
        if self.precision_step.is_some() {
            options.precision_updating.get_or_insert_default();
        }
        options
    }

    /// How fast is learned under options.
    pub(crate) fn pace(&self, options: &AgentOptions) -> Pace<T> {
        let mut pace = options.learning.unwrap_or_default().pace::<T>();
        let over = |own: Option<T>, said: Option<T>| said.map(|said| own.or(self.learning_rate).unwrap_or(said));
        pace.rates = Rates {
            likelihood: over(self.learning_rate_likelihood, pace.rates.likelihood),
            transition: over(self.learning_rate_transition, pace.rates.transition),
            initial: over(self.learning_rate_initial, pace.rates.initial),
            habit: over(self.learning_rate_habit, pace.rates.habit),
            preference: over(self.learning_rate_preference, pace.rates.preference),
        };
        pace.forgetting = self.forgetting.unwrap_or(pace.forgetting);
        pace
    }

    /// The weights of the terms of expected free energy.
    pub(crate) fn weights(&self, said: Terms<T>) -> Terms<T> {
        let curiosity = |own: Option<T>, said: T| own.or(self.parameter_information_gain).unwrap_or(said);
        let mut weights = said;
        weights.utility = self.utility.unwrap_or(said.utility);
        weights.state_information_gain = self.state_information_gain.unwrap_or(said.state_information_gain);
        weights.likelihood_information_gain = curiosity(self.likelihood_information_gain, said.likelihood_information_gain);
        weights.inductive_value = self.inductive_value.unwrap_or(said.inductive_value);
        weights.transition_information_gain = curiosity(self.transition_information_gain, said.transition_information_gain);
        weights
    }
}

/// All of them.
impl<T> From<Precisions<T>> for Assigned<T> {
    fn from(precisions: Precisions<T>) -> Self {
        Assigned::default().with_precisions(precisions)
    }
}
