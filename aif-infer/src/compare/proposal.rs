//! A normal density of many numbers, of which some hang together.

use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

use crate::matrix::{self, DMatrix, Factor};
use crate::prior::HALF_LN_TWO_PI;

/// So many draws for each number say how all hang together.
const DRAWS_EACH: usize = 10;

/// A normal density: numbers of different blocks are independent.
#[derive(Clone, Debug, Default)]
pub(crate) struct Proposal {
    mean: Vec<f64>,
    blocks: Vec<Block>,
}

#[derive(Clone, Debug)]
struct Block {
    start: usize,
    covariance: DMatrix<f64>,
    factor: Factor,
}

impl Block {
    fn new(start: usize, covariance: DMatrix<f64>) -> Option<Self> {
        Some(Block { start, factor: matrix::factor(covariance.clone())?, covariance })
    }

    fn len(&self) -> usize {
        self.covariance.nrows()
    }
}

impl Proposal {
    /// With mean and covariance of some draws: all of it where there are enough draws for that, else that within blocks of these sizes, one after the
    /// other. `None` where there are too few even so, or the numbers of a block are bound to each other.
    pub fn around(draws: &[Vec<f64>], sizes: &[usize]) -> Option<Self> {
        let (n, d) = (draws.len(), draws.first()?.len());
        let whole = [d];
        let sizes = if n >= DRAWS_EACH * d { &whole[..] } else { sizes };
        if sizes.iter().any(|s| n < 2 * s + 2) {
            return None;
        }
        let mean: Vec<f64> = (0..d).map(|i| draws.iter().map(|x| x[i]).sum::<f64>() / n as f64).collect();
        let mut start = 0;
        let blocks = sizes.iter().filter(|s| **s > 0).map(|&size| {
            let off = DMatrix::from_fn(n, size, |row, i| draws[row][start + i] - mean[start + i]);
            let block = Block::new(start, off.tr_mul(&off) / (n - 1) as f64);
            start += size;
            block
        });
        let blocks = blocks.collect::<Option<_>>()?;
        Some(Proposal { mean, blocks })
    }

    /// The density of the other numbers where some are known.
    pub fn given(&self, places: &[usize], at: &[f64]) -> Option<Self> {
        let mut new = Proposal::default();
        for block in &self.blocks {
            let inside = |place: usize| (block.start..block.start + block.len()).contains(&place);
            let known: Vec<(usize, f64)> =
                places.iter().zip(at).filter(|(p, _)| inside(**p)).map(|(&p, &x)| (p - block.start, x - self.mean[p])).collect();
            let open: Vec<usize> = (0..block.len()).filter(|i| known.iter().all(|(k, _)| k != i)).collect();
            let mut mean: Vec<f64> = open.iter().map(|&i| self.mean[block.start + i]).collect();
            let among = |a: &[usize], b: &[usize]| DMatrix::from_fn(a.len(), b.len(), |i, j| block.covariance[(a[i], b[j])]);
            let mut covariance = among(&open, &open);
            if !known.is_empty() {
                let held: Vec<usize> = known.iter().map(|(k, _)| *k).collect();
                let across = among(&held, &open);
                // The regression of the others on what is known.
                let slopes = matrix::factor(among(&held, &held))?.solve(&across);
                mean.iter_mut()
                    .enumerate()
                    .for_each(|(i, m)| *m += known.iter().enumerate().map(|(k, (_, off))| slopes[(k, i)] * off).sum::<f64>());
                covariance -= across.tr_mul(&slopes);
            }
            let start = new.mean.len();
            new.mean.extend(mean);
            if !open.is_empty() {
                new.blocks.push(Block::new(start, covariance)?);
            }
        }
        Some(new)
    }

    /// The log-density.
    pub fn ln_density(&self, at: &[f64]) -> f64 {
        let of_block = |block: &Block| {
            let own = block.start..block.start + block.len();
            let mut off: Vec<f64> = at[own.clone()].iter().zip(&self.mean[own]).map(|(x, m)| x - m).collect();
            matrix::solve_lower(&block.factor, &mut off);
            -0.5 * off.iter().map(|x| x * x).sum::<f64>()
                - matrix::half_ln_determinant(&block.factor)
                - off.len() as f64 * HALF_LN_TWO_PI
        };
        self.blocks.iter().map(of_block).sum()
    }

    /// A draw.
    pub fn draw(&self, rng: &mut dyn Rng) -> Vec<f64> {
        let mut all = self.mean.clone();
        for block in &self.blocks {
            let raw: Vec<f64> = (0..block.len()).map(|_| StandardNormal.sample(rng)).collect();
            let lower = block.factor.l_dirty();
            for i in 0..block.len() {
                all[block.start + i] += (0..=i).map(|j| lower[(i, j)] * raw[j]).sum::<f64>();
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::stream;

    #[test]
    fn what_is_known_moves_what_hangs_together_with_it() {
        let draws: Vec<Vec<f64>> = (0..400)
            .map(|i| {
                let mut rng = stream(3, i);
                let [a, b, c]: [f64; 3] = core::array::from_fn(|_| StandardNormal.sample(&mut rng));
                vec![a, 1.0 + 0.5 * a + 0.3 * b, c]
            })
            .collect();
        let all = Proposal::around(&draws, &[2, 1]).unwrap();
        let given = all.given(&[0], &[2.0]).unwrap();
        // p(b, c | a) = p(a, b, c) / p(a).
        let first = all.given(&[1, 2], &[0.0, 0.0]).unwrap();
        assert_eq!((given.mean.len(), first.mean.len()), (2, 1));
        assert!((given.mean[0] - 2.0).abs() < 0.1, "{:?}", given.mean);
        let only: Vec<Vec<f64>> = draws.iter().map(|d| vec![d[0]]).collect();
        let one = Proposal::around(&only, &[1]).unwrap();
        let whole = all.ln_density(&[2.0, 1.7, -0.4]);
        assert!((whole - one.ln_density(&[2.0]) - given.ln_density(&[1.7, -0.4])).abs() < 1e-10);
        // Few draws: blocks stand apart.
        let few = Proposal::around(&draws[..20], &[2, 1]).unwrap();
        assert_eq!(few.blocks.len(), 2);
        assert!(Proposal::around(&draws[..5], &[2, 1]).is_none());
        // Its own draws are like it.
        let again: Vec<Vec<f64>> = (0..4000).map(|i| all.draw(&mut stream(1, i))).collect();
        let found = Proposal::around(&again, &[2, 1]).unwrap();
        assert!((found.blocks[0].covariance.clone() - &all.blocks[0].covariance).norm() < 0.1);
    }
}
