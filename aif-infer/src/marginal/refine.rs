//! What is found out about a posterior before it is explored: where its marginal mode is, what the data say of each unit, and tables of the
//! units' likelihoods.

use std::sync::Arc;

use rayon::prelude::*;

use super::density::{Marginal, coordinates_above};
use super::mode::{Finest, MarginalError, maximise, maximise_some};
use super::unit::{ConditionalMode, conditional_mode};
use crate::matrix::{DMatrix, DVector, Factor};
use crate::population::Role;
use crate::posterior::{Given, MOST, NoTable, Region, Table, Target};
use crate::prior::{Held, Support};
use crate::random::stream;

/// How a posterior is looked at before it is explored.
#[derive(Clone, Copy, Debug)]
pub struct Survey {
    /// The seed of starting points.
    pub seed: u64,
    /// The most steps to the mode.
    pub steps: usize,
    /// How often each unit's likelihood will be worked out; tables pay where that is more often than making them takes.
    pub evaluations: usize,
}

/// What was found out.
#[derive(Clone, Debug, Default)]
pub struct Surveyed {
    /// The marginal mode of what is above the units.
    pub position: Vec<f64>,
    /// Why so many units have no table, in words; empty where none is missing or none was wanted.
    pub notes: Vec<String>,
}

/// The sum of the errors of all tables, at most, in nats.
pub const CERTIFIED: f64 = 0.01;

/// From how many starting points the mode is looked for.
const ATTEMPTS: usize = 4;

/// From so many of them it need not come to rest: the highest is taken.
const UNSETTLED: usize = 2;

/// So many units are enough to find out where to look for the mode.
const SAMPLE: usize = 128;

/// Looks for the marginal mode, makes tables where they pay, and finds out what the data say of each unit; the posterior is refined by it.
///
/// # Errors
/// When no mode is found.
pub fn survey(target: &mut dyn Target, options: &Survey) -> Result<Surveyed, MarginalError> {
    let top = coordinates_above(target);
    let mut rng = stream(options.seed, 1 << 50);
    let mut failure = MarginalError::Unsettled(options.steps);
    let mut highest: Option<(f64, Vec<f64>)> = None;
    let mut unsettled = 0;
    for attempt in 0..ATTEMPTS {
        // The origin first: the middle of most priors. Then anywhere around it.
        let start: Vec<f64> =
            (0..top).map(|_| if attempt == 0 { 0.0 } else { 2.0 * aif_runtime::random::unit(&mut rng) - 1.0 }).collect();
        match from(target, &start, options, false) {
            Ok(Looked::Found(found)) => return Ok(found),
            Ok(Looked::Unsettled(value, position)) => {
                if highest.as_ref().is_none_or(|(highest, _)| value > *highest) {
                    highest = Some((value, position));
                }
                unsettled += 1;
                if unsettled == UNSETTLED {
                    break;
                }
            }
            Err(error) => failure = error,
        }
    }
    // Where nothing comes to rest, the highest place is where to look.
    match highest.map(|(_, position)| from(target, &position, options, true)) {
        Some(Ok(Looked::Found(found))) => Ok(found),
        Some(Err(error)) => Err(error),
        _ => Err(failure),
    }
}

/// What came of looking from one start.
enum Looked {
    Found(Surveyed),
    /// A value, and where it is: the search did not come to rest.
    Unsettled(f64, Vec<f64>),
}

