//! Models without some numbers of the group, from the draws of the full model's fit.
//!
//! Given all other numbers, those of units included, the density of a number of the group follows from the priors alone: data bear on it through
//! the units only. So the density at zero is known for each draw without error, and its mean over draws, divided by the prior's, is the ratio of
//! evidences (Savage & Dickey; Verdinelli & Wasserman 1995). The same ratios weigh the draws for the posterior of the reduced model.

use aif_runtime::scalar::log_sum_exp;
use rayon::prelude::*;

use super::fit::{Fit, Quantity};
use crate::compare::{Gaussian, ln_density_at_zero, psis, relative_efficiency};
use crate::diagnostics::ess_mean;
use crate::population::{Densities, Parameter, Population, Role};

/// The densities of the numbers drawn at a level, and whether each can be zero; all of the level's numbers are written. Asked with the level, the
/// numbers of the path, covariates, and the drawn numbers.
pub(crate) type Density<'a> = dyn Fn(usize, &mut [f64], &[f64], &[f64]) -> (Vec<f64>, Vec<bool>) + Sync + 'a;

/// The most draws that are used.
const MOST_DRAWS: usize = 2000;
/// The most numbers, or parameters of several, that are dropped: each doubles the models.
pub(crate) const MOST_DROPPED: usize = 10;

/// Why a model cannot be reduced.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ReductionError {
    /// There is no group.
    #[error("{population} has no numbers of a group: every subject is fitted alone, and nothing can be dropped for all")]
    Flat {
        /// The population.
        population: &'static str,
    },
    /// The fit has one normal approximation of it all, and no draws of units with those of the group.
    #[error("the fit has no draws")]
    NoDraws,
    /// There is no number of this name.
    #[error("the group has no number `{name}` that is drawn: it has {}", known.join(", "))]
    Unknown {
        /// What was asked for.
        name: String,
        /// What there is.
        known: Vec<String>,
    },
    /// A number is dropped twice.
    #[error("`{name}` is dropped twice")]
    Twice {
        /// Its name.
        name: String,
    },
    /// Too many.
    #[error("{count} numbers are dropped: each doubles the models that are compared, and at most {MOST_DROPPED} can be")]
    Many {
        /// How many.
        count: usize,
    },
    /// Behaviour depends on a number other than through those of units.
    #[error("behaviour depends on `{name}` directly, and the data would have to be scored again: fit the model without it")]
    Direct {
        /// Its name.
        name: String,
    },
    /// It cannot be zero.
    #[error("`{name}` cannot be dropped: zero is not among the values that it can have ({prior})")]
    Support {
        /// Its name.
        name: String,
        /// Its prior, in words.
        prior: &'static str,
    },
}

/// A reduced model.
#[derive(Clone, Debug, PartialEq)]
pub struct Reduced {
    /// What it does without.
    pub without: Vec<String>,
    /// By how many nats its log-evidence is larger than the full model's.
    pub gain: f64,
    /// The Monte-Carlo error of that.
    pub error: f64,
    /// Whether the draws reach the model: below 0.7 they do.
    pub pareto_k: f64,
    /// The gain where posterior and prior are taken for normal.
    pub normal: f64,
    /// Its probability among all models that were tried, which are alike beforehand.
    pub probability: f64,
    /// Mean and standard deviation of each number of the group.
    pub posterior: Vec<(f64, f64)>,
}

/// All reductions by some numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Reduction {
    /// The full model and those without some of the numbers, by their evidence.
    pub models: Vec<Reduced>,
    /// The probability of each number that may be dropped that it is needed.
    pub needed: Vec<(String, f64)>,
    /// The names of the group's numbers.
    pub names: Vec<String>,
    /// Mean and standard deviation of each under the full model.
    pub full: Vec<(f64, f64)>,
    /// The same, averaged over all models.
    pub averaged: Vec<(f64, f64)>,
    /// How many draws were used.
    pub draws: usize,
}

impl Reduction {
    /// The model with the most evidence.
    pub fn best(&self) -> &Reduced {
        // There is always the full model.
        &self.models[0]
    }
}

