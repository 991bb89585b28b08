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
    #[factor(initial = uniform())]
    fn place(&self, place: Cell<300, 300>, go: Place) -> Cell<300, 300> { let _ = go; place }

    #[modality]
    fn tone(&self, place: Cell<300, 300>) -> Tone { let _ = place; Tone::Low }
}

fn main() {}
