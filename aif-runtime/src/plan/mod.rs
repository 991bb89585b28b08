//! Planning: the expected free energy of policies, and what it says about first actions.
//!
//! A [`Planner`] turns a [`Problem`] (a model, a belief, what drives policies) into a [`Plan`]: the log-weight of each first action.
//! Planners are interchangeable: [`Planning`] names those of this crate, any other type may implement the trait.

mod apart;
mod bounds;
mod branch_and_bound;
mod by_parts;
mod deepening;
mod gain;
mod imagined;
mod induction;
mod information;
mod leads;
mod list;
mod listed;
mod memory;
mod monte_carlo;
mod planning;
mod posterior;
mod reference;
mod root;
mod shares;
mod sophisticated;
mod sparse;
mod steady;
mod terms;
mod tree;

pub use crate::model::Policies;
pub use branch_and_bound::BranchAndBound;
pub use deepening::Deepening;
pub use gain::{belief_terms, negative_expected_free_energy};
pub use induction::{Induction, InductionOptions};
pub use information::joint_information_gain;
pub use monte_carlo::MonteCarlo;
pub use planning::{MAX_HORIZON, MAX_POLICIES, Planning};
pub use reference::{ReferenceSearch, ReferenceTree};
pub use sophisticated::Sophisticated;
pub use terms::{PlanningObjective, Terms};
pub use tree::{Tree, for_each_policy};

use core::fmt;

pub(crate) use apart::{parts, splits};
pub(crate) use bounds::Bounds;
use gain::terms_of_move;
use imagined::Imagined;
pub(crate) use leads::Leads;
use memory::Memory;
use root::imagine;

use crate::domain::Domain;
use crate::model::{GenerativeModel, Part, Precisions, Tables};
use crate::perceive::Joints;
use crate::scalar::{Real, log_sum_exp};

/// How the weights of the policies that begin with one action are put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reduction {
    /// Their sum, in log space.
    Sum,
    /// The largest.
    Max,
}

impl Reduction {
    pub(crate) fn of<T: Real>(self, weights: &[T]) -> T {
        match self {
            Reduction::Sum => log_sum_exp(weights),
            Reduction::Max => {
                let mut best = weights[0];
                for &w in weights {
                    if w > best {
                        best = w;
                    }
                }
                best
            }
        }
    }

    /// Adds one more weight to those put together so far.
    pub(crate) fn add<T: Real>(self, so_far: T, weight: T) -> T {
        if so_far.value() == f64::NEG_INFINITY { weight } else { self.of(&[so_far, weight]) }
    }
}

/// Where a plan is made: the model, what is believed, and the agent's choices.
#[derive(Clone, Copy)]
pub struct PlanningContext<'a, M: GenerativeModel<T>, T: Real = f64> {
    /// The numbers of the model.
    pub tables: &'a Tables<M, T>,
    /// What is believed now.
    pub belief: &'a M::Belief,
    /// What is believed of factors jointly, and how that lies, where plans are made from it.
    pub joint: Option<(&'a Joints, &'a [T])>,
    /// How what each modality shows of the factors lies, jointly, where plans may be made from that alone.
    pub(crate) views: Option<&'a Joints>,
    /// How what is believed jointly of each part of the model lies, where it falls apart.
    pub(crate) parts: &'a [Joints],
    /// The part that is planned by itself; `None`: the whole model.
    pub(crate) part: Option<&'static Part>,
    /// What drives policies, and how far they look.
    pub objective: &'a PlanningObjective<T>,
    /// What leads to the goals, where the agent plans back from them.
    pub induction: Option<&'a Induction>,
    /// What branches can be worth at most, where that was worked out for the tables, drives and preferences of this scene.
    pub(crate) bounds: Option<&'a Bounds>,
    /// How many steps of its block are past, where preferences by step are counted from the block's beginning; else 0.
    pub elapsed: usize,
    /// What was done of the policies that are carried on.
    pub done: &'a [usize],
    /// The policies to compare, where they are not all.
    pub policies: Option<&'a Policies<M::Action>>,
    /// Which joint actions can be taken now, where not all can; what can be taken later is not known.
    pub open: Option<&'a [bool]>,
    /// Preferences of the agent's own, in the place of its model's: a log-preference for each outcome, the same at every step.
    pub preferences: Option<&'a M::Preferences>,
    /// A habit over first actions of the agent's own, beside its model's: log-weights.
    pub habit: Option<&'a <M::Action as Domain>::Array<T>>,
    /// The free energy of what was seen so far under each policy, where beliefs are carried for each (in the order of the policies): `F` in
    /// `q(pi) = softmax(ln E + gamma * -G - F)`. Empty otherwise.
    pub free_energies: &'a [T],
    /// How the agent perceives, in words, where they are known.
    pub(crate) words: Option<&'static str>,
}

