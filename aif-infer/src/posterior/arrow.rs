//! The Hessian of a population's log-density: each unit touches only its own coordinates and those above it, so that systems are solved by
//! eliminating units from the lowest level up, in a time proportional to their number.

use nalgebra::RealField;
use num_dual::Dual64;

use super::layout::Layout;
use crate::matrix::{self, DMatrix, DMatrixView, DVectorViewMut, Factor};

/// A log-density at a position, its gradient, and its Hessian as a sum of one dense block for each unit, over the coordinates of the
/// unit's path.
#[derive(Clone, Debug)]
pub struct Curvature {
    /// The log-density.
    pub value: f64,
    /// Its gradient.
    pub gradient: Vec<f64>,
    /// For each level, for each unit: the block over the coordinates of all above it and then its own.
    blocks: Vec<Vec<DMatrix<f64>>>,
    /// How far each coordinate is held by its own prior: the negative second derivative of that.
    held: Vec<f64>,
}

impl Curvature {
    /// Zero everywhere.
    pub fn zero(layout: &Layout) -> Self {
        let blocks = (0..layout.levels()).map(|level| {
            let n = layout.path_dimension(level);
            vec![DMatrix::zeros(n, n); layout.units(level)]
        });
        let d = layout.dimension();
        Curvature { value: 0.0, gradient: vec![0.0; d], blocks: blocks.collect(), held: vec![0.0; d] }
    }

    /// Adds what a unit's term contributes.
    pub fn add(&mut self, layout: &Layout, (level, unit): (usize, usize), value: f64, gradient: &[f64], block: DMatrix<f64>) {
        self.value += value;
        let mut positions = Vec::new();
        layout.path_positions(level, unit, &mut positions);
        for (&at, g) in positions.iter().zip(gradient) {
            self.gradient[at] += g;
        }
        self.blocks[level][unit] = block;
    }

    /// Takes note of how far a unit's own prior holds its coordinates, given the second derivatives of its log-density over the unit's path,
    /// in rows of `width`.
    pub fn hold(&mut self, layout: &Layout, (level, unit): (usize, usize), second: &[f64], width: usize) {
        let above = layout.coordinate_offset(level);
        for (i, at) in layout.coordinates_of(level, unit).enumerate() {
            self.held[at] = -second[(above + i) * width + above + i];
        }
    }

    /// The least curvature that is believed at a coordinate: a quarter of what its prior alone has, at most a quarter. A posterior that is
    /// flatter than that at its mode is so only there, not as a whole: taken at its word it would stand for a mass that is not there.
    pub fn least(&self, coordinate: usize) -> f64 {
        believed(self.held[coordinate])
    }

    /// Whether everything is finite.
    pub fn is_finite(&self) -> bool {
        self.value.is_finite()
            && self.gradient.iter().all(|g| g.is_finite())
            && self.blocks.iter().flatten().flat_map(DMatrix::iter).all(|h| h.is_finite())
    }

    /// The whole Hessian as a dense matrix; for tests and small problems.
    pub fn dense(&self, layout: &Layout) -> DMatrix<f64> {
        let d = layout.dimension();
        let mut dense = DMatrix::zeros(d, d);
        let mut positions = Vec::new();
        for (level, blocks) in self.blocks.iter().enumerate() {
            for (unit, block) in blocks.iter().enumerate() {
                layout.path_positions(level, unit, &mut positions);
                for (i, &a) in positions.iter().enumerate() {
                    for (j, &b) in positions.iter().enumerate() {
                        dense[(a, b)] += block[(i, j)];
                    }
                }
            }
        }
        dense
    }

