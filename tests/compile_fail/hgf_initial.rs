use aif::prelude::*;

#[derive(Clone, Copy, Debug)]
pub struct Learner<T> {
    pub tonic: T,
    pub coupling: T,
}

#[hgf(inputs(outcome: bool))]
impl<T: Real> Learner<T> {
    nodes! {
        #[initial(mean = 0.5)]
        outcome ~ Bernoulli(logistic(chance));
        #[initial(men = 0.0, precision = chance)]
        chance ~ Gaussian(chance, exp(self.tonic));
    }
}

fn main() {}
