//! The table of a study: one row per step or trial, checked and sorted into subjects and blocks.

use rustc_hash::FxHashMap;

use super::columns::Columns;
use super::error::{Complaint, DataError, listed, quoted};
use super::formats::long;
use super::missing::settle_missing_actions;
use super::schema::{Dataset, Rows, Schema, SubjectData};
use super::{DataOptions, RawTable};
use crate::record::RecordedBlock;

/// A block while it is read: where its last row stood.
struct OpenBlock {
    last_step: i64,
    last_line: u64,
}

/// Reads a table: `subject`, `block` and `step` (or `trial`), one column for each input, modality and action (or response); where there are
/// such columns, `session` and `scored`, and of trials `block` (before each of which a filter forgets) and `time_step`.
///
/// # Errors
/// Every complaint about the table: missing columns, unknown labels, gaps, duplicates, missing actions.
pub fn read(table: &RawTable, schema: &Schema, options: &DataOptions) -> Result<Dataset, DataError> {
    let table = &long(table, schema, options);
    let mut complaints = Vec::new();
    let columns = Columns::find(table, schema, options, &mut complaints);
    let Some(mut columns) = columns.filter(|_| complaints.is_empty()) else {
        return Err(DataError::content(&table.path, complaints));
    };
    let (mut data, noun) = (Dataset::default(), schema.rows.noun());
    let ignored = columns.ignored(table);
    if !ignored.is_empty() {
        data.warnings.push(format!("ignored the columns {}", listed(ignored)));
    }

    let mut subjects: FxHashMap<&str, usize> = FxHashMap::default();
    let mut blocks: FxHashMap<(usize, &str, &str), OpenBlock> = FxHashMap::default();
    for (line, cells) in &table.rows {
        let mut row = columns.row(cells, *line, options, &mut complaints);
        let key = |at: usize, name: &str, complaints: &mut Vec<Complaint>| {
            let cell = cells[at].as_str();
            if cell.is_empty() {
                complaints.push(Complaint::new(*line, quoted(name), "nothing", format!("the name of a {name}")));
            }
            cell
        };
        let subject = key(columns.subject, "subject", &mut complaints);
        let block = columns.block.map_or("", |at| key(at, "block", &mut complaints));
        let session = columns.session.map_or("", |at| key(at, "session", &mut complaints));
        let step_cell = cells[columns.step].as_str();
        let Some(step) = step_cell.parse::<i64>().ok().filter(|s| s.unsigned_abs() < 1 << 53) else {
            complaints.push(Complaint::new(*line, quoted(noun), quoted(step_cell), "a whole number"));
            continue;
        };
        let s = *subjects.entry(subject).or_insert_with(|| {
            data.subjects.push(SubjectData { name: subject.to_owned(), blocks: Vec::new() });
            data.subjects.len() - 1
        });
        let in_block = &mut data.subjects[s].blocks;
        let whose = || if block.is_empty() { format!("subject {subject}") } else { format!("subject {subject}, block {block}") };
        let is_last = in_block.last().is_some_and(|b| b.name == block && b.session == session);
        match blocks.get_mut(&(s, session, block)) {
            None => {
                if in_block.last().is_some_and(|b| b.session != session) && in_block.iter().any(|b| b.session == session) {
                    let found = format!("session {session} of subject {subject}, which ended before another session began");
                    complaints.push(Complaint::new(
                        *line,
                        "`session`",
                        found,
                        "the rows of a session together, in the order of time",
                    ));
                }
                row.scored &= options.first_scored == 0;
                let (name, session_name) = (block.to_owned(), session.to_owned());
                in_block.push(RecordedBlock { name, session: session_name, first_step: step, rows: vec![row] });
                blocks.insert((s, session, block), OpenBlock { last_step: step, last_line: *line });
            }
            Some(open) if step <= open.last_step => {
                let (last, at) = (open.last_step, open.last_line);
                let found = format!("{noun} {step} of {}, again or out of order (line {at} has {noun} {last})", whose());
                complaints.push(Complaint::new(*line, quoted(noun), found, format!("{noun} {}", last + 1)));
            }
            Some(open) if step > open.last_step + 1 => {
                let found = format!("{noun} {step} after {noun} {} of {}", open.last_step, whose());
                complaints.push(Complaint::new(*line, quoted(noun), found, format!("{noun} {}", open.last_step + 1)));
                (open.last_step, open.last_line) = (step, *line);
            }
            Some(_) if !is_last => {
                let found = format!("{}, which ended before another block began", whose());
                complaints.push(Complaint::new(*line, "`block`", found, "the rows of a block together, in the order of time"));
            }
            Some(open) => {
                (open.last_step, open.last_line) = (step, *line);
                if let Some(block) = in_block.last_mut() {
                    row.scored &= block.rows.len() >= options.first_scored;
                    block.rows.push(row);
                }
            }
        }
    }
    if complaints.is_empty() && schema.rows == Rows::Steps {
        settle_missing_actions(table, &columns, schema, options, &mut data, &mut complaints);
    }
    if !complaints.is_empty() {
        return Err(DataError::content(&table.path, complaints));
    }
    data.warnings.extend(columns.warnings());
    Ok(data)
}

/// Reads several tables as one, subject by subject in the order of the tables.
///
/// # Errors
/// As [`read`].
pub fn read_all(tables: &[RawTable], schema: &Schema, options: &DataOptions) -> Result<Dataset, DataError> {
    let mut all = Dataset::default();
    for table in tables {
        let data = read(table, schema, options)?;
        for subject in data.subjects {
            let Some(known) = all.subjects.iter_mut().find(|s| s.name == subject.name) else {
                all.subjects.push(subject);
                continue;
            };
            for block in subject.blocks {
                if known.blocks.iter().any(|b| b.name == block.name && b.session == block.session) {
                    let found =
                        format!("block {} of subject {}, session {:?}, in two files", block.name, subject.name, block.session);
                    return Err(DataError::whole(&table.path, found, "each block in one"));
                }
                known.blocks.push(block);
            }
        }
        for warning in data.warnings {
            if !all.warnings.contains(&warning) {
                all.warnings.push(warning);
            }
        }
    }
    Ok(all)
}
