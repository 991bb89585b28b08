//! Files out: whole or not at all.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::data::DataError;

/// A name beside `path` that nothing has yet.
fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let names = (0u32..).map(|i| path.with_file_name(format!(".{name}.{}-{i}.partial", std::process::id())));
    let mut free = names.filter(|p| fs::symlink_metadata(p).is_err());
    free.next().unwrap_or_else(|| path.with_file_name(format!(".{name}.partial")))
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
    let mut partial: Vec<(PathBuf, PathBuf)> = Vec::new();
    let mut made = Vec::new();
    let mut write = |path: &Path, content: Writing<'_>| -> io::Result<()> {
        let put = |file: fs::File| -> io::Result<fs::File> {
            let mut to = io::BufWriter::with_capacity(1 << 16, file);
            content(&mut to)?;
            to.into_inner().map_err(io::IntoInnerError::into_error)
        };
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        match fs::metadata(&path) {
            Ok(found) if found.is_dir() => return Err(io::Error::new(io::ErrorKind::IsADirectory, "is a folder")),
            Ok(found) if !found.is_file() => {
                return put(fs::OpenOptions::new().write(true).create(true).truncate(true).open(&path)?).map(|_| ());
            }
            _ => {}
        }
        made.push((path.clone(), make_parents(&path)?));
        let beside = beside(&path);
        partial.push((beside.clone(), path));
        put(fs::OpenOptions::new().write(true).create_new(true).open(&beside)?)?.sync_all()
    };
    let written = files.into_iter().try_for_each(|(path, content)| write(path, content).map_err(|e| DataError::file(path, e)));
    let renamed =
        written.and_then(|()| partial.iter().try_for_each(|(from, to)| fs::rename(from, to).map_err(|e| DataError::file(to, e))));
    if renamed.is_err() {
        for (from, _) in &partial {
            let _ = fs::remove_file(from);
        }
        for (path, topmost) in &made {
            remove_parents(path, topmost.as_deref());
        }
    }
    renamed
}

/// Writes to standard output.
///
/// # Errors
/// When it is closed or full.
pub fn write_out(content: &[u8]) -> Result<(), DataError> {
    let mut out = io::stdout().lock();
    out.write_all(content).and_then(|()| out.flush()).map_err(|e| DataError::file(Path::new("standard output"), e))
}

/// The cells of a row, as text.
macro_rules! cells {
    ($($cell:expr),* $(,)?) => { [$($cell.to_string()),*] };
}
pub(crate) use cells;

/// A comma-separated table as text.
pub fn write_rows<H, R, C>(header: H, rows: R) -> Vec<u8>
where
    H: IntoIterator<Item: AsRef<[u8]>>,
    R: IntoIterator<Item = C>,
    C: IntoIterator<Item = String>,
{
    let mut text = Vec::new();
    // Writing to memory cannot fail.
    let _ = put_rows(&mut text, header, rows);
    text
}

/// Writes a comma-separated table.
///
/// # Errors
/// When it cannot be written.
pub fn put_rows<H, R, C>(to: &mut dyn Write, header: H, rows: R) -> io::Result<()>
where
    H: IntoIterator<Item: AsRef<[u8]>>,
    R: IntoIterator<Item = C>,
    C: IntoIterator<Item: AsRef<[u8]>>,
{
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(to);
    writer.write_record(header)?;
    for row in rows {
        writer.write_record(row)?;
    }
    writer.flush()
}

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
    fn put(self, path: &Path) -> io::Result<()> {
        match self {
            Content::Written(of) => {
                let mut file = io::BufWriter::new(fs::File::create(path)?);
                of(&mut file)?;
                file.flush()
            }
            // On one file system nothing has to be copied.
            Content::Of(other) => fs::hard_link(&other, path).or_else(|_| fs::copy(&other, path).map(|_| ())),
        }
    }
}

/// A folder beside a path for what is too much for memory; it goes when it is dropped.
pub struct Scratch {
    folder: PathBuf,
}

impl Scratch {
    /// A folder beside `path`, which nothing is made of before something is put there.
    pub fn beside(path: &Path) -> Self {
        Scratch { folder: beside(path) }
    }

    /// Where it is.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// A folder that is there only once all its files are: it is filled under another name, and removed if it is not finished.
pub struct NewFolder {
    target: PathBuf,
    partial: PathBuf,
    topmost: Option<PathBuf>,
    finished: bool,
}

impl NewFolder {
    /// Makes sure that nothing is there yet.
    ///
    /// # Errors
    /// When something is.
    pub fn check(target: &Path) -> Result<(), DataError> {
        if fs::symlink_metadata(target).is_ok() {
            let text = "is already there: results go into a new folder, choose another";
            return Err(DataError::file(target, io::Error::new(io::ErrorKind::AlreadyExists, text)));
        }
        Ok(())
    }

    /// Begins a folder that is not there yet.
    ///
    /// # Errors
    /// When it is there already or cannot be made.
    pub fn begin(target: &Path) -> Result<Self, DataError> {
        NewFolder::check(target)?;
        let fail = |e| DataError::file(target, e);
        let topmost = make_parents(target).map_err(fail)?;
        let partial = beside(target);
        let folder = NewFolder { target: target.to_owned(), partial, topmost, finished: false };
        fs::create_dir(&folder.partial).map_err(fail)?;
        Ok(folder)
    }

    /// Fills the folder and gives it its name.
    ///
    /// # Errors
    /// When it cannot be written; nothing is left behind.
    pub fn finish(self, files: &[(String, Vec<u8>)]) -> Result<(), DataError> {
        self.fill(files.iter().map(|(name, content)| (name.clone(), written(move |to| to.write_all(content)))).collect())
    }

    /// Fills the folder file after file and gives it its name.
    ///
    /// # Errors
    /// When it cannot be written; nothing is left behind.
    pub fn fill(mut self, files: Vec<(String, Content<'_>)>) -> Result<(), DataError> {
        let written = files
            .into_iter()
            .try_for_each(|(name, content)| {
                let path = self.partial.join(name);
                path.parent().map_or(Ok(()), fs::create_dir_all)?;
                content.put(&path)
            })
            .and_then(|()| fs::rename(&self.partial, &self.target));
        self.finished = written.is_ok();
        written.map_err(|e| DataError::file(&self.target, e))
    }
}

impl Drop for NewFolder {
    fn drop(&mut self) {
        if !self.finished {
            let _ = fs::remove_dir_all(&self.partial);
            remove_parents(&self.target, self.topmost.as_deref());
        }
    }
}
