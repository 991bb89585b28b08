//! What a model expects of where a run below it begins, and what it is set up with where nothing is said.

use crate::agent::Agent;
use crate::model::{GenerativeModel, Inputs, ModelError};
use crate::perceive::{Joints, each_context};
use crate::scalar::Real;

/// The outcomes of a modality that an agent expects, from the joint distributions where it has them.
pub(super) fn expected<M: GenerativeModel<T>, T: Real>(
    agent: &Agent<M, T>,
    joints: Option<&Joints>,
    modality: usize,
    to: &mut [T],
) {
    to.fill(T::zero());
    M::each_modality(|site| {
        if site.index != modality {
            return;
        }
        with_table!(agent.tables().likelihood(site),
            map => each_believed(agent, joints, site.parents, |context, p| to[usize::from(map[context])] += p),
            table => each_believed(agent, joints, site.parents, |context, p| {
                for (to, &a) in to.iter_mut().zip(&table[context * site.outcomes..]) {
                    *to += p * a;
                }
            }),
        );
    });
}

/// Calls `visit(combination of states, probability)` for every combination of some factors that an agent holds possible.
pub(super) fn each_believed<M: GenerativeModel<T>, T: Real>(
    agent: &Agent<M, T>,
    joints: Option<&Joints>,
    parents: &[usize],
    visit: impl FnMut(usize, T),
) {
    match joints {
        Some(joints) => joints.each_context::<M, T>(agent.perception().joint(), parents, visit),
        None => each_context(agent.belief(), parents, visit),
    }
}

/// The first value of every input; zero of every number.
pub(super) fn first_inputs<M: GenerativeModel<T>, T: Real>() -> Result<M::Inputs, ModelError> {
    let inputs = M::Inputs::from_numbers(&alloc::vec![0.0; M::META.inputs.len()]);
    inputs.ok_or(ModelError::Level { model: M::META.name, what: "has inputs without a first value" })
}
