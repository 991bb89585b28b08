//! How the curvature of a population's log-density turns: third derivatives, of which only the determinant's change is handed on.
//!
//! A unit's likelihood has third derivatives by its own few numbers, worked out once for all directions from walks through its record along lines; the
//! priors, which cost little, are differentiated along each direction anew. Numbers are num-dual's.

use aif_runtime::Real;
use num_dual::Dual64;
use rayon::prelude::*;

use super::arrow::ln_determinant;
use super::chebyshev::MOST;
use super::joint::Posterior;
use super::likelihood::{Variables, likelihood_along};
use super::table::Table;
use super::{Rejected, Target};
use crate::matrix::DMatrix;
use crate::population::{Population, ThirdDirections};

/// A log-likelihood's derivatives by the numbers that it depends on: first, second row by row, and third, the second ones along each number.
struct Cubic {
    first: Vec<f64>,
    second: Vec<f64>,
    third: Vec<Vec<f64>>,
}

/// How far a table's numbers are moved to see how its second derivatives change: it is a polynomial.
const STEP: f64 = 1e-4;

impl Cubic {
    /// Of a table: `look` looks it up.
    fn of_table(table: &Table, at: &[f64], inside: bool) -> Option<Cubic> {
        let n = at.len();
        let look = |at: &[f64]| if inside { table.look(at) } else { Some(table.look_beyond(at)) };
        let flat = |second: [[f64; MOST]; MOST]| -> Vec<f64> { second[..n].iter().flat_map(|row| row[..n].to_vec()).collect() };
        let looked = look(at)?;
        let mut third = Vec::with_capacity(n);
        for k in 0..n {
            let step = STEP * (1.0 + at[k].abs());
            let moved = |by: f64| {
                let mut at = at.to_vec();
                at[k] += by;
                Some(flat(look(&at)?.second))
            };
            let (up, down) = (moved(step)?, moved(-step)?);
            third.push(up.iter().zip(down).map(|(u, d)| (u - d) / (2.0 * step)).collect());
        }
        Some(Cubic { first: looked.first[..n].to_vec(), second: flat(looked.second), third })
    }

    /// Of a function of `n` numbers that tells its three derivatives along any line: along each number, along the sums and differences of each
    /// pair, and along the sums of each three. Along a line of rates `u` the third is the sum of `T_ijk u_i u_j u_k`, so that of `e_i + e_j` and
    /// `e_i - e_j` with those of `e_i` and `e_j` say `T_iij` and `T_ijj`. Numbers are taken in units of what bends the function by one.
    fn of_lines<E>(n: usize, mut along: impl FnMut(&[f64]) -> Result<[f64; 3], E>) -> Result<Cubic, E> {
        let mut line = |rates: &[(usize, f64)]| {
            let mut all = vec![0.0; n];
            rates.iter().for_each(|&(i, rate)| all[i] = rate);
            along(&all)
        };
        let (mut first, mut second, mut units) = (vec![0.0; n], vec![0.0; n * n], vec![1.0; n]);
        // In those units until all are known.
        let mut third = vec![vec![0.0; n * n]; n];
        let hold = |third: &mut [Vec<f64>], [i, j, k]: [usize; 3], value: f64| {
            for [i, j, k] in [[i, j, k], [i, k, j], [j, i, k], [j, k, i], [k, i, j], [k, j, i]] {
                third[k][i * n + j] = value;
            }
        };
        for i in 0..n {
            let [slope, bend, turn] = line(&[(i, 1.0)])?;
            (first[i], second[i * n + i]) = (slope, bend);
            let unit = 1.0 / bend.abs().sqrt();
            units[i] = if unit.is_finite() && unit > 0.0 { unit } else { 1.0 };
            hold(&mut third, [i, i, i], turn * units[i].powi(3));
        }
        for i in 0..n {
            for j in i + 1..n {
                let (u, v) = (units[i], units[j]);
                let ([_, bend, turn], [_, bend_back, turn_back]) = (line(&[(i, u), (j, v)])?, line(&[(i, u), (j, -v)])?);
                let both = (bend - bend_back) / (4.0 * u * v);
                (second[i * n + j], second[j * n + i]) = (both, both);
                let (iii, jjj) = (third[i][i * n + i], third[j][j * n + j]);
                hold(&mut third, [i, i, j], (turn - turn_back - 2.0 * jjj) / 6.0);
                hold(&mut third, [i, j, j], (turn + turn_back - 2.0 * iii) / 6.0);
            }
        }
        for i in 0..n {
            for j in i + 1..n {
                for k in j + 1..n {
                    let [_, _, turn] = line(&[(i, units[i]), (j, units[j]), (k, units[k])])?;
                    // All but the six that are of all three.
                    let of_three = [i, j, k];
                    let known = of_three.iter().flat_map(|&a| of_three.iter().map(move |&b| (a, b)));
                    let known: f64 = known.map(|(a, b)| if a == b { 1.0 } else { 3.0 } * third[b][a * n + a]).sum();
                    hold(&mut third, of_three, (turn - known) / 6.0);
                }
            }
        }
        for (k, along) in third.iter_mut().enumerate() {
            along.iter_mut().enumerate().for_each(|(at, turn)| *turn /= units[k] * units[at / n] * units[at % n]);
        }
        Ok(Cubic { first, second, third })
    }

