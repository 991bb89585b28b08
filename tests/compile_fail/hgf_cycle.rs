use aif::prelude::*;

#[derive(Clone, Copy, Debug)]
pub struct Learner<T> {
    pub tonic: T,
    pub coupling: T,
}

#[hgf(inputs(outcome: bool))]
impl<T: Real> Learner<T> {
    nodes! {
        outcome ~ Bernoulli(logistic(chance));
        chance ~ Gaussian(chance + trend, exp(self.tonic));
        trend ~ Gaussian(trend, exp(speed));
        speed ~ Gaussian(speed + 0.1 * chance, exp(-4.0));
    }
}

fn main() {}
