//! What message passing keeps of its window: evidence, actions and beliefs of its steps.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::fixed_point::fixed_point;
use super::predict::predict;
use super::sound::{believable, credible};
use super::sweeps::Sweeps;
use crate::compat::Compat;
use crate::model::{GenerativeModel, Tables};
use crate::scalar::Real;

/// What message passing keeps of its window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Past<B, E> {
    /// The prior of the first step.
    pub prior: B,
    /// What was observed at each step.
    pub evidence: Vec<Option<E>>,
    /// The actions after each step; as many as steps while the next observation is awaited.
    pub actions: Vec<Option<usize>>,
    /// What is believed about each step, the latest last.
    pub beliefs: Vec<B>,
}

impl<B: Copy, E: Copy> Past<B, E> {
    /// Nothing yet.
    pub(super) fn blank(prior: B) -> Self {
        Past { prior, evidence: Vec::new(), actions: Vec::new(), beliefs: Vec::new() }
    }

    /// Whether a stored window is one of this model, of at most `window` steps.
    pub(super) fn fits<M: GenerativeModel<T, Belief = B, Evidence = E>, T: Real>(&self, window: usize) -> bool {
        let steps = self.evidence.len();
        let moves = self.actions.len();
        believable::<M, T>(&self.prior)
            && self.beliefs.iter().all(believable::<M, T>)
            && steps <= window
            && (moves == steps || moves + 1 == steps)
            && self.evidence.iter().all(|e| e.as_ref().is_some_and(credible::<M, T>))
            && self.actions.iter().all(|a| a.is_some_and(|a| a < M::META.joint_actions()))
    }

    /// Begins a new window.
    pub(super) fn begin(&mut self, prior: B) {
        self.prior = prior;
        self.evidence.clear();
        self.actions.clear();
        self.beliefs.clear();
    }

    /// Records an action; when the window is full its first step leaves, and the next one's prior is what was known then.
    pub(super) fn advance<M: GenerativeModel<T, Belief = B, Evidence = E>, T: Real>(
        &mut self,
        tables: &Tables<M, T>,
        action: usize,
        window: usize,
        compat: &Compat,
        predicted: &B,
    ) {
        if self.evidence.is_empty() {
            // Nothing was seen since the beginning: the prior itself moves on.
            self.prior = *predicted;
            return;
        }
        // Steps without an observation of their own are told apart from those outside the window by evidence of nothing.
        while self.evidence.len() <= self.actions.len() {
            self.evidence.push(Some(M::evidence(&[])));
        }
        self.actions.push(Some(action));
        if self.evidence.len() < window {
            return;
        }
        let (Some(Some(first)), Some(&Some(action))) = (self.evidence.first(), self.actions.first()) else { return };
        let start = match self.beliefs.first() {
            Some(leaving) if compat.reuse_window_evidence => *leaving,
            _ => fixed_point(tables, &self.prior, first, Sweeps::default()),
        };
        self.prior = predict(tables, &start, action);
        self.evidence.remove(0);
        self.actions.remove(0);
        if !self.beliefs.is_empty() {
            self.beliefs.remove(0);
        }
    }
}