    /// First and second derivatives where the numbers move at these rates.
    fn along(&self, rates: &[f64]) -> (Vec<Dual64>, DMatrix<Dual64>) {
        let n = rates.len();
        let first = (0..n).map(|i| {
            let rate = (0..n).map(|j| self.second[i * n + j] * rates[j]).sum();
            Dual64::new(self.first[i], rate)
        });
        let second = |i: usize, j: usize| {
            let rate = self.third.iter().zip(rates).map(|(third, rate)| third[i * n + j] * rate).sum();
            Dual64::new(self.second[i * n + j], rate)
        };
        (first.collect(), DMatrix::from_fn(n, n, second))
    }
}

impl<P: Population> Posterior<'_, P> {
    /// Works on every unit of the lowest level.
    fn each_leaf<R: Send>(&self, work: impl Fn(usize) -> R + Sync + Send) -> Vec<R> {
        if self.parallel {
            (0..self.leaves()).into_par_iter().map(work).collect()
        } else {
            (0..self.leaves()).map(work).collect()
        }
    }

    /// The derivatives of a unit's log-likelihood, given the numbers of its path.
    fn cubic(&self, leaf: usize, numbers: &[f64]) -> Result<Cubic, Rejected> {
        let n = self.directions.len();
        if let Some(table) = self.refined.table(leaf) {
            let at: Vec<f64> = self.directions.iter().map(|&i| numbers[i]).collect();
            if let Some(cubic) = Cubic::of_table(table, &at, !self.records.is_empty()) {
                return Ok(cubic);
            }
        }
        let none = || self.rejected(leaf, "lies outside its table, and there are no records");
        let mut memory = Variables::default();
        Cubic::of_lines(n, |rates| {
            let scored = self.scored(leaf).ok_or_else(none)?;
            let along = likelihood_along::<P>(numbers, scored, rates, &mut memory);
            along.map(|l| [l.v1, l.v2, l.v3]).map_err(|e| self.rejected(leaf, &e.to_string()))
        })
    }

    /// The coordinates of a unit, which move along a direction.
    fn moving(&self, (level, unit): (usize, usize), position: &[f64], direction: &[f64]) -> Vec<P::PriorScalar3> {
        let first = self.layout.coordinate_offset(level);
        let own = self.layout.coordinates_of(level, unit);
        own.clone().map(|at| P::PriorScalar3::variable(position[at], direction[at], first + at - own.start)).collect()
    }

    /// How the logarithm of the determinant of the negative Hessian, from a level down, changes along each of some directions.
    pub(super) fn turning(&self, position: &[f64], from: usize, directions: &[Vec<f64>]) -> Result<Vec<f64>, Rejected> {
        let none = "third derivatives are those of populations with a level between the group and its units";
        // What is never asked for is not compiled.
        if const { P::PriorScalar3::COUNT == 0 } {
            return Err(Rejected(none.into()));
        }
        if P::PriorScalar3::COUNT < self.layout.path_dimension(Self::LEAF) {
            return Err(Rejected(none.into()));
        }
        let all = self.constrain(position);
        let cubics = self.each_leaf(|leaf| self.cubic(leaf, &self.layout.gather(Self::LEAF, leaf, &all)));
        let cubics: Vec<Cubic> = cubics.into_iter().collect::<Result<_, _>>()?;
        directions.iter().map(|direction| self.determinant_slope(position, from, direction, &cubics)).collect()
    }

    fn determinant_slope(&self, position: &[f64], from: usize, direction: &[f64], cubics: &[Cubic]) -> Result<f64, Rejected> {
        let layout = &self.layout;
        let zero = Dual64::from_re(0.0);
        let mut held = vec![zero; layout.dimension()];
        let mut hold = |(level, unit): (usize, usize), ln_density: &P::PriorScalar3| {
            let above = layout.coordinate_offset(level);
            for (i, at) in layout.coordinates_of(level, unit).enumerate() {
                held[at] = -ln_density.bend(above + i, above + i);
            }
        };
        let mut blocks: Vec<Vec<DMatrix<Dual64>>> = Vec::new();
        let mut above = vec![P::PriorScalar3::zero(); layout.members_of(Self::LEAF, 0).start];
        let mut values = Vec::new();
        for level in 0..Self::LEAF {
            let n = layout.path_dimension(level);
            let mut own = Vec::with_capacity(layout.units(level));
            for unit in 0..layout.units(level) {
                let coordinates = self.moving((level, unit), position, direction);
                let ln_density = self.draw_at((level, unit), &coordinates, &above, &mut values);
                above[layout.members_of(level, unit)].copy_from_slice(&values[layout.offset(level)..]);
                own.push(DMatrix::from_fn(n, n, |i, j| -ln_density.bend(i, j)));
                hold((level, unit), &ln_density);
            }
            blocks.push(own);
        }
        let n = layout.path_dimension(Self::LEAF);
        let leaves = self.each_leaf(|leaf| {
            let coordinates = self.moving((Self::LEAF, leaf), position, direction);
            let mut values = Vec::new();
            let prior = self.draw_at((Self::LEAF, leaf), &coordinates, &above, &mut values);
            let numbers: Vec<P::PriorScalar3> = self.directions.iter().map(|&i| values[i]).collect();
            let rates: Vec<f64> = numbers.iter().map(ThirdDirections::rate).collect();
            let (first, second) = cubics[leaf].along(&rates);
            // Twice the chain rule: f'' = J' L'' J + sum_i L'_i x_i''.
            let jacobian = DMatrix::from_fn(numbers.len(), n, |i, k| numbers[i].slope(k));
            let through = jacobian.transpose() * (second * &jacobian);
            let block = DMatrix::from_fn(n, n, |k, l| {
                let bent = first.iter().zip(&numbers).fold(zero, |sum, (slope, x)| sum + *slope * x.bend(k, l));
                -(prior.bend(k, l) + bent + through[(k, l)])
            });
            (prior, block)
        });
        let mut own = Vec::with_capacity(leaves.len());
        for (leaf, (prior, block)) in leaves.into_iter().enumerate() {
            hold((Self::LEAF, leaf), &prior);
            own.push(block);
        }
        blocks.push(own);
        let ln_determinant = ln_determinant(layout, blocks, &held, from);
        let slope = ln_determinant.map(|x| x.eps).filter(|x| x.is_finite());
        slope.ok_or_else(|| Rejected("the third derivatives of the log-density are not finite".into()))
    }
}

