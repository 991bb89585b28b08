//! Expected free energy of one predicted step, term by term.
//!
//! `-G = sum_m E_q[C_m] + sum_m ( H[q(o_m)] - E_q[H[A_m]] )` (Parr, Pezzulo & Friston 2022, eq. 2.6; one modality at a time, as in the
//! reference implementation), and, where likelihoods or transitions have counts, what the step is expected to teach about them.

use super::information::joint_information_gain;
use super::{Drives, Induction, Problem, Scene};
use crate::model::{GenerativeModel, Marginals, Table, Tables};
use crate::perceive::each_context;
use crate::scalar::{Real, entropy};

/// The terms of the negative expected free energy of one step, in nats.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Terms<T> {
    /// Expected log-preference.
    pub utility: T,
    /// Mutual information between states and outcomes, summed over modalities or of all together.
    pub state_information_gain: T,
    /// What the outcome is expected to teach about the likelihood (A).
    pub likelihood_information_gain: T,
    /// What the move is expected to teach about the transition (B).
    pub transition_information_gain: T,
    /// How much of the belief lies where the goal comes nearer: at most 0.
    pub inductive_value: T,
}

impl<T: Real> Terms<T> {
    pub(crate) fn zero() -> Self {
        let zero = T::zero();
        Terms {
            utility: zero,
            state_information_gain: zero,
            likelihood_information_gain: zero,
            transition_information_gain: zero,
            inductive_value: zero,
        }
    }

    /// The negative expected free energy: the sum of its terms.
    #[inline(always)]
    pub fn total(&self) -> T {
        self.of_belief() + self.transition_information_gain
    }

    /// The terms that depend on the predicted belief alone.
    #[inline(always)]
    fn of_belief(&self) -> T {
        self.utility + self.state_information_gain + self.likelihood_information_gain + self.inductive_value
    }
}

/// The terms of the negative expected free energy of moving from `previous` to `belief` by a joint action, at a step of the policy
/// (from 0). `root` is what is believed now: inductive planning starts there.
pub fn negative_expected_free_energy<M: GenerativeModel<T>, T: Real>(
    tables: &Tables<M, T>,
    drives: &Drives,
    (previous, action, belief): (&M::Belief, usize, &M::Belief),
    step: usize,
    induction: Option<(&Induction, &M::Belief)>,
) -> Terms<T> {
    let mut terms = belief_terms(tables, drives, belief, step, induction);
    if drives.transition_information_gain {
        terms.transition_information_gain = transition_information_gain(tables, previous, action, belief);
    }
    terms
}

/// The same where a scene has it: with preferences of the agent's own.
pub(crate) fn terms_of_move<M: GenerativeModel<T>, T: Real>(
    problem: &Problem<'_, M, T>,
    (previous, action, belief): (&M::Belief, usize, &M::Belief),
    step: usize,
) -> Terms<T> {
    let mut terms = terms_of_belief(problem, belief, step);
    if problem.drives.transition_information_gain {
        terms.transition_information_gain = transition_information_gain(problem.scene.tables, previous, action, belief);
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
    let Scene { tables, belief: root, induction, preferences, .. } = problem.scene;
    terms_with(tables, &problem.drives, belief, step, induction.map(|i| (i, root)), preferences)
}

/// The terms that depend on the predicted belief alone: all but the information gain about transitions.
#[inline]
pub fn belief_terms<M: GenerativeModel<T>, T: Real>(
    tables: &Tables<M, T>,
    drives: &Drives,
    belief: &M::Belief,
    step: usize,
    induction: Option<(&Induction, &M::Belief)>,
) -> Terms<T> {
    terms_with(tables, drives, belief, step, induction, None)
}

#[inline]
fn terms_with<M: GenerativeModel<T>, T: Real>(
    tables: &Tables<M, T>,
    drives: &Drives,
    belief: &M::Belief,
    step: usize,
    induction: Option<(&Induction, &M::Belief)>,
    preferences: Option<&M::Outcomes>,
) -> Terms<T> {
    let mut terms = Terms::zero();
    let mut outcomes = M::Outcomes::zero();
    let separate = drives.state_information_gain && !drives.joint_information_gain;
    M::each_modality(|site| {
        let own = preferences.filter(|_| drives.utility);
        if drives.utility && own.is_none() && tables.is_wanted(site) {
            let expected = tables.utility(site, step);
            let mut sum = T::zero();
            each_context(belief, site.parents, |c, p| sum += p * expected[c]);
            terms.utility += sum;
        }
        let novel = drives.likelihood_information_gain && site.counts.len > 0;
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
            terms.utility += dot(own.probabilities(site.index), q);
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
    if drives.state_information_gain && drives.joint_information_gain {
        terms.state_information_gain = joint_information_gain(tables, belief);
    }
    if let Some((induction, root)) = induction {
        terms.inductive_value = induction.value(root, belief);
    }
    terms
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
