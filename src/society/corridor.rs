//! A corridor crossing: two walkers come towards each other, and there is room to step aside.

use super::trust::own_habit;
use super::{Player, PlayerOptions, SocietyError};
use crate::prelude::*;

/// How many cells a corridor is long.
pub const LENGTH: usize = 5;

/// Where a walker is: how far from where I come from, and on the north side or not.
pub type Spot = (Index<LENGTH>, bool);

/// What a walker does.
#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// Goes on, if it is not there yet.
    Ahead,
    /// Steps to the other side.
    Aside,
    /// Waits.
    Wait,
}

/// A walker in a corridor that is two cells wide. Both see each other; who would step into the other's cell, or through the other, bumps,
/// and both stay where they are.
#[derive(Clone, Copy, Debug)]
pub struct Walker<T = f64> {
    /// What each step nearer to the end is worth, in nats at each time.
    pub progress: T,
    /// What it costs to bump, in nats.
    pub bump: T,
    /// How strongly that tells actions apart.
    pub precision: T,
    /// How often it goes ahead, steps aside and waits by habit, up to a factor: what one of depth 0 does.
    pub habit: [T; 3],
}

/// Who hurries, does not like to bump, and by habit goes straight on.
impl<T: Real> Default for Walker<T> {
    fn default() -> Self {
        let [often, seldom] = [0.96, 0.02].map(T::constant);
        Walker { progress: T::one(), bump: T::constant(4.0), precision: T::constant(2.0), habit: [often, seldom, seldom] }
    }
}

/// A cell as the other sees it, who comes from the other end.
fn across((at, north): Spot) -> Spot {
    (Index::new(LENGTH - 1 - at.get()).unwrap_or(at), north)
}

/// Where a step would lead.
fn stepped((at, north): Spot, step: Step) -> Spot {
    match step {
        Step::Ahead => (Index::new(at.get() + 1).unwrap_or(at), north),
        Step::Aside => (at, !north),
        Step::Wait => (at, north),
    }
}

/// Where both would be, as the first sees it, and whether they bump.
fn met(mine: Spot, theirs: Spot, go: Step, other: Step) -> (Spot, Spot, bool) {
    let (own, its) = (stepped(mine, go), across(stepped(across(theirs), other)));
    let bump = own == its || (own == theirs && its == mine);
    if bump { (mine, theirs, true) } else { (own, its, false) }
}

/// Where I begin.
const START: Spot = match Index::new(0) {
    Some(first) => (first, true),
    None => unreachable!(),
};

/// Where the other begins: at the far end, in my way.
fn opposite() -> Spot {
    across(START)
}

#[generative_model(horizon = 3, actions(go: Step, other: Step), policy_precision = self.precision, habit = own_habit(self.habit))]
impl<T: Real> Walker<T> {
    #[factor(initial = START)]
    fn mine(&self, mine: Spot, theirs: Spot, go: Step, other: Step) -> Spot {
        met(mine, theirs, go, other).0
    }

    #[factor(initial = opposite())]
    fn theirs(&self, mine: Spot, theirs: Spot, go: Step, other: Step) -> Spot {
        met(mine, theirs, go, other).1
    }

    #[factor(initial = false)]
    fn bumped(&self, mine: Spot, theirs: Spot, go: Step, other: Step) -> bool {
        met(mine, theirs, go, other).2
    }

    #[modality(preference = Values::from_fn(|(at, _): Spot| self.progress * at.get() as f64))]
    fn place(&self, mine: Spot) -> Spot {
        mine
    }

    #[modality]
    fn sight(&self, theirs: Spot) -> Spot {
        theirs
    }

    #[modality(preference = [T::zero(), -self.bump])]
    fn felt(&self, bumped: bool) -> bool {
        bumped
    }
}

impl<T: Real> Walker<T> {
    /// A walker of a depth, who meets one like itself: of depth 0 it goes by habit, of depth 1 it expects that of the other, and so on.
    ///
    /// # Errors
    /// As [`Player::with_options`].
    pub fn player(self, depth: usize, options: PlayerOptions) -> Result<Player<Self, T>, SocietyError> {
        let player = Player::with_options(self, (), options)?;
        if depth == 0 { Ok(player.habitual()) } else { player.minding(&self.player(depth - 1, options)?, to_other_walker) }
    }
}

/// The state as the other walker has it.
pub fn to_other_walker(state: WalkerState) -> WalkerState {
    WalkerState { mine: across(state.theirs), theirs: across(state.mine), bumped: state.bumped }
}

/// What the other walker sees, in a world that is the first walker's model.
pub fn seen_by_other_walker(seen: &WalkerObservation) -> WalkerObservation {
    WalkerObservation { place: across(seen.sight), sight: across(seen.place), felt: seen.felt }
}
