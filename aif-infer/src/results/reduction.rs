//! Models without some numbers of the group, from the draws of the full model's fit.
//!
//! Given all other numbers, those of units included, the density of a number of the group follows from the priors alone: data bear on it through
//! the units only. So the density at zero is known for each draw without error, and its mean over draws, divided by the prior's, is the ratio of
//! evidences (Savage & Dickey; Verdinelli & Wasserman 1995). The same ratios weigh the draws for the posterior of the reduced model.

use std::marker::PhantomData;

use aif_runtime::scalar::log_sum_exp;
use rayon::prelude::*;

use super::bridge::Bridges;
use super::dropped::{Drawn, Drop, ReductionError, draws, wanted};
use super::fit::Fit;
use crate::compare::{Bridge, Gaussian, RELIABLE, ln_density_at_zero, psis, relative_efficiency};
use crate::diagnostics::ess_mean;
use crate::fit::Fittable;
use crate::population::{Parameter, Population, Priors, PriorsOf, Zero};

/// A bridge with an error above so many nats is not believed.
const BELIEVED: f64 = 0.5;

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
    /// The same from its evidence and the full model's, each by bridge sampling, where there are data for that.
    pub bridge: Option<Bridge>,
    /// Its probability among all models that were tried, which are alike beforehand: by the gain, or by the bridge where the draws do not reach the
    /// model.
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
    /// The log-evidence of the full model by bridge sampling, where there are data for that.
    pub evidence: Option<Bridge>,
}

impl Reduced {
    /// The gain that is believed: by the draws' densities where those reach the model, else by a bridge where there is one that is surer.
    pub fn believed(&self) -> f64 {
        match self.bridge {
            Some(bridge) if self.pareto_k > RELIABLE && bridge.error < BELIEVED => bridge.ln_integral,
            _ => self.gain,
        }
    }
}

impl Reduction {
    /// The model with the most evidence.
    pub fn best(&self) -> &Reduced {
        // There is always the full model.
        &self.models[0]
    }
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
    reductions(fit, &named(drop), &PriorsOf::<P>(PhantomData), None, &|| ())
}

/// The same with the data, for bridge sampling beside: the records that were fitted, and what is called after each model.
///
/// # Errors
/// When a number cannot be dropped.
pub fn reduce_beside<P: Population>(
    fit: &Fit,
    drop: &[&str],
    records: &dyn Fittable,
    tick: &dyn Fn(),
) -> Result<Reduction, ReductionError> {
    reductions(fit, &named(drop), &PriorsOf::<P>(PhantomData), Some(records), tick)
}

fn named(drop: &[&str]) -> Vec<String> {
    drop.iter().map(ToString::to_string).collect()
}

/// The same for a population that is known by its priors.
///
/// # Errors
/// When a number cannot be dropped.
pub(crate) fn reductions(
    fit: &Fit,
    drop: &[String],
    priors: &dyn Priors,
    records: Option<&dyn Fittable>,
    tick: &dyn Fn(),
) -> Result<Reduction, ReductionError> {
    let drops = wanted(fit, drop)?;
    let (draws, per_chain) = draws(fit)?;
    let family = Family { fit, priors, drops, draws, per_chain };
    let prior_at_zero = family.prior_at_zero()?;
    let posterior = family.posterior();
    let weights: Vec<Vec<f64>> = family.draws.par_iter().map(|drawn| family.weights(drawn, &posterior)).collect();
    let mut found: Vec<Reduced> = (0..family.models())
        .map(|model| {
            let own: Vec<f64> = weights.iter().map(|w| w[model]).collect();
            family.reduced(model, &own, &posterior, &prior_at_zero)
        })
        .collect();
    let evidence = records.and_then(|records| family.bridge(&mut found, &weights, records, tick));
    let total = log_sum_exp(&found.iter().map(Reduced::believed).collect::<Vec<_>>());
    found.iter_mut().for_each(|m| m.probability = (m.believed() - total).exp());
    let full = found[0].posterior.clone();
    let averaged = (0..full.len()).map(|q| {
        let m: f64 = found.iter().map(|r| r.probability * r.posterior[q].0).sum();
        let v: f64 = found.iter().map(|r| r.probability * (r.posterior[q].1.powi(2) + (r.posterior[q].0 - m).powi(2))).sum();
        (m, v.sqrt())
    });
    let averaged = averaged.collect();
    let needed = family.drops.iter().map(|d| {
        let p: f64 = found.iter().filter(|m| !m.without.contains(&d.name)).map(|m| m.probability).sum();
        (d.name.clone(), p)
    });
    let needed = needed.collect();
    found.sort_by(|a, b| b.believed().total_cmp(&a.believed()));
    let names = fit.quantities.iter().filter(|q| q.level == 0).map(|q| q.name.clone()).collect();
    Ok(Reduction { models: found, needed, names, full, averaged, draws: family.draws.len(), evidence })
}

