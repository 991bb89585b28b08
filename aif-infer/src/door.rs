//! A small door for engines that are not Rust: what the functions that `c_abi!` emits do.
//!
//! Pointers come from outside, so this is one of the few places with `unsafe`: every one is checked for null, and no panic crosses the door.
//! That memory behind a pointer is as long as it is said to be, and an agent one that was created and not freed, is up to the caller, as in
//! any C interface. So is that one agent is used by one thread at a time. Programs that abort on panics do so here, too.
#![allow(unsafe_code)]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::slice;
use std::sync::Arc;

use aif_runtime::model::Modality;
use aif_runtime::perceive::weighty;
use aif_runtime::{Agent, Domain, GenerativeModel, ModelFamily, Signal};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::saves::{agent_from, agent_with, from_bytes, to_bytes};

/// All is well.
pub const OK: i32 = 0;
/// A pointer is null, or not aligned.
pub const NULL: i32 = -1;
/// An array has another length than it should.
pub const SIZE: i32 = -2;
/// A code is beyond the last outcome.
pub const RANGE: i32 = -3;
/// The parameters make no model.
pub const MODEL: i32 = -4;
/// The bytes are no save of this model.
pub const SAVE: i32 = -5;
/// Something else failed; the agent is not to be used any more.
pub const FAILURE: i32 = -6;
/// Weights are negative, not finite or all zero; the agent is as before.
pub const WEIGHTS: i32 = -7;

/// An agent with its generator, as it lies behind the door.
#[derive(Debug)]
pub struct Door<M: ModelFamily> {
    agent: Agent<M>,
    rng: ChaCha8Rng,
}

/// What a function gives back: a code below zero, or what it was asked for.
fn guarded(work: impl FnOnce() -> Result<(), i32>) -> i32 {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(())) => OK,
        Ok(Err(code)) => code,
        Err(_) => FAILURE,
    }
}

/// # Safety
/// Behind `start`, unless it is null or `length` is zero, there are `length` values.
unsafe fn list<'a, V>(start: *const V, length: usize) -> Result<&'a [V], i32> {
    match length {
        0 => Ok(&[]),
        _ if start.is_null() || !start.is_aligned() => Err(NULL),
        _ if length > isize::MAX as usize / size_of::<V>().max(1) => Err(SIZE),
        _ => Ok(unsafe { slice::from_raw_parts(start, length) }),
    }
}

/// # Safety
/// `agent` is null, or came from [`create`] and was not freed.
unsafe fn behind<'a, M: ModelFamily>(agent: *mut Door<M>) -> Result<&'a mut Door<M>, i32> {
    if agent.is_null() || !agent.is_aligned() {
        return Err(NULL);
    }
    Ok(unsafe { &mut *agent })
}

/// Writes where the caller said, without a reference: what is there may be nothing yet.
///
/// # Safety
/// `to` is null, not aligned, or may be written to.
unsafe fn put<V>(to: *mut V, value: V) -> Result<(), i32> {
    if to.is_null() || !to.is_aligned() {
        return Err(NULL);
    }
    unsafe { to.write(value) };
    Ok(())
}

/// Creates an agent; `build` makes the model from as many parameters as there should be.
///
/// # Safety
/// Behind `parameters` there are `count` numbers, and `agent` may be written to; either may be null.
pub unsafe fn create<M: ModelFamily>(
    parameters: *const f64,
    (count, expected): (usize, usize),
    seed: u64,
    agent: *mut *mut Door<M>,
    build: impl FnOnce(&[f64]) -> M,
) -> i32
where
    M::Inputs: Default,
{
    guarded(|| {
        unsafe { put(agent, std::ptr::null_mut()) }?;
        if count != expected {
            return Err(SIZE);
        }
        let model = build(unsafe { list(parameters, count) }?);
        let made = Agent::new(model).map_err(|_| MODEL)?;
        let door = Box::new(Door { agent: made, rng: ChaCha8Rng::seed_from_u64(seed) });
        unsafe { put(agent, Box::into_raw(door)) }
    })
}

