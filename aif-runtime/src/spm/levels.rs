//! Messages between levels: where an episode below begins, and what the level above hears of it.

use alloc::vec::Vec;

use super::course::Course;
use super::error::SpmError;
use super::numbers::{lg, softmax_of};
use super::parameters::Parameters;
use super::structure::{Level, Structure};
use super::tensor::Tensor;

/// The model of an episode below, when the level above expects the joint states `q`: the prediction averaged over policies, not the one
/// under the action that was taken.
pub(super) fn message_down(level: &Level, above: &Parameters, q: &[f64]) -> Structure {
    let mut below = level.structure.clone();
    let expected = |matrix: &Tensor, modality: usize| matrix.times(&above.likelihood[modality].times(q));
    for link in &level.states {
        below.initial[link.factor] = expected(&link.matrix, link.modality);
    }
    for link in &level.preferences {
        let preference = expected(&link.matrix, link.modality).into_iter().map(lg).collect();
        if let Ok(preference) = Tensor::vector(preference) {
            below.preference[link.to] = preference;
        }
    }
    for link in &level.habits {
        below.habit = Some(expected(&link.matrix, link.modality));
    }
    below
}

/// What the level above takes as outcomes of linked modalities, after an episode. The posterior below is passed as it is: what came down
/// goes up again.
pub(super) fn message_up(
    level: &Level,
    above: &Parameters,
    q: &[f64],
    episode: &Course,
) -> Result<Vec<(usize, Vec<f64>)>, SpmError> {
    let mut messages = Vec::new();
    let ln_expected = |modality: usize| above.likelihood[modality].times(q).into_iter().map(lg);
    for link in &level.states {
        let first = episode.inferred.last().and_then(|last| last.averaged.get(link.factor)?.first());
        messages.push((link.modality, link.matrix.transposed_times(first.map_or(&[], Vec::as_slice))));
    }
    for link in &level.preferences {
        let outcomes = 0..link.matrix.rows();
        let of = |o: usize| {
            let times = episode.evidence.iter().zip(&episode.preference[link.to]);
            times.map(|(seen, preference)| seen[link.to][o] * preference[o]).sum()
        };
        let reward = link.matrix.transposed_times(&outcomes.map(of).collect::<Vec<f64>>());
        messages.push((link.modality, softmax_of(ln_expected(link.modality).zip(reward).map(|(p, r)| p + r))));
    }
    for link in &level.habits {
        let kept = episode.kept_policies();
        let policies = kept.last().ok_or(SpmError::NoPolicyPosterior)?;
        let chosen = link.matrix.transposed_times(policies).into_iter().map(lg);
        messages.push((link.modality, softmax_of(ln_expected(link.modality).zip(chosen).map(|(p, r)| p + r))));
    }
    Ok(messages)
}

/// Whether a modality above is told by the level below.
pub(super) fn is_told(level: &Level, modality: usize) -> bool {
    level.states.iter().any(|l| l.modality == modality)
        || level.preferences.iter().any(|l| l.modality == modality)
        || level.habits.iter().any(|l| l.modality == modality)
}
