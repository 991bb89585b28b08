use aif::measure::Normal;
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

    #[modality(preference = Tank::High)]
    fn level(&self, tank: Tank) -> Normal<T> { Normal::new(T::constant(tank.index() as f64), self.noise) }
}

fn main() {}
