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

#[learner(observation(reward: f64), actions(choose: Arm))]
impl<T: Real> QLearner<T> {
    #[response]
    fn choose(&self) -> Softmax<Arm, T> {
        Softmax::by(|arm: Arm| self.strictness * arm.index() as f64)
    }
}

fn main() {}