    /// The negative Hessian over blocks of coordinates that lie one after the other, each given by its first coordinate and its size.
    pub fn diagonal_blocks(&self, layout: &Layout, blocks: &[(usize, usize)]) -> Vec<DMatrix<f64>> {
        let mut all: Vec<DMatrix<f64>> = blocks.iter().map(|&(_, n)| DMatrix::zeros(n, n)).collect();
        // Which block each coordinate is in.
        let mut owner = vec![0; layout.dimension()];
        for (k, &(start, n)) in blocks.iter().enumerate() {
            owner[start..start + n].fill(k);
        }
        let mut positions = Vec::new();
        for (level, own) in self.blocks.iter().enumerate() {
            for (unit, block) in own.iter().enumerate() {
                layout.path_positions(level, unit, &mut positions);
                for (i, &a) in positions.iter().enumerate() {
                    let (start, _) = blocks[owner[a]];
                    for (j, &b) in positions.iter().enumerate().filter(|(_, b)| owner[**b] == owner[a]) {
                        all[owner[a]][(a - start, b - start)] -= block[(i, j)];
                    }
                }
            }
        }
        all
    }

    /// Factors the negative Hessian plus `damping` on its diagonal, from level `from` down (0: all of it); coordinates above stay fixed.
    /// Pivots below the [`least`](Curvature::least) curvature that is believed are raised towards it, smoothly. `None` where something is
    /// not finite.
    pub fn factor(&self, layout: &Layout, from: usize, damping: f64) -> Option<Factored> {
        let negative = self.blocks.iter().map(|level| level.iter().map(|b| -b).collect()).collect();
        let (units, ln_determinant) = eliminated(layout, negative, |i| self.least(i), from, damping)?;
        Some(Factored { from, units, ln_determinant })
    }
}

/// The least curvature that is believed of a coordinate which its prior alone holds so far.
fn believed<F: RealField + Copy>(held: F) -> F {
    nalgebra::convert::<_, F>(0.25) * held.clamp(nalgebra::convert(1e-3), F::one())
}

/// The logarithm of the determinant of a matrix with the structure of a population, in numbers that know how fast they move: its blocks, and
/// how far each coordinate is held by its own prior.
pub(super) fn ln_determinant(layout: &Layout, blocks: Vec<Vec<DMatrix<Dual64>>>, held: &[Dual64], from: usize) -> Option<Dual64> {
    eliminated(layout, blocks, |i| believed(held[i]), from, Dual64::from_re(0.0)).map(|(_, ln_determinant)| ln_determinant)
}

/// Eliminates units from the lowest level up to level `from`: the parts of each level, and the logarithm of the determinant. `pending` holds
/// the blocks, to which is added what units below have left on the coordinates above.
fn eliminated<F: RealField + Copy>(
    layout: &Layout,
    mut pending: Vec<Vec<DMatrix<F>>>,
    least: impl Fn(usize) -> F,
    from: usize,
    damping: F,
) -> Option<(Vec<Eliminated<F>>, F)> {
    let levels = layout.levels();
    let none = Eliminated { units: 0, own: 0, above: 0, factors: Vec::new(), weights: Vec::new() };
    let mut units: Vec<Eliminated<F>> = vec![none; levels];
    let mut ln_determinant = F::zero();
    for level in (from..levels).rev() {
        let above = layout.coordinate_offset(level);
        let own = layout.path_dimension(level) - above;
        let (upper, lower) = pending.split_at_mut(level);
        for (unit, block) in lower[0].iter().enumerate() {
            let mut square = block.view((above, above), (own, own)).clone_owned();
            (0..own).for_each(|i| square[(i, i)] += damping);
            let start = layout.coordinates_of(level, unit).start;
            let factor = matrix::raised(square, |i| least(start + i))?;
            let half = matrix::half_ln_determinant(&factor);
            ln_determinant += half + half;
            // W = M_oo^-1 M_oa; what is left above: M_aa - M_ao W.
            let beside = block.view((above, 0), (own, above));
            let weights = factor.solve(&beside);
            if level > from {
                let to = &mut upper[level - 1][layout.design.levels[level].parents[unit]];
                *to += block.view((0, 0), (above, above));
                to.gemm_tr(-F::one(), &beside, &weights, F::one());
            }
            let to = &mut units[level];
            (to.units, to.own, to.above) = (unit + 1, own, above);
            to.factors.extend(factor.l_dirty().iter());
            to.weights.extend(weights.iter());
        }
    }
    Some((units, ln_determinant))
}

