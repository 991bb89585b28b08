//! Second derivatives of a population's log-density, unit by unit.

use aif_runtime::Real;
use rayon::prelude::*;

use super::Rejected;
use super::arrow::Curvature;
use super::chebyshev::MOST;
use super::joint::Posterior;
use super::likelihood::{Variables, likelihood_in};
use crate::matrix::DMatrix;
use crate::population::{Directions, Population, SecondDirections};

/// A unit's log-density with its derivatives by the coordinates of its path.
pub struct Bend {
    /// The log-density.
    pub value: f64,
    /// Its gradient.
    pub gradient: Vec<f64>,
    /// Its Hessian, row by row; it is symmetric.
    pub block: Vec<f64>,
    /// The Hessian of the prior alone.
    pub(super) held: Vec<f64>,
}

impl Bend {
    /// The least curvature that is believed at a coordinate of the path; see [`Curvature::least`].
    pub(crate) fn least(&self, i: usize) -> f64 {
        let n = self.gradient.len();
        0.25 * (-self.held[i * n + i]).clamp(1e-3, 1.0)
    }
}

impl<P: Population> Posterior<'_, P> {
    /// The log-density that a unit of the lowest level adds at its own coordinates.
    pub(super) fn bend(&self, leaf: usize, own: &[f64], above: &[P::PriorScalar2]) -> Result<Bend, Rejected> {
        let n = P::PriorScalar2::COUNT;
        let (mut values, mut coordinates) = (Vec::new(), Vec::new());
        let prior: P::PriorScalar2 = self.draw((Self::LEAF, leaf), own, above, &mut values, &mut coordinates);
        let count = self.directions.len();
        let looked = self.refined.table(leaf).and_then(|table| {
            let mut at = [0.0; MOST];
            at.iter_mut().zip(&self.directions).for_each(|(x, &i)| *x = values[i].value());
            let at = &at[..count];
            if self.records.is_empty() { Some(table.look_beyond(at)) } else { table.look(at) }
        });
        let (value, first, second);
        match looked {
            Some(looked) => {
                value = looked.value;
                first = looked.first[..count].to_vec();
                second = looked.second[..count].iter().flat_map(|row| row[..count].to_vec()).collect();
            }
            None => {
                let none = || self.rejected(leaf, "lies outside its table, and there are no records");
                let scored = self.scored(leaf).ok_or_else(none)?;
                let numbers: Vec<f64> = values.iter().map(|x| x.value()).collect();
                let score: P::LikelihoodScalar2 = likelihood_in::<P, _>(&numbers, scored, &mut Variables::default())
                    .map_err(|e| self.rejected(leaf, &e.to_string()))?;
                value = score.value();
                first = score.derivatives().to_vec();
                second = score.second_derivatives().to_vec();
            }
        }
        let (mut gradient, mut block) = (prior.derivatives().to_vec(), prior.second_derivatives().to_vec());
        // Twice the chain rule: f'' = J' L'' J + sum_i L'_i x_i''.
        for (i, &a) in self.directions.iter().enumerate() {
            let (slope, bend) = (values[a].derivatives(), values[a].second_derivatives());
            gradient.iter_mut().zip(slope).for_each(|(g, s)| *g += first[i] * s);
            block.iter_mut().zip(bend).for_each(|(h, b)| *h += first[i] * b);
            for (j, &b) in self.directions.iter().enumerate() {
                let (weight, other): (f64, _) = (second[i * count + j], values[b].derivatives());
                if weight != 0.0 {
                    for (r, s) in slope.iter().enumerate().filter(|(_, s)| **s != 0.0) {
                        for (h, o) in block[r * n..(r + 1) * n].iter_mut().zip(other) {
                            *h += weight * s * o;
                        }
                    }
                }
            }
        }
        let held = prior.second_derivatives().to_vec();
        Ok(Bend { value: prior.value() + value, gradient, block, held })
    }

    /// The log-density at a position, its gradient, and its Hessian unit by unit.
    pub(super) fn second_derivatives(&self, position: &[f64]) -> Result<Curvature, Rejected> {
        let mut curvature = Curvature::zero(&self.layout);
        let (mut above, mut values, mut coordinates) = (Vec::new(), Vec::new(), Vec::new());
        self.draw_above(position, &mut above, &mut values, &mut coordinates, |level, unit, ln_density: P::PriorScalar2| {
            let n = self.layout.path_dimension(level);
            let second = ln_density.second_derivatives();
            let block = DMatrix::from_fn(n, n, |i, j| second[i * P::PriorScalar2::COUNT + j]);
            curvature.hold(&self.layout, (level, unit), second, P::PriorScalar2::COUNT);
            curvature.add(&self.layout, (level, unit), ln_density.value(), &ln_density.derivatives()[..n], block);
        });
        let work = |leaf: usize| self.bend(leaf, &position[self.layout.coordinates_of(Self::LEAF, leaf)], &above);
        let units: Vec<Result<Bend, Rejected>> = if self.parallel {
            (0..self.leaves()).into_par_iter().map(work).collect()
        } else {
            (0..self.leaves()).map(work).collect()
        };
        for (leaf, unit) in units.into_iter().enumerate() {
            let Bend { value, gradient, block, held } = unit?;
            let n = gradient.len();
            curvature.hold(&self.layout, (Self::LEAF, leaf), &held, P::PriorScalar2::COUNT);
            curvature.add(&self.layout, (Self::LEAF, leaf), value, &gradient, DMatrix::from_vec(n, n, block));
        }
        if curvature.is_finite() {
            Ok(curvature)
        } else {
            Err(Rejected("the log-density, its gradient or its Hessian is not finite".into()))
        }
    }
}
