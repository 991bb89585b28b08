//! What is not finished stands beside its place under a name that says so. The name is always the same, and whoever writes holds a lock:
//! what a killed run left behind is taken over by the next one, what a running one writes is let alone.

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Component, Path, PathBuf};

/// The last part of a path, where it names something: `..`, `.` and `/` do not.
///
/// # Errors
/// Where it names nothing.
pub(crate) fn plain_name(path: &Path) -> io::Result<&OsStr> {
    let last = path.components().next_back();
    let ends_in_dot = path.as_os_str().as_encoded_bytes().ends_with(b"/.");
    match (last, path.file_name()) {
        (Some(Component::Normal(_)), Some(name)) if !ends_in_dot => Ok(name),
        _ => Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "names nothing that can be made: expected a path that ends in a name",
        )),
    }
}

/// The name beside `path` that it has while it is not finished.
///
/// # Errors
/// Where the path names nothing.
pub(super) fn beside(path: &Path) -> io::Result<PathBuf> {
    Ok(path.with_file_name(format!(".{}.partial", plain_name(path)?.to_string_lossy())))
}

/// A file that this run alone writes to.
pub(crate) struct Held {
    /// The file, empty.
    pub file: File,
}

impl Held {
    /// Makes a file, or takes over what a killed run has left of it.
    ///
    /// # Errors
    /// When another run is at it, or it cannot be made.
    pub fn take(path: &Path) -> io::Result<Self> {
        loop {
            if fs::symlink_metadata(path).is_ok_and(|found| !found.is_file()) {
                let text = format!("{} is in the way", path.display());
                return Err(io::Error::new(io::ErrorKind::AlreadyExists, text));
            }
            let file = OpenOptions::new().write(true).create(true).truncate(false).open(path)?;
            // A file system without locks has none to wait for.
            if let Err(TryLockError::WouldBlock) = file.try_lock() {
                return Err(io::Error::new(io::ErrorKind::ResourceBusy, "another run is writing it"));
            }
            // Whoever held it may have finished, and given it its name, in between.
            if is_at(&file, path) {
                file.set_len(0)?;
                return Ok(Held { file });
            }
        }
    }
}

/// Whether an open file still has this path.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let place = |found: fs::Metadata| (found.dev(), found.ino());
    matches!((file.metadata().map(place), fs::symlink_metadata(path).map(place)), (Ok(a), Ok(b)) if a == b)
}

#[cfg(not(unix))]
fn is_at(_: &File, path: &Path) -> bool {
    path.exists()
}

/// Makes the folders above a path; gives the topmost one that it made.
pub(crate) fn make_parents(path: &Path) -> io::Result<Option<PathBuf>> {
    let Some(parent) = path.parent().filter(|p| !p.as_os_str().is_empty() && !p.exists()) else { return Ok(None) };
    let topmost = parent.ancestors().take_while(|p| !p.as_os_str().is_empty() && !p.exists()).last().map(Path::to_owned);
    fs::create_dir_all(parent)?;
    Ok(topmost)
}

/// Removes empty folders from `path`'s parent up to `topmost`.
pub(crate) fn remove_parents(path: &Path, topmost: Option<&Path>) {
    let Some(topmost) = topmost else { return };
    for folder in path.ancestors().skip(1).take_while(|p| p.starts_with(topmost)) {
        if fs::remove_dir(folder).is_err() {
            return;
        }
    }
}

/// Makes sure that the names in a folder are on disk, not only what they name. Where folders cannot be synchronised (some file systems, and systems other than
/// Unix), nothing is done.
///
/// # Errors
/// When the disk says so.
pub(super) fn sync_names(folder: &Path) -> io::Result<()> {
    if !cfg!(unix) {
        return Ok(());
    }
    // What has no parent in its path is here.
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    match File::open(folder).and_then(|open| open.sync_all()) {
        // One may write into folders that one may not read.
        Err(error)
            if [io::ErrorKind::InvalidInput, io::ErrorKind::Unsupported, io::ErrorKind::PermissionDenied]
                .contains(&error.kind()) =>
        {
            Ok(())
        }
        other => other,
    }
}

/// The same of a folder and all folders in it.
///
/// # Errors
/// When the disk says so, or a folder cannot be read.
pub(super) fn sync_all_names(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            sync_all_names(&entry.path())?;
        }
    }
    sync_names(folder)
}

/// The same of the folder that something was put into, and of those above it up to the one that holds the topmost that was made for it.
///
/// # Errors
/// When the disk says so.
pub(crate) fn sync_above(path: &Path, topmost: Option<&Path>) -> io::Result<()> {
    let until = topmost.and_then(Path::parent).or_else(|| path.parent());
    for above in path.ancestors().skip(1) {
        sync_names(above)?;
        if Some(above) == until {
            break;
        }
    }
    Ok(())
}
