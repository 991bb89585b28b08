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
        let q = 1.0 - self.p;
        if place == Place::Here {
            return [0.0, 1.0, 0.0];
        }
        match place {
            Place::Here => vec![0.0, self.p, q],
            Place::There => [0.0, self.p, q],
        }
    }

    #[modality]
    fn learned(&self, place: Place) -> Dirichlet<Place, T> { let _ = place; [self.p; 2] }
}

fn main() {}
