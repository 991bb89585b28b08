//! The climb: steps of Adam along noisy gradients, a schedule, and a rule for when to stop.

use rand_distr::{Distribution, StandardNormal};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::adam::Adam;
use super::guide::Fitted;
use super::{SviOptions, SviStart};
use crate::laplace::{LaplaceOptions, laplace_from};
use crate::marginal::Finest;
use crate::posterior::{Layout, Target};
use crate::random;

/// A guide on its way, or at its end; can be stored and gone on with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Climb {
    /// The guide.
    pub guide: Fitted,
    /// The bound at each step, in nats: the mean over its particles.
    pub trace: Vec<f64>,
    /// The guide that it began with.
    pub first: Fitted,
    /// Whether it went back to that one, whose bound was higher.
    pub back: bool,
    /// How many particles had no density, or an absurd bound.
    pub rejected: usize,
    /// Whether it has come to its end.
    pub finished: bool,
    /// At which step the bound no longer rose, so that the learning rate began to fall to its end.
    pub settled: Option<usize>,
    adam: Adam,
}

impl Climb {
    /// Whether it is one by these options, in so many coordinates.
    pub(crate) fn is_for(&self, layout: &Layout, options: &SviOptions) -> bool {
        let form = Fitted::new(layout, options.guide.unwrap_or_default(), &vec![0.0; layout.dimension()], 1.0);
        [&self.guide, &self.first].iter().all(|guide| guide.is_like(&form)) && self.adam.is_of(form.parameters.len())
    }
}

/// Why there is no guide.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SviError {
    /// Nothing would be done.
    #[error("variational inference needs at least 1 step, particle, draw and step of a window")]
    Nothing,
    /// A rate is out of its range.
    #[error("the learning rate is positive and the tolerance is not negative; they are {learning_rate} and {tolerance}")]
    Rates {
        /// The learning rate.
        learning_rate: f64,
        /// The tolerance.
        tolerance: f64,
    },
    /// No point near the guide has a density.
    #[error("no draw of the guide has a density: {0}")]
    Rejected(String),
}

/// After so many steps in which most draws have no density the fit is given up.
const PATIENCE: usize = 100;

/// Fits a guide to a posterior, from the beginning (`near`: where the search for a mode begins; `away`: with a
/// random step away from there) or from where an earlier climb stopped. `keep` is called every hundred steps and at the
/// end; where it says `false` the climb stops there, unfinished.
///
/// # Errors
/// When the options are out of range, or no draw has a density.
pub fn svi(
    target: &dyn Target,
    options: &SviOptions,
    stream: u64,
    away: bool,
    (near, from): (Option<&[f64]>, Option<Climb>),
    keep: &mut dyn FnMut(&Climb) -> bool,
) -> Result<Climb, SviError> {
    if options.steps == 0 || options.particles == 0 || options.draws == 0 || options.window == 0 {
        return Err(SviError::Nothing);
    }
    if !(options.learning_rate > 0.0 && options.learning_rate.is_finite() && options.tolerance >= 0.0) {
        return Err(SviError::Rates { learning_rate: options.learning_rate, tolerance: options.tolerance });
    }
    let mut climb = from.unwrap_or_else(|| {
        let mut climb = begin(target, options, near);
        if away {
            elsewhere(&mut climb.guide, options.seed, stream);
        }
        climb
    });
    let d = climb.guide.dimension();
    let mut bad = 0;
    while !climb.finished {
        let step = climb.trace.len();
        let particle = |p: usize| -> Result<(f64, Vec<f64>), String> {
            // One generator for each (density, step, particle), whatever the threads.
            let mut rng = random::stream(options.seed, (stream << 44) | ((step as u64 + 1) << 16) | p as u64);
            let raw: Vec<f64> = (0..d).map(|_| StandardNormal.sample(&mut rng)).collect();
            let mut slope = vec![0.0; d];
            let x = climb.guide.place(&raw);
            let value = target.ln_density(&x, &mut slope).map_err(|e| e.to_string())?;
            let mut gradient = vec![0.0; climb.guide.parameters.len()];
            climb.guide.add_gradient(&raw, &slope, &mut gradient);
            Ok((value - climb.guide.ln_density(&raw), gradient))
        };
        let particles: Vec<_> = (0..options.particles).into_par_iter().map(particle).collect();
        let (mut bound, mut gradient, mut good) = (0.0, vec![0.0; climb.guide.parameters.len()], 0usize);
        let mut failure = String::new();
        let least = absurd(particles.iter().filter_map(|p| Some(p.as_ref().ok()?.0)).collect());
        for particle in particles {
            match particle {
                Ok((value, _)) if value < least => failure = format!("a bound of {value}, far below the others of its step"),
                Ok((value, slope)) => {
                    bound += value;
                    gradient.iter_mut().zip(&slope).for_each(|(g, s)| *g += s);
                    good += 1;
                }
                Err(error) => failure = error,
            }
        }
        climb.rejected += options.particles - good;
        if good * 2 <= options.particles {
            bad += 1;
            if bad > PATIENCE {
                return Err(SviError::Rejected(failure));
            }
            climb.guide.narrow(0.8);
        }
        if good > 0 {
            gradient.iter_mut().for_each(|g| *g /= good as f64);
            climb.adam.step(&mut climb.guide.parameters, &gradient, rate(step, climb.settled, options));
            climb.trace.push(bound / good as f64);
        }
        if climb.settled.is_none() && settled(&climb.trace, options) {
            climb.settled = Some(climb.trace.len());
        }
        let cooled = climb.settled.is_some_and(|at| climb.trace.len() >= at + options.window);
        climb.finished = climb.trace.len() >= options.steps || cooled;
        if climb.finished && options.start == SviStart::Laplace && is_worse(target, &climb, options, stream) {
            climb.guide = climb.first.clone();
            climb.back = true;
        }
        if (climb.finished || climb.trace.len().is_multiple_of(100)) && !keep(&climb) {
            return Ok(climb);
        }
    }
    Ok(climb)
}

