//! What units of the lowest level add to a log-density: their prior and their likelihood, looked up where it is tabled, several at a time
//! where that is faster.

use aif_runtime::Real;

use super::likelihood::{Variables, agent_in};
use super::table::Looked;
use super::target::Posterior;
use crate::population::{Directions, FamilyOf, Population};
use crate::score::{Assigned, Behaviour, ScoreError};

/// The most units that are scored side by side.
pub(super) const MOST_ABREAST: usize = 16;

/// What a unit acts under, with the derivatives of its likelihood.
type AgentOf<P> = (ModelOf<P>, Assigned<<P as Population>::LikelihoodScalar>);
type ModelOf<P> = FamilyOf<P, <P as Population>::LikelihoodScalar>;

/// Working memory of some units that are scored side by side.
pub(super) struct Scratch<P: Population> {
    pub coordinates: Vec<P::PriorScalar>,
    pub values: Vec<P::PriorScalar>,
    numbers: Vec<f64>,
    variables: Variables<P::LikelihoodScalar>,
    /// Each unit's log-prior.
    priors: Vec<P::PriorScalar>,
    /// The derivatives of each unit's numbers, in the order of the likelihood's directions.
    slopes: Vec<P::PriorScalar>,
    agents: Vec<AgentOf<P>>,
    scores: Vec<Result<P::LikelihoodScalar, ScoreError>>,
}

impl<P: Population> Default for Scratch<P> {
    fn default() -> Self {
        Scratch {
            coordinates: Vec::new(),
            values: Vec::new(),
            numbers: Vec::new(),
            variables: Variables::default(),
            priors: Vec::new(),
            slopes: Vec::new(),
            agents: Vec::new(),
            scores: Vec::new(),
        }
    }
}

impl<P: Population> Posterior<'_, P> {
    /// How many units are scored side by side.
    pub(super) const ABREAST: usize = {
        let most = <ModelOf<P> as Behaviour<P::LikelihoodScalar>>::ABREAST;
        if most > MOST_ABREAST { MOST_ABREAST } else { most }
    };

    /// What some units of the lowest level add, at most [`MOST_ABREAST`], each at coordinates of its own: the log-density, and the
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
        let mut records = [self.records[first]; MOST_ABREAST];
        let mut looked = [None::<Looked>; MOST_ABREAST];
        let at_once = self.directions.len();
        for (&(leaf, own), looked) in jobs.iter().zip(&mut looked) {
            priors.push(self.draw((Self::LEAF, leaf), own, above, values, coordinates));
            slopes.extend(self.directions.iter().map(|&at| values[at]));
            if let Some(table) = self.refined.table(leaf) {
                numbers.clear();
                numbers.extend(slopes[slopes.len() - at_once..].iter().map(|x| x.value()));
                *looked = table.look(numbers);
            }
            if looked.is_none() {
                numbers.clear();
                numbers.extend(values.iter().map(|x| x.value()));
                records[agents.len()] = self.records[leaf];
                let covariates = self.layout.design.covariates_of(Self::LEAF, leaf);
                agents.push(agent_in::<P, P::LikelihoodScalar>(numbers, covariates, variables));
            }
        }
        scores.clear();
        if !agents.is_empty() {
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
                    None => continue,
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
