//! Pieces by empirical Bayes, with nothing taken for normal that need not be: units are integrated out by quadrature, what is above them is
//! drawn from its marginal posterior, and units are drawn given that.

use rayon::prelude::*;

use super::above::draw_above;
use super::approximate::DRAWS;
use super::checkpoints::kept;
use super::draws::Gathered;
use super::error::FitError;
use super::method::{FitMethod, check_draws};
use super::piece::{Evidence, PartialFit, Quadrature};
use super::plan::{Part, Plan, each};
use crate::laplace::LaplaceError;
use crate::marginal::{EmpiricalBayesOptions, Finest, draw_unit, maximise};
use crate::random::stream;

/// Candidates for a unit's coordinates given what is above it, where its likelihood is tabled, and where it is not.
const TABLED: usize = 16;
const UNTABLED: usize = 6;

/// So many draws are made at once, and so many numbers.
const BATCH: usize = 256;
const NUMBERS: usize = 4_000_000;

impl FitMethod for EmpiricalBayesOptions {
    fn words(&self) -> String {
        format!("empirical Bayes, {} draws", self.draws)
    }
    fn ticks(&self, _: bool) -> (usize, &'static str) {
        (self.draws, "draws")
    }
    fn check(&self) -> Result<(), FitError> {
        check_draws("empirical Bayes", self.draws, self.steps)
    }
    fn evaluations(&self, _: bool) -> Option<usize> {
        // Candidates of the group by nodes, and those of each unit.
        Some(self.draws.saturating_mul(2 * 9 + UNTABLED))
    }
    fn pieces(&self, parts: &[Part<'_>], _: bool, plan: &Plan<'_>) -> Result<Vec<PartialFit>, FitError> {
        each(parts, |part| kept(plan.checkpoints, &format!("empirical-bayes-{}", part.place), || piece(part, self, plan)))
    }
}

fn piece(part: &Part<'_>, options: &EmpiricalBayesOptions, plan: &Plan<'_>) -> Result<PartialFit, FitError> {
    let target = part.target.as_ref();
    let failed = |source: LaplaceError| FitError::Laplace { subject: part.whose.clone(), source };
    let zeros = vec![0.0; target.dimension()];
    let from = part.surveyed.as_ref().map_or(&zeros, |s| &s.position);
    let mode = maximise(target, from, options.steps, Finest::Any).map_err(|e| failed(e.into()))?;
    let above = draw_above(&mode, options.draws, options.seed, part.place)?;
    let layout = target.layout();
    let leaf_level = layout.levels() - 1;
    let d = layout.coordinates_of(leaf_level, 0).len();
    let candidates = if target.is_tabled() { TABLED } else { UNTABLED };
    // Each draw of the group has a generator of its own; its units follow one after the other.
    let work = |(i, position): (usize, &Vec<f64>)| -> Result<(Vec<f64>, Vec<f64>), FitError> {
        let mut rng = stream(options.seed, DRAWS + ((part.place as u64) << 32) + i as u64 + 1);
        let given = target.given(position);
        let mut whole = position.clone();
        whole.resize(layout.dimension(), 0.0);
        let mut worth = Vec::with_capacity(layout.units(leaf_level));
        for leaf in 0..layout.units(leaf_level) {
            let drawn = draw_unit(&mode.marginal, given.as_ref(), leaf, candidates, &mut rng);
            let none = || failed(LaplaceError::Start(format!("{} has no density", layout.design.leaves().names[leaf])));
            let (own, squares) = drawn.ok_or_else(none)?;
            whole[layout.coordinates_of(leaf_level, leaf)].copy_from_slice(&own);
            worth.push(if d == 0 { 1.0 } else { 1.0 / (squares * candidates as f64) });
        }
        (plan.tick)();
        Ok((target.constrain(&whole), worth))
    };
    let count = above.positions.len();
    let (chains, length) = (above.chains, count / above.chains);
    let gathered = Gathered::new(layout, (chains, length), "", part.folder(count, plan));
    let batch = (NUMBERS / layout.members().max(1)).clamp(4, BATCH);
    let mut worth = vec![0.0; layout.units(leaf_level)];
    let mut held = Vec::new();
    for chain in 0..chains {
        let mut gathering = gathered.begin(chain)?;
        for from in (chain * length..(chain + 1) * length).step_by(batch) {
            let to = (from + batch).min((chain + 1) * length);
            let each: Vec<Result<_, FitError>> = (from..to).into_par_iter().map(|i| work((i, &above.positions[i]))).collect();
            for one in each {
                let (drawn, own) = one?;
                gathering.push(&drawn)?;
                worth.iter_mut().zip(&own).for_each(|(sum, w)| *sum += w / count as f64);
            }
        }
        held.push(gathering.end()?);
    }
    let draws = gathered.finish(held)?;
    let laplace = mode.log_evidence();
    let (importance, pareto_k, least) = above.weighed.unwrap_or((laplace, f64::NAN, f64::NAN));
    let quadrature = Quadrature {
        rule: mode.marginal.rule.words().to_string(),
        shift: mode.shift,
        group: above.words,
        worth: worth.iter().copied().fold(f64::INFINITY, f64::min),
    };
    Ok(PartialFit {
        subject: part.subject,
        draws,
        pareto_k: above.weighed.map(|w| w.1),
        resampled: true,
        worth: above.weighed.map(|_| least),
        evidence: Some(Evidence { laplace, importance, pareto_k }),
        quadrature: Some(quadrature),
        unsettled: mode.unsettled,
        ..PartialFit::default()
    })
}
