//! The table of a study: one row per step or trial, checked and sorted into subjects and blocks, one subject after the other.

use std::borrow::Cow;
use std::ops::Range;

use rustc_hash::FxHashMap;

use super::DataOptions;
use super::columns::Columns;
use super::error::{Complaint, DataError, listed, quoted};
use super::formats::{action_first, shift, usual_names};
use super::missing::{LeftOut, settle_missing_actions};
use super::raw::{RawTable, Row};
use super::schema::{Dataset, Rows, Schema, SubjectData};
use crate::record::{RecordedBlock, RecordedRow};

/// Tables that are read as one, subject by subject: no more than one subject's blocks need be there at a time.
pub struct Reader<'t> {
    schema: &'t Schema,
    options: &'t DataOptions,
    tables: Vec<Open<'t>>,
    subjects: Vec<Rowed<'t>>,
    warnings: Vec<String>,
}

/// A table, its columns, and what is wrong with it.
struct Open<'t> {
    table: &'t RawTable,
    columns: Columns,
    /// The places of its rows, those of each subject together.
    order: Vec<u32>,
    complaints: Vec<Complaint>,
    /// What the rule for missing actions left out.
    left_out: LeftOut,
}

/// A subject, and where its rows are: the table, and the range of its rows in that table's order.
struct Rowed<'t> {
    name: &'t str,
    parts: Vec<(usize, Range<usize>)>,
}

/// A block while it is read, and the lines of its rows.
struct OpenBlock {
    block: RecordedBlock,
    last_step: i64,
    lines: Vec<u64>,
}

impl<'t> Reader<'t> {
    /// Finds the columns of each table and the rows of each subject: `subject`, `block` and `step` (or `trial`), one column for each input,
    /// modality and action (or response); where there are such columns, `session` and `scored`, and of trials `block` (before each of which
    /// a filter or a learner forgets) and `time_step`. A learner's rows without `trial` are numbered in their order.
    ///
    /// # Errors
    /// Names columns that are missing or there twice.
    pub fn new(tables: &'t [RawTable], schema: &'t Schema, options: &'t DataOptions) -> Result<Self, DataError> {
        let mut reader = Reader { schema, options, tables: Vec::new(), subjects: Vec::new(), warnings: Vec::new() };
        let mut known: FxHashMap<&str, usize> = FxHashMap::default();
        for (t, table) in tables.iter().enumerate() {
            let (mut complaints, header) = (Vec::new(), usual_names(table, schema, options));
            let columns = Columns::find(&header, schema, options, &mut complaints);
            let Some(columns) = columns.filter(|_| complaints.is_empty()) else {
                return Err(DataError::content(&table.path, complaints));
            };
            let ignored = columns.ignored(&header);
            if !ignored.is_empty() {
                let warning = format!("ignored the columns {}", listed(ignored));
                if !reader.warnings.contains(&warning) {
                    reader.warnings.push(warning);
                }
            }
            let owners: Vec<usize> = table
                .rows()
                .map(|row| {
                    let name = row.cell(columns.subject);
                    *known.entry(name).or_insert_with(|| {
                        reader.subjects.push(Rowed { name, parts: Vec::new() });
                        reader.subjects.len() - 1
                    })
                })
                .collect();
            let mut order: Vec<u32> = (0..owners.len() as u32).collect();
            order.sort_by_key(|&row| owners[row as usize]);
            let mut at = 0;
            for rows in order.chunk_by(|a, b| owners[*a as usize] == owners[*b as usize]) {
                reader.subjects[owners[rows[0] as usize]].parts.push((t, at..at + rows.len()));
                at += rows.len();
            }
            reader.tables.push(Open { table, columns, order, complaints, left_out: LeftOut::default() });
        }
        Ok(reader)
    }

    /// The subjects' names, in the order of their first rows.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &'t str> {
        self.subjects.iter().map(|s| s.name)
    }

    /// The names of a subject's sessions, in the order of their first rows.
    pub fn sessions(&self, subject: usize) -> Vec<&'t str> {
        let mut all: Vec<&str> = Vec::new();
        for (t, range) in &self.subjects[subject].parts {
            let Open { table, columns, order, .. } = &self.tables[*t];
            for &row in &order[range.clone()] {
                let (_, session, _) = columns.names(&table.row(row as usize), &mut Vec::new());
                if !all.contains(&session) {
                    all.push(session);
                }
            }
        }
        all
    }

    /// The blocks of a subject, in the order of time. What is wrong with them is told by [`Reader::finish`].
    pub fn blocks(&mut self, subject: usize) -> Vec<RecordedBlock> {
        let mut all: Vec<RecordedBlock> = Vec::new();
        let Rowed { name, parts } = &self.subjects[subject];
        for (t, range) in parts {
            let open = &mut self.tables[*t];
            for block in open.blocks(name, range.clone(), self.schema, self.options) {
                let twice = all.iter().any(|b| b.name == block.name && b.session == block.session);
                if twice {
                    let found = format!("block {} of subject {name}, session {:?}, in two files", block.name, block.session);
                    open.complaints.push(Complaint::new(0, "", found, "each block in one"));
                } else {
                    all.push(block);
                }
            }
        }
        all
    }

    /// Remarks about what was read.
    ///
    /// # Errors
    /// Every complaint about what was read of the first table that has some: unknown labels, gaps, duplicates, missing actions.
    pub fn finish(self) -> Result<Vec<String>, DataError> {
        let mut warnings = self.warnings;
        for mut open in self.tables {
            if !open.complaints.is_empty() {
                open.complaints.sort_by_key(|complaint| complaint.line);
                return Err(DataError::content(&open.table.path, open.complaints));
            }
            for warning in open.columns.warnings().chain(open.left_out.remark()) {
                if !warnings.contains(&warning) {
                    warnings.push(warning);
                }
            }
        }
        Ok(warnings)
    }
}

