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
    #[factor(initial = 0)]
    fn place(&self, place: u8, go: Place) -> u8 { let _ = go; place }

    #[modality]
    fn tone(&self, place: u8) -> Tone { let _ = place; Tone::Low }
}

fn main() {}
