//! What is wrong with what Python gave, in the library's words.

use aif_infer::saves::SaveError;
use aif_infer::study::StudyError;
use aif_runtime::ModelError;
use aif_runtime::hgf::FilterError;
use aif_runtime::learner::LearnerError;
use pyo3::PyErr;
use pyo3::exceptions::{PyTypeError, PyValueError};

/// What is wrong with what Python gave: a `ValueError` there, a `TypeError` where something of another kind is expected.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// A model cannot be, or not with these options.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// What is put into a filter cannot be, or the filter has failed.
    #[error(transparent)]
    Filter(#[from] FilterError),
    /// A trial of a learner cannot be.
    #[error(transparent)]
    Learner(#[from] LearnerError),
    /// The bytes are no save of this model.
    #[error(transparent)]
    Save(#[from] SaveError),
    /// Data, arguments or a fit are wrong.
    #[error(transparent)]
    Study(Box<StudyError>),
    /// Options are not understood.
    #[error("options: {0}")]
    Options(#[from] serde_json::Error),
    /// A parameter that there is not.
    #[error("{model} has no parameter `{name}`; it has {known}")]
    Unknown {
        /// The model.
        model: &'static str,
        /// What was given.
        name: String,
        /// Those that there are.
        known: String,
    },
    /// A parameter that has no default, and was not given.
    #[error("{model} needs its parameter `{name}`")]
    Missing {
        /// The model.
        model: &'static str,
        /// The parameter.
        name: &'static str,
    },
    /// Inputs of a model that are not all given, or others.
    #[error("{model} has the inputs {known}: each has to be given, with one of its values, and no other")]
    Inputs {
        /// The model.
        model: &'static str,
        /// Those that it has.
        known: String,
    },
    /// Not as many parts as there should be.
    #[error("{what} of {model}: {found} parts, but it has {expected}")]
    Parts {
        /// Of what.
        what: &'static str,
        /// The model.
        model: &'static str,
        /// How many there are.
        found: usize,
        /// How many there should be.
        expected: usize,
    },
    /// A part that is not given by its name.
    #[error("{what} of {model} has the parts {known}: `{name}` is missing")]
    Part {
        /// Of what.
        what: &'static str,
        /// The model.
        model: &'static str,
        /// The part.
        name: &'static str,
        /// Those that it has.
        known: String,
    },
    /// A part that there is not.
    #[error("{what} of {model} has no part `{name}`; it has {known}")]
    NoPart {
        /// Of what.
        what: &'static str,
        /// The model.
        model: &'static str,
        /// What was given.
        name: String,
        /// Those that there are.
        known: String,
    },
    /// A trial of a learner without what it did.
    #[error("{model} has not chosen in this trial: `choose` before, or `response=` with what was done")]
    NotChosen {
        /// The learner.
        model: &'static str,
    },
    /// A value that there is not.
    #[error("`{name}` cannot be {found}: it is one of {known}")]
    Value {
        /// The factor, modality or action.
        name: &'static str,
        /// What was given.
        found: String,
        /// The values that there are.
        known: String,
    },
    /// Something that is no value of the kind.
    #[error("`{name}`: {found}, where {expected} is expected")]
    Kind {
        /// The factor, modality or action.
        name: &'static str,
        /// What was given.
        found: String,
        /// What is expected.
        expected: &'static str,
    },
    /// A code in an array that there is not.
    #[error("row {row}: `{name}` cannot be {found}: there are {count} values, from 0{missing}")]
    Code {
        /// The member of the batch.
        row: usize,
        /// The modality or action.
        name: &'static str,
        /// What was given.
        found: f64,
        /// How many values there are.
        count: usize,
        /// How a missing one is written, where it may be missing.
        missing: &'static str,
    },
    /// An array of another shape.
    #[error("{what}: an array of shape {found:?}, where {expected:?} is expected")]
    Shape {
        /// Which array.
        what: &'static str,
        /// Its shape.
        found: Vec<usize>,
        /// The shape that it should have.
        expected: Vec<usize>,
    },
    /// An array that does not lie in memory as it should.
    #[error("{what}: its numbers have to lie one after the other, row by row (numpy.ascontiguousarray)")]
    Layout {
        /// Which array.
        what: &'static str,
    },
    /// An array of other numbers.
    #[error("{what}: an array of {expected} is expected")]
    Dtype {
        /// Which array.
        what: &'static str,
        /// Of what it should be.
        expected: &'static str,
    },
    /// Batches that do not belong together.
    #[error("{agents} agents cannot live in {worlds} worlds{other}")]
    Together {
        /// How many agents.
        agents: usize,
        /// How many worlds.
        worlds: usize,
        /// Where they are of another model.
        other: &'static str,
    },
    /// So many agents or worlds are not made.
    #[error("{count} {what} are not made: at most {most} are, and they have to fit into memory")]
    Members {
        /// Agents or worlds.
        what: &'static str,
        /// How many there would be.
        count: usize,
        /// The most that are made.
        most: usize,
    },
    /// So large an array is not made.
    #[error("{what}: no array of shape {shape:?} is made: it may have {most} numbers at most, and they have to fit into memory")]
    Size {
        /// Which array.
        what: &'static str,
        /// The shape that it would have.
        shape: Vec<usize>,
        /// The most numbers that it may have.
        most: usize,
    },
    /// So many policies are not written out.
    #[error("{count} policies are not written out: at most {most} are")]
    Policies {
        /// How many there are.
        count: usize,
        /// The most that are.
        most: usize,
    },
    /// A parameter whose name Python has for something else.
    #[error("`{name}` of {model} cannot be the name of a parameter in Python: it means something else there")]
    Reserved {
        /// The model.
        model: &'static str,
        /// The parameter.
        name: &'static str,
    },
    /// A field that a population works out for each subject, and that Python cannot give.
    #[error(
        "`{field}` of {model} is no single number, and {population} works it out for each subject: \
         say by `parameters(..)` what agents and worlds have there"
    )]
    WorkedOut {
        /// The field.
        field: &'static str,
        /// The model.
        model: &'static str,
        /// The population.
        population: &'static str,
    },
    /// Two names of a declaration are one in Python.
    #[error("`{first}` and `{second}` of {model} would both be `{class}` in Python: call one otherwise")]
    Names {
        /// The model.
        model: &'static str,
        /// One of them.
        first: &'static str,
        /// The other.
        second: &'static str,
        /// What both would be.
        class: String,
    },
}

impl From<StudyError> for Fault {
    fn from(error: StudyError) -> Self {
        Fault::Study(Box::new(error))
    }
}

impl From<Fault> for PyErr {
    fn from(fault: Fault) -> Self {
        match &fault {
            Fault::Kind { .. } | Fault::Dtype { .. } => PyTypeError::new_err(fault.to_string()),
            _ => PyValueError::new_err(fault.to_string()),
        }
    }
}

/// Names, as a sentence lists them.
pub(crate) fn listed<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{}`", name.as_ref())).collect();
    match names.len() {
        0 => "none".into(),
        1..=12 => names.join(", "),
        count => format!("{}, .. ({count} in all)", names[..8].join(", ")),
    }
}
