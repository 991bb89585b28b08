//! Folders that are there once all their files are.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::manifest::{MANIFEST, Manifest};
use super::partial::{Held, beside, make_parents, plain_name, remove_parents, sync_above, sync_all_names};
use crate::data::DataError;
use crate::seal::{Digest, Digesting};

/// Writes what a file will hold.
pub type Writing<'a> = Box<dyn FnOnce(&mut dyn Write) -> io::Result<()> + 'a>;

/// What a file will hold.
pub enum Content<'a> {
    /// Written when its turn comes, so that no two are in memory at once.
    Written(Writing<'a>),
    /// What another file holds, which is done with.
    Of(PathBuf),
}

/// Content that is worked out as a whole when its turn comes.
pub fn whole<'a>(of: impl FnOnce() -> Vec<u8> + 'a) -> Content<'a> {
    written(move |to| to.write_all(&of()))
}

/// Content that is written piece by piece when its turn comes.
pub fn written<'a>(of: impl FnOnce(&mut dyn Write) -> io::Result<()> + 'a) -> Content<'a> {
    Content::Written(Box::new(of))
}

impl Content<'_> {
    fn put(self, path: &Path) -> io::Result<Digest> {
        match self {
            Content::Written(of) => {
                let mut to = Digesting::new(io::BufWriter::new(fs::File::create(path)?));
                of(&mut to)?;
                let (to, digest) = to.finish();
                to.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
                Ok(digest)
            }
            // On one file system nothing has to be copied.
            Content::Of(other) => {
                fs::hard_link(&other, path).or_else(|_| fs::copy(&other, path).map(|_| ()))?;
                Digest::of_file(path)
            }
        }
    }
}

/// What is too much for memory, in an unfinished folder.
const SCRATCH: &str = ".scratch";

/// A folder that is there only once all its files are: it is filled under another name, and removed if it is not finished. The list of
/// checksums is its lock, empty until all else is there, so that one change of name finishes the folder and leaves nothing beside it.
pub struct NewFolder {
    target: PathBuf,
    /// Where it is filled.
    home: PathBuf,
    topmost: Option<PathBuf>,
    /// The list of checksums to be, where no other folder's lock holds this one.
    held: Option<Held>,
}

impl NewFolder {
    /// Makes sure that nothing is there yet.
    ///
    /// # Errors
    /// When something is, or the path names no new folder.
    pub fn check(target: &Path) -> Result<(), DataError> {
        if fs::symlink_metadata(target).is_ok() {
            let text = "is already there: results go into a new folder, choose another";
            return Err(DataError::file(target, io::Error::new(io::ErrorKind::AlreadyExists, text)));
        }
        plain_name(target).map(|_| ()).map_err(|e| DataError::file(target, e))
    }

    /// Begins a folder that is not there yet.
    ///
    /// # Errors
    /// When it is there already or cannot be made, or another run is making it.
    pub fn begin(target: &Path) -> Result<Self, DataError> {
        NewFolder::check(target)?;
        let fail = |e| DataError::file(target, e);
        let home = beside(target).map_err(fail)?;
        let topmost = make_parents(target).map_err(fail)?;
        let taken = NewFolder::take(&home);
        if taken.is_err() {
            remove_parents(target, topmost.as_deref());
        }
        let held = Some(taken.map_err(fail)?);
        Ok(NewFolder { target: target.to_owned(), home, topmost, held })
    }

    /// Makes the home, or takes over what a killed run has left of it.
    fn take(home: &Path) -> io::Result<Held> {
        let lock = home.join(MANIFEST);
        if let Err(error) = fs::create_dir(home) {
            let is_ours = lock.is_file() || fs::read_dir(home).is_ok_and(|mut entries| entries.next().is_none());
            if error.kind() != io::ErrorKind::AlreadyExists {
                return Err(error);
            }
            if !is_ours {
                let text = format!("{} is in the way", home.display());
                return Err(io::Error::new(io::ErrorKind::AlreadyExists, text));
            }
        }
        let held = Held::take(&lock)?;
        for left in fs::read_dir(home)? {
            let left = left?;
            if left.file_type()?.is_dir() {
                fs::remove_dir_all(left.path())?;
            } else if left.file_name() != MANIFEST {
                fs::remove_file(left.path())?;
            }
        }
        Ok(held)
    }

    /// Begins a folder that is filled inside another one, whose owner holds it and removes it.
    ///
    /// # Errors
    /// As [`NewFolder::begin`].
    pub(crate) fn begin_inside(target: &Path, home: &Path) -> Result<Self, DataError> {
        NewFolder::check(target)?;
        let home = home.join("results");
        remove_if_there(&home).map_err(|e| DataError::file(&home, e))?;
        Ok(NewFolder { target: target.to_owned(), home, topmost: None, held: None })
    }

    /// A folder for what is too much for memory: nothing is made of it before something is put there, and it goes with the unfinished one.
    pub fn scratch(&self) -> PathBuf {
        self.home.join(SCRATCH)
    }

    /// Fills the folder and gives it its name.
    ///
    /// # Errors
    /// When it cannot be written; nothing is left behind.
    pub fn finish(self, files: &[(String, Vec<u8>)]) -> Result<(), DataError> {
        self.fill(None, files.iter().map(|(name, content)| (name.clone(), written(move |to| to.write_all(content)))).collect())
    }

    /// Fills the folder file after file, with a list of checksums, and gives it its name.
    ///
    /// # Errors
    /// When it cannot be written; nothing is left behind.
    pub fn fill(mut self, run: Option<Digest>, files: Vec<(String, Content<'_>)>) -> Result<(), DataError> {
        let mut manifest = Manifest::new(run);
        let put = |(name, of): (String, Content<'_>)| -> io::Result<()> {
            let path = self.home.join(&name);
            path.parent().map_or(Ok(()), fs::create_dir_all)?;
            manifest.list(&name, of.put(&path)?);
            Ok(())
        };
        let filled = fs::create_dir_all(&self.home).and_then(|()| files.into_iter().try_for_each(put));
        let filled = filled.and_then(|()| remove_if_there(&self.scratch())).and_then(|()| self.list(&manifest));
        // Others may have put something there meanwhile.
        filled.map_err(|e| DataError::file(&self.target, e)).and_then(|()| NewFolder::check(&self.target))?;
        // Windows renames no folder in which a file is open.
        if cfg!(not(unix)) {
            self.held = None;
        }
        let named = sync_all_names(&self.home).and_then(|()| fs::rename(&self.home, &self.target));
        let named = named.and_then(|()| sync_above(&self.target, self.topmost.as_deref()));
        named.map_err(|e| DataError::file(&self.target, e))
    }

    /// Writes the list of checksums.
    fn list(&mut self, manifest: &Manifest) -> io::Result<()> {
        let text = manifest.text().into_bytes();
        match &mut self.held {
            Some(held) => held.file.write_all(&text).and_then(|()| held.file.sync_all()),
            None => whole(move || text).put(&self.home.join(MANIFEST)).map(|_| ()),
        }
    }
}

/// Removes a folder with all that is in it, if it is there.
fn remove_if_there(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

impl Drop for NewFolder {
    fn drop(&mut self) {
        // Windows removes no file that is open.
        self.held = None;
        // There is none any more where the folder is finished.
        let _ = fs::remove_dir_all(&self.home);
        // Only those that hold nothing.
        remove_parents(&self.target, self.topmost.as_deref());
    }
}
