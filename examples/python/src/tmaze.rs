//! The T-maze of the README: two arms, one of which pays, and a cue at the foot of the stem.

use aif::prelude::*;

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    Centre,
    Left,
    Right,
    Cue,
    Middle,
}

impl Place {
    /// Whether one move leads from `self` to `other`.
    pub fn touches(self, other: Place) -> bool {
        use Place::*;
        matches!((self, other), (Centre, Cue | Middle) | (Cue, Centre) | (Middle, Centre | Left | Right) | (Left | Right, Middle))
    }
}

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Side {
    Left,
    Right,
}

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    Nothing,
    Reward,
    Punishment,
}

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cue {
    Nothing,
    Left,
    Right,
}

/// A T-shaped maze whose stem end tells which arm pays.
#[derive(Clone, Copy, Debug)]
pub struct TMaze<T> {
    /// P(reward | the paying arm), in [0.5, 1]
    pub reward_probability: T,
    /// Log-preference for reward over nothing, and for nothing over punishment
    pub preference: T,
}

#[generative_model(horizon = 2, actions(go: Place))]
impl<T: Real> TMaze<T> {
    #[factor(initial = Place::Centre)]
    fn place(&self, place: Place, go: Place) -> Place {
        if place.touches(go) { go } else { place }
    }

    #[factor(initial = uniform())]
    fn side(&self, side: Side) -> Side {
        side
    }

    #[modality]
    fn seen(&self, place: Place) -> Place {
        place
    }

    #[modality(preference = [0.0, self.preference, -self.preference])]
    fn outcome(&self, place: Place, side: Side) -> Dist<Outcome, T> {
        match (place, side) {
            (Place::Left, Side::Left) | (Place::Right, Side::Right) => {
                Dist::bernoulli(Outcome::Reward, self.reward_probability, Outcome::Punishment)
            }
            (Place::Left, _) | (Place::Right, _) => {
                Dist::bernoulli(Outcome::Punishment, self.reward_probability, Outcome::Reward)
            }
            _ => Outcome::Nothing.into(),
        }
    }

    #[modality]
    fn cue(&self, place: Place, side: Side) -> Cue {
        match (place, side) {
            (Place::Cue, Side::Left) => Cue::Left,
            (Place::Cue, Side::Right) => Cue::Right,
            _ => Cue::Nothing,
        }
    }
}

model! {
    /// How far each subject believes the paying arm pays.
    pub RewardBelief for TMaze<T> {
        population {
            mu    ~ Normal(0.0, 1.0);
            sigma ~ HalfNormal(1.0);
        }
        subject {
            z ~ Normal(mu, sigma);
            TMaze {
                reward_probability: 0.5 + 0.5 * logistic(z),
                preference: 1.2,
            }
        }
    }
}
