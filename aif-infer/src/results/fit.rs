//! A fitted population: every parameter with its draws and their summary, and what is wrong with the fit.

use super::summary::{Summary, summary};
use crate::diagnostics::{Health, health_of};
use crate::fit::{Draws, FitError, Fittable, Method, PartialFit, Plan, fit_pieces};
use crate::population::{Design, PopulationMeta};
use crate::posterior::Layout;
use crate::sample::NutsOptions;

/// So many numbers of draws a table holds.
const MOST_CELLS: usize = 20_000_000;

/// The draws of one number: of the group, of a unit of a plate, of a subject, or of a session.
#[derive(Clone, Debug)]
pub struct Quantity {
    /// Its name: `z`, `z[1]`, `bias[Left]`.
    pub name: String,
    /// The parameter that it belongs to.
    pub parameter: &'static str,
    /// Its place among the parameter's numbers.
    pub element: usize,
    /// The level that it belongs to.
    pub level: usize,
    /// The unit of that level.
    pub unit: usize,
    /// The subject's position, where it is a subject's or a session's.
    pub subject: Option<usize>,
    /// The draws of its piece, and its place among the numbers there.
    pub(super) draws: Draws,
    pub(super) number: usize,
    /// Whether it differs from draw to draw; what does not (the diagonal of a matrix of correlations) has nothing to converge.
    pub varies: bool,
    /// The posterior in numbers.
    pub summary: Summary,
}

impl Quantity {
    /// Its draws, chain by chain.
    pub fn chains(&self) -> Vec<Vec<f64>> {
        self.draws.of(self.number)
    }

    /// All its draws, chain after chain.
    pub fn all(&self) -> impl Iterator<Item = f64> {
        let (chains, draws) = (self.draws.chains, self.draws.draws);
        (0..chains * draws).map(move |i| self.draw(i / draws, i % draws))
    }

    /// One draw.
    pub fn draw(&self, chain: usize, draw: usize) -> f64 {
        self.draws.number(chain, draw, self.number)
    }
}

/// A fitted population.
#[derive(Clone, Debug)]
pub struct Fit {
    /// Names and supports of the population.
    pub meta: &'static PopulationMeta,
    /// The subjects, what they belong to, and their covariates.
    pub design: Design,
    /// The subjects' names.
    pub subjects: Vec<String>,
    /// Every number, drawn and derived: level after level, unit after unit.
    pub quantities: Vec<Quantity>,
    /// The sampler's statistics: of each subject in a flat population, else of all jointly.
    pub health: Vec<Health>,
    /// How it was fitted.
    pub method: Method,
    /// What is known of each density.
    pub pieces: Vec<PartialFit>,
}

/// Fits a group by NUTS. `tick` is called after every draw, from any thread.
///
/// # Errors
/// When there is nothing to fit, the options are out of range, or a chain finds no starting point.
pub fn fit_nuts(group: &dyn Fittable, options: NutsOptions, tick: &(dyn Fn() + Sync)) -> Result<Fit, FitError> {
    fit_with(group, Method::Nuts(options), &Plan { tick, ..Plan::default() })
}

/// Fits a group by any method.
///
/// # Errors
/// When there is nothing to fit, the options are out of range, or the method fails.
pub fn fit_with(group: &dyn Fittable, method: Method, plan: &Plan<'_>) -> Result<Fit, FitError> {
    let pieces = fit_pieces(group, &method, plan)?;
    let fit = Fit::of(group.meta(), group.design().clone(), method, pieces);
    fit.check()?;
    Ok(fit)
}

impl Fit {
    /// Puts the pieces of a fit together.
    pub fn of(meta: &'static PopulationMeta, design: Design, mut method: Method, pieces: Vec<PartialFit>) -> Self {
        method.options_mut().settle(meta.flat());
        let mut quantities = Vec::new();
        for (p, piece) in pieces.iter().enumerate().filter(|(_, piece)| piece.draws.width > 0) {
            quantities.extend(piece_quantities(meta, &design, piece, p == 0));
        }
        quantities.sort_by_key(|q| (q.level, q.unit));
        let health = pieces.iter().map(|piece| health_of(&piece.statistics)).collect();
        let subjects = design.subjects().to_vec();
        Fit { meta, design, subjects, quantities, health, method, pieces }
    }

    /// Whether every draw that was asked for could be read.
    ///
    /// # Errors
    /// When a file of draws broke off.
    pub fn check(&self) -> Result<(), FitError> {
        self.pieces.iter().try_for_each(|piece| piece.draws.check())
    }

