//! A player without its types: its model, how it chooses, and the minds that it holds possible of the other.

use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;

use super::error::SocietyError;
use super::flat::{Flat, held};
use super::options::PlayerOptions;
use super::thought::{Hypothesis, Thought, gathered};
use crate::scalar::{Real, exact_zero};

/// A player's model, its choices at run time, and who the other may be.
#[derive(Clone, Debug)]
pub(super) struct Thinker<T: Real> {
    pub flat: Arc<Flat<T>>,
    pub options: PlayerOptions,
    /// Whether it plans; else it acts by habit.
    pub plans: bool,
    /// In which joint states its action counts; where nothing is said, in all.
    pub turns: Option<Vec<bool>>,
    /// Who the other may be. Of nobody, the other is expected to act by the habit that this player's own model declares.
    pub kinds: Vec<Kind<T>>,
}

/// One that the other may be.
#[derive(Clone, Debug)]
pub(super) struct Kind<T: Real> {
    /// How probable it is beforehand.
    pub prior: T,
    /// Its mind.
    pub mind: Arc<Thinker<T>>,
    /// Which joint state of its model each joint state of the player's is.
    pub view: Vec<u32>,
}

impl<T: Real> Thinker<T> {
    /// How deeply it thinks: 0 acts by habit, 1 expects a habit of the other, 2 that the other does so.
    pub fn depth(&self) -> usize {
        let deepest = self.kinds.iter().map(|kind| kind.mind.depth()).max();
        if self.plans { 1 + deepest.unwrap_or(0) } else { 0 }
    }

    /// Whether it carries a belief: whoever acts by habit at every step needs none.
    pub fn carries(&self) -> bool {
        self.plans || self.turns.is_some()
    }

    /// What it thinks after it has seen so much of each modality.
    ///
    /// # Errors
    /// When that is impossible, whatever the state and the other may be.
    pub fn given(&self, thought: &Arc<Thought<T>>, known: &[Option<usize>]) -> Result<Arc<Thought<T>>, SocietyError> {
        if !self.carries() {
            return Ok(thought.clone());
        }
        let flat = &self.flat;
        // What is impossible already need not be looked at.
        let mut likelihood = vec![T::zero(); flat.states];
        held(&thought.states()).iter().for_each(|&(s, _)| likelihood[s] = flat.evidence(known, s));
        let (after, _) = thought.given(&likelihood).ok_or(SocietyError::Impossible { model: flat.name })?;
        Ok(Arc::new(after))
    }

    /// How probable it holds each kind of other.
    pub fn kinds_in(&self, thought: &Thought<T>) -> Vec<T> {
        let mut kinds = vec![T::zero(); self.kinds.len()];
        for hypothesis in thought.hypotheses().iter().filter(|hypothesis| hypothesis.kind < self.kinds.len()) {
            hypothesis.states.iter().for_each(|&p| kinds[hypothesis.kind] += p);
        }
        kinds
    }

    /// Whether it may be its turn.
    pub fn acts(&self, thought: &Thought<T>) -> bool {
        let Some(turns) = &self.turns else { return true };
        let mut states = thought.hypotheses().iter().flat_map(|hypothesis| hypothesis.states.iter().zip(turns));
        states.any(|(&p, &turn)| turn && p.value() > 0.0)
    }

    /// What it thinks before it has seen anything; the other has seen what there is to see first.
    pub fn begin(&self, merged: &mut f64) -> Thought<T> {
        if !self.carries() {
            return Thought::blank();
        }
        let mut hypotheses = Vec::new();
        if self.kinds.is_empty() {
            let states = self.flat.initial.clone();
            hypotheses.push(Hypothesis { kind: 0, mind: Arc::new(Thought::blank()), states });
        }
        for (k, kind) in self.kinds.iter().enumerate() {
            let mind = kind.mind.begin(merged);
            let states = self.flat.initial.iter().map(|&p| kind.prior * p).collect();
            self.see(k, &Arc::new(mind), states, &mut hypotheses);
        }
        gathered(hypotheses, self.options.beliefs, merged)
    }

    /// Divides one hypothesis by what the other may see in each state: it then believes something else. What the other's model holds
    /// impossible it passes over.
    pub fn see(&self, k: usize, mind: &Arc<Thought<T>>, states: Vec<T>, into: &mut Vec<Hypothesis<T>>) {
        let Some(kind) = self.kinds.get(k).filter(|kind| kind.mind.carries()) else {
            return into.push(Hypothesis { kind: k, mind: mind.clone(), states });
        };
        let views = states.iter().zip(&kind.view).filter(|(p, _)| !exact_zero(**p)).map(|(_, &at)| at as usize);
        for outcome in kind.mind.flat.possible(views) {
            let likelihood = kind.mind.flat.likelihood(outcome);
            let seen: Vec<T> = states.iter().zip(&kind.view).map(|(&p, &at)| p * likelihood[at as usize]).collect();
            if seen.iter().all(|&p| exact_zero(p)) {
                continue;
            }
            let mind = mind.given(&likelihood).map_or_else(|| mind.clone(), |(after, _)| Arc::new(after));
            into.push(Hypothesis { kind: k, mind, states: seen });
        }
    }
}

impl<T: Real> Thinker<T> {
    /// Whether it could think so, and the other what it is held to think: sizes, kinds and minds are its own, weights are weights and sum to 1.
    pub fn could_think(&self, thought: &Thought<T>) -> bool {
        if !self.carries() {
            return thought.hypotheses().is_empty();
        }
        let sound = |hypothesis: &Hypothesis<T>| {
            let weights = hypothesis.states.iter().all(|p| p.value() >= 0.0 && p.is_finite());
            let mind = match self.kinds.get(hypothesis.kind) {
                Some(kind) => kind.mind.could_think(&hypothesis.mind),
                None => self.kinds.is_empty() && hypothesis.kind == 0 && hypothesis.mind.hypotheses().is_empty(),
            };
            hypothesis.states.len() == self.flat.states && weights && mind
        };
        let total: f64 = thought.states().iter().map(|p| p.value()).sum();
        (total - 1.0).abs() < 1e-6 && thought.hypotheses().iter().all(sound)
    }
}
