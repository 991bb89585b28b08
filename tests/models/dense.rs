//! Three factors of ten states that every pair shows: nothing is known for certain, nothing stands apart, nothing is zero.

use aif::prelude::*;

/// A number above zero that its place decides alone: minus the logarithm of a mixed-up fraction, so that shares are spread over the whole simplex.
fn weight(place: &[usize]) -> f64 {
    let mixed = place.iter().fold(0x9e37_79b9_7f4a_7c15u64, |mixed, &i| {
        let mixed = (mixed ^ (i as u64 + 1)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        (mixed ^ (mixed >> 29)).wrapping_mul(0x94d0_49bb_1331_11eb) ^ (mixed >> 31)
    });
    -(((mixed >> 11) as f64 + 0.5) / (1u64 << 53) as f64).ln()
}

/// A distribution over ten values, by what it is of and under which conditions.
fn shares(of: usize, given: [usize; 2]) -> Dist<Index<10>> {
    let weight = |i: usize| weight(&[of, given[0], given[1], i]);
    let total: f64 = (0..10).map(weight).sum();
    Dist::from_fn(|i: Index<10>| weight(i.get()) / total)
}

fn wanted<T: Real>(of: usize) -> Values<Index<10>, T> {
    Values::from_fn(|i: Index<10>| T::constant(weight(&[of, i.get()]) - 1.0))
}

/// Every factor moves by the action.
#[derive(Clone, Copy, Debug)]
pub struct Product;

#[generative_model(horizon = 3, actions(go: Index<4>))]
impl Product {
    #[factor(initial = uniform())]
    fn a(&self, a: Index<10>, go: Index<4>) -> Dist<Index<10>> {
        shares(0, [a.get(), go.get()])
    }
    #[factor(initial = uniform())]
    fn b(&self, b: Index<10>, go: Index<4>) -> Dist<Index<10>> {
        shares(1, [b.get(), go.get()])
    }
    #[factor(initial = uniform())]
    fn c(&self, c: Index<10>, go: Index<4>) -> Dist<Index<10>> {
        shares(2, [c.get(), go.get()])
    }
    #[modality(preference = wanted(6))]
    fn ab(&self, a: Index<10>, b: Index<10>) -> Dist<Index<10>> {
        shares(3, [a.get(), b.get()])
    }
    #[modality(preference = wanted(7))]
    fn bc(&self, b: Index<10>, c: Index<10>) -> Dist<Index<10>> {
        shares(4, [b.get(), c.get()])
    }
    #[modality(preference = wanted(8))]
    fn ac(&self, a: Index<10>, c: Index<10>) -> Dist<Index<10>> {
        shares(5, [a.get(), c.get()])
    }
}

/// One factor moves by the action, the others by themselves.
#[derive(Clone, Copy, Debug)]
pub struct Steered;

#[generative_model(horizon = 3, actions(go: Index<4>))]
impl Steered {
    #[factor(initial = uniform())]
    fn a(&self, a: Index<10>, go: Index<4>) -> Dist<Index<10>> {
        shares(0, [a.get(), go.get()])
    }
    #[factor(initial = uniform())]
    fn b(&self, b: Index<10>) -> Dist<Index<10>> {
        shares(1, [b.get(), 0])
    }
    #[factor(initial = uniform())]
    fn c(&self, c: Index<10>) -> Dist<Index<10>> {
        shares(2, [c.get(), 0])
    }
    #[modality(preference = wanted(6))]
    fn ab(&self, a: Index<10>, b: Index<10>) -> Dist<Index<10>> {
        shares(3, [a.get(), b.get()])
    }
    #[modality(preference = wanted(7))]
    fn bc(&self, b: Index<10>, c: Index<10>) -> Dist<Index<10>> {
        shares(4, [b.get(), c.get()])
    }
    #[modality(preference = wanted(8))]
    fn ac(&self, a: Index<10>, c: Index<10>) -> Dist<Index<10>> {
        shares(5, [a.get(), c.get()])
    }
}