/// Goes back to the initial state; what was learned stays, and chance goes on.
///
/// # Safety
/// `agent` is null, or came from [`create`] and was not freed.
pub unsafe fn reset<M: ModelFamily>(agent: *mut Door<M>) -> i32 {
    guarded(|| {
        unsafe { behind(agent) }?.agent.restart();
        Ok(())
    })
}

/// In place of an outcome: what was read of the modality is in its weights; of one that is measured, there is the one number.
const WEIGHED: i32 = -2;

/// How many weights a modality has: one for each outcome, and one number where it is measured.
fn weights_of(modality: &Modality) -> usize {
    if modality.measured.is_some() { 1 } else { modality.outcomes.count }
}

/// What is known, from codes of outcomes and, where there are any, weights of all outcomes of all modalities.
fn evidence<M: ModelFamily>(codes: &[i32], weights: &[f64]) -> Result<M::Evidence, i32> {
    let mut evidence = M::evidence(&[]);
    let mut from = 0;
    for (m, &code) in codes.iter().enumerate() {
        let modality = &M::META.modalities[m];
        let count = weights_of(modality);
        let own = weights.get(from..from + count);
        from += count;
        match (usize::try_from(code), own) {
            (Ok(o), _) if o < count && modality.measured.is_none() => M::set_signal(&mut evidence, m, Signal::Seen(o)),
            (Err(_), _) if code == -1 => {}
            (Err(_), Some(&[number])) if code == WEIGHED && modality.measured.is_some() => {
                if !number.is_finite() {
                    return Err(WEIGHTS);
                }
                M::set_signal(&mut evidence, m, Signal::Measured(number));
            }
            (Err(_), Some(own)) if code == WEIGHED && modality.measured.is_none() => {
                if !weighty(own) {
                    return Err(WEIGHTS);
                }
                M::set_signal(&mut evidence, m, Signal::Likelihood(own));
            }
            _ => return Err(RANGE),
        }
    }
    Ok(evidence)
}

/// One step: an outcome of each modality (-1 where there is none) comes in, a value of each action goes out.
///
/// # Safety
/// As for [`reset`]; behind `outcomes` and `actions` there are as many numbers as said.
pub unsafe fn step<M: ModelFamily>(agent: *mut Door<M>, outcomes: (*const i32, usize), actions: (*mut i32, usize)) -> i32 {
    unsafe { step_with(agent, outcomes, None, actions) }
}

/// One step with readings: as [`step`], and where an outcome's code is -2, the modality was read: how probable that is where each of its outcomes
/// is stands among the weights, which are those of all modalities, one after the other.
///
/// # Safety
/// As for [`step`]; behind `weights` there are as many numbers as said.
pub unsafe fn step_weighed<M: ModelFamily>(
    agent: *mut Door<M>,
    outcomes: (*const i32, usize),
    weights: (*const f64, usize),
    actions: (*mut i32, usize),
) -> i32 {
    unsafe { step_with(agent, outcomes, Some(weights), actions) }
}

/// # Safety
/// As for [`step_weighed`].
unsafe fn step_with<M: ModelFamily>(
    agent: *mut Door<M>,
    (outcomes, outcome_count): (*const i32, usize),
    weights: Option<(*const f64, usize)>,
    (actions, action_count): (*mut i32, usize),
) -> i32 {
    guarded(|| {
        let door = unsafe { behind(agent) }?;
        if outcome_count != M::META.modalities.len() || action_count != M::META.actions.len() {
            return Err(SIZE);
        }
        let codes = unsafe { list(outcomes, outcome_count) }?;
        if action_count > 0 && (actions.is_null() || !actions.is_aligned()) {
            return Err(NULL);
        }
        let weights = match weights {
            None => &[],
            Some((_, count)) if count != M::META.modalities.iter().map(weights_of).sum::<usize>() => return Err(SIZE),
            Some((weights, count)) => unsafe { list(weights, count) }?,
        };
        let evidence = evidence::<M>(codes, weights)?;
        let action = door.agent.step(evidence, &mut door.rng).index();
        for a in 0..action_count {
            // SAFETY: there are `action_count` numbers.
            unsafe { actions.add(a).write(M::META.action_value(action, a) as i32) };
        }
        Ok(())
    })
}

