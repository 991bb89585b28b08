//! The posterior of a visitor's learning rate and precision: by Laplace's method, and held against the exact one, which two numbers let one work out.

use aif::infer::compare::psis;
use aif::infer::laplace::{Approximation, LaplaceOptions, laplace};
use aif::infer::record::{Lessons, RecordedBlock, RecordedRow};
use aif::infer::{Density, Posterior, Target};
use aif::learners::LearningModel;
use aif::prelude::*;

use crate::chance::stream;
use crate::visitor::{Game, Visitor, Visitors};

/// Points of each number at which the exact posterior is worked out.
pub const GRID: usize = 101;
/// The grid reaches so many prior standard deviations to each side.
const REACH: f64 = 4.0;
/// Draws by which the approximation is judged.
const DRAWS: usize = 1000;
/// Up to this shape of the largest importance ratios an approximation is relied on (Vehtari et al. 2024).
pub const RELIABLE: f64 = 0.7;

/// What is known of one number, on the scale on which its prior is normal (z), and on its own.
#[derive(Clone, Debug)]
pub struct Known {
    /// The grid of z, the exact posterior density of z there, that of Laplace's method, and the prior's.
    pub z: Vec<f64>,
    pub exact: Vec<f64>,
    pub approximate: Vec<f64>,
    pub prior: Vec<f64>,
    /// The exact mean of the number itself, and its 90% interval.
    pub mean: f64,
    pub interval: (f64, f64),
    /// The interval by Laplace's method.
    pub approximate_interval: (f64, f64),
    /// The posterior standard deviation of z over that of the prior.
    pub narrowed: f64,
}

/// The posterior of a visitor.
#[derive(Clone, Debug)]
pub struct Fitted {
    /// The learning rate, and the precision.
    pub known: [Known; 2],
    /// The exact joint density of both z, rows by precision, over its largest value.
    pub joint: Vec<f64>,
    /// The shape of the largest importance ratios of Laplace's approximation.
    pub pareto_k: f64,
    /// The share of its probability that lies elsewhere than the exact one's: the total variation, from 0 to 1.
    pub apart: f64,
    /// The logarithm of the evidence, by Laplace's method and exactly; and of choices by the toss of a coin.
    pub evidence: (f64, f64),
    pub coin: f64,
    /// The geometric mean of what the posterior mean gave to the choices that were made.
    pub predicted: f64,
}

/// Fits what was played.
///
/// # Errors
/// When nothing was played, or the posterior has no mode: in words.
pub fn fit(game: &Game) -> Result<Fitted, String> {
    with_posterior(game, |posterior, found| judged(game, posterior, found))
}

