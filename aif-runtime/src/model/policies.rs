//! Hand-given policies: a list, declared by a model or given to an agent; only these are compared.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::error::ModelError;
use super::limits::AtLeastOne;
use super::meta::MAX_POLICIES;
use crate::domain::Domain;

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
    carried_on: bool,
}

#[derive(Serialize, Deserialize)]
struct Stored<A> {
    carried_on: bool,
    policies: Vec<Vec<A>>,
    /// A forbidden policy has none: JSON knows no infinity.
    habit: Vec<Option<f64>>,
}

impl<A: Domain> TryFrom<Stored<A>> for Policies<A> {
    type Error = ModelError;
    fn try_from(stored: Stored<A>) -> Result<Self, ModelError> {
        let mut policies = Policies::new(&stored.policies)?;
        policies.carried_on = stored.carried_on;
        let habit: Vec<f64> = stored.habit.into_iter().map(|w| w.unwrap_or(f64::NEG_INFINITY)).collect();
        if habit.is_empty() { Ok(policies) } else { policies.with_habit(&habit) }
    }
}

impl<A: Domain> From<Policies<A>> for Stored<A> {
    fn from(policies: Policies<A>) -> Self {
        let habit = policies.habit.iter().map(|&w| w.is_finite().then_some(w)).collect();
        Stored { policies: policies.iter().map(<[A]>::to_vec).collect(), habit, carried_on: policies.carried_on }
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
        Ok(Policies { horizon, actions, order, habit: Vec::new(), carried_on: false })
    }

    /// All policies of `horizon` steps that `keep` wants, in lexicographic order (the last step's action runs fastest).
    ///
    /// # Errors
    /// When none is left, or there are more than [`MAX_POLICIES`](crate::plan::MAX_POLICIES) to look at.
    pub fn filtered(horizon: usize, mut keep: impl FnMut(&[A]) -> bool) -> Result<Self, ModelError> {
        let count = u32::try_from(horizon).ok().and_then(|h| A::COUNT.checked_pow(h)).filter(|&n| n <= MAX_POLICIES);
        let Some(count) = count else {
            return Err(ModelError::Listed { actions: A::COUNT, horizon, most: MAX_POLICIES });
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

    /// The same policies, each carried to its end: once the first actions of one are done, only those that began so are compared, by the steps that
    /// are left of them. After its last step, after an action that begins none, and in a new block, all are compared anew.
    ///
    /// Otherwise all are compared anew at every step, from their first actions.
    pub fn carry_on(self) -> Self {
        Policies { carried_on: true, ..self }
    }

    /// Whether policies are carried to their ends.
    pub fn is_carried_on(&self) -> bool {
        self.carried_on
    }

    /// Whether, after these actions of a policy, one that began so goes on: policies are carried to their ends, and one that is not forbidden has
    /// steps left.
    pub(crate) fn goes_on(&self, done: &[usize]) -> bool {
        let allowed = |&policy: &usize| self.habit(policy) > f64::NEG_INFINITY;
        self.carried_on && done.len() < self.horizon && self.begun(done).iter().any(allowed)
    }

    /// The policies that begin with these actions, in lexicographic order.
    pub(crate) fn begun(&self, done: &[usize]) -> &[usize] {
        let of = |policy: usize| (0..done.len().min(self.horizon)).map(move |step| self.action(policy, step));
        let from = self.order.partition_point(|&policy| of(policy).lt(done.iter().copied()));
        let to = self.order.partition_point(|&policy| of(policy).le(done.iter().copied()));
        &self.order[from..to]
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

    /// What a policy does at a step.
    pub(crate) fn action(&self, policy: usize, step: usize) -> usize {
        self.actions[policy * self.horizon + step].index()
    }
}

/// What a model may declare its policies as.
pub trait IntoPolicies<A: Domain> {
    /// The list.
    ///
    /// # Errors
    /// When they are no list of policies of one length.
    fn into_policies(self) -> Result<Policies<A>, ModelError>;
}

impl<A: Domain> IntoPolicies<A> for Policies<A> {
    fn into_policies(self) -> Result<Policies<A>, ModelError> {
        Ok(self)
    }
}

impl<A: Domain> IntoPolicies<A> for Result<Policies<A>, ModelError> {
    fn into_policies(self) -> Result<Policies<A>, ModelError> {
        self
    }
}

impl<A: Domain, P: AsRef<[A]>, const N: usize> IntoPolicies<A> for [P; N] {
    fn into_policies(self) -> Result<Policies<A>, ModelError> {
        Policies::new(&self)
    }
}
