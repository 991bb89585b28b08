//! Saves: agents, flocks and worlds as JSON or compact bytes, marked with the declaration that they were made under.
//!
//! A save of another model is refused before anything of it is read, with the first difference in words. Models are told apart by their
//! declarations: not by the numbers of their parameters, and not by what was saved, which has to be read as the type that it was written as.

use std::sync::Arc;

use aif_runtime::model::StoredError;
use aif_runtime::{Agent, AgentStateOf, GenerativeModel, ModelError, ModelFamily, Real, Tables};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::finite;
use crate::flock::{Agents, SeededMind};

/// The version of the form.
const VERSION: u32 = 1;

/// Why a save cannot be made or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SaveError {
    /// It has another version's form.
    #[error("the save has the form of version {found}, this is version {expected}")]
    Version {
        /// The version of its form.
        found: u32,
        /// This one.
        expected: u32,
    },
    /// It is of another model.
    #[error("the save is not of this {model}: {difference}")]
    Declaration {
        /// The model that it was read for.
        model: &'static str,
        /// Where the declarations first differ.
        difference: String,
    },
    /// There is more than there should be.
    #[error("the save has {0} bytes too many")]
    TooLong(usize),
    /// It is no such text.
    #[error("the save is no JSON of this form: {0}")]
    Json(#[from] serde_json::Error),
    /// They are no such bytes.
    #[error("the save has no bytes of this form: {0}")]
    Bytes(#[from] postcard::Error),
    /// A number of it is not finite.
    #[error("cannot be saved: {0}, expected numbers that are finite")]
    Infinite(String),
    /// What it holds is no agent of this model.
    #[error(transparent)]
    Model(#[from] ModelError),
}

/// What stands before everything that is saved.
#[derive(Serialize, Deserialize)]
struct Mark {
    version: u32,
    model: Vec<String>,
}

/// Something with its mark.
#[derive(Serialize, Deserialize)]
struct Marked<C> {
    mark: Mark,
    content: C,
}

/// The mark alone; what else there is is skipped.
#[derive(Deserialize)]
struct MarkOnly {
    mark: Mark,
}

impl Mark {
    fn of<M: GenerativeModel<T>, T: Real>() -> Self {
        Mark { version: VERSION, model: M::META.description() }
    }

    fn check<M: GenerativeModel<T>, T: Real>(&self) -> Result<(), SaveError> {
        if self.version != VERSION {
            return Err(SaveError::Version { found: self.version, expected: VERSION });
        }
        match M::META.first_difference(&self.model) {
            None => Ok(()),
            Some(difference) => Err(SaveError::Declaration { model: M::META.name, difference }),
        }
    }
}

/// Numbers that are not finite are not saved: JSON would lose them, and no agent has any.
fn check_finite(content: &(impl Serialize + ?Sized)) -> Result<(), SaveError> {
    match finite::check(content) {
        Ok(()) => Ok(()),
        Err(infinite) => Err(SaveError::Infinite(infinite.to_string())),
    }
}

/// Anything that belongs to a model, as JSON.
///
/// # Errors
/// When it has a number that is not finite, which is named, or cannot be written as JSON (a map whose keys are no text, say).
pub fn to_json<M: ModelFamily>(content: &(impl Serialize + ?Sized)) -> Result<String, SaveError> {
    check_finite(content)?;
    Ok(serde_json::to_string(&Marked { mark: Mark::of::<M, f64>(), content })?)
}

/// What [`to_json`] wrote for the same model.
///
/// # Errors
/// When it is no such text, or of another model.
pub fn from_json<M: ModelFamily, C: DeserializeOwned>(text: &str) -> Result<C, SaveError> {
    serde_json::from_str::<MarkOnly>(text)?.mark.check::<M, f64>()?;
    Ok(serde_json::from_str::<Marked<C>>(text)?.content)
}

/// Anything that belongs to a model, as bytes.
///
/// # Errors
/// When it has a number that is not finite, which is named, or cannot be written as bytes (a sequence of unknown length, say).
pub fn to_bytes<M: ModelFamily>(content: &(impl Serialize + ?Sized)) -> Result<Vec<u8>, SaveError> {
    check_finite(content)?;
    Ok(postcard::to_stdvec(&Marked { mark: Mark::of::<M, f64>(), content })?)
}

/// What [`to_bytes`] wrote for the same model.
///
/// # Errors
/// When they are no such bytes, of another model, or more than they should be.
pub fn from_bytes<M: ModelFamily, C: DeserializeOwned>(bytes: &[u8]) -> Result<C, SaveError> {
    let (mark, rest) = postcard::take_from_bytes::<Mark>(bytes)?;
    mark.check::<M, f64>()?;
    match postcard::take_from_bytes::<C>(rest)? {
        (content, []) => Ok(content),
        (_, rest) => Err(SaveError::TooLong(rest.len())),
    }
}

/// An agent with its generator, to be saved: `to_json::<Model>(&agent_with(&agent, &rng))`.
pub fn agent_with<'r, M: GenerativeModel<T>, T: Real, R>(agent: &Agent<M, T>, rng: &'r R) -> (AgentStateOf<M, T>, &'r R) {
    (agent.state(), rng)
}

/// An agent with its generator, from what was saved of them: with its beliefs, options, learned counts and chance.
///
/// # Errors
/// When the state is none of an agent of this model.
pub fn agent_from<M: GenerativeModel<T>, T: Real, R>(
    tables: Arc<Tables<M, T>>,
    (state, rng): (AgentStateOf<M, T>, R),
) -> Result<(Agent<M, T>, R), SaveError> {
    Ok((Agent::resume_sharing(tables, state)?, rng))
}

/// The same beside an agent of the model, with which it shares what does not change: [`Agent::resume_like`].
///
/// # Errors
/// As [`agent_from`].
pub fn agent_like<M: GenerativeModel<T>, T: Real, R>(
    like: &Agent<M, T>,
    (state, rng): (AgentStateOf<M, T>, R),
) -> Result<(Agent<M, T>, R), SaveError> {
    Ok((like.resume_like(state)?, rng))
}

impl<M: GenerativeModel<T>, T: Real, R: aif_runtime::random::Rng + Send> Agents<M, T, R> {
    /// A flock that goes on from what was saved of its members, [`Agents::birds`].
    ///
    /// # Errors
    /// When agents like `agent` carry more than beliefs, or a member believes no distribution over the model's states.
    pub fn resume(agent: Agent<M, T>, birds: Vec<SeededMind<M::Belief, R, T>>) -> Result<Self, ModelError> {
        let new = agent.newborn()?;
        for (place, bird) in birds.iter().enumerate() {
            if !aif_runtime::perceive::believable::<M, T>(&bird.mind.belief) {
                return Err(StoredError::MemberBelief { member: place, model: M::META.name }.into());
            }
            let joint = &bird.mind.joint;
            if joint.len() != new.joint.len() || !joint.iter().all(|p| p.is_finite() && p.value() >= 0.0) {
                let (found, expected) = (joint.len(), new.joint.len());
                return Err(StoredError::MemberJoint { member: place, found, expected }.into());
            }
        }
        Ok(Agents::of(agent, birds))
    }
}