impl<'a, M: GenerativeModel<T>, T: Real> PlanningContext<'a, M, T> {
    /// A scene without goals, in which all policies are compared.
    pub fn new(tables: &'a Tables<M, T>, belief: &'a M::Belief, objective: &'a PlanningObjective<T>) -> Self {
        let (induction, policies, open, preferences, habit) = (None, None, None, None, None);
        PlanningContext {
            tables,
            belief,
            joint: None,
            views: None,
            parts: &[],
            part: None,
            objective,
            induction,
            bounds: None,
            elapsed: 0,
            done: &[],
            policies,
            open,
            preferences,
            habit,
            free_energies: &[],
            words: None,
        }
    }

    /// Whether a joint action can be taken now.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn is_open(&self, action: usize) -> bool {
        self.open.is_none_or(|open| open.get(action).is_some_and(|open| *open))
    }

    /// How the agent perceives, in words.
    pub(crate) fn perception(&self) -> &'static str {
        self.words.unwrap_or_else(|| self.objective.inference.words(&M::META))
    }

    /// The same from the distribution of each factor alone.
    pub fn by_marginals(self) -> Self {
        PlanningContext { joint: None, ..self }
    }

    /// The problem of choosing a first action here.
    pub fn problem(self, precisions: &Precisions<T>, reduction: Reduction) -> Problem<'a, M, T> {
        Problem { scene: self, gamma: precisions.policy, alpha: precisions.action, reduction, habitual: true }
    }
}

/// What a planner is to solve: policies weigh `alpha (gamma * -G(pi) + ln E(pi))`, and those that begin with the same action are put
/// together by `reduction`.
///
/// With `alpha` of 1 the log-weights of first actions are the log-marginals of q(pi) up to a constant; with any other those of
/// `softmax(alpha ln q(pi))`.
#[derive(Clone, Copy)]
pub struct Problem<'a, M: GenerativeModel<T>, T: Real = f64> {
    /// Where.
    pub scene: PlanningContext<'a, M, T>,
    /// Policy precision.
    pub gamma: T,
    /// Action precision.
    pub alpha: T,
    /// How policies are put together.
    pub reduction: Reduction,
    /// Whether habits count.
    pub habitual: bool,
}

