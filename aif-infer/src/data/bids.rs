//! Files of behaviour as BIDS has them: who, which session, task and run is in their names.

use std::path::{Path, PathBuf};

use super::error::{DataError, listed};
use super::options::{DataOptions, Format};
use super::raw::{RawTable, column};

/// What the names of files end with that have behaviour, those first that are read where there are both.
const ENDS: [&str; 2] = ["_beh.tsv", "_events.tsv"];

/// Folders beside those of subjects that have other things, or the same again.
const ASIDE: [&str; 4] = ["derivatives", "sourcedata", "code", "stimuli"];

/// The files of behaviour under a folder, or the one file; and remarks.
///
/// # Errors
/// When there are none, or those of several tasks and none of them is asked for.
pub(super) fn files(path: &Path, task: Option<&str>) -> Result<(Vec<PathBuf>, Vec<String>), DataError> {
    if path.is_file() {
        return Ok((vec![path.to_owned()], Vec::new()));
    }
    let (mut all, mut remarks) = (Vec::new(), Vec::new());
    find(path, true, &mut all, &mut remarks).map_err(|e| DataError::file(path, e))?;
    let mut tasks: Vec<String> = all.iter().filter_map(|file| entity(file, "task-")).collect();
    tasks.sort();
    tasks.dedup();
    if let Some(task) = task {
        all.retain(|file| entity(file, "task-").is_some_and(|own| own == task));
        if all.is_empty() {
            return Err(DataError::whole(path, format!("--task {task}"), format!("one of the tasks {}", listed(&tasks))));
        }
    } else if tasks.len() > 1 {
        let expected = "one task: --task NAME";
        return Err(DataError::whole(path, format!("files of the tasks {}", listed(&tasks)), expected));
    }
    let ends = |file: &PathBuf, end: &str| file.to_string_lossy().ends_with(end);
    let behaviour = all.iter().any(|file| ends(file, ENDS[0]));
    let before = all.len();
    all.retain(|file| !behaviour || ends(file, ENDS[0]));
    if all.len() < before {
        remarks.push(format!("ignored {} files of events, beside {} files of behaviour", before - all.len(), all.len()));
    }
    all.sort_by_cached_key(|path| natural(&path.display().to_string()));
    if all.is_empty() {
        let expected = "files named sub-LABEL[_ses-LABEL][_task-LABEL][_run-LABEL]_beh.tsv, or _events.tsv";
        return Err(DataError::whole(path, "no behaviour file", expected));
    }
    Ok((all, remarks))
}

fn find(folder: &Path, top: bool, files: &mut Vec<PathBuf>, remarks: &mut Vec<String>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            if top && ASIDE.contains(&name.as_str()) {
                remarks.push(format!("ignored the folder {name}"));
            } else if !name.starts_with('.') {
                find(&path, false, files, remarks)?;
            }
        } else if name.starts_with("sub-") && ENDS.iter().any(|end| name.ends_with(end)) {
            files.push(path);
        }
    }
    Ok(())
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

/// What a file's name says: `01` of `sub-01_task-x_beh.tsv`, by its key `sub-`.
fn entity(file: &Path, key: &str) -> Option<String> {
    let name = file.file_name()?.to_string_lossy();
    name.split('_').find_map(|part| part.strip_prefix(key).map(|label| label.trim_end_matches(".tsv").to_owned()))
}

/// Adds columns for what the name of a table's file says.
///
/// # Errors
/// When neither that nor the table says whose it is.
pub(super) fn complete(table: &mut RawTable) -> Result<(), DataError> {
    let path = table.path.clone();
    let has = |table: &RawTable, name: &str| column(&table.header, name).is_ok();
    match entity(&path, "sub-") {
        Some(subject) => table.add("subject", |_| subject.clone()),
        None if has(table, "subject") || has(table, "participant_id") => {}
        None => {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            return Err(DataError::whole(&path, format!("the file name {name}"), "sub-LABEL at its beginning"));
        }
    }
    if let Some(session) = entity(&path, "ses-") {
        table.add("session", |_| session.clone());
    }
    let run = entity(&path, "run-").unwrap_or_else(|| "1".into());
    table.add("block", |_| run.clone());
    if !has(table, "trial") {
        table.add("step", |row| row.to_string());
    }
    table.of_bids = true;
    Ok(())
}

/// The table of who took part, beside a table that is one of the files that BIDS has: in its folder, or above it.
pub(crate) fn participants(table: &RawTable) -> Option<PathBuf> {
    let mut folder = table.path.parent().filter(|_| table.of_bids)?;
    loop {
        let path = folder.join("participants.tsv");
        if path.is_file() {
            return Some(path);
        }
        let name = folder.file_name()?.to_string_lossy().into_owned();
        let inside =
            name.starts_with("sub-") || name.starts_with("ses-") || ["beh", "func", "eeg", "meg", "ieeg"].contains(&&*name);
        folder = folder.parent().filter(|_| inside)?;
    }
}

/// The name under which a participant is known: BIDS has `sub-01` in tables for what files call `01`.
pub(super) fn known_as<'n>(name: &'n str, known: impl Fn(&str) -> bool, also: &'n mut String) -> Option<&'n str> {
    if known(name) {
        return Some(name);
    }
    if let Some(short) = name.strip_prefix("sub-").filter(|short| known(short)) {
        return Some(short);
    }
    *also = format!("sub-{name}");
    known(also).then_some(also)
}

/// Whether some options say that a folder or file is one of BIDS.
pub(super) fn is_bids(path: &Path, options: &DataOptions) -> bool {
    options.format == Format::Bids || path.is_dir()
}
