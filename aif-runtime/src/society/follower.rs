//! A player that is followed along what was recorded of it: what it would have chosen, and what it believed.

use alloc::sync::Arc;
use alloc::vec::Vec;

use super::error::SocietyError;
use super::flat::outcomes_of;
use super::player::{Play, Player, belief_of};
use super::search::Search;
use super::thought::Thought;
use crate::model::GenerativeModel;
use crate::scalar::Real;

/// The log-probability of each action of a choice, and which was taken.
pub type Chosen<T> = (Arc<[T]>, usize);

/// A player along its record. What it, and whoever it thinks of, would choose is remembered over all blocks: the same thought comes again.
pub struct Follower<'a, M: GenerativeModel<T>, T: Real = f64> {
    of: &'a Player<M, T>,
    search: Search<'a, T>,
    thought: Arc<Thought<T>>,
    merged: f64,
    step: usize,
}

impl<'a, M: GenerativeModel<T>, T: Real> Follower<'a, M, T> {
    /// Follows a player from the beginning of a block.
    pub fn of(player: &'a Player<M, T>) -> Self {
        let search = Search::new(player.thinker());
        let mut follower = Follower { of: player, search, thought: Arc::new(Thought::blank()), merged: 0.0, step: 0 };
        follower.begin();
        follower
    }

    /// Another block begins.
    pub fn begin(&mut self) {
        (self.merged, self.step) = (0.0, 0);
        self.thought = Arc::new(self.of.thinker().begin(&mut self.merged));
    }

    /// One more step: it sees, and does what was recorded. The log-probabilities of its choice and what was chosen, where it was its turn;
    /// nothing where it was not, and at the last step of a block where nothing was chosen.
    ///
    /// # Errors
    /// As [`Player::scores`].
    pub fn follow(&mut self, play: &Play<M::Evidence>, last: bool) -> Result<Option<Chosen<T>>, SocietyError> {
        let choice = self.about_to(play, last)?;
        if let Some((_, action)) = choice {
            self.act(action)?;
        } else if !(last && play.action.is_none() && self.acts()) {
            self.act(0)?;
        }
        Ok(choice)
    }

    /// The same, before it has acted: what it believes is what it chose by. [`act`](Follower::act) goes on.
    ///
    /// # Errors
    /// As [`Player::scores`].
    pub fn about_to(&mut self, play: &Play<M::Evidence>, last: bool) -> Result<Option<Chosen<T>>, SocietyError> {
        self.thought = self.of.thinker().given(&self.thought, &outcomes_of::<M, T>(&play.seen)?)?;
        let turn = self.acts();
        match play.action {
            None if turn && last => Ok(None),
            None if !turn => Ok(None),
            Some(action) if turn => {
                Player::<M, T>::check_action(action)?;
                self.search.anew();
                let choice = self.search.choice(self.of.thinker(), &self.thought)?;
                self.exact()?;
                Ok(Some((choice, action)))
            }
            _ => Err(SocietyError::Turn { step: self.step, turn }),
        }
    }

    /// It acts, and a step is over; where it was not its turn, the first value stands for that.
    ///
    /// # Errors
    /// When working out what the other would do takes more evaluations than the player's options allow.
    pub fn act(&mut self, action: usize) -> Result<(), SocietyError> {
        self.search.anew();
        self.thought = self.search.after(self.of.thinker(), &self.thought, action)?;
        self.merged += self.search.found.merged;
        self.step += 1;
        Ok(())
    }

    /// Whether it may be its turn.
    pub fn acts(&self) -> bool {
        self.of.thinker().acts(&self.thought)
    }

    /// What it believes of each factor; nothing of one that acts by habit at every step.
    pub fn belief(&self) -> Option<M::Belief> {
        self.of.thinker().carries().then(|| belief_of::<M, T>(&self.thought.states()))
    }

    /// How probable it holds each kind of other that it was told of.
    pub fn kinds(&self) -> Vec<T> {
        self.of.thinker().kinds_in(&self.thought)
    }

    /// Whether nothing was merged so far.
    fn exact(&self) -> Result<(), SocietyError> {
        if self.merged == 0.0 && self.search.found.merged == 0.0 {
            return Ok(());
        }
        let thinker = self.of.thinker();
        Err(SocietyError::Merged { model: M::META.name, step: self.step, beliefs: thinker.options.beliefs })
    }
}

impl<M: GenerativeModel<T>, T: Real> Player<M, T> {
    /// The log-probability of each choice of a block, from its beginning, given what the player saw: one for each step at which it was its
    /// turn; minus infinity of what it never does.
    ///
    /// # Errors
    /// When what was seen is impossible, a choice is missing where it was the player's turn (but at the last step), or recorded where it
    /// was not, and when more beliefs of the other would have to be carried than the options allow.
    pub fn scores(&self, plays: &[Play<M::Evidence>]) -> Result<Vec<T>, SocietyError> {
        let mut follower = Follower::of(self);
        let mut each = Vec::with_capacity(plays.len());
        for (step, play) in plays.iter().enumerate() {
            if let Some((choice, action)) = follower.follow(play, step + 1 == plays.len())? {
                each.push(choice[action]);
            }
        }
        Ok(each)
    }
}

impl<M: GenerativeModel<T>, T: Real> core::fmt::Debug for Follower<'_, M, T> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Follower").field("of", &M::META.name).field("step", &self.step).finish()
    }
}
