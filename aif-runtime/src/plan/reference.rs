//! The reference implementation's own search for sophisticated inference, number for number, with what this library holds to be wrong in
//! it: for comparison only. [`Sophisticated`](super::Sophisticated) is the planner to use.
//!
//! It ignores the agent's switches, precisions, habit and goals; takes joint outcomes for independent across modalities; does not scale up
//! the outcomes that are left; and gives pruned actions, and every unused place for a child, a constant penalty instead of a value, so that
//! the root's probabilities need not sum to one.

use alloc::vec;
use alloc::vec::Vec;

use super::{Plan, Planner, PlanningObjective, Problem, Terms, belief_terms};
use crate::domain::Domain;
use crate::model::{GenerativeModel, Marginals};
use crate::perceive::{Sweeps, clean, fixed_point, predict, predict_outcomes};
use crate::scalar::{Real, entropy, softmax, sum};

/// The options of the reference implementation's search, by its names.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReferenceSearch {
    /// The most steps.
    pub horizon: usize,
    /// Policies at most this probable are pruned.
    pub policy_prune_threshold: f64,
    /// Joint outcomes at most this probable are pruned.
    pub observation_prune_threshold: f64,
    /// Stops once the entropy of the root's distribution is at most this.
    pub entropy_stop_threshold: f64,
    /// Stops once the root's value is at least this.
    pub neg_efe_stop_threshold: f64,
    /// What a pruned policy is worth, negated.
    pub prune_penalty: f64,
    /// The precision of the search.
    pub gamma: f64,
    /// How many children a node may have.
    pub max_branching: usize,
}

/// What the search found at the root.
#[derive(Clone, Debug, PartialEq)]
pub struct ReferenceTree<T> {
    /// The distribution over first actions; need not sum to one.
    pub probabilities: Vec<T>,
    /// The value of the root.
    pub value: T,
    /// How many steps were looked ahead.
    pub depth: usize,
    /// How often the expected free energy of a step was worked out.
    pub evaluations: usize,
}

/// The one-step value of an action, and the beliefs that may follow with their probabilities.
type Branch<T> = (T, Vec<(T, usize)>);

struct Node<B, T> {
    belief: B,
    level: usize,
    value: T,
    probabilities: Vec<T>,
    /// For each action its one-step value and the beliefs that may follow; `None` when pruned.
    children: Vec<Option<Branch<T>>>,
    alive: bool,
}

impl ReferenceSearch {
    /// Searches from the problem's belief.
    pub fn search<M: GenerativeModel<T>, T: Real>(&self, problem: &Problem<'_, M, T>) -> ReferenceTree<T> {
        let mut tree = vec![self.node::<M, T>(*problem.scene.belief, 0)];
        let (mut depth, mut evaluations) = (0, 0);
        while depth < self.horizon {
            for node in 0..tree.len() {
                if tree[node].alive && tree[node].level == depth {
                    evaluations += self.expand(problem, &mut tree, node);
                }
            }
            for level in (0..=depth).rev() {
                for node in 0..tree.len() {
                    if tree[node].alive && tree[node].level == level {
                        self.back_up(&mut tree, node);
                    }
                }
                mark(&mut tree);
            }
            depth += 1;
            let root = &tree[0].probabilities;
            let undecided = root.iter().all(|p| p.value() == 0.0) || entropy(root).value() > self.entropy_stop_threshold;
            if !(undecided && tree[0].value.value() < self.neg_efe_stop_threshold) {
                break;
            }
        }
        let probabilities = tree[0].probabilities.iter().copied().take(M::Action::COUNT).collect();
        ReferenceTree { probabilities, value: tree[0].value, depth, evaluations }
    }

    fn node<M: GenerativeModel<T>, T: Real>(&self, belief: M::Belief, level: usize) -> Node<M::Belief, T> {
        let probabilities = vec![T::zero(); self.max_branching];
        Node { belief, level, value: T::zero(), probabilities, children: Vec::new(), alive: true }
    }