/// The models without some of what may be dropped; which of it one does without are the bits of its number.
struct Family<'a> {
    fit: &'a Fit,
    priors: &'a dyn Priors,
    drops: Vec<Drop>,
    draws: Vec<Drawn>,
    /// How many draws are of one chain.
    per_chain: usize,
}

impl Family<'_> {
    fn models(&self) -> usize {
        1 << self.drops.len()
    }

    /// What a model does without.
    fn without(&self, model: usize) -> impl Iterator<Item = &Drop> {
        self.drops.iter().enumerate().filter(move |(d, _)| model & (1 << d) != 0).map(|(_, drop)| drop)
    }

    /// All places that may be dropped, drop by drop.
    fn places(&self) -> Vec<usize> {
        self.drops.iter().flat_map(|d| d.places.iter().copied()).collect()
    }

    /// The group's numbers in a model.
    fn group(&self, drawn: &Drawn, model: usize) -> Vec<f64> {
        let mut group = drawn.group.clone();
        self.without(model).flat_map(|d| &d.places).for_each(|&place| group[place] = 0.0);
        group
    }

    /// All of the group's numbers, derived ones too; the density of each that is drawn; whether it can be zero.
    fn of_group(&self, group: &[f64]) -> (Vec<f64>, Vec<f64>, Vec<Zero>) {
        let mut values = vec![f64::NAN; self.fit.meta.offset(1)];
        let (each, around_zero) = self.priors.densities(0, &mut values, &[], group);
        (values, each, around_zero)
    }

    /// The log-density of all that was drawn, with other numbers of the group.
    fn joint(&self, group: &[f64], drawn: &Drawn) -> f64 {
        let (meta, design) = (self.fit.meta, &self.fit.design);
        let (values, each, _) = self.of_group(group);
        let (mut above, mut sum) = (vec![values], each.iter().sum::<f64>());
        for (level, units) in (1..).zip(&drawn.below) {
            let width = meta.offset(level + 1);
            let own = units.iter().enumerate().map(|(unit, numbers)| {
                let mut values = above[design.levels[level].parents[unit]].clone();
                values.resize(width, f64::NAN);
                let (each, _) = self.priors.densities(level, &mut values, design.covariates_of(level, unit), numbers);
                sum += each.iter().sum::<f64>();
                values
            });
            above = own.collect();
        }
        sum
    }

    /// The log-density at zero of each number that may be dropped.
    fn prior_at_zero(&self) -> Result<Vec<f64>, ReductionError> {
        let mut all = Vec::new();
        for d in &self.drops {
            for &place in &d.places {
                let mut group = self.draws[0].group.clone();
                group[place] = 0.0;
                let (_, each, around_zero) = self.of_group(&group);
                let own = |p: &&Parameter| p.name == d.name || (0..p.len()).any(|e| p.label(e) == d.name);
                let prior = self.fit.meta.levels[0].parameters.iter().find(own).map_or("", |p| p.prior);
                if around_zero[place] == Zero::Together {
                    return Err(ReductionError::Together { name: d.name.clone(), prior });
                }
                if around_zero[place] == Zero::Outside || !each[place].is_finite() {
                    return Err(ReductionError::Support { name: d.name.clone(), prior });
                }
                all.push(each[place]);
            }
        }
        Ok(all)
    }

    /// Means and covariance of the numbers that may be dropped.
    fn posterior(&self) -> Gaussian {
        let places = self.places();
        let values = |place: usize| self.draws.iter().map(move |drawn| drawn.group[place]);
        let means: Vec<f64> = places.iter().map(|&place| mean(values(place))).collect();
        let pairs = (0..places.len()).flat_map(|i| (0..places.len()).map(move |j| (i, j)));
        let covariance =
            pairs.map(|(i, j)| mean(values(places[i]).zip(values(places[j])).map(|(x, y)| (x - means[i]) * (y - means[j]))));
        let covariance = covariance.collect();
        Gaussian { mean: means, covariance }
    }

    /// The logarithms of the weights of a draw, model by model: each has what one with less dropped has, and a factor for each number more.
    fn weights(&self, drawn: &Drawn, posterior: &Gaussian) -> Vec<f64> {
        let places = self.places();
        let mut all = vec![0.0; self.models()];
        for model in 1..self.models() {
            let last = model.ilog2() as usize;
            let before = model & !(1 << last);
            let (mut group, mut weight) = (self.group(drawn, before), all[before]);
            for &place in &self.drops[last].places {
                let at = places.iter().position(|&p| p == place).unwrap_or(0);
                let width = posterior.covariance[at * places.len() + at].sqrt();
                let of = |x: f64| {
                    let mut moved = group.clone();
                    moved[place] = x;
                    self.joint(&moved, drawn)
                };
                weight += ln_density_at_zero(&of, group[place], 0.5 * width);
                group[place] = 0.0;
                weight -= self.of_group(&group).1[place];
            }
            all[model] = weight;
        }
        all
    }

    /// A model from the weights of all draws; its probability follows from those of all.
    fn reduced(&self, model: usize, ln_weights: &[f64], posterior: &Gaussian, prior_at_zero: &[f64]) -> Reduced {
        let gain = log_sum_exp(ln_weights) - (ln_weights.len() as f64).ln();
        let ratios: Vec<f64> = ln_weights.iter().map(|w| (w - gain).exp()).collect();
        let chains: Vec<Vec<f64>> = ratios.chunks(self.per_chain).map(<[f64]>::to_vec).collect();
        let ess = if model == 0 { 1.0 } else { ess_mean(&chains) };
        let variance = mean(ratios.iter().map(|r| (r - 1.0).powi(2)));
        let efficiency = relative_efficiency([&chains[..]]);
        let smoothed = psis(ln_weights, if efficiency.is_finite() { efficiency } else { 1.0 });
        let probabilities = smoothed.weights();
        // What derives from numbers that are dropped is worked out again.
        let numbers: Vec<Vec<f64>> = self.draws.iter().map(|drawn| self.of_group(&self.group(drawn, model)).0).collect();
        let moments = (0..self.fit.meta.offset(1)).map(|q| {
            let m: f64 = numbers.iter().zip(&probabilities).map(|(x, p)| p * x[q]).sum();
            let v: f64 = numbers.iter().zip(&probabilities).map(|(x, p)| p * (x[q] - m).powi(2)).sum();
            (m, v.max(0.0).sqrt())
        });
        Reduced {
            without: self.without(model).map(|d| d.name.clone()).collect(),
            gain,
            error: (variance / ess.max(1.0)).sqrt(),
            pareto_k: if model == 0 { 0.0 } else { smoothed.pareto_k },
            normal: self.normal(model, posterior, prior_at_zero),
            bridge: None,
            probability: 0.0,
            posterior: moments.collect(),
        }
    }

    /// Finds the evidence of each model by a bridge; gives that of the full one.
    fn bridge(&self, found: &mut [Reduced], weights: &[Vec<f64>], records: &dyn Fittable, tick: &dyn Fn()) -> Option<Bridge> {
        let seed = self.fit.method.seed();
        let bridges = Bridges::new(self.fit, self.priors, records.target(None, false), &self.draws, self.per_chain)?;
        let full = bridges.evidence(seed)?;
        tick();
        for (model, reduced) in found.iter_mut().enumerate().skip(1) {
            let zeros: Vec<usize> = self.without(model).flat_map(|d| d.places.iter().copied()).collect();
            let own: Vec<f64> = weights.iter().map(|w| w[model]).collect();
            reduced.bridge = bridges
                .reduced(&zeros, &own, seed)
                .map(|own| Bridge { ln_integral: own.ln_integral - full.ln_integral, error: own.error.hypot(full.error) });
            tick();
        }
        found[0].bridge = Some(Bridge { ln_integral: 0.0, error: 0.0 });
        Some(full)
    }

    /// The gain of a model where posterior and prior are taken for normal.
    fn normal(&self, model: usize, posterior: &Gaussian, prior_at_zero: &[f64]) -> f64 {
        let places = self.places();
        let out: Vec<usize> =
            self.without(model).flat_map(|d| &d.places).filter_map(|place| places.iter().position(|p| p == place)).collect();
        let pairs = out.iter().flat_map(|&i| out.iter().map(move |&j| (i, j)));
        let some = Gaussian {
            mean: out.iter().map(|&i| posterior.mean[i]).collect(),
            covariance: pairs.map(|(i, j)| posterior.covariance[i * places.len() + j]).collect(),
        };
        let prior: f64 = out.iter().map(|&i| prior_at_zero[i]).sum();
        some.ln_density(&vec![0.0; out.len()]).map_or(f64::NAN, |ln| ln - prior)
    }
}
