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
    #[factor(initial = (0.5, 0.5))]
    fn place(&self, place: Place, go: Place) -> Place { let _ = place; go }

    #[factor(initial = Tone::Low)]
    fn side(&self, side: Place) -> Place { side }

    #[modality]
    fn tone(&self, place: Place) -> Dist<Tone, T> {
        match place {
            Place::Here => Dist::bernoulli(Tone::Low, self.p, Tone::High),
            Place::There => Tone::Middle.into(),
        }
    }
}

fn main() {}
