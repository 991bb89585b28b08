//! The table of a study: one row per step or trial, checked and sorted into subjects and blocks, one subject after the other.

use std::ops::Range;
use std::path::PathBuf;

use rustc_hash::{FxHashMap, FxHashSet};

use super::DataOptions;
use super::column::Value;
use super::columns::Columns;
use super::error::{Complaint, Complaints, DataError, quoted};
use super::formats::{Shift, action_first, usual_names};
use super::missing::{LeftOut, Settle};
use super::raw::RawTable;
use super::schema::{Dataset, Rows, Schema, SubjectData};
use crate::record::{AsBlocks, RecordedBlock, RecordedRow, Recorder};

/// Tables that are read as one, subject by subject: no more than one subject's rows need be there at a time.
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
    /// The places of its rows, those of each subject together; `None` where they are so in the table.
    order: Option<Vec<u32>>,
    complaints: Complaints,
    /// What the rule for missing actions left out.
    left_out: LeftOut,
}

/// A subject, and where its rows are: the table, and the range of its rows in that table's order.
struct Rowed<'t> {
    name: &'t str,
    parts: Vec<(usize, Range<u32>)>,
}

/// All that there is to say of some tables.
#[derive(Debug, Default)]
pub struct Findings {
    /// What is wrong with each file.
    pub complaints: Vec<(PathBuf, Vec<Complaint>)>,
    /// Remarks that do not keep the tables from being used.
    pub warnings: Vec<String>,
    /// The values of each column, the most frequent first.
    pub values: Vec<(String, Vec<Value>)>,
    /// What the rule for missing actions left out: responses after the early end of a block, and rows that did not happen.
    pub left_out: (usize, usize),
}

impl<'t> Reader<'t> {
    /// Finds the columns of each table and the rows of each subject: `subject`, `block` and `step` (or `trial`), one column for each input,
    /// modality (or, of weights, for each of its outcomes) and action (or response); where there are such columns, `session` and `scored`, and of trials `block` (before each of which
    /// a filter or a learner forgets) and `time_step`. A learner's rows without `trial` are numbered in their order.
    ///
    /// # Errors
    /// Names columns that are missing or there twice.
    pub fn new(tables: &'t [RawTable], schema: &'t Schema, options: &'t DataOptions) -> Result<Self, DataError> {
        let mut reader = Reader { schema, options, tables: Vec::new(), subjects: Vec::new(), warnings: Vec::new() };
        let mut known: FxHashMap<&str, u32> = FxHashMap::default();
        let mut warned: FxHashSet<String> = FxHashSet::default();
        for (t, table) in tables.iter().enumerate() {
            let (mut complaints, header) = (Complaints::default(), usual_names(table, schema, options));
            let columns = Columns::find(&header, schema, options, &mut complaints);
            let Some(columns) = columns.filter(|_| complaints.is_empty()) else {
                return Err(DataError::content(&table.path, complaints.sorted()));
            };
            for remark in table.remarks.iter().cloned().chain(columns.remarks(&header)) {
                if warned.insert(remark.clone()) {
                    reader.warnings.push(remark);
                }
            }
            let mut owners: Vec<u32> = Vec::with_capacity(table.len());
            let mut last: Option<(&str, u32)> = None;
            for row in table.rows() {
                let name = row.cell(columns.subject);
                let owner = match last {
                    Some((before, owner)) if before == name => owner,
                    _ => *known.entry(name).or_insert_with(|| {
                        reader.subjects.push(Rowed { name, parts: Vec::new() });
                        reader.subjects.len() as u32 - 1
                    }),
                };
                last = Some((name, owner));
                owners.push(owner);
            }
            let order = reader.sort(t, &owners);
            reader.tables.push(Open { table, columns, order, complaints, left_out: LeftOut::default() });
        }
        Ok(reader)
    }

