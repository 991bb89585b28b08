//! A fit as a folder: what it was a fit of, and everything that was found, so that it can be reported, compared and merged later.

use std::path::Path;

use super::files::tables;
use super::fit::Fit;
use super::header::{HEADER, Header};
use super::report::report_html;
use super::zarr::{STORE, zarr_files};
use crate::data::DataError;
use crate::fit::{FitError, PartialFit, check_pieces, decode, encode_to};
use crate::output::{Content, Manifest, whole, written};
use crate::population::PopulationMeta;
use crate::seal::{seal_to, sealed, unsealed};

/// What was found, as `report`, `compare` and `merge` read it.
const PIECES: &str = "fit.bin";

/// The report in its folder.
pub(crate) const REPORT: &str = "report.html";

/// All files of a fit: tables, the Zarr store, the report, and what `report`, `compare` and `merge` read. A shard has only the last of
/// these.
pub fn fit_files<'a>(fit: &'a Fit, header: &'a Header) -> Vec<(String, Content<'a>)> {
    let mut all: Vec<(String, Content<'a>)> = Vec::new();
    if header.shard.is_none() {
        all.extend(tables(fit).into_iter().map(|(name, of)| (name, whole(move || of(fit)))));
        all.extend(zarr_files(fit));
        all.push((REPORT.into(), whole(|| report_html(fit, header, None).into_bytes())));
    }
    all.push((HEADER.into(), whole(|| header.json())));
    let run = header.digest();
    all.push((PIECES.into(), written(move |to| seal_to(&run, PIECES, to, |to| encode_to(&fit.pieces, to)))));
    all
}

/// Reads the description of a fit from its folder, and makes sure that every file there is as it was written, but for one that is to be
/// written anew.
///
/// # Errors
/// Names the file that was edited, swapped or damaged, or belongs to another run.
pub fn checked(folder: &Path, but: Option<&str>) -> Result<(Header, Manifest), FitError> {
    let (header, manifest) = Header::read(folder)?;
    manifest.check_all(folder, but).map_err(stored)?;
    Ok((header, manifest))
}

fn stored(error: DataError) -> FitError {
    FitError::Stored(error.to_string())
}

/// Reads a fit from its folder.
///
/// # Errors
/// When it is no fit of this declaration, or a file cannot be read or is not as it was written.
pub fn read_fit(folder: &Path, meta: &'static PopulationMeta) -> Result<(Fit, Header), FitError> {
    read_fit_but(folder, meta, None)
}

/// The same, but for one file that is to be written anew.
///
/// # Errors
/// As [`read_fit`].
pub(crate) fn read_fit_but(folder: &Path, meta: &'static PopulationMeta, but: Option<&str>) -> Result<(Fit, Header), FitError> {
    let (header, manifest) = checked(folder, but)?;
    let named = |e: FitError| FitError::Stored(format!("{}: {e}", folder.display()));
    header.check(meta).map_err(named)?;
    let content = manifest.content(folder, PIECES).map_err(stored)?;
    let place = folder.join(PIECES);
    let mut pieces = read_pieces(&header, meta, &content).map_err(|e| FitError::Stored(format!("{}: {e}", place.display())))?;
    pieces.iter_mut().try_for_each(|piece| piece.draws.open_in(folder, STORE))?;
    let fit = Fit::of(meta, header.design(meta), header.method, pieces);
    fit.check()?;
    Ok((fit, header))
}

/// The pieces of a run from what they were stored as.
///
/// # Errors
/// When they are of another run, damaged, or no pieces of a fit of this declaration.
pub fn read_pieces(header: &Header, meta: &'static PopulationMeta, content: &[u8]) -> Result<Vec<PartialFit>, FitError> {
    header.check(meta)?;
    let content = unsealed(&header.digest(), PIECES, content).map_err(FitError::Stored)?;
    let pieces: Vec<PartialFit> = decode(PIECES, content)?;
    check_pieces(&pieces, meta, &header.design(meta))?;
    Ok(pieces)
}

/// Anything as a part of a run is stored, under its name (`fit.bin`, `chain-0-0`): for whoever tries what reading does with other contents.
#[doc(hidden)]
pub fn sealed_part(header: &Header, name: &str, content: &[u8]) -> Vec<u8> {
    sealed(&header.digest(), name, content)
}
