//! Exact perception: joint distributions of the states of all factors, or of each connected component of the dependency graph.

use alloc::vec;
use alloc::vec::Vec;

use super::groups::linked;
use super::held::{Held, Since};
use super::joints::Joints;
use super::numbers::start_belief;
use super::sound::believable;
use super::way::{Carries, Moved, Perceive, PerceptionState, Way};
use crate::compat::Compat;
use crate::model::{GenerativeModel, MAX_JOINT_STATES, Marginals, Meta, ModelError, Tables};
use crate::scalar::Real;

/// Over which factors distributions are joint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Parts {
    /// All of them.
    Whole,
    /// Each connected component by itself.
    Components,
}

impl Way for Parts {
    fn check(self, meta: &Meta) -> Result<(), ModelError> {
        let (states, what) = match self {
            Parts::Whole => (meta.joint_states(), "exact inference"),
            Parts::Components => (linked(meta).total, "exact inference by components"),
        };
        if states <= MAX_JOINT_STATES {
            return Ok(());
        }
        Err(ModelError::JointStates { what, model: meta.name, states, most: MAX_JOINT_STATES })
    }

    /// The distribution of a single factor is its joint distribution.
    fn carries(self, meta: &Meta) -> Carries {
        if meta.factors.len() == 1 { Carries::Belief } else { Carries::Joint }
    }

    fn words(self, _: &Meta) -> &'static str {
        match self {
            Parts::Whole => "exact over the joint state of all factors",
            Parts::Components => "exact over the joint state of each component",
        }
    }

    fn joints<M: GenerativeModel<T>, T: Real>(self) -> Joints {
        if self == Parts::Components { Joints::by_components::<M, T>() } else { Joints::default() }
    }
}

impl Parts {
    pub fn begin<M: GenerativeModel<T>, T: Real>(self, tables: &Tables<M, T>) -> Joint<M, T> {
        let joints = self.joints::<M, T>();
        let states = joints.len::<M, T>();
        let blank = || Known { belief: M::Belief::zero(), joint: vec![T::zero(); states] };
        let mut way = Joint { joints, held: Held::new(blank(), blank()) };
        way.restart(tables);
        way
    }
}

/// The distribution of each factor, and the joint ones.
#[derive(Debug)]
struct Known<B, T> {
    belief: B,
    joint: Vec<T>,
}

/// Joint distributions.
#[derive(Debug)]
pub struct Joint<M: GenerativeModel<T>, T: Real> {
    /// How they are laid out.
    joints: Joints,
    held: Held<Known<M::Belief, T>>,
}

impl<M: GenerativeModel<T>, T: Real> Joint<M, T> {
    /// The distribution of each factor follows from the joint ones.
    #[inline]
    fn marginalise(&mut self) {
        self.held.now.belief = self.joints.belief::<M, T>(&self.held.now.joint);
    }

    /// Moves the joint distributions; what they were is what was before.
    #[inline]
    fn advance_by(&mut self, tables: &Tables<M, T>, actions: &[(usize, T)]) {
        let Held { now, before, .. } = &mut self.held;
        before.belief = now.belief;
        match *actions {
            [(action, _)] => self.joints.advance(tables, &now.joint, action, &mut before.joint),
            _ => self.joints.advance_mixture(tables, &now.joint, actions, &mut before.joint),
        }
        core::mem::swap(&mut now.joint, &mut before.joint);
        self.marginalise();
    }
}

impl<M: GenerativeModel<T>, T: Real> Perceive<M, T> for Joint<M, T> {
    fn restart(&mut self, tables: &Tables<M, T>) {
        let Known { belief, joint } = self.held.begin();
        start_belief(tables, belief);
        self.joints.start(tables, joint);
    }

    fn perceive(&mut self, tables: &Tables<M, T>, evidence: &M::Evidence) {
        let Held { now, before, since } = &mut self.held;
        if core::mem::replace(since, Since::Look) == Since::Look {
            now.joint.copy_from_slice(&before.joint);
        } else {
            before.belief = now.belief;
        }
        self.joints.update(tables, evidence, &mut now.joint, &mut before.joint);
        self.marginalise();
    }

