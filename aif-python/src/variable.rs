//! One variable of a declaration in Python: an enum made from its labels, and values to and from it.

use aif_runtime::model::{Labels, Meta};
use numpy::PyReadonlyArray1;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyString, PyType};

use crate::fault::{Fault, listed};
use crate::seen::Seen;

/// One factor, modality, action or input in Python.
pub(crate) struct Variable {
    pub name: &'static str,
    pub labels: Labels,
    /// Whether it is a number.
    pub measured: bool,
    /// Its enum and its members, in order; none of a number.
    pub class: Option<(String, Py<PyAny>)>,
    members: Vec<Py<PyAny>>,
}

/// `reward_side` as a class is called: `RewardSide`.
pub(crate) fn class_name(name: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
    };
    name.split('_').map(word).collect()
}

impl Variable {
    pub fn new(py: Python<'_>, module: &str, name: &'static str, labels: Option<Labels>) -> PyResult<Self> {
        let Some(labels) = labels else {
            let none = Labels::named(0, |_| "".into());
            return Ok(Variable { name, labels: none, measured: true, class: None, members: Vec::new() });
        };
        let members = PyDict::new(py);
        for (i, label) in labels.all().enumerate() {
            members.set_item(label.as_ref(), i)?;
        }
        let called = class_name(name);
        let keywords = PyDict::new(py);
        keywords.set_item("module", module)?;
        let class = py.import("enum")?.getattr("IntEnum")?.call((&called, members), Some(&keywords))?;
        let members = (0..labels.count).map(|i| Ok(class.call1((i,))?.unbind())).collect::<PyResult<_>>()?;
        Ok(Variable { name, labels, measured: false, class: Some((called, class.unbind())), members })
    }

    /// The factors, modalities and actions of a model, in the order of its description.
    pub fn of_model(py: Python<'_>, module: &str, meta: &Meta) -> PyResult<[Vec<Self>; 3]> {
        let one = |name, labels| Variable::new(py, module, name, labels);
        let outcomes = meta.modalities.iter().map(|m| one(m.name, m.measured.is_none().then_some(m.outcomes)));
        Ok([
            meta.factors.iter().map(|f| one(f.name, Some(f.states))).collect::<PyResult<_>>()?,
            outcomes.collect::<PyResult<_>>()?,
            meta.actions.iter().map(|a| one(a.name, Some(a.values))).collect::<PyResult<_>>()?,
        ])
    }

    fn known(&self) -> String {
        listed(self.labels.all())
    }

    /// A value of the enum, or a number.
    pub fn value(&self, py: Python<'_>, number: f64) -> Py<PyAny> {
        match self.members.get(number as usize) {
            Some(member) if !self.measured => member.clone_ref(py),
            _ => PyFloat::new(py, number).into_any().unbind(),
        }
    }

    /// The index of what Python gives: a value of the enum, its position or its label. A value of another enum is meant by its label.
    pub fn index(&self, given: &Bound<'_, PyAny>) -> Result<usize, Fault> {
        let labelled = |text: &str, called: &str| {
            let found = self.labels.all().position(|label| label == text);
            found.ok_or_else(|| Fault::Value { name: self.name, found: format!("`{called}`"), known: self.known() })
        };
        if let Ok(text) = given.cast::<PyString>() {
            let text = text.to_string();
            return labelled(&text, &text);
        }
        if let Some((class, name)) = self.of_another_enum(given) {
            return labelled(&name, &format!("{class}.{name}"));
        }
        // A bool is a number there, but for numpy's; of a domain of its own it is the position.
        match given.extract::<i64>().or_else(|_| given.extract::<bool>().map(i64::from)) {
            Ok(number) if !given.is_instance_of::<PyFloat>() => {
                let index = usize::try_from(number).ok().filter(|index| *index < self.labels.count);
                index.ok_or_else(|| Fault::Value { name: self.name, found: number.to_string(), known: self.known() })
            }
            _ => Err(self.kind(given, "one of its values, its position or its label")),
        }
    }

    /// The class and the name of a value of an enum that is not this one.
    fn of_another_enum(&self, given: &Bound<'_, PyAny>) -> Option<(String, String)> {
        static ENUM: PyOnceLock<Py<PyType>> = PyOnceLock::new();
        let (py, class) = (given.py(), given.get_type());
        let own = self.class.as_ref().is_some_and(|(_, own)| class.is(own));
        if own || given.is_exact_instance_of::<PyInt>() {
            return None;
        }
        let any = ENUM.import(py, "enum", "Enum").ok()?;
        if !given.is_instance(any).ok()? {
            return None;
        }
        let name = given.getattr(intern!(py, "name")).ok()?.extract::<String>().ok()?;
        Some((class.name().ok()?.to_string(), name))
    }

    fn kind(&self, given: &Bound<'_, PyAny>, expected: &'static str) -> Fault {
        let found = given.get_type().name().map_or_else(|_| "something".into(), |name| name.to_string());
        Fault::Kind { name: self.name, found, expected }
    }

    /// A number that is measured.
    pub fn number(&self, given: &Bound<'_, PyAny>) -> Result<f64, Fault> {
        match given.extract::<f64>() {
            Ok(number) if number.is_finite() && !given.is_instance_of::<PyBool>() => Ok(number),
            Ok(number) => Err(Fault::Value { name: self.name, found: number.to_string(), known: "the finite numbers".into() }),
            Err(_) => Err(self.kind(given, "a number")),
        }
    }

    /// A value as a number: what is measured, else the index.
    pub fn code(&self, given: &Bound<'_, PyAny>) -> Result<f64, Fault> {
        if self.measured { self.number(given) } else { Ok(self.index(given)? as f64) }
    }

    /// The same; nothing where `None` is given.
    pub fn code_or_none(&self, given: &Bound<'_, PyAny>) -> Result<Option<f64>, Fault> {
        if given.is_none() { Ok(None) } else { self.code(given).map(Some) }
    }

    /// What is known of a modality: a value, `None`, or a weight for each outcome.
    pub fn seen(&self, given: &Bound<'_, PyAny>) -> Result<Seen, Fault> {
        if given.is_none() {
            return Ok(Seen::Missing);
        }
        if self.measured {
            return Ok(Seen::Number(self.number(given)?));
        }
        let weights = given.extract::<PyReadonlyArray1<'_, f64>>().ok().map(|array| array.as_array().to_vec());
        let listed = || given.extract::<Vec<f64>>().ok().filter(|_| !given.is_instance_of::<PyString>());
        match weights.or_else(listed) {
            Some(weights) if weights.len() == self.labels.count => Ok(Seen::Weights(weights)),
            Some(weights) => Err(Fault::Shape {
                what: "weights of what was read",
                found: vec![weights.len()],
                expected: vec![self.labels.count],
            }),
            None => Ok(Seen::Outcome(self.index(given)?)),
        }
    }
}

/// A named tuple with these fields.
pub(crate) fn tuple(py: Python<'_>, module: &str, name: &str, fields: Vec<&str>) -> PyResult<Py<PyAny>> {
    let keywords = PyDict::new(py);
    keywords.set_item("module", module)?;
    Ok(py.import("collections")?.getattr("namedtuple")?.call((name, fields), Some(&keywords))?.unbind())
}
