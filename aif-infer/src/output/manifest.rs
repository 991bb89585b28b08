//! The list of a folder's files with their checksums, in the form that `sha256sum --check` reads.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::io;
use std::path::{Component, Path};

use crate::data::DataError;
use crate::seal::Digest;

/// The name of the list in its folder.
pub const MANIFEST: &str = "checksums.sha256";

/// The files of a folder, and the run that they are of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manifest {
    /// The run; `None` where nothing is read back.
    pub run: Option<Digest>,
    files: BTreeMap<String, Digest>,
}

fn wrong(folder: &Path, name: &str, what: impl Into<String>) -> DataError {
    DataError::file(&folder.join(name), io::Error::new(io::ErrorKind::InvalidData, what.into()))
}

impl Manifest {
    /// No files yet.
    pub fn new(run: Option<Digest>) -> Self {
        Manifest { run, files: BTreeMap::new() }
    }

    /// Lists a file, or another content of it.
    pub fn list(&mut self, name: &str, digest: Digest) {
        self.files.insert(name.to_owned(), digest);
    }

    /// Whether a file is listed.
    pub fn lists(&self, name: &str) -> bool {
        self.files.contains_key(name)
    }

    /// As text: the run, the files, and a checksum of these lines.
    pub fn text(&self) -> String {
        let mut text = String::from("# aif");
        if let Some(run) = &self.run {
            let _ = write!(text, ", run {run}");
        }
        text.push('\n');
        for (name, digest) in &self.files {
            let _ = writeln!(text, "{digest}  {name}");
        }
        let lines = Digest::of(text.as_bytes());
        let _ = writeln!(text, "# {lines} of the lines above");
        text
    }

    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let first = lines.next()?.strip_prefix("# aif")?;
        let run = match first.strip_prefix(", run ") {
            Some(run) => Some(Digest::parse(run)?),
            None => None,
        };
        let mut manifest = Manifest::new(run);
        for line in lines.take_while(|line| !line.starts_with('#')) {
            let (digest, name) = line.split_once("  ")?;
            let plain = Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
            if !plain || manifest.files.insert(name.to_owned(), Digest::parse(digest)?).is_some() {
                return None;
            }
        }
        // Whatever is different in the text is different in what is written again.
        (manifest.text() == text).then_some(manifest)
    }

    /// Reads the list of a folder.
    ///
    /// # Errors
    /// When there is none, or it is not as it was written.
    pub fn read(folder: &Path) -> Result<Self, DataError> {
        let bytes = plain_content(folder, MANIFEST)?;
        let text = String::from_utf8(bytes).ok();
        text.and_then(|text| Manifest::parse(&text)).ok_or_else(|| {
            wrong(
                folder,
                MANIFEST,
                "is damaged or was edited: its last line is no checksum of those above, so that no file can be told from another",
            )
        })
    }

    /// Whether a listed file is as it was written.
    ///
    /// # Errors
    /// Names it where it is not, or is not there.
    pub fn check(&self, folder: &Path, name: &str) -> Result<(), DataError> {
        let listed = self.listed(folder, name)?;
        let path = folder.join(name);
        is_plain(&path).map_err(|e| DataError::file(&path, e))?;
        let found = Digest::of_file(&path).map_err(|e| DataError::file(&path, e))?;
        if found == *listed { Ok(()) } else { Err(changed(folder, name)) }
    }

    /// Whether all listed files that are there are as they were written, but for one that is to be written anew.
    ///
    /// # Errors
    /// Names the first that is not.
    pub fn check_all(&self, folder: &Path, but: Option<&str>) -> Result<(), DataError> {
        let there = |name: &&String| but != Some(name.as_str()) && fs::symlink_metadata(folder.join(name)).is_ok();
        self.files.keys().filter(there).try_for_each(|name| self.check(folder, name))
    }

    /// What a listed file holds.
    ///
    /// # Errors
    /// Names it where it is not there, or not as it was written.
    pub fn content(&self, folder: &Path, name: &str) -> Result<Vec<u8>, DataError> {
        let listed = self.listed(folder, name)?;
        let bytes = plain_content(folder, name)?;
        if Digest::of(&bytes) == *listed { Ok(bytes) } else { Err(changed(folder, name)) }
    }

    fn listed(&self, folder: &Path, name: &str) -> Result<&Digest, DataError> {
        self.files.get(name).ok_or_else(|| wrong(folder, name, format!("is not among the files of this folder ({MANIFEST})")))
    }
}

fn changed(folder: &Path, name: &str) -> DataError {
    let what = format!("is not what was written: it was edited, swapped or damaged (its checksum is not that in {MANIFEST})");
    wrong(folder, name, what)
}

/// A plain file can be read to its end; what is none (a pipe, a device) may have no end.
fn is_plain(path: &Path) -> io::Result<()> {
    if fs::metadata(path)?.is_file() { Ok(()) } else { Err(io::Error::new(io::ErrorKind::InvalidInput, "is no plain file")) }
}

fn plain_content(folder: &Path, name: &str) -> Result<Vec<u8>, DataError> {
    let path = folder.join(name);
    is_plain(&path).and_then(|()| fs::read(&path)).map_err(|e| DataError::file(&path, e))
}

#[cfg(test)]
mod tests {
    use super::Manifest;
    use crate::seal::Digest;

    #[test]
    fn a_list_is_read_as_it_was_written_or_not_at_all() {
        let mut manifest = Manifest::new(Some(Digest::of(b"run")));
        manifest.list("fit.bin", Digest::of(b"1"));
        manifest.list("posterior.zarr/posterior/z/0.0", Digest::of(b"2"));
        let text = manifest.text();
        assert_eq!(Manifest::parse(&text), Some(manifest));
        for (at, _) in text.char_indices() {
            let mut changed = text.clone().into_bytes();
            changed[at] ^= 1;
            assert_eq!(Manifest::parse(&String::from_utf8_lossy(&changed)), None, "character {at}");
            assert_eq!(Manifest::parse(&text[..at]), None, "{at} characters");
        }
        let mut outside = Manifest::new(None);
        outside.list("../elsewhere", Digest::of(b"3"));
        assert_eq!(Manifest::parse(&outside.text()), None);
    }
}
