//! Plans of a model that falls apart: each part is searched by itself, and what is found is put together.
//!
//! Where no factor moves with one of another part, no modality shows two and no action drives two, the negative expected free energy of a policy is the sum
//! of those of its parts, whatever is believed of them jointly: `G(pi) = sum_c G_c(pi_c)`. Sequences of joint actions are combinations of sequences of each
//! part's own, so the sum of `exp(gamma * -G)` over all policies that begin with a joint action is the product of the parts' sums, and their greatest the
//! product of the greatest. So `V(b, n)` is a sum over parts, a search of each takes the place of one of all, and the cost is the sum and not the product.
//!
//! Habits over first actions and which of them are open are of joint actions: they count where parts have been put together.

use alloc::vec;

use arrayvec::ArrayVec;

use super::apart::{parts, splits};
use super::root::{VIEWED, is_small};
use super::{Plan, PlanningContext, Problem};
use crate::domain::Domain;
use crate::model::{GenerativeModel, Part};
use crate::scalar::Real;

/// The plan that a function makes: of the whole problem, or of each part by itself where it falls apart, without habits then.
#[cfg_attr(not(debug_assertions), inline(always))]
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