/// Saves the agent with its chance; `length` is how many bytes that takes. With a null buffer it only says how many.
///
/// # Safety
/// As for [`reset`]; `capacity` bytes may be written to `buffer`, unless it is null, and `length` may be written to, unless it is null.
pub unsafe fn save<M>(agent: *mut Door<M>, buffer: *mut u8, capacity: usize, length: *mut usize) -> i32
where
    M: ModelFamily<Belief: serde::Serialize, Evidence: serde::Serialize, Action: serde::Serialize, Preferences: serde::Serialize>,
{
    guarded(|| {
        let door = unsafe { behind(agent) }?;
        let bytes = to_bytes::<M>(&agent_with(&door.agent, &door.rng)).map_err(|_| FAILURE)?;
        unsafe { put(length, bytes.len()) }?;
        if buffer.is_null() {
            return Ok(());
        }
        if capacity < bytes.len() {
            return Err(SIZE);
        }
        // SAFETY: the buffer holds `capacity` bytes, which are enough, and is not ours.
        unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), buffer, bytes.len()) };
        Ok(())
    })
}

/// Goes on from what was saved; after an error the agent is as before.
///
/// # Safety
/// As for [`reset`]; behind `buffer` there are `length` bytes.
pub unsafe fn load<M>(agent: *mut Door<M>, buffer: *const u8, length: usize) -> i32
where
    M: ModelFamily,
    M::Belief: serde::de::DeserializeOwned,
    M::Evidence: serde::de::DeserializeOwned,
    M::Action: serde::de::DeserializeOwned,
    M::Preferences: serde::de::DeserializeOwned,
{
    guarded(|| {
        let door = unsafe { behind(agent) }?;
        let bytes = unsafe { list(buffer, length) }?;
        let saved = from_bytes::<M, _>(bytes).map_err(|_| SAVE)?;
        let tables = Arc::clone(door.agent.tables());
        let (agent, rng) = agent_from::<M, f64, ChaCha8Rng>(tables, saved).map_err(|_| SAVE)?;
        (door.agent, door.rng) = (agent, rng);
        Ok(())
    })
}

/// Frees an agent; null is left alone.
///
/// # Safety
/// As for [`reset`]; the agent is not used any more.
pub unsafe fn free<M: ModelFamily>(agent: *mut Door<M>) {
    if !agent.is_null() {
        // Dropping plain data does not panic; if it did, there would be nothing to tell the caller.
        let _ = catch_unwind(AssertUnwindSafe(|| drop(unsafe { Box::from_raw(agent) })));
    }
}

/// How many outcomes a modality has, 0 where it measures a number; [`RANGE`] beyond the last.
pub fn outcomes<M: ModelFamily>(modality: usize) -> i32 {
    M::META.modalities.get(modality).map_or(RANGE, |m| if m.measured.is_some() { 0 } else { m.outcomes.count as i32 })
}

/// How many values an action has; [`RANGE`] beyond the last.
pub fn values<M: ModelFamily>(action: usize) -> i32 {
    M::META.actions.get(action).map_or(RANGE, |a| a.values.count as i32)
}

/// How many modalities there are.
pub fn modalities<M: ModelFamily>() -> usize {
    <M as GenerativeModel>::META.modalities.len()
}

/// How many actions there are.
pub fn actions<M: ModelFamily>() -> usize {
    <M as GenerativeModel>::META.actions.len()
}
