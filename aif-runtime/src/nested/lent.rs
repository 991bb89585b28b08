//! What is passed down to runs besides where they begin: what is preferred there, and what is done by habit.

use alloc::format;
use alloc::vec;
use alloc::vec::Vec;

use super::expect::each_believed;
use super::{Lent, LentAs, Nested};
use crate::agent::Agent;
use crate::model::{GenerativeModel, ModelError, SUM_TOLERANCE};
use crate::perceive::Joints;
use crate::scalar::{Real, ln_clipped};

/// A conditional distribution that is passed down, and what is expected of it.
#[derive(Clone, Debug)]
pub(super) struct LentTable<T> {
    pub lent: Lent,
    /// Which modality or action below it is of.
    pub target: usize,
    /// `[combination of states above][value]`
    rows: Vec<T>,
    /// The logarithms of what is expected.
    logs: Vec<T>,
}

impl<T: Real> LentTable<T> {
    /// All that a model passes down.
    ///
    /// # Errors
    /// When something is no distribution.
    pub fn all<M: Nested<T>>(model: &M) -> Result<Vec<Self>, ModelError> {
        M::LENT.iter().enumerate().map(|(which, lent)| LentTable::new(model, which, *lent)).collect()
    }

    fn new<M: Nested<T>>(model: &M, which: usize, lent: Lent) -> Result<Self, ModelError> {
        let contexts: usize = lent.parents.iter().map(|&f| M::META.factors[f].states.count).product();
        let (mut rows, mut target) = (vec![T::zero(); contexts * lent.values], 0);
        for (context, row) in rows.chunks_exact_mut(lent.values.max(1)).enumerate() {
            target = model.lent(which, context, row);
            let sum = row.iter().fold(T::zero(), |sum, &p| sum + p).value();
            let negative = row.iter().find(|p| !(p.value() >= 0.0 && p.is_finite()));
            let what = format!("a probability of `{}` of {}", lent.name, M::META.name);
            if let Some(wrong) = negative {
                return Err(ModelError::Number { what, value: wrong.value(), expected: "at least 0" });
            }
            if (sum - 1.0).abs() > SUM_TOLERANCE {
                let what = format!("the sum of the probabilities of `{}` of {}", lent.name, M::META.name);
                return Err(ModelError::Number { what, value: sum, expected: "1" });
            }
        }
        Ok(LentTable { lent, target, rows, logs: vec![T::zero(); lent.values] })
    }

    /// The logarithms of what is expected of it now; clipped, since what is passed down as impossible is only much disliked.
    pub fn expected<M: GenerativeModel<T>>(&mut self, agent: &Agent<M, T>, joints: Option<&Joints>) -> &[T] {
        let LentTable { lent, rows, logs, .. } = self;
        logs.fill(T::zero());
        let add = |context: usize, p: T| {
            for (to, &q) in logs.iter_mut().zip(&rows[context * lent.values..]) {
                *to += p * q;
            }
        };
        each_believed(agent, joints, lent.parents, add);
        logs.iter_mut().for_each(|p| *p = ln_clipped(*p));
        logs
    }

    pub fn is_preference(&self) -> bool {
        self.lent.what == LentAs::Preference
    }
}
