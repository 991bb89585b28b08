use aif::measure::Softmax;
use aif::prelude::*;

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Arm {
    Left,
    Right,
}

#[derive(Clone, Copy, Debug)]
pub struct QLearner<T> {
    pub rate: T,
    pub strictness: T,
}

#[learner(observations(reward: f64), actions(choose: Arm))]
impl<T: Real> QLearner<T> {
    #[state(initial = Arm::Left)]
    fn last(&self, last: Arm, choose: Arm, reward: f64) -> Arm {
        if reward > 0.0 { choose } else { last }
    }

    #[response]
    fn choose(&self, last: Arm) -> Softmax<Arm, T> {
        Softmax::by(|arm: Arm| if arm == last { self.strictness } else { T::zero() })
    }
}

fn main() {}