    fn expand<M: GenerativeModel<T>, T: Real>(
        &self,
        problem: &Problem<'_, M, T>,
        tree: &mut Vec<Node<M::Belief, T>>,
        node: usize,
    ) -> usize {
        let tables = problem.scene.tables;
        let objective = PlanningObjective::new(1, Terms::default().map(T::constant));
        let predicted: Vec<M::Belief> = (0..M::Action::COUNT)
            .map(|a| clean(predict(problem.scene.tables, &tree[node].belief, a), M::META.factors.len()))
            .collect();
        let gains: Vec<T> = predicted.iter().map(|b| belief_terms(tables, &objective, b, 0, None).total()).collect();
        let mut q: Vec<T> = gains.iter().map(|&g| g * self.gamma).collect();
        softmax(&mut q);
        let level = tree[node].level + 1;
        for action in 0..M::Action::COUNT {
            if q[action].value() <= self.policy_prune_threshold {
                tree[node].children.push(None);
                continue;
            }
            let outcomes = predict_outcomes(tables, &predicted[action]);
            let mut followed = Vec::new();
            let mut combination = Vec::new();
            each_combination::<M, T>(&outcomes, T::one(), &mut combination, &mut |p, outcomes| {
                if p.value() > self.observation_prune_threshold {
                    followed.push((p, outcomes.to_vec()));
                }
            });
            followed.truncate(self.max_branching);
            let mut children = Vec::with_capacity(followed.len());
            for (p, outcomes) in followed {
                let belief = fixed_point(tables, &predicted[action], &M::evidence(&outcomes), Sweeps::Parallel(16));
                tree.push(self.node::<M, T>(belief, level));
                children.push((p, tree.len() - 1));
            }
            tree[node].children.push(Some((gains[action], children)));
        }
        M::Action::COUNT
    }

    fn back_up<B, T: Real>(&self, tree: &mut [Node<B, T>], node: usize) {
        let mut values = vec![T::constant(-self.prune_penalty); self.max_branching];
        for (i, child) in tree[node].children.iter().enumerate() {
            if let (Some((gain, children)), Some(to)) = (child, values.get_mut(i))
                && !children.is_empty()
            {
                *to = children.iter().fold(*gain, |sum, &(p, child)| sum + p * tree[child].value);
            }
        }
        let mut q: Vec<T> = values.iter().map(|&v| v * self.gamma).collect();
        softmax(&mut q);
        tree[node].value = q.iter().zip(&values).fold(T::zero(), |sum, (&q, &v)| sum + q * v);
        for (child, q) in tree[node].children.iter_mut().zip(&q) {
            if q.value() < self.policy_prune_threshold {
                *child = None;
            }
        }
        tree[node].probabilities = q;
    }
}

/// Marks the nodes that can still be reached.
fn mark<B, T: Real>(tree: &mut [Node<B, T>]) {
    tree.iter_mut().skip(1).for_each(|node| node.alive = false);
    let mut open = vec![0];
    while let Some(node) = open.pop() {
        tree[node].alive = true;
        open.extend(tree[node].children.iter().flatten().flat_map(|(_, children)| children.iter().map(|(_, child)| *child)));
    }
}

/// Calls `f(probability, outcomes)` for every combination of outcomes, each modality's from the most probable down, as if independent.
fn each_combination<M: GenerativeModel<T>, T: Real>(
    outcomes: &M::Outcomes,
    p: T,
    so_far: &mut Vec<Option<usize>>,
    f: &mut impl FnMut(T, &[Option<usize>]),
) {
    let m = so_far.len();
    if m == M::META.modalities.len() {
        return f(p, so_far);
    }
    let q = outcomes.probabilities(m);
    let sum = sum(q);
    let mut order: Vec<usize> = (0..q.len()).collect();
    order.sort_by(|&a, &b| q[b].value().total_cmp(&q[a].value()));
    for o in order {
        so_far.push(Some(o));
        each_combination::<M, T>(outcomes, p * q[o] / sum, so_far, f);
        so_far.pop();
    }
}

impl<M: GenerativeModel<T>, T: Real> Planner<M, T> for ReferenceSearch {
    fn plan(&self, problem: &Problem<'_, M, T>) -> Plan<M, T> {
        let tree = self.search(problem);
        let mut weights = M::Action::filled(T::constant(f64::NEG_INFINITY));
        for (weight, p) in M::Action::entries_mut(&mut weights).iter_mut().zip(&tree.probabilities) {
            if p.value() > 0.0 {
                *weight = problem.alpha * p.ln();
            }
        }
        Plan {
            weights,
            nodes: tree.evaluations,
            evaluations: tree.evaluations,
            depth: tree.depth,
            pruned: 0,
            saved: 0,
            perception: problem.scene.perception(),
        }
    }
}
