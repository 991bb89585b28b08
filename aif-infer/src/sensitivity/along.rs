//! Along a sequence: what an agent sees, does and believes at each step, in any scalar.

use std::fmt;

use aif_runtime::model::Marginals;
use aif_runtime::perceive::{FreeEnergy, credible, free_energy, predict_outcomes};
use aif_runtime::scalar::x_ln_y;
use aif_runtime::{Carried, Domain, GenerativeModel, LifeState, ModelFamily, Real, Setup, Signal};

use super::error::Fault;
use super::{Evaluation, Objective, SetupIn, TablesIn, Value};

/// A belief in one scalar.
pub type BeliefIn<M, T> = <<M as ModelFamily>::In<T> as GenerativeModel<T>>::Belief;
/// Evidence in one scalar.
pub type EvidenceIn<M, T> = <<M as ModelFamily>::In<T> as GenerativeModel<T>>::Evidence;
/// The state of a life in one scalar.
pub(super) type StateIn<M, T> = LifeState<<M as ModelFamily>::In<T>, T>;

/// What an agent sees at one step, and does then.
pub struct Experience<M: GenerativeModel> {
    /// What is seen: each modality seen, soft or missing.
    pub evidence: M::Evidence,
    /// What is done then; may be left out at the last step, and where there is only one thing to do.
    pub action: Option<M::Action>,
}

impl<M: GenerativeModel> Clone for Experience<M> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<M: GenerativeModel> Copy for Experience<M> {}

impl<M: GenerativeModel> fmt::Debug for Experience<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let action = self.action.map(Domain::label);
        f.debug_struct("Experience").field("evidence", &self.evidence).field("action", &action).finish()
    }
}

/// One step of a sequence, as the agent has it.
pub struct Step<'a, M: ModelFamily, T: Real> {
    /// The model's tables.
    pub tables: &'a TablesIn<M, T>,
    /// Which step it is, from 0.
    pub index: usize,
    /// How many steps the sequence has.
    pub steps: usize,
    /// What was believed before this step's evidence: the initial state, then what the transitions let expect.
    pub prior: &'a BeliefIn<M, T>,
    /// What is believed after it.
    pub belief: &'a BeliefIn<M, T>,
    /// What is seen.
    pub evidence: &'a EvidenceIn<M, T>,
    /// What is done then.
    pub action: Option<M::Action>,
}

impl<M: ModelFamily, T: Real> Step<'_, M, T> {
    /// The variational free energy of the belief, given its prior and the evidence, in nats.
    pub fn free_energy(&self) -> FreeEnergy<T> {
        free_energy(self.tables, self.belief, self.prior, self.evidence)
    }

    /// How far what is seen is from what the prior let expect: `KL(o || A prior)`, summed over the modalities of which something is known, in
    /// nats. For an outcome that was seen it is its surprise, `-ln A prior`.
    pub fn divergence(&self) -> T {
        let expected = predict_outcomes(self.tables, self.prior);
        let mut sum = T::zero();
        for m in 0..M::META.modalities.len() {
            let expected = expected.probabilities(m);
            match M::In::<T>::signal(self.evidence, m) {
                Signal::Missing => {}
                Signal::Seen(o) => sum -= x_ln_y(T::one(), expected[o]),
                Signal::Soft(p) => {
                    for (&p, &expected) in p.iter().zip(expected) {
                        sum += x_ln_y(p, p) - x_ln_y(p, expected);
                    }
                }
                // Both are mixed with the uniform distribution, as in its likelihood.
                Signal::Faint(p, weight) => {
                    let chance = (T::one() - weight) / p.len() as f64;
                    for (&p, &expected) in p.iter().zip(expected) {
                        sum += x_ln_y(p, p) - x_ln_y(p, weight * expected + chance);
                    }
                }
            }
        }
        sum
    }
}

/// The terms of an objective at all steps of a sequence.
#[derive(Clone, Copy, Debug)]
pub struct Terms<'a, T> {
    numbers: &'a [T],
    width: usize,
}

