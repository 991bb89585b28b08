//! What is known of the units' likelihoods before a posterior is explored: it makes exploring it easy, and does not change it.

use std::ops::Range;
use std::sync::Arc;

use super::table::Table;
use crate::prior::Held;

/// What is known of the units' likelihoods.
#[derive(Clone, Default)]
pub struct Refined {
    /// What data say of each coordinate whose centring is open; empty where nothing is known.
    pub held: Vec<Held>,
    /// The likelihood of each unit of the lowest level as a table, where it has one; empty where none has.
    pub tables: Vec<Option<Arc<Table>>>,
}

impl Refined {
    /// What is known of some coordinates.
    pub(super) fn held_of(&self, coordinates: Range<usize>) -> &[Held] {
        self.held.get(coordinates).unwrap_or(&[])
    }

    /// The table of a unit.
    pub(crate) fn table(&self, leaf: usize) -> Option<&Table> {
        self.tables.get(leaf)?.as_deref()
    }

    /// The sum of the errors that the tables were measured to have, in nats.
    pub fn error(&self) -> f64 {
        self.tables.iter().flatten().map(|t| t.error).sum()
    }

    /// How many units have a table.
    pub fn tabled(&self) -> usize {
        self.tables.iter().flatten().count()
    }
}
