//! The posterior of a population: of one subject where nothing above subjects is drawn, else of all subjects jointly.
//!
//! Coordinates: the group's, then those of each unit of each level, all on the real line, non-centred where the declaration says so.
//! One gradient costs O(subjects x responses x parameters per subject): each unit's likelihood is differentiated in its own parameters,
//! and the prior, differentiated in the coordinates of the unit and of those above it, links them. Units are worked out in parallel on
//! request and added up in order; nothing is allocated once an evaluation has been made.

use std::convert::Infallible;

use aif_runtime::Real;
use rayon::prelude::*;

use super::arrow::Curvature;
use super::given::{Above, Given};
use super::layout::Layout;
use super::likelihood::{direction_positions, free_likelihood};
use super::pool::Pool;
use super::refined::Refined;
use super::units::{MOST_ABREAST, Scratch};
use super::{Density, Rejected, Target};
use crate::population::{Design, DesignError, Directions, Group, Note, Noted, Population, Sampled, Scored, Unconstrained};

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
    workspaces: Pool<Workspace<P::PriorScalar>>,
    pub(super) scratch: Pool<Scratch<P>>,
}

/// Working memory of one evaluation.
struct Workspace<S> {
    /// The numbers of every unit above the lowest level, as the layout says.
    above: Vec<S>,
    /// What each unit of the lowest level adds: log-density, and derivatives by the coordinates of its path.
    shares: Vec<f64>,
    /// What is wrong with a unit.
    wrong: Vec<Option<String>>,
    positions: Vec<usize>,
}

impl<S> Default for Workspace<S> {
    fn default() -> Self {
        Workspace { above: Vec::new(), shares: Vec::new(), wrong: Vec::new(), positions: Vec::new() }
    }
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

    pub(super) fn scored(&self, leaf: usize) -> Scored<'_, P::Record, P::Options> {
        let covariates = self.layout.design.covariates_of(Self::LEAF, leaf);
        Scored { record: self.records[leaf], covariates, options: self.options }
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
        let meta = self.layout.meta;
        values.clear();
        values.resize(meta.offset(level + 1), S::zero());
        self.layout.upwards(level, unit, |l, u| {
            if l < level {
                let range = self.layout.members_of(l, u);
                let start = meta.offset(l);
                values[start..start + range.len()].copy_from_slice(&above[range]);
            }
        });
        let direction = meta.coordinate_offset(level);
        coordinates.clear();
        coordinates.extend(own.iter().enumerate().map(|(i, &x)| S::variable(x, direction + i)));
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
                above[self.layout.members_of(level, unit)].copy_from_slice(&values[self.layout.meta.offset(level)..]);
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

impl<P: Population> Density for Posterior<'_, P> {
    fn dimension(&self) -> usize {
        self.layout.dimension()
    }

