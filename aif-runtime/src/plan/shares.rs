//! What each modality by itself adds to the utility and the state information gain of a step: for showing reasons, not for planning.

use super::imagined::Imagined;
use super::memory::Memory;
use super::root::imagine;
use super::terms::Terms;
use super::{PlanningContext, Problem};
use crate::model::{GenerativeModel, Marginals, ModalitySite, Numbers, Table};
use crate::perceive::dot;
use crate::scalar::{Real, entropy};

impl<M: GenerativeModel<T>, T: Real> Problem<'_, M, T> {
    /// Calls `f` with the utility and the state information gain that each modality, in the order of the declaration, adds to the terms of the
    /// next step under an action.
    pub(crate) fn next_by_modality(&self, action: usize, f: &mut dyn FnMut(Terms<T>)) {
        #[inline(never)]
        fn shares<M: GenerativeModel<T>, T: Real, B: Imagined<M, T>, K: Memory<M, T, B>>(
            problem: &Problem<'_, M, T>,
            root: B,
            (action, f): (usize, &mut dyn FnMut(Terms<T>)),
        ) {
            let next = root.after(&problem.scene, action);
            M::each_modality(|site| f(share(problem, &next, site)));
        }
        let with = (action, f);
        imagine!(blind M, self, shares(with))
    }
}

/// What one modality adds under a predicted belief, times the weights of the terms.
fn share<M: GenerativeModel<T>, T: Real, B: Imagined<M, T>>(
    problem: &Problem<'_, M, T>,
    belief: &B,
    site: &ModalitySite,
) -> Terms<T> {
    let scene = &problem.scene;
    let (tables, objective) = (scene.tables, scene.objective);
    let mut outcomes = M::Outcomes::zero();
    let q = outcomes.probabilities_mut(site.index);
    let mut ambiguity = T::zero();
    belief.with_weights(scene, site.parents, |weights| match (tables.likelihood(site), tables.ambiguity(site)) {
        (Table::Map(map), _) => weights.each(|c, p| q[usize::from(map[c])] += p),
        (Table::Fixed(table), Table::Fixed(entropies)) => {
            weights.add_rows(table, q);
            ambiguity = weights.expect(entropies);
        }
        (Table::Free(table), Table::Free(entropies)) => {
            weights.add_rows(table, q);
            ambiguity = weights.expect(entropies);
        }
        _ => {}
    });
    let preference = match scene.preferences {
        Some(own) => own.numbers(site.index),
        None => tables.preference(site, scene.elapsed),
    };
    let mut terms = Terms::all(T::zero());
    terms.utility = if objective.on.utility { dot(q, preference) } else { T::zero() };
    terms.state_information_gain = if objective.on.state_information_gain { entropy(q) - ambiguity } else { T::zero() };
    terms.weighed(objective.weights())
}
