//! The log-probability of a player's choices, which of several players it is summed out.

use aif_runtime::scalar::log_sum_exp;
use aif_runtime::society::{Playing, weighed};
use aif_runtime::{Assigned, Plays, Real};

use super::{Behaviour, ScoreError};
use crate::record::Played;

/// For each player that it may be, its prior probability and the log-probability of each choice.
type Scores<T> = Vec<(T, Vec<T>)>;

fn scores<T: Real, P: Playing<T>>(of: &P, record: &Played) -> Result<Scores<T>, ScoreError> {
    let mut scores = Vec::new();
    for (prior, player) in of.players()? {
        let mut each = Vec::new();
        for block in record.blocks::<P::Model, T>() {
            each.extend(player.scores(&block)?);
        }
        scores.push((prior, each));
    }
    Ok(scores)
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
