//! Goals of an agent's own: which states it wants, told while it lives.

use alloc::sync::Arc;

use super::Agent;
use crate::life::Life;
use crate::model::{GenerativeModel, ModelError};
use crate::plan::Induction;
use crate::scalar::Real;

impl<M: GenerativeModel<T>, T: Real> Agent<M, T> {
    /// Wants other states than its model declares: of each factor those that have any probability in `goals`, none of a factor that is zero everywhere.
    /// Plans are made back from them from now on, as deep as from the goals before; else as the options say, and where these say nothing, by the defaults of
    /// [`InductionOptions`](crate::InductionOptions). What leads where is worked out once, whatever the goals.
    /// Where the options give the inductive value no weight they count for nothing.
    ///
    /// For one agent. Of several that pursue the same, each takes what was worked out once: [`work_back`](Agent::work_back), [`set_induction`](Agent::set_induction).
    ///
    /// # Errors
    /// When no state of any factor is wanted; the agent is then as before.
    pub fn set_goals(&mut self, goals: &M::Belief) -> Result<(), ModelError> {
        if self.induction().is_none() {
            let threshold = self.options().induction.unwrap_or_default().threshold;
            let Life { setup, state } = self.life_mut();
            setup.ground_mut(state).keep_leads(threshold);
        }
        self.set_induction(self.work_back(goals)?)
    }

    /// Works out what leads where, by the threshold that [`set_goals`](Agent::set_goals) goes by, before there are goals. Clones of this agent share it, and
    /// those that are [resumed like it](Agent::resume_like).
    pub fn find_ways(&mut self) {
        let threshold = self.options().induction.unwrap_or_default().threshold;
        let Life { setup, state } = self.life_mut();
        setup.find_ways(state, threshold);
    }

    /// What leads to other goals, given and worked out as [`set_goals`](Agent::set_goals) says, but not pursued: to be shared.
    ///
    /// # Errors
    /// When no state of any factor is wanted.
    pub fn work_back(&self, goals: &M::Belief) -> Result<Arc<Induction>, ModelError> {
        let induction = match self.induction() {
            Some(known) => known.toward::<M, T>(goals)?,
            None => {
                let options = self.options().induction.unwrap_or_default();
                let leads = self.life.setup.ground(&self.life.state).leads(options.threshold);
                Induction::to_goals_by::<M, T>(&leads, goals, &options)?
            }
        };
        Ok(Arc::new(induction))
    }

    /// Plans back from goals that were worked out before, by other options than its own, perhaps, and shared with other agents of the model. Where it
    /// learns transitions, it works back from them anew, for itself, the next time that it learns.
    ///
    /// # Errors
    /// When it was worked out for a model of other factors; the agent is then as before. That its transitions are those of this agent is up to the
    /// caller.
    pub fn set_induction(&mut self, induction: Arc<Induction>) -> Result<(), ModelError> {
        induction.check_model::<M, T>()?;
        let Life { setup, state } = self.life_mut();
        if let Some(learned) = &mut state.learned {
            learned.ground.induction = Some(Arc::clone(&induction));
        }
        setup.ground.induction = Some(induction);
        setup.goals_changed();
        Ok(())
    }

    /// Pursues the goals of its model again, where its options have it plan back from them.
    pub fn clear_goals(&mut self) {
        let Life { setup, state } = self.life_mut();
        setup.ground.work_back_declared(&setup.options);
        setup.goals_changed();
        if let Some(learned) = &mut state.learned {
            learned.ground.work_back_declared(&setup.options);
        }
    }

    /// The goals that plans are made back from, with what leads to them; `None` where none are.
    pub fn induction(&self) -> Option<&Arc<Induction>> {
        self.life.setup.ground(&self.life.state).induction.as_ref()
    }
}
