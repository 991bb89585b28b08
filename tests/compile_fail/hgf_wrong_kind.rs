use aif::prelude::*;

#[derive(Clone, Copy, Debug)]
pub struct Learner<T> {
    pub tonic: T,
    pub coupling: T,
}

#[hgf(inputs(outcome: bool, price: f64))]
impl<T: Real> Learner<T> {
    nodes! {
        outcome ~ Gaussian(chance, 1.0);
        price ~ Bernoulli(logistic(chance));
        chance ~ Gaussian(chance, exp(self.tonic));
    }
}

fn main() {}
