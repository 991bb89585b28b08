//! What happened to minds, as messages that systems read.

use aif_runtime::{GenerativeModel, ModelError, Real};
use bevy_ecs::prelude::{Entity, Message};

use crate::tuning::TuningError;

/// A mind has acted: written for each mind that acts, in each frame, in the order in which they are stored.
#[derive(Message)]
pub struct Acted<M: GenerativeModel<T>, T: Real = f64> {
    /// Who.
    pub mind: Entity,
    /// What it does.
    pub action: M::Action,
    /// Whether it has planned in this frame; else it carries on with what it had chosen.
    pub planned: bool,
}

impl<M: GenerativeModel<T>, T: Real> Clone for Acted<M, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M: GenerativeModel<T>, T: Real> Copy for Acted<M, T> {}

impl<M: GenerativeModel<T>, T: Real> std::fmt::Debug for Acted<M, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Acted").field("mind", &self.mind).field("action", &self.action).field("planned", &self.planned).finish()
    }
}

/// What a mind observed was more surprising than [`Tuning::surprise`](crate::Tuning::surprise).
#[derive(Message, Clone, Copy, Debug, PartialEq)]
pub struct Surprised {
    /// Who.
    pub mind: Entity,
    /// The name of its model.
    pub model: &'static str,
    /// The variational free energy of what it observed, in nats: about `-ln P(observation)`.
    pub surprise: f64,
}

/// The budget was not enough for a mind: its plan is [`Tuning::late`](crate::Tuning::late) frames old, or a multiple of that.
#[derive(Message, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Late {
    /// Who.
    pub mind: Entity,
    /// The name of its model.
    pub model: &'static str,
    /// How many frames ago it planned.
    pub age: u32,
}

/// A mind could not act: none of its actions is open, or its temper does not fit the model. It does nothing in this frame.
#[derive(Message, Clone, Debug, PartialEq)]
pub struct Failed {
    /// Who.
    pub mind: Entity,
    /// The name of its model.
    pub model: &'static str,
    /// Why.
    pub error: ModelError,
}

/// New tuning values are in force.
#[derive(Message, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retuned {
    /// The name of the model whose minds they are for.
    pub model: &'static str,
}

/// New tuning values were refused; those before them stay in force.
#[derive(Message, Clone, Debug, PartialEq)]
pub struct Refused {
    /// The name of the model whose minds they were for.
    pub model: &'static str,
    /// What is wrong, where, and what was expected.
    pub error: TuningError,
}
