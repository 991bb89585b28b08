//! The simplified T-maze: four places, each reached from each, and a cue that is seen as a place.

use super::{Outcome, Side, arm, known_or_uniform, wanted};
use crate::prelude::*;

/// A place of the [`SimplifiedTMaze`].
#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum SimplifiedPlace {
    /// Where one starts.
    Centre,
    /// The left arm.
    Left,
    /// The right arm.
    Right,
    /// Where the cue is.
    Cue,
}

/// What is seen of a place of the [`SimplifiedTMaze`]: of the one with the cue, what the cue says.
#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum SimplifiedView {
    /// The centre.
    Centre,
    /// The left arm.
    Left,
    /// The right arm.
    Right,
    /// The cue says left.
    CueLeft,
    /// The cue says right.
    CueRight,
}

/// A T-maze in which every place is one move from every other.
#[derive(Clone, Copy, Debug)]
pub struct SimplifiedTMaze<T> {
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
impl<T: Real> Default for SimplifiedTMaze<T> {
    fn default() -> Self {
        SimplifiedTMaze {
            reward_probability: T::one(),
            punishment_probability: T::one(),
            cue_validity: T::constant(0.95),
            paying: None,
            dependent_outcomes: false,
            preference: T::one(),
        }
    }
}

#[generative_model(horizon = 2, actions(go: SimplifiedPlace))]
impl<T: Real> SimplifiedTMaze<T> {
    #[factor(initial = SimplifiedPlace::Centre)]
    fn place(&self, go: SimplifiedPlace) -> SimplifiedPlace {
        go
    }

    #[factor(initial = known_or_uniform(self.paying))]
    fn side(&self, side: Side) -> Side {
        side
    }

    #[modality]
    fn seen(&self, place: SimplifiedPlace, side: Side) -> Dist<SimplifiedView, T> {
        let (right, wrong) = match side {
            Side::Left => (SimplifiedView::CueLeft, SimplifiedView::CueRight),
            Side::Right => (SimplifiedView::CueRight, SimplifiedView::CueLeft),
        };
        match place {
            SimplifiedPlace::Centre => SimplifiedView::Centre.into(),
            SimplifiedPlace::Left => SimplifiedView::Left.into(),
            SimplifiedPlace::Right => SimplifiedView::Right.into(),
            SimplifiedPlace::Cue => Dist::bernoulli(right, self.cue_validity, wrong),
        }
    }

    #[modality(preference = wanted(self.preference))]
    fn outcome(&self, place: SimplifiedPlace, side: Side) -> Dist<Outcome, T> {
        let pays = match place {
            SimplifiedPlace::Left => side == Side::Left,
            SimplifiedPlace::Right => side == Side::Right,
            _ => return Outcome::Nothing.into(),
        };
        arm(pays, self.reward_probability, self.punishment_probability, self.dependent_outcomes)
    }
}
