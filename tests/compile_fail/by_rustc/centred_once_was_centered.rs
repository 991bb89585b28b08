#![deny(deprecated)]

use aif::prelude::*;

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place { Here, There }

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tone { Low, Middle, High }

#[derive(Clone, Copy, Debug)]
pub struct Maze<T> {
    pub p: T,
}

#[generative_model(horizon = 1, actions(go: Place))]
impl<T: Real> Maze<T> {
    #[factor(initial = Place::Here)]
    fn place(&self, place: Place, go: Place) -> Place { let _ = place; go }

    #[modality]
    fn tone(&self, place: Place) -> Dist<Tone, T> {
        match place {
            Place::Here => Dist::bernoulli(Tone::Low, self.p, Tone::High),
            Place::There => Tone::Middle.into(),
        }
    }
}

model! {
    pub Group for Maze<T> {
        population { mu ~ Normal(0.0, 1.0); }
        subject {
            #[centered]
            z ~ Normal(mu, 1.0);
            Maze { p: logistic(z) }
        }
    }
}

fn main() {}
