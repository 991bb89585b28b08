//! Hand-given policies: only these are compared.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::gain::terms_of_move;
use super::imagined::{Imagined, imagine};
use super::{Plan, Planner, Problem};
use crate::domain::Domain;
use crate::model::{AtLeastOne, GenerativeModel, ModelError};
use crate::scalar::Real;

/// A list of policies of one length, each a sequence of joint actions, with a habit over them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(
    try_from = "Stored<A>",
    into = "Stored<A>",
    bound(serialize = "A: Domain + Serialize", deserialize = "A: Domain + Deserialize<'de>")
)]
pub struct Policies<A> {
    horizon: usize,
    actions: Vec<A>,
    /// Policies in lexicographic order, so that shared prefixes stand side by side.
    order: Vec<usize>,
    /// Log-weights; empty when all weigh the same.
    habit: Vec<f64>,
}

#[derive(Serialize, Deserialize)]
struct Stored<A> {
    policies: Vec<Vec<A>>,
    /// A forbidden policy has none: JSON knows no infinity.
    habit: Vec<Option<f64>>,
}

impl<A: Domain> TryFrom<Stored<A>> for Policies<A> {
    type Error = ModelError;
    fn try_from(stored: Stored<A>) -> Result<Self, ModelError> {
        let policies = Policies::new(&stored.policies)?;
        let habit: Vec<f64> = stored.habit.into_iter().map(|w| w.unwrap_or(f64::NEG_INFINITY)).collect();
        if habit.is_empty() { Ok(policies) } else { policies.with_habit(&habit) }
    }
}

impl<A: Domain> From<Policies<A>> for Stored<A> {
    fn from(policies: Policies<A>) -> Self {
        let habit = policies.habit.iter().map(|&w| w.is_finite().then_some(w)).collect();
        Stored { policies: policies.iter().map(<[A]>::to_vec).collect(), habit }
    }
}

impl<A: Domain> Policies<A> {
    /// The given policies, all of one length.
    ///
    /// # Errors
    /// When there is none, or their lengths differ or are zero.
    pub fn new<P: AsRef<[A]>>(policies: &[P]) -> Result<Self, ModelError> {
        let horizon = policies.first().map_or(0, |p| p.as_ref().len());
        refuse_if!(horizon == 0, ModelError::Zero(AtLeastOne::Policies));
        let mut actions = Vec::with_capacity(policies.len() * horizon);
        for (i, policy) in policies.iter().enumerate() {
            if policy.as_ref().len() != horizon {
                return Err(ModelError::PolicyLength { policy: i, steps: policy.as_ref().len(), first: horizon });
            }
            actions.extend_from_slice(policy.as_ref());
        }
        let mut order: Vec<usize> = (0..policies.len()).collect();
        let key = |i: usize| actions[i * horizon..(i + 1) * horizon].iter().map(|a: &A| a.index());
        order.sort_by(|&a, &b| key(a).cmp(key(b)));
        Ok(Policies { horizon, actions, order, habit: Vec::new() })
    }

    /// All policies of `horizon` steps that `keep` wants, in lexicographic order (the last step's action runs fastest).
    ///
    /// # Errors
    /// When none is left, or there are more than [`MAX_POLICIES`](super::MAX_POLICIES) to look at.
    pub fn filtered(horizon: usize, mut keep: impl FnMut(&[A]) -> bool) -> Result<Self, ModelError> {
        let count = u32::try_from(horizon).ok().and_then(|h| A::COUNT.checked_pow(h)).filter(|&n| n <= super::MAX_POLICIES);
        let Some(count) = count else {
            return Err(ModelError::Listed { actions: A::COUNT, horizon, most: super::MAX_POLICIES });
        };
        let mut kept: Vec<Vec<A>> = Vec::new();
        let mut policy = Vec::with_capacity(horizon);
        for i in 0..count {
            policy.clear();
            let mut stride = count;
            let mut rest = i;
            for _ in 0..horizon {
                stride /= A::COUNT;
                policy.extend(A::from_index(rest / stride));
                rest %= stride;
            }
            if keep(&policy) {
                kept.push(policy.clone());
            }
        }
        Policies::new(&kept)
    }

