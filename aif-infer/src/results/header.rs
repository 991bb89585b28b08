//! What a fit is a fit of, and how it was made.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::fit::{FitError, Method, PredictiveOptions};
use crate::output::{MANIFEST, Manifest};
use crate::population::{Design, PopulationMeta, Units};
use crate::seal::Digest;

/// The name of the header in its folder.
pub(crate) const HEADER: &str = "fit.json";

/// The version of the folder's form.
const VERSION: u32 = 6;

/// What a fit is a fit of, and how it was made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// The version of the folder's form.
    pub version: u32,
    /// The population's name.
    pub population: String,
    /// The labels and priors of all parameters of each level, to tell a changed declaration.
    pub labels: Vec<(String, Vec<String>)>,
    /// The declaration of the behaviour in lines, as far as it describes itself.
    pub declaration: Vec<String>,
    /// The method and its options.
    pub method: Method,
    /// What was predicted from the draws.
    pub predictive: PredictiveOptions,
    /// The agents' options, as JSON.
    pub agents: String,
    /// What they come to, in words.
    #[serde(default)]
    pub in_words: String,
    /// A mark of the data: equal data have equal marks.
    pub data: String,
    /// The units of each level: names, and which unit above they belong to.
    pub units: Vec<(Vec<String>, Vec<usize>)>,
    /// The covariates of each subject.
    pub covariates: Vec<Vec<f64>>,
    /// Which shard it is of how many; `None` for a whole fit.
    pub shard: Option<(usize, usize)>,
}

impl Header {
    /// The header of a fit to be.
    pub fn new(
        meta: &PopulationMeta,
        design: &Design,
        method: Method,
        predictive: PredictiveOptions,
        agents: String,
        data: String,
    ) -> Self {
        Header {
            version: VERSION,
            population: meta.name.into(),
            labels: labels(meta),
            declaration: Vec::new(),
            method,
            predictive,
            agents,
            in_words: String::new(),
            data,
            units: design.levels.iter().map(|u| (u.names.clone(), u.parents.clone())).collect(),
            covariates: design.covariates.clone(),
            shard: None,
        }
    }

    /// Who belongs to whom.
    pub fn design(&self, meta: &PopulationMeta) -> Design {
        let levels = self.units.iter().map(|(names, parents)| Units { names: names.clone(), parents: parents.clone() }).collect();
        Design { levels, subject_level: meta.subject_level, covariates: self.covariates.clone() }
    }

    /// As JSON.
    pub fn json(&self) -> Vec<u8> {
        serde_json::to_vec_pretty(self).unwrap_or_default()
    }

    /// The digest of the run: of declaration, data, options and seed, all of which are described here.
    pub fn digest(&self) -> Digest {
        Digest::of(&self.json())
    }

    /// Reads the header of a folder, and the list of its files.
    ///
    /// # Errors
    /// When there is none, it is of another version, it is not as it was written, or the folder's files are of another run.
    pub fn read(folder: &Path) -> Result<(Self, Manifest), FitError> {
        let path = folder.join(HEADER);
        let wrong = |what: String| FitError::Stored(format!("{}: {what}", path.display()));
        let found = std::fs::metadata(&path).map_err(|e| wrong(format!("{e}; expected the folder of a fit")))?;
        if !found.is_file() {
            return Err(wrong("is no plain file; expected the folder of a fit".into()));
        }
        let content = std::fs::read(&path).map_err(|e| wrong(e.to_string()))?;
        let header = Header::parse(&content).map_err(wrong)?;
        let manifest = Manifest::read(folder).map_err(|e| FitError::Stored(e.to_string()))?;
        if manifest.run != Some(header.digest()) {
            let list = folder.join(MANIFEST);
            return Err(wrong(format!("is of another run than {} lists: one of them was edited or swapped", list.display())));
        }
        manifest.check(folder, HEADER).map_err(|e| FitError::Stored(e.to_string()))?;
        Ok((header, manifest))
    }

    /// A header from its JSON.
    ///
    /// # Errors
    /// When it is none, or of another version.
    pub fn parse(content: &[u8]) -> Result<Self, String> {
        /// What every version has.
        #[derive(Deserialize)]
        struct Versioned {
            version: u32,
        }
        let none = |e: serde_json::Error| format!("is no description of a fit: {e}");
        match serde_json::from_slice::<Versioned>(content).map_err(none)?.version {
            VERSION => serde_json::from_slice(content).map_err(none),
            other => Err(format!("has version {other}, this program reads version {VERSION}")),
        }
    }

    /// Whether it is a fit of this declaration.
    ///
    /// # Errors
    /// Says what is different.
    pub fn check(&self, meta: &PopulationMeta) -> Result<(), FitError> {
        if self.population != meta.name {
            return Err(FitError::Stored(format!("is a fit of {}, not of {}", self.population, meta.name)));
        }
        let own = labels(meta);
        if self.labels != own {
            let pair = self.labels.iter().zip(&own).find(|(a, b)| a != b);
            let words = |l: &(String, Vec<String>)| format!("{} {{ {} }}", l.0, l.1.join(", "));
            let what = pair
                .map_or("another number of levels".to_string(), |(a, b)| format!("{} where there is now {}", words(a), words(b)));
            return Err(FitError::Stored(format!("was made with another declaration of {}: {what}", meta.name)));
        }
        self.design(meta).check(meta).map_err(|e| FitError::Stored(format!("{HEADER} describes no group: {e}")))
    }

    /// Whether the behaviour is declared as it was.
    ///
    /// # Errors
    /// Says what is different.
    pub fn check_declaration(&self, own: &[String]) -> Result<(), FitError> {
        if self.declaration == own {
            return Ok(());
        }
        let lines = self.declaration.len().max(own.len());
        let line = |of: &[String], i: usize| of.get(i).map_or("nothing".to_string(), |line| format!("`{line}`"));
        let first = (0..lines).find(|&i| self.declaration.get(i) != own.get(i)).unwrap_or(0);
        let (was, is) = (line(&self.declaration, first), line(own, first));
        Err(FitError::Stored(format!("was made with another declaration of the behaviour: {was} where there is now {is}")))
    }
}

fn labels(meta: &PopulationMeta) -> Vec<(String, Vec<String>)> {
    // What was declared, not only how it is called: another prior makes another posterior.
    let said = |p: &crate::population::Parameter| {
        let labels: Vec<String> = (0..p.len()).map(|e| p.label(e)).collect();
        format!("{} {}", labels.join(" "), p.prior)
    };
    let level = |l: &crate::population::Level| (l.name.to_string(), l.parameters.iter().map(said).collect());
    meta.levels.iter().map(level).collect()
}
