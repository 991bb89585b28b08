//! New tuning values: from a file, read again whenever it changes, or from the game; they come into force, or are refused.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use aif_runtime::{GenerativeModel, Real};
use bevy_ecs::change_detection::{DetectChanges, DetectChangesMut};
use bevy_ecs::prelude::{MessageWriter, Res, ResMut, Resource};
use bevy_platform::time::Instant;
use ron::extensions::Extensions;

use crate::messages::{Refused, Retuned};
use crate::queue::Pace;
use crate::shared::{Minds, Tuned};
use crate::tuning::{Tuning, TuningError};

/// Longer files are not read.
const MOST_BYTES: u64 = 1 << 20;
/// What was changed so recently may be changed again without its time telling so.
const FRESH: Duration = Duration::from_secs(2);

/// The file that the tuning of the minds of a model comes from: [`Tuning`] in RON, where `Some` need not be said.
#[derive(Resource)]
pub struct TuningFile<M: GenerativeModel<T>, T: Real = f64> {
    /// Where it is.
    pub path: PathBuf,
    /// How often it is looked at.
    pub every: Duration,
    looked: Option<Instant>,
    stamp: Option<(SystemTime, u64)>,
    content: Option<Result<String, TuningError>>,
    model: std::marker::PhantomData<fn() -> (M, T)>,
}

impl<M: GenerativeModel<T>, T: Real> TuningFile<M, T> {
    pub(crate) fn new(path: PathBuf, every: Duration) -> Self {
        TuningFile { path, every, looked: None, stamp: None, content: None, model: std::marker::PhantomData }
    }

    /// What the file says if that is new.
    fn news(&mut self) -> Option<Result<Tuning, TuningError>> {
        if self.looked.is_some_and(|looked| looked.elapsed() < self.every) {
            return None;
        }
        self.looked = Some(Instant::now());
        let about = std::fs::metadata(&self.path).ok();
        let stamp = about.as_ref().and_then(|about| Some((about.modified().ok()?, about.len())));
        let settled = stamp.is_some_and(|(when, _)| when.elapsed().is_ok_and(|ago| ago > FRESH));
        if settled && stamp == self.stamp {
            return None;
        }
        self.stamp = stamp;
        let content = read(&self.path, about.map_or(0, |about| about.len()));
        if self.content.as_ref() == Some(&content) {
            return None;
        }
        self.content = Some(content.clone());
        Some(content.and_then(|text| Tuning::from_ron(&text, &self.path.display().to_string())))
    }
}

fn read(path: &Path, length: u64) -> Result<String, TuningError> {
    let unreadable = |message: String| TuningError::Unreadable { file: path.display().to_string(), message };
    if length > MOST_BYTES {
        return Err(unreadable(format!("it has {length} bytes, expected at most {MOST_BYTES}")));
    }
    std::fs::read_to_string(path).map_err(|error| unreadable(error.to_string()))
}

impl Tuning {
    /// Reads values from RON; `file` is what errors call it. What is not said is as by default.
    ///
    /// # Errors
    /// Says the line, the column, what was found and what was expected.
    pub fn from_ron(text: &str, file: &str) -> Result<Self, TuningError> {
        let options = ron::Options::default().with_default_extension(Extensions::IMPLICIT_SOME);
        let tuning: Tuning = options.from_str(text).map_err(|error| TuningError::File {
            file: file.into(),
            line: error.span.start.line,
            column: error.span.start.col,
            message: error.code.to_string(),
        })?;
        tuning.check().map_err(|error| TuningError::InFile { file: file.into(), error: Box::new(error) })?;
        Ok(tuning)
    }
}

/// Looks whether the file has changed, and takes what it says.
pub(crate) fn reload<M: GenerativeModel<T>, T: Real>(
    mut file: ResMut<TuningFile<M, T>>,
    mut tuned: ResMut<Tuned<M, T>>,
    mut refused: MessageWriter<Refused>,
) {
    match file.bypass_change_detection().news() {
        None => {}
        Some(Ok(tuning)) if tuned.values == tuning => {}
        Some(Ok(tuning)) => {
            tuned.values = tuning;
            file.set_changed();
        }
        Some(Err(error)) => {
            log::error!("tuning of {}: {error}", M::META.name);
            refused.write(Refused { model: M::META.name, error });
        }
    }
}

/// Brings new values into force, or refuses them.
pub(crate) fn retune<M: GenerativeModel<T>, T: Real>(
    mut minds: ResMut<Minds<M, T>>,
    mut tuned: ResMut<Tuned<M, T>>,
    file: Option<Res<TuningFile<M, T>>>,
    (mut retuned, mut refused): (MessageWriter<Retuned>, MessageWriter<Refused>),
) {
    if !tuned.is_changed() || tuned.values == minds.tuning {
        return;
    }
    let model = M::META.name;
    match minds.tuned(&tuned.values) {
        Ok(agent) => {
            minds.agent = agent;
            minds.tuning = tuned.values.clone();
            minds.pace = Pace::default();
            retuned.write(Retuned { model });
        }
        Err(error) => {
            let error = match file.filter(|file| file.is_changed()) {
                Some(file) => TuningError::InFile { file: file.path.display().to_string(), error: Box::new(error) },
                None => error,
            };
            log::error!("tuning of {model}: {error}");
            refused.write(Refused { model, error });
            tuned.bypass_change_detection().values = minds.tuning.clone();
        }
    }
}
