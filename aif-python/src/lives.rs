//! What a declared model has to be for agents to live under it in Python.

use aif_runtime::model::Inputs;
use aif_runtime::{GenerativeModel, ModelFamily};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::fault::{Fault, listed};

/// A model that agents live under in Python: every declared one without levels.
pub trait Lives:
    ModelFamily<
        Belief: Serialize + DeserializeOwned,
        Evidence: Serialize + DeserializeOwned,
        Action: Serialize + DeserializeOwned,
        Preferences: Serialize + DeserializeOwned,
    >
{
}

impl<M> Lives for M where
    M: ModelFamily<
            Belief: Serialize + DeserializeOwned,
            Evidence: Serialize + DeserializeOwned,
            Action: Serialize + DeserializeOwned,
            Preferences: Serialize + DeserializeOwned,
        >
{
}

/// Inputs from numbers.
pub(crate) fn inputs<M: GenerativeModel>(numbers: &[f64]) -> Result<M::Inputs, Fault> {
    let known = || listed(M::META.inputs.iter().map(|input| input.name));
    M::Inputs::from_numbers(numbers).ok_or_else(|| Fault::Inputs { model: M::META.name, known: known() })
}
