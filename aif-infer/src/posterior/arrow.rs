//! The Hessian of a population's log-density: each unit touches only its own coordinates and those above it, so that systems are solved by
//! eliminating units from the lowest level up, in a time proportional to their number.

use super::layout::Layout;
use super::triangle::{raised_cholesky, solve, solve_lower, solve_upper};

/// A log-density at a position, its gradient, and its Hessian as a sum of one dense block for each unit, over the coordinates of the
/// unit's path.
#[derive(Clone, Debug)]
pub struct Curvature {
    /// The log-density.
    pub value: f64,
    /// Its gradient.
    pub gradient: Vec<f64>,
    /// For each level, for each unit: the block, row by row, over the coordinates of all above it and then its own.
    blocks: Vec<Vec<Vec<f64>>>,
    /// How far each coordinate is held by its own prior: the negative second derivative of that.
    held: Vec<f64>,
}

impl Curvature {
    /// Zero everywhere.
    pub fn zero(layout: &Layout) -> Self {
        let blocks = (0..layout.levels()).map(|level| {
            let n = layout.path_dimension(level);
            vec![vec![0.0; n * n]; layout.units(level)]
        });
        let d = layout.dimension();
        Curvature { value: 0.0, gradient: vec![0.0; d], blocks: blocks.collect(), held: vec![0.0; d] }
    }

    /// Adds what a unit's term contributes.
    pub fn add(&mut self, layout: &Layout, (level, unit): (usize, usize), value: f64, gradient: &[f64], block: Vec<f64>) {
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
        0.25 * self.held[coordinate].clamp(1e-3, 1.0)
    }

    /// Whether everything is finite.
    pub fn is_finite(&self) -> bool {
        self.value.is_finite()
            && self.gradient.iter().all(|g| g.is_finite())
            && self.blocks.iter().flatten().flatten().all(|h| h.is_finite())
    }

    /// The whole Hessian as a dense matrix, row by row; for tests and small problems.
    pub fn dense(&self, layout: &Layout) -> Vec<f64> {
        let d = layout.dimension();
        let mut dense = vec![0.0; d * d];
        let mut positions = Vec::new();
        for (level, blocks) in self.blocks.iter().enumerate() {
            for (unit, block) in blocks.iter().enumerate() {
                layout.path_positions(level, unit, &mut positions);
                let n = positions.len();
                for (i, &a) in positions.iter().enumerate() {
                    for (j, &b) in positions.iter().enumerate() {
                        dense[a * d + b] += block[i * n + j];
                    }
                }
            }
        }
        dense
    }

