//! Speed of planning over measurements: at nodes, beside the same model with 10 and 50 bins; and two of them on a grid of 49 cells.
//!
//! `cargo bench --bench measured`; figures are in `benches/README.md`.

use std::hint::black_box;

use aif::measure::Normal;
use aif::prelude::*;
use criterion::{Criterion, criterion_group, criterion_main};
use rand::SeedableRng;

/// Means are so far apart.
const APART: f64 = 1.5;

/// The states go round under `go`, mostly.
fn next<const N: usize, T: Real>(state: Index<N>, go: bool) -> Dist<Index<N>, T> {
    let next = (state.index() + usize::from(go)) % N;
    Dist::from_fn(|s: Index<N>| T::constant(if s.index() == next { 0.9 } else { 0.1 / (N as f64 - 1.0) }))
}

/// A number around the mean of one of several states.
#[derive(Clone, Copy, Debug)]
pub struct Measured<T, const N: usize> {
    noise: T,
}

#[generative_model(horizon = 3, actions(go: bool))]
impl<T: Real, const N: usize> Measured<T, N> {
    #[factor(initial = uniform())]
    fn state(&self, state: Index<N>, go: bool) -> Dist<Index<N>, T> {
        next(state, go)
    }
    #[modality(preference = Preferred::normal(1.5, 1.0))]
    fn level(&self, state: Index<N>) -> Normal<T> {
        Normal::new(T::constant(APART * state.index() as f64), self.noise)
    }
}

/// The same number in one of several bins.
#[derive(Clone, Copy, Debug)]
pub struct Binned<T, const N: usize, const B: usize> {
    noise: T,
}

/// Where the bins begin, and how wide each is.
fn bins(states: usize, bins: usize) -> (f64, f64) {
    (-6.0, (APART * (states - 1) as f64 + 12.0) / bins as f64)
}

#[generative_model(horizon = 3, actions(go: bool))]
impl<T: Real, const N: usize, const B: usize> Binned<T, N, B> {
    #[factor(initial = uniform())]
    fn state(&self, state: Index<N>, go: bool) -> Dist<Index<N>, T> {
        next(state, go)
    }
    #[modality(preference = wanted::<T, N, B>())]
    fn level(&self, state: Index<N>) -> Dist<Index<B>, T> {
        let (low, width) = bins(N, B);
        let below = |x: f64| phi((T::constant(x - APART * state.index() as f64)) / self.noise);
        Dist::from_fn(|b: Index<B>| {
            let at = low + b.index() as f64 * width;
            let from = if b.index() == 0 { T::zero() } else { below(at) };
            let to = if b.index() + 1 == B { T::one() } else { below(at + width) };
            to - from
        })
    }
}

fn wanted<T: Real, const N: usize, const B: usize>() -> Values<Index<B>, T> {
    let (low, width) = bins(N, B);
    Values::from_fn(|b: Index<B>| {
        let z = low + (b.index() as f64 + 0.5) * width - 1.5;
        T::constant(-0.5 * z * z)
    })
}

/// Two coordinates on a grid, each measured.
#[derive(Clone, Copy, Debug)]
pub struct Positions<T> {
    noise: T,
}

#[derive(Domain, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Go {
    Stay,
    North,
    East,
    South,
    West,
}

#[generative_model(horizon = 3, actions(go: Go))]
impl<T: Real> Positions<T> {
    #[factor(initial = uniform())]
    fn cell(&self, cell: Cell<7, 7>, go: Go) -> Cell<7, 7> {
        let (dx, dy) = [(0, 0), (0, -1), (1, 0), (0, 1), (-1, 0)][go.index()];
        let to = |at: usize, by: i32| (at as i32 + by).clamp(0, 6) as usize;
        Cell::new(to(cell.x(), dx), to(cell.y(), dy)).unwrap_or(cell)
    }
    #[modality(preference = Preferred::normal(6.0, 1.0))]
    fn east(&self, cell: Cell<7, 7>) -> Normal<T> {
        Normal::new(T::constant(cell.x() as f64), self.noise)
    }
    #[modality]
    fn south(&self, cell: Cell<7, 7>) -> Normal<T> {
        Normal::new(T::constant(cell.y() as f64), self.noise)
    }
}

fn steps<M: GenerativeModel<Inputs = ()>>(c: &mut Criterion, name: &str, model: M, seen: impl Fn(usize) -> M::Evidence) {
    let mut rng = rand_chacha::ChaCha8Rng::from_seed([1; 32]);
    let mut agent = Agent::new(model).unwrap();
    let mut t = 0;
    c.bench_function(name, |b| {
        b.iter(|| {
            t += 1;
            black_box(agent.step(seen(t), &mut rng))
        });
    });
    c.bench_function(&format!("{name}: tables"), |b| b.iter(|| Tables::new(black_box(&model), (), 3).unwrap()));
}

fn both<const N: usize>(c: &mut Criterion, x: impl Fn(usize) -> f64 + Copy) {
    fn bin<const B: usize>(t: usize) -> Index<B> {
        Index::from_index(t % B).unwrap()
    }
    steps(c, &format!("{N} states, 32 nodes"), Measured::<f64, N> { noise: 1.0 }, |t| MeasuredObservation { level: x(t) }.into());
    steps(c, &format!("{N} states, 10 bins"), Binned::<f64, N, 10> { noise: 1.0 }, |t| {
        BinnedObservation { level: bin::<10>(t) }.into()
    });
    steps(c, &format!("{N} states, 50 bins"), Binned::<f64, N, 50> { noise: 1.0 }, |t| {
        BinnedObservation { level: bin::<50>(t) }.into()
    });
}

fn measured(c: &mut Criterion) {
    let x = |t: usize| (t * 7919 % 1000) as f64 * 0.003 - 0.7;
    both::<2>(c, x);
    both::<6>(c, x);
    steps(c, "7x7 grid, two coordinates measured, horizon 3", Positions { noise: 0.5 }, |t| {
        PositionsObservation { east: x(t) + 3.0, south: x(t + 3) + 2.0 }.into()
    });
}

criterion_group!(benches, measured);
criterion_main!(benches);
