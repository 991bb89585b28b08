//! What can be wrong with a structure, its settings, or what a trial is told: each kind of mistake is a variant that says what and where.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

/// A table of a structure, by the letter that SPM gives it: capitals are distributions, small letters are counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Likelihood (A) of a modality.
    Likelihood,
    /// Its counts (a).
    LikelihoodCounts,
    /// Transition (B) of a factor.
    Transition,
    /// Its counts (b).
    TransitionCounts,
    /// Log preferences (C) of a modality.
    Preference,
    /// Their counts (c).
    PreferenceCounts,
    /// Where a factor begins (D).
    Initial,
    /// Its counts (d).
    InitialCounts,
    /// The prior over policies (E).
    Habit,
    /// Its counts (e).
    HabitCounts,
    /// Policies (V), step by step.
    Policies,
    /// Moves (U).
    Moves,
    /// What links a factor below to a modality above.
    StateLink,
    /// What links preferences below to a modality above (linkC).
    PreferenceLink,
    /// What links the prior over policies below to a modality above (linkE).
    HabitLink,
    /// Counts under a prior that are to be reduced.
    Reduction,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Part::Likelihood => "A",
            Part::LikelihoodCounts => "a",
            Part::Transition => "B",
            Part::TransitionCounts => "b",
            Part::Preference => "C",
            Part::PreferenceCounts => "c",
            Part::Initial => "D",
            Part::InitialCounts => "d",
            Part::Habit => "E",
            Part::HabitCounts => "e",
            Part::Policies => "V",
            Part::Moves => "U",
            Part::StateLink => "link",
            Part::PreferenceLink => "linkC",
            Part::HabitLink => "linkE",
            Part::Reduction => "counts",
        })
    }
}

/// What a trial waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Awaited {
    /// Outcomes of the present.
    Outcomes,
    /// Outcomes, with what was lived at the level below.
    Episode,
    /// The action that was taken.
    Action,
    /// Nothing: the trial is over.
    Nothing,
}

impl fmt::Display for Awaited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Awaited::Outcomes => "it waits for outcomes",
            Awaited::Episode => "it waits for outcomes and for what was lived at the level below",
            Awaited::Action => "it waits for an action",
            Awaited::Nothing => "it is over",
        })
    }
}

/// What cannot be used, and where it stands. Indices begin at 0.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SpmError {
    /// A table has not as many numbers as its shape says.
    #[error("a table of the shape {shape:?} cannot hold {found} numbers")]
    Numbers {
        /// The shape.
        shape: Vec<usize>,
        /// How many numbers there are.
        found: usize,
    },
    /// There is nothing of which there has to be some.
    #[error("{part} is empty")]
    Empty {
        /// Which tables.
        part: Part,
    },
    /// There are not as many tables of a kind as there have to be.
    #[error("{part} has {found} entries, but there have to be {expected}")]
    Count {
        /// Which tables.
        part: Part,
        /// How many there are.
        found: usize,
        /// How many there have to be.
        expected: usize,
    },
    /// A table has another shape than its place asks for.
    #[error("{part}[{index}] has the shape {found:?}, but has to have {expected:?}")]
    Shape {
        /// Which tables.
        part: Part,
        /// Which of them.
        index: usize,
        /// Its shape.
        found: Vec<usize>,
        /// What it has to be; 0 stands for any size.
        expected: Vec<usize>,
    },
    /// A number cannot stand where it does.
    #[error("{part}[{index}] holds {value} at its place {at}, but has to hold {expected}")]
    Entry {
        /// Which tables.
        part: Part,
        /// Which of them.
        index: usize,
        /// Its place among the numbers of the table.
        at: usize,
        /// What stands there.
        value: f64,
        /// What has to stand there.
        expected: &'static str,
    },
    /// An index leads out of range.
    #[error("{part}[{index}] names {what} {found}, but there are {size}")]
    Range {
        /// Which tables.
        part: Part,
        /// Which of them.
        index: usize,
        /// What it names.
        what: &'static str,
        /// The index.
        found: usize,
        /// How many there are.
        size: usize,
    },
    /// A setting cannot be what it is.
    #[error("{setting} is {value}, but has to be {expected}")]
    Setting {
        /// Which, by SPM's name.
        setting: &'static str,
        /// What it is.
        value: f64,
        /// What it has to be.
        expected: &'static str,
    },
    /// The joint states, outcomes or actions are too many, or the beliefs that all policies have of all times.
    #[error("there are more than {most} {what}")]
    TooMany {
        /// Of what: `joint states`.
        what: &'static str,
        /// The most that there can be.
        most: usize,
    },
    /// A level below is linked by nothing that says where it begins.
    #[error("the level below has no link to a factor: nothing says where an episode begins and when it ends")]
    NoStateLink,
    /// One modality is told by two links.
    #[error("modality {modality} is told by more than one link to the level below")]
    ToldTwice {
        /// The modality above.
        modality: usize,
    },
    /// A scheme is asked for what it does not do.
    #[error("{0}")]
    Unsupported(&'static str),
    /// A trial is told something at the wrong moment.
    #[error("the trial cannot be told that now: {awaited}")]
    Order {
        /// What it waits for.
        awaited: Awaited,
    },
    /// Not one outcome for each modality, or not one action for each factor.
    #[error("{found} {what} were given, but there have to be {expected}")]
    Told {
        /// Of what.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// How many there have to be.
        expected: usize,
    },
    /// An outcome, an action or a move that does not exist.
    #[error("{what} {index} is {found}, but there are {size}")]
    Outside {
        /// What: `outcome of modality`, `action of factor`, `move at time`.
        what: &'static str,
        /// Which.
        index: usize,
        /// What was given.
        found: usize,
        /// How many there are.
        size: usize,
    },
    /// The weights of an outcome are none.
    #[error("the weights of modality {modality} have to be {outcomes} numbers that are not negative")]
    Weights {
        /// The modality.
        modality: usize,
        /// How many outcomes it has.
        outcomes: usize,
    },
    /// Nothing was seen of a modality that no link tells.
    #[error("modality {modality} is not told by the level below: an outcome has to be given")]
    NotBelow {
        /// The modality.
        modality: usize,
    },
    /// An episode was over before it had compared moves twice, and a link asks for its policies.
    #[error("the episode below ended before it left a posterior over moves, which linkE asks for")]
    NoPolicyPosterior,
    /// What is told of the level below was lived in another model.
    #[error("what was lived below is no episode of the level below")]
    NoEpisode,
    /// Something is wrong at the level below.
    #[error("at the level below: {0}")]
    Below(Box<SpmError>),
}

impl SpmError {
    pub(super) fn below(self) -> SpmError {
        SpmError::Below(Box::new(self))
    }
}