/// What is dropped at a time: its name, and its places among the group's drawn numbers.
struct Drop {
    name: String,
    places: Vec<usize>,
}

/// The drawn numbers of every unit of every level at one draw.
type Drawn = Vec<Vec<Vec<f64>>>;

/// Finds what to drop: numbers by their names, or all numbers of a parameter.
fn wanted(fit: &Fit, drop: &[String]) -> Result<Vec<Drop>, ReductionError> {
    let group = fit.meta.levels[0].parameters;
    let drawn = || group.iter().filter(|p| p.role == Role::Drawn);
    let labels: Vec<(&Parameter, String)> = drawn().flat_map(|p| (0..p.len()).map(move |e| (p, p.label(e)))).collect();
    if fit.meta.flat() {
        return Err(ReductionError::Flat { population: fit.meta.name });
    }
    if drop.len() > MOST_DROPPED {
        return Err(ReductionError::Many { count: drop.len() });
    }
    let mut all: Vec<Drop> = Vec::new();
    for name in drop {
        let own = |(p, label): &(&Parameter, String)| label == name || (p.name == name && !p.dimensions.is_empty());
        let places: Vec<usize> = (0..labels.len()).filter(|&i| own(&labels[i])).collect();
        let Some(&first) = places.first() else {
            return Err(ReductionError::Unknown { name: name.clone(), known: labels.into_iter().map(|l| l.1).collect() });
        };
        if all.iter().any(|other| other.places.iter().any(|p| places.contains(p))) {
            return Err(ReductionError::Twice { name: name.clone() });
        }
        if labels[first].0.direct {
            return Err(ReductionError::Direct { name: name.clone() });
        }
        all.push(Drop { name: name.clone(), places });
    }
    Ok(all)
}

/// The drawn numbers of some draws, evenly spaced: chain and draw of each beside.
fn draws(fit: &Fit) -> Result<(Vec<Drawn>, usize), ReductionError> {
    let (chains, draws) = (fit.chains(), fit.draws());
    if chains * draws == 0 {
        return Err(ReductionError::NoDraws);
    }
    let each = draws.min((MOST_DRAWS / chains).max(1));
    let is_drawn =
        |q: &&Quantity| fit.meta.levels[q.level].parameters.iter().any(|p| p.name == q.parameter && p.role == Role::Drawn);
    let wanted: Vec<_> = fit.quantities.iter().filter(is_drawn).collect();
    let at = |chain: usize, draw: usize| {
        let mut all: Drawn = fit.design.levels.iter().map(|units| vec![Vec::new(); units.names.len()]).collect();
        wanted.iter().for_each(|q| all[q.level][q.unit].push(q.draw(chain, draw)));
        all
    };
    let places = (0..chains * each).map(|i| (i / each, (i % each) * draws / each));
    Ok((places.map(|(chain, draw)| at(chain, draw)).collect(), each))
}

/// The log-density of all drawn numbers of all units; and of the group's own, one by one.
fn joint(fit: &Fit, drawn: &Drawn, density: &Density<'_>) -> (f64, Vec<f64>) {
    let (meta, design) = (fit.meta, &fit.design);
    let mut above: Vec<Vec<f64>> = vec![Vec::new()];
    let (mut sum, mut group) = (0.0, Vec::new());
    for (level, units) in drawn.iter().enumerate() {
        let width = meta.offset(level + 1);
        let own: Vec<Vec<f64>> = units
            .iter()
            .enumerate()
            .map(|(unit, numbers)| {
                let parent = if level == 0 { 0 } else { design.levels[level].parents[unit] };
                let mut values = above[parent].clone();
                values.resize(width, f64::NAN);
                let (each, _) = density(level, &mut values, design.covariates_of(level, unit), numbers);
                sum += each.iter().sum::<f64>();
                if level == 0 {
                    group = each;
                }
                values
            })
            .collect();
        above = own;
    }
    (sum, group)
}

fn mean(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let n = values.clone().count() as f64;
    values.sum::<f64>() / n
}

