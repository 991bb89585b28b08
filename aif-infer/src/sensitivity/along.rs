//! Along a sequence: what an agent sees, does and believes at each step, in any scalar.

use aif_runtime::perceive::doubt;
use aif_runtime::{Carried, Domain, GenerativeModel, LifeState, ModelFamily, Real, Setup, Signal};

use super::error::Fault;
use super::objective::Objective;
use super::step::{EvidenceIn, Experience, Step, Terms};
use super::{SetupIn, TablesIn};

/// The state of a life in one scalar.
pub(super) type StateIn<M, T> = LifeState<<M as ModelFamily>::In<T>, T>;

/// Whether a sequence can be perceived.
pub(super) fn check<M: ModelFamily>(sequence: &[Experience<M>]) -> Result<(), Fault> {
    if sequence.is_empty() {
        return Err(Fault { step: 0, what: "the sequence is empty, but needs at least one step".into() });
    }
    for (step, experience) in sequence.iter().enumerate() {
        if let Some(what) = doubt::<M, f64>(&experience.evidence) {
            return Err(Fault { step, what });
        }
        if action_of(experience).is_none() && step + 1 < sequence.len() {
            return Err(Fault { step, what: "an action is missing; only the last step may do without".into() });
        }
    }
    Ok(())
}

/// What was done; where there is only one thing to do, it need not be said.
pub(super) fn action_of<M: ModelFamily>(experience: &Experience<M>) -> Option<M::Action> {
    experience.action.or_else(|| M::Action::from_index(0).filter(|_| M::Action::COUNT == 1))
}

/// In place of an outcome: the number that was measured.
pub(super) const NUMBER: usize = usize::MAX - 1;

/// Evidence in another scalar; each probability of soft evidence, and each weight of likelihood evidence, is what `lift(modality, outcome, number)`
/// makes of it; and so is what was measured, where the outcome is [`NUMBER`].
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
            Signal::Measured(number) => {
                let number = lift(m, NUMBER, number);
                M::In::<T>::set_signal(&mut lifted, m, Signal::Measured(number));
            }
            Signal::Likelihood(weights) => {
                all(weights);
                M::In::<T>::set_signal(&mut lifted, m, Signal::Likelihood(&numbers));
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
