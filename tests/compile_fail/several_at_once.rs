use aif::prelude::*;

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place { Here, There }

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tone { Low, Middle, High }

#[derive(Clone, Copy, Debug)]
pub struct Maze<T> {
    pub p: T,
}

#[generative_model(horizon = 0, actions(go: Place, look: Tone))]
impl<T: Real> Maze<T> {
    #[factor]
    fn place(&self, plaice: Place, go: Place) -> Place { let _ = plaice; go }

    #[modality]
    fn tone(&self, place: Place, go: Place) -> Tone { let _ = (place, go); Tone::Low }
}

/// What follows from the types stands even so.
pub fn uses(action: MazeAction, belief: MazeBelief) -> (Place, f64) { (action.go, belief.place[Place::Here]) }

fn main() {}
