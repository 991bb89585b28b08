//! A second look at the draws of a group that was put together from tables: shards score some of them by their records, and all shards
//! together say how far each draw's weight is from what the tables gave it.

use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::draws::Draws;
use super::error::FitError;
use super::fittable::Fittable;
use super::piece::{PartialFit, Scored};
use crate::compare::{criterion, psis};
use crate::mark::Mark;
use crate::posterior::Layout;
use crate::random::{resample, stream};

/// Log-weights with a smaller standard deviation are taken for equal: no mean would move by more than that many of its standard deviations.
const EQUAL: f64 = 0.02;

/// Draws that are looked at for what lies outside tables.
const LOOKED: usize = 100;

/// The stream of the generator.
const WEIGHED: u64 = 5 << 60;

/// A mark of some draws: equal draws have equal marks.
fn mark(layout: &Layout, draws: &Draws, chosen: &[usize]) -> String {
    let mut mark = Mark::default();
    let above = layout.members_of(layout.levels() - 1, 0).start;
    for &i in chosen {
        let number = |n: usize| draws.number(i / draws.draws, i % draws.draws, n).to_bits();
        (0..above.max(1)).for_each(|n| mark.add(&number(n).to_string()));
    }
    format!("{:016x}", mark.0)
}

/// Of how many units' draws that were looked at how many lie outside their tables, where likelihoods go on along straight lines.
pub fn outside(group: &dyn Fittable, draws: &Draws) -> (usize, usize) {
    let target = group.target(None, false);
    let (layout, level) = (target.layout(), group.meta().leaf());
    let some = draws.spaced(LOOKED);
    let of = |i: &usize| -> usize {
        let all = draws.at(*i);
        let is_outside = |leaf: &usize| {
            let values = layout.gather(level, *leaf, &all);
            let at: Vec<f64> = target.directions().iter().map(|&at| values[at]).collect();
            target.refinement().table(*leaf).is_some_and(|table| table.look(&at).is_none())
        };
        (0..layout.units(level)).filter(is_outside).count()
    };
    (some.iter().map(of).sum(), some.len() * layout.units(level))
}

/// Scores some draws of a group's posterior by the records of the units whose tables a shard has; and what is predicted of those units.
///
/// # Errors
/// When a unit cannot be scored.
pub fn score(
    group: &dyn Fittable,
    shard: &PartialFit,
    posterior: &Draws,
    count: usize,
    tick: &(dyn Fn() + Sync),
) -> Result<PartialFit, FitError> {
    let layout = Layout::new(group.meta(), group.design().clone());
    let level = group.meta().leaf();
    let directions = group.target(None, false).directions().to_vec();
    let chosen = posterior.spaced(count);
    let mut sums = vec![Vec::with_capacity(chosen.len()); shard.shard.len()];
    let mut differences = Vec::with_capacity(chosen.len());
    for &i in &chosen {
        let all = posterior.at(i);
        let each: Vec<Result<(f64, f64), FitError>> = shard
            .shard
            .par_iter()
            .map(|(leaf, table)| {
                let values = layout.gather(level, *leaf, &all);
                let at: Vec<f64> = directions.iter().map(|&at| values[at]).collect();
                let failed = |what: String| {
                    let whose = &group.names()[group.design().subject_of(*leaf)];
                    FitError::Behaviour(format!("subject {whose}: {what}"))
                };
                let tabled = table.look_beyond(&at).value;
                let truly: f64 = group.pointwise(*leaf, &values).map_err(|e| failed(e.to_string()))?.iter().sum();
                Ok((truly, truly - tabled))
            })
            .collect();
        let mut difference = 0.0;
        for (one, sums) in each.into_iter().zip(&mut sums) {
            let (truly, off) = one?;
            sums.push(truly);
            difference += off;
        }
        differences.push(difference);
        tick();
    }
    let units = shard.shard.iter().zip(&sums).map(|((leaf, _), sums)| (*leaf, criterion(sums, 1.0))).collect();
    let scored = Scored { mark: mark(&layout, posterior, &chosen), draws: chosen, differences };
    Ok(PartialFit { scored: Some(scored), units, ..PartialFit::default() })
}

/// Weighs the draws of a group's posterior by what all its shards say of them: where the weights differ, draws are chosen by them from those
/// that were scored.
///
/// # Errors
/// When shards have scored other draws.
pub fn weigh(group: &Layout, piece: &mut PartialFit, shards: Vec<PartialFit>, seed: u64) -> Result<(), FitError> {
    let none = || FitError::Stored("no shard has scored any draw".into());
    let first = shards.first().and_then(|s| s.scored.clone()).ok_or_else(none)?;
    let own = mark(group, &piece.draws, &first.draws);
    let mut sums = vec![0.0; first.draws.len()];
    let count = shards.len();
    piece.units.clear();
    for shard in shards {
        let scored = shard.scored.ok_or_else(none)?;
        if scored.mark != own || scored.draws != first.draws {
            return Err(FitError::Stored(
                "a shard has scored other draws than those of this fit, or others than the first shard".into(),
            ));
        }
        sums.iter_mut().zip(&scored.differences).for_each(|(sum, d)| *sum += d);
        piece.units.extend(shard.units);
    }
    piece.units.sort_by_key(|unit| unit.0);
    let n = sums.len() as f64;
    let mean = sums.iter().sum::<f64>() / n;
    let sd = (sums.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n).sqrt();
    let most = sums.iter().map(|x| (x - mean).abs()).fold(0.0, f64::max);
    let smoothed = psis(&sums, 1.0);
    let worth = smoothed.worth();
    let told = format!(
        "{count} shards scored {} draws by their records: the logarithms of their weights have a standard deviation of {sd:.1e} (at most {most:.1e} from their mean)",
        sums.len(),
    );
    if sd < EQUAL {
        piece
            .notes
            .push(format!("{told}, which moves no mean by more than {sd:.1e} of its standard deviations; all draws are kept"));
        return Ok(());
    }
    let mut rng: ChaCha8Rng = stream(seed, WEIGHED);
    let chosen = resample(&smoothed.weights(), sums.len(), &mut rng);
    let old = &piece.draws;
    let rows = chosen.iter().map(|&c| first.draws[c]).flat_map(|i| old.at(i).into_owned());
    piece.draws = Draws::held(1, sums.len(), old.width, rows.collect());
    (piece.resampled, piece.worth, piece.pareto_k) = (true, Some(worth), Some(smoothed.pareto_k));
    piece.statistics.clear();
    piece.notes.push(format!("{told}; the draws were chosen from these by their weights, which are worth {worth:.0} equal ones"));
    Ok(())
}
