//! The habit (E): log-weights of first actions or of whole policies, or counts.

use super::GenerativeModel;
use super::column::{accept, check_counts, explain};
use super::error::ModelError;
use super::tables::Tables;
use crate::dirichlet::Dirichlet;
use crate::dist::LiftInto;
use crate::scalar::Real;

/// What a habit (E) may be given as.
pub trait Habit<M: GenerativeModel<T>, T: Real> {
    /// Puts the log-weights into the tables.
    ///
    /// # Errors
    /// When they are no log-weights.
    fn write(self, tables: &mut Tables<M, T>) -> Result<(), ModelError>;
}

impl<M: GenerativeModel<T>, T: Real, U: LiftInto<T>, const N: usize> Habit<M, T> for [U; N] {
    fn write(self, tables: &mut Tables<M, T>) -> Result<(), ModelError> {
        const {
            let actions = M::META.joint_actions();
            let (mut policies, mut i) = (1usize, 0);
            while i < M::META.horizon {
                policies = policies.saturating_mul(actions);
                i += 1;
            }
            assert!(
                N == actions || N == policies,
                "a habit has one log-weight per joint action, or per policy at the declared horizon"
            );
        };
        if N != M::META.joint_actions() && tables.horizon != M::META.horizon {
            let (model, declared, horizon) = (M::META.name, M::META.horizon, tables.horizon);
            return Err(ModelError::HabitHorizon { model, declared, horizon });
        }
        for (i, weight) in self.into_iter().enumerate() {
            let weight: T = weight.lift_into();
            if weight.value().is_nan() || weight.value() == f64::INFINITY {
                let what = alloc::format!("the habit's log-weight {i}");
                return Err(ModelError::Number { what, value: weight.value(), expected: "a number below infinity" });
            }
            tables.habit.push(weight);
        }
        if tables.habit.iter().all(|w| w.value() == f64::NEG_INFINITY) {
            return Err(ModelError::NoAction { model: M::META.name });
        }
        Ok(())
    }
}

/// Counts over joint actions: the habit is the logarithm of their expected distribution.
impl<M: GenerativeModel<T>, T: Real> Habit<M, T> for Dirichlet<M::Action, T> {
    fn write(self, tables: &mut Tables<M, T>) -> Result<(), ModelError> {
        let mut acting = self.acting();
        let sound = check_counts(self.counts()).and_then(|()| accept(acting.probabilities_mut()));
        sound.map_err(|e| explain(e, "the habit", "", |i| M::META.action_label(i)))?;
        tables.habit.extend(
            acting.probabilities().iter().map(|&p| if p.value() > 0.0 { p.ln() } else { T::constant(f64::NEG_INFINITY) }),
        );
        if !self.is_held() {
            tables.habit_counts.extend_from_slice(self.counts());
        }
        Ok(())
    }
}
