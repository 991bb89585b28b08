//! A shard of a group: the tables of its units' likelihoods, which is all that whoever merges shards has to know of them.

use super::error::FitError;
use super::fittable::Fittable;
use super::piece::PartialFit;
use crate::marginal::{self, Survey};

/// The tables of some subjects of a group.
///
/// # Errors
/// When a unit's likelihood cannot be tabled: then the group cannot be fitted in shards.
pub(super) fn shard(group: &dyn Fittable, subjects: &[usize], seed: u64) -> Result<PartialFit, FitError> {
    let (mut target, leaves) = group.target_of(subjects).ok_or(FitError::ShardWithoutRecords)?;
    // They are looked up as often as it takes.
    let survey = Survey { seed, steps: 100, evaluations: usize::MAX };
    let surveyed = marginal::survey(target.as_mut(), &survey)
        .map_err(|source| FitError::ShardMode { population: group.meta().name, source })?;
    let refined = target.refinement();
    let mut piece = PartialFit { tables: Some((refined.tabled(), refined.error())), ..PartialFit::default() };
    for (&leaf, table) in leaves.iter().zip(&refined.tables) {
        let Some(table) = table else { continue };
        piece.shard.push((leaf, table.as_ref().clone()));
    }
    if piece.shard.len() < leaves.len() {
        let why = surveyed.notes.join("; ");
        let (units, missing) = (leaves.len(), leaves.len() - piece.shard.len());
        return Err(FitError::ShardTables { population: group.meta().name, missing, units, why });
    }
    Ok(piece)
}
