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
    #[state(initial = [0.0, 0.0])]
    fn value(&self, mut value: [T; 2], choose: Arm, reward: T) -> [T; 2] {
        let own = &mut value[choose.index()];
        *own += self.rate * (reward - *own);
        value
    }

    #[response]
    fn choose(&self, value: [T; 2]) -> Softmax<Arm, T> {
        Softmax::by(|arm: Arm| self.strictness * value[arm.index()])
    }
}

model! {
    pub Learners for QLearner<T> {
        population {}
        subject {
            z ~ Normal(0.0, 1.0);
            lapse = logistic(z);
            QLearner { rate: logistic(z), strictness: 1.0 }
        }
    }
}

fn main() {}
