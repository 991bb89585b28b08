//! The folder beside the results in which finished parts of a fit are kept until all are there.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::error::{StudyError, say};
use crate::data::DataError;
use crate::fit::Checkpoints;
use crate::output::{Held, NewFolder, make_parents, plain_name, remove_parents, sync_above, write_whole};
use crate::results::{HEADER, Header};
use crate::seal::{Digest, sealed, unsealed};

/// The lock of the folder: one run works in it at a time.
const LOCK: &str = "lock";

/// Finished parts of a fit, each sealed with its run and name.
pub(super) struct WorkFolder {
    path: PathBuf,
    run: Digest,
    /// The topmost folder above it that was made for it.
    topmost: Option<PathBuf>,
    held: Option<Held>,
}

/// What comes of asking for a place to work.
pub(super) enum Begun {
    /// There is one.
    Folder(WorkFolder),
    /// A run that was killed at its very end had finished.
    Finished,
}

impl WorkFolder {
    /// Makes the folder, or goes on with one that a stopped run has left.
    pub fn begin(out: &Path, header: &Header, resume: bool) -> Result<Begun, StudyError> {
        let failed = |path: &Path, source| StudyError::Data(DataError::File { path: path.to_owned(), source });
        let name = plain_name(out).map_err(|e| failed(out, e))?.to_string_lossy().into_owned();
        let path = out.with_file_name(format!("{name}.unfinished"));
        let mut folder = WorkFolder { path, run: header.digest(), topmost: None, held: None };
        let there = folder.path.exists();
        if resume && folder.is_finished(out, header) {
            if there {
                folder.hold()?;
                folder.remove();
            }
            return Ok(Begun::Finished);
        }
        NewFolder::check(out)?;
        if resume && !there {
            return Err(StudyError::NothingToResume { folder: folder.path.clone() });
        }
        if !there {
            folder.topmost = make_parents(&folder.path).map_err(|e| failed(&folder.path, e))?;
            let made = fs::create_dir(&folder.path).and_then(|()| sync_above(&folder.path, folder.topmost.as_deref()));
            made.map_err(|e| failed(&folder.path, e))?;
        }
        let file = folder.path.join(HEADER);
        if there && file.exists() {
            if !resume {
                return Err(StudyError::Unfinished { folder: folder.path.clone() });
            }
            folder.hold()?;
            folder.check_header(&file, header)?;
            return Ok(Begun::Folder(folder));
        }
        // A run that was killed before it wrote what it was has left no part.
        if there && !folder.is_empty() {
            return Err(StudyError::Headless { folder: folder.path.clone(), header: HEADER });
        }
        folder.hold()?;
        write_whole(&[(&file, &header.json())])?;
        Ok(Begun::Folder(folder))
    }

    /// Whether these very results are there already.
    fn is_finished(&self, out: &Path, header: &Header) -> bool {
        Header::read(out).is_ok_and(|(found, _)| found == *header)
    }

    fn hold(&mut self) -> Result<(), StudyError> {
        let lock = self.path.join(LOCK);
        let held = Held::take(&lock).map_err(|source| DataError::File { path: self.path.clone(), source })?;
        self.held = Some(held);
        Ok(())
    }

    fn check_header(&self, file: &Path, header: &Header) -> Result<(), StudyError> {
        let stored = fs::read(file).map_err(|source| DataError::File { path: file.to_owned(), source })?;
        if stored == header.json() {
            return Ok(());
        }
        if let Err(what) = Header::parse(&stored) {
            return Err(StudyError::Header { file: file.to_owned(), what: what.to_string(), folder: self.path.clone() });
        }
        Err(StudyError::OtherFit { folder: self.path.clone() })
    }

    /// Whether nothing is there but a lock, and what breaks off while a file is written.
    fn is_empty(&self) -> bool {
        let passing = |name: &str| name == LOCK || (name.starts_with('.') && name.ends_with(".partial"));
        let mut entries = fs::read_dir(&self.path).into_iter().flatten().flatten();
        entries.all(|entry| passing(&entry.file_name().to_string_lossy()))
    }

    /// Whether anything beside the description is there.
    pub fn has_parts(&self) -> bool {
        let is_part = |entry: fs::DirEntry| ![LOCK, HEADER].iter().any(|name| entry.file_name() == *name);
        fs::read_dir(&self.path).is_ok_and(|entries| entries.flatten().any(is_part))
    }

    /// Where the results are put together.
    pub fn results(&self, out: &Path) -> Result<NewFolder, DataError> {
        NewFolder::begin_inside(out, &self.path)
    }

    /// Removes the folder: all is done, or nothing can be.
    pub fn remove(&mut self) {
        // Windows removes no file that is open.
        self.held = None;
        if let Err(error) = fs::remove_dir_all(&self.path) {
            say!("note: {} is not needed any more, and cannot be removed: {error}", self.path.display());
        }
        // Those above it that hold nothing else go, too.
        remove_parents(&self.path, self.topmost.as_deref());
    }
}

impl Checkpoints for WorkFolder {
    fn folder(&self) -> Option<&Path> {
        Some(&self.path)
    }

    fn get(&self, name: &str) -> Result<Option<Vec<u8>>, String> {
        let path = self.path.join(name);
        let content = match fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(format!("{}: {error}", path.display())),
            Ok(content) => content,
        };
        let part = unsealed(&self.run, name, &content);
        part.map(|part| Some(part.to_vec()))
            .map_err(|what| format!("{} {what}; remove it, and --resume works it out again", path.display()))
    }

    fn put(&self, name: &str, content: &[u8]) -> Result<(), String> {
        write_whole(&[(&self.path.join(name), &sealed(&self.run, name, content))]).map_err(|e| e.to_string())
    }
}