impl<'a, T: Real> Terms<'a, T> {
    /// From numbers, `[step][term]`, with `width` terms a step.
    pub(super) fn new(numbers: &'a [T], width: usize) -> Self {
        Terms { numbers, width }
    }

    /// The number of steps.
    pub fn steps(&self) -> usize {
        self.numbers.len().checked_div(self.width).unwrap_or(0)
    }

    /// A term at a step; zero beyond the last.
    pub fn at(&self, step: usize, term: usize) -> T {
        let place = step.checked_mul(self.width).and_then(|at| at.checked_add(term)).filter(|_| term < self.width);
        place.and_then(|place| self.numbers.get(place)).copied().unwrap_or(T::zero())
    }

    /// The mean of a term over all steps.
    pub fn mean(&self, term: usize) -> T {
        self.mean_from(term, 0)
    }

    /// The mean of a term over the steps from `first` on; zero where there are none.
    pub fn mean_from(&self, term: usize, first: usize) -> T {
        let sum = (first..self.steps()).fold(T::zero(), |sum, step| sum + self.at(step, term));
        sum / self.steps().saturating_sub(first).max(1) as f64
    }
}

/// Whether a sequence can be perceived.
pub(super) fn check<M: ModelFamily>(sequence: &[Experience<M>]) -> Result<(), Fault> {
    if sequence.is_empty() {
        return Err(Fault { step: 0, what: "the sequence is empty, but needs at least one step".into() });
    }
    for (step, experience) in sequence.iter().enumerate() {
        if !credible::<M, f64>(&experience.evidence) {
            return Err(Fault { step, what: incredible::<M>(&experience.evidence) });
        }
        if action_of(experience).is_none() && step + 1 < sequence.len() {
            return Err(Fault { step, what: "an action is missing; only the last step may do without".into() });
        }
    }
    Ok(())
}

/// What is wrong with evidence, in words: the first modality of which something is known that is no distribution.
fn incredible<M: ModelFamily>(evidence: &M::Evidence) -> String {
    for (m, modality) in M::META.modalities.iter().enumerate() {
        let mut alone = M::evidence(&[]);
        M::set_signal(&mut alone, m, M::signal(evidence, m));
        if let (false, Signal::Soft(p) | Signal::Faint(p, _)) = (credible::<M, f64>(&alone), M::signal(&alone, m)) {
            let sum: f64 = p.iter().sum();
            return format!(
                "what is known of `{}` is {p:?}, which sums to {sum}: probabilities of at least 0 are expected, and a sum of 1 (to 1e-6)",
                modality.name
            );
        }
    }
    format!("what is known of an observation of {} is no distribution: {evidence:?}", M::META.name)
}

/// What was done; where there is only one thing to do, it need not be said.
pub(super) fn action_of<M: ModelFamily>(experience: &Experience<M>) -> Option<M::Action> {
    experience.action.or_else(|| M::Action::from_index(0).filter(|_| M::Action::COUNT == 1))
}

/// Evidence in another scalar; each probability of soft evidence is what `lift(modality, outcome, probability)` makes of it.
pub(super) fn lift_evidence<M: ModelFamily, T: Real>(
    evidence: &M::Evidence,
    mut lift: impl FnMut(usize, usize, f64) -> T,
) -> EvidenceIn<M, T> {
    let mut lifted = M::In::<T>::evidence(&[]);
    let mut numbers = Vec::new();
    for m in 0..M::META.modalities.len() {
        let mut all = |p: &[f64]| {
            numbers.clear();
            numbers.extend(p.iter().enumerate().map(|(o, &p)| lift(m, o, p)));
        };
        match M::signal(evidence, m) {
            Signal::Missing => {}
            Signal::Seen(o) => M::In::<T>::set_signal(&mut lifted, m, Signal::Seen(o)),
            Signal::Soft(p) => {
                all(p);
                M::In::<T>::set_signal(&mut lifted, m, Signal::Soft(&numbers));
            }
            Signal::Faint(p, weight) => {
                all(p);
                M::In::<T>::set_signal(&mut lifted, m, Signal::Faint(&numbers, T::constant(weight)));
            }
        }
    }
    lifted
}

