//! The learner: what an agent keeps of its block to learn from, and when it learns, each observation counted once.

use alloc::sync::Arc;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::count::{count_action, count_initial, count_observation, count_pair, count_smoothed, count_transition};
use super::options::{Beliefs, Learning, When};
use super::update::Gained;
use crate::compat::Compat;
use crate::model::{GenerativeModel, MAX_JOINT_STATES, Tables};
use crate::perceive::{
    Carries, ExactSmoothing, Gap, Pairwise, Perception, Smoothed, smooth, smooth_as_reference, smooth_exactly,
};
use crate::scalar::Real;

/// What was done at a step, as far as the agent knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Done {
    /// Nothing yet: the latest step.
    Nothing,
    /// This joint action.
    Action(usize),
    /// One of several: what followed teaches nothing of any of them.
    Unknown,
}

impl Done {
    /// The action, where it is known.
    pub fn action(self) -> Option<usize> {
        if let Done::Action(action) = self { Some(action) } else { None }
    }
}

/// By what an agent learns besides its options of learning: how it perceives, and what it does as the reference.
#[derive(Clone, Copy, Debug)]
pub struct Manner {
    /// What its way to perceive carries.
    pub carries: Carries,
    /// Numbers of the reference implementation.
    pub compat: Compat,
}

/// One step of a block: what was observed and believed, and what was done then.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Frame<B, E> {
    /// What was observed.
    pub evidence: E,
    /// What was believed after it.
    pub belief: B,
    /// What was done then.
    pub done: Done,
    /// Whether it is the first step of its block.
    pub first: bool,
    /// Whether it has been learned from.
    pub counted: bool,
}

/// What an agent keeps to learn from.
#[derive(Clone, Debug)]
pub struct Learner<M: GenerativeModel<T>, T: Real = f64> {
    /// The counts of the beginning, to which forgetting leads back.
    pub(crate) prior: Arc<Tables<M, T>>,
    pub(crate) frames: Vec<Frame<M::Belief, M::Evidence>>,
    /// Whether a block has just begun.
    pub(crate) fresh: bool,
    pub(crate) gained: Gained<T>,
    /// Whether something was gained since the last update of the tables, besides habits.
    taught: bool,
    /// Whether something was observed since the last step that was learned from.
    pub(crate) pending: bool,
}

/// Beliefs about the frames in the light of all of them.
struct Hindsight<M: GenerativeModel<T>, T: Real> {
    beliefs: Vec<M::Belief>,
    /// Pairwise ones, where they are wanted.
    pairs: Vec<Pairwise<T>>,
    /// Joint ones, where inference is exact.
    exact: Option<ExactSmoothing<T>>,
}

impl<M: GenerativeModel<T>, T: Real> Learner<M, T> {
    /// A learner that has seen nothing.
    pub fn new(prior: Arc<Tables<M, T>>) -> Self {
        Learner { prior, frames: Vec::new(), fresh: true, gained: Gained::none::<M>(), taught: false, pending: false }
    }

    /// The tables of the beginning.
    pub fn prior(&self) -> &Arc<Tables<M, T>> {
        &self.prior
    }

    /// Takes note of what was observed and is believed now; a second look at one step replaces the first, unless it has been learned from.
    pub fn observe(&mut self, evidence: M::Evidence, perception: &Perception<M, T>, learning: &Learning) {
        self.pending = true;
        let looked_at = self.frames.pop_if(|last| last.done == Done::Nothing);
        let (first, counted) = looked_at.map_or((self.fresh, false), |frame| (frame.first, frame.counted));
        self.fresh = false;
        self.frames.push(Frame { evidence, belief: *perception.belief(), done: Done::Nothing, first, counted });
        if learning.from == Beliefs::Smoothed {
            // Message passing smooths by itself.
            for (frame, belief) in self.frames.iter_mut().rev().zip(perception.window().iter().rev()) {
                frame.belief = *belief;
            }
        }
    }

    /// Takes note of what is done (`None`: one of several actions), and of what was believed then where nothing was observed.
    pub fn act(&mut self, action: Option<usize>, belief: &M::Belief) {
        if self.frames.last().is_none_or(|last| last.done != Done::Nothing) {
            let evidence = M::evidence(&[]);
            self.frames.push(Frame { evidence, belief: *belief, done: Done::Nothing, first: self.fresh, counted: false });
            self.fresh = false;
        }
        if let Some(last) = self.frames.last_mut() {
            last.done = action.map_or(Done::Unknown, Done::Action);
        }
        if let Some(action) = action {
            count_action(&mut self.gained, action);
        }
    }

    /// Another action was carried out than the one noted last.
    pub fn correct(&mut self, carried_out: usize) {
        let Some(last) = self.frames.last_mut() else { return };
        if let Done::Action(noted) = core::mem::replace(&mut last.done, Done::Action(carried_out)) {
            if let Some(count) = self.gained.habit.get_mut(noted) {
                *count -= T::one();
            }
            count_action(&mut self.gained, carried_out);
        }
    }

    /// Learns what can be learned after a step; whether the tables changed.
    pub fn step(&mut self, tables: &mut Arc<Tables<M, T>>, manner: Manner, learning: &Learning) -> bool {
        self.pending = false;
        if learning.when == When::BlockEnd || self.frames.is_empty() {
            return false;
        }
        if learning.from == Beliefs::Filtered {
            self.count_filtered();
            self.frames.drain(..self.frames.len() - 1);
        } else if manner.compat.recount_window {
            self.frames.iter_mut().for_each(|frame| frame.counted = false);
            self.frames.drain(..self.frames.len().saturating_sub(learning.window));
            let hindsight = self.look_back(tables, manner, learning);
            self.count_all(&hindsight, self.frames.len(), learning);
        } else {
            while self.frames.len() >= learning.window {
                let hindsight = self.look_back(tables, manner, learning);
                self.count_all(&hindsight, 1, learning);
                self.frames.remove(0);
            }
        }
        self.commit(tables, manner, learning)
    }

