//! What an agent behind the door can be asked and told: beliefs, reasons, preferences, goals, precisions.

use std::sync::Arc;

use aif_runtime::model::{Marginals, Numbers};
use aif_runtime::{Domain, ModelFamily, Precisions};

use super::{Handle, NULL, RANGE, REFUSED, SIZE, because, behind, guarded, list};

/// # Safety
/// `count` numbers may be written behind `to`, unless it is null.
unsafe fn fill(numbers: impl ExactSizeIterator<Item = f64>, (to, count): (*mut f64, usize)) -> Result<(), i32> {
    if count != numbers.len() {
        return Err(SIZE);
    }
    if to.is_null() || !to.is_aligned() {
        return Err(NULL);
    }
    for (i, number) in numbers.enumerate() {
        // SAFETY: there is room for `count` numbers.
        unsafe { to.add(i).write(number) };
    }
    Ok(())
}

/// Writes how probable each state of a factor is believed to be.
///
/// # Safety
/// As for [`reset`](super::reset); `count` numbers may be written behind `to`, unless it is null.
pub unsafe fn belief<M: ModelFamily>(agent: *mut Handle<M>, factor: usize, to: (*mut f64, usize)) -> i32 {
    guarded(|| {
        let door = unsafe { behind(agent) }?;
        if factor >= M::META.factors.len() {
            return Err(RANGE);
        }
        unsafe { fill(door.agent.belief().probabilities(factor).iter().copied(), to) }
    })
}

/// How many numbers explain an action.
pub const EXPLAINED: usize = 8;

/// Writes what speaks for each joint action, [`EXPLAINED`] numbers each: probability, utility, information gain about states, information gain about likelihoods,
/// inductive value, information gain about transitions, what later steps add, habit.
///
/// # Safety
/// As for [`belief`].
pub unsafe fn explain<M: ModelFamily>(agent: *mut Handle<M>, to: (*mut f64, usize)) -> i32 {
    guarded(|| {
        let explained = unsafe { behind(agent) }?.agent.explain();
        let mut numbers = Vec::with_capacity(M::Action::COUNT * EXPLAINED);
        for why in M::Action::entries(&explained) {
            let terms = why.next;
            numbers.extend([why.probability, terms.utility, terms.state_information_gain, terms.likelihood_information_gain]);
            numbers.extend([terms.inductive_value, terms.transition_information_gain, why.later, why.habit]);
        }
        unsafe { fill(numbers.into_iter(), to) }
    })
}

/// Writes the preferences over the outcomes of a modality, in nats.
///
/// # Safety
/// As for [`belief`].
pub unsafe fn preferences<M: ModelFamily>(agent: *mut Handle<M>, modality: usize, to: (*mut f64, usize)) -> i32 {
    guarded(|| {
        let door = unsafe { behind(agent) }?;
        if modality >= M::META.modalities.len() {
            return Err(RANGE);
        }
        unsafe { fill(door.agent.preferences().numbers(modality).iter().copied(), to) }
    })
}

/// Prefers outcomes of a modality as told, in nats; of the others as before.
///
/// # Safety
/// As for [`reset`](super::reset); behind `from` there are `count` numbers.
pub unsafe fn set_preferences<M: ModelFamily>(agent: *mut Handle<M>, modality: usize, (from, count): (*const f64, usize)) -> i32 {
    guarded(|| {
        let door = unsafe { behind(agent) }?;
        if modality >= M::META.modalities.len() {
            return Err(RANGE);
        }
        let mut preferences = door.agent.preferences();
        let own = preferences.numbers_mut(modality);
        if own.len() != count {
            return Err(SIZE);
        }
        own.copy_from_slice(unsafe { list(from, count) }?);
        door.agent.set_preferences(preferences).map_err(because(REFUSED))
    })
}

/// Prefers what its model does again.
///
/// # Safety
/// As for [`reset`](super::reset).
pub unsafe fn clear_preferences<M: ModelFamily>(agent: *mut Handle<M>) -> i32 {
    guarded(|| {
        unsafe { behind(agent) }?.agent.clear_preferences();
        Ok(())
    })
}

/// Wants states: a byte for each state of all factors, one factor after the other, zero for one that is not wanted. A factor none of whose states is wanted has
/// no goal.
///
/// # Safety
/// As for [`reset`](super::reset); behind `wanted` there are `count` bytes.
pub unsafe fn set_goals<M: ModelFamily>(agent: *mut Handle<M>, (wanted, count): (*const u8, usize)) -> i32 {
    guarded(|| {
        let door = unsafe { behind(agent) }?;
        if count != M::META.factors.iter().map(|factor| factor.states.count).sum::<usize>() {
            return Err(SIZE);
        }
        let mut rest = unsafe { list(wanted, count) }?;
        let mut goals = M::Belief::zero();
        for f in 0..M::META.factors.len() {
            let own = goals.probabilities_mut(f);
            let (here, after) = rest.split_at(own.len());
            own.iter_mut().zip(here).for_each(|(to, &wanted)| *to = f64::from(u8::from(wanted != 0)));
            rest = after;
        }
        let (own, kind) = (&mut door.agent, door.kind.agent());
        let alike = Arc::ptr_eq(own.tables(), kind.tables()) && own.options().induction == kind.options().induction;
        // Who has goals knows what leads where; who has none yet shares it with its kind, unless it has learned.
        let told = match own.induction().is_none() && alike {
            true => door.kind.like(true).work_back(&goals).and_then(|induction| own.set_induction(induction)),
            false => own.set_goals(&goals),
        };
        told.map_err(because(REFUSED))
    })
}

/// Wants what its model does again.
///
/// # Safety
/// As for [`reset`](super::reset).
pub unsafe fn clear_goals<M: ModelFamily>(agent: *mut Handle<M>) -> i32 {
    guarded(|| {
        unsafe { behind(agent) }?.agent.clear_goals();
        Ok(())
    })
}

/// Sets policy precision, action precision and lapse.
///
/// # Safety
/// As for [`reset`](super::reset).
pub unsafe fn set_precisions<M: ModelFamily>(agent: *mut Handle<M>, policy: f64, action: f64, lapse: f64) -> i32 {
    guarded(|| {
        let door = unsafe { behind(agent) }?;
        door.agent.set_precisions(Precisions { policy, action, lapse }).map_err(because(REFUSED))
    })
}
