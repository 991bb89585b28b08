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

#[learner(observations(reward: f64), actions(choose: Arm, again: Arm))]
impl<T: Real> QLearner<T> {
    #[state(initial = [0.0, 0.0])]
    fn value(&self, mut value: [T; 2], choose: Arm, reward: T) -> [T; 2] {
        let own = &mut value[choose.index()];
        *own += self.rate * (reward - *own);
        value
    }

    #[quantity]
    fn pull(&self, value: [T; 2], again: Arm) -> T {
        value[again.index()]
    }

    #[response]
    fn choose(&self, pull: T) -> Softmax<Arm, T> {
        Softmax::by(|_: Arm| self.strictness * pull)
    }

    #[response]
    fn again(&self, choose: Arm) -> Softmax<Arm, T> {
        Softmax::by(|arm: Arm| if arm == choose { self.strictness } else { T::zero() })
    }
}

fn main() {}
