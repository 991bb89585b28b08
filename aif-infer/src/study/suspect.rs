//! What may be meant by a table that cannot be: that the outcomes of its rows stand on the other side of their choice.

use super::engine::{ErasedPopulation, Loaded, Source};
use super::studied::StudyOptions;
use crate::data::{DataOptions, Rows};

/// Of observations that cannot be: whether they could, if they stood on the other side of their row's choice; in words.
pub(super) fn other_order(
    engine: &dyn ErasedPopulation,
    source: &Source<'_>,
    options: StudyOptions,
    possible: impl Fn(&dyn Loaded) -> bool,
) -> String {
    if engine.schema().rows != Rows::Steps {
        return String::new();
    }
    let (order, name) = source.data.row_order().other();
    let data = DataOptions { order: Some(order), ..source.data.clone() };
    match engine.load(&Source { data: &data, ..*source }, options) {
        Ok(other) if possible(other.as_ref()) => {
            let when = if name == "action-first" { "after" } else { "before" };
            format!(
                "; the order of rows is suspected: with --order {name} (what a row shows was seen {when} its choice) everything in this table could be"
            )
        }
        _ => String::new(),
    }
}
