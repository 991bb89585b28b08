//! Saves through the door.

use aif_runtime::{AgentStateOf, ModelFamily};
use rand_chacha::ChaCha8Rng;

use super::{FAILURE, Handle, SAVE, SIZE, because, behind, guarded, list, put};
use crate::saves::{agent_like, agent_with, from_bytes, to_bytes};

/// Saves the agent with its chance; `length` is how many bytes that takes. With a null buffer it only says how many.
///
/// # Safety
/// As for [`reset`](super::reset); `capacity` bytes may be written to `buffer`, unless it is null, and `length` may be written to, unless it is null.
pub unsafe fn save<M>(agent: *mut Handle<M>, buffer: *mut u8, capacity: usize, length: *mut usize) -> i32
where
    M: ModelFamily<Belief: serde::Serialize, Evidence: serde::Serialize, Action: serde::Serialize, Preferences: serde::Serialize>,
{
    guarded(|| {
        let door = unsafe { behind(agent) }?;
        let bytes = to_bytes::<M>(&agent_with(&door.agent, &door.rng)).map_err(because(FAILURE))?;
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
/// As for [`reset`](super::reset); behind `buffer` there are `length` bytes.
pub unsafe fn load<M>(agent: *mut Handle<M>, buffer: *const u8, length: usize) -> i32
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
        let saved: (AgentStateOf<M>, ChaCha8Rng) = from_bytes::<M, _>(bytes).map_err(because(SAVE))?;
        let (agent, rng) =
            agent_like::<M, f64, ChaCha8Rng>(door.kind.like(saved.0.goals.is_some()), saved).map_err(because(SAVE))?;
        (door.agent, door.rng) = (agent, rng);
        Ok(())
    })
}
