//! A generative model in tables, as SPM has it: the structure `MDP` without what a trial adds to it.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::tensor::Tensor;

/// Dirichlet counts of what is learned; what has none is known.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Counts {
    /// `a`, shaped as the likelihoods.
    pub likelihood: Option<Vec<Tensor>>,
    /// `b`, shaped as the transitions.
    pub transition: Option<Vec<Tensor>>,
    /// `c`, shaped as the preferences; over time once something was learned.
    pub preference: Option<Vec<Tensor>>,
    /// `d`, shaped as the initial distributions.
    pub initial: Option<Vec<Vec<f64>>>,
    /// `e`, one for each policy or move.
    pub habit: Option<Vec<f64>>,
}

/// What is chosen from.
#[derive(Clone, Debug, PartialEq)]
pub enum Control {
    /// `V[t][policy][factor]`: the action of each factor between t and t + 1. A trial has one time more than rows.
    Policies(Vec<Vec<Vec<usize>>>),
    /// `U[move][factor]`: candidate actions, the same at every time.
    Moves {
        /// The actions of each factor under each move.
        moves: Vec<Vec<usize>>,
        /// How many times a trial has (`T`).
        steps: usize,
    },
}

impl Control {
    /// How many policies or moves there are.
    pub fn count(&self) -> usize {
        match self {
            Control::Policies(rows) => rows.first().map_or(0, Vec::len),
            Control::Moves { moves, .. } => moves.len(),
        }
    }

    /// How many times a trial has (`T`).
    pub fn steps(&self) -> usize {
        match self {
            Control::Policies(rows) => rows.len() + 1,
            Control::Moves { steps, .. } => *steps,
        }
    }
}

/// A generative model in tables. Every modality depends on all factors, in order; every factor on itself and its own action.
///
/// Distributions need not be normalised: columns are divided by their sums on use, and a column of zeros becomes uniform.
#[derive(Clone, Debug, PartialEq)]
pub struct Structure {
    /// `A[modality]`, `[outcome][state of factor 0][state of factor 1]..`.
    pub likelihood: Vec<Tensor>,
    /// `B[factor]`, `[next state][state][action]`.
    pub transition: Vec<Tensor>,
    /// `C[modality]`, `[outcome]` or `[outcome][time]`: log preferences, up to a constant.
    pub preference: Vec<Tensor>,
    /// `D[factor]`, `[state]`: where a trial begins.
    pub initial: Vec<Vec<f64>>,
    /// `E`, one for each policy or move: the prior over them. Uniform without.
    pub habit: Option<Vec<f64>>,
    /// `a`, `b`, `c`, `d`, `e`. Where there are counts, they are used in the place of the distribution.
    pub counts: Counts,
    /// `V`, or `U` and `T`.
    pub control: Control,
    /// The level below, one episode of which is lived at every time of this one.
    pub below: Option<Box<Level>>,
}

/// A level below another, and how the two are linked.
#[derive(Clone, Debug, PartialEq)]
pub struct Level {
    /// Its model.
    pub structure: Structure,
    /// Its settings. SPM hands none of its options down: the precision is updated there.
    pub settings: Settings,
    /// `link`: where its episodes begin, and what the level above hears of them.
    pub states: Vec<StateLink>,
    /// `linkC`: what is preferred there.
    pub preferences: Vec<PreferenceLink>,
    /// `linkE`: its prior over policies.
    pub habits: Vec<HabitLink>,
}

/// The first state of a factor below is the outcome of a modality above.
#[derive(Clone, Debug, PartialEq)]
pub struct StateLink {
    /// The factor below.
    pub factor: usize,
    /// The modality above.
    pub modality: usize,
    /// `[state below][outcome above]`.
    pub matrix: Tensor,
}

/// The preferences of a modality below are the outcome of a modality above.
#[derive(Clone, Debug, PartialEq)]
pub struct PreferenceLink {
    /// The modality below.
    pub to: usize,
    /// The modality above.
    pub modality: usize,
    /// `[outcome below][outcome above]`.
    pub matrix: Tensor,
}

/// The prior over policies below is the outcome of a modality above.
#[derive(Clone, Debug, PartialEq)]
pub struct HabitLink {
    /// The modality above.
    pub modality: usize,
    /// `[policy below][outcome above]`.
    pub matrix: Tensor,
}

/// The numbers that a scheme is run with, by default SPM's.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// `alpha`, the precision of actions: 512.
    pub action_precision: f64,
    /// `beta`, the prior expectation of the inverse precision of policies: 1.
    pub inverse_precision: f64,
    /// `zeta`, Occam's window: a policy is dropped whose log-probability is this much below the best one's: 3.
    pub window: f64,
    /// `eta`, the rate of learning: 1. Not that of initial states, which is always 1.
    pub learning_rate: f64,
    /// `tau`, the time constant of message passing: 4.
    pub time_constant: f64,
    /// `chi`, the uncertainty about linked factors below which an episode of a level below ends: 1/64.
    pub uncertainty: f64,
    /// `erp`, by how much beliefs are flattened before each time: 4. With 1 they are not.
    pub reset: f64,
    /// `OPTIONS.gamma`: the precision of policies is not updated. It never is where moves are chosen from.
    pub fixed_precision: bool,
    /// `OPTIONS.D`: what is believed of the first state of a trial is where the next begins.
    pub carry_initial: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            action_precision: 512.0,
            inverse_precision: 1.0,
            window: 3.0,
            learning_rate: 1.0,
            time_constant: 4.0,
            uncertainty: 1.0 / 64.0,
            reset: 4.0,
            fixed_precision: false,
            carry_initial: false,
        }
    }
}

impl Structure {
    /// A model that prefers nothing, learns nothing, has no habit and no level below.
    pub fn new(likelihood: Vec<Tensor>, transition: Vec<Tensor>, initial: Vec<Vec<f64>>, control: Control) -> Self {
        let none = |a: &Tensor| Tensor::vector(alloc::vec![0.0; a.rows()]);
        let preference = likelihood.iter().filter_map(|a| none(a).ok()).collect();
        Structure { likelihood, transition, preference, initial, habit: None, counts: Counts::default(), control, below: None }
    }

    /// How many states each factor has.
    pub fn sizes(&self) -> Vec<usize> {
        self.transition.iter().map(Tensor::rows).collect()
    }

    /// How many actions each factor has.
    pub fn actions(&self) -> Vec<usize> {
        self.transition.iter().map(|b| b.shape().last().copied().unwrap_or(1)).collect()
    }
}
