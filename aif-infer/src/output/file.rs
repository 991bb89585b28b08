//! Single files, and standard output.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::folder::Writing;
use super::partial::{Held, beside, make_parents, plain_name, remove_parents, sync_above};
use crate::data::DataError;

/// Makes sure that a file may be written: that nothing is there yet, or that it may be written over. What is no plain file (a device, a pipe)
/// is written to as it is.
///
/// # Errors
/// When something is there, or the path names no file.
pub fn check_file(path: &Path, force: bool) -> Result<(), DataError> {
    let fail = |kind, text: &str| Err(DataError::file(path, io::Error::new(kind, text)));
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => fail(io::ErrorKind::IsADirectory, "is a folder, expected a file"),
        Ok(found) if found.is_file() && !force => {
            fail(io::ErrorKind::AlreadyExists, "is already there: --force writes over it, or choose another")
        }
        Ok(_) => Ok(()),
        Err(_) => plain_name(path).map(|_| ()).map_err(|e| DataError::file(path, e)),
    }
}

/// Writes files, all or none: each under another name first. A path to something that is no plain file (a device, a pipe) is written as
/// it is; a link stays one.
///
/// # Errors
/// When a file cannot be written; nothing is left behind.
pub fn write_whole(files: &[(&Path, &[u8])]) -> Result<(), DataError> {
    fn bytes<'c>(content: &'c [u8]) -> Writing<'c> {
        Box::new(move |to| to.write_all(content))
    }
    write_each(files.iter().map(|&(path, content)| (path, bytes(content))).collect())
}

/// The same, of files that are written piece by piece.
///
/// # Errors
/// When a file cannot be written; nothing is left behind.
pub fn write_each(files: Vec<(&Path, Writing<'_>)>) -> Result<(), DataError> {
    let mut partial: Vec<(PathBuf, PathBuf, Held)> = Vec::new();
    let mut made = Vec::new();
    let mut write = |path: &Path, content: Writing<'_>| -> io::Result<()> {
        let put = |file: &mut fs::File| -> io::Result<()> {
            let mut to = io::BufWriter::with_capacity(1 << 16, file);
            content(&mut to)?;
            to.flush()
        };
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        match fs::metadata(&path) {
            Ok(found) if found.is_dir() => return Err(io::Error::new(io::ErrorKind::IsADirectory, "is a folder")),
            Ok(found) if !found.is_file() => return put(&mut fs::OpenOptions::new().write(true).open(&path)?),
            _ => {}
        }
        let beside = beside(&path)?;
        made.push((path.clone(), make_parents(&path)?));
        let mut held = Held::take(&beside)?;
        let written = put(&mut held.file).and_then(|()| held.file.sync_all());
        partial.push((beside, path, held));
        written
    };
    let written = files.into_iter().try_for_each(|(path, content)| write(path, content).map_err(|e| DataError::file(path, e)));
    let renamed = written
        .and_then(|()| partial.iter().try_for_each(|(from, to, _)| fs::rename(from, to).map_err(|e| DataError::file(to, e))));
    if renamed.is_err() {
        for (from, ..) in &partial {
            let _ = fs::remove_file(from);
        }
        for (path, topmost) in &made {
            remove_parents(path, topmost.as_deref());
        }
    }
    // A name that is not on disk is lost with the power.
    renamed.and_then(|()| {
        let sync = |(path, topmost): &(PathBuf, Option<PathBuf>)| {
            sync_above(path, topmost.as_deref()).map_err(|e| DataError::file(path, e))
        };
        made.iter().try_for_each(sync)
    })
}

/// Writes to standard output.
///
/// # Errors
/// When it is closed or full.
pub fn write_out(content: &[u8]) -> Result<(), DataError> {
    let mut out = io::stdout().lock();
    out.write_all(content).and_then(|()| out.flush()).map_err(|e| DataError::file(Path::new("standard output"), e))
}