/// The parts of a factored matrix that belong to the units of a level, unit after unit.
#[derive(Clone, Debug)]
struct Eliminated<F = f64> {
    units: usize,
    /// How many coordinates a unit has, and how many are above it.
    own: usize,
    above: usize,
    /// The lower Cholesky factors of what is left of each unit's own square, column by column.
    factors: Vec<F>,
    /// How each unit answers to what is above it, column by column.
    weights: Vec<F>,
}

/// One unit's part.
struct Part<'a> {
    factor: DMatrixView<'a, f64>,
    weights: DMatrixView<'a, f64>,
}

impl Eliminated {
    fn parts(&self) -> impl ExactSizeIterator<Item = Part<'_>> + DoubleEndedIterator {
        let (own, above) = (self.own, self.above);
        (0..self.units).map(move |u| Part {
            factor: DMatrixView::from_slice(&self.factors[u * own * own..][..own * own], own, own),
            weights: DMatrixView::from_slice(&self.weights[u * own * above..][..own * above], own, above),
        })
    }
}

impl Part<'_> {
    /// Solves `L y = x` in place.
    fn solve_lower(&self, x: &mut [f64]) {
        let n = x.len();
        self.factor.solve_lower_triangular_unchecked_mut(&mut DVectorViewMut::from_slice(x, n));
    }

    /// Solves `L' y = x` in place.
    fn solve_upper(&self, x: &mut [f64]) {
        let n = x.len();
        self.factor.tr_solve_lower_triangular_unchecked_mut(&mut DVectorViewMut::from_slice(x, n));
    }
}

/// A positive definite matrix with the structure of a population, factored.
#[derive(Clone, Debug)]
pub struct Factored {
    from: usize,
    units: Vec<Eliminated>,
    /// The logarithm of the determinant.
    pub ln_determinant: f64,
}

impl Factored {
    /// Solves for a right-hand side, in place; coordinates of levels that stay fixed become zero.
    pub fn solve(&self, layout: &Layout, x: &mut [f64]) {
        let levels = layout.levels();
        let mut right = Vec::new();
        for level in (self.from..levels).rev() {
            for (unit, part) in self.units[level].parts().enumerate() {
                let own = layout.coordinates_of(level, unit);
                right.clear();
                right.extend_from_slice(&x[own.clone()]);
                self.above(layout, level, unit, |a, at| {
                    x[at] -= part.weights.column(a).iter().zip(&right).map(|(w, r)| w * r).sum::<f64>();
                });
                part.solve_lower(&mut x[own.clone()]);
                part.solve_upper(&mut x[own]);
            }
        }
        self.descend(layout, x);
    }

    /// A vector of independent standard normal numbers becomes a draw from the normal distribution with this precision, in place.
    pub fn spread(&self, layout: &Layout, x: &mut [f64]) {
        for level in self.from..layout.levels() {
            for (unit, part) in self.units[level].parts().enumerate() {
                let own = layout.coordinates_of(level, unit);
                part.solve_upper(&mut x[own]);
            }
        }
        self.descend(layout, x);
    }

    /// How the coordinates below answer when those above level `from` move by `x`'s values there: fills in the others of `x`.
    pub fn follow(&self, layout: &Layout, x: &mut [f64]) {
        let mut moved = Vec::new();
        for level in self.from..layout.levels() {
            for (unit, part) in self.units[level].parts().enumerate() {
                let own = layout.coordinates_of(level, unit);
                moved.clear();
                moved.resize(own.len(), 0.0);
                layout.upwards(level, unit, |l, u| {
                    if l < level {
                        let start = layout.coordinate_offset(l);
                        for (k, at) in layout.coordinates_of(l, u).enumerate() {
                            moved.iter_mut().zip(&part.weights.column(start + k)).for_each(|(m, w)| *m -= w * x[at]);
                        }
                    }
                });
                x[own].copy_from_slice(&moved);
            }
        }
    }

