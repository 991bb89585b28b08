//! A fit as a folder: what it was a fit of, and everything that was found, so that it can be reported, compared and merged later.

use std::path::Path;

use super::files::tables;
use super::fit::Fit;
use super::header::Header;
use super::report::report_html;
use super::zarr::{STORE, zarr_files};
use crate::fit::{FitError, Piece, decode, encode_to};
use crate::output::{Content, whole, written};
use crate::population::PopulationMeta;

/// All files of a fit: tables, the Zarr store, the report, and what `report`, `compare` and `merge` read. A shard has only the last of
/// these.
pub fn fit_files<'a>(fit: &'a Fit, header: &'a Header) -> Vec<(String, Content<'a>)> {
    let mut all: Vec<(String, Content<'a>)> = Vec::new();
    if header.shard.is_none() {
        all.extend(tables(fit).into_iter().map(|(name, of)| (name, whole(move || of(fit)))));
        all.extend(zarr_files(fit));
        all.push(("report.html".into(), whole(|| report_html(fit, header, None).into_bytes())));
    }
    all.push(("fit.json".into(), whole(|| header.json())));
    all.push(("fit.bin".into(), written(|to| encode_to(&fit.pieces, to))));
    all
}

/// Reads a fit from its folder.
///
/// # Errors
/// When it is no fit of this declaration, or a file cannot be read.
pub fn read_fit(folder: &Path, meta: &'static PopulationMeta) -> Result<(Fit, Header), FitError> {
    let header = Header::read(folder)?;
    let named = |e: FitError| FitError::Stored(format!("{}: {e}", folder.display()));
    header.check(meta).map_err(named)?;
    let path = folder.join("fit.bin");
    let content = std::fs::read(&path).map_err(|e| FitError::Stored(format!("{}: {e}", path.display())))?;
    let mut pieces: Vec<Piece> = decode(&path.display().to_string(), &content)?;
    pieces.iter_mut().try_for_each(|piece| piece.draws.open_in(folder, STORE))?;
    let fit = Fit::of(meta, header.design(meta), header.method, pieces);
    fit.check()?;
    Ok((fit, header))
}
