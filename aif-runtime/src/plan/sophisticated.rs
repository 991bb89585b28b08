//! Sophisticated inference: a policy chooses its later actions by what will have been observed by then.
//!
//! `Q(b, a) = -g(b_a) + sum_o P(o | b_a) V(b_a,o)`, where `b_a` is the belief after an action, `b_a,o` after the observation `o` too, and
//! `V(b) = sum_a q(a) Q(b, a)` with `q = softmax(gamma Q)` (Friston, Da Costa, Hafner, Hesp & Parr 2021, eq. 8). At the root the habit
//! counts as well: `q(a)` is proportional to `exp(gamma Q + ln E)`.

use alloc::vec;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::gain::terms_of_move;
use super::imagined::Observing;
use super::memory::Memory;
use super::root::imagine;
use super::{Plan, Planner, Problem};
use crate::domain::Domain;
use crate::model::{AtLeastOne, GenerativeModel, ModelError, entry};
use crate::perceive::{Frame, Whole};
use crate::scalar::{Real, softmax, sum};

/// Sophisticated inference with pruning, deepened step by step.
///
/// The agent's own switches, precision, habit, goals and time-indexed preferences count. Outcomes that are too improbable are left out and
/// the others' probabilities scaled up to one; where all are, the belief goes on without an observation. Actions that are too improbable
/// on what one step promises are left out of `V`, never of the root. [`Plan::pruned`] counts both.
///
/// Cost: at most (actions x outcomes) to the power of the horizon. Memory: a joint distribution over states for each modality and step.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sophisticated {
    /// Actions less probable than this on their next step alone are not followed, except at the root. 0 follows all.
    pub action_threshold: f64,
    /// Joint outcomes less probable than this are not followed. 0 follows all.
    pub outcome_threshold: f64,
    /// How often the expected free energy of a step may be worked out; the deepest search that was finished counts.
    pub nodes: usize,
}

impl Default for Sophisticated {
    fn default() -> Self {
        Sophisticated { action_threshold: 1.0 / 16.0, outcome_threshold: 1.0 / 64.0, nodes: 100_000 }
    }
}

impl Sophisticated {
    pub(crate) fn check(&self) -> Result<(), ModelError> {
        for (what, threshold) in [("action", self.action_threshold), ("outcome", self.outcome_threshold)] {
            let what = alloc::format!("the {what} threshold");
            refuse_if!(!(0.0..1.0).contains(&threshold), ModelError::Number { what, value: threshold, expected: "in [0, 1)" });
        }
        refuse_if!(self.nodes == 0, ModelError::Zero(AtLeastOne::SearchNodes));
        Ok(())
    }
}

impl<M: GenerativeModel<T>, T: Real> Planner<M, T> for Sophisticated {
    fn plan(&self, problem: &Problem<'_, M, T>) -> Plan<M, T> {
        #[inline(never)]
        fn from<M: GenerativeModel<T>, T: Real, B: Observing<M, T>, K: Memory<M, T, B>>(
            problem: &Problem<'_, M, T>,
            root: B,
            options: &Sophisticated,
        ) -> Plan<M, T> {
            options.plan_from(problem, &root)
        }
        imagine!(M, problem, from(self))
    }
}

impl Sophisticated {
    fn plan_from<M: GenerativeModel<T>, T: Real, B: Observing<M, T>>(&self, problem: &Problem<'_, M, T>, root: &B) -> Plan<M, T> {
        let weights = problem.weigh(&vec![T::zero(); M::Action::COUNT]);
        let mut plan =
            Plan { weights, nodes: 0, evaluations: 0, depth: 0, pruned: 0, saved: 0, perception: problem.scene.perception() };
        for horizon in 1..=problem.scene.objective.horizon {
            let mut search = Search { problem, options: self, horizon, evaluations: plan.evaluations, pruned: 0, stopped: false };
            let (values, _) = search.values(root, 0);
            (plan.nodes, plan.evaluations) = (search.evaluations, search.evaluations);
            if search.stopped {
                break;
            }
            plan = Plan { weights: problem.weigh(&values), depth: horizon, pruned: search.pruned, ..plan };
        }
        plan
    }
}

struct Search<'a, M: GenerativeModel<T>, T: Real> {
    problem: &'a Problem<'a, M, T>,
    options: &'a Sophisticated,
    horizon: usize,
    evaluations: usize,
    pruned: usize,
    stopped: bool,
}

