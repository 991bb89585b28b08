use aif::prelude::*;

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tank { Low, High }

#[derive(Clone, Copy, Debug)]
pub struct Gauge<T> {
    pub noise: T,
}

#[generative_model(horizon = 1, actions(turn: bool))]
impl<T: Real> Gauge<T> {
    #[factor(initial = uniform())]
    fn tank(&self, tank: Tank, turn: bool) -> Tank { let _ = turn; tank }

    #[modality(nodes = 16)]
    fn seen(&self, tank: Tank) -> Tank { tank }

    #[modality(nodes = 16)]
    fn hazy(&self, tank: Tank) -> Dist<Tank, T> { Dist::certain(tank) }
}

fn main() {}
