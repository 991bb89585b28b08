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
    fn tone(&self, place: Tone) -> Tone { place }
}

fn main() {}
