//! A unit's log-likelihood as a table: coefficients of Chebyshev polynomials over the region where its posterior is, with a measured error.
//!
//! A unit's behaviour depends on a few numbers of its own, smoothly. Over the region that its posterior fills (a box around the mode, turned
//! and stretched as the posterior is, in coordinates on the real line) the log-likelihood is a polynomial of moderate degree to far more
//! digits than a posterior has use for. Degrees are doubled until the last coefficients vanish (Trefethen 2013, "Approximation theory and
//! approximation practice", chapters 3 and 4), and what is left is measured at points between the nodes.

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::chebyshev::{MOST, NoTable, PART, by_powers, checks, tails, transformed};
use crate::matrix::{self, DMatrix, DVectorViewMut};
use crate::prior::Support;

/// For tables over one, two and three numbers: the degree to begin with, and the largest.
const DEGREES: [(usize, usize); MOST] = [(16, 128), (8, 64), (8, 32)];

/// How far a table reaches, in standard deviations of the unit's posterior; and how far it must, where the degree does not suffice.
const REACHES: [f64; 3] = [8.0, 6.0, 4.5];

/// Where a table lies: around a point, as far as a covariance reaches, both in real coordinates.
#[derive(Clone, Debug)]
pub struct Region {
    /// Where each number lives.
    pub supports: Vec<Support<f64>>,
    /// The middle.
    pub centre: Vec<f64>,
    /// The lower Cholesky factor of the covariance.
    pub root: DMatrix<f64>,
}

impl Region {
    /// Around a point; `None` where the covariance is none.
    pub fn new(supports: Vec<Support<f64>>, centre: Vec<f64>, covariance: DMatrix<f64>) -> Option<Self> {
        let n = centre.len();
        let finite = centre.iter().chain(&covariance).all(|x| x.is_finite());
        let root = matrix::factor(covariance).filter(|_| finite && (1..=MOST).contains(&n))?.unpack();
        Some(Region { supports, centre, root })
    }

    /// The numbers at a point of the box, whose sides go from -1 to 1.
    fn numbers(&self, at: &[f64], reach: f64) -> Vec<f64> {
        let n = self.centre.len();
        let place = |i: usize| -> f64 { self.centre[i] + reach * (0..=i).map(|j| self.root[(i, j)] * at[j]).sum::<f64>() };
        (0..n).map(|i| self.supports[i].constrain(place(i)).0).collect()
    }
}

/// A log-likelihood over a box.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Table {
    pub(super) supports: Vec<Support<f64>>,
    pub(super) centre: Vec<f64>,
    /// From real coordinates to the sides of the box: the lower triangle.
    pub(super) turned: Vec<f64>,
    /// How many coefficients there are along each number.
    pub(super) sizes: Vec<usize>,
    /// For each place along all numbers but the last: where its coefficients along the last one end. Small ones at the end are left out.
    pub(super) ends: Vec<u32>,
    pub(super) coefficients: Vec<f64>,
    /// Of one number: the same as short polynomials over equal parts of the box, each by powers; empty where they would have to be too many.
    pub(super) parts: Vec<[f64; PART]>,
    /// The largest error that was met between the nodes, in nats.
    pub error: f64,
    /// How often the log-likelihood was worked out.
    pub cost: usize,
}

impl Table {
    /// Works out a table: `score` gives the log-likelihood at some numbers.
    ///
    /// # Errors
    /// Where the log-likelihood is not finite, or not smooth enough for the tolerance (in nats).
    pub fn new(region: &Region, tolerance: f64, score: &mut dyn FnMut(&[f64]) -> Option<f64>) -> Result<Table, NoTable> {
        let mut failure = NoTable::Rough;
        for reach in REACHES {
            match Table::over(region, reach, tolerance, score) {
                Ok(table) => return Ok(table),
                Err(why) => failure = why,
            }
        }
        Err(failure)
    }