    /// Finds the rows of each subject of a table, given whose each is.
    fn sort(&mut self, table: usize, owners: &[u32]) -> Option<Vec<u32>> {
        if owners.iter().all(|owner| *owner == owners[0]) {
            let one = owners.first().map(|&owner| &mut self.subjects[owner as usize].parts);
            one.into_iter().for_each(|parts| parts.push((table, 0..owners.len() as u32)));
            return None;
        }
        let mut seen = vec![false; self.subjects.len()];
        let together = owners.chunk_by(|a, b| a == b).all(|run| !std::mem::replace(&mut seen[run[0] as usize], true));
        if together {
            let mut at = 0;
            for run in owners.chunk_by(|a, b| a == b) {
                self.subjects[run[0] as usize].parts.push((table, at..at + run.len() as u32));
                at += run.len() as u32;
            }
            return None;
        }
        // Rows are counted, then each is put behind those of its subject that came before it.
        let mut places = vec![0u32; self.subjects.len()];
        owners.iter().for_each(|&owner| places[owner as usize] += 1);
        let mut at = 0;
        for (subject, place) in self.subjects.iter_mut().zip(&mut places) {
            let count = std::mem::replace(place, at);
            if count > 0 {
                subject.parts.push((table, at..at + count));
            }
            at += count;
        }
        let mut order = vec![0u32; owners.len()];
        for (row, &owner) in owners.iter().enumerate() {
            let place = &mut places[owner as usize];
            order[*place as usize] = row as u32;
            *place += 1;
        }
        Some(order)
    }

    /// The subjects' names, in the order of their first rows.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &'t str> {
        self.subjects.iter().map(|s| s.name)
    }

    /// The names of a subject's sessions, in the order of their first rows.
    pub fn sessions(&self, subject: usize) -> Vec<&'t str> {
        let (mut all, mut known) = (Vec::new(), FxHashSet::default());
        for (t, range) in &self.subjects[subject].parts {
            let open = &self.tables[*t];
            for at in range.clone() {
                let (_, session, _) =
                    open.columns.names(&open.table.row(open.place(at)), self.options, &mut Complaints::default());
                if known.insert(session) {
                    all.push(session);
                }
            }
        }
        all
    }

    /// Takes down the blocks of a subject, in the order of time. What is wrong with them is told by [`Reader::finish`].
    pub fn take_down<R>(&mut self, subject: usize, recorder: &mut dyn Recorder<R>) {
        let Rowed { name, parts } = &self.subjects[subject];
        let mut blocks: FxHashMap<(&str, &str), usize> = FxHashMap::default();
        for (t, range) in parts {
            self.tables[*t].take_down(*t, (name, range.clone()), &mut blocks, (self.schema, self.options), recorder);
        }
    }

    /// The blocks of a subject, in the order of time. What is wrong with them is told by [`Reader::finish`].
    pub fn blocks(&mut self, subject: usize) -> Vec<RecordedBlock> {
        let mut all = Box::new(AsBlocks::new(|blocks| blocks));
        self.take_down(subject, all.as_mut());
        all.finish()
    }

    /// Remarks about what was read.
    ///
    /// # Errors
    /// Every complaint about what was read of the first table that has some: unknown labels, gaps, duplicates, missing actions.
    pub fn finish(self) -> Result<Vec<String>, DataError> {
        let Findings { complaints, warnings, .. } = self.findings();
        match complaints.into_iter().next() {
            Some((path, complaints)) => Err(DataError::content(&path, complaints)),
            None => Ok(warnings),
        }
    }

    /// Everything that is to be said of what was read.
    pub fn findings(self) -> Findings {
        let mut found = Findings { warnings: self.warnings, ..Findings::default() };
        let (mut left_out, mut known) = (LeftOut::default(), FxHashSet::from_iter(found.warnings.iter().cloned()));
        let mut values: Vec<(String, Vec<Value>)> = Vec::new();
        let mut told: FxHashMap<(String, String), (usize, usize)> = FxHashMap::default();
        let kind = |complaint: &Complaint| {
            let expected = complaint.expected.split(';').next().unwrap_or_default();
            (complaint.column.clone(), expected.to_owned())
        };
        for Open { table, columns, mut complaints, left_out: own, .. } in self.tables {
            left_out.add(own);
            let wrong = columns.complaints(self.options);
            if !wrong.is_empty() {
                // An action that is not understood is not missing.
                complaints.forget("no action");
            }
            complaints.extend(wrong);
            let fresh = columns.warnings(self.options).into_iter().filter(|warning| known.insert(warning.clone()));
            found.warnings.extend(fresh);
            let mut complaints = complaints.sorted();
            // Of several files, too, what is wrong with all of them is said once.
            complaints.retain(|complaint| match told.get_mut(&kind(complaint)) {
                Some(&mut (file, at)) => {
                    let (_, earlier): &mut (PathBuf, Vec<Complaint>) = &mut found.complaints[file];
                    earlier[at].times += complaint.times;
                    false
                }
                None => true,
            });
            if !complaints.is_empty() {
                let file = found.complaints.len();
                told.extend(complaints.iter().enumerate().map(|(at, complaint)| (kind(complaint), (file, at))));
                found.complaints.push((table.path.clone(), complaints));
            }
            for (at, (name, own)) in columns.values().into_iter().enumerate() {
                // Tables may have other columns than those before: names decide where places do not.
                let place = if values.get(at).is_some_and(|(known, _)| *known == name) {
                    Some(at)
                } else {
                    values.iter().position(|(known, _)| *known == name)
                };
                match place {
                    None => values.push((name, own)),
                    Some(place) => add(&mut values[place].1, own),
                }
            }
        }
        values.iter_mut().for_each(|(_, all)| all.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.cell.cmp(&b.cell))));
        found.warnings.extend(left_out.remark());
        (found.values, found.left_out) = (values, (left_out.ended, left_out.skipped));
        found
    }
}

