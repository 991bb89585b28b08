//! The integral over one unit's coordinates, given everything above it.

use super::rule::Rule;
use crate::matrix::{self, DMatrix};
use crate::posterior::{Bend, Given};

/// An integral over a unit's own coordinates, and what is known of them.
#[derive(Clone, Debug, Default)]
pub struct Integral {
    /// The logarithm of the integral.
    pub value: f64,
    /// Its gradient by the coordinates above the unit, along its path.
    pub gradient: Vec<f64>,
    /// Its Hessian by them, row by row, where it was asked for.
    pub hessian: Vec<f64>,
    /// The conditional mode.
    pub mode: Vec<f64>,
    /// The lower triangle of the conditional spread there: `mode + root z`.
    pub root: DMatrix<f64>,
}

/// Which second derivatives of an integral are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Second {
    /// None.
    None,
    /// The integral's own.
    Full,
}

/// Whether nodes move when what is above the unit does, for the derivatives of an integral. Exact integrals have the same either way; of sums
/// over few nodes the ones of nodes that move are those of the sum itself, but for its nodes' spread, and much less rough: where the data speak
/// of a unit's number, a number of the group hardly changes its likelihood as long as the coordinate gives way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Nodes {
    /// They stay where they are: Fisher's identity and Louis's.
    Held,
    /// They follow the unit's mode.
    Carried,
}

/// How small the expected gain of a step to the mode has to be, in nats: nodes need not lie exactly around it.
const SETTLED: f64 = 1e-8;

/// The most steps to the mode.
const STEPS: usize = 40;

/// As many more where it is still far away.
const MORE: usize = 160;

/// From so much still to be gained on, in nats, the mode is far away.
const FAR: f64 = 1e-3;

/// The least that is added to the curvature, where its own leads nowhere.
const DAMPED: f64 = 1.0;

/// A mode of a unit's coordinates given what is above it.
pub(super) struct ConditionalMode {
    /// The log-density there.
    pub value: f64,
    /// Where it is.
    pub mode: Vec<f64>,
    /// The lower triangle of the spread.
    pub root: DMatrix<f64>,
    /// How it follows what is above the unit, row by row: one of its coordinates by those above.
    pub follows: DMatrix<f64>,
}

/// The mode of a unit's coordinates and the lower triangle of its spread, from a starting point on. Where it is flat, or does not settle,
/// what there is: nodes around it see the rest. `None` where there is no density.
pub(super) fn conditional_mode(given: &dyn Given, leaf: usize, start: &[f64]) -> Option<ConditionalMode> {
    let d = start.len();
    let mut at = start.to_vec();
    let mut bend = match given.bend(leaf, &at) {
        Ok(bend) => bend,
        // The middle of most priors, where the start is out of reach.
        Err(_) => {
            at.fill(0.0);
            given.bend(leaf, &at).ok()?
        }
    };
    let n = bend.gradient.len();
    let above = n - d;
    let raised = |bend: &Bend, damping: f64| {
        let precision =
            DMatrix::from_fn(d, d, |i, j| -bend.block[(above + i) * n + above + j] + if i == j { damping } else { 0.0 });
        // What is flatter than its prior by far is so only there.
        matrix::raised(precision, |i| bend.least(above + i))
    };
    let (mut damping, mut left, mut more) = (0.0, STEPS, MORE);
    let factor = loop {
        let factor = raised(&bend, damping)?;
        let mut step = bend.gradient[above..].to_vec();
        matrix::solve(&factor, &mut step);
        let gain: f64 = 0.5 * step.iter().zip(&bend.gradient[above..]).map(|(s, g)| s * g).sum::<f64>();
        if left == 0 && gain > FAR {
            (left, more) = (more, 0);
        }
        if gain < SETTLED || left == 0 {
            break if damping == 0.0 { factor } else { raised(&bend, 0.0)? };
        }
        left -= 1;
        let mut share = 1.0;
        let better = loop {
            let candidate: Vec<f64> = at.iter().zip(&step).map(|(x, s)| x + share * s).collect();
            match given.bend(leaf, &candidate) {
                Ok(better) if better.value > bend.value => break Some((candidate, better)),
                _ if share < 1e-3 => break None,
                _ => share *= 0.3,
            }
        };
        match better {
            Some(better) => {
                (at, bend) = better;
                damping = if damping > DAMPED { 0.1 * damping } else { 0.0 };
            }
            // Where Newton's direction leads nowhere though much is still to be gained, one nearer to the gradient, and shorter, does.
            None if gain > FAR && damping < 1e9 => {
                let steepest = bend.gradient[above..].iter().fold(0.0f64, |m, g| m.max(g.abs()));
                damping = (10.0 * damping).max(DAMPED).max(0.1 * steepest);
            }
            None => break if damping == 0.0 { factor } else { raised(&bend, 0.0)? },
        }
    };
    let follows = factor.solve(&DMatrix::from_fn(d, above, |i, j| bend.block[(above + i) * n + j]));
    let root = matrix::factor(factor.inverse())?.unpack();
    Some(ConditionalMode { value: bend.value, mode: at, root, follows })
}

