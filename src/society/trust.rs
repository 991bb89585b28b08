//! The trust game: an investor sends a part of what it has, which is tripled, and a trustee sends a part of that back.

use aif_runtime::Dirichlet;

use super::{Player, SocietyError};
use crate::prelude::*;

/// What an investor has in each round.
const ENDOWMENT: f64 = 20.0;

/// Which part of what it has an investor sends: 0, a quarter, a half, three quarters, all.
pub type Sent = Index<5>;

/// Which part of what it receives a trustee sends back: 0, a sixth, a third, a half, two thirds.
pub type Returned = Index<5>;

/// Where a round is.
#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Exchange {
    /// Nothing has been done yet: the investor's turn.
    Begun,
    /// Something was sent: the trustee's turn.
    Sent,
    /// Something was returned: a round is over, and the investor's turn.
    Settled,
}

impl Exchange {
    fn next(self) -> Exchange {
        if self == Exchange::Sent { Exchange::Settled } else { Exchange::Sent }
    }
}

/// What is settled in a round: nothing, or what was sent and returned.
pub type Settlement = Index<26>;

fn settled(exchange: Exchange, sent: Sent, returned: Returned) -> Settlement {
    let index = if exchange == Exchange::Settled { 1 + sent.get() * 5 + returned.get() } else { 0 };
    Index::new(index).unwrap_or(NOTHING)
}

const NOTHING: Settlement = match Index::new(0) {
    Some(nothing) => nothing,
    None => unreachable!(),
};

/// What the investor and the trustee have after a round, in points.
fn shares(settled: Settlement) -> [f64; 2] {
    let (sent, returned) = ((settled.get() - 1) / 5, (settled.get() - 1) % 5);
    let sent = ENDOWMENT * sent as f64 / 4.0;
    let back = 3.0 * sent * returned as f64 / 6.0;
    [ENDOWMENT - sent + back, 3.0 * sent - back]
}

/// What a round is worth to one who has `own` of it: own points, less guilt for what is more than the other's (Fehr & Schmidt 1999,
/// without envy).
fn worth<T: Real>(settled: Settlement, player: usize, guilt: T) -> T {
    if settled == NOTHING {
        return T::zero();
    }
    let shares = shares(settled);
    let more = (shares[player] - shares[1 - player]).max(0.0);
    T::constant(shares[player]) - guilt * more
}

/// The investor, who moves first: as in the studies of King-Casas et al. (2005) and Ray, King-Casas, Montague & Dayan (2008).
///
/// Nobody counts rounds: how far a player looks ahead is its horizon, in moves of either, two a round. As a world, this model has the
/// trustee's action as its second one.
#[derive(Clone, Copy, Debug)]
pub struct Investor<T = f64> {
    /// What each point is less worth that it has more than the trustee.
    pub guilt: T,
    /// How strongly points tell actions apart, in nats each.
    pub precision: T,
    /// How often each part is sent by habit, up to a factor: what one of depth 0 does.
    pub habit: [T; 5],
}

/// The trustee, who answers.
#[derive(Clone, Copy, Debug)]
pub struct Trustee<T = f64> {
    /// What each point is less worth that it has more than the investor.
    pub guilt: T,
    /// How strongly points tell actions apart, in nats each.
    pub precision: T,
    /// How often each part is returned by habit, up to a factor: what one of depth 0 does.
    pub habit: [T; 5],
}

/// Moderate guilt; a third of a nat a point; any part as often as another.
impl<T: Real> Default for Investor<T> {
    fn default() -> Self {
        Investor { guilt: T::constant(0.4), precision: T::one() / 3.0, habit: [T::one(); 5] }
    }
}

/// Moderate guilt; a third of a nat a point; any part as often as another.
impl<T: Real> Default for Trustee<T> {
    fn default() -> Self {
        Trustee { guilt: T::constant(0.4), precision: T::one() / 3.0, habit: [T::one(); 5] }
    }
}

/// A habit over one's own action, whatever the other does.
pub(super) fn own_habit<D: Domain, T: Real, const N: usize>(habit: [T; N]) -> Dirichlet<D, T> {
    Dirichlet::from_fn(|pair: D| habit[pair.index() / (D::COUNT / N)]).held()
}