    fn over(region: &Region, reach: f64, tolerance: f64, score: &mut dyn FnMut(&[f64]) -> Option<f64>) -> Result<Table, NoTable> {
        let n = region.centre.len();
        let (first, most) = DEGREES[n - 1];
        let mut degrees = vec![first; n];
        let mut known: FxHashMap<[usize; MOST], f64> = FxHashMap::default();
        let mut cost = 0;
        loop {
            let coefficients = {
                let mut at_node = |node: [usize; MOST]| -> Result<f64, NoTable> {
                    if let Some(&value) = known.get(&node) {
                        return Ok(value);
                    }
                    let at: Vec<f64> = node[..n].iter().map(|&j| (std::f64::consts::PI * j as f64 / most as f64).cos()).collect();
                    cost += 1;
                    let value = score(&region.numbers(&at, reach)).filter(|x| x.is_finite()).ok_or(NoTable::Impossible)?;
                    known.insert(node, value);
                    Ok(value)
                };
                transformed(&degrees, most, &mut at_node)?
            };
            let tails = tails(&coefficients, &degrees);
            let mut grown = false;
            for (degree, tail) in degrees.iter_mut().zip(tails) {
                if tail > 0.25 * tolerance / n as f64 {
                    if *degree == most {
                        return Err(NoTable::Rough);
                    }
                    (*degree, grown) = (*degree * 2, true);
                }
            }
            if grown {
                continue;
            }
            let mut table = Table::of(region, reach, &degrees, &coefficients, 0.01 * tolerance);
            if n == 1 {
                table.cut(0.02 * tolerance);
            }
            let mut rough = false;
            for point in checks(n) {
                let numbers = region.numbers(&point, reach);
                cost += 1;
                let truth = score(&numbers).filter(|x| x.is_finite()).ok_or(NoTable::Impossible)?;
                let looked = table.look(&numbers).map_or(f64::NAN, |l| l.value);
                let error = (looked - truth).abs();
                rough |= error.is_nan() || error > tolerance;
                table.error = table.error.max(error);
            }
            if !rough {
                table.cost = cost;
                return Ok(table);
            }
            if degrees.iter().all(|&d| d == most) {
                return Err(NoTable::Rough);
            }
            degrees.iter_mut().for_each(|d| *d = (*d * 2).min(most));
        }
    }

    fn of(region: &Region, reach: f64, degrees: &[usize], coefficients: &[f64], small: f64) -> Table {
        let n = degrees.len();
        let mut inverse = DMatrix::identity(n, n);
        region.root.solve_lower_triangular_unchecked_mut(&mut inverse);
        let turned = inverse.row_iter().flat_map(|row| row.iter().map(|x| x / reach).collect::<Vec<_>>()).collect();
        let width = degrees[n - 1] + 1;
        let (mut kept, mut ends) = (Vec::new(), Vec::new());
        // What is left out is so small that all of it together does not matter.
        let small = small / coefficients.len() as f64;
        for row in coefficients.chunks(width) {
            let last = row.iter().rposition(|c| c.abs() > small).map_or(0, |k| k + 1);
            kept.extend_from_slice(&row[..last]);
            ends.push(kept.len() as u32);
        }
        Table {
            supports: region.supports.clone(),
            centre: region.centre.clone(),
            turned,
            sizes: degrees.iter().map(|d| d + 1).collect(),
            ends,
            coefficients: kept,
            parts: Vec::new(),
            error: 0.0,
            cost: 0,
        }
    }

    /// Cuts the box of one number into as many parts as it takes for short polynomials to be as good.
    fn cut(&mut self, tolerance: f64) {
        let nodes: [f64; PART] = std::array::from_fn(|j| (std::f64::consts::PI * (j as f64 + 0.5) / PART as f64).cos());
        let mut count = 8;
        while count <= 64 {
            let middle = |part: usize| (2 * part + 1) as f64 / count as f64 - 1.0;
            let place = |part: usize, s: f64| middle(part) + s / count as f64;
            let parts: Vec<[f64; PART]> =
                (0..count).map(|part| by_powers(&nodes.map(|s| self.along(place(part, s)).value), &nodes)).collect();
            let near = (0..count).all(|part| {
                [-0.98, -0.5, 0.13, 0.6, 0.99].iter().all(|&s| {
                    let short = parts[part].iter().rev().fold(0.0, |sum, c| sum * s + c);
                    (short - self.along(place(part, s)).value).abs() < tolerance
                })
            });
            if near {
                self.parts = parts;
                return;
            }
            count *= 2;
        }
    }

    /// A place in the box, whose sides go from -1 to 1, for numbers; they may lie outside.
    pub fn place(&self, numbers: &[f64]) -> [f64; MOST] {
        let n = self.sizes.len();
        let to: Vec<f64> = (0..n).map(|i| self.supports[i].unconstrain(numbers[i])[0] - self.centre[i]).collect();
        std::array::from_fn(|i| if i < n { (0..=i).map(|j| self.turned[i * n + j] * to[j]).sum() } else { 0.0 })
    }

    /// The numbers at a place.
    pub fn numbers(&self, place: &[f64]) -> Vec<f64> {
        let n = self.sizes.len();
        let mut to = place[..n].to_vec();
        DMatrix::from_row_slice(n, n, &self.turned)
            .solve_lower_triangular_unchecked_mut(&mut DVectorViewMut::from_slice(&mut to, n));
        (0..n).map(|i| self.supports[i].constrain(self.centre[i] + to[i]).0).collect()
    }

