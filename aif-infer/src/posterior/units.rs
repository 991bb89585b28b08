//! What units of the lowest level add to a log-density: their prior and their likelihood, looked up where it is tabled, several at a time
//! where that is faster.

use aif_runtime::Real;

use super::joint::Posterior;
use super::likelihood::agent_in;
use super::look::Looked;
use super::scratch::{MOST_BATCHED, ModelOf, Scratch};
use crate::population::{Directions, Population};
use crate::score::Behaviour;

impl<P: Population> Posterior<'_, P> {
    /// How many units are scored side by side.
    pub(super) const BATCH: usize = {
        let most = <ModelOf<P> as Behaviour<P::LikelihoodScalar>>::BATCH;
        if most > MOST_BATCHED { MOST_BATCHED } else { most }
    };

    /// What some units of the lowest level add, at most [`MOST_BATCHED`], each at coordinates of its own: the log-density, and the
    /// derivatives by the coordinates of its path.
    pub(super) fn shares(
        &self,
        jobs: &[(usize, &[f64])],
        above: &[P::PriorScalar],
        scratch: &mut Scratch<P>,
        (shares, wrong): (&mut [f64], &mut [Option<String>]),
    ) {
        let Some(&(first, _)) = jobs.first() else { return };
        let Scratch { coordinates, values, numbers, variables, priors, slopes, agents, scores } = scratch;
        priors.clear();
        slopes.clear();
        agents.clear();
        let mut records = self.records.get(first).map(|record| [*record; MOST_BATCHED]);
        let mut looked = [None::<Looked>; MOST_BATCHED];
        let at_once = self.directions.len();
        for (&(leaf, own), looked) in jobs.iter().zip(&mut looked) {
            priors.push(self.draw((Self::LEAF, leaf), own, above, values, coordinates));
            slopes.extend(self.directions.iter().map(|&at| values[at]));
            if let Some(table) = self.refined.table(leaf) {
                numbers.clear();
                numbers.extend(slopes[slopes.len() - at_once..].iter().map(|x| x.value()));
                *looked = if records.is_some() { table.look(numbers) } else { Some(table.look_beyond(numbers)) };
            }
            if looked.is_none() {
                numbers.clear();
                numbers.extend(values.iter().map(|x| x.value()));
                let Some(records) = &mut records else { continue };
                records[agents.len()] = self.records[leaf];
                let covariates = self.layout.design.covariates_of(Self::LEAF, leaf);
                agents.push(agent_in::<P, P::LikelihoodScalar>(numbers, covariates, variables));
            }
        }
        scores.clear();
        if let Some(records) = records.filter(|_| !agents.is_empty()) {
            ModelOf::<P>::log_likelihoods(agents, &records[..agents.len()], self.options, scores);
        }
        let width = shares.len() / jobs.len();
        let mut scores = scores.iter();
        for (i, share) in shares.chunks_mut(width).enumerate() {
            let (value, slope) = match &looked[i] {
                Some(looked) => (looked.value, &looked.first[..at_once]),
                None => match scores.next() {
                    Some(Ok(score)) => (score.value(), score.derivatives()),
                    Some(Err(error)) => {
                        wrong[i] = Some(error.to_string());
                        continue;
                    }
                    None => {
                        wrong[i] = Some("lies outside its table, and there are no records".into());
                        continue;
                    }
                },
            };
            share[0] = priors[i].value() + value;
            share[1..].copy_from_slice(priors[i].derivatives());
            // The chain rule: d(likelihood)/d(number) times d(number)/d(coordinate).
            for (number, &by) in slopes[i * at_once..].iter().zip(slope) {
                for (sum, d) in share[1..].iter_mut().zip(number.derivatives()) {
                    *sum += by * d;
                }
            }
            if !share.iter().all(|x| x.is_finite()) {
                wrong[i] = Some(format!("the log-density {}, or its gradient, is not finite", share[0]));
            }
        }
    }
}