#[generative_model(horizon = 2, actions(send: Sent, repay: Returned), policy_precision = self.precision, habit = own_habit(self.habit))]
impl<T: Real> Investor<T> {
    #[factor(initial = Exchange::Begun)]
    fn exchange(&self, exchange: Exchange) -> Exchange {
        exchange.next()
    }

    #[factor(initial = [1.0, 0.0, 0.0, 0.0, 0.0])]
    fn sent(&self, exchange: Exchange, sent: Sent, send: Sent) -> Sent {
        if exchange == Exchange::Sent { sent } else { send }
    }

    #[factor(initial = [1.0, 0.0, 0.0, 0.0, 0.0])]
    fn returned(&self, exchange: Exchange, returned: Returned, repay: Returned) -> Returned {
        if exchange == Exchange::Sent { repay } else { returned }
    }

    #[modality]
    fn stage(&self, exchange: Exchange) -> Exchange {
        exchange
    }

    #[modality]
    fn investment(&self, sent: Sent) -> Sent {
        sent
    }

    #[modality(preference = Values::from_fn(|settled| worth(settled, 0, self.guilt)))]
    fn settlement(&self, exchange: Exchange, sent: Sent, returned: Returned) -> Settlement {
        settled(exchange, sent, returned)
    }
}

#[generative_model(horizon = 3, actions(repay: Returned, send: Sent), policy_precision = self.precision, habit = own_habit(self.habit))]
impl<T: Real> Trustee<T> {
    #[factor(initial = Exchange::Begun)]
    fn exchange(&self, exchange: Exchange) -> Exchange {
        exchange.next()
    }

    #[factor(initial = [1.0, 0.0, 0.0, 0.0, 0.0])]
    fn sent(&self, exchange: Exchange, sent: Sent, send: Sent) -> Sent {
        if exchange == Exchange::Sent { sent } else { send }
    }

    #[factor(initial = [1.0, 0.0, 0.0, 0.0, 0.0])]
    fn returned(&self, exchange: Exchange, returned: Returned, repay: Returned) -> Returned {
        if exchange == Exchange::Sent { repay } else { returned }
    }

    #[modality]
    fn stage(&self, exchange: Exchange) -> Exchange {
        exchange
    }

    #[modality]
    fn investment(&self, sent: Sent) -> Sent {
        sent
    }

    #[modality(preference = Values::from_fn(|settled| worth(settled, 1, self.guilt)))]
    fn settlement(&self, exchange: Exchange, sent: Sent, returned: Returned) -> Settlement {
        settled(exchange, sent, returned)
    }
}

impl<T: Real> Investor<T> {
    /// An investor that chooses at its turn.
    ///
    /// # Errors
    /// As [`Player::with_options`].
    pub fn player(self, options: super::PlayerOptions) -> Result<Player<Self, T>, SocietyError> {
        Ok(Player::with_options(self, (), options)?.taking_turns(|state: InvestorState| state.exchange != Exchange::Sent))
    }
}

impl<T: Real> Trustee<T> {
    /// A trustee that chooses at its turn.
    ///
    /// # Errors
    /// As [`Player::with_options`].
    pub fn player(self, options: super::PlayerOptions) -> Result<Player<Self, T>, SocietyError> {
        Ok(Player::with_options(self, (), options)?.taking_turns(|state: TrusteeState| state.exchange == Exchange::Sent))
    }
}

/// The state as the trustee's model has it.
pub fn to_trustee(state: InvestorState) -> TrusteeState {
    TrusteeState { exchange: state.exchange, sent: state.sent, returned: state.returned }
}

/// The state as the investor's model has it.
pub fn to_investor(state: TrusteeState) -> InvestorState {
    InvestorState { exchange: state.exchange, sent: state.sent, returned: state.returned }
}

/// What a trustee sees of the game: all that the investor does.
pub fn seen_by_trustee(seen: &InvestorObservation) -> TrusteeObservation {
    TrusteeObservation { stage: seen.stage, investment: seen.investment, settlement: seen.settlement }
}
