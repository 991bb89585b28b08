//! Records as a table, as it is read.

use std::borrow::Cow;
use std::path::Path;

use super::options::RowOrder;
use super::raw::RawTable;
use super::schema::{ColumnSpec, Rows, Schema};
use crate::record::{RecordedBlock, RecordedRow};

/// A table that blocks are written into, one subject after the other.
pub struct TableOf<'s> {
    schema: &'s Schema,
    /// Which of all columns there are.
    kept: Vec<bool>,
    table: RawTable,
    order: RowOrder,
}

impl<'s> TableOf<'s> {
    /// An empty table for blocks like these. Columns that say nothing are left out: sessions and blocks where there are none, equal time
    /// steps, and that every response counts.
    pub fn new<'r>(schema: &'s Schema, like: impl Iterator<Item = &'r [RecordedBlock]>, order: RowOrder) -> Self {
        let trials = schema.rows == Rows::Trials;
        // Only an agent observes before it acts; what is a trial of another is one already.
        let order = if trials { RowOrder::ObservationFirst } else { order };
        let noun = if order == RowOrder::ActionFirst { Rows::Trials.noun() } else { schema.rows.noun() };
        let mut header = vec!["subject", "session", "block", noun];
        header.extend(trials.then_some("time_step"));
        for specs in columns(schema) {
            header.extend(specs.iter().filter(|c| c.is_recorded()).map(|c| c.name));
        }
        header.push("scored");
        let (mut sessions, mut blocks, mut times, mut unscored) = (false, false, false, false);
        let mut before: *const RecordedBlock = std::ptr::null();
        for plan in like {
            // The same blocks again say nothing new.
            if std::ptr::eq(std::mem::replace(&mut before, plan.as_ptr()), plan.as_ptr()) {
                continue;
            }
            for block in plan {
                sessions |= !block.session.is_empty();
                blocks |= !block.name.is_empty();
                times |= block.rows.iter().any(|row| row.time_step != 1.0);
                unscored |= block.rows.iter().any(|row| !row.scored);
            }
        }
        // By place: a modality or an input may have the name of one of these.
        let last = header.len() - 1;
        let kept = |at: usize| match at {
            1 => sessions,
            2 => blocks,
            4 if trials => times,
            _ => at != last || unscored,
        };
        let kept: Vec<bool> = (0..header.len()).map(kept).collect();
        let names = header.iter().zip(&kept).filter(|(_, kept)| **kept).map(|(name, _)| String::from(*name));
        let table = RawTable::new(Path::new("simulated"), names.collect());
        TableOf { schema, kept, table, order }
    }

    /// Adds the blocks of a subject.
    pub fn add(&mut self, subject: &str, blocks: &[RecordedBlock]) {
        for block in blocks {
            for (r, row) in block.rows.iter().enumerate() {
                let next = block.rows.get(r + 1);
                let (seen, last) = match self.order {
                    RowOrder::ObservationFirst => (&row.observations[..], false),
                    RowOrder::ActionFirst => (next.map_or(&[][..], |next| &next.observations), next.is_none() && row.is_silent()),
                };
                // What was seen at the end stands with the last choice.
                if last {
                    continue;
                }
                let cells = cells(self.schema, (subject, block), r, (row, seen));
                let kept = cells.iter().zip(&self.kept).filter(|(_, kept)| **kept).map(|(cell, _)| &**cell);
                self.table.push(self.table.len() as u64 + 2, kept);
            }
        }
    }

    /// The table.
    pub fn done(self) -> RawTable {
        self.table
    }
}

/// Inputs before what is answered of a filter; what is seen and done before inputs of an agent.
fn columns(schema: &Schema) -> [&Vec<ColumnSpec>; 3] {
    match schema.rows {
        Rows::Trials => [&schema.inputs, &schema.observations, &schema.responses],
        Rows::Steps => [&schema.observations, &schema.responses, &schema.inputs],
    }
}

/// The cells of a row.
fn cells<'r>(
    schema: &Schema,
    (subject, block): (&'r str, &'r RecordedBlock),
    r: usize,
    (row, seen): (&RecordedRow, &[Option<f64>]),
) -> Vec<Cow<'r, str>> {
    let step = (block.first_step + r as i64).to_string();
    let mut cells: Vec<Cow<'r, str>> = vec![subject.into(), (&*block.session).into(), (&*block.name).into(), step.into()];
    cells.extend((schema.rows == Rows::Trials).then(|| row.time_step.to_string().into()));
    for specs in columns(schema) {
        let numbers = if std::ptr::eq(specs, &schema.inputs) {
            &row.inputs[..]
        } else if std::ptr::eq(specs, &schema.responses) {
            &row.responses
        } else {
            seen
        };
        let columns = specs.iter().enumerate().filter(|(_, c)| c.is_recorded());
        cells.extend(columns.map(|(i, c)| c.cells.text(numbers.get(i).copied().flatten())));
    }
    cells.push(if row.scored { "1" } else { "0" }.into());
    cells
}
