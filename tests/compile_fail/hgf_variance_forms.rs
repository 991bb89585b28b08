use aif::prelude::*;

#[derive(Clone, Copy, Debug)]
pub struct Learner<T> {
    pub tonic: T,
    pub coupling: T,
}

#[hgf(inputs(price: f64))]
impl<T: Real> Learner<T> {
    nodes! {
        price ~ Gaussian(value, exp(noise));
        value ~ Gaussian(value, 0.1);
        noise ~ Gaussian(noise, exp(-4.0));
    }
}

fn main() {}
