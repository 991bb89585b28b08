//! Where finished parts of a fit are put, so that it can be stopped and gone on with.

use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::error::FitError;

/// A place for finished parts.
pub trait Checkpoints: Sync {
    /// The part of a name, if it is there.
    ///
    /// # Errors
    /// When it is there and cannot be read, or is not what was put there.
    fn get(&self, name: &str) -> Result<Option<Vec<u8>>, String>;

    /// Puts a part there, whole or not at all.
    ///
    /// # Errors
    /// When it cannot be stored.
    fn put(&self, name: &str, content: &[u8]) -> Result<(), String>;

    /// A folder for what is too much to be held in memory; it lasts as long as the checkpoints.
    fn folder(&self) -> Option<&Path> {
        None
    }

    /// Whether the fit is to stop at the next occasion.
    fn stop(&self) -> bool {
        false
    }
}

/// No place: nothing is kept.
pub struct NoCheckpoints;

impl Checkpoints for NoCheckpoints {
    fn get(&self, _: &str) -> Result<Option<Vec<u8>>, String> {
        Ok(None)
    }
    fn put(&self, _: &str, _: &[u8]) -> Result<(), String> {
        Ok(())
    }
}

/// Takes a part from the checkpoints, or works it out and puts it there.
pub(super) fn kept<T: Serialize + DeserializeOwned>(
    checkpoints: &dyn Checkpoints,
    name: &str,
    work: impl FnOnce() -> Result<T, FitError>,
) -> Result<T, FitError> {
    if let Some(content) = checkpoints.get(name).map_err(FitError::Stored)? {
        return decode(name, &content);
    }
    if checkpoints.stop() {
        return Err(FitError::Stopped);
    }
    let part = work()?;
    checkpoints.put(name, &encode(&part)?).map_err(FitError::Stored)?;
    Ok(part)
}

pub(crate) fn encode<T: Serialize>(part: &T) -> Result<Vec<u8>, FitError> {
    postcard::to_stdvec(part).map_err(|e| FitError::Stored(format!("cannot be stored: {e}")))
}

/// The same, written piece by piece.
pub(crate) fn encode_to<T: Serialize>(part: &T, to: &mut dyn std::io::Write) -> std::io::Result<()> {
    postcard::to_io(part, to).map(|_| ()).map_err(std::io::Error::other)
}

pub(crate) fn decode<T: DeserializeOwned>(name: &str, content: &[u8]) -> Result<T, FitError> {
    let wrong = |what: String| FitError::Stored(format!("{name} is no stored part of a fit: {what}"));
    match postcard::take_from_bytes(content).map_err(|e| wrong(e.to_string()))? {
        (part, []) => Ok(part),
        (_, rest) => Err(wrong(format!("it has {} bytes too many", rest.len()))),
    }
}
