//! What a fit is a fit of, and how it was made.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::fit::{FitError, Method, PredictiveOptions};
use crate::population::{Design, PopulationMeta, Units};

/// The version of the folder's form.
const VERSION: u32 = 3;

/// What a fit is a fit of, and how it was made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// The version of the folder's form.
    pub version: u32,
    /// The population's name.
    pub population: String,
    /// The labels and priors of all parameters of each level, to tell a changed declaration.
    pub labels: Vec<(String, Vec<String>)>,
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

    /// Reads the header of a folder.
    ///
    /// # Errors
    /// When there is none, or it is of another version.
    pub fn read(folder: &Path) -> Result<Self, FitError> {
        let path = folder.join("fit.json");
        let wrong = |what: String| FitError::Stored(format!("{}: {what}", path.display()));
        let content = std::fs::read(&path).map_err(|e| wrong(format!("{e}; expected the folder of a fit")))?;
        let header: Header = serde_json::from_slice(&content).map_err(|e| wrong(format!("is no description of a fit: {e}")))?;
        if header.version != VERSION {
            return Err(wrong(format!("has version {}, this program reads version {VERSION}", header.version)));
        }
        Ok(header)
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
        Ok(())
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