/// All models without some of the group's numbers (`z[age]`, or the name of a parameter for all of its numbers), from a fit of the full model.
///
/// # Errors
/// When a number cannot be dropped.
pub fn reduce<P: Population>(fit: &Fit, drop: &[&str]) -> Result<Reduction, ReductionError> {
    let density = |level: usize, values: &mut [f64], covariates: &[f64], drawn: &[f64]| {
        let mut densities = Densities::new(drawn);
        P::draw(level, values, covariates, &mut densities);
        (densities.each, densities.around_zero)
    };
    reductions(fit, &drop.iter().map(ToString::to_string).collect::<Vec<_>>(), &density)
}

/// The same for a population that is known by the densities of its levels.
///
/// # Errors
/// When a number cannot be dropped.
pub(crate) fn reductions(fit: &Fit, drop: &[String], density: &Density<'_>) -> Result<Reduction, ReductionError> {
    let drops = wanted(fit, drop)?;
    let (all, per_chain) = draws(fit)?;
    let places: Vec<usize> = drops.iter().flat_map(|d| d.places.iter().copied()).collect();
    let values = |place: usize| all.iter().map(move |drawn| drawn[0][0][place]);
    let deviation = |place: usize| {
        let m = mean(values(place));
        mean(values(place).map(|x| (x - m).powi(2))).sqrt()
    };
    // Zero has to be among the values that a number can have.
    let mut blank = vec![f64::NAN; fit.meta.offset(1)];
    let (_, can_be_zero) = density(0, &mut blank, &[], &all[0][0][0]);
    let mut prior_at_zero = Vec::new();
    for d in &drops {
        for &place in &d.places {
            let mut one = all[0].clone();
            one[0][0][place] = 0.0;
            let prior = joint(fit, &one, density).1[place];
            if !can_be_zero[place] || !prior.is_finite() {
                let own = |p: &&Parameter| p.name == d.name || (0..p.len()).any(|e| p.label(e) == d.name);
                let prior = fit.meta.levels[0].parameters.iter().find(own).map_or("", |p| p.prior);
                return Err(ReductionError::Support { name: d.name.clone(), prior });
            }
            prior_at_zero.push(prior);
        }
    }
    let posterior = Gaussian {
        mean: places.iter().map(|&p| mean(values(p))).collect(),
        covariance: places
            .iter()
            .flat_map(|&i| places.iter().map(move |&j| (i, j)))
            .map(|(i, j)| {
                let (mi, mj) = (mean(values(i)), mean(values(j)));
                mean(values(i).zip(values(j)).map(|(x, y)| (x - mi) * (y - mj)))
            })
            .collect(),
    };
    // The logarithms of the weights of draws, model by model: each has what one with less dropped has, and one factor more.
    let widths: Vec<f64> = drops.iter().flat_map(|d| &d.places).map(|&p| deviation(p)).collect();
    let models = 1usize << drops.len();
    let weights = |drawn: &Drawn| -> Vec<f64> {
        let mut all = vec![0.0; models];
        let mut at: Vec<Drawn> = vec![drawn.clone()];
        for model in 1..models {
            let last = model.ilog2() as usize;
            let before = model & !(1 << last);
            let mut own = at[before].clone();
            let mut weight = all[before];
            for &place in &drops[last].places {
                let width = widths[places.iter().position(|&p| p == place).unwrap_or(0)];
                let near = own[0][0][place];
                let of = |x: f64| {
                    let mut moved = own.clone();
                    moved[0][0][place] = x;
                    joint(fit, &moved, density).0
                };
                weight += ln_density_at_zero(&of, near, 0.5 * width);
                own[0][0][place] = 0.0;
                weight -= joint(fit, &own, density).1[place];
            }
            all[model] = weight;
            at.push(own);
        }
        all
    };
    let weights: Vec<Vec<f64>> = all.par_iter().map(weights).collect();
    let group: Vec<_> = fit.quantities.iter().filter(|q| q.level == 0).collect();
    // Where a number of the group is dropped, it and what derives from it differ: they are worked out again.
    let offset = fit.meta.offset(1);
    let numbers = |drawn: &Drawn, model: usize| -> Vec<f64> {
        let mut own = drawn[0][0].clone();
        drops
            .iter()
            .enumerate()
            .filter(|(d, _)| model & (1 << d) != 0)
            .for_each(|(_, d)| d.places.iter().for_each(|&p| own[p] = 0.0));
        let mut values = vec![f64::NAN; offset];
        density(0, &mut values, &[], &own);
        values
    };
    let chains = |column: &dyn Fn(usize) -> f64| -> Vec<Vec<f64>> {
        (0..all.len() / per_chain).map(|c| (0..per_chain).map(|i| column(c * per_chain + i)).collect()).collect()
    };
    let mut found = Vec::new();
    for model in 0..models {
        let own: Vec<f64> = weights.iter().map(|w| w[model]).collect();
        let gain = log_sum_exp(&own) - (own.len() as f64).ln();
        let ratios = |i: usize| (own[i] - gain).exp();
        let ess = if model == 0 { 1.0 } else { ess_mean(&chains(&ratios)) };
        let variance = mean((0..own.len()).map(|i| (ratios(i) - 1.0).powi(2)));
        let error = (variance / ess.max(1.0)).sqrt();
        let efficiency = relative_efficiency([&chains(&ratios)[..]]);
        let smoothed = psis(&own, if efficiency.is_finite() { efficiency } else { 1.0 });
        let kept: Vec<usize> = (0..drops.len()).filter(|d| model & (1 << d) != 0).collect();
        let flat: Vec<usize> =
            kept.iter().flat_map(|&d| drops[d].places.iter().filter_map(|p| places.iter().position(|q| q == p))).collect();
        let some = Gaussian {
            mean: flat.iter().map(|&i| posterior.mean[i]).collect(),
            covariance: flat
                .iter()
                .flat_map(|&i| flat.iter().map(move |&j| (i, j)))
                .map(|(i, j)| posterior.covariance[i * places.len() + j])
                .collect(),
        };
        let prior: f64 = flat.iter().map(|&i| prior_at_zero[i]).sum();
        let normal = some.ln_density(&vec![0.0; flat.len()]).map_or(f64::NAN, |ln| ln - prior);
        let probabilities = smoothed.weights();
        let columns: Vec<Vec<f64>> = all.iter().map(|drawn| numbers(drawn, model)).collect();
        let moments = (0..group.len()).map(|q| {
            let m: f64 = columns.iter().zip(&probabilities).map(|(c, p)| p * c[q]).sum();
            let v: f64 = columns.iter().zip(&probabilities).map(|(c, p)| p * (c[q] - m).powi(2)).sum();
            (m, v.max(0.0).sqrt())
        });
        found.push(Reduced {
            without: kept.iter().map(|&d| drops[d].name.clone()).collect(),
            gain,
            error,
            pareto_k: if model == 0 { 0.0 } else { smoothed.pareto_k },
            normal,
            probability: 0.0,
            posterior: moments.collect(),
        });
    }
    let total = log_sum_exp(&found.iter().map(|m| m.gain).collect::<Vec<_>>());
    found.iter_mut().for_each(|m| m.probability = (m.gain - total).exp());
    let averaged = (0..group.len()).map(|q| {
        let m: f64 = found.iter().map(|r| r.probability * r.posterior[q].0).sum();
        let v: f64 = found.iter().map(|r| r.probability * (r.posterior[q].1.powi(2) + (r.posterior[q].0 - m).powi(2))).sum();
        (m, v.sqrt())
    });
    let averaged = averaged.collect();
    let full = found[0].posterior.clone();
    let needed = drops.iter().map(|d| {
        let p: f64 = found.iter().filter(|m| !m.without.contains(&d.name)).map(|m| m.probability).sum();
        (d.name.clone(), p)
    });
    let needed = needed.collect();
    found.sort_by(|a, b| b.gain.total_cmp(&a.gain));
    let names = group.iter().map(|q| q.name.clone()).collect();
    Ok(Reduction { models: found, needed, names, full, averaged, draws: all.len() })
}