fn from(target: &mut dyn Target, start: &[f64], options: &Survey, anyway: bool) -> Result<Looked, MarginalError> {
    let layout = target.layout();
    let stride = layout.units(layout.levels() - 1).div_ceil(SAMPLE);
    let first = maximise_some(target, start, options.steps, stride)?;
    if first.unsettled.is_some() && !anyway {
        return Ok(Looked::Unsettled(first.at.value, first.position));
    }
    let mut notes = Vec::new();
    // What is tabled already stays so.
    let given = target.refinement().clone();
    let mut refined = given.clone();
    let worth = worth(target, options.evaluations);
    if given.tabled() == 0 && worth.is_err() && stride == 1 {
        // Nothing will be looked up, and all units were seen: the mode is found.
        notes.extend(worth.err().flatten());
        refined.held = held(target, &first.marginal, &first.position);
        let position = first.position;
        target.refine(refined);
        return Ok(Looked::Found(Surveyed { position, notes }));
    }
    let (position, precision) = (first.position, first.precision);
    match worth {
        _ if given.tabled() > 0 => {}
        Err(why) => notes.extend(why),
        Ok(()) => {
            let (tables, failures) = tables(target, &position, &precision);
            refined.tables = tables;
            notes.extend(failures);
        }
    }
    target.refine(refined.clone());
    let mode = maximise(target, &position, options.steps, Finest::Start);
    let found = mode.map(|mode| (held(target, &mode.marginal, &mode.position), mode.position));
    let (held, position) = match found {
        Ok(found) => found,
        Err(error) => {
            target.refine(given);
            return Err(error);
        }
    };
    refined.held = held;
    target.refine(refined);
    Ok(Looked::Found(Surveyed { position, notes }))
}

/// Whether tables pay, or why not, in words, where somebody might have expected them.
fn worth(target: &dyn Target, evaluations: usize) -> Result<(), Option<String>> {
    let count = target.directions().len();
    let nodes = [80, 500, 3000];
    match count {
        0 => Err(None),
        n if n > MOST => {
            Err(Some(format!("likelihoods are not tabled: each depends on {n} numbers, and tables pay for up to {MOST}")))
        }
        n if evaluations < 2 * nodes[n - 1] => Err(None),
        _ => Ok(()),
    }
}

/// A table for each unit around its conditional mode, as wide as its posterior; and what is wrong with those that have none.
fn tables(target: &dyn Target, position: &[f64], precision: &Factor) -> (Vec<Option<Arc<Table>>>, Option<String>) {
    let layout = target.layout();
    let leaves = layout.units(layout.levels() - 1);
    let tolerance = (0.5 * CERTIFIED / leaves as f64).clamp(1e-9, 1e-5);
    let mut marginal = Marginal::new(target, 0);
    marginal.look_around(position);
    let given = target.given(position);
    let above = precision.inverse();
    let made: Vec<Result<Table, Option<NoTable>>> = (0..leaves)
        .into_par_iter()
        .map(|leaf| {
            let region = region(target, given.as_ref(), (leaf, marginal.start(leaf)), &above).ok_or(None)?;
            Table::new(&region, tolerance, &mut |numbers| target.ln_likelihood(leaf, numbers)).map_err(Some)
        })
        .collect();
    let missing = made.iter().filter(|m| m.is_err()).count();
    let why = made.iter().find_map(|m| m.as_ref().err()).map(|why| match why {
        None => "a number that it depends on is bound to others, or has bounds that move",
        Some(NoTable::Impossible) => "it is not finite somewhere near its mode",
        Some(NoTable::Rough) => "it is not smooth enough there",
    });
    let note = why.map(|why| {
        format!("the likelihoods of {missing} of {leaves} units are worked out anew each time, not tabled (of the first: {why})")
    });
    (made.into_iter().map(|m| m.ok().map(Arc::new)).collect(), note)
}

/// Where a unit's likelihood is looked for: around the numbers at its conditional mode, as far as they vary given the data.
fn region(target: &dyn Target, given: &dyn Given, (leaf, start): (usize, &[f64]), above: &DMatrix<f64>) -> Option<Region> {
    let layout = target.layout();
    let level = layout.levels() - 1;
    let d = layout.coordinates_of(level, leaf).len();
    let ConditionalMode { mode, root, .. } = conditional_mode(given, leaf, start)?;
    let bend = given.bend(leaf, &mode).ok()?;
    let (numbers, jacobian) = given.numbers(leaf, &mode);
    let supports = supports(target, given, leaf, &mode)?;
    let (n, width) = (numbers.len(), given.width());
    let over = width - d;
    let slopes = DVector::from_fn(n, |i, _| supports[i].unconstrain(numbers[i])[1]);
    let jacobian = DMatrix::from_diagonal(&slopes) * DMatrix::from_row_slice(n, width, &jacobian);
    let (by_above, by_own) = (jacobian.columns(0, over), jacobian.columns(over, d));
    // How numbers answer to what is above, directly and through the mode: J_a + J_o W, with W = C C' F_oa.
    let mixed = DMatrix::from_row_slice(width, width, &bend.block).view((over, 0), (d, over)).clone_owned();
    let own = by_own * &root;
    let answers = by_above + &own * root.transpose() * mixed;
    let mut positions = Vec::new();
    layout.path_positions(level, leaf, &mut positions);
    let spread = DMatrix::from_fn(over, over, |a, b| above[(positions[a], positions[b])]);
    let covariance = &own * own.transpose() + &answers * spread * answers.transpose();
    let centre = numbers.iter().zip(&supports).map(|(x, s)| s.unconstrain(*x)[0]).collect();
    Region::new(supports, centre, covariance)
}

