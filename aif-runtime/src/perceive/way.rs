//! What a way to perceive is: its options, its state, and what is stored of it.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::held::Since;
use super::joints::Joints;
use super::past::Past;
use super::sweeps::Sweeps;
use crate::compat::Compat;
use crate::model::{GenerativeModel, Meta, ModelError, Tables};
use crate::scalar::Real;

/// What a way to perceive carries from one step to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Carries {
    /// The distribution of each factor, and nothing else.
    Belief,
    /// Joint distributions of several factors.
    Joint,
    /// The evidence and beliefs of a window of steps.
    Window,
    /// A belief under each policy, with a free energy of each.
    Policies,
}

impl Carries {
    /// In words: what is carried besides beliefs, and what to choose to carry nothing else.
    pub fn words(self) -> &'static str {
        match self {
            Carries::Belief => "nothing",
            Carries::Joint => "joint distributions: infer by fixed-point iteration",
            Carries::Window => "a window: infer by fixed-point iteration",
            Carries::Policies => "beliefs under each policy: infer by fixed-point iteration",
        }
    }
}

/// The options of one way to perceive.
pub(super) trait Way: Copy {
    /// Checks them against a model.
    fn check(self, meta: &Meta) -> Result<(), ModelError>;
    /// What the way carries from step to step under a model.
    fn carries(self, meta: &Meta) -> Carries;
    /// It in words, for a model.
    fn words(self, meta: &Meta) -> &'static str;
    /// How the joint distributions that it carries are laid out.
    fn joints<M: GenerativeModel<T>, T: Real>(self) -> Joints {
        Joints::default()
    }
    /// By which sweeps it perceives what is only imagined in planning; `None`: exactly, where the joint state is small enough.
    fn sweeps(self) -> Option<Sweeps> {
        None
    }
}

/// The action that moves a belief, as far as the agent knows it.
#[derive(Clone, Copy, Debug)]
pub enum Moved<'a, T> {
    /// This joint action.
    By(usize),
    /// One of several, with weights that sum to one.
    ByOneOf(&'a [(usize, T)]),
}

/// A belief over hidden states that is updated by evidence and moved by actions: one way to perceive.
pub trait Perceive<M: GenerativeModel<T>, T: Real> {
    /// Goes back to the initial state.
    fn restart(&mut self, tables: &Tables<M, T>);

    /// Takes in evidence: the belief becomes the posterior. A second look without a move in between replaces the first.
    fn perceive(&mut self, tables: &Tables<M, T>, evidence: &M::Evidence);

    /// Takes in evidence, where it is known what is believed after it: the belief, and the joint distributions. Of ways that carry nothing else; others do
    /// not look up what they have seen before.
    fn look_again(&mut self, belief: &M::Belief, joint: &[T]) {
        let _ = (belief, joint);
    }

    /// Moves the belief one step: it becomes the prior of the next observation.
    fn advance(&mut self, tables: &Tables<M, T>, moved: Moved<'_, T>, compat: &Compat);

    /// The distribution of each factor.
    fn belief(&self) -> &M::Belief;

    /// The prior of the next observation: what is believed, or what was before the latest look, which another look would replace.
    fn outlook(&self) -> &M::Belief;

    /// Believes something else from here on, as the prior of the next observation. Joint distributions become those of independent factors,
    /// message passing begins a new window.
    fn believe(&mut self, belief: M::Belief);

    /// The latest move cannot be taken back any more.
    fn settle(&mut self);

    /// Takes the latest move back: the belief is again what it was before it. Whether there was one that can be, and nothing was perceived
    /// since.
    fn step_back(&mut self) -> bool;

    /// The joint distributions, the last factor running fastest, one after the other; empty where the factors are all there is.
    fn joint(&self) -> &[T] {
        &[]
    }

    /// The joint distributions that the next look starts from, as [`outlook`](Perceive::outlook).
    fn joint_outlook(&self) -> &[T] {
        &[]
    }

    /// Forgets what was seen before, and takes the present belief for the prior of a new window.
    fn begin_window(&mut self) {}

    /// The window of what was seen, done and believed, where there is one.
    fn past(&self) -> Option<&Past<M::Belief, M::Evidence>> {
        None
    }

    /// The free energy of what was seen so far under each policy, in the order of the agent's policies, where beliefs are carried for each: it
    /// enters the posterior of policies, `q(pi) = softmax(ln E + gamma * -G - F)`. Empty otherwise.
    fn policy_free_energies(&self) -> &[T] {
        &[]
    }

    /// All that later steps depend on as numbers, added to `numbers`; whether that is all.
    fn write_numbers(&self, numbers: &mut Vec<T>) -> bool;

    /// Goes on from such numbers as the prior of the next observation; what is not given stays.
    fn read_numbers(&mut self, numbers: &[T]);

    /// What is believed, to be stored.
    fn stored(&self) -> PerceptionState<M::Belief, M::Evidence, T>;

    /// Goes on from a stored state; whether it has the right shape and holds distributions. If not, nothing has changed.
    fn resume(&mut self, state: PerceptionState<M::Belief, M::Evidence, T>) -> bool;
}

/// What a perception carries, to be stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PerceptionState<B, E, T = f64> {
    /// The distribution of each factor.
    pub belief: B,
    /// The joint distributions of exact inference; empty for other ways.
    pub joint: Vec<T>,
    /// What was believed before the latest evidence, where a second look would replace it, or before the latest move, where it can be taken
    /// back: the distribution of each factor, and the joint distributions.
    pub(super) before: Option<(B, Vec<T>)>,
    /// Whether it is that before a move.
    pub(super) moved: bool,
    /// What message passing keeps of its window.
    pub(super) past: Option<Past<B, E>>,
}

impl<B, E, T> PerceptionState<B, E, T> {
    /// Whether both what is believed and what was before it are as they should be.
    pub(super) fn are(&self, whole: impl Fn(&B, &[T]) -> bool) -> bool {
        whole(&self.belief, &self.joint) && self.before.as_ref().is_none_or(|(belief, joint)| whole(belief, joint))
    }

    /// What came before it: a look or a move.
    pub(super) fn since(&self) -> Since {
        match (&self.before, self.moved) {
            (None, _) => Since::Nothing,
            (Some(_), true) => Since::Move,
            (Some(_), false) => Since::Look,
        }
    }
}
