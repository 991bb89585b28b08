//! The learner: what an agent keeps of its block to learn from, and when it learns, each observation counted once.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::ops::Range;

use serde::{Deserialize, Serialize};

use super::count::{
    count_action, count_both, count_initial, count_joint_pair, count_jointly, count_observation, count_pair, count_preference,
    count_transition,
};
use super::gained::Gained;
use super::options::{Beliefs, Learning, Pace};
use super::update::Undo;
use crate::compat::Compat;
use crate::model::{GenerativeModel, Tables};
use crate::perceive::{Carries, Gap, Joints, Pairwise, Perception, Smoothed, each_context, smooth, smooth_as_reference};
use crate::scalar::{Real, same};

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

/// By what an agent learns: what it is told to, how fast, how it perceives, and what it does as the reference.
#[derive(Clone, Copy, Debug)]
pub struct Manner<T = f64> {
    /// What is learned, and when.
    pub learning: Learning,
    /// How fast.
    pub pace: Pace<T>,
    /// What its way to perceive carries.
    pub carries: Carries,
    /// Numbers of the reference implementation.
    pub compat: Compat,
    /// Whether plans ask what is to be learned: then it follows the counts.
    pub novel: bool,
}

/// One step of a block: what was observed and believed, and what was done then.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Frame<B, E, T = f64> {
    /// What was observed.
    pub evidence: E,
    /// What was believed after it.
    pub belief: B,
    /// The same of all factors jointly, where that is carried; else empty.
    pub joint: Vec<T>,
    /// What was done then.
    pub done: Done,
    /// Whether it is the first step of its block.
    pub first: bool,
    /// Whether it has been learned from, with the transition that led to it.
    pub counted: bool,
}

impl<B: PartialEq, E: PartialEq, T: Real> Frame<B, E, T> {
    /// Whether another one is the same, derivatives included.
    pub(crate) fn same(&self, other: &Self) -> bool {
        self.done == other.done
            && (self.first, self.counted) == (other.first, other.counted)
            && self.evidence == other.evidence
            && self.belief == other.belief
            && same(&self.joint, &other.joint)
    }
}

/// What an agent keeps to learn from.
#[derive(Clone, Debug)]
pub struct Learner<M: GenerativeModel<T>, T: Real = f64> {
    /// The counts of the beginning, to which forgetting leads back.
    pub(crate) prior: Arc<Tables<M, T>>,
    pub(crate) frames: Vec<Frame<M::Belief, M::Evidence, T>>,
    /// Whether a block has just begun.
    pub(crate) fresh: bool,
    pub(crate) gained: Gained<T>,
    /// How the joint distributions of frames are laid out.
    joints: Joints,
    /// Whether something was gained since the last update of the tables, besides habits.
    taught: bool,
    /// Whether something was observed since the last step that was learned from.
    pub(crate) pending: bool,
    /// From which frame on the latest update of the tables counted, where another look at the latest step would take it back.
    latest: Option<usize>,
    /// What it would take back, and what was counted of habits.
    undo: Undo<T>,
    taken: Vec<T>,
}

/// Beliefs about frames in the light of all of them.
struct Hindsight<M: GenerativeModel<T>, T: Real> {
    beliefs: Vec<M::Belief>,
    /// Pairwise ones, where they are wanted.
    pairs: Vec<Pairwise<T>>,
    /// Joint ones, where these are carried.
    joint: Vec<Vec<T>>,
}

impl<M: GenerativeModel<T>, T: Real> Learner<M, T> {
    /// A learner that has seen nothing; `joints` is how the joint distributions of its agent are laid out.
    pub fn new(prior: Arc<Tables<M, T>>, joints: Joints) -> Self {
        let gained = Gained::none::<M>();
        let (frames, taken, undo) = (Vec::new(), Vec::new(), Undo::none());
        Learner { prior, frames, fresh: true, gained, joints, taught: false, pending: false, latest: None, undo, taken }
    }

    /// The tables of the beginning.
    pub fn prior(&self) -> &Arc<Tables<M, T>> {
        &self.prior
    }

    /// Before another look at the latest step: what was learned from the first look is taken back. Whether the tables changed.
    pub fn look_again(&mut self, tables: &mut Arc<Tables<M, T>>) -> bool {
        if self.frames.last().is_none_or(|last| last.done != Done::Nothing) {
            return false;
        }
        let Some(from) = self.latest.take() else { return false };
        Arc::make_mut(tables).unlearn(&mut self.undo);
        self.frames[from..].iter_mut().for_each(|frame| frame.counted = false);
        self.gained.of_habit().iter_mut().zip(&self.taken).for_each(|(to, &n)| *to += n);
        true
    }

    /// What the latest look taught, to be stored: the counts before it, from which frame on it counted, and what of habits.
    pub(crate) fn latest(&self, tables: &Tables<M, T>) -> Option<(Tables<M, T>, usize, &[T])> {
        let from = self.latest?;
        let mut before = tables.clone();
        before.unlearn(&mut self.undo.clone());
        Some((before, from, &self.taken))
    }

