//! Expected free energy of one predicted step, term by term.
//!
//! `-G = sum_m E_q[C_m] + sum_m ( H[q(o_m)] - E_q[H[A_m]] )` (Parr, Pezzulo & Friston 2022, eq. 2.6; one modality at a time, as in the
//! reference implementation), and, where likelihoods or transitions have counts, what the step is expected to teach about them.

use super::induction::Induction;
use super::information::joint_information_gain;
use super::terms::{Drives, Terms};
use super::{Problem, Scene};
use crate::model::{GenerativeModel, Marginals, Numbers, Table, Tables};
use crate::perceive::each_context;
use crate::scalar::{Real, entropy};

/// The terms of the negative expected free energy of moving from `previous` to `belief` by a joint action, at a step of the policy
/// (from 0). `root` is what is believed now: inductive planning starts there.
pub fn negative_expected_free_energy<M: GenerativeModel<T>, T: Real>(
    tables: &Tables<M, T>,
    drives: &Drives<T>,
    (previous, action, belief): (&M::Belief, usize, &M::Belief),
    step: usize,
    induction: Option<(&Induction, &M::Belief)>,
) -> Terms<T> {
    with_move(belief_terms(tables, drives, belief, step, induction), tables, drives, (previous, action, belief))
}

/// The same where a scene has it: with preferences of the agent's own.
pub(crate) fn terms_of_move<M: GenerativeModel<T>, T: Real>(
    problem: &Problem<'_, M, T>,
    moved: (&M::Belief, usize, &M::Belief),
    step: usize,
) -> Terms<T> {
    with_move(terms_of_belief(problem, moved.2, step), problem.scene.tables, problem.scene.drives, moved)
}

/// Adds the term that depends on the move, too.
fn with_move<M: GenerativeModel<T>, T: Real>(
    mut terms: Terms<T>,
    tables: &Tables<M, T>,
    drives: &Drives<T>,
    (previous, action, belief): (&M::Belief, usize, &M::Belief),
) -> Terms<T> {
    if drives.on.transition_information_gain {
        terms.transition_information_gain =
            transition_information_gain(tables, previous, action, belief) * drives.weights().transition_information_gain;
    }
    terms
}

/// The terms that depend on the predicted belief alone, where a scene has it.
#[inline]
pub(super) fn terms_of_belief<M: GenerativeModel<T>, T: Real>(
    problem: &Problem<'_, M, T>,
    belief: &M::Belief,
    step: usize,
) -> Terms<T> {
    let Scene { tables, belief: root, drives, induction, preferences, .. } = problem.scene;
    terms_with(tables, drives, belief, step, induction.map(|i| (i, root)), preferences)
}

/// The terms that depend on the predicted belief alone: all but the information gain about transitions.
#[inline]
pub fn belief_terms<M: GenerativeModel<T>, T: Real>(
    tables: &Tables<M, T>,
    drives: &Drives<T>,
    belief: &M::Belief,
    step: usize,
    induction: Option<(&Induction, &M::Belief)>,
) -> Terms<T> {
    terms_with(tables, drives, belief, step, induction, None)
}

#[inline]
fn terms_with<M: GenerativeModel<T>, T: Real>(
    tables: &Tables<M, T>,
    drives: &Drives<T>,
    belief: &M::Belief,
    step: usize,
    induction: Option<(&Induction, &M::Belief)>,
    preferences: Option<&M::Preferences>,
) -> Terms<T> {
    let mut terms = Terms::all(T::zero());
    let mut outcomes = M::Outcomes::zero();
    let separate = drives.on.state_information_gain && !drives.joint_information_gain;
    M::each_modality(|site| {
        let own = preferences.filter(|_| drives.on.utility);
        if drives.on.utility && own.is_none() && tables.is_wanted(site) {
            let expected = tables.utility(site, step);
            let mut sum = T::zero();
            each_context(belief, site.parents, |c, p| sum += p * expected[c]);
            terms.utility += sum;
        }
        let novel = drives.on.likelihood_information_gain && site.counts.len > 0;
        if !separate && !novel && own.is_none() {
            return;
        }
        let q = outcomes.probabilities_mut(site.index);
        let mut ambiguity = T::zero();
        match tables.likelihood(site) {
            Table::Map(map) => each_context(belief, site.parents, |c, p| q[usize::from(map[c])] += p),
            Table::Fixed(table) => {
                let Table::Fixed(entropies) = tables.ambiguity(site) else { return };
                each_context(belief, site.parents, |c, p| {
                    ambiguity += p * entropies[c];
                    for (q, &a) in q.iter_mut().zip(&table[c * site.outcomes..][..site.outcomes]) {
                        *q += p * a;
                    }
                });
            }
            Table::Free(table) => {
                let Table::Free(entropies) = tables.ambiguity(site) else { return };
                each_context(belief, site.parents, |c, p| {
                    ambiguity += p * entropies[c];
                    for (q, &a) in q.iter_mut().zip(&table[c * site.outcomes..][..site.outcomes]) {
                        *q += p * a;
                    }
                });
            }
        }
        if let Some(own) = own {
            terms.utility += dot(own.numbers(site.index), q);
        }
        if separate {
            terms.state_information_gain += entropy(q) - ambiguity;
        }
        if novel {
            // q(o) . (W q(s)): outcomes and contexts as if independent, as in the reference implementation.
            let novelty = tables.likelihood_novelty(site);
            let mut expected = M::Outcomes::zero();
            let expected = expected.probabilities_mut(site.index);
            each_context(belief, site.parents, |c, p| add_row(expected, &novelty[c * site.outcomes..], p));
            terms.likelihood_information_gain += dot(expected, q);
        }
    });
    if drives.on.state_information_gain && drives.joint_information_gain {
        terms.state_information_gain = joint_information_gain(tables, belief);
    }
    if let Some((induction, root)) = induction.filter(|_| drives.on.inductive_value) {
        terms.inductive_value = induction.value(root, belief);
    }
    if drives.weighed { terms.weighed(drives.weights()) } else { terms }
}

/// What a move is expected to teach about the transitions: `sum_f q'_f . (W_f q(parents))`.
pub(super) fn transition_information_gain<M: GenerativeModel<T>, T: Real>(
    tables: &Tables<M, T>,
    previous: &M::Belief,
    action: usize,
    belief: &M::Belief,
) -> T {
    let mut gain = T::zero();
    M::each_factor(|site| {
        if site.counts.len == 0 {
            return;
        }
        let novelty = tables.transition_novelty(site, site.local_action(&M::META, action));
        let mut expected = M::Belief::zero();
        let expected = expected.probabilities_mut(site.index);
        each_context(previous, site.parents, |c, p| add_row(expected, &novelty[c * site.states..], p));
        gain += dot(expected, belief.probabilities(site.index));
    });
    gain
}

/// Adds `p` times a row: sums over rows first run side by side, sums along them would wait for each other.
#[inline(always)]
fn add_row<T: Real>(to: &mut [T], row: &[T], p: T) {
    for (to, &w) in to.iter_mut().zip(row) {
        *to += p * w;
    }
}

#[inline(always)]
fn dot<T: Real>(a: &[T], b: &[T]) -> T {
    a.iter().zip(b).fold(T::zero(), |sum, (&a, &b)| sum + a * b)
}
