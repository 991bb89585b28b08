//! Pieces by NUTS: every chain of every density is a part of its own.

use rayon::prelude::*;

use super::approximate;
use super::error::FitError;
use super::method::FitMethod;
use super::piece::{Draws, Piece};
use super::plan::{Part, Plan};
use super::shelf::kept;
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
        by_nuts(parts, options, flat, plan)
    }
}

fn by_nuts(parts: &[Part<'_>], options: NutsOptions, flat: bool, plan: &Plan<'_>) -> Result<Vec<Piece>, FitError> {
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
    let tasks: Vec<(usize, usize)> = (0..parts.len()).flat_map(|p| (0..options.chains).map(move |c| (p, c))).collect();
    let run = |&(p, c): &(usize, usize)| -> Result<Chain, FitError> {
        let part = &parts[p];
        kept(plan.shelf, &format!("chain-{}-{c}", part.place), || {
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
    let mut pieces: Vec<Piece> = parts.iter().map(piece).collect::<Result<_, _>>()?;
    if flat {
        // The evidence of each subject costs next to nothing beside the chains.
        pieces.par_iter_mut().zip(parts).for_each(|(piece, part)| {
            piece.evidence = approximate::evidence(part.target.as_ref(), options.seed, part.place);
        });
    }
    Ok(pieces)
}
