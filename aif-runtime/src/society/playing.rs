//! What parameters are made into whose choices are scored: a player, or several of which one is meant.

use alloc::vec::Vec;

use super::error::SocietyError;
use super::player::Player;
use crate::model::GenerativeModel;
use crate::scalar::Real;

/// Players, of which one is meant, each with its prior probability.
pub type Candidates<M, T> = Vec<(T, Player<M, T>)>;

/// The parameters of one who plays, in any scalar: `type Family = Plays<Self>` in [`Declared`](crate::Declared) makes it fit for `model!`.
pub trait Playing<T: Real>: Copy + Send + Sync {
    /// The model that it acts under.
    type Model: GenerativeModel<T>;

    /// Who it may be, with prior probabilities: one player for each depth, say. Which one it is, is the same in all of its blocks, and summed out.
    ///
    /// # Errors
    /// When the parameters make no player.
    fn players(&self) -> Result<Candidates<Self::Model, T>, SocietyError>;
}
