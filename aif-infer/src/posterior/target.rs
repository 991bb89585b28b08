//! The posterior of a population as a density, and as what it stands for.

use std::convert::Infallible;

use aif_runtime::Real;
use rayon::prelude::*;

use super::arrow::Curvature;
use super::given::{Above, Given};
use super::joint::Posterior;
use super::layout::Layout;
use super::likelihood::{drawn_positions, free_likelihood};
use super::refined::Refined;
use super::scratch::{MOST_BATCHED, Scratch, Workspace};
use super::{Density, Rejected, Target};
use crate::population::{Directions, Note, Noted, Population, Sampled, Unconstrained};

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
        shares.resize(width * self.leaves(), 0.0);
        wrong.clear();
        wrong.resize(self.leaves(), None);
        let above = &*above;
        let batch = Self::BATCH;
        let some = |b: usize, scratch: &mut Scratch<P>, (shares, wrong): (&mut [f64], &mut [Option<String>])| {
            let mut jobs = [(0, &position[..0]); MOST_BATCHED];
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
            for (&at, d) in self.layout.path(leaf).iter().zip(&share[1..]) {
                gradient[at as usize] += d;
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

    fn draw_prior(&self, rng: &mut dyn rand::Rng) -> Vec<f64> {
        let Ok(all) = self.layout.fill::<Infallible>(|level, _, values, covariates| {
            P::draw(level, values, covariates, &mut Sampled::new(rng));
            Ok(())
        });
        all
    }

    fn curvature(&self, position: &[f64]) -> Result<Curvature, Rejected> {
        self.second_derivatives(position)
    }

    fn determinant_slopes(&self, position: &[f64], from: usize, directions: &[Vec<f64>]) -> Result<Vec<f64>, Rejected> {
        self.turning(position, from, directions)
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
        let drawn: Vec<f64> = drawn_positions(P::META.levels[level].parameters).map(|i| numbers[own + i]).collect();
        let mut noted = Noted::new(&drawn);
        P::draw(level, &mut numbers.to_vec(), self.layout.design.covariates_of(level, unit), &mut noted);
        noted.notes
    }

    fn directions(&self) -> &[usize] {
        &self.directions
    }

    fn ln_likelihood(&self, leaf: usize, at: &[f64]) -> Option<f64> {
        free_likelihood::<P>(at, &self.directions, self.scored(leaf)?).ok().filter(|x| x.is_finite())
    }
}
