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
use super::layout::Layout;
use super::likelihood::{Variables, agent_in, direction_positions, likelihood_in};
use super::pool::Pool;
use super::{Density, Rejected, Target};
use crate::population::{
    Design, DesignError, Directions, FamilyOf, Group, Population, Sampled, Scored, SecondDirections, Unconstrained,
};
use crate::score::{Assigned, Behaviour, ScoreError};

/// The most units that are scored side by side.
const MOST_ABREAST: usize = 16;

/// The log-posterior of some subjects of a population, and of what is above them.
pub struct Posterior<'a, P: Population> {
    records: Vec<&'a P::Record>,
    options: &'a P::Options,
    layout: Layout,
    parallel: bool,
    workspaces: Pool<Workspace<P::PriorScalar>>,
    scratch: Pool<Scratch<P>>,
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

/// Working memory of some units that are scored side by side.
struct Scratch<P: Population> {
    coordinates: Vec<P::PriorScalar>,
    values: Vec<P::PriorScalar>,
    numbers: Vec<f64>,
    variables: Variables<P::LikelihoodScalar>,
    /// Each unit's log-prior.
    priors: Vec<P::PriorScalar>,
    /// The derivatives of each unit's numbers, in the order of the likelihood's directions.
    slopes: Vec<P::PriorScalar>,
    agents: Vec<AgentOf<P>>,
    scores: Vec<Result<P::LikelihoodScalar, ScoreError>>,
}

/// What a unit acts under, with the derivatives of its likelihood.
type AgentOf<P> = (ModelOf<P>, Assigned<<P as Population>::LikelihoodScalar>);
type ModelOf<P> = FamilyOf<P, <P as Population>::LikelihoodScalar>;

impl<P: Population> Default for Scratch<P> {
    fn default() -> Self {
        Scratch {
            coordinates: Vec::new(),
            values: Vec::new(),
            numbers: Vec::new(),
            variables: Variables::default(),
            priors: Vec::new(),
            slopes: Vec::new(),
            agents: Vec::new(),
            scores: Vec::new(),
        }
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
        Posterior { records, options, layout, parallel: false, workspaces: Pool::default(), scratch: Pool::default() }
    }

    /// Works out units in parallel within one gradient; the result is the same.
    #[must_use]
    pub fn parallel(mut self, parallel: bool) -> Self {
        self.parallel = parallel;
        self
    }

    const LEAF: usize = P::META.leaf();

