//! Categorical distributions of which few probabilities are not zero.

use alloc::vec::Vec;

use crate::domain::Domain;

/// A categorical distribution over the domain `O`, free of parameters, by the outcomes that are not impossible: where one of thousands of places
/// leads to four, four are stored.
///
/// A factor that returns it is stored without zeros, and moves in as many steps as there are numbers. An outcome that is named twice has the sum
/// of its probabilities. It is checked where tables are built, as a [`Dist`](crate::Dist) is.
#[derive(Clone, Debug, PartialEq)]
pub struct Sparse<O: Domain> {
    entries: Vec<(O, f64)>,
}

impl<O: Domain> Sparse<O> {
    /// The outcomes at some positions of the domain, with their probabilities: those of one column of a table. Positions beyond the last are left
    /// out, so that the rest does not sum to one.
    pub fn at(positions: &[u16], probabilities: &[f64]) -> Self {
        let outcome = |(&position, &p): (&u16, &f64)| Some((O::from_index(position.into())?, p));
        Sparse { entries: positions.iter().zip(probabilities).filter_map(outcome).collect() }
    }

    /// The outcomes with their probabilities, as they were given.
    pub fn entries(&self) -> &[(O, f64)] {
        &self.entries
    }
}

impl<O: Domain> FromIterator<(O, f64)> for Sparse<O> {
    fn from_iter<I: IntoIterator<Item = (O, f64)>>(entries: I) -> Self {
        Sparse { entries: entries.into_iter().collect() }
    }
}

from! {
    [O: Domain, const N: usize] [(O, f64); N] => Sparse<O>, |entries| entries.into_iter().collect();
    [O: Domain] O => Sparse<O>, |outcome| Sparse::from([(outcome, 1.0)]);
}
