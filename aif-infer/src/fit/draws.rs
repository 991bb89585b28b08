//! The draws of one density: in memory, or, where they are many, in files.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::error::FitError;
use super::filed::{Filed, Files};
use crate::posterior::Layout;
use crate::seal::Digest;

/// Draws of all numbers of some units.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Draws {
    /// The number of chains.
    pub chains: usize,
    /// The number of draws of each.
    pub draws: usize,
    /// How many numbers each draw has.
    pub width: usize,
    numbers: Numbers,
}

/// `[chain][draw][number]`; shared by all who look at them.
#[derive(Clone, Debug, Serialize, Deserialize)]
enum Numbers {
    #[serde(with = "shared")]
    Held(Arc<Vec<f64>>),
    #[serde(with = "shared")]
    Filed(Arc<Filed>),
}

/// What is shared is stored as it is.
mod shared {
    use std::sync::Arc;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<T: Serialize, S: Serializer>(numbers: &Arc<T>, to: S) -> Result<S::Ok, S::Error> {
        T::serialize(numbers, to)
    }

    pub fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<Arc<T>, D::Error> {
        T::deserialize(from).map(Arc::new)
    }
}

impl Default for Numbers {
    fn default() -> Self {
        Numbers::Held(Arc::default())
    }
}

impl PartialEq for Numbers {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Numbers::Held(a), Numbers::Held(b)) => a == b,
            (Numbers::Filed(a), Numbers::Filed(b)) => Arc::ptr_eq(a, b),
            _ => false,
        }
    }
}

impl Draws {
    /// Draws in memory, `[chain][draw][number]`.
    pub(super) fn held(chains: usize, draws: usize, width: usize, numbers: Vec<f64>) -> Self {
        Draws { chains, draws, width, numbers: Numbers::Held(Arc::new(numbers)) }
    }

    /// One draw.
    pub fn get(&self, chain: usize, draw: usize) -> Cow<'_, [f64]> {
        match &self.numbers {
            Numbers::Held(numbers) => {
                let start = (chain * self.draws + draw) * self.width;
                Cow::Borrowed(&numbers[start..start + self.width])
            }
            Numbers::Filed(filed) => Cow::Owned(filed.row(self.width, chain, draw)),
        }
    }

    /// One number of one draw.
    pub fn number(&self, chain: usize, draw: usize, number: usize) -> f64 {
        match &self.numbers {
            Numbers::Held(numbers) => numbers[(chain * self.draws + draw) * self.width + number],
            Numbers::Filed(filed) => filed.number(chain, draw, number),
        }
    }

    /// All draws of one number, chain by chain.
    pub fn of(&self, number: usize) -> Vec<Vec<f64>> {
        match &self.numbers {
            Numbers::Held(_) => (0..self.chains).map(|c| (0..self.draws).map(|d| self.number(c, d, number)).collect()).collect(),
            Numbers::Filed(filed) => {
                let all = filed.column((self.chains, self.draws, self.width), number);
                all.chunks(self.draws.max(1)).map(<[f64]>::to_vec).collect()
            }
        }
    }

    /// One draw, counted over all chains.
    pub fn at(&self, i: usize) -> Cow<'_, [f64]> {
        self.get(i / self.draws, i % self.draws)
    }

    /// Which draws, counted over all chains, are at most so many, evenly spaced.
    pub fn spaced(&self, count: usize) -> Vec<usize> {
        let total = self.chains * self.draws;
        let kept = count.min(total);
        (0..kept).map(|i| i * total / kept).collect()
    }

    /// These draws.
    pub fn some(&self, count: usize) -> Vec<Cow<'_, [f64]>> {
        self.spaced(count).into_iter().map(|i| self.at(i)).collect()
    }

    /// The files that hold the draws, where they are in files.
    pub(crate) fn files(&self) -> Option<&Filed> {
        match &self.numbers {
            Numbers::Held(_) => None,
            Numbers::Filed(filed) => Some(filed),
        }
    }

    /// Opens the files of draws that were stored, below a folder.
    ///
    /// # Errors
    /// Names the file that is missing or not what was written.
    pub(super) fn open(&mut self, folder: Option<&Path>) -> Result<(), FitError> {
        let Some(store) = self.files().filter(|filed| !filed.is_open()).map(|filed| filed.store.clone()) else { return Ok(()) };
        let folder = folder.ok_or_else(|| FitError::Stored("draws are in files, but there is no folder of them".into()))?;
        self.open_in(folder, &store)
    }

    /// The same from a store of another name.
    ///
    /// # Errors
    /// As [`Draws::open`].
    pub(crate) fn open_in(&mut self, folder: &Path, store: &str) -> Result<(), FitError> {
        if let Numbers::Filed(filed) = &self.numbers {
            self.numbers = Numbers::Filed(Arc::new(filed.opened(&folder.join(store), self.chains, self.draws)?));
        }
        Ok(())
    }

    /// Whether there are as many numbers as there are said to be, of units that lie like this.
    pub(super) fn is_of(&self, layout: &Layout) -> bool {
        let Draws { chains, draws, width, numbers } = self;
        if *width == 0 {
            return (*chains == 0 || *draws == 0) && *chains <= 1 && matches!(numbers, Numbers::Held(held) if held.is_empty());
        }
        let count = chains.checked_mul(*draws).and_then(|n| n.checked_mul(*width));
        *width == layout.members()
            && match numbers {
                Numbers::Held(held) => count == Some(held.len()) && *chains <= held.len().max(1),
                Numbers::Filed(filed) => count.is_some() && filed.is_of(layout, *chains),
            }
    }

    /// Whether every draw that was asked for could be read.
    ///
    /// # Errors
    /// When a file broke off.
    pub fn check(&self) -> Result<(), FitError> {
        self.files().map_or(Ok(()), Filed::check)
    }
}

