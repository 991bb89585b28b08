//! Expected free energy of one predicted step, term by term.
//!
//! `-G = sum_m E_q[C_m] + sum_m ( H[q(o_m)] - E_q[H[A_m]] )` (Parr, Pezzulo & Friston 2022, eq. 2.6; one modality at a time, as in the
//! reference implementation), and, where likelihoods or transitions have counts, what the step is expected to teach about them.

use core::ops::Mul;

use super::apart::splits;
use super::imagined::{Factored, Imagined};
use super::induction::Induction;
use super::information::information_of;
use super::steady::{Kept, Place};
use super::terms::{PlanningObjective, Terms};
use super::{PlanningContext, Problem};
use crate::model::{Beforehand, GenerativeModel, Marginals, ModalitySite, Numbers, Table, Tables};
use crate::perceive::{Focus, SMALL, dot};
use crate::scalar::{Real, entropy};

/// The terms of the negative expected free energy of moving from `previous` to `belief` by a joint action, at a step of the policy
/// (from 0). `root` is what is believed now: inductive planning starts there.
pub fn negative_expected_free_energy<M: GenerativeModel<T>, T: Real>(
    tables: &Tables<M, T>,
    objective: &PlanningObjective<T>,
    (previous, action, belief): (&M::Belief, usize, &M::Belief),
    step: usize,
    induction: Option<(&Induction, &M::Belief)>,
) -> Terms<T> {
    let scene = alone(tables, objective, belief, induction);
    let terms = terms_with(&scene, &Factored::of(*belief), step, (Kept::none(), 0));
    with_move(terms, &scene, (&Factored::of(*previous), action, &Factored::of(*belief)))
}

/// The terms that depend on the predicted belief alone: all but the information gain about transitions.
pub fn belief_terms<M: GenerativeModel<T>, T: Real>(
    tables: &Tables<M, T>,
    objective: &PlanningObjective<T>,
    belief: &M::Belief,
    step: usize,
    induction: Option<(&Induction, &M::Belief)>,
) -> Terms<T> {
    terms_with(&alone(tables, objective, belief, induction), &Factored::of(*belief), step, (Kept::none(), 0))
}

/// A scene of a belief, and of a root where plans are made back from goals.
fn alone<'a, M: GenerativeModel<T>, T: Real>(
    tables: &'a Tables<M, T>,
    objective: &'a PlanningObjective<T>,
    belief: &'a M::Belief,
    induction: Option<(&'a Induction, &'a M::Belief)>,
) -> PlanningContext<'a, M, T> {
    let root = induction.map_or(belief, |(_, root)| root);
    PlanningContext { induction: induction.map(|(induction, _)| induction), ..PlanningContext::new(tables, root, objective) }
}

/// The same where a problem has it: from what is imagined, with preferences of the agent's own.
pub(super) fn terms_of_move<M: GenerativeModel<T>, T: Real, B: Imagined<M, T>>(
    problem: &Problem<'_, M, T>,
    moved: (&B, usize, &B),
    step: usize,
) -> Terms<T> {
    with_move(terms_with(&problem.scene, moved.2, step, (Kept::none(), 0)), &problem.scene, moved)
}

/// Adds the term that depends on the move, too.
fn with_move<M: GenerativeModel<T>, T: Real, B: Imagined<M, T>>(
    mut terms: Terms<T>,
    scene: &PlanningContext<'_, M, T>,
    moved: (&B, usize, &B),
) -> Terms<T> {
    let objective = scene.objective;
    if objective.on.transition_information_gain {
        terms.transition_information_gain =
            transition_information_gain(scene, moved) * objective.weights().transition_information_gain;
    }
    terms
}

