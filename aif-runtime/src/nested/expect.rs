//! What a model expects of where a run below it begins.

use crate::agent::Agent;
use crate::model::{GenerativeModel, Table};
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
    let tables = agent.tables();
    M::each_modality(|site| {
        if site.index != modality {
            return;
        }
        let add = |context: usize, p: T| match tables.likelihood(site) {
            Table::Map(map) => to[usize::from(map[context])] += p,
            Table::Fixed(table) => {
                for (to, &a) in to.iter_mut().zip(&table[context * site.outcomes..]) {
                    *to += p * a;
                }
            }
            Table::Free(table) => {
                for (to, &a) in to.iter_mut().zip(&table[context * site.outcomes..]) {
                    *to += p * a;
                }
            }
            Table::Sparse(_) => unreachable!("only a transition is stored without its zeros"),
        };
        match joints {
            Some(joints) => joints.each_context::<M, T>(agent.perception().joint(), site.parents, add),
            None => each_context(agent.belief(), site.parents, add),
        }
    });
}