impl<M: GenerativeModel<T>, T: Real> Problem<'_, M, T> {
    /// The terms of the negative expected free energy of the next step under an action.
    pub(crate) fn next_terms(&self, action: usize) -> Terms<T> {
        #[inline(never)]
        fn terms<M: GenerativeModel<T>, T: Real, B: Imagined<M, T>, K: Memory<M, T, B>>(
            problem: &Problem<'_, M, T>,
            root: B,
            action: usize,
        ) -> Terms<T> {
            let next = root.after(&problem.scene, action);
            terms_of_move(problem, (&root, action, &next), 0)
        }
        imagine!(blind M, self, terms(action))
    }

    /// `alpha ln E` of a first action or of a policy; what the habit forbids stays forbidden whatever `alpha`, and moves no derivative.
    pub(crate) fn habit(&self, index: usize) -> T {
        let declared = self.weight_of(self.scene.tables.habit().get(index));
        if self.habit_of_policies() { declared } else { declared + self.own_habit(index) }
    }

    /// The same of a first action by the agent's own habit.
    fn own_habit(&self, action: usize) -> T {
        self.weight_of(self.scene.habit.map(|own| &M::Action::entries(own)[action]))
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    fn weight_of(&self, log: Option<&T>) -> T {
        match log.filter(|_| self.habitual) {
            None => T::zero(),
            Some(e) if e.value() == f64::NEG_INFINITY => *e,
            Some(&e) => self.alpha * e,
        }
    }

    /// `alpha (ln E - F)` of a policy that begins with an action: by a habit of its own, or by that of the action.
    pub(crate) fn standing(&self, policy: usize, first: usize) -> T {
        let habit = if self.habit_of_policies() { self.habit(policy) + self.own_habit(first) } else { self.habit(first) };
        self.scene.free_energies.get(policy).map_or(habit, |&f| habit - self.alpha * f)
    }

    /// Whether first joint actions differ by what is not of a part of the model: a habit, or which of them are open.
    pub(crate) fn tells_first_actions_apart(&self) -> bool {
        let habit = !self.scene.tables.habit().is_empty() || self.scene.habit.is_some();
        self.scene.open.is_some() || (self.habitual && habit)
    }

    /// Whether the habit has one entry per policy rather than per first action.
    pub(crate) fn habit_of_policies(&self) -> bool {
        self.habitual && self.scene.tables.habit().len() > M::Action::COUNT
    }

    /// Whether policies that meet in one belief have to be told apart all the same.
    pub(crate) fn policies_differ(&self) -> bool {
        self.habit_of_policies() || !self.scene.free_energies.is_empty()
    }

    /// `alpha (gamma Q + ln E)` for values Q of first actions; a habit over policies is put together over those that begin
    /// with each.
    pub(crate) fn weigh(&self, values: &[T]) -> <M::Action as Domain>::Array<T> {
        let mut weights = M::Action::filled(T::zero());
        let later = self.scene.tables.habit().len().max(self.scene.free_energies.len()) / M::Action::COUNT;
        for (a, weight) in M::Action::entries_mut(&mut weights).iter_mut().enumerate() {
            let habit = if self.policies_differ() {
                let habits = (a * later..(a + 1) * later).map(|i| self.standing(i, a));
                habits.fold(T::constant(f64::NEG_INFINITY), |sum, e| self.reduction.add(sum, e))
            } else {
                self.habit(a)
            };
            *weight = self.alpha * self.gamma * values[a] + habit;
        }
        weights
    }
}

/// What a planner found, and how far it got.
#[derive(Clone, Copy)]
pub struct Plan<M: GenerativeModel<T>, T: Real = f64> {
    /// The log-weight of each first action, not normalised.
    pub weights: <M::Action as Domain>::Array<T>,
    /// How many predicted beliefs were looked at, known or not.
    pub nodes: usize,
    /// How often the expected free energy of a step was worked out.
    pub evaluations: usize,
    /// How many steps ahead were looked at: to the end, or (Monte-Carlo tree search) at the deepest.
    pub depth: usize,
    /// How many actions and outcomes were left out as too improbable to follow, or as their bound allows.
    pub pruned: usize,
    /// How many nodes there are in branches that were left out by their bound, were no belief met twice in them.
    pub saved: usize,
    /// How the agent perceives, and with it what it planned from, in words.
    pub perception: &'static str,
}

impl<M: GenerativeModel<T>, T: Real> Plan<M, T> {
    /// A plan for which nothing was looked at yet.
    fn nothing(problem: &Problem<'_, M, T>) -> Self {
        let (weights, perception) = (M::Action::filled(T::zero()), problem.scene.perception());
        Plan { weights, nodes: 0, evaluations: 0, depth: 0, pruned: 0, saved: 0, perception }
    }
}

impl<M: GenerativeModel<T>, T: Real> fmt::Debug for Plan<M, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plan")
            .field("weights", &M::Action::entries(&self.weights))
            .field("nodes", &self.nodes)
            .field("evaluations", &self.evaluations)
            .field("depth", &self.depth)
            .field("pruned", &self.pruned)
            .field("saved", &self.saved)
            .finish()
    }
}

/// A way to compare policies. The same problem gives the same plan.
pub trait Planner<M: GenerativeModel<T>, T: Real = f64> {
    /// The weight of each first action.
    fn plan(&self, problem: &Problem<'_, M, T>) -> Plan<M, T>;
}
