//! Inductive planning: working back from goals to the states from which they can be reached, and keeping to the path.
//!
//! `I_0` marks the goal, `I_k` the states from which some action may lead into `I_k-1`. An agent whose most probable state is `k` steps
//! away is held to `I_k-1`: belief elsewhere costs `ln epsilon` (Friston et al. 2023, "Active inference and intentional behaviour").

use alloc::sync::Arc;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::leads::{Leads, Rows};
use crate::model::{GenerativeModel, Marginals, ModelError, Tables};
use crate::scalar::{Real, each_possible, first_maximum, ln_clipped};

/// The most steps to work back.
const MAX_DEPTH: usize = 1024;

/// How goals are worked back from.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct InductionOptions {
    /// How many steps to work back, at least 1 (the goal itself).
    pub depth: usize,
    /// How probable a transition has to be to count as possible, in [0, 1).
    pub threshold: f64,
    /// What being off the path is worth, as a probability, in (0, 1]: it costs `ln epsilon`.
    pub epsilon: f64,
}

impl Default for InductionOptions {
    fn default() -> Self {
        InductionOptions { depth: 16, threshold: 0.1, epsilon: 1e-3 }
    }
}

impl InductionOptions {
    pub(crate) fn check(&self) -> Result<(), ModelError> {
        let InductionOptions { depth, threshold, epsilon } = *self;
        if !(1..=MAX_DEPTH).contains(&depth) {
            return Err(ModelError::InductionDepth { depth, most: MAX_DEPTH });
        }
        let number = |what: &str, value, expected| ModelError::Number { what: what.into(), value, expected };
        refuse_if!(!(0.0..1.0).contains(&threshold), number("the threshold of induction", threshold, "in [0, 1)"));
        refuse_if!(!(epsilon > 0.0 && epsilon <= 1.0), number("the epsilon of induction", epsilon, "in (0, 1]"));
        Ok(())
    }
}

/// Goals, and the states from which they can be reached, for each factor and number of steps.
///
/// A value without the types of its model, to be shared: what leads where is worked out once for all goals of a model
/// ([`toward`](Induction::toward) other ones), what leads to one set of goals once for all agents that pursue it
/// ([`Agent::set_induction`](crate::Agent::set_induction)).
#[derive(Clone, Debug, PartialEq)]
pub struct Induction {
    leads: Arc<Leads>,
    /// Of each factor; empty for one without a goal.
    reachable: Vec<Rows>,
    options: InductionOptions,
    log_epsilon: f64,
    /// Whether these goals were given to an agent, rather than declared by its model.
    given: bool,
}

impl Induction {
    /// Works back from the goals of a model through its transitions.
    ///
    /// A factor that moves with others can reach a state if it can for some states of theirs.
    pub fn new<M: GenerativeModel<T>, T: Real>(tables: &Tables<M, T>, options: &InductionOptions) -> Self {
        Induction::declared(Arc::new(Leads::new(tables, options.threshold)), tables, options)
    }

    /// The same where it is known what leads where.
    pub(crate) fn declared<M: GenerativeModel<T>, T: Real>(
        leads: Arc<Leads>,
        tables: &Tables<M, T>,
        options: &InductionOptions,
    ) -> Self {
        let mut wanted = Vec::new();
        M::each_factor(|site| wanted.push(tables.goal(site).to_vec()));
        Induction::from_leads(leads, &wanted, *options, false)
    }

    /// Works back from goals of one's own: of each factor, the states that have any probability; of a factor that is zero everywhere there is no goal.
    ///
    /// # Errors
    /// When no state of any factor is wanted, or an option is out of its range.
    pub fn to_goals<M: GenerativeModel<T>, T: Real>(
        tables: &Tables<M, T>,
        goals: &M::Belief,
        options: &InductionOptions,
    ) -> Result<Self, ModelError> {
        options.check()?;
        Induction::to_goals_by::<M, T>(&Arc::new(Leads::new(tables, options.threshold)), goals, options)
    }

    /// The same where it is known what leads where.
    pub(crate) fn to_goals_by<M: GenerativeModel<T>, T: Real>(
        leads: &Arc<Leads>,
        goals: &M::Belief,
        options: &InductionOptions,
    ) -> Result<Self, ModelError> {
        Ok(Induction::from_leads(Arc::clone(leads), &wanted_of::<M, T>(goals)?, *options, true))
    }

    /// The same ways to other goals, which are given as [`to_goals`](Induction::to_goals) takes them: what leads where is not worked out again.
    ///
    /// # Errors
    /// When no state of any factor is wanted, or this is of another model.
    pub fn toward<M: GenerativeModel<T>, T: Real>(&self, goals: &M::Belief) -> Result<Self, ModelError> {
        self.check_model::<M, T>()?;
        Ok(Induction::from_leads(Arc::clone(&self.leads), &wanted_of::<M, T>(goals)?, self.options, true))
    }

