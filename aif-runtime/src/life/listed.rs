//! Lists of policies: which are compared, how far they are carried on, and what lists can be.

use alloc::sync::Arc;

use super::setup::Setup;
use super::state::Progress;
use crate::domain::Domain;
use crate::model::{GenerativeModel, ModelError, Tables};
use crate::plan::{Planning, Policies};
use crate::scalar::Real;

impl<M: GenerativeModel<T>, T: Real> Setup<M, T> {
    /// The policies that are compared, where these are not all.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn policies(&self) -> Option<&Arc<Policies<M::Action>>> {
        self.policies.as_ref().or(self.ground.tables.policies())
    }

    /// What was done of the policies that are carried on. Of another list than it was done by (inputs may bring one) perhaps none begins so: all are
    /// compared anew then.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn done<'a>(&self, progress: &'a Progress) -> &'a [usize] {
        let done = progress.done.as_slice();
        if done.is_empty() || self.policies().is_some_and(|policies| policies.goes_on(done)) { done } else { &[] }
    }

    /// What plans have to know of the block so far.
    pub(super) fn go_on(&self, progress: &mut Progress, done: Option<usize>) {
        if let Some(most) = self.options.preference_steps {
            progress.steps = (progress.steps + 1).min(most);
        }
        if let Some(policies) = self.policies().filter(|policies| policies.is_carried_on()) {
            progress.done.extend(done);
            if done.is_none() || !policies.goes_on(&progress.done) {
                progress.done.clear();
            }
        }
    }

    /// Compares only the given policies.
    ///
    /// # Errors
    /// When the policies have another length than the horizon, plans are made otherwise than by enumerating policies, or the model's habit
    /// forbids all of them or is over all policies.
    pub fn compare_only(&mut self, policies: Policies<M::Action>) -> Result<(), ModelError> {
        self.check_policies(&self.ground.tables, &policies)?;
        self.policies = Some(Arc::new(policies));
        Ok(())
    }

    /// Whether a list can be compared under tables of the model.
    pub(super) fn check_policies(&self, tables: &Tables<M, T>, policies: &Policies<M::Action>) -> Result<(), ModelError> {
        let horizon = self.objective.horizon;
        if policies.horizon() != horizon {
            return Err(ModelError::PolicyHorizon { policies: policies.horizon(), horizon });
        }
        refuse_if!(self.options.planning != Planning::Tree, ModelError::ListNeedsTree);
        let habit = tables.habit();
        if habit.len() > M::Action::COUNT {
            return Err(ModelError::HabitOfPolicies { model: M::META.name });
        }
        let allowed = |(i, policy): (usize, &[M::Action])| {
            let first = habit.get(policy[0].index()).map_or(0.0, |e| e.value());
            policies.habit(i) + first > f64::NEG_INFINITY
        };
        if !policies.iter().enumerate().any(allowed) {
            return Err(ModelError::NoListedPolicy { model: M::META.name });
        }
        Ok(())
    }
}
