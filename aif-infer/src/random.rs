//! Generators: one seed has a stream for each thing that is drawn, so that none depends on the order in which they are.

use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

/// The generator of a stream of a seed.
pub(crate) fn stream(seed: u64, stream: u64) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(stream);
    rng
}
