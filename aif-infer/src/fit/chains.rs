//! Pieces by NUTS: every chain of every density is a part of its own.

use rayon::prelude::*;

use super::approximate;
use super::error::FitError;
use super::method::FitMethod;
use super::piece::{Draws, Piece};
use super::plan::{Part, Plan};
use super::shelf::kept;
use crate::diagnostics::{ess_bulk, rhat};
use crate::laplace::{Approximation, LaplaceOptions};
use crate::posterior::Density;
use crate::sample::{Chain, NutsOptions, NutsStart, SampleError, Whitened, chain, check};

impl FitMethod for NutsOptions {
    fn words(&self) -> String {
        let thinned = self.thin.filter(|&t| t > 1).map_or(String::new(), |t| format!(", one in {t} kept"));
        format!("NUTS: {} chains of {} draws after {} of warm-up{thinned}", self.chains, self.draws, self.warmup)
    }
    fn sampled(&self) -> bool {
        true
    }
    fn abreast(&self) -> Option<usize> {
        Some(self.chains)
    }
    fn ticks(&self, flat: bool) -> (usize, &'static str) {
        let per_chain = self.draws.saturating_mul(self.thinning(flat)).saturating_add(self.warmup);
        (per_chain.saturating_mul(self.chains), "draws")
    }
    fn evaluations(&self, flat: bool) -> Option<usize> {
        // Some seven steps a draw.
        (self.start == NutsStart::Surveyed).then(|| self.ticks(flat).0.saturating_mul(7))
    }
    fn settle(&mut self, flat: bool) {
        self.thin = Some(self.thinning(flat));
    }
    fn pieces(&self, parts: &[Part<'_>], flat: bool, plan: &Plan<'_>) -> Result<Vec<Piece>, FitError> {
        let mut options = *self;
        options.settle(flat);
        by_nuts(parts, options, (flat, self.thin), plan)
    }
}

fn by_nuts(
    parts: &[Part<'_>],
    mut options: NutsOptions,
    (flat, thinned): (bool, Option<usize>),
    plan: &Plan<'_>,
) -> Result<Vec<Piece>, FitError> {
    let failed = |part: &Part<'_>, source: SampleError| match source {
        SampleError::Options(message) => FitError::Options(message),
        source => FitError::Sampling { subject: part.whose.clone(), source },
    };
    check(&options).map_err(|e| failed(&parts[0], e))?;
    let starts: Vec<Option<Approximation>> = match options.start {
        NutsStart::Origin => parts.iter().map(|_| None).collect(),
        NutsStart::Surveyed => {
            let settings = LaplaceOptions { seed: options.seed, ..LaplaceOptions::default() };
            // Where no mode is found, chains look for themselves.
            parts.par_iter().map(|part| part.surveyed.as_ref().and_then(|_| part.laplace(&settings).ok())).collect()
        }
        NutsStart::Laplace => {
            let settings = LaplaceOptions { seed: options.seed, ..LaplaceOptions::default() };
            parts.par_iter().map(|part| part.laplace(&settings).map(Some)).collect::<Result<_, _>>()?
        }
    };
    let mut pieces = run(parts, &starts, options, plan)?;
    let mut note = None;
    if thinned.is_none() && !flat {
        // A group whose numbers hang together is drawn from again, more sparsely.
        for thin in THINNINGS {
            let Some((rhat, ess)) = poor(&pieces, parts) else { break };
            let kept = options.thinning(flat);
            note = Some(format!(
                "one in {thin} draws was kept: of one in {kept} the numbers above the units had R-hat {rhat:.3} and {ess:.0} effective draws"
            ));
            options.thin = Some(thin);
            pieces = run(parts, &starts, options, plan)?;
        }
    }
    pieces.iter_mut().for_each(|piece| piece.notes.extend(note.clone()));
    if flat {
        // The evidence of each subject costs next to nothing beside the chains.
        pieces.par_iter_mut().zip(parts).for_each(|(piece, part)| {
            piece.evidence = approximate::evidence(part.target.as_ref(), options.seed, part.place);
        });
    }
    Ok(pieces)
}

/// The thinnings that are tried where chains of a group hang together.
const THINNINGS: [usize; 2] = [4, 16];

/// The largest R-hat and the fewest effective draws among the numbers above the units, where they are not good enough.
fn poor(pieces: &[Piece], parts: &[Part<'_>]) -> Option<(f64, f64)> {
    let (piece, layout) = (pieces.first()?, parts.first()?.target.layout());
    let above = layout.members_of(layout.levels() - 1, 0).start;
    let (mut worst, mut least) = (1.0f64, f64::INFINITY);
    for number in 0..above {
        let chains = piece.draws.of(number);
        if chains.iter().flatten().any(|x| *x != chains[0][0]) {
            (worst, least) = (worst.max(rhat(&chains)), least.min(ess_bulk(&chains)));
        }
    }
    // Short chains are somebody's wish.
    let enough = 400.0f64.min(0.2 * (piece.draws.chains * piece.draws.draws) as f64);
    (piece.draws.chains > 1 && piece.draws.draws >= 100 && (worst > 1.01 || least < enough)).then_some((worst, least))
}

/// All chains of all densities, put together.
fn run(
    parts: &[Part<'_>],
    starts: &[Option<Approximation>],
    options: NutsOptions,
    plan: &Plan<'_>,
) -> Result<Vec<Piece>, FitError> {
    let failed = |part: &Part<'_>, source: SampleError| FitError::Sampling { subject: part.whose.clone(), source };
    let tasks: Vec<(usize, usize)> = (0..parts.len()).flat_map(|p| (0..options.chains).map(move |c| (p, c))).collect();
    let run = |&(p, c): &(usize, usize)| -> Result<Chain, FitError> {
        let part = &parts[p];
        kept(plan.shelf, &format!("chain-{}-{c}-{}", part.place, options.thinning(false)), || {
            let whitened = starts[p].as_ref().map(|a| Whitened::new(part.target.as_ref(), a));
            let density: &dyn Density = match &whitened {
                Some(whitened) => whitened,
                None => part.target.as_ref(),
            };
            let options = match &whitened {
                None if options.start == NutsStart::Surveyed => NutsOptions { warmup: 2 * options.warmup, ..options },
                _ => options,
            };
            let mut drawn = chain(density, &options, (part.place, c), plan.tick).map_err(|e| failed(part, e))?;
            if let Some(whitened) = &whitened {
                for position in &mut drawn.positions {
                    *position = whitened.place(position).into();
                }
            }
            Ok(drawn)
        })
    };
    let chains: Vec<Result<Chain, FitError>> = tasks.par_iter().map(run).collect();
    let mut chains = chains.into_iter();
    let piece = |part: &Part<'_>| -> Result<Piece, FitError> {
        let own: Vec<Chain> = chains.by_ref().take(options.chains).collect::<Result<_, _>>()?;
        let mut draws =
            Draws { chains: own.len(), draws: options.draws, width: part.target.layout().members(), numbers: Vec::new() };
        for position in own.iter().flat_map(|c| &c.positions) {
            draws.numbers.extend(part.target.constrain(position));
        }
        let rejected = own.iter().map(|c| c.rejected).sum();
        let rejection = own.iter().find_map(|c| c.rejection.clone());
        let statistics = own.into_iter().map(|c| c.statistics).collect();
        Ok(Piece { subject: part.subject, draws, statistics, rejected, rejection, ..Piece::default() })
    };
    parts.iter().map(piece).collect()
}
