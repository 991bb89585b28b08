//! Perception by message passing over a sliding window of steps.

use alloc::vec::Vec;

use super::held::{Held, Since};
use super::numbers::{read_belief, start_belief, write_belief};
use super::past::Past;
use super::predict::{predict, predict_mixture};
use super::sound::believable;
use super::sweeps::Sweeps;
use super::way::{Carries, Moved, Perceive, PerceptionState, Way};
use super::window::{Gap, Scheme, Window, message_passing};
use crate::compat::Compat;
use crate::model::{AtLeastOne, GenerativeModel, Marginals, Meta, ModelError, Tables};
use crate::scalar::Real;

/// Message passing over the latest steps.
#[derive(Clone, Copy, Debug)]
pub(super) struct Passing {
    pub scheme: Scheme,
    pub window: usize,
    pub sweeps: Sweeps,
}

impl Way for Passing {
    fn words(self, _: &Meta) -> &'static str {
        match self.scheme {
            Scheme::Marginal => "marginal message passing",
            Scheme::Variational => "variational message passing",
        }
    }

    fn check(self, _: &Meta) -> Result<(), ModelError> {
        refuse_if!(self.window == 0, ModelError::Zero(AtLeastOne::Window));
        self.sweeps.check_range()
    }
    fn carries(self, _: &Meta) -> Carries {
        Carries::Window
    }
}

impl Passing {
    pub fn begin<M: GenerativeModel<T>, T: Real>(self, tables: &Tables<M, T>) -> Sliding<M, T> {
        let blank = M::Belief::zero();
        let mut way = Sliding { passing: self, held: Held::new(blank, blank), past: Past::blank(blank) };
        way.restart(tables);
        way
    }
}

/// A window of steps.
#[derive(Clone, Debug)]
pub struct Sliding<M: GenerativeModel<T>, T: Real> {
    passing: Passing,
    held: Held<M::Belief>,
    past: Past<M::Belief, M::Evidence>,
}

impl<M: GenerativeModel<T>, T: Real> Perceive<M, T> for Sliding<M, T> {
    fn restart(&mut self, tables: &Tables<M, T>) {
        start_belief(tables, self.held.begin());
        self.begin_window();
    }

    fn perceive(&mut self, tables: &Tables<M, T>, evidence: &M::Evidence) {
        let (Held { now, before, since }, past) = (&mut self.held, &mut self.past);
        if core::mem::replace(since, Since::Look) != Since::Look {
            *before = *now;
        }
        past.evidence.truncate(past.actions.len());
        past.evidence.push(Some(*evidence));
        let window = Window { prior: &past.prior, evidence: &past.evidence, actions: &past.actions, gap: Gap::Restart };
        message_passing(tables, &window, self.passing.scheme, self.passing.sweeps, &mut past.beliefs);
        if let Some(last) = past.beliefs.last() {
            *now = *last;
        }
    }

    /// Where the action is not known, a new window begins.
    fn advance(&mut self, tables: &Tables<M, T>, moved: Moved<'_, T>, compat: &Compat) {
        let belief = self.held.begin();
        match moved {
            Moved::By(action) => {
                *belief = predict(tables, belief, action);
                self.past.advance(tables, action, self.passing.window, compat, belief);
            }
            Moved::ByOneOf(actions) => {
                *belief = predict_mixture(tables, belief, actions);
                self.begin_window();
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
        self.begin_window();
    }

    /// No move can be taken back.
    fn settle(&mut self) {}

    fn step_back(&mut self) -> bool {
        false
    }

    fn begin_window(&mut self) {
        self.past.begin(self.held.now);
    }

    fn past(&self) -> Option<&Past<M::Belief, M::Evidence>> {
        Some(&self.past)
    }

    fn write_numbers(&self, numbers: &mut Vec<T>) -> bool {
        write_belief::<M, T>(&self.held.now, numbers);
        false
    }

    fn read_numbers(&mut self, numbers: &[T]) {
        read_belief::<M, T>(self.held.begin(), numbers);
        self.begin_window();
    }

    fn stored(&self) -> PerceptionState<M::Belief, M::Evidence, T> {
        let before = (self.held.since == Since::Look).then_some((self.held.before, Vec::new()));
        PerceptionState { belief: self.held.now, joint: Vec::new(), before, moved: false, past: Some(self.past.clone()) }
    }

    fn resume(&mut self, state: PerceptionState<M::Belief, M::Evidence, T>) -> bool {
        let fits = !state.moved && state.are(|belief, joint| believable::<M, T>(belief) && joint.is_empty());
        let since = state.since();
        let Some(past) = state.past.filter(|past| fits && past.fits::<M, T>(self.passing.window)) else { return false };
        self.held = Held { now: state.belief, before: state.before.map_or(state.belief, |(before, _)| before), since };
        self.past = past;
        true
    }
}
