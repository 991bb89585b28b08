//! The C door: any numbers, lengths, codes, weights and bytes that a caller may hand over, null pointers among them. Lengths are never longer than what is
//! there: that is up to the caller.
#![allow(unsafe_code)]

use std::fs;
use std::path::{Path, PathBuf};
use std::ptr;

use rand::Rng;
use rand_chacha::ChaCha8Rng;

use super::{Target, mutate};

mod emitted {
    aif::c_abi!(fuzzed = crate::learned::Doors, parameters(precision, count));
}

unsafe extern "C" {
    fn fuzzed_create(parameters: *const f64, count: usize, seed: u64, agent: *mut *mut u8) -> i32;
    fn fuzzed_reset(agent: *mut u8) -> i32;
    fn fuzzed_step(agent: *mut u8, outcomes: *const i32, count: usize, actions: *mut i32, action_count: usize) -> i32;
    fn fuzzed_step_weighed(
        agent: *mut u8,
        outcomes: *const i32,
        count: usize,
        weights: *const f64,
        weight_count: usize,
        actions: *mut i32,
        action_count: usize,
    ) -> i32;
    fn fuzzed_save(agent: *mut u8, buffer: *mut u8, capacity: usize, length: *mut usize) -> i32;
    fn fuzzed_load(agent: *mut u8, buffer: *const u8, length: usize) -> i32;
    fn fuzzed_free(agent: *mut u8);
    fn fuzzed_outcomes(modality: usize) -> i32;
    fn fuzzed_values(action: usize) -> i32;
}

/// Calls of the functions that `c_abi!` emits.
pub struct Door {
    agent: *mut u8,
    saved: Vec<u8>,
    tried: PathBuf,
}

impl Door {
    pub fn new(folder: &Path) -> Self {
        assert!(emitted::FUZZED_HEADER.contains("fuzzed_step_weighed"));
        Door { agent: ptr::null_mut(), saved: Vec::new(), tried: folder.join("tried") }
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        // SAFETY: null, or an agent that was created and not freed.
        unsafe { fuzzed_free(self.agent) };
    }
}

fn number(rng: &mut ChaCha8Rng) -> f64 {
    *mutate::one(&[0.0, -0.0, 1.0, 0.5, 2.0, -1.0, 1e-300, 1e300, f64::NAN, f64::INFINITY, f64::MIN_POSITIVE, 3.0], rng)
}

fn code(rng: &mut ChaCha8Rng) -> i32 {
    *mutate::one(&[0, 1, 2, 3, -1, -2, -3, i32::MIN, i32::MAX], rng)
}

/// What a code below zero may be where nothing has gone wrong inside.
fn known(code: i32) -> Result<&'static str, String> {
    match code {
        0 => Ok("done"),
        -5..=-1 | -7 => Ok("refused"),
        _ => Err(format!("the code {code}")),
    }
}

impl Target for Door {
    fn run(&mut self, rng: &mut ChaCha8Rng) -> Result<&'static str, String> {
        let agent = if mutate::below(20, rng) == 0 { ptr::null_mut() } else { self.agent };
        let what = mutate::below(8, rng);
        fs::write(&self.tried, format!("call {what}")).map_err(|e| e.to_string())?;
        // One more or less than there should be, now and then; never more than there is.
        let count = |right: usize, rng: &mut ChaCha8Rng| {
            [right, right, right, right.saturating_sub(1), right + 1, 0][mutate::below(6, rng)]
        };
        // SAFETY: the agent is null, or was created and not freed; behind every pointer there is as much as is said.
        let found = unsafe {
            match what {
                0 => {
                    let mut made = ptr::null_mut();
                    let parameters = [number(rng), number(rng), number(rng)];
                    let to = if mutate::below(10, rng) == 0 { ptr::null() } else { parameters.as_ptr() };
                    let found = fuzzed_create(to, count(2, rng), rng.next_u64(), &mut made);
                    if (found == 0) == made.is_null() {
                        return Err(format!(
                            "created with the code {found}, and there is {}an agent",
                            if made.is_null() { "not " } else { "" }
                        ));
                    }
                    if found == 0 {
                        fuzzed_free(std::mem::replace(&mut self.agent, made));
                    }
                    found
                }
                1 => fuzzed_reset(agent),
                2 | 3 => {
                    let (outcomes, mut actions) = ([code(rng), code(rng)], [77, 77]);
                    let (seen, done) = (count(1, rng), count(1, rng));
                    let found = fuzzed_step(agent, outcomes.as_ptr(), seen, actions.as_mut_ptr(), done);
                    let valid = if found == 0 { (0..2).contains(&actions[0]) } else { actions[0] == 77 };
                    if !valid || actions[1] != 77 {
                        return Err(format!("a step with the code {found} wrote the actions {actions:?}"));
                    }
                    found
                }
                4 => {
                    let (outcomes, mut actions) = ([code(rng), -2], [77, 77]);
                    let weights: [f64; 5] = std::array::from_fn(|_| number(rng));
                    let to = if mutate::below(20, rng) == 0 { ptr::null() } else { weights.as_ptr() };
                    let weighed = (to, count(3, rng));
                    fuzzed_step_weighed(agent, outcomes.as_ptr(), count(1, rng), weighed.0, weighed.1, actions.as_mut_ptr(), 1)
                }
                5 => {
                    let mut length = 0;
                    let asked = fuzzed_save(agent, ptr::null_mut(), 0, &mut length);
                    if asked == 0 {
                        let room = count(length, rng).min(length);
                        let mut buffer = vec![0; length];
                        if fuzzed_save(agent, buffer.as_mut_ptr(), room, &mut length) == 0 {
                            self.saved = buffer;
                        }
                    }
                    asked
                }
                6 => {
                    let tried =
                        if mutate::below(4, rng) == 0 { self.saved.clone() } else { mutate::bytes(&self.saved, b"", rng) };
                    fs::write(&self.tried, &tried).map_err(|e| e.to_string())?;
                    fuzzed_load(agent, tried.as_ptr(), tried.len())
                }
                _ => {
                    let (outcomes, values) = (fuzzed_outcomes(mutate::below(3, rng)), fuzzed_values(mutate::below(3, rng)));
                    if ![3, -3].contains(&outcomes) || ![2, -3].contains(&values) {
                        return Err(format!("{outcomes} outcomes and {values} values"));
                    }
                    0
                }
            }
        };
        known(found)
    }
}
