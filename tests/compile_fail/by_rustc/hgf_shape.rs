use aif::hgf::{Belief, Bernoulli};
use aif::prelude::*;

pub trait Extra {}

#[derive(Clone, Copy, Debug)]
pub struct Bounded<T> {
    pub tonic: T,
}

#[hgf(inputs(outcome: bool))]
impl<T: Real + Extra> Bounded<T>
where
    T: Default,
{
    nodes! {
        outcome ~ Bernoulli(logistic(chance));
        chance ~ Gaussian(chance - 0.1 * (chance - self.tonic), exp(self.tonic));
    }
}

#[derive(Clone, Copy, Debug)]
pub struct Empty<T> {
    pub tonic: T,
}

#[hgf(inputs(outcome: bool))]
impl<T: Real> Empty<T> {
    nodes! {}
}

#[derive(Clone, Copy, Debug)]
pub struct Broken<T> {
    pub tonic: T,
}

#[hgf(inputs(outcome: bool))]
impl<T: Real> Broken<T> {
    nodes! {
        outcome = Bernoulli(logistic(chance));
    }

    #[response]
    fn choice(&self, outcome: Belief<T>) -> Bernoulli<T> { Bernoulli::with_log_odds(outcome.log_odds) }
}

fn main() {}
