//! The ultimatum game: one offers a part of ten, the other takes it, or leaves both with nothing.

use super::trust::own_habit;
use super::{Player, PlayerOptions, SocietyError};
use crate::prelude::*;

/// An offer, from 0 to 10.
pub type Offer = Index<11>;

/// Where a round is.
#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Bargain {
    /// Nothing has been offered yet, or a round is over: the proposer's turn.
    Open,
    /// Something is offered: the responder's turn.
    Offered,
}

/// How a round ended.
#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ending {
    /// Not at all.
    Nothing,
    /// The offer was taken.
    Taken,
    /// The offer was refused.
    Refused,
}

fn ending(bargain: Bargain, take: bool) -> Ending {
    match (bargain, take) {
        (Bargain::Open, _) => Ending::Nothing,
        (_, true) => Ending::Taken,
        (_, false) => Ending::Refused,
    }
}

/// What an offer that is taken is worth to one side (Fehr & Schmidt 1999): own points, less envy of what the other has more, and guilt for
/// what it has less.
fn worth<T: Real>((ending, offer): (Ending, Offer), proposer: bool, envy: T, guilt: T) -> T {
    if ending != Ending::Taken {
        return T::zero();
    }
    let offered = offer.get() as f64;
    let (own, other) = if proposer { (10.0 - offered, offered) } else { (offered, 10.0 - offered) };
    T::constant(own) - envy * (other - own).max(0.0) - guilt * (own - other).max(0.0)
}

/// The proposer. As a world, this model has the responder's action as its second one.
#[derive(Clone, Copy, Debug)]
pub struct Proposer<T = f64> {
    /// What each point is less worth that the other has more.
    pub envy: T,
    /// What each point is less worth that it has more itself.
    pub guilt: T,
    /// How strongly points tell actions apart, in nats each.
    pub precision: T,
    /// How often each offer is made by habit, up to a factor.
    pub habit: [T; 11],
}

/// The responder.
#[derive(Clone, Copy, Debug)]
pub struct Responder<T = f64> {
    /// What each point is less worth that the other has more.
    pub envy: T,
    /// What each point is less worth that it has more itself.
    pub guilt: T,
    /// How strongly points tell actions apart, in nats each.
    pub precision: T,
    /// How often it refuses and takes by habit, up to a factor.
    pub habit: [T; 2],
}

/// Some envy, a little guilt; one nat a point.
impl<T: Real> Default for Proposer<T> {
    fn default() -> Self {
        Proposer { envy: T::constant(0.5), guilt: T::constant(0.2), precision: T::one(), habit: [T::one(); 11] }
    }
}

/// Some envy, a little guilt; one nat a point.
impl<T: Real> Default for Responder<T> {
    fn default() -> Self {
        Responder { envy: T::constant(0.5), guilt: T::constant(0.2), precision: T::one(), habit: [T::one(); 2] }
    }
}

/// Nothing is offered.
fn none<T: Real>() -> Dist<Offer, T> {
    Index::new(0).map_or_else(Dist::uniform, Dist::certain)
}

#[generative_model(horizon = 2, actions(offer: Offer, take: bool), policy_precision = self.precision, habit = own_habit(self.habit))]
impl<T: Real> Proposer<T> {
    #[factor(initial = Bargain::Open)]
    fn bargain(&self, bargain: Bargain) -> Bargain {
        if bargain == Bargain::Open { Bargain::Offered } else { Bargain::Open }
    }

    #[factor(initial = none())]
    fn offered(&self, bargain: Bargain, offered: Offer, offer: Offer) -> Offer {
        if bargain == Bargain::Open { offer } else { offered }
    }

    #[factor(initial = Ending::Nothing)]
    fn ended(&self, bargain: Bargain, take: bool) -> Ending {
        ending(bargain, take)
    }

    #[modality]
    fn stage(&self, bargain: Bargain) -> Bargain {
        bargain
    }

    #[modality(preference = Values::from_fn(|end| worth(end, true, self.envy, self.guilt)))]
    fn end(&self, ended: Ending, offered: Offer) -> (Ending, Offer) {
        (ended, offered)
    }
}

#[generative_model(horizon = 1, actions(take: bool, offer: Offer), policy_precision = self.precision, habit = own_habit(self.habit))]
impl<T: Real> Responder<T> {
    #[factor(initial = Bargain::Open)]
    fn bargain(&self, bargain: Bargain) -> Bargain {
        if bargain == Bargain::Open { Bargain::Offered } else { Bargain::Open }
    }

    #[factor(initial = none())]
    fn offered(&self, bargain: Bargain, offered: Offer, offer: Offer) -> Offer {
        if bargain == Bargain::Open { offer } else { offered }
    }

    #[factor(initial = Ending::Nothing)]
    fn ended(&self, bargain: Bargain, take: bool) -> Ending {
        ending(bargain, take)
    }

    #[modality]
    fn stage(&self, bargain: Bargain) -> Bargain {
        bargain
    }

    #[modality(preference = Values::from_fn(|end| worth(end, false, self.envy, self.guilt)))]
    fn end(&self, ended: Ending, offered: Offer) -> (Ending, Offer) {
        (ended, offered)
    }
}

impl<T: Real> Proposer<T> {
    /// A proposer that chooses at its turn.
    ///
    /// # Errors
    /// As [`Player::with_options`].
    pub fn player(self, options: PlayerOptions) -> Result<Player<Self, T>, SocietyError> {
        Ok(Player::with_options(self, (), options)?.taking_turns(|state: ProposerState| state.bargain == Bargain::Open))
    }
}

impl<T: Real> Responder<T> {
    /// A responder that chooses at its turn.
    ///
    /// # Errors
    /// As [`Player::with_options`].
    pub fn player(self, options: PlayerOptions) -> Result<Player<Self, T>, SocietyError> {
        Ok(Player::with_options(self, (), options)?.taking_turns(|state: ResponderState| state.bargain == Bargain::Offered))
    }
}

/// The state as the responder's model has it.
pub fn to_responder(state: ProposerState) -> ResponderState {
    ResponderState { bargain: state.bargain, offered: state.offered, ended: state.ended }
}

/// The state as the proposer's model has it.
pub fn to_proposer(state: ResponderState) -> ProposerState {
    ProposerState { bargain: state.bargain, offered: state.offered, ended: state.ended }
}

/// What a responder sees of the game: all that the proposer does.
pub fn seen_by_responder(seen: &ProposerObservation) -> ResponderObservation {
    ResponderObservation { stage: seen.stage, end: seen.end }
}
