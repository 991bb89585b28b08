//! What a player chooses: planning in which the other's choice probabilities are a transition, and what the other believes goes along each
//! branch.
//!
//! `Q(b, a) = -g(b_a) + sum_o P(o | b_a) V(b_a,o)`, `V(b) = sum_a softmax(gamma Q)(a) Q(b, a)`, as in sophisticated inference (Friston, Da
//! Costa, Hafner, Hesp & Parr 2021, eq. 8), where `b` is a distribution over states, the other's kind and the other's belief (an
//! interactive belief: Gmytrasiewicz & Doshi 2005). Under `b` the other acts by the probabilities of its own plan at its own belief, one
//! step less deep.

use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;

use super::error::SocietyError;
use super::flat::held;
use super::thinker::Thinker;
use super::thought::{Thought, gathered};
use crate::scalar::{Real, exact_zero, log_sum_exp, softmax};

/// How a choice came about.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Deliberation {
    /// How often the worth of a step was worked out, those that the other was thought to work out included.
    pub evaluations: usize,
    /// The most beliefs of the other that were carried at once.
    pub beliefs: usize,
    /// How probable what was merged beyond the most beliefs that are carried is, summed over all imagined steps; 0: the plan is exact, for what
    /// was thought before it.
    pub merged: f64,
}

/// So many numbers of thoughts, or thereabouts, are remembered from choice to choice.
const MOST_KNOWN: usize = 1 << 21;

/// Who, thinking what, doing what (none: about to choose).
type Key = (usize, u64, Option<usize>);

/// What is known by its key; what is equal by that is compared.
type Known<T, V> = BTreeMap<Key, Vec<(Arc<Thought<T>>, V)>>;

/// A search, and what it remembers of what anybody would choose, and think after an action.
pub(super) struct Search<'a, T: Real> {
    model: &'static str,
    states: usize,
    most: usize,
    pub found: Deliberation,
    choices: Known<T, Arc<[T]>>,
    moved: Known<T, Arc<Thought<T>>>,
    /// What is known is told apart by where a player lies in memory: none may move or go meanwhile.
    players: core::marker::PhantomData<&'a Thinker<T>>,
}

/// Looks something up.
fn look<'k, T: Real, V>(known: &'k Known<T, V>, key: Key, thought: &Thought<T>) -> Option<&'k V> {
    known.get(&key)?.iter().find(|(of, _)| of.same(thought)).map(|(_, value)| value)
}

impl<'a, T: Real> Search<'a, T> {
    /// A search for a player's choice.
    pub fn new(of: &Thinker<T>) -> Self {
        let (model, most) = (of.flat.name, of.options.evaluations);
        Search {
            model,
            states: of.flat.states,
            most,
            found: Deliberation::default(),
            choices: BTreeMap::new(),
            moved: BTreeMap::new(),
            players: core::marker::PhantomData,
        }
    }

    /// Goes on with another choice: what is remembered stays, as long as it is not too much, and nothing was merged in it (that is to be
    /// counted again).
    pub fn anew(&mut self) {
        let found = core::mem::take(&mut self.found);
        let known = (self.choices.len() + self.moved.len()).saturating_mul(self.states);
        if found.merged > 0.0 || known > MOST_KNOWN {
            (self.choices, self.moved) = (BTreeMap::new(), BTreeMap::new());
        }
    }

    fn key(of: &Thinker<T>, thought: &Thought<T>, action: Option<usize>) -> Key {
        (core::ptr::from_ref(of).addr(), thought.hash(), action)
    }

    /// The log-probability of each of a player's own actions; where it is not its turn, of the first alone.
    pub fn choice(&mut self, of: &'a Thinker<T>, thought: &Arc<Thought<T>>) -> Result<Arc<[T]>, SocietyError> {
        let key = Self::key(of, thought, None);
        if let Some(known) = look(&self.choices, key, thought) {
            return Ok(known.clone());
        }
        let flat = &of.flat;
        let mut log_p = vec![T::constant(f64::NEG_INFINITY); flat.own];
        if !of.acts(thought) {
            log_p[0] = T::zero();
        } else {
            let precisions = flat.precisions;
            log_p = flat.habit.iter().map(|&h| if h.is_finite() { precisions.action * h } else { h }).collect();
            if of.plans {
                let strictness = precisions.action * precisions.policy;
                let values = self.values(of, thought, 0)?;
                log_p.iter_mut().zip(values).for_each(|(w, q)| *w += strictness * q);
            }
            let total = log_sum_exp(&log_p);
            log_p.iter_mut().for_each(|w| *w -= total);
            if !exact_zero(precisions.lapse) {
                let (attentive, chance) = (T::one() - precisions.lapse, precisions.lapse / flat.own as f64);
                log_p.iter_mut().for_each(|p| *p = (attentive * p.exp() + chance).ln());
            }
        }
        let choice: Arc<[T]> = log_p.into();
        self.choices.entry(key).or_default().push((thought.clone(), choice.clone()));
        Ok(choice)
    }