/// Where each number lives on which a unit's likelihood depends; `None` where one is bound to others or has bounds that move.
fn supports(target: &dyn Target, given: &dyn Given, leaf: usize, own: &[f64]) -> Option<Vec<Support<f64>>> {
    let layout = target.layout();
    let path = given.path(leaf, own);
    let mut known = vec![None; path.len()];
    let mut unit = leaf;
    for level in (0..layout.levels()).rev() {
        let (start, end) = (layout.meta.offset(level), layout.meta.offset(level + 1));
        let notes = target.notes((level, unit), &path[..end]);
        let parameters = layout.meta.levels[level].parameters;
        let mut notes = notes.into_iter();
        let mut at = start;
        for parameter in parameters {
            for _ in 0..parameter.len() {
                known[at] = match parameter.role {
                    Role::Drawn => notes.next().and_then(|n| n.support),
                    // A derived number above the unit may be anything.
                    Role::Derived => Some(Support::RealLine),
                };
                at += 1;
            }
        }
        unit = layout.design.levels[level].parents[unit];
    }
    let fixed = |s: &Support<f64>| match s {
        Support::RealLine | Support::Positive => true,
        Support::Above(x) | Support::Below(x) => x.is_finite(),
        Support::Interval(low, high) => low.is_finite() && high.is_finite(),
    };
    target.directions().iter().map(|&at| known[at].filter(fixed)).collect()
}

/// What the data say of each coordinate of the units whose centring is open: the curvature of the likelihood at the unit's mode, and where a
/// normal observation with that precision would lie for the mode to be where it is.
fn held(target: &dyn Target, marginal: &Marginal<'_>, position: &[f64]) -> Vec<Held> {
    let layout = target.layout();
    let level = layout.levels() - 1;
    let given = target.given(position);
    let mut held = vec![Held::default(); layout.dimension()];
    let parameters = layout.meta.levels[level].parameters;
    let each: Vec<Option<Vec<Held>>> = (0..layout.units(level))
        .into_par_iter()
        .map(|leaf| {
            let d = layout.coordinates_of(level, leaf).len();
            let ConditionalMode { mode, root, .. } = conditional_mode(given.as_ref(), leaf, marginal.start(leaf))?;
            let precision = Factor::pack_dirty(root).inverse();
            let path = given.path(leaf, &mode);
            let mut notes = target.notes((level, leaf), &path).into_iter();
            let mut own = vec![Held::default(); d];
            let mut at = 0;
            for parameter in parameters.iter().filter(|p| p.role == Role::Drawn) {
                for i in 0..parameter.len() {
                    let note = notes.next()?;
                    if let Some((location, scale)) = note.located.filter(|_| parameter.coordinates == parameter.len()) {
                        let k = at + i;
                        let by_data = precision[(k, k)] - 1.0;
                        if by_data > 1e-3 && scale > 0.0 && scale.is_finite() {
                            let prior = 1.0 / (scale * scale);
                            let (precision, moved) = (by_data * prior, location + scale * mode[k]);
                            own[k] = Held { centre: (moved * (precision + prior) - location * prior) / precision, precision };
                        }
                    }
                }
                at += parameter.coordinates;
            }
            Some(own)
        })
        .collect();
    for (leaf, own) in each.into_iter().enumerate() {
        if let Some(own) = own {
            held[layout.coordinates_of(level, leaf)].copy_from_slice(&own);
        }
    }
    held
}
