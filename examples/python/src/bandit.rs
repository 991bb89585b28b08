//! A bandit with two arms: the better one pays more often, and may change places.

use aif::prelude::*;

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Arm {
    Left,
    Right,
}

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Pull {
    Left,
    Right,
}

/// What was pulled last.
#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Pulled {
    Nothing,
    Left,
    Right,
}

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Paid {
    Nothing,
    Loss,
    Win,
}

/// Two arms, one of which is the better one for a while.
#[derive(Clone, Copy, Debug)]
pub struct Bandit<T> {
    /// P(win | the better arm), in [0.5, 1].
    pub win_probability: T,
    /// P(the better arm is another one at the next pull), in [0, 1].
    pub hazard: T,
    /// Log-preference for a win over a loss, in nats.
    pub preference: T,
}

#[generative_model(horizon = 1, actions(choose: Pull))]
impl<T: Real> Bandit<T> {
    #[factor(initial = uniform())]
    fn better(&self, better: Arm) -> Dist<Arm, T> {
        match better {
            Arm::Left => Dist::bernoulli(Arm::Right, self.hazard, Arm::Left),
            Arm::Right => Dist::bernoulli(Arm::Left, self.hazard, Arm::Right),
        }
    }

    #[factor(initial = Pulled::Nothing)]
    fn pulled(&self, choose: Pull) -> Pulled {
        match choose {
            Pull::Left => Pulled::Left,
            Pull::Right => Pulled::Right,
        }
    }

    #[modality(preference = [0.0, 0.0, self.preference])]
    fn paid(&self, better: Arm, pulled: Pulled) -> Dist<Paid, T> {
        match (better, pulled) {
            (_, Pulled::Nothing) => Paid::Nothing.into(),
            (Arm::Left, Pulled::Left) | (Arm::Right, Pulled::Right) => {
                Dist::bernoulli(Paid::Win, self.win_probability, Paid::Loss)
            }
            _ => Dist::bernoulli(Paid::Loss, self.win_probability, Paid::Win),
        }
    }
}

model! {
    /// How often each subject believes the better arm to change, and how much a win is liked.
    pub Gamblers for Bandit<T> {
        subject {
            change ~ Normal(-2.0, 1.0);
            liking ~ Normal(1.0, 1.0);
            Bandit {
                win_probability: 0.8,
                hazard: 0.5 * logistic(change),
                preference: liking,
            }
        }
    }
}
