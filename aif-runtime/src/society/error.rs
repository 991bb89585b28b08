//! What can be wrong with players, what they think of each other, and what they are shown.

use alloc::string::String;

use crate::model::ModelError;

/// Why there is no such player, or it cannot go on.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SocietyError {
    /// The numbers of a model cannot be used.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// A model has no action, or more than its player's own and one other's.
    #[error(
        "a player's model has its own action first and, where there is another, the other's second: {model} has {found} actions"
    )]
    Actions {
        /// The model.
        model: &'static str,
        /// How many it has.
        found: usize,
    },
    /// A modality is measured.
    #[error("{modality} of {model} is measured: players see discrete outcomes only")]
    Measured {
        /// The model.
        model: &'static str,
        /// The modality.
        modality: &'static str,
    },
    /// A habit is over policies.
    #[error("the habit of {model} is over all policies: that of a player is over joint actions")]
    Habit {
        /// The model.
        model: &'static str,
    },
    /// A model names its policies.
    #[error("{model} compares only some policies: a player compares all")]
    Policies {
        /// The model.
        model: &'static str,
    },
    /// A factor is kept from block to block.
    #[error("{factor} of {model} is kept between blocks: a player begins each block anew")]
    Kept {
        /// The model.
        model: &'static str,
        /// The factor.
        factor: &'static str,
    },
    /// A model has a goal.
    #[error("{model} has a goal: players do not plan back from goals; prefer what is seen there")]
    Goal {
        /// The model.
        model: &'static str,
    },
    /// A model is too large to be written out over its joint states.
    #[error("{what} of {model} make {found} numbers, which is too much: at most {most}")]
    TooLarge {
        /// The model.
        model: &'static str,
        /// What: its transitions, its likelihoods.
        what: &'static str,
        /// How many they are.
        found: usize,
        /// The most that there can be.
        most: usize,
    },
    /// An option is out of its range.
    #[error("{what} is {value}, but has to be {expected}")]
    Option {
        /// Which.
        what: &'static str,
        /// What it is.
        value: f64,
        /// What it has to be.
        expected: &'static str,
    },
    /// There is nobody to think of.
    #[error("{model} has one action, its player's own: there is no other's that a mind could choose")]
    NoOther {
        /// The model.
        model: &'static str,
    },
    /// The other's action is not that of the mind that is to choose it.
    #[error("`{action}` of {model} has the values {expected}, but {other} chooses among {found}")]
    OtherAction {
        /// The model.
        model: &'static str,
        /// The other's action in it.
        action: &'static str,
        /// Its values.
        expected: String,
        /// The other's model.
        other: &'static str,
        /// The values of its own action.
        found: String,
    },
    /// Prior probabilities of kinds of others are none.
    #[error(
        "the prior probabilities of the other's kinds sum to {sum}: at least one above 0 is expected, none below, and a sum of 1"
    )]
    Kinds {
        /// What they sum to.
        sum: f64,
    },
    /// A value is none of a player's action.
    #[error("{found} is no value of `{action}` of {model}: it has {values}")]
    Action {
        /// The model.
        model: &'static str,
        /// Its own action.
        action: &'static str,
        /// The index, or the number of values of the type.
        found: usize,
        /// How many there are.
        values: usize,
    },
    /// What was seen cannot be.
    #[error("{model} holds what it saw impossible, whatever the hidden state and the other may be")]
    Impossible {
        /// The model.
        model: &'static str,
    },
    /// What is known of a modality is neither an outcome nor nothing.
    #[error("what is known of {modality} has to be an outcome, or nothing: players do not take soft evidence")]
    Evidence {
        /// The modality.
        modality: &'static str,
    },
    /// More beliefs of the other would have to be carried.
    #[error(
        "step {step}: more than {beliefs} beliefs of the other would have to be carried, and with some of them put together the score of {model} would be none: allow more (PlayerOptions::beliefs)"
    )]
    Merged {
        /// The model.
        model: &'static str,
        /// The step, from 0.
        step: usize,
        /// How many are allowed.
        beliefs: usize,
    },
    /// What mutual prediction does not know.
    #[error("{player} has {what}: mutual prediction is of payoffs and precisions alone, both moving at once")]
    Mutual {
        /// Whose.
        player: &'static str,
        /// What: a habit, a lapse, turns.
        what: &'static str,
    },
    /// A choice was recorded that has no probability.
    #[error("{model} would never do what was recorded as its choice {choice}, from 0")]
    Never {
        /// The model.
        model: &'static str,
        /// Which of its choices, from 0.
        choice: usize,
    },
    /// A choice is missing where there was one to make, or recorded where there was none.
    #[error(
        "step {step}: it is {} turn, but a choice is {}",
        if *turn { "the player's" } else { "not the player's" },
        if *turn { "missing" } else { "recorded" }
    )]
    Turn {
        /// The step, from 0.
        step: usize,
        /// Whether it was the player's turn.
        turn: bool,
    },
    /// A choice takes more work than is allowed.
    #[error("a choice of {model} takes more than {most} evaluations: look less far ahead, think less deeply, or allow more")]
    Evaluations {
        /// The model.
        model: &'static str,
        /// How many are allowed.
        most: usize,
    },
    /// Payoffs are not a number for each pair of actions.
    #[error("payoffs of {player} are {found} numbers, but {expected} are expected: one for each pair of actions, each finite")]
    Payoffs {
        /// Whose.
        player: &'static str,
        /// How many usable ones there are.
        found: usize,
        /// How many there should be.
        expected: usize,
    },
    /// The path of equilibria was lost.
    #[error("the branch of quantal response equilibria was followed to {reached} of the precision, and no further")]
    Branch {
        /// How far, from 0 to 1.
        reached: f64,
    },
    /// A seat is for an action that there is not, or two are for one.
    #[error("seat {seat}: {world} has {actions} actions, one for each player")]
    Seats {
        /// The world's model.
        world: &'static str,
        /// How many players there are.
        seat: usize,
        /// How many actions it has.
        actions: usize,
    },
    /// A seat was left open, and nobody has come.
    #[error("the seat of `{name}` is open: somebody has to sit there, or to come to the game from outside (`Game`)")]
    Open {
        /// The name.
        name: String,
    },
    /// What somebody thinks cannot be kept with others.
    #[error("what `{name}` thinks cannot be kept with the society: only players can be, not agents, open seats or others")]
    Unkept {
        /// Its name, or that of its model.
        name: String,
    },
    /// What was kept is of another society.
    #[error("what was kept is not of this society in {world}: {what} differs")]
    OtherSociety {
        /// The world's model.
        world: &'static str,
        /// What differs.
        what: &'static str,
    },
    /// No seat was left open.
    #[error("all seats of {world} are taken: one has to be left open (`Society::leave_open`) for whoever comes to the game")]
    Full {
        /// The world's model.
        world: &'static str,
    },
    /// Something is done in a game that has not begun.
    #[error("the game of {world} has not begun: begin a block first")]
    NotBegun {
        /// The world's model.
        world: &'static str,
    },
    /// Two players have one name.
    #[error("two players are called `{name}`")]
    Name {
        /// The name.
        name: String,
    },
    /// A saved thought is of another player.
    #[error("what was thought is not of this player: {model} at depth {depth}")]
    Thought {
        /// The model.
        model: &'static str,
        /// How deeply it thinks.
        depth: usize,
    },
    /// Depths and their prior probabilities, or likelihoods, do not belong together.
    #[error("{found} likelihoods and {expected} prior probabilities of depths that sum to 1 are expected")]
    Depths {
        /// How many likelihoods.
        found: usize,
        /// How many prior probabilities.
        expected: usize,
    },
}
