//! Trials in which everything that is seen and done is known beforehand.

use alloc::vec::Vec;

use super::course::Ended;
use super::error::{Awaited, SpmError};
use super::seen::Seen;
use super::structure::{Settings, Structure};
use super::trial::{Changes, Trial};

/// What is seen and done in a trial.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Script {
    /// `[time][modality]`.
    pub seen: Vec<Vec<Seen>>,
    /// `[time][factor]`.
    pub actions: Vec<Vec<usize>>,
    /// What is other in an episode than the level above would have it.
    pub changes: Changes,
    /// The episode of the level below at each time.
    pub episodes: Vec<Script>,
}

/// Lives a trial by a script, until one of them is over.
///
/// # Errors
/// As [`Trial::begin`], [`Trial::observe`] and [`Trial::act`].
pub fn replay(structure: &Structure, settings: &Settings, script: &Script) -> Result<Ended, SpmError> {
    let mut trial = Trial::begin(structure, settings)?;
    follow(&mut trial, script, false)?;
    Ok(trial.end())
}

/// The same where episodes are over when their scripts are, however certain it is before where they began.
///
/// # Errors
/// As [`replay`].
pub fn replay_through(structure: &Structure, settings: &Settings, script: &Script) -> Result<Ended, SpmError> {
    let mut trial = Trial::begin(structure, settings)?;
    follow(&mut trial, script, true)?;
    Ok(trial.end())
}

fn follow(trial: &mut Trial, script: &Script, through: bool) -> Result<(), SpmError> {
    for (t, seen) in script.seen.iter().enumerate() {
        if trial.awaited() == Awaited::Episode {
            let none = Script::default();
            let script = script.episodes.get(t).unwrap_or(&none);
            let mut episode = trial.episode_with(&script.changes)?;
            if through {
                // What is linked is what certainty is asked of.
                episode.linked.clear();
            }
            follow(&mut episode, script, through).map_err(SpmError::below)?;
            trial.observe_with(seen, episode)?;
        } else {
            trial.observe(seen)?;
        }
        match script.actions.get(t) {
            Some(actions) if trial.awaited() == Awaited::Action => trial.act(actions)?,
            _ => break,
        }
    }
    Ok(())
}
