//! A posterior with everything above the lowest level given: the units of that level are independent of each other then.

use aif_runtime::Real;

use super::Rejected;
use super::joint::Posterior;
use super::scratch::MOST_BATCHED;
use super::second::Bend;
use crate::population::{Directions, Population, SecondDirections};

/// A posterior with everything above the lowest level given.
pub trait Given: Sync {
    /// How many coordinates a unit's path has: those above it, then its own.
    fn width(&self) -> usize;

    /// The log-prior of what is above; adds its gradient to one by position, and its Hessian to one, row by row, unless that is empty.
    fn above(&self, gradient: &mut [f64], hessian: &mut [f64]) -> f64;

    /// What a unit adds at several points of its own coordinates, one after the other: log-densities, minus infinity where there is none; and
    /// gradients by the coordinates of its path.
    fn shares(&self, leaf: usize, points: &[f64], values: &mut [f64], gradients: &mut [f64]);

    /// The numbers on which a unit's likelihood depends, and how they answer to the coordinates of its path: row by row.
    fn numbers(&self, leaf: usize, own: &[f64]) -> (Vec<f64>, Vec<f64>);

    /// The numbers of a unit's path, drawn and derived.
    fn path(&self, leaf: usize, own: &[f64]) -> Vec<f64>;

    /// What a unit adds at a point, with second derivatives by the coordinates of its path.
    ///
    /// # Errors
    /// When there is no density.
    fn bend(&self, leaf: usize, own: &[f64]) -> Result<Bend, Rejected>;
}

/// What is above, drawn once for all units: with first and with second derivatives.
pub(super) struct Above<'a, P: Population> {
    posterior: &'a Posterior<'a, P>,
    above: Vec<P::PriorScalar>,
    twice: Vec<P::PriorScalar2>,
    value: f64,
    gradient: Vec<(usize, f64)>,
    hessian: Vec<(usize, usize, f64)>,
}

impl<'a, P: Population> Above<'a, P> {
    pub fn new(posterior: &'a Posterior<'a, P>, position: &[f64]) -> Self {
        let mut own =
            Above { posterior, above: Vec::new(), twice: Vec::new(), value: 0.0, gradient: Vec::new(), hessian: Vec::new() };
        let (mut values, mut coordinates, mut positions) = (Vec::new(), Vec::new(), Vec::new());
        let layout = &posterior.layout;
        posterior.draw_above(
            position,
            &mut own.above,
            &mut values,
            &mut coordinates,
            |level, unit, ln_density: P::PriorScalar| {
                own.value += ln_density.value();
                layout.path_positions(level, unit, &mut positions);
                own.gradient.extend(positions.iter().copied().zip(ln_density.derivatives().iter().copied()));
            },
        );
        let (mut values, mut coordinates) = (Vec::new(), Vec::new());
        posterior.draw_above(
            position,
            &mut own.twice,
            &mut values,
            &mut coordinates,
            |level, unit, ln_density: P::PriorScalar2| {
                layout.path_positions(level, unit, &mut positions);
                let second = ln_density.second_derivatives();
                for (i, &a) in positions.iter().enumerate() {
                    own.hessian
                        .extend(positions.iter().enumerate().map(|(j, &b)| (a, b, second[i * P::PriorScalar2::COUNT + j])));
                }
            },
        );
        own
    }
}

impl<P: Population> Given for Above<'_, P> {
    fn width(&self) -> usize {
        self.posterior.layout.path_dimension(Posterior::<P>::LEAF)
    }

    fn above(&self, gradient: &mut [f64], hessian: &mut [f64]) -> f64 {
        self.gradient.iter().for_each(|&(at, by)| gradient[at] += by);
        if !hessian.is_empty() {
            let n = gradient.len();
            self.hessian.iter().for_each(|&(a, b, by)| hessian[a * n + b] += by);
        }
        self.value
    }

    fn shares(&self, leaf: usize, points: &[f64], values: &mut [f64], gradients: &mut [f64]) {
        let width = gradients.len() / values.len().max(1);
        let own = points.len() / values.len().max(1);
        let most = Posterior::<P>::BATCH;
        let mut scratch = self.posterior.scratch.lease();
        let mut shares = [0.0; MOST_BATCHED * 64];
        let some = shares.len() / (width + 1);
        let most = most.min(some.max(1));
        let mut large = if some == 0 { vec![0.0; width + 1] } else { Vec::new() };
        let shares = if some == 0 { &mut large[..] } else { &mut shares[..] };
        for (k, (values, gradients)) in values.chunks_mut(most).zip(gradients.chunks_mut(most * width)).enumerate() {
            let mut jobs = [(leaf, &points[..0]); MOST_BATCHED];
            for (i, job) in jobs.iter_mut().enumerate().take(values.len()) {
                let at = (k * most + i) * own;
                job.1 = &points[at..at + own];
            }
            let mut wrong = [const { None }; MOST_BATCHED];
            let shares = &mut shares[..values.len() * (width + 1)];
            self.posterior.shares(&jobs[..values.len()], &self.above, &mut scratch, (shares, &mut wrong[..values.len()]));
            for (i, share) in shares.chunks(width + 1).enumerate() {
                let fine = wrong[i].is_none();
                values[i] = if fine { share[0] } else { f64::NEG_INFINITY };
                let to = &mut gradients[i * width..(i + 1) * width];
                if fine { to.copy_from_slice(&share[1..]) } else { to.fill(0.0) }
            }
        }
    }

    fn numbers(&self, leaf: usize, own: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let (mut values, mut coordinates) = (Vec::new(), Vec::new());
        self.posterior.draw((Posterior::<P>::LEAF, leaf), own, &self.above, &mut values, &mut coordinates);
        let at = |&i: &usize| values[i];
        let numbers = self.posterior.directions.iter().map(|i| at(i).value()).collect();
        (numbers, self.posterior.directions.iter().flat_map(|i| at(i).derivatives().to_vec()).collect())
    }

    fn path(&self, leaf: usize, own: &[f64]) -> Vec<f64> {
        let (mut values, mut coordinates) = (Vec::new(), Vec::new());
        self.posterior.draw((Posterior::<P>::LEAF, leaf), own, &self.above, &mut values, &mut coordinates);
        values.iter().map(|x| x.value()).collect()
    }

    fn bend(&self, leaf: usize, own: &[f64]) -> Result<Bend, Rejected> {
        let bend = self.posterior.bend(leaf, own, &self.twice)?;
        let finite = bend.value.is_finite() && bend.gradient.iter().chain(&bend.block).all(|x| x.is_finite());
        if finite { Ok(bend) } else { Err(Rejected("the log-density, its gradient or its Hessian is not finite".into())) }
    }
}
