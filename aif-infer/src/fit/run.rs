//! The course of a fit: one density after the other (or several at once), each finished part put on the checkpoints.

use rayon::prelude::*;

use super::checkpoints::kept;
use super::error::FitError;
use super::fittable::Fittable;
use super::method::Method;
use super::piece::PartialFit;
use super::plan::{Part, Plan};
use super::predict::predict;
use super::shard::shard;
use super::sound::check_piece;
use crate::marginal::{self, Survey};

/// Fits a group: one piece for each density.
///
/// # Errors
/// When there is nothing to fit, the options are out of range, or the method fails.
pub fn fit_pieces(group: &dyn Fittable, method: &Method, plan: &Plan<'_>) -> Result<Vec<PartialFit>, FitError> {
    let meta = group.meta();
    let names = group.names();
    if names.is_empty() {
        return Err(FitError::NoSubjects);
    }
    method.options().check()?;
    group.check_observations().map_err(FitError::Behaviour)?;
    if let Some(subjects) = plan.subjects.as_ref().filter(|_| !meta.flat()) {
        (plan.phase)("tabling likelihoods");
        let pieces = kept(plan.checkpoints, "shard", || shard(group, subjects, method.seed()).map(|piece| vec![piece]))?;
        pieces.iter().try_for_each(|piece| check_piece(piece, meta, group.design()))?;
        return Ok(pieces);
    }
    let parallel = method.options().batched().is_none_or(|points| points < rayon::current_num_threads());
    let parts: Vec<Part<'_>> = if meta.flat() {
        let all: Vec<usize> = plan.subjects.clone().unwrap_or_else(|| (0..names.len()).collect());
        let part = |s: usize| Part {
            place: s,
            subject: Some(s),
            target: group.target(Some(s), false),
            whose: format!("subject {}", names[s]),
            surveyed: None,
        };
        all.into_iter().map(part).collect()
    } else {
        vec![Part { place: 0, subject: None, target: group.target(None, parallel), whose: meta.name.to_string(), surveyed: None }]
    };
    if parts.iter().any(|p| p.target.dimension() == 0) {
        return Err(FitError::NoParameters { population: meta.name });
    }
    let mut parts = parts;
    if let Some(evaluations) = method.options().evaluations(meta.flat()) {
        (plan.phase)("looking around");
        let survey = Survey { seed: method.seed(), steps: 100, evaluations };
        parts.par_iter_mut().for_each(|part| part.surveyed = marginal::survey(part.target.as_mut(), &survey).ok());
    }
    (plan.phase)(if method.options().sampled() { "sampling" } else { "fitting" });
    let mut pieces = method.options().pieces(&parts, meta.flat(), plan)?;
    for (piece, part) in pieces.iter_mut().zip(&parts) {
        check_piece(piece, meta, group.design())?;
        piece.draws.open(plan.checkpoints.folder())?;
        let refined = part.target.refinement();
        piece.tables = (refined.tabled() > 0).then(|| (refined.tabled(), refined.error()));
        piece.notes.extend(part.surveyed.iter().flat_map(|s| s.notes.clone()));
    }
    (plan.phase)("predicting");
    let finish = |(part, piece): (&Part<'_>, PartialFit)| {
        let mut piece = kept(plan.checkpoints, &format!("piece-{}", part.place), || {
            predict(group, part, piece, (&plan.predictive, &plan.statistics), method)
        })?;
        check_piece(&piece, meta, group.design())?;
        piece.draws.open(plan.checkpoints.folder())?;
        piece.draws.check()?;
        Ok(piece)
    };
    // All are worked out before the first error is told, so that it does not depend on threads which one that is.
    let done: Vec<Result<PartialFit, FitError>> =
        parts.iter().zip(pieces).collect::<Vec<_>>().into_par_iter().map(finish).collect();
    done.into_iter().collect()
}
