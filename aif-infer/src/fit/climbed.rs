//! Pieces by variational inference: of a group the best of several climbs, which have to agree.

use rand_distr::{Distribution, StandardNormal};

use super::approximate::{DRAWS, Weighed, evidence, weigh};
use super::checkpoints::{decode, encode, kept};
use super::error::FitError;
use super::method::{FitMethod, check_draws};
use super::piece::{Bound, PartialFit};
use super::plan::{Part, Plan, each};
use crate::random::stream;
use crate::svi::{Climb, Fitted, Guide, SviOptions, SviStart, svi};

impl FitMethod for SviOptions {
    fn words(&self) -> String {
        format!(
            "variational inference: {:?} guide, {} particles, {} draws",
            self.guide.unwrap_or_default(),
            self.particles,
            self.draws
        )
    }
    fn batched(&self) -> Option<usize> {
        Some(self.particles)
    }
    fn ticks(&self, _: bool) -> (usize, &'static str) {
        (self.steps.div_ceil(100), "hundred steps")
    }
    fn check(&self) -> Result<(), FitError> {
        check_draws("variational inference", self.draws, self.steps)?;
        // Each particle of each step has a stream of chance of its own, numbered by both.
        if self.steps > 100_000_000 || self.particles > 65_535 || self.climbs > 1000 {
            return Err(FitError::Excess {
                method: "variational inference",
                most: "100000000 steps of 65535 particles, and 1000 climbs",
            });
        }
        Ok(())
    }
    fn settle(&mut self, flat: bool) {
        self.guide.get_or_insert(if flat { Guide::Blocks } else { Guide::Skewed });
    }
    fn evaluations(&self, flat: bool) -> Option<usize> {
        let climbs = if flat { 1 } else { self.climbs };
        (self.start == SviStart::Laplace).then(|| self.steps.saturating_mul(self.particles).saturating_mul(climbs))
    }
    fn pieces(&self, parts: &[Part<'_>], _: bool, plan: &Plan<'_>) -> Result<Vec<PartialFit>, FitError> {
        each(parts, |part| by_svi(part, self, plan))
    }
}

/// One climb, from the beginning or from where it was stopped.
fn climb(part: &Part<'_>, options: &SviOptions, c: usize, plan: &Plan<'_>) -> Result<Climb, FitError> {
    let name = if c == 0 { format!("climb-{}", part.place) } else { format!("climb-{}-{c}", part.place) };
    let stored = plan.checkpoints.get(&name).map_err(FitError::Stored)?;
    let from: Option<Climb> = stored.map(|content| decode(&name, &content)).transpose()?;
    if from.as_ref().is_some_and(|climb| !climb.is_for(part.target.layout(), options)) {
        return Err(FitError::Stored(format!("{name} is no stored part of a fit: it is a climb of another guide")));
    }
    if let Some(there) = from.as_ref().filter(|climb| climb.finished) {
        return Ok(there.clone());
    }
    let mut stored = Ok(());
    let mut keep = |climb: &Climb| {
        (plan.tick)();
        stored = encode(climb).and_then(|content| plan.checkpoints.put(&name, &content).map_err(FitError::Stored));
        stored.is_ok() && !plan.checkpoints.stop()
    };
    let near = part.surveyed.as_ref().map(|s| s.position.as_slice());
    let climb = svi(part.target.as_ref(), options, (part.place + c + 1) as u64, c > 0, (near, from), &mut keep)
        .map_err(|source| FitError::Variational { subject: part.whose.clone(), source })?;
    stored?;
    if climb.finished { Ok(climb) } else { Err(FitError::Stopped) }
}

/// Draws of a guide, its bound, and the standard error of that.
fn drawn(part: &Part<'_>, options: &SviOptions, guide: &Fitted) -> (Weighed, f64, f64) {
    let mut rng = stream(options.seed, DRAWS + part.place as u64);
    let weighed = weigh(part.target.as_ref(), options.draws, &mut rng, |rng| {
        let raw: Vec<f64> = (0..guide.dimension()).map(|_| StandardNormal.sample(rng)).collect();
        (guide.place(&raw), guide.ln_density(&raw))
    });
    let finite: Vec<f64> = weighed.ln_ratios().iter().copied().filter(|r| r.is_finite()).collect();
    let n = finite.len() as f64;
    let elbo = finite.iter().sum::<f64>() / n;
    let elbo_se = (finite.iter().map(|r| (r - elbo).powi(2)).sum::<f64>() / (n - 1.0).max(1.0) / n).sqrt();
    (weighed, elbo, elbo_se)
}

/// How far two guides are apart in the coordinates above the units: in means, by the standard deviations of the first, or in the logarithms of
/// standard deviations, whichever is more.
fn apart(above: usize, first: &Fitted, other: &Fitted) -> f64 {
    let ((means, sds), (others, spreads)) = (first.moments(), other.moments());
    let of = |i: usize| ((means[i] - others[i]) / sds[i]).abs().max((sds[i] / spreads[i]).ln().abs());
    (0..above).map(of).fold(0.0, f64::max)
}

fn by_svi(part: &Part<'_>, options: &SviOptions, plan: &Plan<'_>) -> Result<PartialFit, FitError> {
    let mut options = *options;
    options.settle(part.subject.is_some());
    let options = &options;
    kept(plan.checkpoints, &format!("svi-{}", part.place), || {
        // Single subjects are weighed as a whole: that tells more than another climb.
        let climbs = if part.subject.is_some() { 1 } else { options.climbs.max(1) };
        let climbs: Vec<Climb> = (0..climbs).map(|c| climb(part, options, c, plan)).collect::<Result<_, _>>()?;
        let mut all: Vec<(Weighed, f64, f64)> = climbs.iter().map(|climb| drawn(part, options, &climb.guide)).collect();
        let order = |a: &usize, b: &usize| all[*a].1.total_cmp(&all[*b].1);
        let best = (0..all.len()).filter(|&c| !all[c].1.is_nan()).max_by(order).unwrap_or(0);
        let layout = part.target.layout();
        let above = layout.coordinates_of(layout.levels() - 1, 0).start;
        let guide = &climbs[best].guide;
        let others = (0..all.len()).filter(|&c| c != best).map(|c| (all[c].1, apart(above, guide, &climbs[c].guide))).collect();
        let (weighed, elbo, elbo_se) = all.swap_remove(best);
        let (mean, sd) = guide.moments();
        let Climb { settled, trace, back, .. } = climbs[best].clone();
        let bound = Bound { elbo, elbo_se, mean, sd, settled, trace, others };
        let mut rng = stream(options.seed, DRAWS + (1 << 40) + part.place as u64);
        let mut piece = weighed.into_piece(part, plan, &mut rng)?;
        piece.bound = Some(bound);
        if back {
            piece.notes.push(format!(
                "{}: the bound came to rest below that of Laplace's approximation, which was kept as guide",
                part.whose
            ));
        }
        if part.subject.is_some() {
            piece.evidence = evidence(part.target.as_ref(), options.seed, part.place);
        }
        Ok(piece.judged_by(part, options.seed))
    })
}