    fn scored(&self, leaf: usize) -> Scored<'_, P::Record, P::Options> {
        let covariates = self.layout.design.covariates_of(Self::LEAF, leaf);
        Scored { record: self.records[leaf], covariates, options: self.options }
    }

    /// Draws the parameters of a unit from coordinates; fills `values` with the numbers of its path, and gives the log-density.
    fn draw<S: Directions>(
        &self,
        (level, unit): (usize, usize),
        position: &[f64],
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
        let own = &position[self.layout.coordinates_of(level, unit)];
        coordinates.extend(own.iter().enumerate().map(|(i, &x)| S::variable(x, direction + i)));
        let mut draw = Unconstrained::new(coordinates);
        P::draw(level, values, self.layout.design.covariates_of(level, unit), &mut draw);
        draw.ln_density
    }

    /// Draws the parameters of everything above the lowest level; `each` takes the log-density of each unit.
    fn draw_above<S: Directions>(
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
                let ln_density = self.draw((level, unit), position, above, values, coordinates);
                above[self.layout.members_of(level, unit)].copy_from_slice(&values[self.layout.meta.offset(level)..]);
                each(level, unit, ln_density);
            }
        }
    }

    /// How many units are scored side by side.
    const ABREAST: usize = {
        let most = <ModelOf<P> as Behaviour<P::LikelihoodScalar>>::ABREAST;
        if most > MOST_ABREAST { MOST_ABREAST } else { most }
    };

    /// What some units of the lowest level add: each its log-density, and the derivatives by the coordinates of its path.
    fn shares(
        &self,
        first: usize,
        position: &[f64],
        above: &[P::PriorScalar],
        scratch: &mut Scratch<P>,
        (shares, wrong): (&mut [f64], &mut [Option<String>]),
    ) {
        let Scratch { coordinates, values, numbers, variables, priors, slopes, agents, scores } = scratch;
        priors.clear();
        slopes.clear();
        agents.clear();
        let count = wrong.len();
        let mut records = [self.records[first]; MOST_ABREAST];
        for (leaf, record) in (first..first + count).zip(&mut records) {
            priors.push(self.draw((Self::LEAF, leaf), position, above, values, coordinates));
            slopes.extend(direction_positions::<P>().map(|at| values[at]));
            numbers.clear();
            numbers.extend(values.iter().map(|x| x.value()));
            agents.push(agent_in::<P, P::LikelihoodScalar>(
                numbers,
                self.layout.design.covariates_of(Self::LEAF, leaf),
                variables,
            ));
            *record = self.records[leaf];
        }
        scores.clear();
        ModelOf::<P>::log_likelihoods(agents, &records[..count], self.options, scores);
        let width = shares.len() / count;
        let directions = slopes.len() / count;
        for (i, (score, share)) in scores.iter().zip(shares.chunks_mut(width)).enumerate() {
            match score {
                Err(error) => wrong[i] = Some(error.to_string()),
                Ok(score) => {
                    let prior = priors[i];
                    share[0] = prior.value() + score.value();
                    share[1..].copy_from_slice(prior.derivatives());
                    // The chain rule: d(likelihood)/d(number) times d(number)/d(coordinate).
                    for (number, &by) in slopes[i * directions..].iter().zip(score.derivatives()) {
                        for (sum, d) in share[1..].iter_mut().zip(number.derivatives()) {
                            *sum += by * d;
                        }
                    }
                    if !share.iter().all(|x| x.is_finite()) {
                        wrong[i] = Some(format!("the log-density {}, or its gradient, is not finite", share[0]));
                    }
                }
            }
        }
    }

    fn rejected(&self, leaf: usize, what: &str) -> Rejected {
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
        if self.parallel {
            shares.par_chunks_mut(width * batch).zip(wrong.par_chunks_mut(batch)).enumerate().for_each_init(
                || self.scratch.lease(),
                |scratch, (b, own)| self.shares(b * batch, position, above, scratch, own),
            );
        } else {
            let mut scratch = self.scratch.lease();
            for (b, (shares, wrong)) in shares.chunks_mut(width * batch).zip(wrong.chunks_mut(batch)).enumerate() {
                self.shares(b * batch, position, above, &mut scratch, (shares, &mut *wrong));
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
            P::draw(level, values, covariates, &mut Unconstrained::new(own));
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
        let mut curvature = Curvature::zero(&self.layout);
        let (mut above, mut values, mut coordinates) = (Vec::new(), Vec::new(), Vec::new());
        self.draw_above(position, &mut above, &mut values, &mut coordinates, |level, unit, ln_density: P::PriorScalar2| {
            let n = self.layout.path_dimension(level);
            let second = ln_density.second_derivatives();
            let block = (0..n * n).map(|i| second[(i / n) * P::PriorScalar2::COUNT + i % n]).collect();
            curvature.hold(&self.layout, (level, unit), second, P::PriorScalar2::COUNT);
            curvature.add(&self.layout, (level, unit), ln_density.value(), &ln_density.derivatives()[..n], block);
        });
        let n = P::PriorScalar2::COUNT;
        let work = |leaf: usize| -> Result<_, Rejected> {
            let (mut values, mut coordinates) = (Vec::new(), Vec::new());
            let prior: P::PriorScalar2 = self.draw((Self::LEAF, leaf), position, &above, &mut values, &mut coordinates);
            let numbers: Vec<f64> = values.iter().map(|x| x.value()).collect();
            let score: P::LikelihoodScalar2 = likelihood_in::<P, _>(&numbers, self.scored(leaf), &mut Variables::default())
                .map_err(|e| self.rejected(leaf, &e.to_string()))?;
            let (mut gradient, mut block) = (prior.derivatives().to_vec(), prior.second_derivatives().to_vec());
            let at: Vec<usize> = direction_positions::<P>().collect();
            let (first, second) = (score.derivatives(), score.second_derivatives());
            // Twice the chain rule: f'' = J' L'' J + sum_i L'_i x_i''.
            for (i, &a) in at.iter().enumerate() {
                let (slope, bend) = (values[a].derivatives(), values[a].second_derivatives());
                gradient.iter_mut().zip(slope).for_each(|(g, s)| *g += first[i] * s);
                block.iter_mut().zip(bend).for_each(|(h, b)| *h += first[i] * b);
                for (j, &b) in at.iter().enumerate() {
                    let (weight, other) = (second[i * at.len() + j], values[b].derivatives());
                    if weight != 0.0 {
                        for (r, s) in slope.iter().enumerate().filter(|(_, s)| **s != 0.0) {
                            for (h, o) in block[r * n..(r + 1) * n].iter_mut().zip(other) {
                                *h += weight * s * o;
                            }
                        }
                    }
                }
            }
            Ok((prior.value() + score.value(), gradient, block, prior.second_derivatives().to_vec()))
        };
        let units: Vec<Result<_, Rejected>> = if self.parallel {
            (0..self.records.len()).into_par_iter().map(work).collect()
        } else {
            (0..self.records.len()).map(work).collect()
        };
        for (leaf, unit) in units.into_iter().enumerate() {
            let (value, gradient, block, held) = unit?;
            curvature.hold(&self.layout, (Self::LEAF, leaf), &held, n);
            curvature.add(&self.layout, (Self::LEAF, leaf), value, &gradient, block);
        }
        if curvature.is_finite() {
            Ok(curvature)
        } else {
            Err(Rejected("the log-density, its gradient or its Hessian is not finite".into()))
        }
    }
}
