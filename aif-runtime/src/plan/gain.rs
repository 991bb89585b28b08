//! Expected free energy of one predicted step, term by term.
//!
//! `-G = sum_m E_q[C_m] + sum_m ( H[q(o_m)] - E_q[H[A_m]] )` (Parr, Pezzulo & Friston 2022, eq. 2.6; one modality at a time, as in the
//! reference implementation), and, where likelihoods or transitions have counts, what the step is expected to teach about them.

use super::imagined::{Factored, Imagined};
use super::induction::Induction;
use super::information::information_of;
use super::terms::{Drives, Terms};
use super::{Problem, Scene};
use crate::model::{GenerativeModel, Marginals, Numbers, Table, Tables};
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
    let scene = alone(tables, drives, belief, induction);
    let terms = terms_with(&scene, &Factored(*belief), step);
    with_move(terms, &scene, (&Factored(*previous), action, &Factored(*belief)))
}

/// The terms that depend on the predicted belief alone: all but the information gain about transitions.
pub fn belief_terms<M: GenerativeModel<T>, T: Real>(
    tables: &Tables<M, T>,
    drives: &Drives<T>,
    belief: &M::Belief,
    step: usize,
    induction: Option<(&Induction, &M::Belief)>,
) -> Terms<T> {
    terms_with(&alone(tables, drives, belief, induction), &Factored(*belief), step)
}

/// A scene of a belief, and of a root where plans are made back from goals.
fn alone<'a, M: GenerativeModel<T>, T: Real>(
    tables: &'a Tables<M, T>,
    drives: &'a Drives<T>,
    belief: &'a M::Belief,
    induction: Option<(&'a Induction, &'a M::Belief)>,
) -> Scene<'a, M, T> {
    let root = induction.map_or(belief, |(_, root)| root);
    Scene { induction: induction.map(|(induction, _)| induction), ..Scene::new(tables, root, drives) }
}

/// The same where a problem has it: from what is imagined, with preferences of the agent's own.
pub(super) fn terms_of_move<M: GenerativeModel<T>, T: Real, B: Imagined<M, T>>(
    problem: &Problem<'_, M, T>,
    moved: (&B, usize, &B),
    step: usize,
) -> Terms<T> {
    with_move(terms_with(&problem.scene, moved.2, step), &problem.scene, moved)
}

/// Adds the term that depends on the move, too.
fn with_move<M: GenerativeModel<T>, T: Real, B: Imagined<M, T>>(
    mut terms: Terms<T>,
    scene: &Scene<'_, M, T>,
    moved: (&B, usize, &B),
) -> Terms<T> {
    let drives = scene.drives;
    if drives.on.transition_information_gain {
        terms.transition_information_gain =
            transition_information_gain(scene, moved) * drives.weights().transition_information_gain;
    }
    terms
}

/// The terms that depend on the predicted belief alone, where a problem has it.
#[inline]
pub(super) fn terms_of_belief<M: GenerativeModel<T>, T: Real, B: Imagined<M, T>>(
    problem: &Problem<'_, M, T>,
    belief: &B,
    step: usize,
) -> Terms<T> {
    terms_with(&problem.scene, belief, step)
}

#[inline]
fn terms_with<M: GenerativeModel<T>, T: Real, B: Imagined<M, T>>(scene: &Scene<'_, M, T>, belief: &B, step: usize) -> Terms<T> {
    let Scene { tables, drives, induction, preferences, .. } = *scene;
    let mut terms = Terms::all(T::zero());
    let mut outcomes = M::Outcomes::zero();
    let separate = drives.on.state_information_gain && !drives.joint_information_gain;
    M::each_modality(|site| {
        let own = preferences.filter(|_| drives.on.utility);
        if drives.on.utility && own.is_none() && tables.is_wanted(site) {
            let expected = tables.utility(site, scene.elapsed + step);
            let mut sum = T::zero();
            belief.each_context(scene, site.parents, |c, p| sum += p * expected[c]);
            terms.utility += sum;
        }
        let novel = drives.on.likelihood_information_gain && site.counts.len > 0;
        if !separate && !novel && own.is_none() {
            return;
        }
        let q = outcomes.probabilities_mut(site.index);
        let mut ambiguity = T::zero();
        match tables.likelihood(site) {
            Table::Map(map) => belief.each_context(scene, site.parents, |c, p| q[usize::from(map[c])] += p),
            Table::Sparse(_) => unreachable!("only a transition is stored without its zeros"),
            Table::Fixed(table) => {
                let Table::Fixed(entropies) = tables.ambiguity(site) else { return };
                belief.each_context(scene, site.parents, |c, p| {
                    ambiguity += p * entropies[c];
                    for (q, &a) in q.iter_mut().zip(&table[c * site.outcomes..][..site.outcomes]) {
                        *q += p * a;
                    }
                });
            }
            Table::Free(table) => {
                let Table::Free(entropies) = tables.ambiguity(site) else { return };
                belief.each_context(scene, site.parents, |c, p| {
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
            belief.each_context(scene, site.parents, |c, p| add_row(expected, &novelty[c * site.outcomes..], p));
            terms.likelihood_information_gain += dot(expected, q);
        }
    });
    if drives.on.state_information_gain && drives.joint_information_gain {
        terms.state_information_gain = information_of(scene, belief);
    }
    if let Some(induction) = induction.filter(|_| drives.on.inductive_value) {
        terms.inductive_value = induction.value(scene.belief, &belief.marginals(scene));
    }
    if drives.weighed { terms.weighed(drives.weights()) } else { terms }
}

/// What a move is expected to teach about the transitions: `sum_f q'_f . (W_f q(parents))`.
pub(super) fn transition_information_gain<M: GenerativeModel<T>, T: Real, B: Imagined<M, T>>(
    scene: &Scene<'_, M, T>,
    (previous, action, belief): (&B, usize, &B),
) -> T {
    let mut gain = T::zero();
    let belief = belief.marginals(scene);
    M::each_factor(|site| {
        if site.counts.len == 0 {
            return;
        }
        let novelty = scene.tables.transition_novelty(site, site.local_action(&M::META, action));
        let mut expected = M::Belief::zero();
        let expected = expected.probabilities_mut(site.index);
        previous.each_context(scene, site.parents, |c, p| add_row(expected, &novelty[c * site.states..], p));
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
