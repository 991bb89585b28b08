//! A goal is a state of its factor.
use aif::prelude::*;

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    Here,
    There,
}

#[derive(Clone, Copy, Debug)]
pub struct Walk;

#[generative_model(horizon = 1, actions(go: Place))]
impl Walk {
    #[factor(initial = Place::Here, goal = true)]
    fn place(&self, go: Place) -> Place {
        go
    }
    #[modality]
    fn seen(&self, place: Place) -> Place {
        place
    }
}

fn main() {}
