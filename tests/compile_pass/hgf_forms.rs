use aif::hgf::{Belief, Bernoulli, Filter, FilterOptions, GaussianFilter, Softmax};
use aif::prelude::*;

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Colour { Red, Green, Blue }

/// Names that emitted code uses, whole numbers, signs, brackets, indices.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Odd<S> {
    pub tonic: [S; 3],
    pub k: S,
}

#[hgf(inputs(nodes: Colour, strengths: f64), vis = pub(crate))]
impl<S: Real> Odd<S> {
    nodes! {
        nodes ~ Categorical(logistic(2 * colour[nodes]));
        strengths ~ Gaussian(self.k * value / 2 - 1, 4 + exp(noise * (2)));
        #[initial(mean = self.tonic[nodes], precision = 2)]
        colour[nodes] ~ Gaussian(colour[nodes], exp(self.tonic[nodes] + self.k * speed - 3));
        value ~ Gaussian(-(0.5 * value) - 2 * trend + 1, exp(-(self.k) * speed - 3));
        trend ~ Gaussian(trend, exp(-6));
        speed ~ Gaussian(speed, exp(-5));
        noise ~ Gaussian(noise, exp(-5));
    }

    #[response]
    fn guess(&self, nodes: [Belief<S>; 3], _value: Belief<S>) -> Softmax<Colour, S> {
        Softmax::by(|c: Colour| nodes[c.index()].log_odds * self.k)
    }

    #[response]
    fn sure(&self, value: Belief<S>) -> Bernoulli<S> {
        Bernoulli::with_log_odds(value.expected_mean * self.k)
    }
}

fn main() {
    let odd = Odd { tonic: [-4.0, -3.0, -2.0], k: 0.5 };
    let mut filter = Filter::<_>::new(odd, FilterOptions::default()).unwrap();
    let believed = filter.step(&OddInput { nodes: Some(Colour::Green), strengths: None }, 1.0).unwrap();
    assert!(believed.colour[0].precision > 0.0);
    // -0.5 x - 2 trend + 1, from the initial means.
    assert_eq!(believed.value.expected_mean, 1.0);
    assert_eq!(believed.nodes[1].log_odds, 2.0 * -3.0);
    assert_eq!(Odd::<f64>::META.lines.len(), 7);
}
