//! The density of what is above the lowest level, with the units of that level integrated out.

use rayon::prelude::*;

use super::rule::Rule;
use super::unit::{Integral, Nodes, Second, conditional_mode, integrate};
use crate::posterior::{Density, Rejected, Target};

/// The marginal posterior of what is above the lowest level.
#[derive(Clone)]
pub struct Marginal<'a> {
    /// The posterior of everything.
    pub target: &'a dyn Target,
    /// How each unit is integrated.
    pub rule: Rule,
    /// Where the search for each unit's mode begins, one unit after the other: the same for every position, so that the density does not
    /// depend on where it was worked out before.
    pub starts: Vec<f64>,
    /// Every so-manieth unit stands for as many; 1: each for itself.
    pub(super) stride: usize,
    /// Whether nodes follow the modes of units.
    pub(super) nodes: Nodes,
}

/// Everything that is known at a position.
#[derive(Clone, Debug)]
pub struct Marginalised {
    /// The log-density.
    pub value: f64,
    /// Its gradient.
    pub gradient: Vec<f64>,
    /// Its Hessian, row by row, where it was asked for.
    pub hessian: Vec<f64>,
    /// The integrals of the units.
    pub units: Vec<Integral>,
}

/// How many coordinates lie above the lowest level.
pub(super) fn coordinates_above(target: &dyn Target) -> usize {
    let layout = target.layout();
    layout.coordinates_of(layout.levels() - 1, 0).start
}

impl<'a> Marginal<'a> {
    /// Units' modes are looked for from the middle of their priors.
    pub fn new(target: &'a dyn Target, level: usize) -> Self {
        let layout = target.layout();
        let own = layout.coordinates_of(layout.levels() - 1, 0).len();
        let starts = vec![0.0; layout.dimension() - coordinates_above(target)];
        Marginal { target, rule: Rule::new(own, level), starts, stride: 1, nodes: Nodes::Held }
    }

    /// The same with more or fewer nodes.
    #[must_use]
    pub fn with_rule(mut self, level: usize) -> Self {
        self.rule = Rule::new(self.rule.dimension, level);
        self
    }

    /// Where a unit's search begins.
    pub(super) fn start(&self, leaf: usize) -> &[f64] {
        &self.starts[leaf * self.rule.dimension..(leaf + 1) * self.rule.dimension]
    }

    /// Searches begin at the modes of these integrals.
    pub(super) fn begin_at(&mut self, units: &[Integral]) {
        let d = self.rule.dimension;
        for (unit, start) in units.iter().zip(self.starts.chunks_mut(d.max(1)).step_by(self.stride)) {
            start.copy_from_slice(&unit.mode);
        }
    }

    /// Looks for units' modes at a position from several places each, where a unit has several coordinates: there the nearest mode is not
    /// always the one that counts. Searches begin at the best from then on.
    pub(super) fn look_around(&mut self, position: &[f64]) {
        let d = self.rule.dimension;
        if d < 2 {
            return;
        }
        let given = self.target.given(position);
        let best = |(leaf, start): (usize, &mut [f64])| {
            let own = start.to_vec();
            let aside = (0..2 * d).map(|k| {
                let mut x = vec![0.0; d];
                x[k / 2] = if k % 2 == 0 { 1.0 } else { -1.0 };
                x
            });
            let found = std::iter::once(own).chain(aside).filter_map(|from| conditional_mode(given.as_ref(), leaf, &from));
            if let Some(best) = found.max_by(|a, b| a.value.total_cmp(&b.value)) {
                start.copy_from_slice(&best.mode);
            }
        };
        self.starts.par_chunks_mut(d).enumerate().step_by(self.stride).for_each(best);
    }

    /// The log-density with its gradient, perhaps its Hessian, and every unit's integral.
    ///
    /// # Errors
    /// When there is no density here.
    pub fn at(&self, position: &[f64], second: Second) -> Result<Marginalised, Rejected> {
        let layout = self.target.layout();
        let leaf_level = layout.levels() - 1;
        let given = self.target.given(position);
        let top = position.len();
        let work = |leaf: usize| integrate(given.as_ref(), (leaf, self.start(leaf)), &self.rule, self.nodes, second);
        let leaves: Vec<usize> = (0..layout.units(leaf_level)).step_by(self.stride).collect();
        let units: Vec<Option<Integral>> = leaves.par_iter().with_min_len(8).map(|&leaf| work(leaf)).collect();
        let weight = self.stride as f64;
        let mut whole = Marginalised { value: 0.0, gradient: vec![0.0; top], hessian: Vec::new(), units: Vec::new() };
        let second = second != Second::None;
        if second {
            whole.hessian = vec![0.0; top * top];
        }
        whole.value = given.above(&mut whole.gradient, &mut whole.hessian);
        let mut positions = Vec::new();
        for (&leaf, unit) in leaves.iter().zip(units) {
            let Some(unit) = unit else {
                return Err(Rejected(format!("{} has no density here", layout.design.leaves().names[leaf])));
            };
            layout.path_positions(leaf_level, leaf, &mut positions);
            whole.value += weight * unit.value;
            let n = unit.gradient.len();
            for (&at, g) in positions.iter().zip(&unit.gradient) {
                whole.gradient[at] += weight * g;
            }
            if second {
                for (i, &a) in positions[..n].iter().enumerate() {
                    for (j, &b) in positions[..n].iter().enumerate() {
                        whole.hessian[a * top + b] += weight * unit.hessian[i * n + j];
                    }
                }
            }
            whole.units.push(unit);
        }
        let finite = whole.value.is_finite() && whole.gradient.iter().chain(&whole.hessian).all(|x| x.is_finite());
        if finite { Ok(whole) } else { Err(Rejected("the marginal density, or its gradient, is not finite".into())) }
    }
}

impl Density for Marginal<'_> {
    fn dimension(&self) -> usize {
        coordinates_above(self.target)
    }

    fn ln_density(&self, position: &[f64], gradient: &mut [f64]) -> Result<f64, Rejected> {
        let found = self.at(position, Second::None)?;
        gradient.copy_from_slice(&found.gradient);
        Ok(found.value)
    }
}
