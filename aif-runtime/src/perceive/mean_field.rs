//! Perception with one distribution per factor and nothing else: by fixed-point iteration, or whatever else leads from such a belief and an
//! observation to the next.

use alloc::vec::Vec;

use super::fixed_point::fixed_point;
use super::groups::linked;
use super::held::{Held, Since};
use super::numbers::{read_belief, start_belief, write_belief};
use super::predict::{clean, predict, predict_mixture};
use super::sound::believable;
use super::sweeps::Sweeps;
use super::way::{Carries, Moved, Perceive, PerceptionState, Way};
use crate::compat::Compat;
use crate::model::{GenerativeModel, Marginals, Meta, ModelError, Tables};
use crate::scalar::Real;

impl Way for Sweeps {
    fn check(self, _: &Meta) -> Result<(), ModelError> {
        self.check_range()
    }
    fn carries(self, _: &Meta) -> Carries {
        Carries::Belief
    }
    fn words(self, meta: &Meta) -> &'static str {
        match self {
            Sweeps::Parallel(_) => "mean field, all factors at once",
            Sweeps::Sequential { .. } if !linked(meta).coupled => "exact: no two factors have to do with each other",
            Sweeps::Sequential { .. } => {
                "mean field, one factor after the other: an approximation, for factors that move or are seen together are taken for independent"
            }
        }
    }
    fn sweeps(self) -> Option<Sweeps> {
        Some(self)
    }
}

/// How one distribution per factor takes in an observation.
pub trait Factorised: Copy {
    /// The belief after it.
    fn posterior<M: GenerativeModel<T>, T: Real>(
        self,
        tables: &Tables<M, T>,
        prior: &M::Belief,
        evidence: &M::Evidence,
    ) -> M::Belief;

    /// Begins in the initial state.
    fn begin<M: GenerativeModel<T>, T: Real>(self, tables: &Tables<M, T>) -> MeanField<M, T, Self> {
        let mut way = MeanField { by: self, held: Held::new(M::Belief::zero(), M::Belief::zero()) };
        way.restart(tables);
        way
    }
}

impl Factorised for Sweeps {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn posterior<M: GenerativeModel<T>, T: Real>(
        self,
        tables: &Tables<M, T>,
        prior: &M::Belief,
        evidence: &M::Evidence,
    ) -> M::Belief {
        fixed_point(tables, prior, evidence, self)
    }
}

/// A distribution for each factor.
#[derive(Debug)]
pub struct MeanField<M: GenerativeModel<T>, T: Real, F = Sweeps> {
    by: F,
    held: Held<M::Belief>,
}

impl<M: GenerativeModel<T>, T: Real, F: Factorised> Clone for MeanField<M, T, F> {
    fn clone(&self) -> Self {
        MeanField { by: self.by, held: self.held }
    }
    /// In place: states are copied at every turn of scoring.
    #[inline]
    fn clone_from(&mut self, from: &Self) {
        self.by = from.by;
        self.held.now = from.held.now;
        self.held.before = from.held.before;
        self.held.since = from.held.since;
    }
}

impl<M: GenerativeModel<T>, T: Real, F: Factorised> Perceive<M, T> for MeanField<M, T, F> {
    fn restart(&mut self, tables: &Tables<M, T>) {
        start_belief(tables, self.held.begin());
    }

    #[inline]
    fn perceive(&mut self, tables: &Tables<M, T>, evidence: &M::Evidence) {
        let held = &mut self.held;
        held.look();
        held.now = self.by.posterior::<M, T>(tables, &held.before, evidence);
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn look_again(&mut self, belief: &M::Belief, _: &[T]) {
        let held = &mut self.held;
        held.look();
        held.now = *belief;
    }

    #[inline]
    fn advance(&mut self, tables: &Tables<M, T>, moved: Moved<'_, T>, _: &Compat) {
        let held = &mut self.held;
        held.before = held.now;
        match moved {
            // What is negligible need not be walked through, where logarithms are clipped.
            Moved::By(action) => {
                held.now = predict(tables, &clean(held.now, M::META.factors.len()), action);
                held.since = Since::Move;
            }
            Moved::ByOneOf(weights) => {
                held.now = predict_mixture(tables, &held.now, weights);
                held.since = Since::Nothing;
            }
        }
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn belief(&self) -> &M::Belief {
        &self.held.now
    }

    fn outlook(&self) -> &M::Belief {
        self.held.outlook()
    }

    fn believe(&mut self, belief: M::Belief) {
        *self.held.begin() = belief;
    }

    fn settle(&mut self) {
        self.held.settle();
    }

    fn step_back(&mut self) -> bool {
        let back = self.held.take_back();
        if back {
            self.held.now = self.held.before;
        }
        back
    }

    fn write_numbers(&self, numbers: &mut Vec<T>) -> bool {
        write_belief::<M, T>(&self.held.now, numbers);
        true
    }

    fn read_numbers(&mut self, numbers: &[T]) {
        read_belief::<M, T>(self.held.begin(), numbers);
    }

    fn stored(&self) -> PerceptionState<M::Belief, M::Evidence, T> {
        let before = (self.held.since != Since::Nothing).then_some((self.held.before, Vec::new()));
        let moved = self.held.since == Since::Move;
        PerceptionState { belief: self.held.now, joint: Vec::new(), before, moved, past: None }
    }

    fn resume(&mut self, state: PerceptionState<M::Belief, M::Evidence, T>) -> bool {
        let fits = state.past.is_none() && state.are(|belief, joint| believable::<M, T>(belief) && joint.is_empty());
        if fits {
            let since = state.since();
            self.held = Held { now: state.belief, before: state.before.map_or(state.belief, |(before, _)| before), since };
        }
        fits
    }
}
