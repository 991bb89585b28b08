//! The evidence of a fitted group, and of models without some of its numbers, by bridge sampling with a normal proposal in coordinates on the
//! real line.
//!
//! Half of the draws say where the normal density lies, the other half and some times as many of its own draws make the bridge (Gronau et al. 2017). A
//! reduced model has no draws of its own: its proposal is the full model's, given that what is dropped is zero; the full model's draws count by
//! their weights of importance, and the more the proposal's own the fewer those are worth.

use rayon::prelude::*;

use super::dropped::Drawn;
use super::fit::Fit;
use crate::compare::{Bridge, Proposal, bridge};
use crate::population::{Coordinates, Priors, Unit};
use crate::posterior::Target;
use crate::prior::Held;
use crate::random::stream;

/// Draws of chains, and what is needed to judge any place by the data.
pub(super) struct Bridges<'a> {
    fit: &'a Fit,
    priors: &'a dyn Priors,
    target: Box<dyn Target + 'a>,
    draws: &'a [Drawn],
    per_chain: usize,
    /// What the data say of each coordinate, level by level, unit after unit.
    held: Vec<Vec<Vec<Held>>>,
    /// The log-likelihood of all data at each draw that bridges: the second half of each chain.
    likelihoods: Vec<f64>,
    /// The normal density around the full model.
    full: Proposal,
}

/// So many draws of the proposal stand beside each of the chains': they cost a likelihood each, and what the chains have cost many.
const PROPOSED: usize = 4;

/// The streams of chance that draw from the proposal begin here: those before are the fit's own.
const PROPOSALS: u64 = 1 << 40;

/// The numbers of the group that are zero: their places among those that are drawn.
type Zeros<'z> = &'z [usize];

impl<'a> Bridges<'a> {
    /// Gets ready; `None` where no proposal can be made: there are too few draws, or numbers without coordinates.
    pub fn new(
        fit: &'a Fit,
        priors: &'a dyn Priors,
        target: Box<dyn Target + 'a>,
        draws: &'a [Drawn],
        per_chain: usize,
    ) -> Option<Self> {
        let empty = Proposal::default();
        let mut own = Bridges { fit, priors, target, draws, per_chain, held: Vec::new(), likelihoods: Vec::new(), full: empty };
        own.held = own.holds()?;
        let positions: Vec<Vec<f64>> = own.half(0).map(|d| Some(own.coordinates(d, &[])?.0)).collect::<Option<_>>()?;
        own.full = Proposal::around(&positions, &own.blocks())?;
        let bridging: Vec<&Drawn> = own.half(1).collect();
        own.likelihoods = bridging.par_iter().map(|d| own.likelihood(&own.numbers_of(d)?)).collect::<Option<_>>()?;
        Some(own)
    }

