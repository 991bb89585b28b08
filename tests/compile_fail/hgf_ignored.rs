use aif::hgf::{Belief, Bernoulli};
use aif::prelude::*;

#[derive(Clone, Copy, Debug)]
pub struct Learner<T> {
    pub tonic: T,
}

#[hgf(inputs(outcome: bool), vis = pub, vis = pub(crate))]
impl<T: Real> Learner<T> {
    nodes! {
        outcome ~ Bernoulli(logistic(chance));
        #[initial()]
        chance ~ Gaussian(chance, exp(self.tonic));
    }

    #[response]
    unsafe fn choice(&mut self, outcome: Belief<T>) -> Bernoulli<T> where T: Default { Bernoulli::with_log_odds(outcome.log_odds) }

    #[respons]
    fn second(&self, outcome: Belief<T>) -> Bernoulli<T> { Bernoulli::with_log_odds(outcome.log_odds) }

    #[modality]
    fn third(&self, outcome: Belief<T>) -> Bernoulli<T> { Bernoulli::with_log_odds(outcome.log_odds) }
}

fn main() {}