/// Adds the values of a column of one table to those of another.
fn add(all: &mut Vec<Value>, more: Vec<Value>) {
    let places: FxHashMap<String, usize> = all.iter().enumerate().map(|(i, value)| (value.cell.clone(), i)).collect();
    for value in more {
        match places.get(&value.cell) {
            Some(&at) => all[at].count += value.count,
            None => all.push(value),
        }
    }
}

impl<'t> Open<'t> {
    /// The place of a row in the table, by its place in the order.
    fn place(&self, at: u32) -> usize {
        self.order.as_ref().map_or(at, |order| order[at as usize]) as usize
    }

    /// Takes down the blocks of a subject in this table; `known` are the subject's blocks with the tables that they are in.
    fn take_down<R>(
        &mut self,
        own: usize,
        (subject, range): (&str, Range<u32>),
        known: &mut FxHashMap<(&'t str, &'t str), usize>,
        (schema, options): (&Schema, &DataOptions),
        recorder: &mut dyn Recorder<R>,
    ) {
        let table = self.table;
        let noun = schema.rows.noun();
        let mut settle = (schema.rows == Rows::Steps).then(|| Settle::new(schema, options));
        let mut shift = action_first(schema, options).then(Shift::default);
        let mut sessions: FxHashSet<&str> = FxHashSet::default();
        // The block that is open, and the step and the line of its last row.
        let mut open: Option<(&str, &str)> = None;
        let (mut last, mut last_line, mut rows) = (0i64, 0u64, 0usize);
        for at in range {
            let cells = table.row(self.place(at));
            let complaints = &mut self.complaints;
            let mut row = self.columns.row(&cells, options, complaints);
            let (_, session, block) = self.columns.names(&cells, options, complaints);
            let counted = || if open == Some((session, block)) { last + 1 } else { 1 };
            let cell = self.columns.step.map_or("", |at| cells.cell(at));
            let Some(step) = self.columns.step.map_or_else(|| Some(counted()), |_| options.whole(cell)) else {
                complaints.again("no number", 0, || Complaint::new(cells.line, quoted(noun), quoted(cell), "a whole number"));
                continue;
            };
            let whose =
                || if block.is_empty() { format!("subject {subject}") } else { format!("subject {subject}, block {block}") };
            if open == Some((session, block)) {
                let (next, line) = (last + 1, last_line);
                if step <= last {
                    complaints.again("again", 0, || {
                        let found =
                            format!("{noun} {step} of {}, again or out of order (line {line} has {noun} {last})", whose());
                        Complaint::new(
                            cells.line,
                            quoted(noun),
                            found,
                            format!("{noun} {next}{}", hint(session, block, schema.rows)),
                        )
                    });
                    continue;
                }
                let before = std::mem::replace(&mut last, step);
                last_line = cells.line;
                if step > next {
                    complaints.again("gap", 0, || {
                        let found = format!("{noun} {step} after {noun} {before} of {}", whose());
                        Complaint::new(cells.line, quoted(noun), found, format!("{noun} {next}"))
                    });
                    continue;
                }
            } else if let Some(&file) = known.get(&(session, block)) {
                complaints.again(if file == own { "reopened" } else { "two files" }, 0, || {
                    if file == own {
                        let found = format!("{}, which ended before another block began", whose());
                        Complaint::new(cells.line, "`block`", found, "the rows of a block together, in the order of time")
                    } else {
                        let found = format!("block {block} of subject {subject}, session {session:?}, in two files");
                        Complaint::new(0, "", found, "each block in one")
                    }
                });
                continue;
            } else {
                if open.is_some_and(|(before, _)| before != session) && sessions.contains(session) {
                    complaints.again("session", 0, || {
                        let found = format!("session {session} of subject {subject}, which ended before another session began");
                        Complaint::new(cells.line, "`session`", found, "the rows of a session together, in the order of time")
                    });
                }
                known.insert((session, block), own);
                sessions.insert(session);
                if open.is_some() {
                    end(&mut shift, &mut settle, (&self.columns, complaints, last_line), recorder);
                }
                recorder.begin(session, block, step);
                (open, last, last_line, rows) = (Some((session, block)), step, cells.line, 0);
            }
            row.scored &= rows >= options.first_scored;
            rows += 1;
            let row = if let Some(shift) = &mut shift { shift.row(row) } else { row };
            pass(row, &mut settle, (&self.columns, complaints, cells.line), recorder);
        }
        if open.is_some() {
            end(&mut shift, &mut settle, (&self.columns, &mut self.complaints, last_line), recorder);
        }
        self.left_out.add(settle.map(|settle| settle.left_out).unwrap_or_default());
    }
}

