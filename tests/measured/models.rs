//! The models of these tests.

use aif::measure::{Gamma, LogNormal, Mixture, Normal, Poisson, VonMises};
use aif::prelude::*;

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tank {
    Low,
    High,
}

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Valve {
    Keep,
    Turn,
}

/// A tank whose level is read off a gauge.
#[derive(Clone, Copy, Debug)]
pub struct Gauge<T> {
    pub noise: T,
    pub apart: T,
    pub stay: T,
    pub goal: T,
}

impl Default for Gauge<f64> {
    fn default() -> Self {
        Gauge { noise: 1.0, apart: 1.0, stay: 0.9, goal: 1.0 }
    }
}

#[generative_model(horizon = 2, actions(valve: Valve))]
impl<T: Real> Gauge<T> {
    #[factor(initial = uniform())]
    fn tank(&self, tank: Tank, valve: Valve) -> Dist<Tank, T> {
        let stays = if valve == Valve::Keep { self.stay } else { 1.0 - self.stay };
        Dist::from_fn(|next| if next == tank { stays } else { 1.0 - stays })
    }
    /// How full it is, in litres
    /// above the mark.
    ///
    /// What is written here is for readers of the code.
    #[modality(preference = Preferred::normal(self.goal, 0.5))]
    fn level(&self, tank: Tank) -> Normal<T> {
        Normal::new(self.apart * tank.index() as f64, self.noise)
    }
}

/// Everything at once, beside an outcome of the usual kind.
#[derive(Clone, Copy, Debug)]
pub struct Station<T> {
    pub scale: T,
}

#[generative_model(horizon = 1, actions(valve: Valve))]
impl<T: Real> Station<T> {
    #[factor(initial = [0.2, 0.5, 0.3])]
    fn place(&self, place: Index<3>, valve: Valve) -> Dist<Index<3>, T> {
        let turned = Index::from_index((place.index() + valve.index()) % 3).unwrap_or(place);
        Dist::from_fn(|next| if next == turned { T::constant(0.8) } else { T::constant(0.1) })
    }
    #[factor(initial = uniform())]
    fn weather(&self, weather: bool) -> Dist<bool, T> {
        Dist::from_fn(|next| if next == weather { T::constant(0.9) } else { T::constant(0.1) })
    }
    #[modality]
    fn distance(&self, place: Index<3>) -> LogNormal<T> {
        LogNormal::new(T::constant(0.4 * place.index() as f64), self.scale)
    }
    #[modality(nodes = 48)]
    fn bearing(&self, place: Index<3>, weather: bool) -> VonMises<T> {
        VonMises::new(T::constant(2.0 * place.index() as f64 - 2.0), 1.0 / self.scale * if weather { 2.0 } else { 1.0 })
    }
    #[modality(preference = |count: f64| -0.1 * count)]
    fn clicks(&self, place: Index<3>) -> Poisson<T> {
        Poisson::new(T::constant(1.0 + 2.0 * place.index() as f64))
    }
    #[modality(nodes = 64)]
    fn flow(&self, weather: bool) -> Gamma<T> {
        Gamma::new(if weather { T::constant(6.0) } else { T::constant(3.0) }, 1.0 / self.scale)
    }
    #[modality]
    fn drift(&self, weather: bool) -> Mixture<T, (Normal<T>, Normal<T>), 2> {
        let center = if weather { T::constant(1.0) } else { T::zero() };
        Mixture::new(
            [T::constant(0.7), T::constant(0.3)],
            (Normal::new(center, self.scale), Normal::new(center, self.scale * 3.0)),
        )
    }
    #[modality(preference = [1.0, 0.0])]
    fn lamp(&self, weather: bool) -> Dist<bool, T> {
        Dist::from_fn(|lit| if lit == weather { T::constant(0.8) } else { T::constant(0.2) })
    }
}