    fn ln_density(&self, position: &[f64], gradient: &mut [f64]) -> Result<f64, Rejected> {
        let mut workspace = self.workspaces.lease();
        let Workspace { above, shares, wrong, positions } = &mut *workspace;
        gradient.fill(0.0);
        let mut sum = 0.0;
        {
            let mut scratch = self.scratch.lease();
            let Scratch { values, coordinates, .. } = &mut *scratch;
            self.draw_above(position, above, values, coordinates, |level, unit, ln_density: P::PriorScalar| {
                sum += ln_density.value();
                self.layout.path_positions(level, unit, positions);
                for (&at, d) in positions.iter().zip(ln_density.derivatives()) {
                    gradient[at] += d;
                }
            });
        }
        let width = 1 + self.layout.path_dimension(Self::LEAF);
        shares.clear();
        shares.resize(width * self.records.len(), 0.0);
        wrong.clear();
        wrong.resize(self.records.len(), None);
        let above = &*above;
        let batch = Self::ABREAST;
        let some = |b: usize, scratch: &mut Scratch<P>, (shares, wrong): (&mut [f64], &mut [Option<String>])| {
            let mut jobs = [(0, &position[..0]); MOST_ABREAST];
            for (leaf, job) in (b * batch..).zip(&mut jobs).take(wrong.len()) {
                *job = (leaf, &position[self.layout.coordinates_of(Self::LEAF, leaf)]);
            }
            self.shares(&jobs[..wrong.len()], above, scratch, (shares, wrong));
        };
        if self.parallel {
            let work = shares.par_chunks_mut(width * batch).zip(wrong.par_chunks_mut(batch)).enumerate();
            // Where shares are looked up, a thread takes many of them at a time: they cost less than being handed out.
            let together = if self.refined.tables.is_empty() { 1 } else { 64 };
            work.with_min_len(together).for_each_init(|| self.scratch.lease(), |scratch, (b, own)| some(b, scratch, own));
        } else {
            let mut scratch = self.scratch.lease();
            for (b, (shares, wrong)) in shares.chunks_mut(width * batch).zip(wrong.chunks_mut(batch)).enumerate() {
                some(b, &mut scratch, (shares, &mut *wrong));
                if wrong.iter().any(Option::is_some) {
                    break;
                }
            }
        }
        if let Some((leaf, what)) = wrong.iter().enumerate().find_map(|(leaf, wrong)| Some((leaf, wrong.as_ref()?))) {
            return Err(self.rejected(leaf, what));
        }
        for (leaf, share) in shares.chunks(width).enumerate() {
            sum += share[0];
            self.layout.path_positions(Self::LEAF, leaf, positions);
            for (&at, d) in positions.iter().zip(&share[1..]) {
                gradient[at] += d;
            }
        }
        if sum.is_finite() && gradient.iter().all(|g| g.is_finite()) {
            Ok(sum)
        } else {
            Err(Rejected(format!("the log-density {sum}, or its gradient, is not finite")))
        }
    }
}

impl<P: Population> Target for Posterior<'_, P> {
    fn layout(&self) -> &Layout {
        &self.layout
    }

    fn constrain(&self, position: &[f64]) -> Vec<f64> {
        let Ok(all) = self.layout.fill::<Infallible>(|level, unit, values, covariates| {
            let own = &position[self.layout.coordinates_of(level, unit)];
            let held = self.refined.held_of(self.layout.coordinates_of(level, unit));
            P::draw(level, values, covariates, &mut Unconstrained::held(own, held));
            Ok(())
        });
        all
    }

    fn draw_prior(&self, rng: &mut dyn rand_core::Rng) -> Vec<f64> {
        let Ok(all) = self.layout.fill::<Infallible>(|level, _, values, covariates| {
            P::draw(level, values, covariates, &mut Sampled::new(rng));
            Ok(())
        });
        all
    }

    fn curvature(&self, position: &[f64]) -> Result<Curvature, Rejected> {
        self.second_derivatives(position)
    }

    fn given(&self, position: &[f64]) -> Box<dyn Given + '_> {
        Box::new(Above::new(self, position))
    }

    fn refine(&mut self, refined: Refined) {
        self.refined = refined;
    }

    fn refinement(&self) -> &Refined {
        &self.refined
    }

    fn notes(&self, (level, unit): (usize, usize), numbers: &[f64]) -> Vec<Note> {
        let own = P::META.offset(level);
        let drawn: Vec<f64> = super::drawn_positions(P::META.levels[level].parameters).map(|i| numbers[own + i]).collect();
        let mut noted = Noted::new(&drawn);
        P::draw(level, &mut numbers.to_vec(), self.layout.design.covariates_of(level, unit), &mut noted);
        noted.notes
    }

    fn directions(&self) -> &[usize] {
        &self.directions
    }

    fn ln_likelihood(&self, leaf: usize, at: &[f64]) -> Option<f64> {
        free_likelihood::<P>(at, &self.directions, self.scored(leaf)).ok().filter(|x| x.is_finite())
    }
}