/// What may be meant where a step comes again.
fn hint(session: &str, block: &str, rows: Rows) -> &'static str {
    match rows {
        Rows::Trials if block.is_empty() => " (where blocks or sessions begin anew, a column `block` or `session` says so)",
        Rows::Steps if session.is_empty() && block == "1" => {
            " (where blocks or sessions begin anew, a column `block` or `session` says so)"
        }
        _ => "",
    }
}

/// One more row of the block that is open, by way of the rule for missing actions.
fn pass<R>(
    row: RecordedRow,
    settle: &mut Option<Settle<'_>>,
    (columns, complaints, line): (&Columns, &mut Complaints, u64),
    recorder: &mut dyn Recorder<R>,
) {
    match settle {
        Some(settle) => settle.row(row, line, (columns, complaints), &mut |row| recorder.row(row)),
        None => recorder.row(row),
    }
}

/// The block that is open ends.
fn end<R>(
    shift: &mut Option<Shift>,
    settle: &mut Option<Settle<'_>>,
    (columns, complaints, line): (&Columns, &mut Complaints, u64),
    recorder: &mut dyn Recorder<R>,
) {
    if let Some(last) = shift.as_mut().and_then(Shift::end) {
        pass(last, settle, (columns, complaints, line), recorder);
    }
    if let Some(settle) = settle {
        settle.end(&mut |row| recorder.row(row));
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