#[cfg(test)]
mod tests {
    use super::Cubic;
    use num_dual::{Dual3_64, DualNum};

    /// Of a function whose derivatives are known, in numbers of very different sizes.
    #[test]
    fn lines_say_all_third_derivatives() {
        let at = [0.3, 400.0, -0.002, 1.5];
        let scale = [1.0, 1e-3, 500.0, 0.1];
        // exp of a weighted sum: T_ijk = w_i w_j w_k exp(w x).
        let of = |rates: &[f64]| -> Result<[f64; 3], ()> {
            let terms = (0..4).map(|i| Dual3_64::new(at[i], rates[i], 0.0, 0.0) * scale[i]);
            let found = terms.fold(Dual3_64::from_re(0.0), |sum, x| sum + x).exp();
            Ok([found.v1, found.v2, found.v3])
        };
        let cubic = Cubic::of_lines(4, of).unwrap();
        let value = at.iter().zip(scale).map(|(x, w)| x * w).sum::<f64>().exp();
        let near = |found: f64, wanted: f64| assert!((found / wanted - 1.0).abs() < 1e-12, "{found} {wanted}");
        for i in 0..4 {
            near(cubic.first[i], scale[i] * value);
            for j in 0..4 {
                near(cubic.second[i * 4 + j], scale[i] * scale[j] * value);
                for k in 0..4 {
                    near(cubic.third[k][i * 4 + j], scale[i] * scale[j] * scale[k] * value);
                }
            }
        }
    }
}
