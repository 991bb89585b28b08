//! Simulated responses of neurons: firing, prediction errors, dopamine, local field potentials and evoked responses.

use alloc::vec;
use alloc::vec::Vec;

use super::course::Course;
use super::numbers::gradient;
use super::passing::{Beliefs, ITERATIONS};
use crate::math::{exp, ln, sqrt};

/// Simulated responses by iteration: 16 bins for each time.
#[derive(Clone, Debug, PartialEq)]
pub struct Dynamics {
    /// Beliefs (`xn`), `[factor][time][time believed about][iteration][state]`; 0 beyond the horizon.
    pub firing: Vec<Vec<Vec<Vec<Vec<f64>>>>>,
    /// Prediction errors (`vn`), the same.
    pub errors: Vec<Vec<Vec<Vec<Vec<f64>>>>>,
    /// The precision of policies (`wn`).
    pub precision: Vec<f64>,
    /// Dopamine (`dn`): how the precision changes, and an eighth of it.
    pub dopamine: Vec<f64>,
    /// The posterior over policies (`un`), `[bin][policy]`; without the last time where moves are chosen from.
    pub policies: Vec<Vec<f64>>,
}

impl Dynamics {
    /// The responses of one level in the course of a trial; empty where all was inferred at once.
    pub fn of(course: &Course) -> Dynamics {
        let live = course.inferred.len() == course.times();
        let times = if live { course.times() } else { 0 };
        let precision: Vec<f64> = course.inferred.iter().flat_map(|i| i.precisions.iter().copied()).collect();
        let dopamine = gradient(&precision).iter().zip(&precision).map(|(d, w)| 8.0 * d + w / 8.0).collect();
        let kept = times.saturating_sub(usize::from(course.moves));
        let policies = course.inferred.iter().take(kept).flat_map(|i| i.posteriors.iter().cloned()).collect();
        let firing = arrange(course, times, |i| &i.firing);
        Dynamics { firing, errors: arrange(course, times, |i| &i.errors), precision, dopamine, policies }
    }

    /// Local field potentials: how firing changes from iteration to iteration, `[factor][time][time believed about][state][iteration]`.
    pub fn field_potentials(&self) -> Vec<Vec<Vec<Vec<Vec<f64>>>>> {
        let states = |bins: &Vec<Vec<f64>>| {
            let state = |s: usize| gradient(&bins.iter().map(|x| x[s]).collect::<Vec<_>>());
            (0..bins.first().map_or(0, Vec::len)).map(state).collect::<Vec<_>>()
        };
        let times = |of: &Vec<Vec<Vec<Vec<f64>>>>| of.iter().map(|of| of.iter().map(states).collect()).collect();
        self.firing.iter().map(times).collect()
    }
}

fn arrange(
    course: &Course,
    times: usize,
    of: impl Fn(&super::course::Inferred) -> &Vec<Beliefs>,
) -> Vec<Vec<Vec<Vec<Vec<f64>>>>> {
    let bins = |f: usize, t: usize, about: usize| {
        let iterations = of(&course.inferred[t]);
        let size = course.initial[f].len();
        iterations.iter().map(|x| x[f].get(about).cloned().unwrap_or_else(|| vec![0.0; size])).collect()
    };
    let times = |f: usize| (0..times).map(|t| (0..times).map(|about| bins(f, t, about)).collect()).collect();
    (0..course.initial.len()).map(times).collect()
}

/// Responses of two levels that take turns: an episode below, then the level above.
#[derive(Clone, Debug, PartialEq)]
pub struct Evoked {
    /// Of the level above (`x`), `[bin][state]`.
    pub above: Vec<Vec<f64>>,
    /// Of the level below (`y`), `[bin][state]`.
    pub below: Vec<Vec<f64>>,
    /// How many bins each time has (`ind`).
    pub bins: Vec<usize>,
}

impl Evoked {
    /// The responses of beliefs about the first state of one factor of each level (`spm_MDP_VB_ERP`): their logarithms, smoothed by 2 bins,
    /// less the same smoothed by 16. A bin lasts 1/64 s.
    ///
    /// Nothing where there is no level below, or no such factor.
    pub fn of(course: &Course, factor_above: usize, factor_below: usize) -> Option<Evoked> {
        let first = |course: &Course, t: usize, f: usize| -> Option<Vec<Vec<f64>>> {
            let iterations = &course.inferred.get(t)?.firing;
            iterations.iter().map(|x| x.get(f)?.first().cloned()).collect()
        };
        let (mut above, mut below, mut bins): (Vec<Vec<f64>>, Vec<Vec<f64>>, Vec<usize>) = (Vec::new(), Vec::new(), Vec::new());
        for (t, episode) in course.episodes.iter().enumerate() {
            let present = first(course, t, factor_above)?;
            let held = above.last().or(present.first())?.clone();
            for i in 0..episode.inferred.len() {
                below.extend(first(episode, i, factor_below)?);
            }
            above.resize(below.len(), held);
            above.extend(present);
            let held = below.last()?.clone();
            below.resize(above.len(), held);
            bins.push(ITERATIONS * (episode.inferred.len() + 1));
        }
        (!bins.is_empty()).then(|| Evoked { above: evoke(&above), below: evoke(&below), bins })
    }
}

/// Logarithms of firing, without their slow part and without what is fastest.
fn evoke(firing: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let mut to = vec![Vec::new(); firing.len()];
    for s in 0..firing.first().map_or(0, Vec::len) {
        let logs: Vec<f64> = firing.iter().map(|x| ln(x[s] + 1.0 / 32.0)).collect();
        for ((to, fast), slow) in to.iter_mut().zip(smooth(&logs, 2.0)).zip(smooth(&logs, 16.0)) {
            to.push(fast - slow);
        }
    }
    to
}

/// Smoothed with a Gaussian of so many bins at half its height, cut at 6 standard deviations; edges are mirrored.
fn smooth(x: &[f64], width: f64) -> Vec<f64> {
    let deviation = width / sqrt(8.0 * ln(2.0));
    let reach = libm::floor(6.0 * deviation) as isize;
    let weight = |d: isize| exp(-((d * d) as f64) / (2.0 * deviation * deviation));
    let sum: f64 = (-reach..=reach).map(weight).sum();
    let last = x.len() as isize;
    let mirrored = |i: isize| {
        let i = i.rem_euclid(2 * last);
        x[(if i < last { i } else { 2 * last - 1 - i }) as usize]
    };
    let at = |i: isize| (-reach..=reach).map(|d| weight(d) * mirrored(i + d)).sum::<f64>() / sum;
    (0..last).map(at).collect()
}
