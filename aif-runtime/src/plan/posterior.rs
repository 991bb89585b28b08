//! The belief after an imagined observation, by the agent's own method where that works on one step.

use super::PlanningContext;
use crate::model::{GenerativeModel, MAX_JOINT_STATES, Marginals, entry};
use crate::perceive::clean;
use crate::perceive::{Frame, Whole, fixed_point};
use crate::scalar::Real;

/// The posterior of a predicted belief after outcomes that it holds possible: by fixed-point iteration, else exactly over the joint state
/// of the factors (by fixed-point iteration again where that is too large).
pub(super) fn posterior<M: GenerativeModel<T>, T: Real>(
    scene: &PlanningContext<'_, M, T>,
    predicted: &M::Belief,
    outcomes: &[Option<usize>],
) -> M::Belief {
    let large = M::META.joint_states() > MAX_JOINT_STATES;
    if let Some(sweeps) = scene.objective.inference.sweeps(&M::META).or(large.then(Default::default)) {
        return clean(fixed_point(scene.tables, predicted, &M::evidence(outcomes), sweeps), M::META.factors.len());
    }
    let frame = Whole::<M, T>::new();
    let mut belief = M::Belief::zero();
    let mut mass = T::zero();
    for state in 0..M::META.joint_states() {
        let mut p = (0..frame.factors()).fold(T::one(), |p, f| p * predicted.probabilities(f)[frame.digit(state, f)]);
        M::each_modality(|site| {
            if let Some(o) = outcomes[site.index] {
                p *= entry(scene.tables.likelihood(site), frame.context(state, site.parents), site.outcomes, o);
            }
        });
        mass += p;
        for f in 0..frame.factors() {
            belief.probabilities_mut(f)[frame.digit(state, f)] += p;
        }
    }
    for f in 0..frame.factors() {
        for p in belief.probabilities_mut(f) {
            *p /= mass;
        }
    }
    clean(belief, frame.factors())
}
