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
    #[sate(initial = [0.0, 0.0])]
    fn value(&self, value: &[T; 2], choose: Arm, reward: T) -> [T; 2] {
        let _ = (choose, reward);
        *value
    }

    #[factor]
    fn other(&self) {}

    #[quantity(unit = 1)]
    fn error(&self, value: Option<[T; 2]>, reward: T) {
        let _ = (value, reward);
    }

    #[response]
    #[response]
    fn choose(&self, value: [T; 2]) -> Softmax<Arm, T> {
        Softmax::by(|arm: Arm| self.strictness * value[arm.index()])
    }
}

fn main() {}