/// Bounds below this are absurd beside the others of their step: one of them would move the guide farther than all others.
fn absurd(mut bounds: Vec<f64>) -> f64 {
    if bounds.len() < 4 {
        return f64::NEG_INFINITY;
    }
    bounds.sort_by(f64::total_cmp);
    let median = bounds[bounds.len() / 2];
    let mut away: Vec<f64> = bounds.iter().map(|b| (b - median).abs()).collect();
    away.sort_by(f64::total_cmp);
    median - 30.0 * away[away.len() / 2].max(1.0)
}

/// Draws by which the guide in the end is held against the one in the beginning.
const HELD: usize = 200;

/// Whether the guide has a lower bound than the one that the climb began with, by the same draws, and by more than they let one doubt.
fn is_worse(target: &dyn Target, climb: &Climb, options: &SviOptions, stream: u64) -> bool {
    let d = climb.guide.dimension();
    let bound = |guide: &Fitted, raw: &[f64]| {
        let mut slope = vec![0.0; d];
        target.ln_density(&guide.place(raw), &mut slope).ok().map(|value| value - guide.ln_density(raw))
    };
    // Pairs of bounds; where the first has no density it is no better.
    let pairs: Vec<(f64, Option<f64>)> = (0..HELD)
        .into_par_iter()
        .filter_map(|k| {
            let mut rng = random::stream(options.seed, (stream << 44) | (1 << 43) | k as u64);
            let raw: Vec<f64> = (0..d).map(|_| StandardNormal.sample(&mut rng)).collect();
            Some((bound(&climb.first, &raw)?, bound(&climb.guide, &raw)))
        })
        .collect();
    let differences: Vec<f64> = pairs.iter().filter_map(|(first, last)| Some(first - (*last)?)).collect();
    let n = differences.len() as f64;
    let mean = differences.iter().sum::<f64>() / n;
    let error = (differences.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0) / n).sqrt();
    // A guide that lies where there is no density is worse than one that does not.
    pairs.len() as f64 >= 0.9 * HELD as f64 && (n < 0.9 * pairs.len() as f64 || mean > 2.0 * error)
}

/// Moves a guide's centre away by a random step of its own size: another place to climb from.
fn elsewhere(guide: &mut Fitted, seed: u64, stream: u64) {
    let mut rng = random::stream(seed, (stream << 44) | (1 << 42));
    let raw: Vec<f64> = (0..guide.dimension()).map(|_| StandardNormal.sample(&mut rng)).collect();
    let there = guide.place(&raw);
    guide.parameters[..there.len()].copy_from_slice(&there);
}

fn begin(target: &dyn Target, options: &SviOptions, near: Option<&[f64]>) -> Climb {
    let layout = target.layout();
    let mut guide = Fitted::new(layout, options.guide.unwrap_or_default(), &vec![0.0; layout.dimension()], 0.1);
    if options.start == SviStart::Laplace
        && let Ok(found) =
            laplace_from(target, &LaplaceOptions { seed: options.seed, ..LaplaceOptions::default() }, near, Finest::Start)
    {
        let mut curved = Fitted::new(layout, options.guide.unwrap_or_default(), &found.mode.position, 0.1);
        curved.curve(layout, &found.mode.curvature);
        guide = curved;
    }
    let adam = Adam::new(guide.parameters.len());
    Climb { first: guide.clone(), back: false, guide, trace: Vec::new(), rejected: 0, finished: false, settled: None, adam }
}

/// The learning rate of a step: along a half cosine over all steps; once the bound has settled, along another over one window.
fn rate(step: usize, settled: Option<usize>, options: &SviOptions) -> f64 {
    let cosine = |share: f64| 0.01 + 0.99 * 0.5 * (1.0 + (std::f64::consts::PI * share.min(1.0)).cos());
    let over_all = |step: usize| cosine(step as f64 / options.steps as f64);
    options.learning_rate
        * match settled {
            None => over_all(step),
            Some(at) => over_all(at) * cosine((step - at) as f64 / options.window as f64),
        }
}

/// Whether the bound rose by less than the tolerance, or than its noise, from one window to the next.
fn settled(trace: &[f64], options: &SviOptions) -> bool {
    let w = options.window;
    if options.tolerance == 0.0 || trace.len() < 2 * w || !trace.len().is_multiple_of(w) {
        return false;
    }
    let of = |x: &[f64]| {
        let mean = x.iter().sum::<f64>() / w as f64;
        (mean, x.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (w as f64 - 1.0).max(1.0) / w as f64)
    };
    let (before, last) = (of(&trace[trace.len() - 2 * w..trace.len() - w]), of(&trace[trace.len() - w..]));
    last.0 - before.0 < options.tolerance.max((last.1 + before.1).sqrt())
}
