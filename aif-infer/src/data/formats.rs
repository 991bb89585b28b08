//! The field's other tables, made into long ones: trials with the outcome after the choice on one row, and BIDS behaviour files.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::error::DataError;
use super::schema::{ColumnSpec, Rows, Schema};
use super::{DataOptions, RawTable};

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
    add(&mut table, "subject", |_| subject.clone());
    if let Some(session) = entity("ses-") {
        add(&mut table, "session", |_| session.clone());
    }
    let run = entity("run-").unwrap_or_else(|| "1".into());
    add(&mut table, "block", |_| run.clone());
    rename(&mut table, "trial", "step");
    add(&mut table, "step", |row| row.to_string());
    Ok(table)
}

/// Adds a column that is not there yet.
fn add(table: &mut RawTable, name: &str, cell: impl Fn(usize) -> String) {
    if table.header.iter().any(|h| h == name) {
        return;
    }
    table.header.push(name.into());
    for (i, (_, cells)) in table.rows.iter_mut().enumerate() {
        cells.push(cell(i));
    }
}

fn rename(table: &mut RawTable, from: &str, to: &str) {
    if table.header.iter().any(|h| h == to) {
        return;
    }
    if let Some(name) = table.header.iter_mut().find(|h| h.eq_ignore_ascii_case(from)) {
        *name = to.into();
    }
}

/// Makes a table a long one: columns under their usual names, and what is observed on the row of the step that it is observed at.
pub(super) fn long(table: &RawTable, schema: &Schema, options: &DataOptions) -> RawTable {
    let mut table = table.clone();
    if schema.rows == Rows::Trials {
        // The field's other formats have other names for these two.
        let other = match options.format {
            Format::Long => None,
            Format::Trials => Some(("subjID", "subject")),
            Format::Bids => Some(("step", "trial")),
        };
        if let Some((from, to)) = other.filter(|(_, to)| options.column(to) == *to) {
            rename(&mut table, from, to);
        }
        return table;
    }
    if options.format == Format::Trials {
        for (from, to) in [("subjID", "subject"), ("trial", "step")] {
            if options.column(to) == to {
                rename(&mut table, from, to);
            }
        }
        if options.column("block") == "block" {
            add(&mut table, "block", |_| "1".into());
        }
    }
    let natural = if options.format == Format::Trials { RowOrder::ActionFirst } else { RowOrder::ObservationFirst };
    if options.order.unwrap_or(natural) == RowOrder::ActionFirst { shifted(&table, schema, options) } else { table }
}

/// What is observed after a choice is observed at the next step: observations move one row down within their block, and the last one gets a
/// row of its own, without a choice.
fn shifted(table: &RawTable, schema: &Schema, options: &DataOptions) -> RawTable {
    let places = |specs: &[ColumnSpec]| -> Vec<usize> {
        specs.iter().filter_map(|spec| table.column(options.column(spec.name)).ok()).collect()
    };
    let (observed, chosen) = (places(&schema.observations), places(&schema.responses));
    let keys: Vec<usize> = ["subject", "session", "block"].iter().filter_map(|k| table.column(options.column(k)).ok()).collect();
    let step = table.column(options.column("step")).ok();
    let same = |a: &[String], b: &[String]| keys.iter().all(|&k| a[k] == b[k]);
    let mut rows = Vec::with_capacity(table.rows.len());
    for (i, (line, cells)) in table.rows.iter().enumerate() {
        let before = i.checked_sub(1).map(|b| &table.rows[b].1).filter(|b| same(b, cells));
        let mut row = cells.clone();
        for &at in &observed {
            row[at] = before.map_or(String::new(), |b| b[at].clone());
        }
        rows.push((*line, row));
        let last = table.rows.get(i + 1).is_none_or(|(_, next)| !same(next, cells));
        if last {
            let mut end = cells.clone();
            chosen.iter().for_each(|&at| end[at] = String::new());
            if let Some(step) = step {
                end[step] = cells[step].parse::<i64>().map_or(cells[step].clone(), |s| s.saturating_add(1).to_string());
            }
            rows.push((*line, end));
        }
    }
    RawTable { rows, ..table.clone() }
}