    fn from_leads(leads: Arc<Leads>, wanted: &[Vec<bool>], options: InductionOptions, given: bool) -> Self {
        let reachable = wanted.iter().enumerate().map(|(f, wanted)| leads.rows(f, wanted, options.depth)).collect();
        Induction { leads, reachable, options, log_epsilon: ln_clipped(options.epsilon), given }
    }

    /// The same goals by what leads where in other tables of the model.
    pub(crate) fn anew(&self, leads: Arc<Leads>) -> Self {
        let wanted: Vec<Vec<bool>> = self.reachable.iter().map(Rows::goal).collect();
        Induction::from_leads(leads, &wanted, self.options, self.given)
    }

    /// Works back further, from where it was left; nothing is worked out twice.
    ///
    /// # Errors
    /// When that is deeper than induction goes; nothing has changed then.
    pub fn deepen(&mut self, depth: usize) -> Result<(), ModelError> {
        InductionOptions { depth, ..self.options }.check()?;
        if depth > self.options.depth {
            let leads = &self.leads;
            self.reachable.iter_mut().enumerate().for_each(|(f, rows)| leads.extend(f, rows, depth));
            self.options.depth = depth;
        }
        Ok(())
    }

    /// How it worked back.
    pub fn options(&self) -> &InductionOptions {
        &self.options
    }

    /// Whether these goals were given to an agent, rather than declared by its model.
    pub(crate) fn is_given(&self) -> bool {
        self.given
    }

    /// The wanted states of each factor, by index; none of a factor without a goal.
    pub(crate) fn wanted(&self) -> Vec<Vec<u32>> {
        let of = |rows: &Rows| (0u32..).zip(rows.goal()).filter(|(_, wanted)| *wanted).map(|(state, _)| state).collect();
        self.reachable.iter().map(of).collect()
    }

    /// Whether this is of a model of these factors.
    pub(crate) fn check_model<M: GenerativeModel<T>, T: Real>(&self) -> Result<(), ModelError> {
        let sizes = M::META.factors.iter().map(|factor| factor.states.count);
        refuse_if!(!self.leads.sizes().eq(sizes), ModelError::InductionOfAnother { model: M::META.name });
        Ok(())
    }

    /// Whether each state of a factor leads to its goal in exactly `steps` steps; `None` without a goal, or beyond the depth.
    pub fn reaches(&self, factor: usize, steps: usize) -> Option<impl Iterator<Item = bool> + '_> {
        let rows = self.reachable.get(factor)?;
        let row = rows.row(steps).filter(|_| steps < self.options.depth)?;
        Some((0..rows.states()).map(move |state| row.has(state)))
    }

    /// In how many steps at least a state of a factor can lead to its goal; `None` where it does not within the depth, or there is no goal.
    pub fn steps_from(&self, factor: usize, state: usize) -> Option<usize> {
        self.reachable.get(factor)?.first(state)
    }

    /// The inductive value of a predicted belief for an agent that believes `root` now: `ln epsilon` times the probability of states that
    /// are off the path, summed over factors. Nothing for a factor whose goal is out of reach.
    pub fn value<B: Marginals<T>, T: Real>(&self, root: &B, belief: &B) -> T {
        self.value_of(root, |f, add| each_possible(belief.probabilities(f), add))
    }

    /// The same of a belief that is gone through: `each(factor, f)` calls `f` with each state that is not impossible.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn value_of<B: Marginals<T>, T: Real>(&self, root: &B, each: impl Fn(usize, &mut dyn FnMut(usize, T))) -> T {
        let mut value = T::zero();
        for (f, rows) in self.reachable.iter().enumerate().filter(|(_, rows)| !rows.is_empty()) {
            let here = first_maximum(root.probabilities(f));
            let Some(path) = rows.first(here).and_then(|away| rows.row(away.saturating_sub(1))) else { continue };
            each(f, &mut |state, p| {
                if !path.has(state) {
                    value += p * self.log_epsilon;
                }
            });
        }
        value
    }
}

/// Which states of each factor are wanted; empty where none is.
fn wanted_of<M: GenerativeModel<T>, T: Real>(goals: &M::Belief) -> Result<Vec<Vec<bool>>, ModelError> {
    let of = |f: usize| goals.probabilities(f).iter().map(|p| p.value() > 0.0).collect::<Vec<_>>();
    let wanted: Vec<Vec<bool>> = (0..M::META.factors.len()).map(of).collect();
    refuse_if!(!wanted.iter().flatten().any(|wanted| *wanted), ModelError::NoGoal { model: M::META.name });
    Ok(wanted)
}
