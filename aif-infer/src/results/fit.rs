//! A fitted population: every parameter with its draws and their summary, and what is wrong with the fit.

use super::summary::{Summary, summary};
use crate::compare::RELIABLE;
use crate::diagnostics::{Health, ess_of_rhat, health_of, rhat_by_chance};
use crate::fit::{Draws, FitError, Fittable, Judged, Method, Piece, Plan, fit_pieces};
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
        let Draws { chains, draws, .. } = self.draws;
        (0..chains * draws).map(move |i| self.draw(i / draws, i % draws))
    }

    /// One draw.
    pub fn draw(&self, chain: usize, draw: usize) -> f64 {
        self.draws.get(chain, draw)[self.number]
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
    pub pieces: Vec<Piece>,
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
    Ok(Fit::of(group.meta(), group.design().clone(), method, pieces))
}

impl Fit {
    /// Puts the pieces of a fit together.
    pub fn of(meta: &'static PopulationMeta, design: Design, mut method: Method, pieces: Vec<Piece>) -> Self {
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
    fn varying(&self) -> impl Iterator<Item = &Quantity> {
        self.quantities.iter().filter(|q| {
            let mut all = q.all();
            let first = all.next();
            all.any(|x| Some(x) != first)
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
        if !self.method.options().sampled() {
            return self.approximation_complaints();
        }
        let (Some(worst), Some(least)) = (self.worst_rhat(), self.least_ess()) else {
            let mut said = vec!["No parameter moved: there is nothing to judge the fit by.".into()];
            said.extend(self.rejections());
            return said;
        };
        let mut said = self.disagreements();
        if !worst.0.is_finite() {
            said.push(format!(
                "R-hat of {} cannot be worked out: its chains stand still, or have too few draws to be judged. Draw longer.",
                worst.1
            ));
        }
        said.extend(self.overall().complaints((least.0, &least.1), self.chains()));
        said.extend(self.rejections());
        said
    }

    /// Numbers whose chains do not agree: those above the units each for itself; of the many of the units those that differ by more than
    /// chains that agree would among so many.
    fn disagreements(&self) -> Vec<String> {
        let leaf = self.meta.leaf();
        let worst_of = |all: &[&Quantity]| {
            all.iter().max_by(|a, b| a.summary.rhat.total_cmp(&b.summary.rhat)).map(|q| (q.summary.rhat, self.label(q)))
        };
        let (above, units): (Vec<&Quantity>, Vec<&Quantity>) =
            self.varying().filter(|q| q.summary.rhat.is_finite()).partition(|q| q.level < leaf);
        let mut said = Vec::new();
        let off: Vec<&Quantity> = above.iter().copied().filter(|q| q.summary.rhat > 1.01).collect();
        if let Some((rhat, whose)) = worst_of(&off) {
            said.push(format!(
                "The chains do not agree about what is above the units: R-hat of {whose} is {rhat:.3}, more than 1.01 ({} of {} numbers). Draw longer, or look at whether the data tell its values apart.",
                off.len(),
                above.len()
            ));
        }
        let allowed = |q: &Quantity| 1.01f64.max(rhat_by_chance(ess_of_rhat(&q.chains()), self.chains(), units.len()));
        let off: Vec<&Quantity> =
            units.iter().copied().filter(|q| q.summary.rhat > 1.01 && q.summary.rhat > allowed(q)).collect();
        if let Some((rhat, whose)) = worst_of(&off) {
            said.push(format!(
                "The chains do not agree: R-hat of {whose} is {rhat:.3}, more than {:.3}, which chance would do once among {} numbers ({} exceed it). Draw longer, or look at whether the data tell its values apart.",
                off.iter().map(|q| allowed(q)).fold(f64::INFINITY, f64::min),
                units.len(),
                off.len()
            ));
        }
        said
    }

    fn rejections(&self) -> Option<String> {
        let why = self.pieces.iter().find_map(|p| p.rejection.as_ref())?;
        Some(format!(
            "{} points that were tried after warm-up have no density, and were rejected (the first: {why}). If the model fails where the posterior is, the draws stop short of it.",
            self.rejected()
        ))
    }

    /// How many points were tried after warm-up that have no density: they are rejected.
    pub fn rejected(&self) -> u64 {
        self.pieces.iter().map(|p| p.rejected).sum()
    }

    fn approximation_complaints(&self) -> Vec<String> {
        let mut said = Vec::new();
        let whose = |piece: &Piece| piece.subject.map_or("all together".to_string(), |s| format!("subject {}", self.subjects[s]));
        if let Some(none) = self.pieces.iter().find(|p| p.draws.draws == 0) {
            said.push(format!(
                "No draw from the normal approximation of {} has a density: there is no posterior to speak of here. The data may say too little; fit with --method nuts.",
                whose(none)
            ));
        }
        let groups: Vec<(&Piece, &Judged)> = self.pieces.iter().filter_map(|p| Some((p, p.judged.as_ref()?))).collect();
        for (_, judged) in &groups {
            said.extend(self.group_complaints(judged));
        }
        // What is judged number by number is not judged as a whole: in many dimensions no approximation's weights are even.
        let whole = self.pieces.iter().filter(|p| p.judged.is_none() && p.quadrature.is_none());
        let bad: Vec<&Piece> = whole.filter(|p| p.pareto_k.is_some_and(|k| k.is_nan() || k > RELIABLE)).collect();
        if let Some(worst) = bad.iter().max_by(|a, b| a.pareto_k.unwrap_or(0.0).total_cmp(&b.pareto_k.unwrap_or(0.0))) {
            said.push(format!(
                "The normal approximation does not cover the posterior ({} of {} densities): the Pareto k of {} is {:.2}, more than {RELIABLE}. Its draws are not corrected; neither means nor intervals are to be trusted. Fit with --method empirical-bayes or nuts.",
                bad.len(),
                self.pieces.len(),
                whose(worst),
                worst.pareto_k.unwrap_or(f64::NAN)
            ));
        }
        for (piece, quadrature) in self.pieces.iter().filter_map(|p| Some((p, p.quadrature.as_ref()?))) {
            if quadrature.shift > 0.1 {
                said.push(format!(
                    "More nodes would move the mode of {} by {:.2} standard deviations ({} were used): it is not to be believed to that. Fit with --method nuts.",
                    whose(piece),
                    quadrature.shift,
                    quadrature.rule
                ));
            }
            if quadrature.worth < 0.3 {
                said.push(format!(
                    "Draws of some units of {} were chosen from too few candidates that fit (evenness {:.2} of 1): their intervals are rough. Fit with --method nuts.",
                    whose(piece),
                    quadrature.worth
                ));
            }
        }
        if let Some(few) = self.pieces.iter().filter_map(|p| p.worth).min_by(f64::total_cmp).filter(|w| *w < 100.0) {
            said.push(format!(
                "Few independent draws: after weighing they are worth {few:.0}, less than 100. Their quantiles are rough; ask for more --draws."
            ));
        }
        let unsettled = self.pieces.iter().filter(|p| p.bound.as_ref().is_some_and(|b| b.is_rising())).count();
        if unsettled > 0 {
            said.push(format!(
                "The bound was still rising at the last step ({unsettled} of {} densities): allow more --svi-steps.",
                self.pieces.len()
            ));
        }
        said
    }

    /// Whether the table of draws has those of the units, too: of very many it has only those above them.
    pub(super) fn has_all_draws(&self) -> bool {
        let draws = self.pieces.first().map_or(0, |p| p.draws.draws);
        self.chains() * draws * self.quantities.len() <= MOST_CELLS
    }

    /// How it was found, where there was something to choose: one sentence each.
    pub fn remarks(&self) -> Vec<String> {
        let mut said: Vec<String> = Vec::new();
        let units = self.design.leaves().names.len();
        let tabled: usize = self.pieces.iter().filter_map(|p| Some(p.tables?.0)).sum();
        if tabled > 0 {
            let errors: f64 = self.pieces.iter().filter_map(|p| Some(p.tables?.1)).sum();
            said.push(format!(
                "the likelihoods of {tabled} of {units} units were tabled; the errors measured sum to {errors:.1e} nats"
            ));
        }
        for quadrature in self.pieces.iter().filter_map(|p| p.quadrature.as_ref()).take(1) {
            said.push(format!(
                "units were integrated out by {}; more of them would move the mode by {:.1e} standard deviations; what is above was drawn by {}",
                quadrature.rule, quadrature.shift, quadrature.group
            ));
        }
        if !self.has_all_draws() {
            said.push("draws.csv has the numbers above the units only, for there are too many; posterior.zarr has all".into());
        }
        for note in self.pieces.iter().flat_map(|p| &p.notes) {
            if !said.contains(note) {
                said.push(note.clone());
            }
        }
        said
    }

    /// What an approximation gets wrong about a group.
    fn group_complaints(&self, judged: &Judged) -> Vec<String> {
        let mut said = Vec::new();
        let leaf = self.meta.leaf();
        let above = self.quantities.iter().filter(|q| q.level < leaf);
        let off: Vec<String> = above
            .zip(judged.means.iter().zip(&judged.sds))
            .filter_map(|(q, (&mean, &sd))| {
                let (by, ratio) = ((q.summary.mean - mean) / sd, q.summary.sd / sd);
                let wrong = sd > 0.0 && (by.abs() > 0.15 || !(0.8..=1.25).contains(&ratio) || by.is_nan());
                wrong.then(|| {
                    format!(
                        "{} {:.3} +- {:.3}, by {} {mean:.3} +- {sd:.3}",
                        self.label(q),
                        q.summary.mean,
                        q.summary.sd,
                        judged.by
                    )
                })
            })
            .collect();
        if !off.is_empty() {
            said.push(format!(
                "The approximation is off about what is above the units, and not to be believed there: {}. Fit with --method empirical-bayes or nuts.",
                off.join("; ")
            ));
        }
        if judged.units_off > 0 {
            said.push(format!(
                "{} of {} units are not normal around their modes: their means or standard deviations are off by more than 0.15 of a standard deviation. Fit with --method empirical-bayes or nuts.",
                judged.units_off,
                self.design.leaves().names.len()
            ));
        }
        said
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
fn piece_quantities(meta: &'static PopulationMeta, design: &Design, piece: &Piece, first: bool) -> Vec<Quantity> {
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
        let (name, draws) = (parameter.label(element), piece.draws.clone());
        Quantity { name, parameter: parameter.name, element, level, unit, subject, draws, number: at, summary }
    });
    quantities.collect()
}
