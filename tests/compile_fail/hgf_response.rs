use aif::hgf::{Belief, Bernoulli};
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
    fn choice(&self, outcom: Belief<T>) -> Bernoulli<T> { Bernoulli::with_log_odds(outcom.log_odds) }

    #[response]
    fn outcome(&self, chance: &Belief<T>) -> Bernoulli<T> { Bernoulli::with_log_odds(chance.mean) }

    #[response]
    fn time(&self, chance: Belief<T>) { let _ = chance; }
}

fn main() {}
