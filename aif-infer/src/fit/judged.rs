//! What an approximation is held against: the group's numbers by draws from the marginal posterior, each unit's coordinates by
//! quadrature.

use rayon::prelude::*;

use super::above::draw_above;
use super::piece::{Judged, PartialFit};
use super::plan::Part;
use crate::marginal::{Finest, maximise, unit_moments};

/// Up to so many coordinates above the units, their numbers are judged.
const MANY: usize = 30;

/// Draws that the group's numbers are judged by.
const DRAWS: usize = 1000;

/// The most that a unit's mean may be off, in its standard deviations, and its standard deviation, relatively.
const OFF: f64 = 0.15;

/// Holds an approximation against what weighed draws and quadrature say; `None` where there is nothing above the units, or too much.
pub(super) fn judge(part: &Part<'_>, seed: u64) -> Option<Judged> {
    let target = part.target.as_ref();
    let from = &part.surveyed.as_ref()?.position;
    if from.is_empty() || from.len() > MANY {
        return None;
    }
    // Where likelihoods are not looked up, this would cost more than the approximation.
    if !target.is_tabled() {
        return None;
    }
    let mode = maximise(target, from, 100, Finest::Cheap).ok()?;
    let drawn = draw_above(&mode, DRAWS, seed, part.place).ok()?;
    let layout = target.layout();
    let leaf_level = layout.levels() - 1;
    let above = layout.members_of(leaf_level, 0).start;
    let (mut means, mut squares) = (vec![0.0; above], vec![0.0; above]);
    let weight = 1.0 / drawn.positions.len() as f64;
    for position in &drawn.positions {
        let mut whole = position.clone();
        whole.resize(layout.dimension(), 0.0);
        for (i, x) in target.constrain(&whole)[..above].iter().enumerate() {
            means[i] += weight * x;
            squares[i] += weight * x * x;
        }
    }
    let sds = means.iter().zip(&squares).map(|(m, s)| (s - m * m).max(0.0).sqrt()).collect();
    let given = target.given(&mode.position);
    let off = (0..layout.units(leaf_level))
        .into_par_iter()
        .filter(|&leaf| {
            let moments = unit_moments(&mode.marginal, given.as_ref(), leaf);
            moments.is_none_or(|(shift, ratio)| shift > OFF || !(1.0 / (1.0 + OFF)..=1.0 + OFF).contains(&ratio))
        })
        .count();
    Some(Judged { means, sds, by: drawn.words, units_off: off })
}

impl PartialFit {
    /// Holds the piece against what is known of the group.
    pub(super) fn judged_by(mut self, part: &Part<'_>, seed: u64) -> Self {
        self.judged = judge(part, seed);
        self
    }
}
