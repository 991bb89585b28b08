//! Draws in files, one for each chain and parameter: what a Zarr store has as chunks `[chain][draw][unit][element]`, uncompressed. They are
//! written as draws come, and read in blocks of numbers.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use serde::{Deserialize, Serialize};

use super::error::FitError;
use crate::posterior::Layout;
use crate::seal::{Digest, Digesting};

/// Numbers that are read together.
const BLOCK: usize = 128;

/// Blocks that are kept at hand.
const BLOCKS: usize = 16;

/// Where the numbers of one parameter lie among those of a draw: `len` of each of so many units, `stride` apart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Strip {
    pub name: String,
    start: usize,
    stride: usize,
    len: usize,
    units: usize,
    /// The dimensions of the array beside that of chains.
    axes: usize,
}

/// The files of some draws.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Filed {
    /// The folder of the store.
    pub store: String,
    strips: Vec<Strip>,
    /// The digests of the files, `[chain][strip]`.
    digests: Vec<Vec<Digest>>,
    /// `[chain][strip]`.
    #[serde(skip)]
    files: Vec<Vec<(PathBuf, File)>>,
    /// Blocks of numbers, `[number][chain][draw]`, by the first of them; those used last first.
    #[serde(skip)]
    blocks: Mutex<Vec<(usize, Arc<Vec<f64>>)>>,
    /// Why something could not be read.
    #[serde(skip)]
    failure: Mutex<Option<String>>,
}

impl Strip {
    /// The place of a chain's file in its store.
    pub fn chunk(&self, chain: usize) -> String {
        format!("posterior/{}/{chain}{}", self.name, ".0".repeat(self.axes))
    }

    /// The numbers of a draw.
    fn width(&self) -> usize {
        self.units * self.len
    }

    /// The units that have some of a range of numbers.
    fn units_in(&self, from: usize, to: usize) -> std::ops::Range<usize> {
        let last = (to.saturating_sub(self.start)).div_ceil(self.stride.max(1)).min(self.units);
        (from.saturating_sub(self.start) / self.stride.max(1)).min(last)..last
    }
}

#[cfg(unix)]
fn read_at(file: &File, bytes: &mut [u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, at)
}

#[cfg(not(unix))]
fn read_at(file: &File, bytes: &mut [u8], at: u64) -> io::Result<()> {
    use std::io::{Read, Seek};
    // Handles of one file share their place in it: each reader has its own.
    let mut file = file.try_clone()?;
    file.seek(io::SeekFrom::Start(at))?;
    file.read_exact(bytes)
}

impl Filed {
    /// No files yet.
    pub fn new(layout: &Layout, store: String) -> Self {
        let mut strips = Vec::new();
        for (level, section) in layout.meta.levels.iter().enumerate().filter(|(l, _)| layout.units(*l) > 0) {
            let own = layout.members_of(level, 0);
            let mut start = own.start;
            for parameter in section.parameters {
                let axes = 1 + usize::from(level > 0) + parameter.dimensions.len();
                let (units, len) = (layout.units(level), parameter.len());
                strips.push(Strip { name: parameter.name.into(), start, stride: own.len(), len, units, axes });
                start += len;
            }
        }
        Filed { store, strips, ..Filed::default() }
    }

    /// The path of each file with its place in a store.
    pub fn chunks(&self) -> impl Iterator<Item = (String, &Path)> {
        self.files.iter().enumerate().flat_map(move |(chain, files)| {
            self.strips.iter().zip(files).map(move |(strip, (path, _))| (strip.chunk(chain), path.as_path()))
        })
    }

    /// Begins the files of a chain.
    pub(super) fn create(&self, folder: &Path, chain: usize) -> io::Result<Files> {
        let make = |strip: &Strip| {
            let path = folder.join(&self.store).join(strip.chunk(chain));
            path.parent().map_or(Ok(()), fs::create_dir_all)?;
            Ok(Digesting::new(BufWriter::with_capacity(1 << 16, File::create(path)?)))
        };
        let files = self.strips.iter().map(make).collect::<io::Result<_>>()?;
        Ok(Files { strips: self.strips.clone(), files })
    }

    /// The same with the digests of the files of each chain.
    pub fn with(self, digests: Vec<Vec<Digest>>) -> Self {
        Filed { digests, ..self }
    }

    /// Whether the files are open.
    pub fn is_open(&self) -> bool {
        !self.files.is_empty()
    }

    /// Whether they are files of so many chains of units that lie like this.
    pub fn is_of(&self, layout: &Layout, chains: usize) -> bool {
        let expected = Filed::new(layout, String::new());
        let of_all = |digests: &Vec<Digest>| digests.len() == self.strips.len();
        self.strips == expected.strips && self.digests.len() == chains && self.digests.iter().all(of_all)
    }