/// The terms that depend on the predicted belief alone, where a problem has it.
#[inline]
pub(super) fn terms_of_belief<M: GenerativeModel<T>, T: Real, B: Imagined<M, T>>(
    problem: &Problem<'_, M, T>,
    belief: &B,
    step: usize,
    kept: (Kept<'_, T>, usize),
) -> Terms<T> {
    terms_with(&problem.scene, belief, step, kept)
}

#[inline]
fn terms_with<M: GenerativeModel<T>, T: Real, B: Imagined<M, T>>(
    scene: &PlanningContext<'_, M, T>,
    belief: &B,
    step: usize,
    (mut kept, ahead): (Kept<'_, T>, usize),
) -> Terms<T> {
    let PlanningContext { tables, objective, induction, preferences, .. } = *scene;
    let mut terms = Terms::all(T::zero());
    let separate = objective.on.state_information_gain && !objective.joint_information_gain;
    M::each_modality(|site| {
        if const { splits::<M, T>() } && !scene.has_modality(site.index) {
            return;
        }
        let own = preferences.filter(|_| objective.on.utility).map(|own| own.numbers(site.index));
        let novel = objective.on.likelihood_information_gain && site.counts.len > 0;
        let wanted = objective.on.utility && own.is_none() && tables.is_wanted(site);
        if !separate && !novel && own.is_none() && !wanted {
            return;
        }
        let certain = belief.certain(site);
        let focus = if certain.is_none() { belief.focus(scene, site) } else { None };
        if let Some(context) = certain.or_else(|| focus.as_ref()?.certain()) {
            // Nothing is left to be found out about the state.
            let (utility, taught) = of_one(scene, (site, context), (own, wanted, step), novel);
            terms.utility += utility;
            terms.likelihood_information_gain += taught;
            return;
        }
        let few = focus.as_ref().is_some_and(|focus| focus.reduced && focus.contexts::<M, T>() < SMALL) && site.outcomes <= FEW;
        if site.width > 0 && !novel && separate && !few {
            let preference = own.or_else(|| wanted.then(|| tables.preference(site, scene.elapsed + step)));
            let (utility, gain) = with_table!(tables.rows(site),
                _ => (T::zero(), T::zero()),
                rows => {
                    // Of what is known jointly no part of a modality can be worked out by itself.
                    let place = if B::JOINT && site.beforehand != Beforehand::All { None } else { kept.place(site, ahead) };
                    of_rows(scene, belief, (site, rows), preference, place)
                },
            );
            terms.utility += utility;
            terms.state_information_gain += gain;
            return;
        }
        if few || (site.contexts < SMALL && site.outcomes <= FEW) {
            let (utility, gain, taught) = of_few(scene, (belief, &focus), site, (own, wanted, step), (separate, novel));
            terms.utility += utility;
            terms.state_information_gain += gain;
            terms.likelihood_information_gain += taught;
            return;
        }
        belief.with_weights(scene, site.parents, |weights| {
            if wanted {
                terms.utility += weights.expect(tables.utility(site, scene.elapsed + step));
            }
            if !separate && !novel && own.is_none() {
                return;
            }
            let preference = own;
            let table = tables.likelihood(site);
            if let Table::Map(map) = table
                && weights.most() <= Few::<T>::MOST
            {
                let mut few = Few::new();
                weights.each(|c, p| few.add(map[c], p));
                if let Some(preference) = preference {
                    terms.utility += few.dot(preference);
                }
                if separate {
                    terms.state_information_gain += entropy(few.probabilities());
                }
                return;
            }
            with_room::<M, T>(site, |q| {
                let mut ambiguity = T::zero();
                match (table, tables.ambiguity(site)) {
                    (Table::Map(map), _) => weights.each(|c, p| q[usize::from(map[c])] += p),
                    (Table::Fixed(table), Table::Fixed(entropies)) => {
                        weights.add_rows(table, q);
                        ambiguity = if separate { weights.expect(entropies) } else { ambiguity };
                    }
                    (Table::Free(table), Table::Free(entropies)) => {
                        weights.add_rows(table, q);
                        ambiguity = if separate { weights.expect(entropies) } else { ambiguity };
                    }
                    _ => {}
                }
                if let Some(preference) = preference {
                    terms.utility += dot(q, preference);
                }
                if separate {
                    terms.state_information_gain += entropy(q) - ambiguity;
                }
                if novel {
                    // q(o) . (W q(s)): outcomes and contexts as if independent, as in the reference implementation.
                    let novelty = tables.likelihood_novelty(site);
                    with_room::<M, T>(site, |expected| {
                        weights.add_rows(&novelty, expected);
                        terms.likelihood_information_gain += dot(expected, q);
                    });
                }
            });
        });
    });
    if objective.on.state_information_gain && objective.joint_information_gain {
        terms.state_information_gain = information_of(scene, belief);
    }
    if let Some(induction) = induction.filter(|_| objective.on.inductive_value) {
        terms.inductive_value = induction.value_of(scene.belief, |f, add| {
            if scene.has_factor(f) {
                belief.each_context(scene, &[f], add);
            }
        });
    }
    if objective.weighed { terms.weighed(objective.weights()) } else { terms }
}

/// Utility, and information gain about the likelihood, of one modality in one combination of its parents' states.
#[cfg_attr(not(debug_assertions), inline(always))]
fn of_one<M: GenerativeModel<T>, T: Real>(
    scene: &PlanningContext<'_, M, T>,
    (site, context): (&ModalitySite, usize),
    (own, wanted, step): (Option<&[T]>, bool, usize),
    novel: bool,
) -> (T, T) {
    let tables = scene.tables;
    let mut utility = if wanted { tables.utility(site, scene.elapsed + step)[context] } else { T::zero() };
    let column = context * site.outcomes..(context + 1) * site.outcomes;
    if let Some(own) = own {
        utility += match tables.likelihood(site) {
            Table::Map(map) => own[usize::from(map[context])],
            Table::Fixed(table) => dot(own, &table[column.clone()]),
            Table::Free(table) => dot(own, &table[column.clone()]),
            Table::Sparse(_) => T::zero(),
        };
    }
    let taught = match tables.likelihood(site) {
        Table::Free(table) if novel => dot(&tables.likelihood_novelty(site)[column.clone()], &table[column]),
        _ => T::zero(),
    };
    (utility, taught)
}

/// So many outcomes are few.
const FEW: usize = 16;

/// Utility, information gain about the state and about the likelihood of one modality of few outcomes and combinations: walked through without ado, as
/// part of the caller.
#[cfg_attr(not(debug_assertions), inline(always))]
fn of_few<M: GenerativeModel<T>, T: Real, B: Imagined<M, T>>(
    scene: &PlanningContext<'_, M, T>,
    (belief, focus): (&B, &Option<Focus>),
    site: &ModalitySite,
    (own, wanted, step): (Option<&[T]>, bool, usize),
    (separate, novel): (bool, bool),
) -> (T, T, T) {
    let tables = scene.tables;
    let (mut utility, mut gain, mut taught) = (T::zero(), T::zero(), T::zero());
    if wanted {
        let expected = tables.utility(site, scene.elapsed + step);
        belief.each_that_counts(scene, (site, focus), |c, p| utility += p * expected[c]);
    }
    if !separate && !novel && own.is_none() {
        return (utility, gain, taught);
    }
    let mut room = [T::zero(); FEW];
    let q = &mut room[..site.outcomes];
    let mut ambiguity = T::zero();
    macro_rules! walk {
        ($table:ident, $entropies:ident) => {
            belief.each_that_counts(scene, (site, focus), |c, p| {
                ambiguity += p * $entropies[c];
                for (q, &a) in q.iter_mut().zip(&$table[c * site.outcomes..][..site.outcomes]) {
                    *q += p * a;
                }
            })
        };
    }
    match (tables.likelihood(site), tables.ambiguity(site)) {
        (Table::Map(map), _) => belief.each_that_counts(scene, (site, focus), |c, p| q[usize::from(map[c])] += p),
        (Table::Fixed(table), Table::Fixed(entropies)) => walk!(table, entropies),
        (Table::Free(table), Table::Free(entropies)) => walk!(table, entropies),
        _ => {}
    }
    if let Some(own) = own {
        utility += dot(own, q);
    }
    if separate {
        gain = entropy(q) - ambiguity;
    }
    if novel {
        // q(o) . (W q(s)): outcomes and contexts as if independent, as in the reference implementation.
        let novelty = tables.likelihood_novelty(site);
        let mut expected = [T::zero(); FEW];
        let expected = &mut expected[..site.outcomes];
        belief.each_that_counts(scene, (site, focus), |c, p| {
            for (to, &w) in expected.iter_mut().zip(&novelty[c * site.outcomes..]) {
                *to += p * w;
            }
        });
        taught = dot(expected, q);
    }
    (utility, gain, taught)
}

/// Utility and information gain about the state of one modality whose columns stand in rows, each with its entropy.
#[cfg_attr(not(debug_assertions), inline(always))]
fn of_rows<M: GenerativeModel<T>, T: Real + Mul<S, Output = T>, S: Copy, B: Imagined<M, T>>(
    scene: &PlanningContext<'_, M, T>,
    belief: &B,
    (site, rows): (&ModalitySite, &[S]),
    preference: Option<&[T]>,
    kept: Option<Place<'_, T>>,
) -> (T, T) {
    let judge = |sums: &[T]| {
        let (q, ambiguity) = (&sums[..site.outcomes], sums[site.outcomes]);
        (preference.map_or(T::zero(), |preference| dot(q, preference)), entropy(q) - ambiguity)
    };
    let width = site.width;
    let Some(Place { what, known, room }) = kept else {
        return belief.with_weights(scene, site.parents, |weights| judge(&weights.sum_rows(rows, width)));
    };
    let (steady, moved) = match what {
        Beforehand::First(first) => site.parents.split_at(first),
        Beforehand::From(from) => (&site.parents[from..], &site.parents[..from]),
        Beforehand::None | Beforehand::All => (site.parents, &[][..]),
    };
    if !known {
        belief.with_weights(scene, steady, |weights| match what {
            Beforehand::All => {
                let (utility, gain) = judge(&weights.sum_rows(rows, width));
                room.copy_from_slice(&[utility, gain]);
            }
            Beforehand::First(_) => {
                room.fill(T::zero());
                let len = room.len();
                weights.each(|c, p| {
                    for (to, &x) in room.iter_mut().zip(&rows[c * len..][..len]) {
                        *to += p * x;
                    }
                });
            }
            _ => {
                let stretch = rows.len() / room.len() * width;
                for (to, rows) in room.chunks_exact_mut(width).zip(rows.chunks_exact(stretch)) {
                    to.copy_from_slice(&weights.sum_rows(rows, width)[..width]);
                }
            }
        });
    }
    if let (Beforehand::All, &mut [utility, gain]) = (what, &mut *room) {
        return (utility, gain);
    }
    belief.with_weights(scene, moved, |weights| judge(&weights.sum_rows(room, width)))
}

/// What a move is expected to teach about the transitions: `sum_f q'_f . (W_f q(parents))`.
pub(super) fn transition_information_gain<M: GenerativeModel<T>, T: Real, B: Imagined<M, T>>(
    scene: &PlanningContext<'_, M, T>,
    (previous, action, belief): (&B, usize, &B),
) -> T {
    let mut gain = T::zero();
    let belief = belief.marginals(scene);
    M::each_factor(|site| {
        if site.counts.len == 0 || !scene.has_factor(site.index) {
            return;
        }
        let novelty = scene.tables.transition_novelty(site, site.local_action(&M::META, action));
        let mut expected = M::Belief::zero();
        let expected = expected.probabilities_mut(site.index);
        previous.with_weights(scene, site.parents, |weights| weights.add_rows(&novelty, expected));
        gain += dot(expected, belief.probabilities(site.index));
    });
    gain
}

/// Calls `f` with room for a number for each outcome of a modality, all zero.
#[cfg_attr(not(debug_assertions), inline(always))]
fn with_room<M: GenerativeModel<T>, T: Real>(site: &ModalitySite, f: impl FnOnce(&mut [T])) {
    /// Where there are many outcomes.
    #[inline(never)]
    fn large<M: GenerativeModel<T>, T: Real>(m: usize, f: impl FnOnce(&mut [T])) {
        f(M::Outcomes::zero().probabilities_mut(m));
    }
    match site.outcomes {
        count @ 0..=16 => f(&mut [T::zero(); 16][..count]),
        count @ 17..=64 => f(&mut [T::zero(); 64][..count]),
        _ => large::<M, T>(site.index, f),
    }
}

/// The probabilities of a few outcomes of many.
struct Few<T> {
    outcomes: [u16; 16],
    p: [T; 16],
    count: usize,
}

impl<T: Real> Few<T> {
    const MOST: usize = 16;

    fn new() -> Self {
        Few { outcomes: [0; 16], p: [T::zero(); 16], count: 0 }
    }

    /// Adds to the probability of an outcome.
    fn add(&mut self, outcome: u16, p: T) {
        match self.outcomes[..self.count].iter().position(|&o| o == outcome) {
            Some(place) => self.p[place] += p,
            None => {
                (self.outcomes[self.count], self.p[self.count]) = (outcome, p);
                self.count += 1;
            }
        }
    }

    fn probabilities(&self) -> &[T] {
        &self.p[..self.count]
    }

    fn dot(&self, values: &[T]) -> T {
        let outcomes = self.outcomes[..self.count].iter().zip(&self.p);
        outcomes.fold(T::zero(), |sum, (&o, &p)| sum + p * values[usize::from(o)])
    }
}
