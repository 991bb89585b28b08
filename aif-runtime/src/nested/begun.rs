//! Where a run began: for each state that it can have begun in, how probable what was seen in it is.

use alloc::vec;
use alloc::vec::Vec;

use crate::model::{GenerativeModel, Marginals, ModelError, Tables};
use crate::perceive::{Inference, Joints};
use crate::scalar::{Real, exact_zero};

/// Logarithms are this far apart at most.
const MOST: f64 = 500.0;

/// One exact filter for each state that a run can have begun in.
#[derive(Clone, Debug)]
pub(super) struct Begun<T> {
    joints: Joints,
    /// How many numbers one filter has.
    len: usize,
    /// One filter after the other.
    filters: Vec<T>,
    spare: Vec<T>,
    /// The logarithm of how probable what was seen is, begun in each; none where it is impossible.
    evidence: Vec<Option<T>>,
    /// What is expected from above of where the run begins.
    prior: Vec<T>,
    /// What is passed up: weights, or the posterior.
    message: Vec<T>,
}

impl<T: Real> Begun<T> {
    /// Of runs that begin in one of so many states.
    ///
    /// # Errors
    /// When the model has too many joint states for exact inference.
    pub fn new<L: GenerativeModel<T>>(states: usize) -> Result<Self, ModelError> {
        Inference::Components.check(&L::META)?;
        let joints = Inference::Components.joints::<L, T>();
        let len = joints.len::<L, T>();
        let zeros = |count: usize| vec![T::zero(); count];
        Ok(Begun {
            joints,
            len,
            filters: zeros(len * states),
            spare: zeros(len),
            evidence: vec![Some(T::zero()); states],
            prior: zeros(states),
            message: zeros(states),
        })
    }

    /// Room for what is expected from above.
    pub fn prior_mut(&mut self) -> &mut [T] {
        &mut self.prior
    }

    /// The filters, and how probable what was seen is.
    pub fn parts(&self) -> (&[T], &[Option<T>]) {
        (&self.filters, &self.evidence)
    }

    pub fn take_filters(&mut self, filters: &[T]) {
        self.filters.copy_from_slice(filters);
    }

    pub fn take_evidence(&mut self, evidence: &[Option<T>]) {
        self.evidence.copy_from_slice(evidence);
    }

    /// Begins a run: from a belief in which the factor `begins` is to be replaced. Gives the belief with what is expected in its place.
    pub fn begin<L: GenerativeModel<T>>(&mut self, mut belief: L::Belief, begins: usize) -> L::Belief {
        for (state, filter) in self.filters.chunks_exact_mut(self.len).enumerate() {
            let own = belief.probabilities_mut(begins);
            own.fill(T::zero());
            own[state] = T::one();
            self.joints.independent::<L, T>(&belief, filter);
        }
        self.evidence.fill(Some(T::zero()));
        belief.probabilities_mut(begins).copy_from_slice(&self.prior);
        belief
    }

    /// Takes in what was seen, some of it in units with this logarithm.
    pub fn observe<L: GenerativeModel<T>>(&mut self, tables: &Tables<L, T>, evidence: &L::Evidence, unit: f64) {
        for (filter, so_far) in self.filters.chunks_exact_mut(self.len).zip(&mut self.evidence) {
            if let Some(before) = *so_far {
                *so_far = self.joints.weigh(tables, evidence, filter).map(|now| before + now + unit);
            }
        }
    }

    /// Moves on under an action, or under one of several with weights.
    pub fn advance<L: GenerativeModel<T>>(&mut self, tables: &Tables<L, T>, actions: &[(usize, T)]) {
        for (filter, evidence) in self.filters.chunks_exact_mut(self.len).zip(&self.evidence) {
            if evidence.is_none() {
                continue;
            }
            match *actions {
                [(action, _)] => self.joints.advance(tables, filter, action, &mut self.spare),
                _ => self.joints.advance_mixture(tables, filter, actions, &mut self.spare),
            }
            filter.copy_from_slice(&self.spare);
        }
    }

    /// How probable what was seen is, begun in each state, in units of the most probable, and the logarithm of that. `None` where it is impossible,
    /// wherever the run began.
    pub fn likelihood(&mut self) -> Option<(&[T], f64)> {
        let largest = self.largest(true).or_else(|| self.largest(false))?;
        for (to, log) in self.message.iter_mut().zip(&self.evidence) {
            // What is not expected from above may be more probable by any factor: that much is as good as all.
            *to = log.map_or(T::zero(), |log| {
                if log.value() - largest > MOST { T::constant(crate::math::exp(MOST)) } else { (log + -largest).exp() }
            });
        }
        Some((&self.message, largest))
    }

    /// The largest logarithm of how probable what was seen is: begun where that is expected from above, or anywhere.
    fn largest(&self, expected: bool) -> Option<f64> {
        let counts = |prior: &T| !expected || prior.value() > 0.0;
        let logs = self.evidence.iter().zip(&self.prior).filter_map(|(log, prior)| log.filter(|_| counts(prior)));
        logs.map(|log| log.value()).reduce(f64::max)
    }

    /// What is believed of where the run began. `None` where what was seen is impossible.
    pub fn posterior(&mut self) -> Option<&[T]> {
        self.likelihood()?;
        let mut sum = T::zero();
        for (to, &prior) in self.message.iter_mut().zip(&self.prior) {
            *to *= prior;
            sum += *to;
        }
        if sum.value() <= 0.0 {
            return None;
        }
        let scale = T::one() / sum;
        self.message.iter_mut().for_each(|p| *p *= scale);
        Some(&self.message)
    }

    /// The entropy of what is believed of where the run began, in nats.
    pub fn entropy(&mut self) -> f64 {
        let each = |p: &T| if exact_zero(*p) { 0.0 } else { -p.value() * crate::math::ln(p.value()) };
        self.posterior().map_or(f64::INFINITY, |posterior| posterior.iter().map(each).sum())
    }

    /// The logarithm of how probable what was seen so far is, given what was done and expected from above. `None` where it is impossible.
    pub fn log_evidence(&self) -> Option<T> {
        let largest = self.largest(true)?;
        let each = self.evidence.iter().zip(&self.prior).filter(|(_, prior)| prior.value() > 0.0);
        let sum = each.fold(T::zero(), |sum, (log, &prior)| log.map_or(sum, |log| sum + (log + -largest).exp() * prior));
        (sum.value() > 0.0).then(|| sum.ln() + largest)
    }
}
