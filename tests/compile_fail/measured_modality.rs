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
    fn height(&self, place: Place) -> f64 { let _ = place; 1.0 }

    #[modality]
    fn weight(&self, place: Place) -> T { let _ = place; self.p }

    #[modality]
    fn count(&self, place: Place) -> usize { let _ = place; 1 }

    #[modality]
    fn pixels(&self, place: Place) -> [T; 4] { let _ = place; [self.p; 4] }

    #[modality]
    fn score(&self, place: Place) -> Option<(i32, Tone)> { let _ = place; None }
}

fn main() {}