    /// The same policies with a log-weight for each, in their order: the habit (E).
    ///
    /// # Errors
    /// When there are not as many as policies, one is infinite or not a number, or all are negative infinity.
    pub fn with_habit(self, habit: &[f64]) -> Result<Self, ModelError> {
        refuse_if!(habit.len() != self.len(), ModelError::LogWeights { found: habit.len(), policies: self.len() });
        if let Some(&value) = habit.iter().find(|w| w.is_nan() || **w == f64::INFINITY) {
            return Err(ModelError::Number { what: "a policy's log-weight".into(), value, expected: "a number below infinity" });
        }
        refuse_if!(habit.iter().all(|&w| w == f64::NEG_INFINITY), ModelError::NoPolicy);
        Ok(Policies { habit: habit.to_vec(), ..self })
    }

    /// How many policies there are.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Whether there are none: never.
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// Their length in steps.
    pub fn horizon(&self) -> usize {
        self.horizon
    }

    /// The policies, one after the other.
    pub fn iter(&self) -> impl Iterator<Item = &[A]> {
        self.actions.chunks(self.horizon)
    }

    /// The first action of a policy; `None` beyond the last.
    pub fn first(&self, policy: usize) -> Option<A> {
        self.actions.get(policy * self.horizon).copied()
    }

    /// The log-weight of a policy.
    pub fn habit(&self, policy: usize) -> f64 {
        self.habit.get(policy).copied().unwrap_or(0.0)
    }

    fn action(&self, policy: usize, step: usize) -> usize {
        self.actions[policy * self.horizon + step].index()
    }

    /// Calls `f(policy, first action, -G(policy))` for every policy, each shared prefix evaluated once; how often the expected free energy
    /// of a step was worked out.
    pub fn each<M: GenerativeModel<T, Action = A>, T: Real>(
        &self,
        problem: &Problem<'_, M, T>,
        mut f: impl FnMut(usize, usize, T),
    ) -> usize {
        #[inline(never)]
        fn all<M: GenerativeModel<T>, T: Real, B: Imagined<M, T>, const N: usize>(
            problem: &Problem<'_, M, T>,
            root: B,
            policies: &Policies<M::Action>,
            f: &mut dyn FnMut(usize, usize, T),
        ) -> usize {
            policies.descend(problem, &policies.order, &root, 0, T::zero(), f)
        }
        imagine!(M, problem, all(self, &mut f))
    }

    fn descend<M: GenerativeModel<T, Action = A>, T: Real, B: Imagined<M, T>>(
        &self,
        problem: &Problem<'_, M, T>,
        policies: &[usize],
        belief: &B,
        step: usize,
        so_far: T,
        f: &mut dyn FnMut(usize, usize, T),
    ) -> usize {
        if step == self.horizon {
            policies.iter().for_each(|&policy| f(policy, self.action(policy, 0), so_far));
            return 0;
        }
        let mut evaluations = 0;
        for same in policies.chunk_by(|&a, &b| self.action(a, step) == self.action(b, step)) {
            let action = self.action(same[0], step);
            let next = belief.after(&problem.scene, action);
            let terms = terms_of_move(problem, (belief, action, &next), step);
            evaluations +=
                1 + self.descend(problem, same, &next, step + 1, so_far + problem.scene.drives.at(step, terms.total()), f);
        }
        evaluations
    }
}

impl<M: GenerativeModel<T>, T: Real> Planner<M, T> for Policies<M::Action> {
    /// The weights of first actions; one that begins no policy has a log-weight of negative infinity. The model's own habit counts where
    /// it is one over first actions. Policies longer than the horizon of the tables find the last step's preferences there.
    fn plan(&self, problem: &Problem<'_, M, T>) -> Plan<M, T> {
        let mut weights = M::Action::filled(T::constant(f64::NEG_INFINITY));
        let precision = problem.gamma * problem.alpha;
        let evaluations = self.each(problem, |policy, first, gain| {
            let own = if problem.habitual { self.habit(policy) } else { 0.0 };
            let own = if own == f64::NEG_INFINITY { T::constant(own) } else { problem.alpha * own };
            let habit = if problem.habit_of_policies() { T::zero() } else { problem.standing(policy, first) };
            let so_far = &mut M::Action::entries_mut(&mut weights)[first];
            *so_far = problem.reduction.add(*so_far, precision * gain + own + habit);
        });
        Plan { weights, nodes: evaluations, evaluations, depth: self.horizon, pruned: 0, perception: problem.scene.perception() }
    }
}
