//! The posterior of a population: of one subject where nothing above subjects is drawn, else of all subjects jointly.
//!
//! Coordinates: the group's, then those of each unit of each level, all on the real line, non-centred where the declaration says so.
//! One gradient costs O(subjects x responses x parameters per subject): each unit's likelihood is differentiated in its own parameters,
//! and the prior, differentiated in the coordinates of the unit and of those above it, links them. Units are worked out in parallel on
//! request and added up in order; nothing is allocated once an evaluation has been made.

use aif_runtime::Real;

use super::Rejected;
use super::layout::Layout;
use super::likelihood::direction_positions;
use super::pool::Pool;
use super::refined::Refined;
use super::scratch::{Scratch, Workspace};
use crate::population::{Design, DesignError, Directions, Group, Population, Scored, Unconstrained};

/// The log-posterior of some subjects of a population, and of what is above them.
pub struct Posterior<'a, P: Population> {
    pub(super) records: Vec<&'a P::Record>,
    pub(super) options: &'a P::Options,
    pub(super) layout: Layout,
    pub(super) parallel: bool,
    /// Where the numbers by which a likelihood is differentiated lie among those of a path.
    pub(super) directions: Vec<usize>,
    /// What is known of the units' likelihoods.
    pub(super) refined: Refined,
    pub(super) workspaces: Pool<Workspace<P::PriorScalar>>,
    pub(super) scratch: Pool<Scratch<P>>,
}

impl<'a, P: Population> Posterior<'a, P> {
    /// The posterior given the records of some subjects, without plates, sessions or covariates.
    ///
    /// # Errors
    /// When the declaration has some.
    pub fn new(records: Vec<&'a P::Record>, options: &'a P::Options) -> Result<Self, DesignError> {
        let names = (0..records.len()).map(|s| s.to_string()).collect();
        Ok(Self::with_design(records, options, Design::simple(const { &P::META }, names)?))
    }

    /// The posterior given a group, or one of its subjects alone.
    pub fn of(group: &'a Group<P>, subject: Option<usize>) -> Self {
        let (design, own) = match subject {
            Some(subject) => group.design.only(subject),
            None => (group.design.clone(), (0..group.records.len()).collect()),
        };
        Self::with_design(own.into_iter().map(|leaf| &group.records[leaf]).collect(), &group.options, design)
    }

    /// The posterior given some subjects of a group, and which units of the group's lowest level those are.
    pub fn of_some(group: &'a Group<P>, subjects: &[usize]) -> (Self, Vec<usize>) {
        let (design, own) = group.design.some(subjects);
        (Self::with_design(own.iter().map(|&leaf| &group.records[leaf]).collect(), &group.options, design), own)
    }

    /// The posterior given what is known of units' likelihoods alone, without their records.
    pub fn without_records(options: &'a P::Options, design: Design) -> Self {
        Self::with_design(Vec::new(), options, design)
    }

    fn with_design(records: Vec<&'a P::Record>, options: &'a P::Options, design: Design) -> Self {
        let layout = Layout::new(const { &P::META }, design);
        let directions = direction_positions::<P>().collect();
        let refined = Refined::default();
        Posterior {
            records,
            options,
            layout,
            parallel: false,
            directions,
            refined,
            workspaces: Pool::default(),
            scratch: Pool::default(),
        }
    }

    /// Works out units in parallel within one gradient; the result is the same.
    #[must_use]
    pub fn parallel(mut self, parallel: bool) -> Self {
        self.parallel = parallel;
        self
    }

    pub(super) const LEAF: usize = P::META.leaf();

    /// How many units of the lowest level there are.
    pub(super) fn leaves(&self) -> usize {
        self.layout.units(Self::LEAF)
    }

    /// What is scored of a unit, where there are records.
    pub(super) fn scored(&self, leaf: usize) -> Option<Scored<'_, P::Record, P::Options>> {
        let covariates = self.layout.design.covariates_of(Self::LEAF, leaf);
        Some(Scored { record: self.records.get(leaf)?, covariates, options: self.options })
    }

    /// Draws the parameters of a unit from its own coordinates; fills `values` with the numbers of its path, and gives the log-density.
    pub(super) fn draw<S: Directions>(
        &self,
        (level, unit): (usize, usize),
        own: &[f64],
        above: &[S],
        values: &mut Vec<S>,
        coordinates: &mut Vec<S>,
    ) -> S {
        let direction = self.layout.coordinate_offset(level);
        coordinates.clear();
        coordinates.extend(own.iter().enumerate().map(|(i, &x)| S::variable(x, direction + i)));
        self.draw_at((level, unit), coordinates, above, values)
    }

    /// The same from coordinates in any scalar.
    pub(super) fn draw_at<S: Real>(
        &self,
        (level, unit): (usize, usize),
        coordinates: &[S],
        above: &[S],
        values: &mut Vec<S>,
    ) -> S {
        values.clear();
        values.resize(self.layout.offset(level + 1), S::zero());
        self.layout.upwards(level, unit, |l, u| {
            if l < level {
                let range = self.layout.members_of(l, u);
                let start = self.layout.offset(l);
                values[start..start + range.len()].copy_from_slice(&above[range]);
            }
        });
        let mut draw = Unconstrained::held(coordinates, self.refined.held_of(self.layout.coordinates_of(level, unit)));
        P::draw(level, values, self.layout.design.covariates_of(level, unit), &mut draw);
        draw.ln_density
    }

    /// Draws the parameters of everything above the lowest level; `each` takes the log-density of each unit.
    pub(super) fn draw_above<S: Directions>(
        &self,
        position: &[f64],
        above: &mut Vec<S>,
        values: &mut Vec<S>,
        coordinates: &mut Vec<S>,
        mut each: impl FnMut(usize, usize, S),
    ) {
        above.clear();
        above.resize(self.layout.members_of(Self::LEAF, 0).start, S::zero());
        for level in 0..Self::LEAF {
            for unit in 0..self.layout.units(level) {
                let own = &position[self.layout.coordinates_of(level, unit)];
                let ln_density = self.draw((level, unit), own, above, values, coordinates);
                above[self.layout.members_of(level, unit)].copy_from_slice(&values[self.layout.offset(level)..]);
                each(level, unit, ln_density);
            }
        }
    }

    pub(super) fn rejected(&self, leaf: usize, what: &str) -> Rejected {
        let design = &self.layout.design;
        let subject = &design.subjects()[design.subject_of(leaf)];
        let session =
            (design.levels.len() > design.subject_level + 1).then(|| format!(", session {}", design.leaves().names[leaf]));
        Rejected(format!("subject {subject}{}: {what}", session.unwrap_or_default()))
    }
}
