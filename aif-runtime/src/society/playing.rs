//! What parameters are made into whose choices are scored: a player, or several of which one is meant.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::error::SocietyError;
use super::game::Game;
use super::player::Player;
use crate::model::GenerativeModel;
use crate::scalar::{Real, log_sum_exp};

/// Players, of which one is meant, each with its prior probability.
pub type Candidates<M, T> = Vec<(T, Player<M, T>)>;

/// The parameters of one who plays, in any scalar: `type Family = Plays<Self>` in [`Declared`](crate::Declared) makes it fit for `model!`.
pub trait Playing<T: Real>: Copy + Send + Sync {
    /// The model that it acts under.
    type Model: GenerativeModel<T>;

    /// Who it may be, with prior probabilities: one player for each depth, say. Which one it is, is the same in all of its blocks, and
    /// summed out.
    ///
    /// # Errors
    /// When the parameters make no player.
    fn players(&self) -> Result<Candidates<Self::Model, T>, SocietyError>;

    /// The game that it plays where it is simulated, with a seat left open for it ([`Society::leave_open`], [`Society::into_game`]). Whatever
    /// fields of the type say of the others in it can be set for a world of its own (`--world FIELD=VALUE`). Where there is none, what was
    /// recorded can be scored and fitted, but nothing is simulated.
    ///
    /// [`Society::leave_open`]: super::Society::leave_open
    /// [`Society::into_game`]: super::Society::into_game
    ///
    /// # Errors
    /// When the parameters make no such game.
    fn game(&self) -> Result<Option<Box<dyn Game>>, SocietyError> {
        Ok(None)
    }
}

/// Depth, or any other kind of player, summed out: the log-likelihood of what was done given prior probabilities of each, and the
/// posterior probability of each.
///
/// # Errors
/// When there is not one likelihood for each prior probability, or these do not sum to 1.
pub fn weighed<T: Real>(prior: &[T], log_likelihoods: &[T]) -> Result<(T, Vec<T>), SocietyError> {
    let total: f64 = prior.iter().map(|p| p.value()).sum();
    let fits = prior.len() == log_likelihoods.len() && (total - 1.0).abs() < 1e-9 && prior.iter().all(|p| p.value() >= 0.0);
    if !fits {
        return Err(SocietyError::Depths { found: log_likelihoods.len(), expected: prior.len() });
    }
    let never = T::constant(f64::NEG_INFINITY);
    let log_prior = |p: T| if p.value() > 0.0 { p.ln() } else { never };
    let joint: Vec<T> = prior.iter().zip(log_likelihoods).map(|(&p, &l)| log_prior(p) + l).collect();
    let evidence = log_sum_exp(&joint);
    let posterior = |&j: &T| if j.value() == f64::NEG_INFINITY { T::zero() } else { (j - evidence).exp() };
    Ok((evidence, joint.iter().map(posterior).collect()))
}
