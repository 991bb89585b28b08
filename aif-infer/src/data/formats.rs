//! The field's other tables, made into long ones: trials with the outcome after the choice on one row, and BIDS behaviour files.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use rustc_hash::{FxHashMap, FxHashSet};
use serde::Deserialize;

use super::error::DataError;
use super::schema::{Rows, Schema};
use super::{DataOptions, RawTable};
use crate::record::RecordedRow;

/// What kind of table the data are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum Format {
    /// One row per step: what was observed, then what was chosen.
    #[default]
    Long,
    /// One row per trial, `subjID trial choice outcome`: what was chosen, then what came of it.
    Trials,
    /// A file or folder of BIDS behaviour, `sub-01_ses-1_task-x_run-1_beh.tsv`: subject, session and run are in the file's name.
    Bids,
}

/// Whether what is observed on a row came before or after its choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum RowOrder {
    /// Before it.
    ObservationFirst,
    /// After it: it is the observation of the next step.
    ActionFirst,
}

/// The tables of a study: one file, or all behaviour files under a folder.
///
/// # Errors
/// When a file cannot be read, or a folder has no behaviour files.
pub fn open_tables(path: &Path, format: Format) -> Result<Vec<RawTable>, DataError> {
    if format != Format::Bids {
        return Ok(vec![RawTable::open(path)?]);
    }
    let mut files = Vec::new();
    find(path, &mut files).map_err(|e| DataError::file(path, e))?;
    files.sort_by_key(|path| natural(&path.display().to_string()));
    if files.is_empty() {
        let expected = "files named sub-LABEL[_ses-LABEL][_task-LABEL][_run-LABEL]_beh.tsv";
        return Err(DataError::whole(path, "no behaviour file", expected));
    }
    files.iter().map(|file| bids(file)).collect()
}

/// Whether a subject, by its place, is one of a shard's: every `of`-th from the `shard`-th on, counted from 1. Where there are no shards all are.
pub fn is_of_shard(subject: usize, shard: Option<(usize, usize)>) -> bool {
    shard.is_none_or(|(shard, of)| subject % of == shard - 1)
}

/// The table of a study with the rows of a shard's subjects, and of the others the first row of each session: who there is, is known, and what there is of them, is not there.
///
/// # Errors
/// As [`open_tables`].
pub fn open_shard(path: &Path, options: &DataOptions, shard: (usize, usize)) -> Result<Vec<RawTable>, DataError> {
    if options.format == Format::Bids {
        return open_tables(path, options.format);
    }
    let mut subjects: FxHashMap<String, usize> = FxHashMap::default();
    let mut sessions: FxHashSet<(usize, String)> = FxHashSet::default();
    let place = |header: &[String], names: &[&str]| header.iter().position(|h| names.iter().any(|n| h.eq_ignore_ascii_case(n)));
    let mut columns = None;
    let mut keep = |header: &[String], cells: &[Cow<'_, str>]| {
        let (subject, session) = *columns.get_or_insert_with(|| {
            let subject = options.column("subject");
            let exact = header.iter().position(|h| h == subject);
            (exact.or_else(|| place(header, &[subject, "subjID"])), place(header, &[options.column("session")]))
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
    Ok(vec![RawTable::open_some(path, &mut keep)?])
}

/// A key by which `run-2` comes before `run-10`: numbers count as numbers.
fn natural(text: &str) -> Vec<(String, Option<u64>)> {
    let mut parts: Vec<(String, Option<u64>)> = vec![(String::new(), None)];
    for c in text.chars() {
        let last = parts.len() - 1;
        match (c.to_digit(10).map(u64::from), &mut parts[last]) {
            (Some(d), (_, number)) => *number = Some(number.unwrap_or(0).saturating_mul(10).saturating_add(d)),
            (None, (word, None)) => word.push(c),
            (None, _) => parts.push((c.to_string(), None)),
        }
    }
    parts
}

fn find(path: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    if path.is_file() {
        files.push(path.to_owned());
        return Ok(());
    }
    for entry in std::fs::read_dir(path)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            find(&path, files)?;
        } else if name.starts_with("sub-") && name.ends_with("_beh.tsv") {
            files.push(path);
        }
    }
    Ok(())
}

/// One behaviour file, with columns for what its name says.
fn bids(path: &Path) -> Result<RawTable, DataError> {
    let mut table = RawTable::open(path)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let entity =
        |key: &str| name.split('_').find_map(|part| part.strip_prefix(key).map(|l| l.trim_end_matches(".tsv").to_string()));
    let Some(subject) = entity("sub-") else {
        return Err(DataError::whole(path, format!("the file name {name}"), "sub-LABEL at its beginning"));
    };
    table.add("subject", |_| subject.clone());
    if let Some(session) = entity("ses-") {
        table.add("session", |_| session.clone());
    }
    let run = entity("run-").unwrap_or_else(|| "1".into());
    table.add("block", |_| run.clone());
    rename(&mut table.header, "trial", "step");
    table.add("step", |row| row.to_string());
    Ok(table)
}

fn rename(header: &mut [String], from: &str, to: &str) {
    if header.iter().any(|h| h == to) {
        return;
    }
    if let Some(name) = header.iter_mut().find(|h| h.eq_ignore_ascii_case(from)) {
        *name = to.into();
    }
}

/// The header of a table with columns of the field's other formats under their usual names.
pub(super) fn usual_names(table: &RawTable, schema: &Schema, options: &DataOptions) -> Vec<String> {
    let mut header = table.header.clone();
    let others: &[(&str, &str)] = match (schema.rows, options.format) {
        (Rows::Trials, Format::Trials) => &[("subjID", "subject")],
        (Rows::Trials, Format::Long) if schema.in_order => &[("subjID", "subject")],
        (Rows::Trials, Format::Bids) => &[("step", "trial")],
        (Rows::Steps, Format::Trials) => &[("subjID", "subject"), ("trial", "step")],
        _ => &[],
    };
    for (from, to) in others.iter().filter(|(_, to)| options.column(to) == *to) {
        rename(&mut header, from, to);
    }
    header
}

/// Whether what is observed on a row comes after its choice: then it is what is observed at the next step.
pub(super) fn action_first(schema: &Schema, options: &DataOptions) -> bool {
    let natural = if options.format == Format::Trials { RowOrder::ActionFirst } else { RowOrder::ObservationFirst };
    schema.rows == Rows::Steps && options.order.unwrap_or(natural) == RowOrder::ActionFirst
}

/// Moves what is observed after a choice to the next step: observations go one row down, and the last ones get a row of their own, without a
/// choice.
pub(super) fn shift(rows: &mut Vec<RecordedRow>) {
    let Some(last) = rows.last() else { return };
    let mut end = last.clone();
    end.responses.fill(None);
    rows.push(end);
    for i in (1..rows.len()).rev() {
        rows[i].observations = std::mem::take(&mut rows[i - 1].observations);
    }
    let width = rows[1].observations.len();
    rows[0].observations = vec![None; width];
}