/// Where draws are put as they come, chain by chain.
pub(super) struct Gathered {
    chains: usize,
    draws: usize,
    width: usize,
    /// The folder of files, and the store's name there; `None`: memory.
    files: Option<(PathBuf, Filed)>,
}

/// The draws of one chain as they come.
pub(super) enum Gathering {
    Held(Vec<f64>),
    Files(Files),
}

/// The draws of one chain when all are there: in memory, or in files with these digests.
pub(super) enum Ended {
    Held(Vec<f64>),
    Files(Vec<Digest>),
}

impl Gathered {
    /// A place for so many draws: files in a folder, or memory.
    pub fn new(layout: &Layout, (chains, draws): (usize, usize), name: &str, folder: Option<&Path>) -> Self {
        let width = layout.members();
        let files = folder.map(|folder| (folder.to_owned(), Filed::new(layout, format!("posterior.zarr{name}"))));
        Gathered { chains, draws, width, files }
    }

    /// Whether draws go into files.
    pub fn is_filed(&self) -> bool {
        self.files.is_some()
    }

    /// Begins a chain.
    ///
    /// # Errors
    /// When a file cannot be made.
    pub fn begin(&self, chain: usize) -> Result<Gathering, FitError> {
        match &self.files {
            None => Ok(Gathering::Held(Vec::with_capacity(self.width * self.draws))),
            Some((folder, filed)) => filed.create(folder, chain).map(Gathering::Files).map_err(unwritten),
        }
    }

    /// Puts chains together; those in files are there already.
    ///
    /// # Errors
    /// When a file is missing, or not what was written.
    pub fn finish(self, ended: impl IntoIterator<Item = Ended>) -> Result<Draws, FitError> {
        let Gathered { chains, draws, width, files } = self;
        let (mut held, mut digests) = (Vec::new(), Vec::new());
        for chain in ended {
            match chain {
                Ended::Held(own) if held.is_empty() => held = own,
                Ended::Held(own) => held.extend(own),
                Ended::Files(own) => digests.push(own),
            }
        }
        let Some((folder, filed)) = files else { return Ok(Draws::held(chains, draws, width, held)) };
        let mut all = Draws { chains, draws, width, numbers: Numbers::Filed(Arc::new(filed.with(digests))) };
        all.open(Some(&folder))?;
        Ok(all)
    }
}

impl Gathering {
    /// Adds a draw.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn push(&mut self, numbers: &[f64]) -> Result<(), FitError> {
        match self {
            Gathering::Held(all) => all.extend_from_slice(numbers),
            Gathering::Files(files) => files.push(numbers).map_err(unwritten)?,
        }
        Ok(())
    }

    /// Ends a chain.
    ///
    /// # Errors
    /// When its files cannot be written.
    pub fn end(self) -> Result<Ended, FitError> {
        match self {
            Gathering::Held(all) => Ok(Ended::Held(all)),
            Gathering::Files(files) => files.end().map(Ended::Files).map_err(unwritten),
        }
    }
}

fn unwritten(error: std::io::Error) -> FitError {
    FitError::Stored(format!("draws cannot be written: {error}"))
}
