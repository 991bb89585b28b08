use aif::hgf::Belief;
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
        chance ~ Gaussian(chance, exp(self.tonic));
    }

    #[response]
    fn choice(&self, outcome: Belief<T>) -> bool { outcome.log_odds.value() > 0.0 }
}

fn main() {}
