//! Fits a population with NUTS: a flat one subject by subject, a hierarchical one jointly.

use super::group::Fittable;
use super::summary::{Summary, summary};
use crate::diagnostics::{Health, health};
use crate::population::PopulationMeta;
use crate::posterior::{Density, Target};
use crate::sample::{Chain, NutsOptions, SampleError, sample};

/// The draws of one parameter, of the group or of one subject.
#[derive(Clone, Debug)]
pub struct Quantity {
    /// The parameter's name.
    pub name: &'static str,
    /// The subject's position; `None` for a parameter of the group.
    pub subject: Option<usize>,
    /// The draws of each chain.
    pub chains: Vec<Vec<f64>>,
    /// The posterior in numbers.
    pub summary: Summary,
}

/// A fitted population.
#[derive(Clone, Debug)]
pub struct Fit {
    /// Names and supports of the population.
    pub meta: &'static PopulationMeta,
    /// The subjects' names.
    pub subjects: Vec<String>,
    /// Every parameter, drawn and derived: the group's, then each subject's.
    pub quantities: Vec<Quantity>,
    /// The sampler's statistics: of each subject in a flat population, else of all jointly.
    pub health: Vec<Health>,
    /// The options.
    pub options: NutsOptions,
}

/// Why a fit failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FitError {
    /// There is nothing to fit.
    #[error("there is nothing to fit: {0}")]
    Nothing(String),
    /// The options are out of range.
    #[error("{0}")]
    Options(String),
    /// Sampling failed for a subject.
    #[error("{subject}: {source}")]
    Sampling {
        /// Which subject, or the group.
        subject: String,
        /// Why.
        source: SampleError,
    },
}

/// Fits a group by NUTS. `tick` is called after every draw, from any thread.
///
/// # Errors
/// When there is nothing to fit, the options are out of range, or a chain finds no starting point.
pub fn fit_nuts(group: &dyn Fittable, mut options: NutsOptions, tick: &(dyn Fn() + Sync)) -> Result<Fit, FitError> {
    let meta = group.meta();
    let names = group.names();
    if names.is_empty() {
        return Err(FitError::Nothing("the group has no subjects".into()));
    }
    options.thin = Some(options.thinning(meta.flat()));
    let targets: Vec<Box<dyn Target + '_>> = if meta.flat() {
        (0..names.len()).map(|s| group.target(Some(s), false)).collect()
    } else {
        vec![group.target(None, options.chains < rayon::current_num_threads())]
    };
    if targets.iter().any(|t| t.dimension() == 0) {
        return Err(FitError::Nothing(format!("{} draws no parameter", meta.name)));
    }
    let densities: Vec<&dyn Density> = targets.iter().map(|t| &**t as &dyn Density).collect();
    let chains = sample(&densities, &options, tick).map_err(|source| {
        if let SampleError::Options(message) = source {
            return FitError::Options(message);
        }
        let subject = match &source {
            SampleError::Chain { density, .. } if meta.flat() => format!("subject {}", names[*density]),
            _ => meta.name.to_string(),
        };
        FitError::Sampling { subject, source }
    })?;

    let mut quantities: Vec<Quantity> = Vec::new();
    for (t, (target, chains)) in targets.iter().zip(&chains).enumerate() {
        quantities.extend(parameters(meta, target.as_ref(), chains, meta.flat().then_some(t)));
    }
    let health = chains.iter().map(health).collect();
    Ok(Fit { meta, subjects: names.to_vec(), quantities, health, options })
}

/// The draws of every parameter behind one density.
fn parameters(meta: &'static PopulationMeta, target: &dyn Target, chains: &[Chain], only: Option<usize>) -> Vec<Quantity> {
    let points: Vec<Vec<_>> = chains.iter().map(|c| c.positions.iter().map(|x| target.constrain(x)).collect()).collect();
    let quantity = |name, subject, chains: Vec<Vec<f64>>| {
        let summary = summary(&chains);
        Quantity { name, subject, chains, summary }
    };
    let mut all = Vec::new();
    // In a flat population the group's quantities, all derived, are the same for every subject.
    let of_group = if only.unwrap_or(0) == 0 { meta.population } else { &[] };
    for (i, parameter) in of_group.iter().enumerate() {
        let draws = points.iter().map(|c| c.iter().map(|(group, _)| group[i]).collect()).collect();
        all.push(quantity(parameter.name, None, draws));
    }
    let subjects = points.first().and_then(|c| c.first()).map_or(0, |(_, subjects)| subjects.len());
    for s in 0..subjects {
        for (i, parameter) in meta.subject.iter().enumerate() {
            let draws = points.iter().map(|c| c.iter().map(|(_, subjects)| subjects[s][i]).collect()).collect();
            all.push(quantity(parameter.name, Some(only.unwrap_or(s)), draws));
        }
    }
    all
}

impl Fit {
    /// The draws of a parameter, of the group or of one subject.
    pub fn quantity(&self, name: &str, subject: Option<usize>) -> Option<&Quantity> {
        self.quantities.iter().find(|q| q.name == name && q.subject == subject)
    }

    fn label(&self, q: &Quantity) -> String {
        match q.subject {
            Some(s) => format!("{} of subject {}", q.name, self.subjects[s]),
            None => q.name.to_string(),
        }
    }

    /// Quantities that vary at all: a constant has nothing to converge.
    fn varying(&self) -> impl Iterator<Item = &Quantity> {
        self.quantities.iter().filter(|q| {
            let first = q.chains.first().and_then(|c| c.first());
            q.chains.iter().flatten().any(|x| Some(x) != first)
        })
    }

    /// The largest R-hat and whose it is; infinite where it cannot be worked out.
    pub fn worst_rhat(&self) -> Option<(f64, String)> {
        let of = |q: &Quantity| if q.summary.rhat.is_nan() { f64::INFINITY } else { q.summary.rhat };
        self.varying().max_by(|a, b| of(a).total_cmp(&of(b))).map(|q| (of(q), self.label(q)))
    }

    /// The smallest effective sample size, of bulk or tail, and whose it is; zero where it cannot be worked out.
    pub fn least_ess(&self) -> Option<(f64, String)> {
        let of = |q: &Quantity| {
            let Summary { ess_bulk, ess_tail, .. } = q.summary;
            if ess_bulk.is_nan() || ess_tail.is_nan() { 0.0 } else { ess_bulk.min(ess_tail) }
        };
        self.varying().min_by(|a, b| of(a).total_cmp(&of(b))).map(|q| (of(q), self.label(q)))
    }

    /// What is wrong with the fit, in plain words; nothing when all is well.
    pub fn complaints(&self) -> Vec<String> {
        let (Some(worst), Some(least)) = (self.worst_rhat(), self.least_ess()) else {
            return vec!["No parameter moved: there is nothing to judge the fit by.".into()];
        };
        self.overall().complaints((worst.0, &worst.1), (least.0, &least.1), self.options.chains)
    }

    /// The sampler's statistics over all densities.
    pub fn overall(&self) -> Health {
        let draws: usize = self.health.iter().map(|h| h.draws).sum();
        Health {
            divergences: self.health.iter().map(|h| h.divergences).sum(),
            at_max_depth: self.health.iter().map(|h| h.at_max_depth).sum(),
            e_bfmi: self
                .health
                .iter()
                .map(|h| h.e_bfmi)
                .fold(f64::INFINITY, |a, b| if a.is_nan() || b.is_nan() { f64::NAN } else { a.min(b) }),
            draws,
            steps: self.health.iter().map(|h| h.steps * h.draws as f64).sum::<f64>() / draws.max(1) as f64,
        }
    }
}
