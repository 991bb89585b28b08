//! Guides: distributions over real coordinates, normal or skewed, that are dependent within blocks.

use serde::{Deserialize, Serialize};

use super::skew::{Shape, Shaped};
use crate::matrix;
use crate::posterior::{Curvature, Layout};
use crate::prior::HALF_LN_TWO_PI;

/// Which correlations a guide can express.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Guide {
    /// None.
    MeanField,
    /// Those within each unit: a block for the group, one for each plate's unit, subject and session.
    Blocks,
    /// The same, with a skewness and tails of its own along each axis of each block: for one-sided posteriors.
    #[default]
    Skewed,
    /// All.
    FullRank,
}

/// A guide's distribution over real coordinates: in each block `x = centre + L u`, `L` lower triangular and `u` standard normal, or skewed
/// number by number. Logarithms of the diagonal are stored, so that every list of parameters is a distribution.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fitted {
    /// The first coordinate and the size of each block.
    blocks: Vec<(usize, usize)>,
    /// The centres of all coordinates, then block after block the rows of its triangle; then, where it is skewed, the shape of each number.
    pub(super) parameters: Vec<f64>,
    dimension: usize,
    /// Where the shapes begin; none where they would lie beyond the end.
    shapes: usize,
}

/// For each row of the triangles its block's first coordinate, its place in the block, and where its numbers are.
fn rows(blocks: &[(usize, usize)], mut at: usize) -> impl Iterator<Item = (usize, usize, usize)> {
    let all = blocks.iter().flat_map(|&(start, n)| (0..n).map(move |i| (start, i)));
    all.map(move |(start, i)| {
        at += i + 1;
        (start, i, at - i - 1)
    })
}

impl Fitted {
    /// Whether it has the same blocks of as many numbers as another.
    pub(super) fn is_like(&self, other: &Fitted) -> bool {
        let form = |guide: &Fitted| (guide.dimension, guide.shapes, guide.parameters.len());
        self.blocks == other.blocks && form(self) == form(other)
    }

    /// A guide around a mean, everywhere with the same standard deviation.
    pub fn new(layout: &Layout, guide: Guide, mean: &[f64], sd: f64) -> Self {
        let blocks: Vec<(usize, usize)> = match guide {
            Guide::MeanField => (0..mean.len()).map(|i| (i, 1)).collect(),
            Guide::FullRank => vec![(0, mean.len())],
            Guide::Blocks | Guide::Skewed => {
                let units = (0..layout.levels()).flat_map(|level| (0..layout.units(level)).map(move |unit| (level, unit)));
                let ranges = units.map(|(level, unit)| layout.coordinates_of(level, unit));
                ranges.filter(|r| !r.is_empty()).map(|r| (r.start, r.len())).collect()
            }
        };
        let mut parameters = mean.to_vec();
        for &(_, n) in &blocks {
            for i in 0..n {
                parameters.extend((0..=i).map(|j| if i == j { sd.ln() } else { 0.0 }));
            }
        }
        let (dimension, shapes) = (mean.len(), parameters.len());
        if guide == Guide::Skewed {
            parameters.resize(shapes + 2 * dimension, 0.0);
        }
        Fitted { blocks, parameters, dimension, shapes }
    }

    /// Gives each block the covariance that is nearest in KL(q || p) to a normal distribution with this curvature: the inverse of the
    /// block's own precision. Whether every block could be inverted; if not the guide is as before.
    pub fn curve(&mut self, layout: &Layout, curvature: &Curvature) -> bool {
        let mut triangles = Vec::new();
        let precisions = curvature.diagonal_blocks(layout, &self.blocks);
        for (&(start, n), precision) in self.blocks.iter().zip(precisions) {
            let Some(factor) = matrix::raised(precision, |i| curvature.least(start + i)) else { return false };
            // The covariance, then its own factor.
            let Some(root) = matrix::factor(factor.inverse()) else { return false };
            let root = root.l_dirty();
            for i in 0..n {
                triangles.extend((0..=i).map(|j| if i == j { root[(i, i)].ln() } else { root[(i, j)] }));
            }
        }
        self.parameters[self.dimension..self.shapes].copy_from_slice(&triangles);
        true
    }

    /// The number of coordinates.
    pub fn dimension(&self) -> usize {
        self.dimension
    }

    /// The mean and the standard deviation of each coordinate.
    pub fn moments(&self) -> (Vec<f64>, Vec<f64>) {
        let each: Vec<(f64, f64)> = (0..self.dimension).map(|i| self.shape(i).map_or((0.0, 1.0), Shape::moments)).collect();
        let (mut means, mut sds) = (self.parameters[..self.dimension].to_vec(), vec![0.0; self.dimension]);
        self.each_row(|row, entries| {
            for (j, l) in entries {
                means[row] += l * each[j].0;
                sds[row] += (l * each[j].1).powi(2);
            }
        });
        sds.iter_mut().for_each(|x| *x = x.sqrt());
        (means, sds)
    }

