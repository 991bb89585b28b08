use aif::prelude::*;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place { Here, There }

pub enum Tone { Low, Middle, High }

#[derive(Clone, Copy, Debug)]
pub struct Maze<T> {
    pub p: T,
}

#[generative_model(horizon = 1, actions(go: Place, look: Place))]
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

    #[modality(preference = [0.0, 1.0])]
    fn seen(&self, place: Place) -> Place { place }

    #[modality(preference = Values::from_fn(|p| if p == Place::Here { 0.0 } else { 1.0 }))]
    fn smelt(&self, place: Place, other: Place) -> Dist<Place> { if place == other { place.into() } else { uniform().into() } }

    #[factor(initial = uniform())]
    fn other(&self, other: Place) -> Dirichlet<Place, T> { Dirichlet::from_fn(|p| if p == other { T::one() } else { self.p }) }

    #[factor(initial = [0.5, 0.5], goal = Place::Here)]
    fn third(&self, third: Place, look: Place) -> Dist<Place, T> {
        if third == look { Dist::bernoulli(Place::Here, self.p, Place::There) } else { Dist::softmax(|_| self.p) }
    }
}

fn main() {}