    /// The negative Hessian over blocks of coordinates that lie one after the other, each given by its first coordinate and its size; row by
    /// row.
    pub fn diagonal_blocks(&self, layout: &Layout, blocks: &[(usize, usize)]) -> Vec<Vec<f64>> {
        let mut all: Vec<Vec<f64>> = blocks.iter().map(|&(_, n)| vec![0.0; n * n]).collect();
        // Which block each coordinate is in.
        let mut owner = vec![0; layout.dimension()];
        for (k, &(start, n)) in blocks.iter().enumerate() {
            owner[start..start + n].fill(k);
        }
        let mut positions = Vec::new();
        for (level, own) in self.blocks.iter().enumerate() {
            for (unit, block) in own.iter().enumerate() {
                layout.path_positions(level, unit, &mut positions);
                let width = positions.len();
                for (i, &a) in positions.iter().enumerate() {
                    let (start, n) = blocks[owner[a]];
                    for (j, &b) in positions.iter().enumerate().filter(|(_, b)| owner[**b] == owner[a]) {
                        all[owner[a]][(a - start) * n + b - start] -= block[i * width + j];
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
        let levels = layout.levels();
        // What units below have left on the coordinates above, block by block.
        let mut pending: Vec<Vec<Vec<f64>>> =
            self.blocks.iter().map(|level| level.iter().map(|b| b.iter().map(|h| -h).collect()).collect()).collect();
        let mut units: Vec<Eliminated> = vec![Eliminated::default(); levels];
        let mut ln_determinant = 0.0;
        for level in (from..levels).rev() {
            let n = layout.path_dimension(level);
            let above = layout.coordinate_offset(level);
            let own = n - above;
            let (upper, lower) = pending.split_at_mut(level);
            for (unit, block) in lower[0].iter_mut().enumerate() {
                let mut square: Vec<f64> = (0..own)
                    .flat_map(|i| (0..own).map(move |j| (i, j)))
                    .map(|(i, j)| block[(above + i) * n + above + j])
                    .collect();
                (0..own).for_each(|i| square[i * own + i] += damping);
                let start = layout.coordinates_of(level, unit).start;
                let factor = raised_cholesky(square, own, |i| self.least(start + i))?;
                ln_determinant += (0..own).map(|i| 2.0 * factor[i * own + i].ln()).sum::<f64>();
                // W = M_oo^-1 M_oa; what is left above: M_aa - M_ao W.
                let mut weights = vec![0.0; own * above];
                let mut column = vec![0.0; own];
                for a in 0..above {
                    (0..own).for_each(|i| column[i] = block[(above + i) * n + a]);
                    solve(&factor, own, &mut column);
                    (0..own).for_each(|i| weights[i * above + a] = column[i]);
                }
                if level > from {
                    let parent = layout.design.levels[level].parents[unit];
                    let to = &mut upper[level - 1][parent];
                    for a in 0..above {
                        for b in 0..above {
                            let left: f64 = (0..own).map(|i| block[a * n + above + i] * weights[i * above + b]).sum();
                            to[a * above + b] += block[a * n + b] - left;
                        }
                    }
                }
                let to = &mut units[level];
                (to.units, to.own, to.above) = (unit + 1, own, above);
                to.factors.extend(factor);
                to.weights.extend(weights);
            }
        }
        Some(Factored { from, units, ln_determinant })
    }
}

/// The parts of a factored matrix that belong to the units of a level, unit after unit.
#[derive(Clone, Debug, Default)]
struct Eliminated {
    units: usize,
    /// How many coordinates a unit has, and how many are above it.
    own: usize,
    above: usize,
    /// The Cholesky factors of what is left of each unit's own square.
    factors: Vec<f64>,
    /// How each unit answers to what is above it.
    weights: Vec<f64>,
}

/// One unit's part.
#[derive(Clone, Copy)]
struct Part<'a> {
    factor: &'a [f64],
    weights: &'a [f64],
}

impl Eliminated {
    fn parts(&self) -> impl ExactSizeIterator<Item = Part<'_>> + DoubleEndedIterator {
        let (square, wide) = (self.own * self.own, self.own * self.above);
        (0..self.units)
            .map(move |u| Part { factor: &self.factors[u * square..][..square], weights: &self.weights[u * wide..][..wide] })
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
                    let width = layout.coordinate_offset(level);
                    x[at] -= right.iter().enumerate().map(|(i, r)| part.weights[i * width + a] * r).sum::<f64>();
                });
                solve(part.factor, own.len(), &mut x[own]);
            }
        }
        self.descend(layout, x);
    }

    /// A vector of independent standard normal numbers becomes a draw from the normal distribution with this precision, in place.
    pub fn spread(&self, layout: &Layout, x: &mut [f64]) {
        for level in self.from..layout.levels() {
            for (unit, part) in self.units[level].parts().enumerate() {
                let own = layout.coordinates_of(level, unit);
                solve_upper(part.factor, own.len(), &mut x[own]);
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
                let width = layout.coordinate_offset(level);
                layout.upwards(level, unit, |l, u| {
                    if l < level {
                        let start = layout.coordinate_offset(l);
                        for (k, at) in layout.coordinates_of(l, u).enumerate() {
                            moved.iter_mut().enumerate().for_each(|(i, m)| *m -= part.weights[i * width + start + k] * x[at]);
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
                let width = layout.coordinate_offset(level);
                right.clear();
                right.extend_from_slice(&gradient[own.clone()]);
                layout.upwards(level, unit, |l, u| {
                    if l < level {
                        let start = layout.coordinate_offset(l);
                        for (k, at) in layout.coordinates_of(l, u).enumerate() {
                            gradient[at] -=
                                right.iter().enumerate().map(|(i, r)| part.weights[i * width + start + k] * r).sum::<f64>();
                        }
                    }
                });
                solve_lower(part.factor, own.len(), &mut gradient[own]);
            }
        }
    }

    /// From the top down: each unit answers to what is above it.
    fn descend(&self, layout: &Layout, x: &mut [f64]) {
        let mut moved = Vec::new();
        for level in self.from..layout.levels() {
            for (unit, part) in self.units[level].parts().enumerate() {
                let own = layout.coordinates_of(level, unit);
                let width = layout.coordinate_offset(level);
                moved.clear();
                moved.resize(own.len(), 0.0);
                self.above(layout, level, unit, |a, at| {
                    moved.iter_mut().enumerate().for_each(|(i, m)| *m += part.weights[i * width + a] * x[at]);
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
        let mut paths: Vec<Vec<Vec<f64>>> = Vec::new();
        for level in self.from..layout.levels() {
            let above = layout.coordinate_offset(level);
            let fixed = layout.coordinate_offset(self.from);
            let n = layout.path_dimension(level);
            let own = n - above;
            let mut here = Vec::new();
            for (unit, part) in self.units[level].parts().enumerate() {
                let mut covariance = vec![0.0; n * n];
                if level > self.from {
                    let parent = &paths[level - 1 - self.from][layout.design.levels[level].parents[unit]];
                    for a in fixed..above {
                        for b in fixed..above {
                            covariance[a * n + b] = parent[a * above + b];
                        }
                    }
                }
                for i in 0..own {
                    for a in fixed..above {
                        let c: f64 = (fixed..above).map(|b| -part.weights[i * above + b] * covariance[b * n + a]).sum();
                        covariance[(above + i) * n + a] = c;
                        covariance[a * n + above + i] = c;
                    }
                }
                for j in 0..own {
                    let mut column = vec![0.0; own];
                    column[j] = 1.0;
                    solve(part.factor, own, &mut column);
                    for i in 0..own {
                        let through: f64 =
                            (fixed..above).map(|a| -part.weights[i * above + a] * covariance[a * n + above + j]).sum();
                        covariance[(above + i) * n + above + j] = column[i] + through;
                    }
                }
                for (i, at) in layout.coordinates_of(level, unit).enumerate() {
                    variances[at] = covariance[(above + i) * n + above + i];
                }
                here.push(covariance);
            }
            paths.push(here);
        }
        variances
    }
}
