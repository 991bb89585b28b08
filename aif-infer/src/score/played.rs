//! The log-probability of a player's choices, which of several players it is summed out.

use aif_runtime::scalar::log_sum_exp;
use aif_runtime::society::{Playing, SocietyError, weighed};
use aif_runtime::{Assigned, Plays, Real};

use super::{Behaviour, ScoreError};
use crate::record::Played;

/// For each player that it may be, its prior probability and the log-probability of each choice.
type Scores<T> = Vec<(T, Vec<T>)>;

fn scores<T: Real, P: Playing<T>>(of: &P, record: &Played) -> Result<Scores<T>, ScoreError> {
    let (players, blocks) = (of.players()?, record.blocks::<P::Model, T>().collect::<Vec<_>>());
    // Prior probabilities are checked whatever is asked for.
    let prior: Vec<T> = players.iter().map(|(prior, _)| *prior).collect();
    weighed(&prior, &vec![T::zero(); prior.len()])?;
    let mut scores: Vec<(T, Option<Vec<T>>)> = Vec::new();
    let mut impossible = None;
    for (prior, player) in players {
        let mut each = Some(Vec::new());
        for block in blocks.iter().filter(|_| prior.value() > 0.0) {
            match player.scores(block) {
                Ok(own) => each.iter_mut().for_each(|each| each.extend(own.iter().copied())),
                // It is not this one: others may hold possible what was seen.
                Err(error @ SocietyError::Impossible { .. }) => (each, impossible) = (None, Some(error)),
                Err(error) => return Err(error.into()),
            }
        }
        scores.push((prior, each));
    }
    let longest = scores.iter().filter_map(|(_, each)| Some(each.as_ref()?.len())).max();
    let Some(choices) = longest.filter(|_| scores.iter().any(|(prior, each)| prior.value() > 0.0 && each.is_some())) else {
        return Err(impossible.map_or_else(|| never(0, T::constant(f64::NEG_INFINITY)), ScoreError::from));
    };
    let whole = |each: Option<Vec<T>>| {
        let mut each = each.unwrap_or_default();
        each.resize(choices, T::constant(f64::NEG_INFINITY));
        each
    };
    Ok(scores.into_iter().map(|(prior, each)| (prior, whole(each))).collect())
}

/// The posterior probability of each player that one may be, given what it did, and the log-likelihood with that summed out.
///
/// # Errors
/// When the parameters make no player, prior probabilities do not sum to 1, or what was seen or done is impossible.
pub fn kinds_of_player<T: Real, P: Playing<T>>(of: &P, record: &Played) -> Result<(T, Vec<T>), ScoreError> {
    let scores = scores(of, record)?;
    let (prior, sums): (Vec<T>, Vec<T>) =
        scores.into_iter().map(|(prior, each)| (prior, each.into_iter().fold(T::zero(), |sum, p| sum + p))).unzip();
    let (evidence, posterior) = weighed(&prior, &sums)?;
    if evidence.is_finite() { Ok((evidence, posterior)) } else { Err(never(0, evidence)) }
}

fn never<T: Real>(response: usize, log_p: T) -> ScoreError {
    ScoreError::Response { response, place: "a game".into(), value: log_p.value() }
}

impl<T: Real, P: Playing<T>> Behaviour<T> for Plays<P> {
    type Record = Played;
    type Options = ();

    /// A player's precisions are those of its model.
    const ASSIGNED: bool = false;

    fn log_likelihood(&self, _: &Assigned<T>, record: &Played, (): &()) -> Result<T, ScoreError> {
        Ok(kinds_of_player(&self.0, record)?.0)
    }

    /// Each choice given those before it: which player it is, is learned by them.
    fn pointwise(&self, _: &Assigned<T>, record: &Played, (): &()) -> Result<Vec<T>, ScoreError> {
        let scores = scores(&self.0, record)?;
        // Those that are impossible beforehand take no part.
        let possible = || scores.iter().filter(|(prior, _)| prior.value() > 0.0);
        let mut weights: Vec<T> = possible().map(|(prior, _)| prior.ln()).collect();
        let mut before = log_sum_exp(&weights);
        let mut pointwise = Vec::new();
        for choice in 0..scores.first().map_or(0, |(_, each)| each.len()) {
            for (weight, (_, each)) in weights.iter_mut().zip(possible()) {
                let log_p = each.get(choice).copied().unwrap_or(T::constant(f64::NEG_INFINITY));
                // What was impossible once stays so, and has no derivatives.
                *weight = if weight.value() + log_p.value() == f64::NEG_INFINITY {
                    T::constant(f64::NEG_INFINITY)
                } else {
                    *weight + log_p
                };
            }
            let now = log_sum_exp(&weights);
            if !now.is_finite() {
                return Err(never(choice, now));
            }
            pointwise.push(now - before);
            before = now;
        }
        Ok(pointwise)
    }
}
