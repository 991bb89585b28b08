//! Whether what was stored can be a piece of a fit. Its seal says that it is what was written; this says that all of it refers to what is
//! there, whoever wrote it.

use super::error::FitError;
use super::piece::PartialFit;
use crate::population::{Design, PopulationMeta};
use crate::posterior::Layout;

/// Whether pieces can be those of a fit of a group.
///
/// # Errors
/// Says what is not as it has to be.
pub(crate) fn check_pieces(pieces: &[PartialFit], meta: &'static PopulationMeta, design: &Design) -> Result<(), FitError> {
    let mut seen = vec![false; design.subjects().len()];
    let chains = pieces.first().map_or(0, |p| p.draws.chains);
    for piece in pieces {
        check_piece(piece, meta, design)?;
        let again = piece.subject.is_some_and(|s| std::mem::replace(&mut seen[s], true));
        if again || piece.draws.chains != chains {
            return Err(FitError::Stored("its pieces are not those of one fit".into()));
        }
    }
    Ok(())
}

/// The same for one piece.
///
/// # Errors
/// As [`check_pieces`].
pub(super) fn check_piece(piece: &PartialFit, meta: &'static PopulationMeta, design: &Design) -> Result<(), FitError> {
    let wrong = |what: &str| Err(FitError::Stored(format!("what is stored is no piece of a fit of {}: {what}", meta.name)));
    let subjects = design.subjects().len();
    match piece.subject {
        Some(s) if !meta.flat() || s >= subjects => return wrong("it is of a subject that is not there"),
        None if meta.flat() && piece.draws.width > 0 => return wrong("it is of no subject"),
        _ => {}
    }
    let own = piece.subject.map_or_else(|| design.clone(), |s| design.only(s).0);
    if !piece.draws.is_of(&Layout::new(meta, own)) {
        return wrong("its draws are not as many as they are said to be");
    }
    let (chains, draws) = (piece.draws.chains, piece.draws.draws);
    if !piece.statistics.is_empty() && (piece.statistics.len() != chains || piece.statistics.iter().any(|c| c.len() != draws)) {
        return wrong("it has statistics of other draws");
    }
    let leaves = design.leaves().names.len();
    let named = piece.responses.iter().map(|r| r.leaf).chain(piece.checks.iter().map(|c| c.leaf));
    let named = named.chain(piece.blocks.iter().map(|b| b.0)).chain(piece.units.iter().map(|u| u.0));
    let named = named
        .chain(piece.regressors.iter().map(|r| r.0))
        .chain(piece.shard.iter().map(|t| t.0))
        .chain(piece.kinds.iter().map(|k| k.0));
    let mut named = named.chain(piece.evidences.iter().map(|e| e.leaf));
    if named.any(|leaf| leaf >= leaves) {
        return wrong("it is about units that are not there");
    }
    let rows = chains.checked_mul(draws).and_then(|n| n.checked_mul(piece.responses.len()));
    if !piece.ln_likelihoods.is_empty() && rows != Some(piece.ln_likelihoods.len()) {
        return wrong("its likelihoods are of other responses");
    }
    let columns = piece.regressors.first().map_or(0, |r| r.1.columns.len());
    if piece.regressors.iter().any(|(_, r)| r.columns.len() != columns || r.rows.iter().any(|row| row.3.len() != columns)) {
        return wrong("its regressors have rows of other lengths");
    }
    if piece.bound.as_ref().is_some_and(|b| b.mean.len() != b.sd.len()) {
        return wrong("its guide has means without standard deviations");
    }
    if piece.judged.as_ref().is_some_and(|j| j.means.len() != j.sds.len()) {
        return wrong("it is held against means without standard deviations");
    }
    if piece.scored.as_ref().is_some_and(|s| s.draws.len() != s.differences.len()) {
        return wrong("it has scores of other draws");
    }
    if piece.shard.iter().any(|(_, table)| !table.is_sound()) {
        return wrong("one of its tables is none");
    }
    Ok(())
}
