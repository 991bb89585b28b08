//! What changes from step to step: belief, precision, counts.

use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::ground::Ground;
use crate::learn::Learner;
use crate::model::GenerativeModel;
use crate::perceive::Perception;
use crate::scalar::Real;

/// What an agent carries from one step to the next. It means something to the [`Setup`](super::Setup) that it was begun by, and to those that
/// differ from it in numbers alone: other inputs, other preferences.
#[derive(Debug)]
pub struct LifeState<M: GenerativeModel<T>, T: Real = f64> {
    /// What it believes, in its way to perceive.
    pub perception: Perception<M, T>,
    /// How far it is in its block, where that matters.
    pub(crate) progress: Progress,
    /// Where policy precision is updated.
    pub(crate) trust: Option<Box<Trust<M, T>>>,
    /// Where it learns.
    pub(crate) learned: Option<Box<Learned<M, T>>>,
}

/// How far an agent is in its block.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Progress {
    /// How many steps are past, where preferences are counted from the block's beginning; 0 elsewhere.
    pub steps: usize,
    /// What was done of the policies that are carried on.
    pub done: Vec<usize>,
}

/// How far plans are trusted, and what that is judged by.
#[derive(Clone, Debug)]
pub(crate) struct Trust<M: GenerativeModel<T>, T: Real> {
    /// The policy precision that updating has come to.
    pub updated: Option<T>,
    /// What was believed before the last action.
    pub before: Option<M::Belief>,
    /// Which actions were open then, where not all were.
    pub open: Option<Vec<bool>>,
    /// How far it was in its block then.
    pub progress: Progress,
}

impl<M: GenerativeModel<T>, T: Real> Trust<M, T> {
    pub fn none() -> Self {
        Trust { updated: None, before: None, open: None, progress: Progress::default() }
    }
}

impl<M: GenerativeModel<T>, T: Real> PartialEq for Trust<M, T> {
    fn eq(&self, other: &Self) -> bool {
        let updated = match (&self.updated, &other.updated) {
            (Some(a), Some(b)) => a.same(b),
            (a, b) => a.is_none() && b.is_none(),
        };
        updated && self.before == other.before && self.open == other.open && self.progress == other.progress
    }
}

/// What was learned, and what is kept to learn from.
#[derive(Clone, Debug)]
pub(crate) struct Learned<M: GenerativeModel<T>, T: Real> {
    /// The numbers as they were learned.
    pub ground: Ground<M, T>,
    pub learner: Learner<M, T>,
}

impl<M: GenerativeModel<T>, T: Real> LifeState<M, T> {
    /// What the agent believes.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn belief(&self) -> &M::Belief {
        self.perception.belief()
    }

    /// The policy precision that updating has come to, where it has.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn updated(&self) -> Option<T> {
        self.trust.as_ref().and_then(|trust| trust.updated)
    }

    /// What was learned, and what is kept to learn from.
    pub fn learner(&self) -> Option<&Learner<M, T>> {
        self.learned.as_deref().map(|learned| &learned.learner)
    }

    /// A mark by which most states that are not equal are told apart.
    #[inline]
    pub fn mark(&self) -> u64 {
        self.updated().map_or(0, |updated| updated.value().to_bits()) ^ self.perception.mark()
    }
}

/// Copying into a state of the same kind uses its memory again.
impl<M: GenerativeModel<T>, T: Real> Clone for LifeState<M, T> {
    fn clone(&self) -> Self {
        LifeState {
            perception: self.perception.clone(),
            progress: self.progress.clone(),
            trust: self.trust.clone(),
            learned: self.learned.clone(),
        }
    }
    fn clone_from(&mut self, from: &Self) {
        self.perception.clone_from(&from.perception);
        self.progress.clone_from(&from.progress);
        self.trust.clone_from(&from.trust);
        self.learned.clone_from(&from.learned);
    }
}

/// Two states are equal when all that later steps depend on is; what was learned is, where it is the same memory.
impl<M: GenerativeModel<T>, T: Real> PartialEq for LifeState<M, T> {
    fn eq(&self, other: &Self) -> bool {
        let same_counts = match (&self.learned, &other.learned) {
            (None, None) => true,
            (Some(a), Some(b)) => {
                let (a_frames, b_frames) = (&a.learner.frames, &b.learner.frames);
                Arc::ptr_eq(&a.ground.tables, &b.ground.tables)
                    && a_frames.len() == b_frames.len()
                    && a_frames.iter().zip(b_frames).all(|(a, b)| a.same(b))
            }
            _ => false,
        };
        same_counts && self.progress == other.progress && self.perception == other.perception && self.trust == other.trust
    }
}
