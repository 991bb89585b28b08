//! The networks of the golden cases, declared in the language with every number left open.

use aif::hgf::{Belief, Bernoulli};
use aif::prelude::*;

/// The most nodes of a network.
pub const NODES: usize = 8;

/// Every number of a network, by the golden file's indices of nodes; couplings by child and parent.
#[derive(Clone, Copy, Debug)]
pub struct Numbers<T> {
    pub tonic: [T; NODES],
    pub drift: [T; NODES],
    pub auto: [T; NODES],
    pub mean: [T; NODES],
    pub precision: [T; NODES],
    pub value: [[T; NODES]; NODES],
    pub volatility: [[T; NODES]; NODES],
    pub temperature: T,
}

/// Made from its numbers.
pub trait Network<T> {
    fn new(n: Numbers<T>) -> Self;
}

macro_rules! networks {
    ($($name:ident),*) => {$(
        #[derive(Clone, Copy, Debug)]
        pub struct $name<T> {
            pub n: Numbers<T>,
        }
        impl<T> Network<T> for $name<T> {
            fn new(n: Numbers<T>) -> Self {
                $name { n }
            }
        }
    )*};
}
networks!(Binary2, Binary3, Continuous2, Continuous3, Shared, Coupled);

#[hgf(inputs(n0: bool))]
impl<T: Real> Binary2<T> {
    nodes! {
        n0 ~ Bernoulli(logistic(self.n.value[0][1] * n1));
        #[initial(mean = self.n.mean[1], precision = self.n.precision[1])]
        n1 ~ Gaussian(self.n.auto[1] * n1 + self.n.drift[1], exp(self.n.tonic[1]));
    }

    #[response]
    fn response(&self, n0: Belief<T>) -> Bernoulli<T> {
        Bernoulli::softmax(n0.log_odds, self.n.temperature)
    }
}

#[hgf(inputs(n0: bool))]
impl<T: Real> Binary3<T> {
    nodes! {
        n0 ~ Bernoulli(logistic(self.n.value[0][1] * n1));
        #[initial(mean = self.n.mean[1], precision = self.n.precision[1])]
        n1 ~ Gaussian(self.n.auto[1] * n1 + self.n.drift[1], exp(self.n.tonic[1] + self.n.volatility[1][2] * n2));
        #[initial(mean = self.n.mean[2], precision = self.n.precision[2])]
        n2 ~ Gaussian(self.n.auto[2] * n2 + self.n.drift[2], exp(self.n.tonic[2]));
    }

    #[response]
    fn response(&self, n0: Belief<T>) -> Bernoulli<T> {
        Bernoulli::softmax(n0.log_odds, self.n.temperature)
    }
}

#[hgf(inputs(n0: f64))]
impl<T: Real> Continuous2<T> {
    nodes! {
        n0 ~ Gaussian(self.n.value[0][1] * n1 + self.n.drift[0], 1.0 / self.n.precision[0]);
        #[initial(mean = self.n.mean[1], precision = self.n.precision[1])]
        n1 ~ Gaussian(self.n.auto[1] * n1 + self.n.drift[1], exp(self.n.tonic[1] + self.n.volatility[1][2] * n2));
        #[initial(mean = self.n.mean[2], precision = self.n.precision[2])]
        n2 ~ Gaussian(self.n.auto[2] * n2 + self.n.drift[2], exp(self.n.tonic[2]));
    }
}

#[hgf(inputs(n0: f64))]
impl<T: Real> Continuous3<T> {
    nodes! {
        n0 ~ Gaussian(self.n.value[0][1] * n1 + self.n.drift[0], 1.0 / self.n.precision[0]);
        #[initial(mean = self.n.mean[1], precision = self.n.precision[1])]
        n1 ~ Gaussian(self.n.auto[1] * n1 + self.n.drift[1], exp(self.n.tonic[1] + self.n.volatility[1][2] * n2));
        #[initial(mean = self.n.mean[2], precision = self.n.precision[2])]
        n2 ~ Gaussian(self.n.auto[2] * n2 + self.n.drift[2], exp(self.n.tonic[2] + self.n.volatility[2][3] * n3));
        #[initial(mean = self.n.mean[3], precision = self.n.precision[3])]
        n3 ~ Gaussian(self.n.auto[3] * n3 + self.n.drift[3], exp(self.n.tonic[3]));
    }
}

#[hgf(inputs(n0: bool, n1: bool))]
impl<T: Real> Shared<T> {
    nodes! {
        n0 ~ Bernoulli(logistic(self.n.value[0][2] * n2));
        n1 ~ Bernoulli(logistic(self.n.value[1][3] * n3));
        #[initial(mean = self.n.mean[2], precision = self.n.precision[2])]
        n2 ~ Gaussian(self.n.auto[2] * n2 + self.n.drift[2], exp(self.n.tonic[2] + self.n.volatility[2][4] * n4));
        #[initial(mean = self.n.mean[3], precision = self.n.precision[3])]
        n3 ~ Gaussian(self.n.auto[3] * n3 + self.n.drift[3], exp(self.n.tonic[3] + self.n.volatility[3][4] * n4));
        #[initial(mean = self.n.mean[4], precision = self.n.precision[4])]
        n4 ~ Gaussian(self.n.auto[4] * n4 + self.n.drift[4], exp(self.n.tonic[4]));
    }
}

#[hgf(inputs(n0: f64, n1: f64))]
impl<T: Real> Coupled<T> {
    nodes! {
        n0 ~ Gaussian(self.n.value[0][2] * n2 + self.n.drift[0], 1.0 / self.n.precision[0]);
        n1 ~ Gaussian(
            self.n.value[1][2] * n2 + self.n.value[1][3] * n3 + self.n.drift[1],
            1.0 / self.n.precision[1] + exp(self.n.volatility[1][7] * n7)
        );
        #[initial(mean = self.n.mean[2], precision = self.n.precision[2])]
        n2 ~ Gaussian(
            self.n.auto[2] * n2 + self.n.drift[2] + self.n.value[2][4] * n4,
            exp(self.n.tonic[2] + self.n.volatility[2][5] * n5 + self.n.volatility[2][6] * n6)
        );
        #[initial(mean = self.n.mean[3], precision = self.n.precision[3])]
        n3 ~ Gaussian(self.n.auto[3] * n3 + self.n.drift[3], exp(self.n.tonic[3] + self.n.volatility[3][6] * n6));
        #[initial(mean = self.n.mean[4], precision = self.n.precision[4])]
        n4 ~ Gaussian(self.n.auto[4] * n4 + self.n.drift[4], exp(self.n.tonic[4]));
        #[initial(mean = self.n.mean[5], precision = self.n.precision[5])]
        n5 ~ Gaussian(self.n.auto[5] * n5 + self.n.drift[5], exp(self.n.tonic[5]));
        #[initial(mean = self.n.mean[6], precision = self.n.precision[6])]
        n6 ~ Gaussian(self.n.auto[6] * n6 + self.n.drift[6], exp(self.n.tonic[6]));
        #[initial(mean = self.n.mean[7], precision = self.n.precision[7])]
        n7 ~ Gaussian(self.n.auto[7] * n7 + self.n.drift[7], exp(self.n.tonic[7]));
    }
}
