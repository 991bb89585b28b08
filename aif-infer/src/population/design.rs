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
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct DesignError(pub String);

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
    /// units of the plate above are different units.
    ///
    /// # Errors
    /// When labels or covariates are not those that the declaration has.
    pub fn new(
        meta: &PopulationMeta,
        names: Vec<String>,
        plates: &[Vec<String>],
        covariates: Vec<Vec<f64>>,
    ) -> Result<Self, DesignError> {
        let wrong = |what: String| Err(DesignError(what));
        if plates.len() != meta.plates().len() || plates.iter().any(|labels| labels.len() != names.len()) {
            let wanted: Vec<&str> = meta.plates().iter().map(|p| p.name).collect();
            return wrong(format!(
                "{} has the plates [{}]: each subject needs a label for every one",
                meta.name,
                wanted.join(", ")
            ));
        }
        let wanted: Vec<&str> = meta.covariates.iter().map(|c| c.name).collect();
        if covariates.len() != names.len() || covariates.iter().any(|c| c.len() != wanted.len()) {
            return wrong(format!(
                "{} has the covariates [{}]: each subject needs a value for every one",
                meta.name,
                wanted.join(", ")
            ));
        }
        for (name, values) in names.iter().zip(&covariates) {
            for (covariate, &x) in meta.covariates.iter().zip(values) {
                let fits =
                    covariate.values.map_or(x.is_finite(), |labels| x.fract() == 0.0 && x >= 0.0 && x < labels.count as f64);
                if !fits {
                    return wrong(format!("the covariate {} of subject {name} cannot be {x}", covariate.name));
                }
            }
        }
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
