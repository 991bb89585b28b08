//! Records as a table, as it is read.

use super::schema::{ColumnSpec, Rows, Schema};
use crate::record::{RecordedBlock, RecordedRow};

/// The header and the rows of the table that some subjects' blocks make. Columns that say nothing are left out: sessions and blocks where
/// there are none, equal time steps, and that every response counts.
pub fn table_of<'r>(
    schema: &Schema,
    subjects: impl Iterator<Item = (&'r str, &'r [RecordedBlock])>,
) -> (Vec<&'static str>, Vec<Vec<String>>) {
    let trials = schema.rows == Rows::Trials;
    let mut header = vec!["subject", "session", "block", schema.rows.noun()];
    header.extend(trials.then_some("time_step"));
    let names = |specs: &'_ [ColumnSpec]| specs.iter().filter(|c| c.is_recorded()).map(|c| c.name).collect::<Vec<_>>();
    let order = if trials {
        [&schema.inputs, &schema.observations, &schema.responses]
    } else {
        [&schema.observations, &schema.responses, &schema.inputs]
    };
    order.into_iter().for_each(|specs| header.extend(names(specs)));
    header.push("scored");
    let cells = |subject: &str, block: &RecordedBlock, r: usize, row: &RecordedRow| -> Vec<String> {
        let step = (block.first_step + r as i64).to_string();
        let mut cells = vec![subject.to_owned(), block.session.clone(), block.name.clone(), step];
        cells.extend(trials.then(|| row.time_step.to_string()));
        for specs in order {
            let numbers = if std::ptr::eq(specs, &schema.inputs) {
                &row.inputs
            } else if std::ptr::eq(specs, &schema.responses) {
                &row.responses
            } else {
                &row.observations
            };
            let columns = specs.iter().enumerate().filter(|(_, c)| c.is_recorded());
            cells.extend(columns.map(|(i, c)| c.cells.text(numbers.get(i).copied().flatten())));
        }
        cells.push(u8::from(row.scored).to_string());
        cells
    };
    let mut rows: Vec<Vec<String>> = Vec::new();
    for (subject, blocks) in subjects {
        for block in blocks {
            rows.extend(block.rows.iter().enumerate().map(|(r, row)| cells(subject, block, r, row)));
        }
    }
    // By place: a modality or an input may have the name of one of these.
    let last = header.len() - 1;
    let silent = |at: usize| match at {
        1 | 2 => rows.iter().all(|r| r[at].is_empty()),
        4 if trials => rows.iter().all(|r| r[at] == "1"),
        _ => at == last && rows.iter().all(|r| r[at] == "1"),
    };
    let keep: Vec<bool> = (0..header.len()).map(|at| !silent(at)).collect();
    let kept = |at: usize| keep[at];
    let header = header.into_iter().enumerate().filter(|(at, _)| kept(*at)).map(|(_, name)| name).collect();
    let rows =
        rows.into_iter().map(|row| row.into_iter().enumerate().filter(|(at, _)| kept(*at)).map(|(_, cell)| cell).collect());
    (header, rows.collect())
}
