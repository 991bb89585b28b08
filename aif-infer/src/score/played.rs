//! The log-probability of a player's choices, which of several players it is summed out.

use aif_runtime::scalar::log_sum_exp;
use aif_runtime::society::{Follower, Play, Player, Playing, SocietyError, weighed};
use aif_runtime::{Assigned, GenerativeModel, Plays, Real};

use super::{Behaviour, ScoreError};
use crate::record::{Played, ResponsePlace};

/// For each player that it may be, its prior probability and the log-probability of each choice.
type Scores<T> = Vec<(T, Vec<T>)>;

/// A player about to act, along its record.
pub(crate) struct AboutTo<'f, 'p, M: GenerativeModel<T>, T: Real> {
    pub block: usize,
    pub step: usize,
    /// The log-probabilities of its choice, and what was chosen; nothing where it was not its turn.
    pub choice: Option<(&'f [T], usize)>,
    pub follower: &'f Follower<'p, M, T>,
}

/// Goes with a player along blocks.
pub(crate) fn each_move<M: GenerativeModel<T>, T: Real>(
    player: &Player<M, T>,
    record: &Played,
    blocks: &[Vec<Play<M::Evidence>>],
    mut each: impl FnMut(AboutTo<'_, '_, M, T>),
) -> Result<(), ScoreError> {
    let mut follower = Follower::of(player);
    for (block, plays) in blocks.iter().enumerate() {
        follower.begin();
        for (step, play) in plays.iter().enumerate() {
            let last = step + 1 == plays.len();
            let failed = |what: SocietyError| ScoreError::Game { place: record.place(block, step), what: Box::new(what) };
            let choice = follower.about_to(play, last).map_err(failed)?;
            let own = choice.as_ref().map(|(choice, action)| (&**choice, *action));
            each(AboutTo { block, step, choice: own, follower: &follower });
            if !last {
                follower.act(choice.map_or(0, |(_, action)| action)).map_err(failed)?;
            }
        }
    }
    Ok(())
}

/// Whether it is a player that could not have seen that, while another may.
pub(crate) fn is_another(error: &ScoreError) -> bool {
    matches!(error, ScoreError::Game { what, .. } if matches!(**what, SocietyError::Impossible { .. }))
}

fn scores<T: Real, P: Playing<T>>(of: &P, record: &Played) -> Result<Scores<T>, ScoreError> {
    let (players, blocks) = (of.players()?, record.blocks::<P::Model, T>().collect::<Vec<_>>());
    // Prior probabilities are checked whatever is asked for.
    let prior: Vec<T> = players.iter().map(|(prior, _)| *prior).collect();
    weighed(&prior, &vec![T::zero(); prior.len()])?;
    let choices = record.responses();
    let mut scores: Scores<T> = Vec::with_capacity(players.len());
    let (mut impossible, mut possible) = (None, false);
    for (prior, player) in &players {
        let mut each = Vec::with_capacity(choices);
        if prior.value() > 0.0 {
            let own = each_move(player, record, &blocks, |about| {
                each.extend(
                    about.choice.filter(|_| record.counts(about.block, about.step)).map(|(choice, action)| choice[action]),
                );
            });
            match own {
                Ok(()) => possible = true,
                // It is not this one: others may hold possible what was seen.
                Err(error) if is_another(&error) => {
                    each.clear();
                    impossible = Some(error);
                }
                Err(error) => return Err(error),
            }
        }
        each.resize(choices, T::constant(f64::NEG_INFINITY));
        scores.push((*prior, each));
    }
    match impossible {
        Some(error) if !possible => Err(error),
        _ => Ok(scores),
    }
}

/// The posterior probability of each player that one may be, given what it did, and the log-likelihood with that summed out.
///
/// # Errors
/// When the parameters make no player, prior probabilities do not sum to 1, or what was seen or done is impossible.
pub fn kinds_of_player<T: Real, P: Playing<T>>(of: &P, record: &Played) -> Result<(T, Vec<T>), ScoreError> {
    let scores = scores(of, record)?;
    let prior: Vec<T> = scores.iter().map(|(prior, _)| *prior).collect();
    let sum = |each: &[T]| {
        // What was impossible once stays so, and has no derivatives.
        let never = each.iter().any(|p| p.value() == f64::NEG_INFINITY);
        if never { T::constant(f64::NEG_INFINITY) } else { each.iter().fold(T::zero(), |sum, &p| sum + p) }
    };
    let sums: Vec<T> = scores.iter().map(|(_, each)| sum(each)).collect();
    let (evidence, posterior) = weighed(&prior, &sums)?;
    if evidence.is_finite() { Ok((evidence, posterior)) } else { Err(never(record, &scores)) }
}

/// The first choice that nobody makes who may have made those before it.
fn never<T: Real>(record: &Played, scores: &Scores<T>) -> ScoreError {
    let choices = scores.first().map_or(0, |(_, each)| each.len());
    let could = |(prior, each): &(T, Vec<T>), until: usize| prior.value() > 0.0 && each[..=until].iter().all(|p| p.is_finite());
    let response = (0..choices).find(|&choice| !scores.iter().any(|own| could(own, choice))).unwrap_or(0);
    let found = scores.iter().filter_map(|(_, each)| each.get(response)).map(|p| p.value());
    let value = found.fold(f64::NEG_INFINITY, |worst, p| if p.is_finite() { worst } else { p });
    let at = record.places().into_iter().nth(response).unwrap_or_default();
    ScoreError::Response { response, place: crate::record::place_of(&at.session, &at.block, "step", at.step), value }
}

/// The log-weights of players before each choice that counts, given those before it; after the last one, too.
pub(crate) fn weights<T: Real, P: Playing<T>>(of: &P, record: &Played) -> Result<Vec<Vec<T>>, ScoreError> {
    let scores = scores(of, record)?;
    let never_at = T::constant(f64::NEG_INFINITY);
    let first: Vec<T> = scores.iter().map(|(prior, _)| if prior.value() > 0.0 { prior.ln() } else { never_at }).collect();
    let mut all = vec![first];
    for choice in 0..record.responses() {
        let before = &all[choice];
        let next = before.iter().zip(&scores).map(|(&weight, (_, each))| {
            // What was impossible once stays so, and has no derivatives.
            if weight.value() + each[choice].value() == f64::NEG_INFINITY { never_at } else { weight + each[choice] }
        });
        let next: Vec<T> = next.collect();
        if !next.iter().any(|weight| weight.is_finite()) || next.iter().any(|weight| weight.value().is_nan()) {
            return Err(never(record, &scores));
        }
        all.push(next);
    }
    Ok(all)
}

/// The log-weights of those of positive weight.
fn total<T: Real>(weights: &[T]) -> T {
    let own: Vec<T> = weights.iter().filter(|weight| weight.value() > f64::NEG_INFINITY).copied().collect();
    log_sum_exp(&own)
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
        let totals: Vec<T> = weights(&self.0, record)?.iter().map(|weights| total(weights)).collect();
        Ok(totals.windows(2).map(|pair| pair[1] - pair[0]).collect())
    }

    fn places(record: &Played) -> Vec<ResponsePlace> {
        record.places()
    }
}
