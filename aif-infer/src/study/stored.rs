//! Stored fits, as the verbs read them: of this population, and of the behaviour as it is declared now.

use std::path::Path;

use super::engine::ErasedPopulation;
use super::error::StudyError;
use crate::fit::FitError;
use crate::results::{Fit, Header, read_fit};

/// Says in which folder something is wrong.
pub(super) fn named(folder: &Path, error: FitError) -> StudyError {
    StudyError::Fit(FitError::Stored(format!("{}: {error}", folder.display())))
}

/// A fit from its folder.
pub(super) fn open(engine: &dyn ErasedPopulation, folder: &Path) -> Result<(Fit, Header), StudyError> {
    let (fit, header) = read_fit(folder, engine.meta())?;
    header.check_declaration(&engine.declaration()).map_err(|e| named(folder, e))?;
    Ok((fit, header))
}
