//! Guides: normal distributions over real coordinates whose covariance is made of blocks.

use serde::{Deserialize, Serialize};

use crate::posterior::{Curvature, Layout, arrow};
use crate::prior::HALF_LN_TWO_PI;

/// Which correlations a guide can express.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Guide {
    /// None.
    MeanField,
    /// Those within each unit: a block for the group, one for each plate's unit, subject and session.
    #[default]
    Blocks,
    /// All.
    FullRank,
}

/// A normal distribution over real coordinates: in each block `x = mean + L raw`, `L` lower triangular. Logarithms of its diagonal are
/// stored, so that every list of parameters is a distribution.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Gaussian {
    /// The first coordinate and the size of each block.
    blocks: Vec<(usize, usize)>,
    /// The means of all coordinates, then block after block the rows of its triangle.
    pub(super) parameters: Vec<f64>,
    dimension: usize,
}

/// For each row of the triangles its block's first coordinate, its place in the block, and where its numbers are.
fn rows(blocks: &[(usize, usize)], mut at: usize) -> impl Iterator<Item = (usize, usize, usize)> {
    let all = blocks.iter().flat_map(|&(start, n)| (0..n).map(move |i| (start, i)));
    all.map(move |(start, i)| {
        at += i + 1;
        (start, i, at - i - 1)
    })
}

impl Gaussian {
    /// A guide around a mean, everywhere with the same standard deviation.
    pub fn new(layout: &Layout, guide: Guide, mean: &[f64], sd: f64) -> Self {
        let blocks: Vec<(usize, usize)> = match guide {
            Guide::MeanField => (0..mean.len()).map(|i| (i, 1)).collect(),
            Guide::FullRank => vec![(0, mean.len())],
            Guide::Blocks => {
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
        Gaussian { blocks, parameters, dimension: mean.len() }
    }

    /// Gives each block the covariance that is nearest in KL(q || p) to a normal distribution with this curvature: the inverse of the
    /// block's own precision. Whether every block could be inverted; if not the guide is as before.
    pub fn curve(&mut self, layout: &Layout, curvature: &Curvature) -> bool {
        let mut triangles = Vec::new();
        let precisions = curvature.diagonal_blocks(layout, &self.blocks);
        for (&(start, n), precision) in self.blocks.iter().zip(precisions) {
            let Some(factor) = arrow::raised_cholesky(precision, n, |i| curvature.least(start + i)) else { return false };
            // The covariance, then its own factor.
            let covariance = arrow::inverse(&factor, n);
            let Some(root) = arrow::cholesky(covariance, n) else { return false };
            for i in 0..n {
                triangles.extend((0..=i).map(|j| if i == j { root[i * n + i].ln() } else { root[i * n + j] }));
            }
        }
        self.parameters[self.dimension..].copy_from_slice(&triangles);
        true
    }

    /// The number of coordinates.
    pub fn dimension(&self) -> usize {
        self.dimension
    }

    /// The means.
    pub fn mean(&self) -> &[f64] {
        &self.parameters[..self.dimension]
    }

    /// The standard deviations.
    pub fn sd(&self) -> Vec<f64> {
        let mut sd = vec![0.0; self.dimension];
        self.each_row(|row, entries| sd[row] = entries.map(|(_, l)| l * l).sum::<f64>().sqrt());
        sd
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
        let mut x = self.mean().to_vec();
        self.each_row(|row, entries| x[row] += entries.map(|(j, l)| l * raw[j]).sum::<f64>());
        x
    }

    /// The sum of the logarithms of the diagonal: half the logarithm of the covariance's determinant.
    pub fn half_ln_determinant(&self) -> f64 {
        rows(&self.blocks, self.dimension).map(|(_, i, at)| self.parameters[at + i]).sum()
    }

    /// The log-density at the point that a list of standard normal numbers stands for.
    pub fn ln_density(&self, raw: &[f64]) -> f64 {
        let squares: f64 = raw.iter().map(|r| r * r).sum();
        -0.5 * squares - self.dimension as f64 * HALF_LN_TWO_PI - self.half_ln_determinant()
    }

    /// Adds the gradient of the bound at one point by the parameters: along the path of the point only ("sticking the landing", Roeder, Wu &
    /// Duvenaud 2017), so that its noise vanishes where the guide is the posterior.
    pub(super) fn add_gradient(&self, raw: &[f64], slope: &[f64], gradient: &mut [f64]) {
        // d/dx (ln p - ln q): the slope of ln p, and L^-T raw.
        let mut path = slope.to_vec();
        let mut at = self.dimension;
        for &(start, n) in &self.blocks {
            let row = |i: usize| at + i * (i + 1) / 2;
            let mut back = raw[start..start + n].to_vec();
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
                gradient[at + j] += path[start + i] * raw[start + j];
            }
            gradient[at + i] += path[start + i] * raw[start + i] * self.parameters[at + i].exp();
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
