use minds::prelude::*;

/// A corridor of `N` rooms, of which the last is wished for.
#[derive(Clone, Copy, Debug)]
pub struct Corridor<T, const N: usize> {
    pub wish: T,
}

#[generative_model(horizon = 1, actions(go: bool))]
impl<T: Real, const N: usize> Corridor<T, N> {
    #[factor(initial = uniform())]
    fn room(&self, room: Index<N>, go: bool) -> Index<N> {
        if go { Index::new(room.get() + 1).unwrap_or(room) } else { room }
    }

    #[modality(preference = [0.0, 0.0, self.wish])]
    fn seen(&self, room: Index<N>) -> Index<N> {
        room
    }
}

fn main() {
    assert!(Agent::new(Corridor::<f64, 3> { wish: 1.0 }).is_ok());
}
