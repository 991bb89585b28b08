//! The learner: what an agent keeps of its block to learn from, and when it learns, each observation counted once.

use alloc::sync::Arc;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::count::{count_action, count_initial, count_observation, count_pair, count_transition};
use super::options::{Beliefs, Learning, When};
use crate::model::{Gained, GenerativeModel, Tables};
use crate::options::{AgentOptions, Inference};
use crate::perceive::{Filter, Gap, Pairwise, Smoothed, smooth, smooth_exactly};

/// One step of a block: what was observed and believed, and what was done then.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Frame<B, E> {
    /// What was observed.
    pub evidence: E,
    /// What was believed after it.
    pub belief: B,
    /// What was done then; nothing yet at the latest step.
    pub action: Option<usize>,
    /// Whether it is the first step of its block.
    pub first: bool,
    /// Whether it has been learned from.
    pub counted: bool,
}

/// What an agent keeps to learn from.
#[derive(Clone, Debug)]
pub struct Learner<M: GenerativeModel> {
    /// The counts of the beginning, to which forgetting leads back.
    pub(crate) prior: Arc<Tables<M>>,
    pub(crate) frames: Vec<Frame<M::Belief, M::Evidence>>,
    gained: Gained,
}

impl<M: GenerativeModel> Learner<M> {
    /// A learner that has seen nothing.
    pub fn new(prior: Arc<Tables<M>>) -> Self {
        Learner { prior, frames: Vec::new(), gained: Gained::none::<M>() }
    }

    /// The tables of the beginning.
    pub fn prior(&self) -> &Arc<Tables<M>> {
        &self.prior
    }

    /// Takes note of what was observed and is believed now; a second look at one step replaces the first.
    pub fn observe(&mut self, evidence: M::Evidence, filter: &Filter<M::Belief, M::Evidence>, learning: &Learning) {
        let first = match self.frames.pop() {
            Some(last) if last.action.is_some() => {
                self.frames.push(last);
                false
            }
            Some(looked_at) => looked_at.first,
            None => true,
        };
        self.frames.push(Frame { evidence, belief: *filter.belief(), action: None, first, counted: false });
        if learning.from != Beliefs::Filtered {
            // Message passing smooths by itself.
            for (frame, belief) in self.frames.iter_mut().rev().zip(filter.window().iter().rev()) {
                frame.belief = *belief;
            }
        }
    }

    /// Takes note of what is done.
    pub fn act(&mut self, action: usize) {
        if let Some(last) = self.frames.last_mut() {
            last.action = Some(action);
        }
    }

    /// Learns what can be learned after a step; whether the tables changed.
    pub fn step(&mut self, tables: &mut Arc<Tables<M>>, options: &AgentOptions, learning: &Learning) -> bool {
        if learning.when == When::BlockEnd || self.frames.is_empty() {
            return false;
        }
        let last = self.frames.len() - 1;
        if learning.from == Beliefs::Filtered {
            if self.frames[last].counted {
                return false;
            }
            self.count_step(last, self.frames[last].belief);
            if let (Some(before), Some(action)) = (last.checked_sub(1), self.frames[..last].last().and_then(|f| f.action)) {
                count_transition::<M, f64>(&mut self.gained, &self.frames[before].belief, action, &self.frames[last].belief);
                count_action(&mut self.gained, action);
            }
            self.frames.drain(..last);
            return self.commit(tables, options, learning);
        }
        if options.compat.recount_window {
            self.frames.iter_mut().for_each(|frame| frame.counted = false);
            let kept = self.frames.len().saturating_sub(learning.window);
            self.frames.drain(..kept);
            let (smoothed, pairs) = self.smoothed(tables, options, learning);
            for (t, belief) in smoothed.iter().enumerate() {
                self.count_step(t, *belief);
            }
            self.count_moves(&smoothed, &pairs, learning);
            return self.commit(tables, options, learning);
        }
        if self.frames.len() < learning.window {
            return false;
        }
        let (smoothed, pairs) = self.smoothed(tables, options, learning);
        self.count_step(0, smoothed[0]);
        self.count_moves(&smoothed[..2], &pairs[..pairs.len().min(1)], learning);
        self.frames.remove(0);
        self.commit(tables, options, learning)
    }