    /// The draws of the first or the second half of each chain.
    fn half(&self, which: usize) -> impl Iterator<Item = &'a Drawn> + Clone {
        let (per_chain, draws) = (self.per_chain, self.draws);
        let middle = per_chain / 2;
        (0..draws.len()).filter(move |i| usize::from(i % per_chain >= middle) == which).map(move |i| &draws[i])
    }

    /// What is known beforehand of each unit, with what is drawn for it.
    fn units(&self) -> impl Iterator<Item = (usize, usize)> + use<> {
        let counts: Vec<usize> = self.fit.design.levels.iter().map(|units| units.names.len()).collect();
        counts.into_iter().enumerate().flat_map(|(level, count)| (0..count).map(move |unit| (level, unit)))
    }

    fn known<'s>(&'s self, level: usize, unit: usize, zeros: Zeros<'s>) -> Unit<'s> {
        let held = self.held.get(level).and_then(|units| units.get(unit)).map_or(&[][..], |h| h);
        let covariates = if level == 0 { &[][..] } else { self.fit.design.covariates_of(level, unit) };
        Unit { level, covariates, held, zeros: if level == 0 { zeros } else { &[] } }
    }

    /// Goes through all units from the group down: `each` writes the numbers of one behind those above it.
    /// Gives the numbers of the paths of the units of the lowest level.
    fn walk<E>(&self, mut each: impl FnMut(usize, usize, &mut [f64]) -> Option<E>) -> Option<Vec<Vec<f64>>> {
        let (meta, design) = (self.fit.meta, &self.fit.design);
        let mut above: Vec<Vec<f64>> = Vec::new();
        for (level, units) in design.levels.iter().enumerate() {
            let mut own = Vec::with_capacity(units.names.len());
            for unit in 0..units.names.len() {
                let mut values = if level == 0 { Vec::new() } else { above[units.parents[unit]].clone() };
                values.resize(meta.offset(level + 1), f64::NAN);
                each(level, unit, &mut values)?;
                own.push(values);
            }
            above = own;
        }
        Some(above)
    }

    /// Coordinates of a draw with some numbers zero, and their log-density under the priors.
    fn coordinates(&self, drawn: &Drawn, zeros: Zeros<'_>) -> Option<(Vec<f64>, f64)> {
        let (mut all, mut sum) = (Vec::new(), 0.0);
        self.walk(|level, unit, values| {
            let own = self.priors.outward(&self.known(level, unit, zeros), values, drawn.of(level, unit))?;
            all.extend(own.all);
            sum += own.ln_density;
            Some(())
        })?;
        (sum.is_finite() && all.iter().all(|x| x.is_finite())).then_some((all, sum))
    }

    /// The numbers of the paths of all units of the lowest level at a draw.
    fn numbers_of(&self, drawn: &Drawn) -> Option<Vec<Vec<f64>>> {
        self.walk(|level, unit, values| self.priors.outward(&self.known(level, unit, &[]), values, drawn.of(level, unit)))
    }

    /// The log-likelihood of all data.
    fn likelihood(&self, leaves: &[Vec<f64>]) -> Option<f64> {
        let directions = self.target.directions();
        let mut at = vec![0.0; directions.len()];
        let mut sum = 0.0;
        for (leaf, values) in leaves.iter().enumerate() {
            at.iter_mut().zip(directions).for_each(|(x, &i)| *x = values[i]);
            sum += self.target.ln_likelihood(leaf, &at)?;
        }
        Some(sum)
    }

    /// The log-density of coordinates: priors and data; minus infinity where there is none.
    fn density(&self, position: &[f64], zeros: Zeros<'_>) -> f64 {
        let (mut rest, mut sum) = (position, 0.0);
        let sizes = self.sizes(zeros);
        let leaves = self.walk(|level, unit, values| {
            let (own, others) = rest.split_at(sizes[level]);
            rest = others;
            sum += self.priors.inward(&self.known(level, unit, zeros), values, own);
            Some(())
        });
        let found = leaves.and_then(|leaves| self.likelihood(&leaves)).map_or(f64::NEG_INFINITY, |l| sum + l);
        if found.is_nan() { f64::NEG_INFINITY } else { found }
    }

    /// How many coordinates a unit of each level has.
    fn sizes(&self, zeros: Zeros<'_>) -> Vec<usize> {
        let mut all: Vec<usize> = self.fit.meta.levels.iter().map(|l| crate::population::coordinates(l.parameters)).collect();
        all[0] -= zeros.len();
        all
    }

    /// The coordinates that may hang together where there are many: those of the group, and those of each unit.
    fn blocks(&self) -> Vec<usize> {
        let sizes = self.sizes(&[]);
        self.units().map(|(level, _)| sizes[level]).collect()
    }

    /// What the data say of each coordinate whose centring is open, from the first half of the draws.
    fn holds(&self) -> Option<Vec<Vec<Vec<Held>>>> {
        let mut seen: Vec<Vec<Option<[f64; 3]>>> = Vec::new();
        for drawn in self.half(0) {
            let mut own = Vec::new();
            self.walk(|level, unit, values| {
                let Coordinates { located, .. } =
                    self.priors.outward(&self.known(level, unit, &[]), values, drawn.of(level, unit))?;
                own.extend(located);
                Some(())
            })?;
            seen.push(own);
        }
        let mut column = 0;
        let sizes = self.sizes(&[]);
        let mut held: Vec<Vec<Vec<Held>>> = vec![Vec::new(); sizes.len()];
        for (level, _) in self.units() {
            let own = (column..column + sizes[level]).map(|c| {
                let of: Option<Vec<[f64; 3]>> = seen.iter().map(|row| row[c]).collect();
                of.map_or(Held::default(), |of| holding(&of))
            });
            held[level].push(own.collect());
            column += sizes[level];
        }
        Some(held)
    }

    /// The evidence of the full model.
    pub fn evidence(&self, seed: u64) -> Option<Bridge> {
        self.bridged(&self.full, &[], None, seed)
    }

    /// The evidence of the model in which some of the group's numbers are zero, given the weights of all draws; `prior` is the log-density of the
    /// zeros under their priors.
    pub fn reduced(&self, zeros: Zeros<'_>, ln_weights: &[f64], seed: u64) -> Option<Bridge> {
        // Where zero lies among the coordinates of the full model: that may depend on the rest of the group.
        let group = crate::population::coordinates(self.fit.meta.levels[0].parameters);
        let mut at = vec![0.0; zeros.len()];
        let half: Vec<&Drawn> = self.half(0).collect();
        for drawn in &half {
            let mut numbers = drawn.group.clone();
            zeros.iter().for_each(|&z| numbers[z] = 0.0);
            let mut values = vec![f64::NAN; self.fit.meta.offset(1)];
            let own = self.priors.outward(&self.known(0, 0, &[]), &mut values, &numbers)?;
            // Numbers that are drawn together cannot be dropped: what is has one coordinate.
            at.iter_mut().zip(zeros).for_each(|(x, &z)| *x += own.all[self.coordinate(z)] / half.len() as f64);
        }
        let places: Vec<usize> = zeros.iter().map(|&z| self.coordinate(z)).collect();
        debug_assert!(places.iter().all(|&p| p < group));
        let proposal = self.full.given(&places, &at)?;
        let bridging = (0..self.draws.len()).filter(|i| i % self.per_chain >= self.per_chain / 2);
        let own: Vec<f64> = bridging.map(|i| ln_weights[i]).collect();
        let total = aif_runtime::scalar::log_sum_exp(&own);
        let weights: Vec<f64> = own.iter().map(|w| (w - total).exp()).collect();
        self.bridged(&proposal, zeros, Some(&weights), seed)
    }

    /// The coordinate of a number of the group that is drawn by itself.
    fn coordinate(&self, place: usize) -> usize {
        let (mut number, mut coordinate) = (0, 0);
        for p in self.fit.meta.levels[0].parameters {
            let one = std::slice::from_ref(p);
            let (numbers, own) = (crate::population::drawn(one), crate::population::coordinates(one));
            if place < number + numbers {
                return coordinate + (place - number);
            }
            (number, coordinate) = (number + numbers, coordinate + own);
        }
        coordinate
    }

    fn bridged(&self, proposal: &Proposal, zeros: Zeros<'_>, weights: Option<&[f64]>, seed: u64) -> Option<Bridge> {
        let bridging: Vec<&Drawn> = self.half(1).collect();
        let at_draw = |(i, drawn): (usize, &&Drawn)| -> Option<f64> {
            let (position, prior) = self.coordinates(drawn, zeros)?;
            Some(prior + self.likelihoods[i] - proposal.ln_density(&position))
        };
        let drawn: Vec<f64> = bridging.par_iter().enumerate().map(at_draw).collect::<Option<_>>()?;
        let own = |i: usize| {
            let position = proposal.draw(&mut stream(seed, PROPOSALS + i as u64));
            self.density(&position, zeros) - proposal.ln_density(&position)
        };
        let proposed: Vec<f64> = (0..PROPOSED * drawn.len()).into_par_iter().map(own).collect();
        let each = self.per_chain - self.per_chain / 2;
        bridge(&drawn.chunks(each).map(<[f64]>::to_vec).collect::<Vec<_>>(), weights, &proposed)
    }
}