/// The integral of a unit, around its mode from a starting point on.
pub(super) fn integrate(
    given: &dyn Given,
    (leaf, start): (usize, &[f64]),
    rule: &Rule,
    nodes: Nodes,
    second: Second,
) -> Option<Integral> {
    let d = start.len();
    let ConditionalMode { mode, root, follows, .. } = conditional_mode(given, leaf, start)?;
    let points = around(&mode, &root, rule);
    let width = given.width();
    let above = width - d;
    let (mut values, mut gradients) = (vec![0.0; rule.len()], vec![0.0; rule.len() * width]);
    given.shares(leaf, &points, &mut values, &mut gradients);
    let ln_root: f64 = (0..d).map(|i| root[(i, i)].ln()).sum();
    values.iter_mut().zip(&rule.ln_weights).for_each(|(v, w)| *v += w);
    let largest = values.iter().fold(f64::NEG_INFINITY, |m, v| m.max(*v));
    if !largest.is_finite() {
        return None;
    }
    values.iter_mut().for_each(|v| *v = (*v - largest).exp());
    let sum: f64 = values.iter().sum();
    let mut integral =
        Integral { value: largest + sum.ln() + ln_root, gradient: vec![0.0; above], hessian: Vec::new(), mode, root };
    let carried = |gradient: &[f64]| -> Vec<f64> {
        let along = |i: usize| (0..d).map(|k| follows[(k, i)] * gradient[above + k]).sum::<f64>();
        (0..above).map(|i| gradient[i] + if nodes == Nodes::Carried { along(i) } else { 0.0 }).collect()
    };
    for (weight, gradient) in values.iter().zip(gradients.chunks(width)) {
        let gradient = carried(gradient);
        integral.gradient.iter_mut().zip(&gradient).for_each(|(to, g)| *to += weight / sum * g);
    }
    if second == Second::Full {
        integral.hessian = vec![0.0; above * above];
        for (q, weight) in values.iter().enumerate().filter(|(_, w)| **w > 1e-14 * sum) {
            let bend = given.bend(leaf, &points[q * d..(q + 1) * d]).ok()?;
            let block = DMatrix::from_row_slice(width, width, &bend.block);
            let mut second = block.view((0, 0), (above, above)).clone_owned();
            if nodes == Nodes::Carried {
                let cross = follows.transpose() * block.view((above, 0), (d, above));
                second += &cross + cross.transpose() + follows.transpose() * block.view((above, above), (d, d)) * &follows;
            }
            let slope = carried(&bend.gradient);
            for i in 0..above {
                for j in 0..above {
                    integral.hessian[i * above + j] += weight / sum * (second[(i, j)] + slope[i] * slope[j]);
                }
            }
        }
        for i in 0..above {
            for j in 0..above {
                integral.hessian[i * above + j] -= integral.gradient[i] * integral.gradient[j];
            }
        }
    }
    Some(integral)
}

/// The nodes around a mode.
pub(super) fn around(mode: &[f64], root: &DMatrix<f64>, rule: &Rule) -> Vec<f64> {
    let d = mode.len();
    let mut points = Vec::with_capacity(rule.points.len());
    for z in rule.points.chunks(d.max(1)).take(if d == 0 { 0 } else { rule.len() }) {
        points.extend((0..d).map(|i| mode[i] + (0..=i).map(|j| root[(i, j)] * z[j]).sum::<f64>()));
    }
    points
}