impl Open<'_> {
    /// The blocks of a subject in this table.
    fn blocks(&mut self, subject: &str, range: Range<usize>, schema: &Schema, options: &DataOptions) -> Vec<RecordedBlock> {
        let Open { table, columns, order, complaints, left_out } = self;
        let mut blocks: Vec<OpenBlock> = Vec::new();
        let mut places: FxHashMap<(&str, &str), usize> = FxHashMap::default();
        for &at in &order[range] {
            let cells = table.row(at as usize);
            let row = columns.row(&cells, options, complaints);
            let (_, session, block) = columns.names(&cells, complaints);
            let in_order = || places.get(&(session, block)).map_or(1, |&place: &usize| blocks[place].last_step + 1);
            let cell = columns.step.map_or(Cow::Owned(in_order().to_string()), |at| Cow::Borrowed(cells.cell(at)));
            let Some(step) = cell.parse::<i64>().ok().filter(|s| s.unsigned_abs() < 1 << 53) else {
                complaints.push(Complaint::new(cells.line, quoted(schema.rows.noun()), quoted(&cell), "a whole number"));
                continue;
            };
            let last = blocks.len().checked_sub(1);
            let Some(&place) = places.get(&(session, block)) else {
                if last.is_some_and(|l| blocks[l].block.session != session) && blocks.iter().any(|b| b.block.session == session) {
                    let found = format!("session {session} of subject {subject}, which ended before another session began");
                    let expected = "the rows of a session together, in the order of time";
                    complaints.push(Complaint::new(cells.line, "`session`", found, expected));
                }
                places.insert((session, block), blocks.len());
                blocks.push(OpenBlock::begin(session, block, step, (row, cells), options));
                continue;
            };
            let whose =
                || if block.is_empty() { format!("subject {subject}") } else { format!("subject {subject}, block {block}") };
            if let Err(complaint) = blocks[place].go_on(step, (row, cells), schema.rows, (last == Some(place), &whose), options) {
                complaints.push(complaint);
            }
        }
        let settle = |mut open: OpenBlock| {
            if action_first(schema, options) {
                shift(&mut open.block.rows);
            }
            if complaints.is_empty() && schema.rows == Rows::Steps {
                settle_missing_actions(&mut open.block, &open.lines, (columns, schema), options, complaints, left_out);
            }
            open.block
        };
        blocks.into_iter().map(settle).collect()
    }
}

impl OpenBlock {
    fn begin(session: &str, name: &str, step: i64, (mut row, cells): (RecordedRow, Row<'_>), options: &DataOptions) -> Self {
        row.scored &= options.first_scored == 0;
        let (name, session) = (name.to_owned(), session.to_owned());
        let block = RecordedBlock { name, session, first_step: step, rows: vec![row] };
        OpenBlock { block, last_step: step, lines: vec![cells.line] }
    }

    /// Adds a row, which has to be of the next step.
    fn go_on(
        &mut self,
        step: i64,
        (mut row, cells): (RecordedRow, Row<'_>),
        rows: Rows,
        (is_last, whose): (bool, &dyn Fn() -> String),
        options: &DataOptions,
    ) -> Result<(), Complaint> {
        let (noun, last) = (rows.noun(), self.last_step);
        if step <= last {
            let at = self.lines.last().copied().unwrap_or(0);
            let found = format!("{noun} {step} of {}, again or out of order (line {at} has {noun} {last})", whose());
            return Err(Complaint::new(cells.line, quoted(noun), found, format!("{noun} {}", last + 1)));
        }
        let skipped = step > last + 1;
        if skipped || is_last {
            self.last_step = step;
            self.lines.push(cells.line);
        }
        if skipped {
            let found = format!("{noun} {step} after {noun} {last} of {}", whose());
            return Err(Complaint::new(cells.line, quoted(noun), found, format!("{noun} {}", last + 1)));
        }
        if !is_last {
            let found = format!("{}, which ended before another block began", whose());
            return Err(Complaint::new(cells.line, "`block`", found, "the rows of a block together, in the order of time"));
        }
        row.scored &= self.block.rows.len() >= options.first_scored;
        self.block.rows.push(row);
        Ok(())
    }
}

/// Reads all subjects of some tables.
///
/// # Errors
/// Every complaint about the first table that has some.
pub fn read(tables: &[RawTable], schema: &Schema, options: &DataOptions) -> Result<Dataset, DataError> {
    let mut reader = Reader::new(tables, schema, options)?;
    let names: Vec<&str> = reader.names().collect();
    let subjects =
        names.iter().enumerate().map(|(s, name)| SubjectData { name: name.to_string(), blocks: reader.blocks(s) }).collect();
    Ok(Dataset { subjects, warnings: reader.finish()? })
}
