//! Files out: whole or not at all.

use std::io::Write;
use std::path::Path;

use super::DataError;

/// Writes a file under another name first, then gives it its own: a reader never sees half of it.
///
/// # Errors
/// When the file cannot be written; nothing is left behind.
pub fn write_whole(path: &Path, content: &[u8]) -> Result<(), DataError> {
    let fail = |e| DataError::file(path, e);
    if let Some(parent) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
        std::fs::create_dir_all(parent).map_err(fail)?;
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".partial");
    let partial = path.with_file_name(name);
    let written = std::fs::File::create(&partial).and_then(|mut file| {
        file.write_all(content)?;
        file.sync_all()
    });
    written.and_then(|()| std::fs::rename(&partial, path)).map_err(|e| {
        let _ = std::fs::remove_file(&partial);
        fail(e)
    })
}

/// A comma-separated table as text.
pub fn write_rows<R, C>(header: &[&str], rows: R) -> Vec<u8>
where
    R: IntoIterator<Item = C>,
    C: IntoIterator<Item = String>,
{
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    // Writing to memory cannot fail.
    let _ = writer.write_record(header);
    for row in rows {
        let _ = writer.write_record(row);
    }
    writer.into_inner().unwrap_or_default()
}

/// Writes files into a new folder, whole or not at all: they are written beside it first.
///
/// # Errors
/// When the folder is there already or cannot be written; nothing is left behind.
pub fn write_folder(folder: &Path, files: &[(String, Vec<u8>)]) -> Result<(), DataError> {
    let fail = |e| DataError::file(folder, e);
    if folder.exists() {
        return Err(fail(std::io::Error::new(std::io::ErrorKind::AlreadyExists, "is already there")));
    }
    if let Some(parent) = folder.parent().filter(|p| !p.as_os_str().is_empty()) {
        std::fs::create_dir_all(parent).map_err(fail)?;
    }
    let mut name = folder.file_name().unwrap_or_default().to_owned();
    name.push(".partial");
    let partial = folder.with_file_name(name);
    let _ = std::fs::remove_dir_all(&partial);
    let written = std::fs::create_dir(&partial)
        .and_then(|()| files.iter().try_for_each(|(name, content)| std::fs::write(partial.join(name), content)))
        .and_then(|()| std::fs::rename(&partial, folder));
    written.map_err(|e| {
        let _ = std::fs::remove_dir_all(&partial);
        fail(e)
    })
}
