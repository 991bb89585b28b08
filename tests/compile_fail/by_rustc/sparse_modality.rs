use aif::prelude::*;

#[derive(Clone, Copy)]
pub struct Corridor<T> {
    pub slip: T,
}

#[generative_model(horizon = 1)]
impl<T: Real> Corridor<T> {
    #[factor(initial = uniform())]
    fn place(&self, place: Index<4>) -> Sparse<Index<4>, T> {
        place.into()
    }
    #[modality]
    fn seen(&self, place: Index<4>) -> Sparse<Index<4>> {
        place.into()
    }
}

fn main() {}
