//! Pieces by normal approximation: Laplace's method; and draws of any approximation, weighed against the posterior.

use aif_runtime::scalar::log_sum_exp;
use rand::Rng;
use rand_chacha::ChaCha8Rng;

use super::checkpoints::kept;
use super::draws::Gathered;
use super::error::FitError;
use super::method::{FitMethod, check_draws};
use super::piece::{Evidence, PartialFit};
use super::plan::{Part, Plan, each};
use crate::compare::{RELIABLE, psis};
use crate::laplace::{Approximation, Integrated, LaplaceOptions, laplace};
use crate::marginal::Finest;
use crate::posterior::Target;
use crate::random::{resample, shuffle, stream};

/// The streams of the generator beside those of chains.
pub(super) const DRAWS: u64 = 1 << 60;
const EVIDENCE: u64 = 1 << 61;

/// Draws by which the evidence is weighed, in few dimensions.
const WEIGHED: usize = 500;

/// Positions drawn from an approximation, and the logarithms of their importance ratios; a position without a density has none.
pub(super) struct Weighed {
    positions: Vec<Vec<f64>>,
    ln_ratios: Vec<f64>,
}

pub(super) fn weigh(
    target: &dyn Target,
    count: usize,
    rng: &mut ChaCha8Rng,
    mut draw: impl FnMut(&mut dyn Rng) -> (Vec<f64>, f64),
) -> Weighed {
    let mut weighed = Weighed { positions: Vec::new(), ln_ratios: Vec::new() };
    let mut gradient = vec![0.0; target.dimension()];
    for i in 0..count {
        let (position, ln_q) = draw(rng);
        if is_cheap(target) || i < FEW {
            let ln_p = target.ln_density(&position, &mut gradient).unwrap_or(f64::NEG_INFINITY);
            weighed.ln_ratios.push(ln_p - ln_q);
        }
        weighed.positions.push(position);
    }
    weighed
}

impl Weighed {
    /// The logarithms of the importance ratios of the draws that were weighed.
    pub(super) fn ln_ratios(&self) -> &[f64] {
        &self.ln_ratios
    }

    /// The logarithm of the mean ratio, and the shape of the largest.
    fn evidence(&self) -> (f64, f64) {
        let n = self.ln_ratios.len() as f64;
        (log_sum_exp(&self.ln_ratios) - n.ln(), psis(&self.ln_ratios, 1.0).pareto_k)
    }

    /// The draws as they are, or resampled by their importance where that can be relied on.
    pub(super) fn into_piece(self, part: &Part<'_>, plan: &Plan<'_>, rng: &mut ChaCha8Rng) -> Result<PartialFit, FitError> {
        let smoothed = psis(&self.ln_ratios, 1.0);
        let n = self.positions.len();
        // Of a group so many coordinates are weighed at once that few draws would be left.
        let few = part.subject.is_some() || part.target.dimension() <= TOGETHER;
        let resampled = smoothed.pareto_k <= RELIABLE && self.ln_ratios.len() == n && few;
        let chosen: Vec<usize> = if resampled {
            resample(&smoothed.weights(), n, rng)
        } else {
            // Those without a density are replaced by others, in turn.
            let mut slope = vec![0.0; part.target.dimension()];
            let mut has_density = |i: &usize| match self.ln_ratios.get(*i) {
                Some(ratio) => *ratio > f64::NEG_INFINITY,
                None => part.target.ln_density(&self.positions[*i], &mut slope).is_ok(),
            };
            let good: Vec<usize> = (0..n).filter(|i| has_density(i)).collect();
            good.iter().copied().cycle().take(if good.is_empty() { 0 } else { n }).collect()
        };
        let mut order: Vec<usize> = (0..chosen.len()).collect();
        shuffle(&mut order, rng);
        let gathered = Gathered::new(part.target.layout(), (1, chosen.len()), "", part.folder(chosen.len(), plan));
        let mut gathering = gathered.begin(0)?;
        for i in order {
            gathering.push(&part.target.constrain(&self.positions[chosen[i]]))?;
        }
        let draws = gathered.finish([gathering.end()?])?;
        let worth = resampled.then(|| smoothed.worth());
        Ok(PartialFit {
            subject: part.subject,
            draws,
            pareto_k: Some(smoothed.pareto_k),
            resampled,
            worth,
            ..PartialFit::default()
        })
    }
}

/// Above so many coordinates an approximation is weighed by few draws only, unless likelihoods are looked up: each costs as much as a gradient
/// of everything.
const MANY: usize = 100;

/// Up to so many coordinates of a group draws are resampled by their weights.
const TOGETHER: usize = 12;

/// Draws by which others are weighed.
const FEW: usize = 200;

fn is_cheap(target: &dyn Target) -> bool {
    target.dimension() <= MANY || target.is_tabled()
}

fn weighed_evidence(approximation: &Approximation, target: &dyn Target, seed: u64, place: usize) -> Evidence {
    if target.dimension() > MANY {
        let laplace = approximation.log_evidence;
        return Evidence { laplace, importance: laplace, pareto_k: f64::INFINITY };
    }
    let mut rng = stream(seed, EVIDENCE + place as u64);
    let weighed = weigh(target, WEIGHED, &mut rng, |rng| approximation.draw_widely(target.layout(), rng));
    let (importance, pareto_k) = weighed.evidence();
    Evidence { laplace: approximation.log_evidence, importance, pareto_k }
}

/// The evidence of a density, where it has a normal approximation.
pub(super) fn evidence(target: &dyn Target, seed: u64, place: usize) -> Option<Evidence> {
    let options = LaplaceOptions { seed, ..LaplaceOptions::default() };
    laplace(target, &options).ok().map(|approximation| weighed_evidence(&approximation, target, seed, place))
}

impl FitMethod for LaplaceOptions {
    fn words(&self) -> String {
        format!("Laplace's method, {} draws", self.draws)
    }
    fn ticks(&self, _: bool) -> (usize, &'static str) {
        (1, "modes")
    }
    fn check(&self) -> Result<(), FitError> {
        check_draws("Laplace's method", self.draws, self.steps)
    }
    fn evaluations(&self, _: bool) -> Option<usize> {
        Some(self.draws.saturating_add(500))
    }
    fn pieces(&self, parts: &[Part<'_>], _: bool, plan: &Plan<'_>) -> Result<Vec<PartialFit>, FitError> {
        each(parts, |part| by_laplace(part, self, plan))
    }
}

fn by_laplace(part: &Part<'_>, options: &LaplaceOptions, plan: &Plan<'_>) -> Result<PartialFit, FitError> {
    kept(plan.checkpoints, &format!("laplace-{}", part.place), || {
        let target = part.target.as_ref();
        let approximation = part.laplace(options, Finest::Cheap)?;
        let mut rng = stream(options.seed, DRAWS + part.place as u64);
        let weighed = weigh(target, options.draws, &mut rng, |rng| approximation.draw(target.layout(), rng));
        let mut piece = weighed.into_piece(part, plan, &mut rng)?;
        piece.evidence = Some(weighed_evidence(&approximation, target, options.seed, part.place));
        piece.unsettled = approximation.integrated.as_ref().and_then(|by| by.unsettled);
        piece.notes.extend(approximation.integrated.as_ref().map(|by| {
            let Integrated { rule, shift, .. } = by;
            format!("units were integrated out by {rule}; more of them would move the mode by {shift:.1e} standard deviations")
        }));
        (plan.tick)();
        Ok(piece.judged_by(part, options.seed))
    })
}