    #[inline]
    fn look_again(&mut self, belief: &M::Belief, joint: &[T]) {
        let held = &mut self.held;
        if core::mem::replace(&mut held.since, Since::Look) != Since::Look {
            core::mem::swap(&mut held.now, &mut held.before);
        }
        held.now.belief = *belief;
        held.now.joint.copy_from_slice(joint);
    }

    /// By components, one of several actions that drive several components leaves them independent.
    fn advance(&mut self, tables: &Tables<M, T>, moved: Moved<'_, T>, _: &Compat) {
        match moved {
            Moved::By(action) => {
                self.advance_by(tables, &[(action, T::one())]);
                self.held.since = Since::Move;
            }
            Moved::ByOneOf(actions) => {
                self.advance_by(tables, actions);
                self.held.since = Since::Nothing;
            }
        }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn belief(&self) -> &M::Belief {
        &self.held.now.belief
    }

    fn outlook(&self) -> &M::Belief {
        &self.held.outlook().belief
    }

    fn believe(&mut self, new: M::Belief) {
        let Known { belief, joint } = self.held.begin();
        *belief = new;
        self.joints.independent::<M, T>(belief, joint);
    }

    fn settle(&mut self) {
        self.held.settle();
    }

    fn step_back(&mut self) -> bool {
        let back = self.held.take_back();
        if back {
            core::mem::swap(&mut self.held.now, &mut self.held.before);
        }
        back
    }

    fn joint(&self) -> &[T] {
        &self.held.now.joint
    }

    fn joint_outlook(&self) -> &[T] {
        &self.held.outlook().joint
    }

    fn write_numbers(&self, numbers: &mut Vec<T>) -> bool {
        numbers.extend_from_slice(&self.held.now.joint);
        true
    }

    fn read_numbers(&mut self, numbers: &[T]) {
        self.held.begin().joint.iter_mut().zip(numbers).for_each(|(to, &p)| *to = p);
        self.marginalise();
    }

    fn stored(&self) -> PerceptionState<M::Belief, M::Evidence, T> {
        let Held { now, before, since } = &self.held;
        let before = (*since != Since::Nothing).then(|| (before.belief, before.joint.clone()));
        PerceptionState { belief: now.belief, joint: now.joint.clone(), before, moved: *since == Since::Move, past: None }
    }

    fn resume(&mut self, state: PerceptionState<M::Belief, M::Evidence, T>) -> bool {
        let whole = |belief: &M::Belief, joint: &[T]| {
            believable::<M, T>(belief) && joint.len() == self.held.now.joint.len() && self.joints.all_proper::<M, T>(joint)
        };
        let fits = state.past.is_none() && state.are(whole);
        if fits {
            self.held.since = state.since();
            self.held.now = Known { belief: state.belief, joint: state.joint };
            if let Some((belief, joint)) = state.before {
                self.held.before = Known { belief, joint };
            }
        }
        fits
    }
}

/// Copying into one of the same size uses its memory again.
impl<M: GenerativeModel<T>, T: Real> Clone for Joint<M, T> {
    fn clone(&self) -> Self {
        let known = |known: &Known<M::Belief, T>| Known { belief: known.belief, joint: known.joint.clone() };
        let Held { now, before, since } = &self.held;
        Joint { joints: self.joints.clone(), held: Held { now: known(now), before: known(before), since: *since } }
    }

    fn clone_from(&mut self, from: &Self) {
        let copy = |to: &mut Known<M::Belief, T>, from: &Known<M::Belief, T>| {
            to.belief = from.belief;
            to.joint.clone_from(&from.joint);
        };
        if self.joints != from.joints {
            self.joints.clone_from(&from.joints);
        }
        copy(&mut self.held.now, &from.held.now);
        copy(&mut self.held.before, &from.held.before);
        self.held.since = from.held.since;
    }
}
