//! Who belongs to whom: the units of each level of a population, and the covariates of subjects.

use rustc_hash::FxHashMap;

use super::meta::PopulationMeta;

/// The units of one level.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Units {
    /// Their names.
    pub names: Vec<String>,
    /// The unit of the level above that each belongs to.
    pub parents: Vec<usize>,
}

/// The units of all levels of a population, from the group (one unit) down to those whose behaviour is scored.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Design {
    /// The units of each level.
    pub levels: Vec<Units>,
    /// Which level the subjects are.
    pub subject_level: usize,
    /// The covariates of each subject, in the order of the declaration: numbers, or the index of a value.
    pub covariates: Vec<Vec<f64>>,
}

/// Why subjects do not fit a declaration.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DesignError {
    /// Not one label under every plate for each subject.
    #[error("{population} has the plates [{}]: each subject needs a label for every one", plates.join(", "))]
    Plates {
        /// The population.
        population: &'static str,
        /// Its plates.
        plates: Vec<&'static str>,
    },
    /// Not one value of every covariate for each subject.
    #[error("{population} has the covariates [{}]: each subject needs a value for every one", covariates.join(", "))]
    Covariates {
        /// The population.
        population: &'static str,
        /// Its covariates.
        covariates: Vec<&'static str>,
    },
    /// Another number of levels than the declaration's.
    #[error("{population} has {expected} levels, found {found}")]
    Levels {
        /// The population.
        population: &'static str,
        /// How many levels it has.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// A unit belongs to none that is there.
    #[error("a {level} belongs to nothing that is there")]
    Orphan {
        /// Its level.
        level: &'static str,
    },
    /// There is not one group.
    #[error("there is one {level}, found {found}")]
    Top {
        /// The topmost level.
        level: &'static str,
        /// How many units it has.
        found: usize,
    },
    /// A covariate is to be standardised that is the same for all.
    #[error("the covariate {covariate} is standardised, and is the same for all subjects")]
    Constant {
        /// The covariate.
        covariate: &'static str,
    },
    /// A covariate has a value that it cannot have.
    #[error("the covariate {covariate} of subject {subject} cannot be {value}")]
    Value {
        /// The covariate.
        covariate: &'static str,
        /// The subject.
        subject: String,
        /// The value, or the index of one.
        value: f64,
    },
}

