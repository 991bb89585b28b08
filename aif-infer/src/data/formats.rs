//! The field's other tables, made into long ones: trials with the outcome after the choice on one row, and BIDS behaviour files.

use std::borrow::Cow;
use std::path::Path;

use rustc_hash::{FxHashMap, FxHashSet};

use super::bids::{complete, files, is_bids};
use super::error::DataError;
use super::options::{DataOptions, Format, RowOrder};
use super::parse::{Keep, Opening};
use super::players::{GAME, is_of_player, unfolded};
use super::raw::{RawTable, column};
use super::schema::{Rows, Schema};
use super::source::Source;
use super::weights;
use crate::record::{RecordedRow, Seen};

/// The tables of a study: one file, or all files of behaviour under a folder as BIDS has them. Of each column that is read its cells are kept.
///
/// # Errors
/// When a file cannot be read, or a folder has no files of behaviour, or those of several tasks.
pub fn open_tables(path: &Path, options: &DataOptions, schema: &Schema) -> Result<Vec<RawTable>, DataError> {
    if !is_bids(path, options) {
        return Ok(vec![open(path, options, schema, &mut |_, _| true)?]);
    }
    let (files, remarks) = files(path, options.task.as_deref())?;
    let one = |file: &std::path::PathBuf| {
        let mut table = open(file, options, schema, &mut |_, _| true)?;
        complete(&mut table)?;
        Ok(table)
    };
    let mut tables = files.iter().map(one).collect::<Result<Vec<RawTable>, DataError>>()?;
    if let Some(first) = tables.first_mut() {
        first.remarks.extend(remarks);
    }
    Ok(tables)
}

/// One file, with the cells of those columns that are read.
fn open(path: &Path, options: &DataOptions, schema: &Schema, keep: &mut Keep<'_>) -> Result<RawTable, DataError> {
    let wanted = |header: &[String]| {
        let keys = ["subject", "session", "block", "step", "trial", "scored", "time_step", "subjID", "participant_id"];
        let weights: Vec<String> = schema.observations.iter().flat_map(weights::names).collect();
        let names = keys.into_iter().chain(schema.columns().map(|c| c.name)).chain(weights.iter().map(|name| &**name));
        let names = names.map(|name| options.column(name));
        let mut wanted = vec![false; header.len()];
        let mut lower = FxHashSet::default();
        for name in names {
            lower.insert(name.to_lowercase());
            if let Ok(source) = Source::find(header, name) {
                source.places().for_each(|at| wanted[at] = true);
            }
        }
        if schema.players {
            lower.insert(GAME.to_owned());
            lower.insert(options.column(GAME).to_lowercase());
        }
        let players = |name: &str| schema.players && is_of_player(name, |own| lower.contains(own));
        wanted.iter_mut().zip(header).for_each(|(wanted, name)| *wanted |= lower.contains(&name.to_lowercase()) || players(name));
        wanted
    };
    let keep: &mut Keep<'_> = &mut |header, cells| keep(header, cells);
    let opening = Opening { encoding: options.encoding, separator: separator(options), wanted: &wanted, keep };
    Ok(unfolded(RawTable::open_as(path, opening)?, schema, options))
}

/// What separates cells before anything else: where numbers have commas, a semicolon.
pub(super) fn separator(options: &DataOptions) -> Option<u8> {
    options.decimal_comma.then_some(b';')
}

/// Whether a subject, by its place, is one of a shard's: every `of`-th from the `shard`-th on, counted from 1. Where there are no shards all are.
pub fn is_of_shard(subject: usize, shard: Option<(usize, usize)>) -> bool {
    shard.is_none_or(|(shard, of)| subject % of == shard - 1)
}

/// The table of a study with the rows of a shard's subjects, and of the others the first row of each session: who there is, is known, and what there is of them, is not there.
///
/// # Errors
/// As [`open_tables`].
pub fn open_shard(
    path: &Path,
    options: &DataOptions,
    schema: &Schema,
    shard: (usize, usize),
) -> Result<Vec<RawTable>, DataError> {
    if is_bids(path, options) {
        return open_tables(path, options, schema);
    }
    let mut subjects: FxHashMap<String, usize> = FxHashMap::default();
    let mut sessions: FxHashSet<(usize, String)> = FxHashSet::default();
    let mut columns = None;
    let mut keep = |header: &[String], cells: &[Cow<'_, str>]| {
        let (subject, session) = *columns.get_or_insert_with(|| {
            let place = |names: &[&str]| names.iter().find_map(|name| column(header, name).ok());
            (place(&[options.column("subject"), "subjID", "participant_id"]), place(&[options.column("session")]))
        });
        // Who cannot be told is complained of later.
        let Some(subject) = subject else { return true };
        let next = subjects.len();
        let known = subjects.get(cells[subject].as_ref()).copied();
        let s = known.unwrap_or_else(|| {
            subjects.insert(cells[subject].to_string(), next);
            next
        });
        if is_of_shard(s, Some(shard)) {
            return true;
        }
        match session {
            None => known.is_none(),
            Some(at) => sessions.insert((s, cells[at].to_string())),
        }
    };
    Ok(vec![open(path, options, schema, &mut keep)?])
}

fn rename(header: &mut [String], from: &str, to: &str) {
    if header.iter().any(|h| h.eq_ignore_ascii_case(to)) {
        return;
    }
    if let Some(name) = header.iter_mut().find(|h| h.eq_ignore_ascii_case(from)) {
        *name = to.into();
    }
}

/// The header of a table with columns of the field's other formats under their usual names.
pub(super) fn usual_names(table: &RawTable, schema: &Schema, options: &DataOptions) -> Vec<String> {
    let mut header = table.header.clone();
    let bids = table.of_bids || options.format == Format::Bids;
    let mut others: Vec<(&str, &str)> = Vec::new();
    if bids || options.format == Format::Trials {
        others.extend([("subjID", "subject"), ("participant_id", "subject")]);
        others.push(if schema.rows == Rows::Steps { ("trial", "step") } else { ("step", "trial") });
    } else if schema.in_order {
        others.push(("subjID", "subject"));
    }
    for (from, to) in others.iter().filter(|(_, to)| options.column(to) == *to) {
        rename(&mut header, from, to);
    }
    header
}

/// Whether what is observed on a row comes after its choice: then it is what is observed at the next step.
pub(super) fn action_first(schema: &Schema, options: &DataOptions) -> bool {
    schema.rows == Rows::Steps && options.row_order() == RowOrder::ActionFirst
}

/// Moves what is observed after a choice to the next step: observations go one row down, and the last ones get a row of their own, without a
/// choice.
#[derive(Default)]
pub(super) struct Shift {
    /// What the row before had observed, and the row itself without it.
    before: Option<(Seen, RecordedRow)>,
}

impl Shift {
    /// A row with what was observed on the one before.
    pub fn row(&mut self, mut row: RecordedRow) -> RecordedRow {
        let width = row.observations.len();
        let own = row.take_seen();
        let end = RecordedRow { responses: vec![None; row.responses.len()], ..row.clone() };
        let before = self.before.replace((own, end));
        row.put_seen(before.map_or_else(|| (vec![None; width], Vec::new()), |(seen, _)| seen));
        row
    }

    /// The row that ends a block.
    pub fn end(&mut self) -> Option<RecordedRow> {
        self.before.take().map(|((observations, readings), end)| RecordedRow { observations, readings, ..end })
    }
}
