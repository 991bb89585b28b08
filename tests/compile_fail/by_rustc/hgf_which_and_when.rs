use aif::hgf::{Belief, FilterMeta, GaussianFilter};
use aif::measure::Wiener;
use aif::prelude::*;

#[derive(Clone, Copy, Debug)]
pub struct Observer<T> {
    pub tonic: T,
    pub bound: T,
}

#[hgf(inputs(outcome: bool))]
impl<T: Real> Observer<T> {
    nodes! {
        outcome ~ Bernoulli(logistic(chance));
        chance ~ Gaussian(chance, exp(self.tonic));
    }

    #[response]
    fn choice(&self, outcome: Belief<T>) -> Wiener<bool, T> {
        Wiener::new(outcome.log_odds, self.bound, T::constant(0.5), T::zero())
    }
}

const META: FilterMeta = <Observer<f64> as GaussianFilter<f64>>::META;

fn main() {
    assert_eq!(META.name, "Observer");
}
