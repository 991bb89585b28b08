use aif::prelude::*;

#[hgf(inputs(outcome: bool))]
pub struct Learner<T> {
    pub tonic: T,
}

#[derive(Clone, Copy, Debug)]
pub struct Plain {
    pub tonic: f64,
}

#[hgf(inputs(outcome: bool))]
impl Plain {
    nodes! {
        outcome ~ Bernoulli(logistic(chance));
        chance ~ Gaussian(chance, exp(self.tonic));
    }
}

#[derive(Clone, Copy, Debug)]
pub struct Empty<T> {
    pub tonic: T,
}

#[hgf(input(outcome: bool))]
impl<T: Real> Empty<T> {}

fn main() {}
