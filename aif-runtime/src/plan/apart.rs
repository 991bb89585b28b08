//! Plans of a model that falls apart: each part is searched by itself, and what is found is put together.
//!
//! Where no factor moves with one of another part, no modality shows two and no action drives two, the negative expected free energy of a policy is the sum
//! of those of its parts, whatever is believed of them jointly: `G(pi) = sum_c G_c(pi_c)`. Sequences of joint actions are combinations of sequences of each
//! part's own, so the sum of `exp(gamma * -G)` over all policies that begin with a joint action is the product of the parts' sums, and their greatest the
//! product of the greatest. So `V(b, n)` is a sum over parts, a search of each takes the place of one of all, and the cost is the sum and not the product.
//!
//! Habits over first actions and which of them are open are of joint actions: they count where parts have been put together.

use alloc::vec;
use core::marker::PhantomData;

use arrayvec::ArrayVec;

use super::root::{VIEWED, is_small};
use super::{Plan, PlanningContext, Problem};
use crate::domain::Domain;
use crate::model::{GenerativeModel, Part, Parts};
use crate::scalar::Real;

/// The parts of a model, known to the compiler.
struct Of<M, T>(PhantomData<fn() -> (M, T)>);

impl<M: GenerativeModel<T>, T: Real> Of<M, T> {
    const PARTS: Parts = Parts::of(&M::META);
}

/// Whether a model falls apart; of one that does not, nothing here is compiled.
pub(crate) const fn splits<M: GenerativeModel<T>, T: Real>() -> bool {
    !Of::<M, T>::PARTS.list().is_empty()
}

/// How many numbers the joint distributions of a part have at most.
pub(super) const fn most_numbers<M: GenerativeModel<T>, T: Real>() -> usize {
    Of::<M, T>::PARTS.most_numbers(&M::META)
}

/// The parts of a model; none where it is one.
pub(crate) fn parts<M: GenerativeModel<T>, T: Real>() -> &'static [Part] {
    const { &Of::<M, T>::PARTS }.list()
}

impl<M: GenerativeModel<T>, T: Real> PlanningContext<'_, M, T> {
    /// The part that is planned by itself, where it is not the whole model.
    #[inline(always)]
    pub(super) fn part(&self) -> Option<&'static Part> {
        if const { splits::<M, T>() } { self.part } else { None }
    }

    /// Whether a factor has to do with what is planned.
    #[inline(always)]
    pub(super) fn has_factor(&self, factor: usize) -> bool {
        self.part().is_none_or(|part| part.has_factor(factor))
    }

    /// Whether a modality has to do with what is planned.
    #[inline(always)]
    pub(super) fn has_modality(&self, modality: usize) -> bool {
        self.part().is_none_or(|part| part.has_modality(modality))
    }

    /// How many actions there are to choose from.
    #[inline(always)]
    pub(super) fn choices(&self) -> usize {
        self.part().map_or(M::Action::COUNT, |part| part.local_actions)
    }

    /// One of them as a joint action.
    #[inline(always)]
    pub(super) fn choice(&self, choice: usize) -> usize {
        self.part().map_or(choice, |part| part.joint_action(&M::META, choice))
    }

    /// Whether preferences depend on the step.
    #[inline(always)]
    pub(super) fn is_timed(&self) -> bool {
        M::META.modalities.iter().enumerate().any(|(m, modality)| modality.timed && self.has_modality(m))
    }

    /// Whether one of them can be taken now: with some actions of other parts.
    #[inline(always)]
    pub(super) fn is_open_choice(&self, choice: usize) -> bool {
        match (self.part(), self.open) {
            (Some(part), Some(_)) => {
                (0..M::Action::COUNT).any(|action| self.is_open(action) && part.local_action(&M::META, action) == choice)
            }
            _ => self.is_open(choice),
        }
    }

    /// Whether what is planned here is planned part by part: not where what all modalities tell together counts, which need not be a sum over parts.
    pub(super) fn falls_apart(&self) -> bool {
        if const { !splits::<M, T>() } {
            return false;
        }
        let of_all = self.objective.on.state_information_gain && self.objective.joint_information_gain;
        !of_all && self.part.is_none() && (self.joint.is_none() || !self.parts.is_empty())
    }
}

/// The plan that a function makes: of the whole problem, or of each part by itself where it falls apart, without habits then.
#[inline(always)]
pub(super) fn by_parts<M: GenerativeModel<T>, T: Real>(
    problem: &Problem<'_, M, T>,
    mut plan: impl FnMut(&Problem<'_, M, T>) -> Plan<M, T>,
) -> Plan<M, T> {
    if const { !splits::<M, T>() } {
        return plan(problem);
    }
    if !problem.scene.falls_apart() {
        return plan(problem);
    }
    let mut whole = Plan { depth: problem.scene.objective.horizon, ..Plan::nothing(problem) };
    for part in parts::<M, T>() {
        let found = of_part(problem, part, &mut plan);
        let own = M::Action::entries(&found.weights);
        for (action, weight) in M::Action::entries_mut(&mut whole.weights).iter_mut().enumerate() {
            *weight += own[part.local_action(&M::META, action)];
        }
        whole.nodes += found.nodes;
        whole.evaluations += found.evaluations;
        whole.depth = whole.depth.min(found.depth);
        whole.pruned += found.pruned;
        whole.saved = whole.saved.saturating_add(found.saved);
        if whole.depth == 0 {
            break;
        }
    }
    if problem.scene.open.is_some() {
        for (action, weight) in M::Action::entries_mut(&mut whole.weights).iter_mut().enumerate() {
            if !problem.scene.is_open(action) {
                *weight = T::constant(f64::NEG_INFINITY);
            }
        }
    }
    whole
}

/// The plan of one part, from what is believed of its factors.
fn of_part<M: GenerativeModel<T>, T: Real>(
    problem: &Problem<'_, M, T>,
    part: &'static Part,
    plan: &mut impl FnMut(&Problem<'_, M, T>) -> Plan<M, T>,
) -> Plan<M, T> {
    let scene = PlanningContext { part: Some(part), views: None, ..problem.scene };
    let (Some((joints, joint)), Some(own)) = (scene.joint, scene.parts.get(part.index)) else {
        return plan(&Problem { scene: PlanningContext { joint: None, ..scene }, ..*problem });
    };
    with_numbers(own.len::<M, T>(), |numbers| {
        joints.look::<M, T>(joint, own, numbers);
        plan(&Problem { scene: PlanningContext { joint: Some((own, numbers)), ..scene }, ..*problem })
    })
}

/// Calls `f` with so many zeros: on the stack where that holds them.
fn with_numbers<T: Real, R>(count: usize, f: impl FnOnce(&mut [T]) -> R) -> R {
    fn zeros<T: Real, const N: usize>(count: usize) -> ArrayVec<T, N> {
        (0..count).map(|_| T::zero()).collect()
    }
    if const { size_of::<T>() <= 16 } && count <= VIEWED {
        return f(&mut zeros::<T, VIEWED>(count));
    }
    if const { is_small::<T>() } && count <= 64 {
        return f(&mut zeros::<T, 64>(count));
    }
    f(&mut vec![T::zero(); count])
}
