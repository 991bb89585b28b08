//! A graph to search: places joined by edges, and an object that is at one of them or nowhere.

use alloc::vec::Vec;

use super::{known_or_uniform, outside};
use crate::prelude::*;
use aif_runtime::ModelError;
use aif_runtime::model::AtLeastOne;

/// A graph of `N` places in which an object is looked for; it is seen where one stands, if it is there.
///
/// `M` is `N + 1`: the object is at one of the places, or (the last value) at none. A move goes along an edge, or stays.
#[derive(Clone, Copy, Debug)]
pub struct GraphWorld<const N: usize, const M: usize> {
    edges: [[bool; N]; N],
    start: Option<Index<N>>,
    object: Option<Index<M>>,
}

impl<const N: usize, const M: usize> GraphWorld<N, M> {
    /// A graph with the given edges, both ways; where one starts and where the object is, where they are known.
    ///
    /// # Errors
    /// When an edge, the start or the object names a place that there is not.
    pub fn new(edges: &[(usize, usize)], start: Option<usize>, object: Option<usize>) -> Result<Self, ModelError> {
        const { assert!(M == N + 1, "the object is at one of the N places or at none: M = N + 1") };
        let place = |what: &str, i: usize| {
            Index::new(i).ok_or_else(|| outside(what, format!("place {i}, but there are places 0 to {}", N as isize - 1)))
        };
        let mut graph = GraphWorld { edges: [[false; N]; N], start: None, object: None };
        for &(a, b) in edges {
            let (a, b): (Index<N>, Index<N>) = (place("an end of an edge", a)?, place("an end of an edge", b)?);
            graph.edges[a.get()][b.get()] = true;
            graph.edges[b.get()][a.get()] = true;
        }
        graph.start = start.map(|i| place("the start", i)).transpose()?;
        let at = |i| {
            Index::new(i).ok_or_else(|| {
                outside("the object", format!("at {i}, but there are places 0 to {} and {N} for nowhere", N as isize - 1))
            })
        };
        graph.object = object.map(at).transpose()?;
        Ok(graph)
    }

    /// Halls that open to `size` places each, the last of which is the next hall: hall 0 opens to places 1 to `size`, hall `size` to the
    /// `size` after it, as far as there are places.
    ///
    /// # Errors
    /// When the size is zero, or the start or the object is no place.
    pub fn clusters(size: usize, start: Option<usize>, object: Option<usize>) -> Result<Self, ModelError> {
        if size == 0 {
            return Err(ModelError::Zero(AtLeastOne::HallPlaces));
        }
        let edges: Vec<_> = (1..N).map(|i| ((i - 1) / size * size, i)).collect();
        GraphWorld::new(&edges, start, object)
    }
}

#[generative_model(horizon = 2, actions(go: Index<N>))]
impl<const N: usize, const M: usize> GraphWorld<N, M> {
    #[factor(initial = known_or_uniform(self.start))]
    fn place(&self, place: Index<N>, go: Index<N>) -> Index<N> {
        if self.edges[place.get()][go.get()] { go } else { place }
    }

    #[factor(initial = known_or_uniform(self.object))]
    fn object(&self, object: Index<M>) -> Index<M> {
        object
    }

    #[modality]
    fn seen(&self, place: Index<N>) -> Index<N> {
        place
    }

    #[modality(preference = [0.0, 1.0])]
    fn found(&self, place: Index<N>, object: Index<M>) -> bool {
        place.get() == object.get()
    }
}