    /// The shape of a number, where it is skewed.
    fn shape(&self, i: usize) -> Option<Shape> {
        let at = self.parameters.get(self.shapes + 2 * i..)?;
        Some(Shape { shift: *at.first()?, ln_tail: *at.get(1)? })
    }

    /// What standard normal numbers become before they are turned and stretched.
    fn shaped(&self, raw: &[f64]) -> Vec<Shaped> {
        let plain = |z: f64| Shaped { value: z, ln_slope: 0.0, score: -z, by: [0.0; 2] };
        raw.iter().enumerate().map(|(i, &z)| self.shape(i).map_or_else(|| plain(z), |shape| shape.of(z))).collect()
    }

    /// Calls `f` with each coordinate and the entries of its row: columns (coordinates) and values.
    fn each_row(&self, mut f: impl FnMut(usize, &mut dyn Iterator<Item = (usize, f64)>)) {
        for (start, i, at) in rows(&self.blocks, self.dimension) {
            let row = &self.parameters[at..=at + i];
            let mut entries = row.iter().enumerate().map(|(j, &l)| (start + j, if i == j { l.exp() } else { l }));
            f(start + i, &mut entries);
        }
    }

    /// The point that a list of standard normal numbers stands for.
    pub fn place(&self, raw: &[f64]) -> Vec<f64> {
        let shaped = self.shaped(raw);
        let mut x = self.parameters[..self.dimension].to_vec();
        self.each_row(|row, entries| x[row] += entries.map(|(j, l)| l * shaped[j].value).sum::<f64>());
        x
    }

    /// The sum of the logarithms of the diagonal: half the logarithm of the covariance's determinant.
    pub fn half_ln_determinant(&self) -> f64 {
        rows(&self.blocks, self.dimension).map(|(_, i, at)| self.parameters[at + i]).sum()
    }

    /// The log-density at the point that a list of standard normal numbers stands for.
    pub fn ln_density(&self, raw: &[f64]) -> f64 {
        let squares: f64 = raw.iter().map(|r| r * r).sum();
        let slopes: f64 = self.shaped(raw).iter().map(|u| u.ln_slope).sum();
        -0.5 * squares - self.dimension as f64 * HALF_LN_TWO_PI - self.half_ln_determinant() - slopes
    }

    /// Adds the gradient of the bound at one point by the parameters: along the path of the point only ("sticking the landing", Roeder, Wu &
    /// Duvenaud 2017), so that its noise vanishes where the guide is the posterior.
    pub(super) fn add_gradient(&self, raw: &[f64], slope: &[f64], gradient: &mut [f64]) {
        // d/dx (ln p - ln q): the slope of ln p, and L^-T times minus that of the shaped numbers' density.
        let shaped = self.shaped(raw);
        let mut path = slope.to_vec();
        let mut at = self.dimension;
        for &(start, n) in &self.blocks {
            let row = |i: usize| at + i * (i + 1) / 2;
            let mut back: Vec<f64> = shaped[start..start + n].iter().map(|u| -u.score).collect();
            for i in (0..n).rev() {
                let later: f64 = (i + 1..n).map(|k| self.parameters[row(k) + i] * back[k]).sum();
                back[i] = (back[i] - later) / self.parameters[row(i) + i].exp();
            }
            path[start..start + n].iter_mut().zip(&back).for_each(|(p, b)| *p += b);
            at += n * (n + 1) / 2;
        }
        gradient[..self.dimension].iter_mut().zip(&path).for_each(|(g, p)| *g += p);
        for (start, i, at) in rows(&self.blocks, self.dimension) {
            for j in 0..i {
                gradient[at + j] += path[start + i] * shaped[start + j].value;
            }
            gradient[at + i] += path[start + i] * shaped[start + i].value * self.parameters[at + i].exp();
        }
        if self.shapes < self.parameters.len() {
            let shapes = self.shapes;
            self.each_row(|row, entries| {
                for (j, l) in entries {
                    gradient[shapes + 2 * j] += path[row] * l * shaped[j].by[0];
                    gradient[shapes + 2 * j + 1] += path[row] * l * shaped[j].by[1];
                }
            });
        }
    }

    /// Makes the guide narrower.
    pub(super) fn narrow(&mut self, by: f64) {
        for (_, i, at) in rows(&self.blocks, self.dimension) {
            self.parameters[at..at + i].iter_mut().for_each(|l| *l *= by);
            self.parameters[at + i] += by.ln();
        }
    }
}