    /// Learns from all that is left of a block so far; whether the tables changed. The block may go on.
    pub fn finish(&mut self, tables: &mut Arc<Tables<M, T>>, manner: Manner, learning: &Learning) -> bool {
        self.pending = false;
        let Some(last) = self.frames.len().checked_sub(1) else { return false };
        if learning.when == When::Online && learning.from == Beliefs::Filtered {
            self.count_filtered();
        } else if learning.when == When::BlockEnd || !manner.compat.recount_window {
            let hindsight = self.look_back(tables, manner, learning);
            self.count_all(&hindsight, self.frames.len(), learning);
        }
        self.frames.drain(..last);
        self.commit(tables, manner, learning)
    }

    /// Goes on under other tables of the same model, as other inputs make them: forgetting leads back to theirs, of the kinds that have been
    /// learned to those of `before`.
    pub fn change_tables(&mut self, tables: &Tables<M, T>, before: &Tables<M, T>) {
        let mut prior = tables.clone();
        prior.begin_from(&self.prior, before);
        self.prior = Arc::new(prior);
    }

    /// Forgets the block: a new one begins.
    pub fn begin(&mut self) {
        self.frames.clear();
        (self.fresh, self.pending) = (true, false);
    }

    /// Counts every frame that has not been, and the transition that led to it, from what was believed then.
    fn count_filtered(&mut self) {
        for t in 0..self.frames.len() {
            if self.frames[t].counted {
                continue;
            }
            if let Some(before) = t.checked_sub(1)
                && let Done::Action(action) = self.frames[before].done
            {
                let (before, after) = (self.frames[before].belief, self.frames[t].belief);
                count_transition::<M, T>(&mut self.gained, &before, action, &after);
            }
            let belief = self.frames[t].belief;
            self.count_step(t, &belief, None);
        }
    }

    fn look_back(&self, tables: &Tables<M, T>, manner: Manner, learning: &Learning) -> Hindsight<M, T> {
        let beliefs: Vec<M::Belief> = self.frames.iter().map(|f| f.belief).collect();
        let passed = manner.carries == Carries::Window;
        if learning.from == Beliefs::Filtered || (passed && learning.from == Beliefs::Smoothed) {
            return Hindsight { beliefs, pairs: Vec::new(), exact: None };
        }
        let known: Vec<Option<usize>> = self.frames[..beliefs.len().saturating_sub(1)].iter().map(|f| f.done.action()).collect();
        let actions: Vec<usize> = known.iter().flatten().copied().collect();
        let whole_block = self.frames.first().is_some_and(|f| f.first) && actions.len() == known.len();
        if manner.carries == Carries::Joint && whole_block && M::META.joint_states() <= MAX_JOINT_STATES {
            let evidence: Vec<M::Evidence> = self.frames.iter().map(|f| f.evidence).collect();
            let exact = smooth_exactly(tables, &evidence, &actions);
            let beliefs = (0..evidence.len()).map(|t| exact.belief::<M>(t)).collect();
            let pairs = actions.iter().enumerate().map(|(t, &action)| exact.pair::<M>(tables, t, action)).collect();
            return Hindsight { beliefs, pairs, exact: Some(exact) };
        }
        let smooth = if manner.compat.drop_contradictions { smooth_as_reference } else { smooth };
        let Smoothed { beliefs, pairs } = smooth(tables, &beliefs, &known, Gap::Uniform);
        Hindsight { beliefs, pairs, exact: None }
    }

    /// Counts the first `steps` frames and the transitions that begin at them.
    fn count_all(&mut self, hindsight: &Hindsight<M, T>, steps: usize, learning: &Learning) {
        for t in 0..steps {
            self.count_step(t, &hindsight.beliefs[t], hindsight.exact.as_ref());
            let (Some(action), Some(after)) = (self.frames[t].done.action(), hindsight.beliefs.get(t + 1)) else { continue };
            self.taught = true;
            match hindsight.pairs.get(t) {
                Some(pair) if learning.from == Beliefs::Pairwise => count_pair::<M, T>(&mut self.gained, pair, action),
                _ => count_transition::<M, T>(&mut self.gained, &hindsight.beliefs[t], action, after),
            }
        }
    }

    /// Counts the observation of a frame, and the beginning of a block, unless it has been.
    fn count_step(&mut self, t: usize, belief: &M::Belief, exact: Option<&ExactSmoothing<T>>) {
        let frame = &mut self.frames[t];
        if core::mem::replace(&mut frame.counted, true) {
            return;
        }
        self.taught = true;
        if frame.first {
            count_initial::<M, T>(&mut self.gained, belief);
        }
        match exact {
            Some(exact) => count_smoothed::<M, T>(&mut self.gained, exact, t, &frame.evidence),
            None => count_observation::<M, T>(&mut self.gained, belief, &frame.evidence),
        }
    }

    /// Adds what was gained to the tables.
    fn commit(&mut self, tables: &mut Arc<Tables<M, T>>, manner: Manner, learning: &Learning) -> bool {
        let forgetting = if core::mem::take(&mut self.taught) { learning.forgetting } else { 0.0 };
        let tables = Arc::make_mut(tables);
        if manner.compat.floor_counts {
            tables.floor_counts();
        }
        tables.learn(&self.gained, &learning.rates, forgetting, &self.prior);
        self.gained.clear();
        true
    }
}