/// The posterior of what was played and Laplace's approximation of it, for whatever is to be done with them.
pub(crate) fn with_posterior<R>(
    game: &Game,
    work: impl FnOnce(&Posterior<'_, Visitors>, &Approximation) -> R,
) -> Result<R, String> {
    if game.played.is_empty() {
        return Err("nothing was chosen yet: there is nothing to fit".into());
    }
    let rows = game.played.iter().map(|&(machine, win)| RecordedRow {
        observations: vec![Some(if win { 1.0 } else { 0.0 })],
        responses: vec![Some(machine.index() as f64)],
        ..RecordedRow::default()
    });
    let meta = <Visitor<f64> as LearningModel<f64>>::META;
    let block = RecordedBlock { rows: rows.collect(), ..RecordedBlock::default() };
    let record = Lessons::new(&meta, vec![block]).map_err(|e| e.to_string())?;
    let posterior = Posterior::<Visitors>::new(vec![&record], &()).map_err(|e| e.to_string())?;
    let found = laplace(&posterior, &LaplaceOptions::default()).map_err(|e| e.to_string())?;
    Ok(work(&posterior, &found))
}

/// Coordinates are numbers whose prior is standard normal, or the numbers themselves: z as a line in each.
pub(crate) struct Scale {
    at_zero: [f64; 2],
    each: [f64; 2],
}

impl Scale {
    pub(crate) fn of(target: &dyn Target) -> Self {
        let zero = target.constrain(&[0.0, 0.0]);
        let one = target.constrain(&[1.0, 1.0]);
        Scale { at_zero: [zero[0], zero[1]], each: [one[0] - zero[0], one[1] - zero[1]] }
    }
    pub(crate) fn z(&self, i: usize, x: f64) -> f64 {
        self.at_zero[i] + self.each[i] * x
    }
    fn x(&self, i: usize, z: f64) -> f64 {
        (z - self.at_zero[i]) / self.each[i]
    }
}

/// The learning rate (0) or the precision (1) that is z on the scale on which its prior is normal.
pub(crate) fn own(i: usize, z: f64) -> f64 {
    if i == 0 { phi(z) } else { z.exp() }
}

/// Mean and standard deviation of the prior of each z.
const PRIOR: [(f64, f64); 2] = [(0.0, 1.0), (1.2, 0.8)];

fn judged(game: &Game, posterior: &Posterior<'_, Visitors>, found: &Approximation) -> Fitted {
    let scale = Scale::of(posterior);
    let grid: [Vec<f64>; 2] =
        PRIOR.map(|(mean, sd)| (0..GRID).map(|i| mean + sd * REACH * (2.0 * i as f64 / (GRID - 1) as f64 - 1.0)).collect());
    let mut gradient = [0.0; 2];
    let mut ln_density = |x: [f64; 2]| posterior.ln_density(&x, &mut gradient).unwrap_or(f64::NEG_INFINITY);
    let mut joint = Vec::with_capacity(GRID * GRID);
    for &precision in &grid[1] {
        joint.extend(grid[0].iter().map(|&rate| ln_density([scale.x(0, rate), scale.x(1, precision)])));
    }
    let largest = joint.iter().fold(f64::NEG_INFINITY, |most, &ln| most.max(ln));
    joint.iter_mut().for_each(|ln| *ln = (*ln - largest).exp());
    // The normal approximation on the same grid.
    let centre = [scale.z(0, found.mode.position[0]), scale.z(1, found.mode.position[1])];
    let covariance = covariance(posterior, found, &scale);
    let [[a, b], [_, d]] = covariance;
    let determinant = a * d - b * b;
    let mut normal = Vec::with_capacity(GRID * GRID);
    for &precision in &grid[1] {
        normal.extend(grid[0].iter().map(|&rate| {
            let (u, v) = (rate - centre[0], precision - centre[1]);
            (-0.5 * (d * u * u - 2.0 * b * u * v + a * v * v) / determinant).exp()
        }));
    }
    let (sum, sum_of_normal): (f64, f64) = (joint.iter().sum(), normal.iter().sum());
    let apart = 0.5 * joint.iter().zip(&normal).map(|(p, q)| (p / sum - q / sum_of_normal).abs()).sum::<f64>();
    let cell = (0..2).map(|i| (scale.x(i, grid[i][1]) - scale.x(i, grid[i][0])).abs()).product::<f64>();
    let known: [Known; 2] = std::array::from_fn(|i| {
        let mut marginal = vec![0.0; GRID];
        for (cell, p) in joint.iter().enumerate() {
            marginal[if i == 0 { cell % GRID } else { cell / GRID }] += p;
        }
        known(i, &grid[i], marginal, (centre[i], covariance[i][i].sqrt()))
    });
    let mean = Visitor { learning_rate: known[0].mean, precision: known[1].mean };
    let chosen =
        game.played.iter().zip(game.followed(mean)).map(|(&(machine, _), (_, left))| {
            if machine == crate::visitor::Machine::Left { left.ln() } else { (1.0 - left).ln() }
        });
    let n = game.played.len() as f64;
    Fitted {
        predicted: (chosen.sum::<f64>() / n).exp(),
        pareto_k: pareto_k(posterior, found),
        apart,
        evidence: (found.log_evidence, largest + (sum * cell).ln()),
        coin: n * 0.5f64.ln(),
        known,
        joint,
    }
}

/// Where a step from the mode leads along each of the coordinates in which the approximation is round.
pub(crate) fn axes(target: &dyn Target, found: &Approximation) -> [[f64; 2]; 2] {
    [[1.0, 0.0], [0.0, 1.0]].map(|mut x| {
        found.spread(target.layout(), &mut x);
        [0, 1].map(|j| x[j] - found.mode.position[j])
    })
}

/// The covariance of the approximation, in z.
fn covariance(target: &dyn Target, found: &Approximation, scale: &Scale) -> [[f64; 2]; 2] {
    let [u, v] = axes(target, found).map(|axis| [0, 1].map(|j| axis[j] * scale.each[j]));
    [0, 1].map(|i| [0, 1].map(|j| u[i] * u[j] + v[i] * v[j]))
}

/// How far the tails of the posterior reach beyond those of the approximation.
fn pareto_k(posterior: &Posterior<'_, Visitors>, found: &Approximation) -> f64 {
    let mut rng = stream(1, 0);
    let mut gradient = [0.0; 2];
    let ratios = (0..DRAWS).map(|_| {
        let (x, ln_drawn) = found.draw(posterior.layout(), &mut rng);
        posterior.ln_density(&x, &mut gradient).unwrap_or(f64::NEG_INFINITY) - ln_drawn
    });
    psis(&ratios.collect::<Vec<_>>(), 1.0).pareto_k
}

/// What a marginal on the grid says of a number; `approximate` is the normal one, by mean and deviation.
fn known(i: usize, z: &[f64], mut marginal: Vec<f64>, approximate: (f64, f64)) -> Known {
    let own = |z: f64| own(i, z);
    let width = z[1] - z[0];
    let sum: f64 = marginal.iter().sum();
    let weights: Vec<f64> = marginal.iter().map(|p| p / sum).collect();
    marginal.iter_mut().for_each(|p| *p /= sum * width);
    let mean = weights.iter().zip(z).map(|(p, &z)| p * own(z)).sum();
    let at: f64 = weights.iter().zip(z).map(|(p, z)| p * z).sum();
    let variance: f64 = weights.iter().zip(z).map(|(p, z)| p * (z - at) * (z - at)).sum();
    // Each point stands for the cell around it.
    let quantile = |share: f64| {
        let mut below = 0.0;
        for (&p, &z) in weights.iter().zip(z) {
            if below + p >= share {
                return own(z + width * ((share - below) / p - 0.5));
            }
            below += p;
        }
        own(z[z.len() - 1])
    };
    let normal = |(mean, sd): (f64, f64)| {
        let density = |z: &f64| (-0.5 * ((z - mean) / sd).powi(2)).exp() / (sd * (2.0 * std::f64::consts::PI).sqrt());
        z.iter().map(density).collect::<Vec<f64>>()
    };
    const NINETY: f64 = 1.644_853_626_951_472_7;
    Known {
        exact: marginal,
        approximate: normal(approximate),
        prior: normal(PRIOR[i]),
        mean,
        interval: (quantile(0.05), quantile(0.95)),
        approximate_interval: (own(approximate.0 - NINETY * approximate.1), own(approximate.0 + NINETY * approximate.1)),
        narrowed: variance.sqrt() / PRIOR[i].1,
        z: z.to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The prior that is drawn is the declared one, and the grid holds all of it.
    #[test]
    fn the_prior_is_the_declared_one() {
        let record = Lessons::new(&<Visitor<f64> as LearningModel<f64>>::META, Vec::new()).expect("nothing");
        let posterior = Posterior::<Visitors>::new(vec![&record], &()).expect("a posterior");
        let scale = Scale::of(&posterior);
        let mut gradient = [0.0; 2];
        let mut ln = |z: [f64; 2]| posterior.ln_density(&[scale.x(0, z[0]), scale.x(1, z[1])], &mut gradient).expect("a density");
        let top = ln([PRIOR[0].0, PRIOR[1].0]);
        assert!((top - ln([PRIOR[0].0 + PRIOR[0].1, PRIOR[1].0]) - 0.5).abs() < 1e-9);
        assert!((top - ln([PRIOR[0].0, PRIOR[1].0 + 2.0 * PRIOR[1].1]) - 2.0).abs() < 1e-9);
    }

    #[test]
    fn a_learner_is_found_again() {
        let mut within = 0;
        for seed in 0..20 {
            let mut game = Game::new(seed);
            game.let_play(Visitor { learning_rate: 0.5, precision: 6.0 }, seed).expect("a game");
            let fitted = fit(&game).expect("a fit");
            let (low, high) = fitted.known[0].interval;
            within += u32::from(low < 0.5 && 0.5 < high);
            assert!((fitted.evidence.0 - fitted.evidence.1).abs() < 1.0, "{:?}", fitted.evidence);
        }
        assert!(within >= 15, "{within} of 20 within their 90% interval");
        assert!(fit(&Game::new(1)).is_err());
    }
}
