//! What a model looks like from outside: names, sizes and dependencies, known to the compiler.

use alloc::string::String;

use crate::labels::Labels;
use crate::measure::ResponseKind;

/// The most joint states that exact inference takes on.
pub const MAX_JOINT_STATES: usize = 1 << 20;

/// The most joint actions that a model may have.
pub const MAX_ACTIONS: usize = 4096;

/// The most policies that are enumerated.
pub const MAX_POLICIES: usize = 1 << 28;

/// The most values that one domain may have.
pub const MAX_VALUES: usize = 65_536;

/// The most entries that one conditional distribution may have (outcomes times combinations of its parents' states).
pub const MAX_TABLE: usize = 1 << 24;

/// How a conditional distribution is written, and so how it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Deterministic: an index map.
    Map,
    /// Categorical and free of parameters.
    Fixed,
    /// Categorical, depends on parameters.
    Free,
    /// Dirichlet counts; acts by its expected value.
    Dirichlet,
    /// Categorical and free of parameters, without its zeros: a transition alone.
    Sparse,
}

/// A hidden-state factor.
#[derive(Clone, Copy, Debug)]
pub struct Factor {
    /// Its name.
    pub name: &'static str,
    /// Its states.
    pub states: Labels,
    /// The factors whose previous states it depends on, in the order of the method's arguments.
    pub parents: &'static [usize],
    /// The actions that drive it, in the order of the method's arguments.
    pub actions: &'static [usize],
    /// How its transition (B) is stored.
    pub kind: Kind,
    /// Whether what is believed of it is kept from one block to the next; else it begins at the initial state.
    pub kept: bool,
}

/// An observation modality.
#[derive(Clone, Copy, Debug)]
pub struct Modality {
    /// Its name.
    pub name: &'static str,
    /// Its outcomes.
    pub outcomes: Labels,
    /// The factors that it depends on, in the order of the method's arguments.
    pub parents: &'static [usize],
    /// How its likelihood (A) is stored.
    pub kind: Kind,
    /// Whether its preference (C) depends on the step of the policy.
    pub timed: bool,
    /// Of a modality that is measured, what; its outcomes are then the nodes at which plans look.
    pub measured: Option<Measure>,
}

/// What a modality measures.
#[derive(Clone, Copy, Debug)]
pub struct Measure {
    /// What its column holds.
    pub kind: ResponseKind,
    /// How many numbers describe the distribution under one combination of its parents' states, its constant included.
    pub parameters: usize,
    /// What its documentation says first, its unit perhaps; empty where there is none.
    pub about: &'static str,
}

/// One action that the agent chooses at each step.
#[derive(Clone, Copy, Debug)]
pub struct ActionVariable {
    /// Its name.
    pub name: &'static str,
    /// Its values.
    pub values: Labels,
}

/// What is set from outside at each block or step, and known to the agent.
#[derive(Clone, Copy, Debug)]
pub struct Input {
    /// Its name.
    pub name: &'static str,
    /// Its values; `None` for a number.
    pub values: Option<Labels>,
}

/// What is recorded of an agent when it acts: one column, or two where which and when are recorded together.
#[derive(Clone, Copy, Debug)]
pub struct Response {
    /// Its name, and that of its column.
    pub name: &'static str,
    /// The name of the column of its time, where there is one.
    pub time: &'static str,
    /// What is recorded.
    pub kind: ResponseKind,
    /// Whether it is the action: it says how the action comes about, and its first column is that of the action.
    pub action: bool,
    /// The actions that it depends on: they have to be known.
    pub needs: &'static [usize],
}

impl Response {
    /// How many columns it has beside that of an action.
    pub const fn columns(&self) -> usize {
        self.kind.columns() - (self.action && self.kind.columns() > 0) as usize
    }
}

/// Names, sizes and dependencies of a model, for plots, files and messages.
#[derive(Clone, Copy, Debug)]
pub struct Meta {
    /// The model's name.
    pub name: &'static str,
    /// Its hidden-state factors.
    pub factors: &'static [Factor],
    /// Its observation modalities.
    pub modalities: &'static [Modality],
    /// Its actions.
    pub actions: &'static [ActionVariable],
    /// Its inputs.
    pub inputs: &'static [Input],
    /// What is recorded beside its actions, or with them.
    pub responses: &'static [Response],
    /// The policy horizon that it declares, in steps.
    pub horizon: usize,
}

impl Meta {
    /// The number of joint actions.
    pub const fn joint_actions(&self) -> usize {
        let (mut count, mut i) = (1, 0);
        while i < self.actions.len() {
            count *= self.actions[i].values.count;
            i += 1;
        }
        count
    }

    /// Whether some factor is driven by no action.
    pub(crate) const fn has_steady_factors(&self) -> bool {
        let mut i = 0;
        while i < self.factors.len() {
            if self.factors[i].actions.is_empty() {
                return true;
            }
            i += 1;
        }
        false
    }

    /// The number of joint states over all factors, saturating.
    pub const fn joint_states(&self) -> usize {
        let (mut count, mut i) = (1usize, 0);
        while i < self.factors.len() {
            count = count.saturating_mul(self.factors[i].states.count);
            i += 1;
        }
        count
    }

    /// The combination of several factors' states, as one index, the last running fastest.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(crate) fn context(&self, parents: &[usize], state: impl Fn(usize) -> usize) -> usize {
        parents.iter().fold(0, |context, &f| context * self.factors[f].states.count + state(f))
    }

    /// The number of joint outcomes over all modalities, saturating.
    pub const fn joint_outcomes(&self) -> usize {
        product!(self.modalities, |modality| modality.outcomes.count)
    }

    /// How many joint actions share one value of action `a` and of all actions before it.
    pub const fn action_stride(&self, a: usize) -> usize {
        let (mut stride, mut i) = (1, a + 1);
        while i < self.actions.len() {
            stride *= self.actions[i].values.count;
            i += 1;
        }
        stride
    }

    /// The value of action `a` within a joint action.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub const fn action_value(&self, joint: usize, a: usize) -> usize {
        (joint / self.action_stride(a)) % self.actions[a].values.count
    }

    /// The joint action with these values of its parts; `None` where one is missing.
    pub fn joint_action(&self, parts: impl IntoIterator<Item = Option<usize>>) -> Option<usize> {
        let mut parts = parts.into_iter();
        self.actions.iter().try_fold(0, |joint, action| Some(joint * action.values.count + parts.next()??))
    }

    /// A joint action in words: the label of a single action, `name=label, ..` of several.
    pub fn action_label(&self, joint: usize) -> String {
        let mut text = String::new();
        for (a, action) in self.actions.iter().enumerate() {
            let label = action.values.label(self.action_value(joint, a));
            if self.actions.len() == 1 {
                return label.into_owned();
            }
            if a > 0 {
                text.push_str(", ");
            }
            text.push_str(action.name);
            text.push('=');
            text.push_str(&label);
        }
        text
    }
}

/// How many combinations of the states of some factors there are.
pub(crate) const fn contexts(meta: &Meta, parents: &[usize]) -> usize {
    product!(parents, |f| meta.factors[*f].states.count)
}
