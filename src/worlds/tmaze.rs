//! The T-maze: two arms, one of which pays, and a cue at the foot of the stem.

use super::{Cue, Outcome, Side, arm, known_or_uniform, wanted};
use crate::prelude::*;

/// A place of the [`TMaze`].
#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum TMazePlace {
    /// Where one starts: half-way up the stem.
    Centre,
    /// The left arm.
    Left,
    /// The right arm.
    Right,
    /// The foot of the stem, where the cue is.
    Cue,
    /// The top of the stem, between the arms.
    Middle,
}

impl TMazePlace {
    /// Whether one move leads from here to `other`.
    pub fn touches(self, other: TMazePlace) -> bool {
        use TMazePlace::*;
        matches!((self, other), (Centre, Cue | Middle) | (Cue, Centre) | (Middle, Centre | Left | Right) | (Left | Right, Middle))
    }
}

/// A T-maze in which one moves from place to place; a move to a place that does not touch stays.
#[derive(Clone, Copy, Debug)]
pub struct TMaze<T> {
    /// P(reward | the paying arm), in [0, 1].
    pub reward_probability: T,
    /// P(punishment | the other arm), in [0, 1]. Without effect where outcomes depend on each other.
    pub punishment_probability: T,
    /// P(the cue is right), in [0, 1].
    pub cue_validity: T,
    /// The paying side, where it is known.
    pub paying: Option<Side>,
    /// Whether an arm always rewards or punishes: what does not reward punishes, and the other way round.
    pub dependent_outcomes: bool,
    /// Log-preference of reward over nothing, and of nothing over punishment, in nats.
    pub preference: T,
}

/// The paying arm always rewards, the other always punishes, the cue is right 95 times in 100.
impl<T: Real> Default for TMaze<T> {
    fn default() -> Self {
        TMaze {
            reward_probability: T::one(),
            punishment_probability: T::one(),
            cue_validity: T::constant(0.95),
            paying: None,
            dependent_outcomes: false,
            preference: T::one(),
        }
    }
}

#[generative_model(horizon = 2, actions(go: TMazePlace))]
impl<T: Real> TMaze<T> {
    #[factor(initial = TMazePlace::Centre)]
    fn place(&self, place: TMazePlace, go: TMazePlace) -> TMazePlace {
        if place.touches(go) { go } else { place }
    }

    #[factor(initial = known_or_uniform(self.paying))]
    fn side(&self, side: Side) -> Side {
        side
    }

    #[modality]
    fn seen(&self, place: TMazePlace) -> TMazePlace {
        place
    }

    #[modality(preference = wanted(self.preference))]
    fn outcome(&self, place: TMazePlace, side: Side) -> Dist<Outcome, T> {
        let pays = match place {
            TMazePlace::Left => side == Side::Left,
            TMazePlace::Right => side == Side::Right,
            _ => return Outcome::Nothing.into(),
        };
        arm(pays, self.reward_probability, self.punishment_probability, self.dependent_outcomes)
    }

    #[modality]
    fn cue(&self, place: TMazePlace, side: Side) -> Dist<Cue, T> {
        let other = if side == Side::Left { Cue::Right } else { Cue::Left };
        if place == TMazePlace::Cue { Dist::bernoulli(side.into(), self.cue_validity, other) } else { Cue::Nothing.into() }
    }
}