/// Lives through what is seen at one step, and adds the terms of the objective to `terms`.
pub(super) fn observe<M: ModelFamily, O: Objective<M>, T: Real>(
    (setup, objective): (&SetupIn<M, T>, &O),
    state: &mut StateIn<M, T>,
    (index, steps): (usize, usize),
    (evidence, action): (&EvidenceIn<M, T>, Option<M::Action>),
    terms: &mut Vec<T>,
) {
    let prior = *state.belief();
    setup.observe(state, evidence);
    let from = terms.len();
    terms.resize(from + O::TERMS.len(), T::zero());
    let tables: &TablesIn<M, T> = &setup.ground(state).tables;
    let step = Step { tables, index, steps, prior: &prior, belief: state.belief(), evidence, action };
    objective.terms(&step, &mut terms[from..]);
}

/// Moves on under what is done at a step; whether anything is.
pub(super) fn act<M: ModelFamily, T: Real>(
    setup: &Setup<M::In<T>, T>,
    state: &mut StateIn<M, T>,
    experience: &Experience<M>,
) -> bool {
    let action = action_of(experience);
    if let Some(action) = action {
        setup.act(state, Carried::Action(action.index()), None);
    }
    action.is_some()
}

/// Lives a whole sequence: the terms of all steps, of which `lift` makes the evidence; `visit` sees the state before and after each step's
/// evidence.
pub(super) fn live<M: ModelFamily, O: Objective<M>, T: Real>(
    (setup, objective): (&SetupIn<M, T>, &O),
    sequence: &[Experience<M>],
    mut lift: impl FnMut(usize, usize, usize, f64) -> T,
    mut visit: impl FnMut(&StateIn<M, T>, bool),
) -> Vec<T> {
    let mut state = setup.begin();
    let mut terms = Vec::with_capacity(sequence.len() * O::TERMS.len());
    for (index, experience) in sequence.iter().enumerate() {
        let evidence = lift_evidence::<M, T>(&experience.evidence, |m, o, p| lift(index, m, o, p));
        visit(&state, false);
        let place = (index, sequence.len());
        observe((setup, objective), &mut state, place, (&evidence, experience.action), &mut terms);
        visit(&state, true);
        act(setup, &mut state, experience);
    }
    terms
}

/// The objective along a sequence.
pub(super) fn value<M: ModelFamily, O: Objective<M>, T: Real>(
    of: &Evaluation<M, O, T>,
    sequence: &[Experience<M>],
) -> Result<Value<T>, Fault> {
    let terms = live((&of.setup, &of.objective), sequence, |_, _, _, p| T::constant(p), |_, _| {});
    let total = total::<M, O, T>(&of.objective, &terms)?;
    Ok(Value { total, terms, width: O::TERMS.len() })
}

/// Puts the terms of all steps together.
pub(super) fn total<M: ModelFamily, O: Objective<M>, T: Real>(objective: &O, terms: &[T]) -> Result<T, Fault> {
    let total = objective.total(&Terms::new(terms, O::TERMS.len()));
    let mut whole = true;
    total.bits(|bits| whole &= f64::from_bits(bits).is_finite());
    if whole {
        return Ok(total);
    }
    let bad = terms.iter().position(|x| !x.is_finite());
    let what = match bad {
        Some(at) => format!("the term `{}` is {}", O::TERMS[at % O::TERMS.len()], terms[at].value()),
        None if total.is_finite() => "a derivative of the objective is no finite number".into(),
        None => format!("the objective is {}, though all its terms are finite", total.value()),
    };
    Err(Fault { step: bad.map_or(0, |at| at / O::TERMS.len()), what })
}
