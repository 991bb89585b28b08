//! What Python gives by name or in order: parameters, options, parts of something; and which names there cannot be.

use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyMapping, PyType};
use pyo3::{PyClass, intern};
use serde::de::DeserializeOwned;

use crate::fault::{Fault, listed};
use crate::model::Parameter;
use crate::variable::Variable;

/// What classes and `env` call their own arguments.
const ARGUMENTS: [&str; 8] = ["cls", "options", "inputs", "seed", "count", "steps", "reward", "render_mode"];

/// The numbers of all parameters from keywords.
pub(crate) fn given<V>(
    model: &'static str,
    parameters: &[Parameter],
    keywords: Option<&Bound<'_, PyDict>>,
    read: impl Fn(&'static str, &Bound<'_, PyAny>) -> PyResult<V>,
    of: impl Fn(f64) -> V,
) -> PyResult<Vec<V>> {
    let unknown = |name: String| Fault::Unknown { model, name, known: listed(parameters.iter().map(|p| p.name)) };
    for key in keywords.iter().flat_map(|all| all.keys()) {
        let name = key.to_string();
        if !parameters.iter().any(|p| p.name == name) {
            return Err(unknown(name).into());
        }
    }
    let one = |parameter: &Parameter| {
        let given = keywords.map(|all| all.get_item(parameter.name)).transpose()?.flatten();
        match (given, parameter.default) {
            (Some(given), _) => read(parameter.name, &given),
            (None, Some(default)) => Ok(of(default)),
            (None, None) => Err(Fault::Missing { model, name: parameter.name }.into()),
        }
    };
    parameters.iter().map(one).collect()
}

/// The parts of something by name or in order.
pub(crate) fn parts<'py>(
    what: &'static str,
    model: &'static str,
    all: &[Variable],
    given: &Bound<'py, PyAny>,
) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let wrong = |found| Fault::Parts { what, model, found, expected: all.len() };
    if let Ok(mapping) = given.cast::<PyMapping>() {
        let known = || listed(all.iter().map(|variable| variable.name));
        let part = |variable: &Variable| {
            mapping.get_item(variable.name).map_err(|error| match error.is_instance_of::<PyKeyError>(given.py()) {
                true => PyErr::from(Fault::Part { what, model, name: variable.name, known: known() }),
                false => error,
            })
        };
        let parts = all.iter().map(part).collect::<PyResult<Vec<_>>>()?;
        let count = mapping.len()?;
        return if count == all.len() { Ok(parts) } else { Err(wrong(count).into()) };
    }
    let parts: Vec<Bound<'py, PyAny>> = given.try_iter()?.collect::<PyResult<_>>()?;
    if parts.len() != all.len() {
        return Err(wrong(parts.len()).into());
    }
    Ok(parts)
}

/// Enums have names of their own, other than those that are taken.
pub(crate) fn check_classes<'v>(
    model: &'static str,
    variables: impl Iterator<Item = &'v Variable>,
    taken: &[&'static str],
) -> PyResult<()> {
    let classes: Vec<(&'static str, &String)> =
        variables.filter_map(|v| v.class.as_ref().map(|(called, _)| (v.name, called))).collect();
    for (i, (first, class)) in classes.iter().enumerate() {
        let taken = taken.iter().find(|taken| **taken == class.as_str()).copied();
        let second = taken.or_else(|| classes[..i].iter().find(|(_, other)| other == class).map(|(second, _)| *second));
        if let Some(second) = second {
            return Err(Fault::Names { model, first, second, class: (*class).clone() }.into());
        }
    }
    Ok(())
}

/// Parameters have names that Python has for nothing else.
pub(crate) fn check_parameters(py: Python<'_>, model: &'static str, parameters: &[Parameter]) -> PyResult<()> {
    let is_word = py.import("keyword")?.getattr("iskeyword")?;
    for parameter in parameters {
        let name = parameter.name;
        if ARGUMENTS.contains(&name) || is_word.call1((name,))?.is_truthy()? {
            return Err(Fault::Reserved { model, name }.into());
        }
    }
    Ok(())
}

/// What was declared, of a class that was made of it.
pub(crate) fn shape_of<'py, S: PyClass>(class: &Bound<'py, PyType>) -> PyResult<Bound<'py, S>> {
    Ok(class.getattr(intern!(class.py(), "_shape"))?.cast_into::<S>()?)
}

/// Run-time choices from a dictionary, as the study program reads them from a file.
pub(crate) fn options<O: DeserializeOwned + Default>(given: Option<&Bound<'_, PyDict>>) -> PyResult<O> {
    let Some(given) = given else { return Ok(O::default()) };
    let py = given.py();
    let keywords = PyDict::new(py);
    keywords.set_item("default", wrap_pyfunction!(plain, py)?)?;
    let text: String = py.import("json")?.call_method("dumps", (given,), Some(&keywords))?.extract()?;
    Ok(serde_json::from_str(&text).map_err(Fault::from)?)
}

/// What numpy has among options, as Python has it.
#[pyfunction]
fn plain<'py>(given: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let found = || given.get_type().name().map_or_else(|_| "something".into(), |name| name.to_string());
    let expected = "a number, a text, a list or a dictionary";
    given.call_method0("tolist").map_err(|_| Fault::Kind { name: "options", found: found(), expected }.into())
}

/// A number that a parameter is.
pub(crate) fn number(_: &'static str, given: &Bound<'_, PyAny>) -> PyResult<f64> {
    given.extract()
}
