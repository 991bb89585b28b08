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
    #[state]
    fn value(&self, value: [T; 2], choose: Arm, reward: T) -> [T; 2] {
        let _ = (choose, reward);
        value
    }

    #[state(start = 0.0)]
    fn level(&self, level: T) -> T {
        level
    }

    #[response]
    fn choose(&self, value: [T; 2], level: T) -> Softmax<Arm, T> {
        Softmax::by(|arm: Arm| level * value[arm.index()])
    }
}

fn main() {}
