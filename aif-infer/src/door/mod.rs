//! A small door for engines that are not Rust: what the functions that `c_abi!` emits do.
//!
//! Pointers come from outside, so this is one of the few places with `unsafe`: every one is checked for null, and no panic crosses the door.
//! That memory behind a pointer is as long as it is said to be, and an agent one that was created and not freed, is up to the caller, as in
//! any C interface. So is that one agent is used by one thread at a time. Programs that abort on panics do so here, too.
#![allow(unsafe_code)]

mod saved;
mod shared;
mod step;
mod told;

use std::cell::RefCell;
use std::ffi::{CStr, c_char};
use std::fmt::Display;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::slice;
use std::sync::Arc;

use aif_runtime::{Agent, AgentOptions, GenerativeModel, ModelError, ModelFamily};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

pub use saved::{load, save};
use shared::Kind;
pub use shared::SharedModels;
pub use step::{act, correct, end_block, perceive, step, step_weighed, step_within};
pub use told::{
    EXPLAINED, belief, clear_goals, clear_preferences, explain, preferences, set_goals, set_precisions, set_preferences,
};

/// All is well.
pub const OK: i32 = 0;
/// A pointer is null, or not aligned.
pub const NULL: i32 = -1;
/// An array has another length than it should.
pub const SIZE: i32 = -2;
/// A code is beyond the last outcome.
pub const RANGE: i32 = -3;
/// The parameters make no model, whatever the options.
pub const MODEL: i32 = -4;
/// The bytes are no save of this model.
pub const SAVE: i32 = -5;
/// Something else failed; the agent is not to be used any more.
pub const FAILURE: i32 = -6;
/// Weights are negative, not finite or all zero; the agent is as before.
pub const WEIGHTS: i32 = -7;
/// Options are not what they should be, do not fit the model, or ask for what it does not have.
pub const OPTIONS: i32 = -8;
/// No action is open; the agent is as before.
pub const OPEN: i32 = -9;
/// What was told is not possible for this agent; it is as before.
pub const REFUSED: i32 = -10;

/// An agent with its generator, as it lies behind the door.
#[derive(Debug)]
pub struct Handle<M: ModelFamily> {
    agent: Agent<M>,
    rng: ChaCha8Rng,
    /// What it shares with all agents that were created alike.
    kind: Arc<Kind<M>>,
}

thread_local! {
    /// What was wrong with the last call of this thread that failed with words.
    static WRONG: RefCell<String> = const { RefCell::new(String::new()) };
}

/// A code, with words for what is wrong.
fn because<E: Display>(code: i32) -> impl FnOnce(E) -> i32 {
    move |error| {
        WRONG.with_borrow_mut(|words| *words = error.to_string());
        code
    }
}

/// Whether options that are right in themselves do not fit what the parameters made, rather than that the parameters made nothing.
fn of_options(error: &ModelError, chosen: &AgentOptions) -> bool {
    match error {
        ModelError::HabitHorizon { .. } | ModelError::PolicyHorizon { .. } => chosen.horizon.is_some(),
        ModelError::ListNeedsTree | ModelError::NoGoal { .. } | ModelError::NothingToLearn { .. } => true,
        _ => false,
    }
}

/// Writes what was wrong with the last call of this thread that failed with words, as text that ends in zero, as much as there is room for; how many bytes
/// it has, the zero not counted.
///
/// # Safety
/// `capacity` bytes may be written to `buffer`, unless it is null.
pub unsafe fn error(buffer: *mut c_char, capacity: usize) -> usize {
    WRONG.with_borrow(|words| {
        if !buffer.is_null() && capacity > 0 {
            // Whole letters only.
            let mut end = words.len().min(capacity - 1);
            while !words.is_char_boundary(end) {
                end -= 1;
            }
            // SAFETY: there are `capacity` bytes, more than are written.
            unsafe {
                std::ptr::copy_nonoverlapping(words.as_ptr(), buffer.cast::<u8>(), end);
                buffer.add(end).write(0);
            }
        }
        words.len()
    })
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
unsafe fn behind<'a, M: ModelFamily>(agent: *mut Handle<M>) -> Result<&'a mut Handle<M>, i32> {
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

/// Creates an agent; `build` makes the model from as many parameters as there should be. Agents of the same parameters and options share all that does not
/// change while they live, as long as one of them lives.
///
/// # Safety
/// Behind `parameters` there are `count` numbers, behind `options` text that ends in zero, and `agent` may be written to; each may be null.
pub unsafe fn create<M: ModelFamily>(
    shared: &SharedModels<M>,
    parameters: *const f64,
    (count, expected): (usize, usize),
    seed: u64,
    options: *const c_char,
    agent: *mut *mut Handle<M>,
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
        let parameters = unsafe { list(parameters, count) }?;
        let options = match options.is_null() {
            true => "",
            false => unsafe { CStr::from_ptr(options) }.to_str().map_err(because(OPTIONS))?,
        };
        let kind = shared.kind(parameters, options, || {
            let chosen: AgentOptions = match options {
                "" => AgentOptions::default(),
                text => serde_json::from_str(text).map_err(because(OPTIONS))?,
            };
            chosen.check(&M::META).map_err(because(OPTIONS))?;
            let made = Agent::with_options(build(parameters), M::Inputs::default(), chosen);
            made.map_err(|error| because(if of_options(&error, &chosen) { OPTIONS } else { MODEL })(error))
        })?;
        let door = Box::new(Handle { agent: kind.agent().clone(), rng: ChaCha8Rng::seed_from_u64(seed), kind });
        unsafe { put(agent, Box::into_raw(door)) }
    })
}

/// Goes back to the initial state; what was learned stays, and chance goes on.
///
/// # Safety
/// `agent` is null, or came from [`create`] and was not freed.
pub unsafe fn reset<M: ModelFamily>(agent: *mut Handle<M>) -> i32 {
    guarded(|| {
        unsafe { behind(agent) }?.agent.restart();
        Ok(())
    })
}

/// Frees an agent; null is left alone.
///
/// # Safety
/// As for [`reset`]; the agent is not used any more.
pub unsafe fn free<M: ModelFamily>(agent: *mut Handle<M>) {
    if !agent.is_null() {
        // Dropping plain data does not panic; if it did, there would be nothing to tell the caller.
        let _ = catch_unwind(AssertUnwindSafe(|| drop(unsafe { Box::from_raw(agent) })));
    }
}

/// How many factors there are.
pub fn factors<M: ModelFamily>() -> usize {
    <M as GenerativeModel>::META.factors.len()
}

/// How many states a factor has; [`RANGE`] beyond the last.
pub fn states<M: ModelFamily>(factor: usize) -> i32 {
    M::META.factors.get(factor).map_or(RANGE, |f| f.states.count as i32)
}

/// How many joint actions there are: one value of each action, the last running fastest.
pub fn joint_actions<M: ModelFamily>() -> usize {
    <M as GenerativeModel>::META.joint_actions()
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
