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
    #[factr(initial = Place::Here)]
    fn place(&self, place: Place, go: Place) -> Place { let _ = place; go }

    #[modalty]
    fn tone(&self, place: Place) -> Dist<Tone, T> {
        match place {
            Place::Here => Dist::bernoulli(Tone::Low, self.p, Tone::High),
            Place::There => Tone::Middle.into(),
        }
    }

    #[observation]
    fn seen(&self, place: Place) -> Place { place }

    #[preference = [0.0, 1.0]]
    #[modality]
    fn smelt(&self, place: Place) -> Place { place }

    #[response]
    fn choice(&self) -> T { self.p }

    #[modality]
    const PLACES: usize = 2;
}

fn main() {}
