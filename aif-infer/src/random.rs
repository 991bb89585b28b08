//! Generators: one seed has a stream for each thing that is drawn, so that none depends on the order in which they are.

use aif_runtime::math::ln_gamma;
use aif_runtime::random::unit;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

/// The generator of a stream of a seed.
pub(crate) fn stream(seed: u64, stream: u64) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(stream);
    rng
}

/// A draw of several numbers from the standard Student's t distribution with five degrees of freedom, which covers what a normal one does not; and its
/// log-density there.
pub(crate) fn standard_widely(n: usize, rng: &mut dyn Rng) -> (Vec<f64>, f64) {
    const DEGREES: f64 = 5.0;
    let mut x: Vec<f64> = (0..n).map(|_| StandardNormal.sample(rng)).collect();
    let squares = rand_distr::ChiSquared::new(DEGREES).map_or(DEGREES, |d| d.sample(rng));
    x.iter_mut().for_each(|x| *x *= (DEGREES / squares).sqrt());
    let d = n as f64;
    let length: f64 = x.iter().map(|x| x * x).sum();
    let half = 0.5 * (DEGREES + d);
    let ln_density = ln_gamma(half)
        - ln_gamma(0.5 * DEGREES)
        - 0.5 * d * (DEGREES * std::f64::consts::PI).ln()
        - half * (length / DEGREES).ln_1p();
    (x, ln_density)
}

/// Places in a list chosen by their weights, which sum to one, as often as is wanted: by one random number (systematic resampling).
pub(crate) fn resample(weights: &[f64], count: usize, rng: &mut dyn Rng) -> Vec<usize> {
    let shift = unit(rng);
    let (mut at, mut reached) = (0, weights[0]);
    (0..count)
        .map(|i| {
            let wanted = (i as f64 + shift) / count as f64;
            while reached < wanted && at + 1 < weights.len() {
                at += 1;
                reached += weights[at];
            }
            at
        })
        .collect()
}

/// Brings a list into a random order. Equal draws stand beside each other after resampling: spread out, no part of the list is a part of the
/// posterior.
pub(crate) fn shuffle<T>(list: &mut [T], rng: &mut dyn Rng) {
    for i in (1..list.len()).rev() {
        list.swap(i, (unit(rng) * (i + 1) as f64) as usize);
    }
}