/// What a normal observation would have to say of a number for it to be, given location and scale of its prior, as it was drawn: by maximum
/// likelihood over `number, location, scale`. Nothing where location and scale are the same for all draws: a normal density has it all then.
fn holding(of: &[[f64; 3]]) -> Held {
    let first = of[0];
    if of.iter().all(|x| x[1] == first[1] && x[2] == first[2]) {
        return Held::default();
    }
    // Of a precision: the centre that fits best, and the log-likelihood with it.
    let fitted = |h: f64| {
        let (mut across, mut square, mut ln_density) = (0.0, 0.0, 0.0);
        for &[x, location, scale] in of {
            let own = 1.0 / (scale * scale);
            let share = h / (own + h);
            across += (own + h) * share * (x - location * (1.0 - share));
            square += (own + h) * share * share;
        }
        let centre = if square > 0.0 { across / square } else { 0.0 };
        for &[x, location, scale] in of {
            let own = 1.0 / (scale * scale);
            let share = h / (own + h);
            ln_density += 0.5 * (own + h).ln() - 0.5 * (own + h) * (x - location * (1.0 - share) - share * centre).powi(2);
        }
        (ln_density, centre)
    };
    let spread = of.iter().map(|x| x[2]).fold(f64::INFINITY, f64::min).max(1e-12);
    let best = (-60..=60).map(|k| (0.25 * f64::from(k)).exp() / (spread * spread)).map(|h| (fitted(h), h));
    let best = best.filter(|((l, _), _)| l.is_finite()).max_by(|a, b| a.0.0.total_cmp(&b.0.0));
    match best {
        Some(((l, centre), precision)) if l > fitted(0.0).0 => Held { centre, precision },
        _ => Held::default(),
    }
}
