//! The run-time choices of an agent, together.

use alloc::format;
use alloc::string::String;

use serde::{Deserialize, Serialize};

use crate::act::{Sampling, Selection};
use crate::compat::Compat;
use crate::learn::{Learning, PrecisionUpdating, When};
use crate::model::{AtLeastOne, GenerativeModel, Limited, Meta, ModelError, Tables};
use crate::nesting::Nesting;
use crate::perceive::Inference;
use crate::plan::{InductionOptions, Planning, PlanningObjective, Terms};
use crate::scalar::Real;

/// The run-time choices of an agent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AgentOptions {
    /// How far policies look ahead, in steps; `None` is the horizon that the model declares.
    pub horizon: Option<usize>,
    /// How states are inferred.
    pub inference: Inference,
    /// How policies are compared.
    pub planning: Planning,
    /// Who perceives exactly plans from the distribution of each factor alone, as if they were independent. Otherwise from the joint
    /// distributions that are believed.
    pub plan_from_marginals: bool,
    /// How an action is chosen.
    pub selection: Selection,
    /// From what an action is chosen.
    pub sampling: Sampling,
    /// What drives policies: the weight of each term of expected free energy. A weight of zero is off.
    pub terms: Terms<f64>,
    /// Whether state information gain is that of all modalities together. Otherwise it is summed over modalities, as in the reference
    /// implementation, and what two of them tell alike counts twice.
    pub joint_information_gain: bool,
    /// Planning back from the model's goals; off by default.
    pub induction: Option<InductionOptions>,
    /// Preferences by step, `preference(step)`, count steps from the beginning of the block, up to so many; those of the last hold after it. `None`
    /// counts from where the agent plans.
    pub preference_steps: Option<usize>,
    /// What is learned, and when; nothing by default.
    pub learning: Option<Learning>,
    /// Updating the policy precision from how well plans turned out; off by default.
    pub precision_updating: Option<PrecisionUpdating>,
    /// How the levels of its model talk to each other; `None` is exactly. Of a model without levels it is refused.
    pub nesting: Option<Nesting>,
    /// Numbers of the reference implementation that are held to be wrong.
    pub compat: Compat,
}

/// The most steps of a block that preferences are given for.
const MAX_STEPS: usize = 4096;

impl AgentOptions {
    /// The horizon for a model: the one chosen here, else the declared one.
    pub fn horizon_for(&self, meta: &Meta) -> usize {
        self.horizon.unwrap_or(meta.horizon)
    }

    /// The tables of a model for these choices.
    ///
    /// # Errors
    /// As [`Tables::new`].
    pub fn tables<M: GenerativeModel<T>, T: Real>(&self, model: &M, inputs: M::Inputs) -> Result<Tables<M, T>, ModelError> {
        let horizon = self.horizon_for(&M::META);
        Tables::with_preference_steps(model, inputs, horizon, self.preference_steps.unwrap_or(horizon))
    }

    /// What the choices come to for a model, in a sentence.
    pub fn words(&self, meta: &Meta) -> String {
        let learned = match self.learning.map(|learning| learning.when) {
            None => String::new(),
            Some(When::BeforeChoice) => ", learn what was seen before the next choice".into(),
            Some(When::Smoothed { lag }) => format!(", learn what was seen {lag} steps later"),
            Some(When::BlockEnd) => ", learn at the end of each block".into(),
            Some(When::AfterChoice) => ", learn what was seen after the next choice, as the reference".into(),
        };
        let steps = self.horizon_for(meta);
        let steps = if steps == 1 { "1 step".into() } else { format!("{steps} steps") };
        format!("Agents of {} perceive ({}), plan {steps} ahead{learned}.", meta.name, self.inference.words(meta))
    }

    /// What drives policies of a model under these options.
    pub fn objective<T: Real>(&self, meta: &Meta) -> PlanningObjective<T> {
        let mut objective = PlanningObjective::new(self.horizon_for(meta), self.terms.map(T::constant));
        objective.joint_information_gain = self.joint_information_gain;
        objective.inference = self.inference;
        objective
    }

    /// Checks the options against a model.
    ///
    /// # Errors
    /// When a number is out of its range, or the model is too large for the choice.
    pub fn check(&self, meta: &Meta) -> Result<(), ModelError> {
        let what = "has no levels here: `nesting` is how levels talk to each other, in a study or a `NestedAgent`";
        refuse_if!(self.nesting.is_some(), ModelError::Level { model: meta.name, what });
        let horizon = self.horizon_for(meta);
        refuse_if!(horizon == 0, ModelError::Zero(AtLeastOne::Horizon));
        if let Some(steps) = self.preference_steps {
            refuse_if!(steps == 0, ModelError::Zero(AtLeastOne::PreferenceSteps));
            refuse_if!(steps > MAX_STEPS, ModelError::Excess { what: Limited::PreferenceSteps, found: steps, most: MAX_STEPS });
            let timed = meta.modalities.iter().any(|modality| modality.timed);
            refuse_if!(!timed, ModelError::NothingTimed { model: meta.name });
        }
        self.inference.check(meta)?;
        self.planning.check(meta, horizon)?;
        if self.joint_information_gain {
            self.planning.check_whole(meta, horizon)?;
        }
        self.terms.check(meta, self.joint_information_gain)?;
        self.induction.iter().try_for_each(InductionOptions::check)?;
        self.precision_updating.iter().try_for_each(PrecisionUpdating::check)?;
        self.learning.iter().try_for_each(Learning::check)
    }
}
