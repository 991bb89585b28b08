//! What can be wrong with a model's numbers or with options, in the model's own words.

use alloc::string::String;
use alloc::vec::Vec;

use super::limits::{AtLeastOne, Limited};
use super::stored::StoredError;

/// A model whose distributions or options cannot be used.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// A column of a likelihood, a transition or an initial distribution does not sum to one.
    #[error("{column} sums to {sum}, not to 1")]
    Sum {
        /// Which column: `outcome given place=Left, side=Right`.
        column: String,
        /// What it sums to.
        sum: f64,
    },
    /// A column of counts has none that is positive.
    #[error("{column} has no count above 0")]
    NoCounts {
        /// Which column.
        column: String,
    },
    /// A probability or a count is negative, infinite or not a number.
    #[error("{column} gives {label} the {what} {value}")]
    Entry {
        /// Which column.
        column: String,
        /// Which outcome or state.
        label: String,
        /// `probability` or `count`.
        what: &'static str,
        /// The offending number.
        value: f64,
    },
    /// What a modality measures has no distribution: a scale that is not positive, a number that is not finite.
    #[error("{column} is no distribution: its numbers are {numbers:?}")]
    Distribution {
        /// Which: `level given tank=Low`.
        column: String,
        /// The numbers that describe it, in the order of its fields.
        numbers: Vec<f64>,
    },
    /// The nodes at which plans look at what a modality measures are too few for its distributions.
    #[error(
        "{nodes} nodes are too few for {column}: they hold {sum} of its probability, not 1; give the modality more, `#[modality(nodes = {})]`, or make its distributions less narrow",
        nodes * 2
    )]
    Nodes {
        /// Which: `level given tank=Low`.
        column: String,
        /// How many nodes there are.
        nodes: usize,
        /// How much they hold.
        sum: f64,
    },
    /// A preference, habit, option or other model-wide number is not usable.
    #[error("{what} is {value}, but has to be {expected}")]
    Number {
        /// Which number: `preference of outcome for Reward`, `policy precision`.
        what: String,
        /// What it is.
        value: f64,
        /// What it has to be.
        expected: &'static str,
    },
    /// An option is zero that counts something of which there has to be some.
    #[error("{0}")]
    Zero(AtLeastOne),
    /// An option is larger than it can be.
    #[error("{}", what.words(*found, *most))]
    Excess {
        /// Which option.
        what: Limited,
        /// What it is.
        found: usize,
        /// The most that it can be.
        most: usize,
    },
    /// What a way to perceive works out is too large for the model.
    #[error("{what} over the {states} joint states of {model} is too much: at most {most}")]
    JointStates {
        /// The way to perceive.
        what: &'static str,
        /// The model.
        model: &'static str,
        /// How many joint states it has, or some of its factors together.
        states: usize,
        /// The most that there can be.
        most: usize,
    },
    /// A model has too many joint states for sophisticated inference.
    #[error("sophisticated inference runs over the {states} joint states of {model}, which is too much: at most {most}")]
    SearchedStates {
        /// The model.
        model: &'static str,
        /// How many joint states it has.
        states: usize,
        /// The most that there can be.
        most: usize,
    },
    /// A model has too many joint outcomes for information gain of all modalities together.
    #[error(
        "the joint information gain of {model} runs over {outcomes} joint outcomes times {states} joint states, which is too much: at most {most} in all"
    )]
    JointOutcomes {
        /// The model.
        model: &'static str,
        /// How many joint outcomes it has.
        outcomes: usize,
        /// How many joint states it has.
        states: usize,
        /// The most that their product can be.
        most: usize,
    },
    /// There are too many policies to enumerate in planning.
    #[error(
        "{actions} actions over {horizon} steps make more than {most} policies: plan with a budget, or by Monte-Carlo tree search"
    )]
    Enumerated {
        /// How many joint actions there are.
        actions: usize,
        /// How many steps a policy has.
        horizon: usize,
        /// The most policies that can be enumerated.
        most: usize,
    },
    /// There are too many policies to make a list of.
    #[error("{actions} actions over {horizon} steps make more than {most} policies")]
    Listed {
        /// How many joint actions there are.
        actions: usize,
        /// How many steps a policy has.
        horizon: usize,
        /// The most policies that can be looked at.
        most: usize,
    },
    /// There are too many policies to write each of them down.
    #[error("there are too many policies to write each of them down")]
    Recorded,
    /// Induction cannot work back so far.
    #[error("induction works back {depth} steps, but between 1 and {most} are possible")]
    InductionDepth {
        /// How many steps it is to work back.
        depth: usize,
        /// The most that it can.
        most: usize,
    },
    /// Tables and options have different horizons.
    #[error("the tables were built for a horizon of {tables} steps, the options ask for {options}")]
    Horizon {
        /// The horizon of the tables.
        tables: usize,
        /// That of the options.
        options: usize,
    },
    /// Tables have preferences for fewer steps than options ask for.
    #[error(
        "the tables have preferences for {tables} steps, the options ask for {options}: build them by `AgentOptions::tables`"
    )]
    PreferenceSteps {
        /// The steps of the tables.
        tables: usize,
        /// Those of the options.
        options: usize,
    },
    /// No preference depends on the step.
    #[error("no preference of {model} depends on the step, so that there is nothing to count from the block's beginning")]
    NothingTimed {
        /// The model.
        model: &'static str,
    },
    /// A preference that depends on the step has counts.
    #[error("the preference of {modality} is counts, which are the same at every step: `preference = ..`, without the step")]
    TimedCounts {
        /// The modality.
        modality: &'static str,
    },
    /// A list of policies and an agent have different horizons.
    #[error("the policies have {policies} steps, the agent's horizon is {horizon}")]
    PolicyHorizon {
        /// How many steps the policies have.
        policies: usize,
        /// The agent's horizon.
        horizon: usize,
    },
    /// A habit over policies fixes the horizon.
    #[error("the habit of {model} has one log-weight for each policy of {declared} steps, so the horizon cannot be {horizon}")]
    HabitHorizon {
        /// The model.
        model: &'static str,
        /// The declared horizon.
        declared: usize,
        /// The one that is asked for.
        horizon: usize,
    },
    /// The policies of a list have different lengths.
    #[error("policy {policy} has {steps} steps, the first has {first}")]
    PolicyLength {
        /// Which policy, from 0.
        policy: usize,
        /// How many steps it has.
        steps: usize,
        /// How many the first one has.
        first: usize,
    },
    /// A habit over a list of policies has not one log-weight for each.
    #[error("{found} log-weights for {policies} policies")]
    LogWeights {
        /// How many log-weights there are.
        found: usize,
        /// How many policies there are.
        policies: usize,
    },
    /// A buffer has not one number for each policy.
    #[error("a buffer of {found} numbers for {policies} policies")]
    Buffer {
        /// How many numbers it holds.
        found: usize,
        /// How many policies there are.
        policies: usize,
    },
    /// A habit leaves no action.
    #[error("the habit of {model} forbids every action")]
    NoAction {
        /// The model.
        model: &'static str,
    },
    /// The habit of a list of policies leaves none.
    #[error("the habit forbids every policy")]
    NoPolicy,
    /// The habit of a model leaves no policy of a list.
    #[error("the habit of {model} forbids every policy of the list")]
    NoListedPolicy {
        /// The model.
        model: &'static str,
    },
    /// A habit over all policies of a model says nothing of a list of some.
    #[error("the habit of {model} is over all its policies: give the list a habit of its own, and the model none")]
    HabitOfPolicies {
        /// The model.
        model: &'static str,
    },
    /// A list of policies is compared by enumeration.
    #[error("a list of policies is compared by `Planning::Tree` only")]
    ListNeedsTree,
    /// A list of policies is not planned within a budget.
    #[error("the agent of {model} compares a list of policies, which is not planned within a budget")]
    ListWithinBudget {
        /// The model.
        model: &'static str,
    },
    /// An agent is to learn of which nothing is declared with counts.
    #[error(
        "{model} has nothing to learn: none of its likelihoods, transitions, initial states and habits is declared with counts (`Dirichlet`)"
    )]
    NothingToLearn {
        /// The model.
        model: &'static str,
    },
    /// Induction has no goal.
    #[error(
        "{model} has no goal to plan back from: give a factor one, `#[factor(.., goal = ..)]`, or the agent some states that it wants"
    )]
    NoGoal {
        /// The model.
        model: &'static str,
    },
    /// What was worked back from goals is of other factors.
    #[error("what leads to these goals was worked out for a model of other factors than {model}")]
    InductionOfAnother {
        /// The model of the agent.
        model: &'static str,
    },
    /// What is assigned in the course of a life would have it learn, or update its precision, from there on.
    #[error("who was not told to learn, or to update its precision, cannot be told so by a number in the course of a life")]
    ToldTooLate,
    /// No action is open.
    #[error("none of the actions of {model} is open")]
    NothingOpen {
        /// The model.
        model: &'static str,
    },
    /// There is no action to correct.
    #[error(
        "there is no action to correct: the agent of {model} has done nothing since it last perceived, learned or was given inputs, or it passes messages over a window"
    )]
    NothingToCorrect {
        /// The model.
        model: &'static str,
    },
    /// What is known of an observation is no distribution, or has no weights.
    #[error("what is known of an observation of {model} is no distribution and no weights: {evidence}")]
    Evidence {
        /// The model.
        model: &'static str,
        /// What is known of which modality, and what was expected, in words.
        evidence: String,
    },
    /// An agent carries more than a mind can.
    #[error("a mind carries beliefs only, but this agent of {model} also carries {more}")]
    MoreThanBeliefs {
        /// The model.
        model: &'static str,
        /// What else.
        more: &'static str,
    },
    /// Numbers that are no inputs of a model.
    #[error("{found:?} are no inputs of {model}")]
    Inputs {
        /// The numbers.
        found: Vec<f64>,
        /// The model.
        model: &'static str,
    },
    /// Not one preference for each outcome.
    #[error("{found} preferences, but the modalities of {model} have {outcomes} outcomes")]
    Preferences {
        /// How many there are.
        found: usize,
        /// The model.
        model: &'static str,
        /// How many outcomes its modalities have together.
        outcomes: usize,
    },
    /// Sensitivities of an agent that learns.
    #[error("sensitivities are those of an agent that does not learn: leave `learning` out of its options")]
    LearnsInSensitivities,
    /// A place of a world is none.
    #[error("{what} is {place}")]
    Outside {
        /// What is there: `the object`.
        what: String,
        /// Where that is, and why it cannot be.
        place: String,
    },
    /// A model cannot be a level, or have levels, as it is.
    #[error("{model} {what}")]
    Level {
        /// Which model.
        model: &'static str,
        /// What it has, or is, that cannot be: `as a level has runs of no steps; a run has at least one`.
        what: &'static str,
    },
    /// What was stored does not fit the model.
    #[error(transparent)]
    Stored(#[from] StoredError),
}
