//! Draws.

use aif::prelude::*;
use aif::runtime::random::categorical;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// A value by its distribution.
pub fn draw<D: Domain>(dist: &Dist<D>, rng: &mut ChaCha8Rng) -> D {
    D::from_index(categorical(dist.probabilities(), rng)).unwrap_or_else(|| unreachable!("the index is one of the domain's"))
}

/// Any value, each as probable.
pub fn any<D: Domain>(rng: &mut ChaCha8Rng) -> D {
    let index = ((u128::from(rng.next_u64()) * D::COUNT as u128) >> 64) as usize;
    D::from_index(index).unwrap_or_else(|| unreachable!("the index is below the count"))
}

/// The generator of a stream of a seed.
pub fn stream(seed: u64, stream: u64) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(stream);
    rng
}