    /// Goes on from what is stored of the same.
    pub(crate) fn resume_latest(&mut self, before: &Tables<M, T>, now: &Tables<M, T>, from: usize, taken: Vec<T>) {
        (self.undo, self.taken) = (Undo::between(before, now), taken);
        self.latest = Some(from.min(self.frames.len()));
    }

    /// Takes note of what was observed and is believed now; a second look at one step replaces the first.
    pub fn observe(&mut self, evidence: M::Evidence, perception: &Perception<M, T>, learning: &Learning) {
        self.pending = true;
        let looked_at = self.frames.pop_if(|last| last.done == Done::Nothing);
        let (first, counted) = looked_at.as_ref().map_or((self.fresh, false), |frame| (frame.first, frame.counted));
        let mut joint = looked_at.map_or(Vec::new(), |frame| frame.joint);
        joint.clear();
        joint.extend_from_slice(perception.joint());
        self.fresh = false;
        self.frames.push(Frame { evidence, belief: *perception.belief(), joint, done: Done::Nothing, first, counted });
        if learning.from == Beliefs::Smoothed {
            // Message passing smooths by itself.
            for (frame, belief) in self.frames.iter_mut().rev().zip(perception.window().iter().rev()) {
                frame.belief = *belief;
            }
        }
    }

    /// Takes note of what is done (`None`: one of several actions), and of what was believed then where nothing was observed.
    pub fn act(&mut self, action: Option<usize>, perception: &Perception<M, T>) {
        self.latest = None;
        if self.frames.last().is_none_or(|last| last.done != Done::Nothing) {
            let (belief, joint) = (*perception.belief(), perception.joint().to_vec());
            let evidence = M::evidence(&[]);
            self.frames.push(Frame { evidence, belief, joint, done: Done::Nothing, first: self.fresh, counted: false });
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
            if let Some(count) = self.gained.of_habit().get_mut(noted) {
                *count -= T::one();
            }
            count_action(&mut self.gained, carried_out);
        }
    }

    /// Learns what can be learned after a step; whether the tables changed.
    pub fn step(&mut self, tables: &mut Arc<Tables<M, T>>, manner: &Manner<T>) -> bool {
        let pending = core::mem::replace(&mut self.pending, false);
        let Some(lag) = manner.learning.when.lag().filter(|_| pending && !self.frames.is_empty()) else { return false };
        if let Some(window) = manner.compat.recount_window {
            self.frames.iter_mut().for_each(|frame| frame.counted = false);
            self.frames.drain(..self.frames.len().saturating_sub(window));
        }
        let from = self.first_uncounted();
        let ready = self.frames.len().saturating_sub(lag).max(from);
        self.count(tables, manner, from..ready);
        self.taken.clone_from(&self.gained.habit);
        self.commit(tables, manner);
        self.latest = manner.learning.when.is_before_choice().then_some(from);
        true
    }

    /// Learns from all that is left of a block so far; whether the tables changed. The block may go on.
    pub fn finish(&mut self, tables: &mut Arc<Tables<M, T>>, manner: &Manner<T>) -> bool {
        self.pending = false;
        self.latest = None;
        if self.frames.is_empty() {
            return false;
        }
        let recounts = manner.compat.recount_window.is_some() && manner.learning.when.lag().is_some();
        if !recounts || manner.learning.from == Beliefs::Filtered {
            let from = self.first_uncounted();
            self.count(tables, manner, from..self.frames.len());
        }
        self.frames.drain(..self.frames.len() - 1);
        self.commit(tables, manner);
        true
    }

    /// Goes on under other tables of the same model, as other inputs make them: forgetting leads back to theirs, of the kinds that have been
    /// learned to those of `before`.
    pub fn change_tables(&mut self, tables: &Arc<Tables<M, T>>, before: &Tables<M, T>) {
        let mut prior = tables.clone();
        if !prior.begins_as(&self.prior, before) {
            Arc::make_mut(&mut prior).begin_from(&self.prior, before);
        }
        self.prior = prior;
        self.latest = None;
    }

    /// Forgets the block: a new one begins.
    pub fn begin(&mut self) {
        self.frames.clear();
        self.latest = None;
        (self.fresh, self.pending) = (true, false);
    }

    /// The first frame that has not been learned from, once those are gone that nothing later needs.
    fn first_uncounted(&mut self) -> usize {
        let from = self.frames.iter().position(|frame| !frame.counted).unwrap_or(self.frames.len());
        self.frames.drain(..from.saturating_sub(1));
        from.min(1)
    }