    /// How probable each of the other's actions is under each hypothesis.
    fn others(&mut self, of: &'a Thinker<T>, thought: &Thought<T>) -> Result<Vec<Vec<T>>, SocietyError> {
        let mut others = Vec::with_capacity(thought.beliefs());
        for hypothesis in thought.hypotheses() {
            others.push(match of.kinds.get(hypothesis.kind) {
                None => of.flat.expected.clone(),
                Some(kind) => {
                    let choice = self.choice(&kind.mind, &hypothesis.mind)?;
                    let p = |&log: &T| if log.value() == f64::NEG_INFINITY { T::zero() } else { log.exp() };
                    choice.iter().map(p).collect()
                }
            });
        }
        Ok(others)
    }

    /// What a player thinks after an action of its own, before it sees what came of it: the other has acted as it would, and seen what
    /// there is to see.
    pub fn after(
        &mut self,
        of: &'a Thinker<T>,
        thought: &Arc<Thought<T>>,
        action: usize,
    ) -> Result<Arc<Thought<T>>, SocietyError> {
        if !of.carries() {
            return Ok(thought.clone());
        }
        let key = Self::key(of, thought, Some(action));
        if let Some(known) = look(&self.moved, key, thought) {
            return Ok(known.clone());
        }
        let others = self.others(of, thought)?;
        let mut hypotheses = Vec::new();
        for (hypothesis, p) in thought.hypotheses().iter().zip(&others) {
            let from = held(&hypothesis.states);
            let possible = || p.iter().enumerate().filter(|(_, p)| !exact_zero(**p));
            let Some(kind) = of.kinds.get(hypothesis.kind) else {
                // Whatever the other does, there is no mind of it that could tell.
                let mut states = vec![T::zero(); of.flat.states];
                possible().for_each(|(other, &p)| of.flat.advance_onto(&mut states, &from, p, action, other));
                of.see(hypothesis.kind, &hypothesis.mind, states, &mut hypotheses);
                continue;
            };
            for (other, &p) in possible() {
                let mut states = vec![T::zero(); of.flat.states];
                of.flat.advance_onto(&mut states, &from, p, action, other);
                let mind = self.after(&kind.mind, &hypothesis.mind, other)?;
                of.see(hypothesis.kind, &mind, states, &mut hypotheses);
            }
        }
        let after = Arc::new(gathered(hypotheses, of.options.beliefs, &mut self.found.merged));
        self.found.beliefs = self.found.beliefs.max(after.beliefs());
        self.moved.entry(key).or_default().push((thought.clone(), after.clone()));
        Ok(after)
    }

    /// The value Q of each action of a player that thinks so after `step` steps of its plan; of the first alone where it is not its turn.
    pub fn values(&mut self, of: &'a Thinker<T>, thought: &Arc<Thought<T>>, step: usize) -> Result<Vec<T>, SocietyError> {
        let actions = if of.acts(thought) { of.flat.own } else { 1 };
        let goes_on = step + 1 < of.flat.horizon;
        let others = self.others(of, thought)?;
        let mut values = Vec::with_capacity(actions);
        for action in 0..actions {
            self.found.evaluations += 1;
            if self.found.evaluations > self.most {
                return Err(SocietyError::Evaluations { model: self.model, most: self.most });
            }
            values.push(if goes_on {
                // States are moved on once: what is thought afterwards has them.
                let after = self.after(of, thought, action)?;
                of.flat.worth(&after.states(), step) + self.expected_value(of, &after, step + 1)?
            } else {
                of.flat.worth(&expected(of, thought, &others, action), step)
            });
        }
        Ok(values)
    }

    /// The mean of V over what the player may see.
    fn expected_value(&mut self, of: &'a Thinker<T>, predicted: &Thought<T>, step: usize) -> Result<T, SocietyError> {
        let mut mean = T::zero();
        let believed = predicted.states();
        let states = believed.iter().enumerate().filter(|(_, p)| !exact_zero(**p)).map(|(s, _)| s);
        for outcome in of.flat.possible(states) {
            if let Some((thought, p)) = predicted.given(&of.flat.likelihood(outcome)) {
                let values = self.values(of, &Arc::new(thought), step)?;
                let mut q: Vec<T> = values.iter().map(|&v| of.flat.precisions.policy * v).collect();
                softmax(&mut q);
                mean += p * q.iter().zip(&values).fold(T::zero(), |sum, (&q, &v)| sum + q * v);
            }
        }
        Ok(mean)
    }
}

/// How probable each state is after an action.
fn expected<T: Real>(of: &Thinker<T>, thought: &Thought<T>, others: &[Vec<T>], action: usize) -> Vec<T> {
    let mut believed = vec![T::zero(); of.flat.states];
    for (hypothesis, p) in thought.hypotheses().iter().zip(others) {
        let from = held(&hypothesis.states);
        for (other, &p) in p.iter().enumerate().filter(|(_, p)| !exact_zero(**p)) {
            of.flat.advance_onto(&mut believed, &from, p, action, other);
        }
    }
    believed
}