    /// The files of a store, opened.
    ///
    /// # Errors
    /// Names the one that is missing, of another size, or not what was written.
    pub fn opened(&self, store: &Path, chains: usize, draws: usize) -> Result<Self, FitError> {
        let open = |chain: usize, (s, strip): (usize, &Strip)| {
            let path = store.join(strip.chunk(chain));
            let failed = |what: String| FitError::Stored(format!("{}: {what}", path.display()));
            let file = File::open(&path).map_err(|e| failed(e.to_string()))?;
            let found = file.metadata().map_err(|e| failed(e.to_string()))?.len();
            let expected = (draws as u64).saturating_mul(8 * strip.width() as u64);
            if found != expected {
                return Err(failed(format!("has {found} bytes, expected {expected}: {draws} draws of {}", strip.name)));
            }
            let digest = Digest::of_file(&path).map_err(|e| failed(e.to_string()))?;
            if self.digests.get(chain).and_then(|of| of.get(s)) != Some(&digest) {
                return Err(failed("holds other draws than were written: it was edited, swapped or damaged".into()));
            }
            Ok((path, file))
        };
        let of = |chain| self.strips.iter().enumerate().map(|strip| open(chain, strip)).collect::<Result<Vec<_>, _>>();
        let files = (0..chains).map(of).collect::<Result<_, _>>()?;
        let (store, strips, digests) = (self.store.clone(), self.strips.clone(), self.digests.clone());
        Ok(Filed { store, strips, digests, files, ..Filed::default() })
    }

    /// Some numbers of a file, from one of them on; not a number where they cannot be read.
    fn read(&self, (chain, strip): (usize, usize), from: usize, bytes: &mut [u8]) {
        let found = match self.files.get(chain).and_then(|files| files.get(strip)) {
            Some((path, file)) => read_at(file, bytes, 8 * from as u64).map_err(|e| format!("{}: {e}", path.display())),
            None => Err(format!("the file of chain {chain} and {} is not open", self.strips[strip].name)),
        };
        if let Err(what) = found {
            bytes.chunks_exact_mut(8).for_each(|x| x.copy_from_slice(&f64::NAN.to_le_bytes()));
            if let Ok(mut failure) = self.failure.lock() {
                failure.get_or_insert(what);
            }
        }
    }

    /// Calls `put` with each number of a draw from one on to another.
    fn each(
        &self,
        (chain, draw): (usize, usize),
        (from, to): (usize, usize),
        bytes: &mut Vec<u8>,
        mut put: impl FnMut(usize, f64),
    ) {
        for (s, strip) in self.strips.iter().enumerate() {
            let units = strip.units_in(from, to);
            if units.is_empty() || strip.len == 0 {
                continue;
            }
            bytes.resize(8 * units.len() * strip.len, 0);
            self.read((chain, s), draw * strip.width() + units.start * strip.len, bytes);
            for (i, x) in bytes.chunks_exact(8).enumerate() {
                let number = strip.start + (units.start + i / strip.len) * strip.stride + i % strip.len;
                if (from..to).contains(&number) {
                    put(number, f64::from_le_bytes(x.try_into().unwrap_or([0; 8])));
                }
            }
        }
    }

    /// One draw.
    pub fn row(&self, width: usize, chain: usize, draw: usize) -> Vec<f64> {
        let mut row = vec![f64::NAN; width];
        self.each((chain, draw), (0, width), &mut Vec::new(), |number, x| row[number] = x);
        row
    }

    /// One number of one draw.
    pub fn number(&self, chain: usize, draw: usize, number: usize) -> f64 {
        let mut found = f64::NAN;
        self.each((chain, draw), (number, number + 1), &mut Vec::new(), |_, x| found = x);
        found
    }

    /// All draws of one number, chain after chain; those of its neighbours are read with it, and kept at hand.
    pub fn column(&self, (chains, draws, width): (usize, usize, usize), number: usize) -> Vec<f64> {
        let count = chains * draws;
        let from = number - number % BLOCK;
        let at = (number - from) * count;
        let known = self.blocks.lock().ok().and_then(|mut blocks| {
            let found = blocks.iter().position(|b| b.0 == from)?;
            let block = blocks.remove(found);
            blocks.insert(0, block.clone());
            Some(block.1)
        });
        if let Some(block) = known {
            return block[at..at + count].to_vec();
        }
        let to = (from + BLOCK).min(width);
        let mut block = vec![f64::NAN; (to - from) * count];
        let mut bytes = Vec::new();
        for (i, place) in (0..chains).flat_map(|c| (0..draws).map(move |d| (c, d))).enumerate() {
            self.each(place, (from, to), &mut bytes, |number, x| block[(number - from) * count + i] = x);
        }
        let column = block[at..at + count].to_vec();
        if let Ok(mut blocks) = self.blocks.lock() {
            blocks.insert(0, (from, Arc::new(block)));
            blocks.truncate(BLOCKS);
        }
        column
    }

    /// Whether everything that was asked for could be read.
    ///
    /// # Errors
    /// Says what could not.
    pub fn check(&self) -> Result<(), FitError> {
        let failure = self.failure.lock().ok().and_then(|f| f.clone());
        failure.map_or(Ok(()), |what| Err(FitError::Stored(what)))
    }
}

/// The files of one chain while draws come.
pub(super) struct Files {
    strips: Vec<Strip>,
    files: Vec<Digesting<BufWriter<File>>>,
}

impl Files {
    /// Adds a draw.
    pub fn push(&mut self, numbers: &[f64]) -> io::Result<()> {
        for (strip, file) in self.strips.iter().zip(&mut self.files) {
            for unit in 0..strip.units {
                let from = strip.start + unit * strip.stride;
                for x in &numbers[from..from + strip.len] {
                    file.write_all(&x.to_le_bytes())?;
                }
            }
        }
        Ok(())
    }

    /// Writes what is left; gives the digest of each file.
    pub fn end(self) -> io::Result<Vec<Digest>> {
        let end = |file: Digesting<BufWriter<File>>| {
            let (file, digest) = file.finish();
            file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all().map(|()| digest)
        };
        self.files.into_iter().map(end).collect()
    }
}