/// The mean, and the standard deviation of a sample.
pub(crate) fn mean_and_deviation(values: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
    let n = values.clone().count() as f64;
    let mean = values.clone().sum::<f64>() / n;
    (mean, (values.map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt())
}

impl Design {
    /// Subjects without plates, sessions or covariates.
    ///
    /// # Errors
    /// When the declaration has some.
    pub fn simple(meta: &PopulationMeta, names: Vec<String>) -> Result<Self, DesignError> {
        let covariates = vec![Vec::new(); names.len()];
        Design::new(meta, names, &[], covariates)
    }

    /// Subjects with the label of each under every plate of the declaration, and their covariates. Units with one label under different
    /// units of the plate above are different units. What the declaration's formulas standardise is standardised here: minus its mean over
    /// these subjects, over its standard deviation.
    ///
    /// # Errors
    /// When labels or covariates are not those that the declaration has, or one is to be standardised that is the same for all.
    pub fn new(
        meta: &PopulationMeta,
        names: Vec<String>,
        plates: &[Vec<String>],
        covariates: Vec<Vec<f64>>,
    ) -> Result<Self, DesignError> {
        let mut design = Design::as_given(meta, names, plates, covariates)?;
        for (c, covariate) in meta.covariates.iter().enumerate().filter(|(_, covariate)| covariate.standardised) {
            let (mean, sd) = mean_and_deviation(design.covariates.iter().map(|own| own[c]));
            if sd.is_nan() || sd <= 0.0 {
                return Err(DesignError::Constant { covariate: covariate.name });
            }
            design.covariates.iter_mut().for_each(|own| own[c] = (own[c] - mean) / sd);
        }
        Ok(design)
    }

    /// The same, with covariates as they are.
    pub(crate) fn as_given(
        meta: &PopulationMeta,
        names: Vec<String>,
        plates: &[Vec<String>],
        covariates: Vec<Vec<f64>>,
    ) -> Result<Self, DesignError> {
        if plates.len() != meta.plates().len() || plates.iter().any(|labels| labels.len() != names.len()) {
            let plates = meta.plates().iter().map(|p| p.name).collect();
            return Err(DesignError::Plates { population: meta.name, plates });
        }
        if covariates.len() != names.len() || covariates.iter().any(|c| c.len() != meta.covariates.len()) {
            let covariates = meta.covariates.iter().map(|c| c.name).collect();
            return Err(DesignError::Covariates { population: meta.name, covariates });
        }
        check_covariates(meta, &names, &covariates)?;
        let mut levels = vec![Units { names: vec![meta.levels[0].name.to_string()], parents: vec![0] }];
        let mut above = vec![0; names.len()];
        for labels in plates {
            let mut units = Units::default();
            let mut known: FxHashMap<(&str, usize), usize> = FxHashMap::default();
            for (parent, label) in above.iter_mut().zip(labels) {
                *parent = *known.entry((label, *parent)).or_insert_with_key(|(_, above)| {
                    units.names.push(label.clone());
                    units.parents.push(*above);
                    units.names.len() - 1
                });
            }
            levels.push(units);
        }
        levels.push(Units { names, parents: above });
        Ok(Design { levels, subject_level: meta.subject_level, covariates })
    }

    /// Whether it is a design of this declaration: every unit belongs to one that is there, and every subject has all covariates.
    ///
    /// # Errors
    /// Says what is wrong.
    pub fn check(&self, meta: &PopulationMeta) -> Result<(), DesignError> {
        let population = meta.name;
        if self.levels.len() != meta.levels.len() || self.subject_level != meta.subject_level {
            return Err(DesignError::Levels { population, expected: meta.levels.len(), found: self.levels.len() });
        }
        let mut above = 1;
        for (units, level) in self.levels.iter().zip(meta.levels) {
            let (own, parents) = (units.names.len(), units.parents.len());
            if own != parents || units.parents.iter().any(|&parent| parent >= above) {
                return Err(DesignError::Orphan { level: level.name });
            }
            above = own;
        }
        if self.levels[0].names.len() != 1 {
            return Err(DesignError::Top { level: meta.levels[0].name, found: self.levels[0].names.len() });
        }
        let (subjects, wanted) = (self.subjects(), meta.covariates.len());
        if self.covariates.len() != subjects.len() || self.covariates.iter().any(|own| own.len() != wanted) {
            let covariates = meta.covariates.iter().map(|c| c.name).collect();
            return Err(DesignError::Covariates { population, covariates });
        }
        check_covariates(meta, subjects, &self.covariates)
    }

    /// Adds the sessions of subjects: each with its name and the place of its subject.
    #[must_use]
    pub fn with_sessions(mut self, sessions: Units) -> Self {
        self.levels.truncate(self.subject_level + 1);
        self.levels.push(sessions);
        self
    }

    /// The names of the subjects.
    pub fn subjects(&self) -> &[String] {
        &self.levels[self.subject_level].names
    }

    /// The units whose behaviour is scored.
    pub fn leaves(&self) -> &Units {
        // There is always the group.
        &self.levels[self.levels.len() - 1]
    }

    /// The unit of every level that a unit belongs to, from the group down to itself.
    pub fn path(&self, level: usize, unit: usize) -> Vec<usize> {
        let mut path = vec![unit];
        let mut at = unit;
        for l in (1..=level).rev() {
            at = self.levels[l].parents[at];
            path.push(at);
        }
        path.reverse();
        path
    }

    /// The subject that a unit of the lowest level belongs to.
    pub fn subject_of(&self, leaf: usize) -> usize {
        if self.levels.len() > self.subject_level + 1 { self.leaves().parents[leaf] } else { leaf }
    }

    /// The covariates that a unit of a level sees: its subject's; none above the subjects.
    pub fn covariates_of(&self, level: usize, unit: usize) -> &[f64] {
        match level.checked_sub(self.subject_level) {
            None => &[],
            Some(0) => &self.covariates[unit],
            Some(_) => &self.covariates[self.levels[level].parents[unit]],
        }
    }

    /// Some subjects with what is above and below them, and which units of the lowest level are their own.
    pub fn some(&self, subjects: &[usize]) -> (Design, Vec<usize>) {
        let mut kept: Vec<Vec<usize>> = vec![Vec::new(); self.levels.len()];
        kept[self.subject_level] = subjects.to_vec();
        for level in (1..=self.subject_level).rev() {
            let mut above: Vec<usize> = kept[level].iter().map(|&u| self.levels[level].parents[u]).collect();
            above.sort_unstable();
            above.dedup();
            kept[level - 1] = above;
        }
        if self.levels.len() > self.subject_level + 1 {
            let leaves = self.leaves();
            let mut asked = vec![false; self.subjects().len()];
            subjects.iter().for_each(|&s| asked[s] = true);
            kept[self.subject_level + 1] = (0..leaves.names.len()).filter(|&l| asked[leaves.parents[l]]).collect();
        }
        let places: Vec<FxHashMap<usize, usize>> =
            kept.iter().map(|units| units.iter().enumerate().map(|(i, &unit)| (unit, i)).collect()).collect();
        let place = |level: usize, unit: usize| places[level].get(&unit).copied().unwrap_or(0);
        let levels = kept.iter().enumerate().map(|(l, units)| Units {
            names: units.iter().map(|&u| self.levels[l].names[u].clone()).collect(),
            parents: units.iter().map(|&u| place(l.saturating_sub(1), self.levels[l].parents[u])).collect(),
        });
        let covariates = subjects.iter().map(|&s| self.covariates[s].clone()).collect();
        let leaves = kept[self.levels.len() - 1].clone();
        (Design { levels: levels.collect(), subject_level: self.subject_level, covariates }, leaves)
    }

    /// One subject with what is above and below it, and which units of the lowest level are its own.
    pub fn only(&self, subject: usize) -> (Design, Vec<usize>) {
        let path = self.path(self.subject_level, subject);
        let mut levels: Vec<Units> = path
            .iter()
            .enumerate()
            .map(|(l, &u)| Units { names: vec![self.levels[l].names[u].clone()], parents: vec![0] })
            .collect();
        let mut own = vec![subject];
        if self.levels.len() > self.subject_level + 1 {
            let leaves = self.leaves();
            own = (0..leaves.names.len()).filter(|&leaf| leaves.parents[leaf] == subject).collect();
            levels.push(Units { names: own.iter().map(|&l| leaves.names[l].clone()).collect(), parents: vec![0; own.len()] });
        }
        let covariates = vec![self.covariates[subject].clone()];
        (Design { levels, subject_level: self.subject_level, covariates }, own)
    }
}

/// Whether covariates have values that they can have.
fn check_covariates(meta: &PopulationMeta, names: &[String], covariates: &[Vec<f64>]) -> Result<(), DesignError> {
    for (name, values) in names.iter().zip(covariates) {
        for (covariate, &x) in meta.covariates.iter().zip(values) {
            let fits = covariate.values.map_or(x.is_finite(), |labels| x.fract() == 0.0 && x >= 0.0 && x < labels.count as f64);
            if !fits {
                return Err(DesignError::Value { covariate: covariate.name, subject: name.clone(), value: x });
            }
        }
    }
    Ok(())
}