    /// Counts frames, and the transitions that led to them.
    fn count(&mut self, tables: &Tables<M, T>, manner: &Manner<T>, frames: Range<usize>) {
        if frames.is_empty() {
            return;
        }
        // Of the latest step everything is known already: what was believed before it, and is now.
        if frames.end - frames.start == 1 && frames.end == self.frames.len() && manner.learning.from == Beliefs::Pairwise {
            return self.count_latest(tables, frames.start, manner.carries);
        }
        let hindsight = self.look_back(tables, manner);
        for t in frames {
            self.count_step(tables, t, &hindsight.beliefs[t], hindsight.joint.get(t).map(Vec::as_slice));
            let Some((before, action)) = self.led_by(t) else { continue };
            if manner.learning.from != Beliefs::Pairwise {
                count_transition::<M, T>(&mut self.gained, &hindsight.beliefs[before], action, &hindsight.beliefs[t]);
            } else if let Some(joint) = hindsight.joint.get(t) {
                count_joint_pair(&mut self.gained, &self.joints, tables, &self.frames[before].joint, action, joint);
            } else if let Some(pair) = hindsight.pairs.get(before) {
                count_pair::<M, T>(&mut self.gained, pair, action);
            }
        }
    }

    /// Counts the latest frame, by what was believed before it and is believed now.
    fn count_latest(&mut self, tables: &Tables<M, T>, t: usize, carries: Carries) {
        let frame = &mut self.frames[t];
        let (belief, joint) = (frame.belief, core::mem::take(&mut frame.joint));
        let jointly = carries == Carries::Joint;
        self.count_step(tables, t, &belief, jointly.then_some(&joint));
        if let Some((before, action)) = self.led_by(t) {
            let before = &self.frames[before];
            if jointly {
                count_joint_pair(&mut self.gained, &self.joints, tables, &before.joint, action, &joint);
            } else {
                count_both(&mut self.gained, tables, &before.belief, action, &belief);
            }
        }
        self.frames[t].joint = joint;
    }

    /// The frame before one, and the action between them, where both are known.
    fn led_by(&self, t: usize) -> Option<(usize, usize)> {
        let before = t.checked_sub(1).filter(|_| !self.frames[t].first)?;
        Some((before, self.frames[before].done.action()?))
    }

    fn look_back(&self, tables: &Tables<M, T>, manner: &Manner<T>) -> Hindsight<M, T> {
        let beliefs: Vec<M::Belief> = self.frames.iter().map(|f| f.belief).collect();
        let known: Vec<Option<usize>> = self.frames[..beliefs.len().saturating_sub(1)].iter().map(|f| f.done.action()).collect();
        let mut joint: Vec<Vec<T>> = Vec::new();
        if manner.carries == Carries::Joint {
            joint = self.frames.iter().map(|f| f.joint.clone()).collect();
        }
        let passed = manner.carries == Carries::Window && manner.learning.from == Beliefs::Smoothed;
        if manner.learning.from == Beliefs::Filtered || passed {
            return Hindsight { beliefs, pairs: Vec::new(), joint };
        }
        if manner.carries == Carries::Joint {
            for t in (0..known.len()).rev() {
                joint[t] = self.joints.smooth(tables, &joint[t], known[t], &joint[t + 1]);
            }
            let beliefs = joint.iter().map(|joint| self.joints.belief::<M, T>(joint)).collect();
            return Hindsight { beliefs, pairs: Vec::new(), joint };
        }
        let smooth = if manner.compat.drop_contradictions { smooth_as_reference } else { smooth };
        let Smoothed { beliefs, pairs } = smooth(tables, &beliefs, &known, Gap::Uniform);
        Hindsight { beliefs, pairs, joint }
    }

    /// Counts the observation of a frame, and the beginning of a block.
    fn count_step(&mut self, tables: &Tables<M, T>, t: usize, belief: &M::Belief, joint: Option<&[T]>) {
        let frame = &mut self.frames[t];
        frame.counted = true;
        self.taught = true;
        if frame.first {
            count_initial::<M, T>(&mut self.gained, belief);
        }
        let (gained, evidence) = (&mut self.gained, &frame.evidence);
        match joint {
            Some(joint) => {
                count_preference(gained, tables, evidence, |of, add| self.joints.each_context::<M, T>(joint, of, add));
                count_jointly(gained, tables, (&self.joints, joint), evidence);
            }
            None => {
                count_preference(gained, tables, evidence, |of, add| each_context(belief, of, add));
                count_observation(gained, tables, belief, evidence);
            }
        }
    }

    /// Adds what was gained to the tables.
    fn commit(&mut self, tables: &mut Arc<Tables<M, T>>, manner: &Manner<T>) {
        let mut pace = manner.pace;
        if !core::mem::take(&mut self.taught) {
            pace.forgetting = T::zero();
        }
        let tables = Arc::make_mut(tables);
        tables.keep_novelty(manner.novel);
        if manner.compat.floor_counts {
            tables.floor_counts();
        }
        tables.learn_with(&self.gained, &pace, &self.prior, &mut self.undo);
        self.gained.clear();
    }
}
