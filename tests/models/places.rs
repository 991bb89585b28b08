//! A guard on a map who sees where it is, and hears in which region an intruder moves.

use aif::prelude::*;

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Go {
    Stay,
    North,
    East,
    South,
    West,
}

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Noise {
    Quiet,
    Steps,
    Crash,
}

/// Where a step leads; walls stop it.
pub fn moved<const W: usize, const H: usize>(place: Cell<W, H>, go: Go) -> Cell<W, H> {
    let (dx, dy) = [(0, 0), (0, -1), (1, 0), (0, 1), (-1, 0)][go.index()];
    place.offset(dx, dy).unwrap_or(place)
}

/// A map of `W` x `H` cells, laid out with `S` x `S` = `R` regions.
#[derive(Clone, Copy, Debug, Default)]
pub struct Guard<const W: usize, const H: usize, const R: usize, const S: usize>;

#[generative_model(horizon = 3, actions(go: Go))]
impl<const W: usize, const H: usize, const R: usize, const S: usize> Guard<W, H, R, S> {
    #[factor(initial = uniform())]
    fn place(&self, place: Cell<W, H>, go: Go) -> Cell<W, H> {
        moved(place, go)
    }
    #[factor(initial = uniform())]
    fn intruder(&self, intruder: Index<R>) -> Dist<Index<R>> {
        Dist::from_fn(|to: Index<R>| 0.1 / R as f64 + if to == intruder { 0.9 } else { 0.0 })
    }
    #[modality]
    fn seen(&self, place: Cell<W, H>) -> Cell<W, H> {
        place
    }
    #[modality(preference = [0.0, 1.0, 2.0])]
    fn heard(&self, place: Cell<W, H>, intruder: Index<R>) -> Dist<Noise> {
        let middle = |i: usize, of: usize| (i as f64 + 0.5) * of as f64 / S as f64;
        let (dx, dy) =
            (place.x() as f64 + 0.5 - middle(intruder.get() % S, W), place.y() as f64 + 0.5 - middle(intruder.get() / S, H));
        let near = (-0.2 * (dx * dx + dy * dy).sqrt()).exp();
        Dist::from_fn(|noise: Noise| [1.0 - 0.9 * near, 0.6 * near, 0.3 * near][noise.index()])
    }
}