    /// The draws of a number, of the group or of one subject.
    pub fn quantity(&self, name: &str, subject: Option<usize>) -> Option<&Quantity> {
        self.quantities.iter().find(|q| q.name == name && q.subject == subject)
    }

    /// What a number is called with the unit that it belongs to.
    pub fn label(&self, q: &Quantity) -> String {
        match q.level {
            0 => q.name.clone(),
            level => format!("{} of {}", q.name, self.unit_label(level, q.unit)),
        }
    }

    /// A unit in words: `subject 3`, `subject 3, session 1`, `site Rome`.
    pub fn unit_label(&self, level: usize, unit: usize) -> String {
        let named =
            |level: usize, unit: usize| format!("{} {}", self.meta.levels[level].name, self.design.levels[level].names[unit]);
        let own = named(level, unit);
        if level < self.meta.subject_level {
            // A plate's unit is told apart by all that it belongs to.
            let path = self.design.path(level, unit);
            return (1..=level).map(|l| named(l, path[l])).collect::<Vec<_>>().join(", ");
        }
        if level > self.meta.subject_level {
            let subject = self.design.levels[level].parents[unit];
            return format!("subject {}, {own}", self.subjects[subject]);
        }
        own
    }

    /// The chains and draws behind each number.
    pub fn chains(&self) -> usize {
        self.pieces.first().map_or(0, |p| p.draws.chains)
    }

    /// Quantities that vary at all: a constant has nothing to converge.
    pub(super) fn varying(&self) -> impl Iterator<Item = &Quantity> {
        self.quantities.iter().filter(|q| q.varies)
    }

    /// The draws of each chain: the most that any density has.
    pub fn draws(&self) -> usize {
        self.pieces.iter().map(|p| p.draws.draws).max().unwrap_or(0)
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

    /// How many points were tried after warm-up that have no density: they are rejected.
    pub fn rejected(&self) -> u64 {
        self.pieces.iter().map(|p| p.rejected).sum()
    }

    /// Whether the table of draws has those of the units, too: of very many it has only those above them.
    pub(super) fn has_all_draws(&self) -> bool {
        self.chains() * self.draws() * self.quantities.len() <= MOST_CELLS
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

/// The draws of every number behind one piece. In a flat population the group's numbers, all derived, are the same for every subject:
/// they are taken from the first.
fn piece_quantities(meta: &'static PopulationMeta, design: &Design, piece: &PartialFit, first: bool) -> Vec<Quantity> {
    use rayon::prelude::*;
    let own = piece.subject.map(|s| design.only(s));
    let layout = Layout::new(meta, own.as_ref().map_or_else(|| design.clone(), |(design, _)| design.clone()));
    let mut wanted = Vec::new();
    for (level, section) in meta.levels.iter().enumerate() {
        if piece.subject.is_some() && level < meta.subject_level && !first {
            continue;
        }
        for unit in 0..layout.units(level) {
            // The unit's place among those of the whole group.
            let place = match (&own, level.cmp(&meta.subject_level)) {
                (Some((_, leaves)), std::cmp::Ordering::Greater) => leaves[unit],
                (Some(_), std::cmp::Ordering::Equal) => piece.subject.unwrap_or(unit),
                _ => unit,
            };
            let subject = match level.cmp(&meta.subject_level) {
                std::cmp::Ordering::Less => None,
                std::cmp::Ordering::Equal => Some(place),
                std::cmp::Ordering::Greater => Some(design.levels[level].parents[place]),
            };
            let mut at = layout.members_of(level, unit).start;
            for parameter in section.parameters {
                for element in 0..parameter.len() {
                    wanted.push((parameter, element, level, place, subject, at));
                    at += 1;
                }
            }
        }
    }
    let quantities = wanted.into_par_iter().map(|(parameter, element, level, unit, subject, at)| {
        let chains = piece.draws.of(at);
        let mut summary = summary(&chains);
        if let Some(worth) = piece.worth {
            summary.cap(worth);
        }
        let varies = varies(&chains);
        if !varies {
            summary.of_constant();
        }
        let (name, draws) = (parameter.label(element), piece.draws.clone());
        Quantity { name, parameter: parameter.name, element, level, unit, subject, draws, number: at, varies, summary }
    });
    quantities.collect()
}

/// Whether draws differ by more than rounding.
fn varies(chains: &[Vec<f64>]) -> bool {
    let mut all = chains.iter().flatten().copied();
    let Some(first) = all.next() else { return false };
    let (low, high) = all.fold((first, first), |(low, high), x| (low.min(x), high.max(x)));
    // Whatever is not a number is no constant.
    let is_same = high - low <= 1e-12 * low.abs().max(high.abs());
    !is_same || chains.iter().flatten().any(|x| x.is_nan())
}
