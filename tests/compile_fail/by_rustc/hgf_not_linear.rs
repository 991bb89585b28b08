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
        chance ~ Gaussian(chance, exp(self.tonic + speed * speed));
        speed ~ Gaussian(sqrt(speed), exp(-4.0));
    }
}

fn main() {}