impl<M: GenerativeModel<T>, T: Real> Search<'_, M, T> {
    /// The value Q of each action from a belief reached after `step` actions, and which of them are followed; the others' values are of
    /// their next step alone.
    fn values<B: Observing<M, T>>(&mut self, belief: &B, step: usize) -> (Vec<T>, Vec<bool>) {
        let mut values = Vec::with_capacity(M::Action::COUNT);
        let open = |action: usize| step > 0 || self.problem.scene.is_open(action);
        for action in 0..M::Action::COUNT {
            if !open(action) {
                values.push(T::zero());
                continue;
            }
            if self.evaluations >= self.options.nodes {
                self.stopped = true;
                return (vec![T::zero(); M::Action::COUNT], vec![true; M::Action::COUNT]);
            }
            self.evaluations += 1;
            let next = belief.after(&self.problem.scene, action);
            let terms = terms_of_move(self.problem, (belief, action, &next), step);
            values.push(terms.total());
        }
        if step + 1 == self.horizon {
            return (values, vec![true; M::Action::COUNT]);
        }
        let followed = self.followed(&values, step);
        for action in (0..M::Action::COUNT).filter(|&a| followed[a] && open(a)) {
            let next = belief.after(&self.problem.scene, action);
            let later = self.expected_value(&next, step + 1);
            values[action] += self.problem.scene.objective.at(1, later);
        }
        (values, followed)
    }

    /// Which actions are followed further.
    fn followed(&mut self, values: &[T], step: usize) -> Vec<bool> {
        let mut q: Vec<T> = values.iter().map(|&v| self.problem.gamma * v).collect();
        softmax(&mut q);
        let best = q.iter().fold(0.0f64, |best, p| best.max(p.value()));
        q.iter()
            .map(|p| {
                let follow = step == 0 || p.value() >= self.options.action_threshold || p.value() == best;
                self.pruned += usize::from(!follow);
                follow
            })
            .collect()
    }

    /// `V` of a belief reached after `step` actions: over the actions that are followed.
    fn value<B: Observing<M, T>>(&mut self, belief: &B, step: usize) -> T {
        let (values, followed) = self.values(belief, step);
        if self.stopped {
            return T::zero();
        }
        let kept: Vec<T> = values.into_iter().zip(followed).filter(|(_, followed)| *followed).map(|(v, _)| v).collect();
        let mut q: Vec<T> = kept.iter().map(|&v| self.problem.gamma * v).collect();
        softmax(&mut q);
        q.iter().zip(&kept).fold(T::zero(), |sum, (&q, &v)| sum + q * v)
    }

    /// The mean of `V` over what may be observed after a predicted belief.
    fn expected_value<B: Observing<M, T>>(&mut self, predicted: &B, step: usize) -> T {
        let joint = predicted.whole(&self.problem.scene);
        let mut outcomes = vec![None; M::META.modalities.len()];
        let (mut sum, mut mass) = (T::zero(), T::zero());
        self.observe(predicted, &joint, 0, &mut outcomes, step, &mut |p, v| {
            sum += p * v;
            mass += p;
        });
        if self.stopped {
            return T::zero();
        }
        if mass.value() > 0.0 { sum / mass } else { self.value(predicted, step) }
    }

    /// Goes through the outcomes of modality `m` and all after it; `joint` weighs states by the outcomes of those before.
    fn observe<B: Observing<M, T>>(
        &mut self,
        predicted: &B,
        joint: &[T],
        m: usize,
        outcomes: &mut Vec<Option<usize>>,
        step: usize,
        found: &mut dyn FnMut(T, T),
    ) {
        if m == outcomes.len() {
            let belief = predicted.given(&self.problem.scene, outcomes);
            let value = self.value(&belief, step);
            return found(sum(joint), value);
        }
        let frame = Whole::<M, T>::new();
        for o in 0..M::META.modalities[m].outcomes.count {
            let mut weighed = joint.to_vec();
            let mut mass = T::zero();
            M::each_modality(|site| {
                if site.index == m {
                    let table = self.problem.scene.tables.likelihood(site);
                    for (s, p) in weighed.iter_mut().enumerate() {
                        *p *= entry(table, frame.context(s, site.parents), site.outcomes, o);
                        mass += *p;
                    }
                }
            });
            if mass.value() == 0.0 || mass.value() < self.options.outcome_threshold {
                self.pruned += usize::from(mass.value() > 0.0);
                continue;
            }
            outcomes[m] = Some(o);
            self.observe(predicted, &weighed, m + 1, outcomes, step, found);
        }
        outcomes[m] = None;
    }
}
