//! Exact smoothing of a hidden Markov model over the joint state of all factors: forwards, then backwards (Rabiner 1989).

use alloc::vec;
use alloc::vec::Vec;

use super::advance::{advance, each_next};
use super::exact;
use super::groups::{Frame, Whole};
use super::smooth::Pairwise;
use crate::model::{GenerativeModel, Marginals, Tables};
use crate::scalar::{Real, exact_zero};

/// What all observations of a sequence tell about every step of it. Joint distributions have one number for each combination of states,
/// the last factor running fastest.
#[derive(Clone, Debug, PartialEq)]
pub struct ExactSmoothing<T> {
    /// The log-probability of all observations (the log evidence), in nats; of likelihood evidence up to the scale of its weights.
    pub log_evidence: T,
    /// The joint distribution before each observation.
    pub predicted: Vec<Vec<T>>,
    /// The joint distribution after each observation, given it and those before.
    pub filtered: Vec<Vec<T>>,
    /// The joint distribution at each step, given all observations.
    pub smoothed: Vec<Vec<T>>,
}

/// Smooths exactly: `evidence` of each step, `actions` between them by their indices (one fewer), from the initial state of the tables.
/// Steps beyond the last action are left out.
///
/// Cost: steps times joint states times the states that may follow each; memory: three joint distributions a step.
pub fn smooth_exactly<M: GenerativeModel<T>, T: Real>(
    tables: &Tables<M, T>,
    evidence: &[M::Evidence],
    actions: &[usize],
) -> ExactSmoothing<T> {
    let frame = Whole::<M, T>::new();
    let evidence = &evidence[..evidence.len().min(actions.len() + 1)];
    let states = M::META.joint_states();
    let mut joint = vec![T::zero(); states];
    let mut spare = joint.clone();
    exact::start(tables, frame, &mut joint);
    let (mut predicted, mut filtered, mut log_evidence) = (Vec::new(), Vec::new(), T::zero());
    for (t, evidence) in evidence.iter().enumerate() {
        predicted.push(joint.clone());
        let (sum, ln_scale) = exact::update(tables, frame, evidence, &mut joint, &mut spare);
        log_evidence += sum.ln() + ln_scale;
        filtered.push(joint.clone());
        if let Some(&action) = actions.get(t) {
            spare.fill(T::zero());
            advance(tables, frame, action, T::one(), &joint, &mut spare);
            core::mem::swap(&mut joint, &mut spare);
        }
    }
    let mut smoothed = filtered.clone();
    for t in (0..evidence.len().saturating_sub(1)).rev() {
        let ratio = ratio(&smoothed[t + 1], &predicted[t + 1]);
        let unforeseen = unforeseen(&smoothed[t + 1], &predicted[t + 1]);
        for (s, to) in smoothed[t].iter_mut().enumerate() {
            let p = filtered[t][s];
            let mut sum = T::zero();
            if !exact_zero(p) {
                each_next(tables, frame, actions[t], s, p, &mut |next, p| sum += p * ratio[next]);
            }
            *to = sum + unforeseen * p;
        }
    }
    ExactSmoothing { log_evidence, predicted, filtered, smoothed }
}

/// `after / before` where something was expected before.
fn ratio<T: Real>(after: &[T], before: &[T]) -> Vec<T> {
    after.iter().zip(before).map(|(&a, &b)| if b.value() > 0.0 { a / b } else { T::zero() }).collect()
}

/// How much is believed afterwards that was held impossible before: it says nothing about what came earlier.
fn unforeseen<T: Real>(after: &[T], before: &[T]) -> T {
    after.iter().zip(before).filter(|(_, b)| b.value() <= 0.0).fold(T::zero(), |sum, (&a, _)| sum + a)
}

impl<T: Real> ExactSmoothing<T> {
    /// The distribution of each factor at step `t`, given all observations.
    pub fn belief<M: GenerativeModel<T>>(&self, t: usize) -> M::Belief {
        let mut belief = M::Belief::zero();
        exact::marginals(&M::META, Whole::<M, T>::new(), &self.smoothed[t], &mut belief);
        belief
    }

    /// The pairwise beliefs of the transition from step `t` to the next, given all observations.
    pub fn pair<M: GenerativeModel<T>>(&self, tables: &Tables<M, T>, t: usize, action: usize) -> Pairwise<T> {
        let frame = Whole::<M, T>::new();
        let mut factors = Vec::new();
        M::each_factor(|site| factors.push(vec![T::zero(); site.contexts * site.states]));
        let ratio = ratio(&self.smoothed[t + 1], &self.predicted[t + 1]);
        let mut add = |s: usize, next: usize, p: T| {
            M::each_factor(|site| {
                let context = frame.context(s, site.parents);
                factors[site.index][context * site.states + frame.digit(next, site.index)] += p;
            });
        };
        for (s, &p) in self.filtered[t].iter().enumerate().filter(|(_, p)| !exact_zero(**p)) {
            each_next(tables, frame, action, s, p, &mut |next, p| add(s, next, p * ratio[next]));
            for (next, &after) in self.smoothed[t + 1].iter().enumerate() {
                if self.predicted[t + 1][next].value() <= 0.0 && !exact_zero(after) {
                    add(s, next, p * after);
                }
            }
        }
        Pairwise { factors }
    }

    /// The distribution of each factor's parents at step `t`, given all observations: `[combination of parent states]` for the parents of
    /// one modality or factor.
    pub fn contexts<M: GenerativeModel<T>>(&self, t: usize, parents: &[usize]) -> Vec<T> {
        let frame = Whole::<M, T>::new();
        let count = parents.iter().map(|&f| M::META.factors[f].states.count).product();
        let mut contexts = vec![T::zero(); count];
        for (s, &p) in self.smoothed[t].iter().enumerate() {
            contexts[frame.context(s, parents)] += p;
        }
        contexts
    }

    /// How the state at step `t` is distributed given the next one and the observations up to `t`: `[next joint state][joint state]`.
    pub fn backward<M: GenerativeModel<T>>(&self, tables: &Tables<M, T>, t: usize, action: usize) -> Vec<Vec<T>> {
        let states = M::META.joint_states();
        let mut kernel = vec![vec![T::zero(); states]; states];
        for (s, &p) in self.filtered[t].iter().enumerate() {
            if !exact_zero(p) {
                each_next(tables, Whole::<M, T>::new(), action, s, p, &mut |next, p| kernel[next][s] += p);
            }
        }
        for (row, &sum) in kernel.iter_mut().zip(&self.predicted[t + 1]) {
            if sum.value() > 0.0 {
                row.iter_mut().for_each(|p| *p /= sum);
            }
        }
        kernel
    }
}
