//! What can be wrong with something stored: agents, counts, members of flocks.

use alloc::string::String;

/// Something stored that is not of this model.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoredError {
    /// It has another version's form.
    #[error("the stored agent has the form of version {found}, this is version {expected}")]
    Version {
        /// The version of its form.
        found: u32,
        /// This one.
        expected: u32,
    },
    /// It is of another declaration.
    #[error("the stored agent acts under {stored}, not under this {model}: {difference}")]
    Declaration {
        /// The model that it acts under.
        stored: String,
        /// The model that it was read for.
        model: &'static str,
        /// Where the two first differ.
        difference: String,
    },
    /// A belief is none.
    #[error("the stored belief is no distribution over the states of {model}")]
    Belief {
        /// The model.
        model: &'static str,
    },
    /// What is known of an observation is no distribution, or has no weights.
    #[error("what is stored of an observation of {model} is no distribution and no weights")]
    Observation {
        /// The model.
        model: &'static str,
    },
    /// An action does not exist.
    #[error("a stored step names an action that {model} has not")]
    Action {
        /// The model.
        model: &'static str,
    },
    /// Which actions were open is not one flag for each, one of them set.
    #[error("which actions of {model} were open is not stored as it should be")]
    Open {
        /// The model.
        model: &'static str,
    },
    /// How far it is in its block is no way that it can be.
    #[error("how far the stored agent of {model} is in its block is not stored as it should be")]
    Progress {
        /// The model.
        model: &'static str,
    },
    /// Goals are no states of its factors.
    #[error("the goals of the stored agent are no states of the factors of {model}")]
    Goals {
        /// The model.
        model: &'static str,
    },
    /// How often actions were taken is not one count for each.
    #[error("how often actions of {model} were taken is not stored as it should be")]
    Taken {
        /// The model.
        model: &'static str,
    },
    /// A step has no joint distribution, or one of another size.
    #[error("a stored step of {model} has no joint distribution as it should be")]
    Joint {
        /// The model.
        model: &'static str,
    },
    /// An agent that learns has no counts.
    #[error("the stored agent learns, but none of the counts of {model} are stored")]
    CountsMissing {
        /// The model.
        model: &'static str,
    },
    /// Counts lie otherwise than those of the model.
    #[error("the stored counts have not the shape of those of {model}")]
    CountsShape {
        /// The model.
        model: &'static str,
    },
    /// Counts are none.
    #[error("the stored counts of {model} are no counts: negative, infinite or all zero")]
    Counts {
        /// The model.
        model: &'static str,
    },
    /// The belief of a member of a flock is none.
    #[error("member {member}: its belief is no distribution over the states of {model}")]
    MemberBelief {
        /// The member, from 0.
        member: usize,
        /// The model.
        model: &'static str,
    },
    /// The joint distribution of a member of a flock is none.
    #[error("member {member}: {found} numbers of no joint distribution, {expected} are expected")]
    MemberJoint {
        /// The member, from 0.
        member: usize,
        /// How many numbers are stored.
        found: usize,
        /// How many there should be.
        expected: usize,
    },
}
