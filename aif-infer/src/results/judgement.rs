//! What is wrong with a fit, and how it was found, in plain words.

use super::fit::{Fit, Quantity};
use crate::compare::RELIABLE;
use crate::diagnostics::{apart, ess_of_rhat, rhat_by_chance};
use crate::fit::{Judged, PartialFit};

/// Guides of different climbs may be so far apart in what is above the units, in standard deviations.
const APART: f64 = 0.3;

/// The bound of one may be so far below that of another, in nats, or four standard errors.
const BELOW: f64 = 1.0;

impl Fit {
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
            let (rhat, limit) = apart(rhat, 1.01, 3);
            said.push(format!(
                "The chains do not agree about what is above the units: R-hat of {whose} is {rhat}, more than {limit} ({} of {} numbers). Draw longer, or look at whether the data tell its values apart.",
                off.len(),
                above.len()
            ));
        }
        let allowed = |q: &Quantity| 1.01f64.max(rhat_by_chance(ess_of_rhat(&q.chains()), self.chains(), units.len()));
        let off: Vec<&Quantity> =
            units.iter().copied().filter(|q| q.summary.rhat > 1.01 && q.summary.rhat > allowed(q)).collect();
        if let Some((rhat, whose)) = worst_of(&off) {
            let (rhat, limit) = apart(rhat, off.iter().map(|q| allowed(q)).fold(f64::INFINITY, f64::min), 3);
            said.push(format!(
                "The chains do not agree: R-hat of {whose} is {rhat}, more than {limit}, which chance would do once among {} numbers ({} exceed it). Draw longer, or look at whether the data tell its values apart.",
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

    fn approximation_complaints(&self) -> Vec<String> {
        let mut said = Vec::new();
        let whose =
            |piece: &PartialFit| piece.subject.map_or("all together".to_string(), |s| format!("subject {}", self.subjects[s]));
        if let Some(none) = self.pieces.iter().find(|p| p.draws.draws == 0) {
            said.push(format!(
                "No draw from the normal approximation of {} has a density: there is no posterior to speak of here. The data may say too little; fit with --method nuts.",
                whose(none)
            ));
        }
        if let Some(gain) = self.pieces.iter().find_map(|p| p.unsettled) {
            said.push(format!(
                "The search for the mode of what is above the units did not come to rest: one more step was expected to gain {gain:.1e} nats. What is written is built around the highest place that was found. Hold it against --method nuts."
            ));
        }
        let groups: Vec<(&PartialFit, &Judged)> = self.pieces.iter().filter_map(|p| Some((p, p.judged.as_ref()?))).collect();
        for (_, judged) in &groups {
            said.extend(self.group_complaints(judged));
        }
        // What is judged number by number is not judged as a whole: in many dimensions no approximation's weights are even.
        let whole = self.pieces.iter().filter(|p| p.judged.is_none() && p.quadrature.is_none());
        let bad: Vec<&PartialFit> = whole.filter(|p| p.pareto_k.is_some_and(|k| k.is_nan() || k > RELIABLE)).collect();
        if let Some(worst) = bad.iter().max_by(|a, b| a.pareto_k.unwrap_or(0.0).total_cmp(&b.pareto_k.unwrap_or(0.0))) {
            let (k, limit) = apart(worst.pareto_k.unwrap_or(f64::NAN), RELIABLE, 2);
            said.push(format!(
                "The normal approximation does not cover the posterior ({} of {} densities): the Pareto k of {} is {k}, more than {limit}. Its draws are not corrected; neither means nor intervals are to be trusted. Fit with --method empirical-bayes or nuts.",
                bad.len(),
                self.pieces.len(),
                whose(worst)
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
            let (few, limit) = apart(few, 100.0, 0);
            said.push(format!(
                "Few independent draws: after weighing they are worth {few}, less than {limit}. Their quantiles are rough; ask for more --draws."
            ));
        }
        let unsettled = self.pieces.iter().filter(|p| p.bound.as_ref().is_some_and(|b| b.is_rising())).count();
        if unsettled > 0 {
            said.push(format!(
                "The bound was still rising at the last step ({unsettled} of {} densities): allow more --svi-steps.",
                self.pieces.len()
            ));
        }
        for piece in &self.pieces {
            let Some(bound) = &piece.bound else { continue };
            let farthest = bound.others.iter().map(|other| other.1).fold(0.0, f64::max);
            let lowest = bound.others.iter().map(|other| other.0).fold(f64::INFINITY, f64::min);
            if farthest > APART || farthest.is_nan() || bound.elbo - lowest > BELOW.max(4.0 * bound.elbo_se) {
                said.push(format!(
                    "Climbs from different starts do not agree: the best has a bound of {:.2}, another one of {lowest:.2}, and what is above the units differs by up to {farthest:.2} standard deviations. The guide is not to be believed: allow more --svi-steps or --particles, or fit with --method nuts or empirical-bayes.",
                    bound.elbo
                ));
            }
        }
        said
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
}
