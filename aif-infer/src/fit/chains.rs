//! Pieces by NUTS: every chain of every density is a part of its own.

use rayon::prelude::*;

use super::approximate;
use super::checkpoints::kept;
use super::draws::{Ended, Gathered};
use super::error::FitError;
use super::method::FitMethod;
use super::piece::PartialFit;
use super::plan::{Part, Plan};
use crate::diagnostics::{ess_bulk, health_of, rhat};
use crate::laplace::{Approximation, LaplaceOptions};
use crate::marginal::Finest;
use crate::posterior::Density;
use crate::sample::{Chain, NutsOptions, NutsStart, SampleError, Whitened, chain_into, check};
use crate::seal::Digest;

impl FitMethod for NutsOptions {
    fn words(&self) -> String {
        let thinned = self.thin.filter(|&t| t > 1).map_or(String::new(), |t| format!(", one in {t} kept"));
        format!("NUTS: {} chains of {} draws after {} of warm-up{thinned}", self.chains, self.draws, self.warmup)
    }
    fn sampled(&self) -> bool {
        true
    }
    fn batched(&self) -> Option<usize> {
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
    fn check(&self) -> Result<(), FitError> {
        check(self).map_err(FitError::Sample)
    }
    fn settle(&mut self, flat: bool) {
        self.thin = Some(self.thinning(flat));
    }
    fn pieces(&self, parts: &[Part<'_>], flat: bool, plan: &Plan<'_>) -> Result<Vec<PartialFit>, FitError> {
        let each: Vec<Result<PartialFit, FitError>> = parts.par_iter().map(|part| tries(part, self, flat, plan)).collect();
        let mut pieces: Vec<PartialFit> = each.into_iter().collect::<Result<_, _>>()?;
        if flat {
            // The evidence of each subject costs next to nothing beside the chains.
            pieces.par_iter_mut().zip(parts).for_each(|(piece, part)| {
                piece.evidence = approximate::evidence(part.target.as_ref(), self.seed, part.place);
            });
        }
        Ok(pieces)
    }
}

/// The acceptance rates that are aimed at, one after the other, where trajectories diverge.
const ACCEPTANCES: [f64; 2] = [0.95, 0.99];

/// Where more than this share of draws diverges however carefully chains step, they look for themselves.
const LOST: f64 = 0.05;

/// The thinnings that are tried where chains of a group hang together.
const THINNINGS: [usize; 2] = [4, 16];

/// So many gradients may be spent on drawing again what was drawn: of likelihoods that are looked up, and of others.
const AGAIN: [u64; 2] = [3_000_000, 150_000];

/// Chains of which fewer than one draw in so many diverges are drawn again only once.
const FEW: usize = 500;

/// Chains of one density. Those that start from a survey are drawn again where they diverge, more carefully, and where a group's numbers hang
/// together, more sparsely; a note says so.
fn tries(part: &Part<'_>, given: &NutsOptions, flat: bool, plan: &Plan<'_>) -> Result<PartialFit, FitError> {
    let mut options = *given;
    options.settle(flat);
    let settings = LaplaceOptions { seed: options.seed, ..LaplaceOptions::default() };
    let start = match options.start {
        NutsStart::Origin => None,
        // Where no mode is found, chains look for themselves.
        NutsStart::Surveyed => part.surveyed.as_ref().and_then(|_| part.laplace(&settings, Finest::Start).ok()),
        NutsStart::Laplace => Some(part.laplace(&settings, Finest::Start)?),
    };
    let chosen = options.start == NutsStart::Surveyed;
    if chosen && start.is_none() {
        options.warmup *= 2;
    }
    let mut piece = run(part, start.as_ref(), options, "", plan)?;
    let mut notes = Vec::new();
    let budget = AGAIN[usize::from(!part.target.is_tabled())];
    if chosen {
        let first = diverged(&piece);
        for accept in ACCEPTANCES.into_iter().filter(|a| *a > given.target_accept) {
            let most = if options.target_accept > given.target_accept { count(&piece) / FEW } else { 0 };
            if diverged(&piece) <= most || 2 * piece.gradients > budget {
                break;
            }
            let careful = NutsOptions { target_accept: accept, ..options };
            let again = run(part, start.as_ref(), careful, &format!("-{accept}"), plan)?;
            if diverged(&again) < diverged(&piece) {
                (piece, options) = (again, careful);
            }
        }
        if start.is_some() && diverged(&piece) as f64 > LOST * count(&piece) as f64 {
            let alone =
                NutsOptions { warmup: 2 * given.warmup, target_accept: ACCEPTANCES[0].max(given.target_accept), ..options };
            let again = run(part, None, alone, "-origin", plan)?;
            if diverged(&again) < diverged(&piece) {
                piece = again;
                notes.push(format!(
                    "{}: chains started from anywhere, for around the mode most trajectories diverged",
                    part.whose
                ));
            }
        } else if first > 0 && options.target_accept > given.target_accept {
            notes.push(format!(
                "{}: {} was aimed at as acceptance rate, for at {} there were {first} divergences",
                part.whose, options.target_accept, given.target_accept
            ));
        }
        if given.thin.is_none() && !flat {
            for thin in THINNINGS {
                let Some((rhat, ess)) = poor(&piece, part) else { break };
                let kept = options.thinning(flat);
                if piece.gradients * (thin / kept) as u64 > budget {
                    break;
                }
                notes.push(format!(
                    "one in {thin} draws was kept: of one in {kept} the numbers above the units had R-hat {rhat:.3} and {ess:.0} effective draws"
                ));
                options.thin = Some(thin);
                let again = run(part, start.as_ref(), options, &format!("-thin-{thin}"), plan)?;
                if diverged(&again) <= diverged(&piece) {
                    piece = again;
                }
            }
        }
    }
    piece.notes = notes;
    Ok(piece)
}

/// How many draws were kept.
fn count(piece: &PartialFit) -> usize {
    piece.draws.chains * piece.draws.draws
}

/// How many kept draws diverged.
fn diverged(piece: &PartialFit) -> usize {
    health_of(&piece.statistics).divergences
}

/// The largest R-hat and the fewest effective draws among the numbers above the units, where they are not good enough.
fn poor(piece: &PartialFit, part: &Part<'_>) -> Option<(f64, f64)> {
    let layout = part.target.layout();
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

/// All chains of a density, put together.
fn run(
    part: &Part<'_>,
    start: Option<&Approximation>,
    options: NutsOptions,
    name: &str,
    plan: &Plan<'_>,
) -> Result<PartialFit, FitError> {
    let failed = |source: SampleError| FitError::Sampling { subject: part.whose.clone(), source };
    let whitened = start.map(|a| Whitened::new(part.target.as_ref(), a));
    let density: &dyn Density = match &whitened {
        Some(whitened) => whitened,
        None => part.target.as_ref(),
    };
    let place = |position: &[f64]| whitened.as_ref().map_or_else(|| position.to_vec(), |w| w.place(position));
    let gathered = Gathered::new(
        part.target.layout(),
        (options.chains, options.draws),
        name,
        part.folder(options.chains * options.draws, plan),
    );
    // What is little is kept with its chain, what is much goes into files as it comes.
    let run = |c: usize| -> Result<(Chain, Vec<Digest>), FitError> {
        kept(plan.checkpoints, &format!("chain-{}-{c}{name}", part.place), || {
            let mut positions: Vec<Box<[f64]>> = Vec::new();
            let mut files = if gathered.is_filed() { Some(gathered.begin(c)?) } else { None };
            let mut keep = |position: &[f64]| match &mut files {
                Some(files) => files.push(&part.target.constrain(&place(position))).map_err(|e| e.to_string()),
                None => {
                    positions.push(place(position).into());
                    Ok(())
                }
            };
            let drawn = chain_into(density, &options, (part.place, c), &mut keep, plan.tick).map_err(failed)?;
            let digests = match files.map(|files| files.end()).transpose()? {
                Some(Ended::Files(digests)) => digests,
                _ => Vec::new(),
            };
            Ok((Chain { positions, ..drawn }, digests))
        })
    };
    let chains: Vec<Result<(Chain, Vec<Digest>), FitError>> = (0..options.chains).into_par_iter().map(run).collect();
    let all: Vec<(Chain, Vec<Digest>)> = chains.into_iter().collect::<Result<_, _>>()?;
    let (mut own, digests): (Vec<Chain>, Vec<Vec<Digest>>) = all.into_iter().unzip();
    let dimension = density.dimension();
    let whole = |chain: &Chain| {
        let held = if gathered.is_filed() { 0 } else { options.draws };
        chain.statistics.len() == options.draws
            && chain.positions.len() == held
            && chain.positions.iter().all(|p| p.len() == dimension)
    };
    if let Some(c) = own.iter().position(|chain| !whole(chain)) {
        let what =
            format!("chain-{}-{c}{name} is no stored chain of this fit: its draws are not those of its density", part.place);
        return Err(FitError::Stored(what));
    }
    let ended: Vec<Ended> = own
        .iter_mut()
        .zip(digests)
        .map(|(chain, digests)| {
            if gathered.is_filed() {
                return Ended::Files(digests);
            }
            let positions = std::mem::take(&mut chain.positions);
            Ended::Held(positions.iter().flat_map(|position| part.target.constrain(position)).collect())
        })
        .collect();
    let draws = gathered.finish(ended)?;
    let rejected = own.iter().map(|c| c.rejected).sum();
    let rejection = own.iter().find_map(|c| c.rejection.clone());
    let gradients = own.iter().map(|c| c.gradients).sum();
    let statistics = own.into_iter().map(|c| c.statistics).collect();
    Ok(PartialFit { subject: part.subject, draws, statistics, rejected, rejection, gradients, ..PartialFit::default() })
}