    /// The transpose of what `spread` and `follow` do together: a gradient by coordinates becomes one by the standard normal numbers below
    /// level `from`, and what is above it gathers the gradients of those that follow it. In place.
    pub fn pull(&self, layout: &Layout, gradient: &mut [f64]) {
        let mut right: Vec<f64> = Vec::new();
        for level in (self.from..layout.levels()).rev() {
            for (unit, part) in self.units[level].parts().enumerate() {
                let own = layout.coordinates_of(level, unit);
                right.clear();
                right.extend_from_slice(&gradient[own.clone()]);
                layout.upwards(level, unit, |l, u| {
                    if l < level {
                        let start = layout.coordinate_offset(l);
                        for (k, at) in layout.coordinates_of(l, u).enumerate() {
                            gradient[at] -= part.weights.column(start + k).iter().zip(&right).map(|(w, r)| w * r).sum::<f64>();
                        }
                    }
                });
                part.solve_lower(&mut gradient[own]);
            }
        }
    }

    /// From the top down: each unit answers to what is above it.
    fn descend(&self, layout: &Layout, x: &mut [f64]) {
        let mut moved = Vec::new();
        for level in self.from..layout.levels() {
            for (unit, part) in self.units[level].parts().enumerate() {
                let own = layout.coordinates_of(level, unit);
                moved.clear();
                moved.resize(own.len(), 0.0);
                self.above(layout, level, unit, |a, at| {
                    moved.iter_mut().zip(&part.weights.column(a)).for_each(|(m, w)| *m += w * x[at]);
                });
                x[own].iter_mut().zip(&moved).for_each(|(x, m)| *x -= m);
            }
        }
    }

    /// The coordinates above a unit that are not fixed: their places on its path, and in a position.
    fn above(&self, layout: &Layout, level: usize, unit: usize, mut f: impl FnMut(usize, usize)) {
        layout.upwards(level, unit, |l, u| {
            if l < level && l >= self.from {
                let start = layout.coordinate_offset(l);
                layout.coordinates_of(l, u).enumerate().for_each(|(k, at)| f(start + k, at));
            }
        });
    }

    /// The variance of each coordinate.
    pub fn variances(&self, layout: &Layout) -> Vec<f64> {
        // Unit by unit the covariance of its path: cov_oo = M_oo^-1 + W cov_aa W', cov_oa = -W cov_aa.
        let mut variances = vec![0.0; layout.dimension()];
        let mut paths: Vec<Vec<DMatrix<f64>>> = Vec::new();
        let fixed = layout.coordinate_offset(self.from);
        for level in self.from..layout.levels() {
            let above = layout.coordinate_offset(level);
            let n = layout.path_dimension(level);
            let (own, free) = (n - above, above - fixed);
            let mut here = Vec::new();
            for (unit, part) in self.units[level].parts().enumerate() {
                let mut covariance = DMatrix::zeros(n, n);
                let mut square = Factor::pack_dirty(part.factor.clone_owned()).inverse();
                if free > 0 {
                    let parent = &paths[level - 1 - self.from][layout.design.levels[level].parents[unit]];
                    let parent = parent.view((fixed, fixed), (free, free));
                    let weights = part.weights.columns(fixed, free);
                    let across = -weights * parent;
                    square -= &across * weights.transpose();
                    covariance.view_mut((fixed, fixed), (free, free)).copy_from(&parent);
                    covariance.view_mut((fixed, above), (free, own)).copy_from(&across.transpose());
                    covariance.view_mut((above, fixed), (own, free)).copy_from(&across);
                }
                covariance.view_mut((above, above), (own, own)).copy_from(&square);
                for (i, at) in layout.coordinates_of(level, unit).enumerate() {
                    variances[at] = square[(i, i)];
                }
                here.push(covariance);
            }
            paths.push(here);
        }
        variances
    }
}