    /// Whether its parts fit together, so that it can be looked up.
    pub(crate) fn is_sound(&self) -> bool {
        let n = self.sizes.len();
        let rows = self.sizes.split_last().map_or(0, |(_, before)| before.iter().product());
        (1..=MOST).contains(&n)
            && self.sizes.iter().zip([DEGREES[n - 1].1; MOST]).all(|(&size, most)| (2..=most + 1).contains(&size))
            && [self.supports.len(), self.centre.len()] == [n; 2]
            && self.turned.len() == n * n
            && self.ends.len() == rows
            && self.ends.is_sorted()
            && self.ends.last().is_some_and(|&end| end as usize == self.coefficients.len())
            && self
                .ends
                .iter()
                .scan(0, |from, &end| Some(end - std::mem::replace(from, end)))
                .all(|len| len as usize <= self.sizes[n - 1])
            && (n == 1 || self.parts.is_empty())
    }

    /// How much memory its numbers take, in bytes.
    pub fn bytes(&self) -> usize {
        8 * (self.coefficients.len() + PART * self.parts.len()) + 4 * self.ends.len()
    }
}

#[cfg(test)]
mod tests {
    use super::super::chebyshev::CHECKS;
    use super::*;

    #[test]
    fn a_table_has_the_function_and_its_derivatives() {
        let supports = [Support::RealLine, Support::Positive, Support::Interval(0.0, 1.0)];
        let f = |x: &[f64]| -> f64 {
            -20.0 * (1.0 + (-x[0]).exp()).ln() - x[1] * (2.0 + x[0]) + 9.0 * x[1].ln() + 5.0 * (x[2] * x[1]).ln_1p()
        };
        for n in 1..=3 {
            let full = |x: &[f64]| {
                let mut all = [0.4, 0.8, 0.3];
                all[..n].copy_from_slice(x);
                f(&all)
            };
            let covariance = DMatrix::from_fn(n, n, |i, j| if i == j { 0.04 } else { 0.01 });
            let centre = [0.5, 0.2, -0.3][..n].to_vec();
            let region = Region::new(supports[..n].to_vec(), centre, covariance).unwrap();
            let table = Table::new(&region, 1e-7, &mut |x| Some(full(x))).unwrap();
            assert!(table.error < 1e-7 && table.cost > CHECKS);
            let at = &[0.7, 1.1, 0.45][..n];
            let looked = table.look(at).unwrap();
            assert!((looked.value - full(at)).abs() < 1e-7, "{n}: {} for {}", looked.value, full(at));
            let moved = |i: usize, by: f64, j: usize, and: f64| {
                let mut x = at.to_vec();
                x[i] += by;
                x[j] += and;
                full(&x)
            };
            for i in 0..n {
                let h = 1e-5;
                let slope = (moved(i, h, i, 0.0) - moved(i, -h, i, 0.0)) / (2.0 * h);
                assert!((looked.first[i] - slope).abs() < 1e-5 * (1.0 + slope.abs()), "{n} {i}: {} for {slope}", looked.first[i]);
                for j in 0..n {
                    let h = 1e-3;
                    let four = moved(i, h, j, h) - moved(i, h, j, -h) - moved(i, -h, j, h) + moved(i, -h, j, -h);
                    let bend = four / (4.0 * h * h);
                    assert!(
                        (looked.second[i][j] - bend).abs() < 1e-3 * (1.0 + bend.abs()),
                        "{n} {i} {j}: {} for {bend}",
                        looked.second[i][j]
                    );
                }
            }
            let there = table.numbers(&table.place(at));
            assert!(there.iter().zip(at).all(|(a, b)| (a - b).abs() < 1e-12));
            let far = &[9.0, 90.0, 0.9999][..n];
            assert!(table.look(far).is_none());
            // Beyond the box it goes on as it was at the side, and its derivatives are those of its value.
            assert_eq!(table.look_beyond(at).value, looked.value);
            let beyond = table.look_beyond(far);
            for i in 0..n {
                let h = 1e-5 * far[i].abs().min(0.1);
                let mut there = [far.to_vec(), far.to_vec()];
                (there[0][i], there[1][i]) = (far[i] + h, far[i] - h);
                let slope = (table.look_beyond(&there[0]).value - table.look_beyond(&there[1]).value) / (2.0 * h);
                assert!((beyond.first[i] - slope).abs() < 1e-4 * (1.0 + slope.abs()), "{n} {i}: {} for {slope}", beyond.first[i]);
            }
        }
        let region = Region::new(vec![Support::RealLine], vec![0.0], DMatrix::identity(1, 1)).unwrap();
        assert_eq!(Table::new(&region, 1e-7, &mut |x| Some(x[0].abs())).err(), Some(NoTable::Rough));
        assert_eq!(Table::new(&region, 1e-7, &mut |x| Some(x[0].ln())).err(), Some(NoTable::Impossible));
    }
}
