use aif::prelude::*;

#[derive(Clone, Copy, Debug)]
pub struct Learner<T> {
    pub tonic: T,
    pub coupling: T,
}

#[hgf()]
impl<T: Real> Learner<T> {
    nodes! {
        outcome ~ Bernoulli(logistic(chance));
        chance ~ Gaussian(chance, exp(self.tonic));
    }
}

fn main() {}