    /// Learns from all that is left of a block and forgets the block; whether the tables changed.
    pub fn finish(&mut self, tables: &mut Arc<Tables<M>>, options: &AgentOptions, learning: &Learning) -> bool {
        if self.frames.is_empty() {
            return false;
        }
        let (smoothed, pairs) = self.smoothed(tables, options, learning);
        if !options.compat.recount_window || learning.when == When::BlockEnd {
            for (t, belief) in smoothed.iter().enumerate() {
                self.count_step(t, *belief);
            }
            let counted_online = learning.when == When::Online && learning.from == Beliefs::Filtered;
            if !counted_online {
                self.count_moves(&smoothed, &pairs, learning);
            }
        }
        if let Some(action) = self.frames.last().and_then(|f| f.action) {
            count_action(&mut self.gained, action);
        }
        self.frames.clear();
        self.commit(tables, options, learning)
    }

    /// Beliefs about the frames in the light of all of them, and pairwise ones where they are wanted.
    fn smoothed(&self, tables: &Tables<M>, options: &AgentOptions, learning: &Learning) -> (Vec<M::Belief>, Vec<Pairwise<f64>>) {
        let beliefs: Vec<M::Belief> = self.frames.iter().map(|f| f.belief).collect();
        let passed = matches!(options.inference, Inference::Marginal { .. } | Inference::Variational { .. });
        if learning.from == Beliefs::Filtered || (passed && learning.from == Beliefs::Smoothed) {
            return (beliefs, Vec::new());
        }
        let known: Vec<Option<usize>> = self.frames[..beliefs.len() - 1].iter().map(|f| f.action).collect();
        let actions: Vec<usize> = known.iter().flatten().copied().collect();
        let whole_block = self.frames[0].first && actions.len() == known.len();
        if options.inference == Inference::Exact && whole_block && M::META.factors.len() > 1 {
            let evidence: Vec<M::Evidence> = self.frames.iter().map(|f| f.evidence).collect();
            let exact = smooth_exactly(tables, &evidence, &actions);
            let beliefs = (0..evidence.len()).map(|t| exact.belief::<M>(t)).collect();
            let pairs = actions.iter().enumerate().map(|(t, &action)| exact.pair::<M>(tables, t, action)).collect();
            return (beliefs, pairs);
        }
        let Smoothed { beliefs, pairs } = smooth(tables, &beliefs, &known, Gap::Stay);
        (beliefs, pairs)
    }

    /// Counts the observation of a frame, and the beginning of a block.
    fn count_step(&mut self, t: usize, belief: M::Belief) {
        let frame = &mut self.frames[t];
        if core::mem::replace(&mut frame.counted, true) {
            return;
        }
        if frame.first {
            count_initial::<M, f64>(&mut self.gained, &belief);
        }
        count_observation::<M, f64>(&mut self.gained, &belief, &frame.evidence);
    }

    /// Counts the transitions and actions between smoothed steps.
    fn count_moves(&mut self, smoothed: &[M::Belief], pairs: &[Pairwise<f64>], learning: &Learning) {
        for t in 0..smoothed.len().saturating_sub(1) {
            let Some(action) = self.frames[t].action else { continue };
            match pairs.get(t) {
                Some(pair) if learning.from == Beliefs::Pairwise => count_pair::<M, f64>(&mut self.gained, pair, action),
                _ => count_transition::<M, f64>(&mut self.gained, &smoothed[t], action, &smoothed[t + 1]),
            }
            count_action(&mut self.gained, action);
        }
    }

    /// Adds what was gained to the tables.
    fn commit(&mut self, tables: &mut Arc<Tables<M>>, options: &AgentOptions, learning: &Learning) -> bool {
        let tables = Arc::make_mut(tables);
        if options.compat.floor_counts {
            tables.floor_counts();
        }
        tables.learn(&self.gained, &learning.rates, learning.forgetting, &self.prior);
        self.gained.clear();
        true
    }
}
