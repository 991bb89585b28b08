//! Modules: what a declaration puts into one.

use std::ffi::CString;
use std::sync::Arc;

use pyo3::PyClass;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple, PyType};

use crate::agent::Agent;
use crate::batch::{Agents, Worlds};
use crate::declaration::Declaration;
use crate::family::Erased;
use crate::fault::Fault;
use crate::filter::{Filter, FilterShape};
use crate::learner::{Learner, LearnerShape};
use crate::levels::{LevelsAgent, LevelsShape, LevelsWorld};
use crate::scorer::Program;
use crate::shape::Shape;
use crate::stub;
use crate::variable::Variable;
use crate::world::World;

/// Fills a module from a declaration.
///
/// # Errors
/// Those of Python, when names of a declaration cannot be names there, and when Python cannot give a field that a population works out.
pub fn fill<const N: usize>(module: &Bound<'_, PyModule>, declarations: [Declaration; N]) -> PyResult<()> {
    declarations.into_iter().try_for_each(|declaration| fill_one(module, &declaration))
}

/// Puts a module for each declaration into one.
///
/// # Errors
/// As [`fill`].
pub fn fill_with<const N: usize>(module: &Bound<'_, PyModule>, declarations: [Declaration; N]) -> PyResult<()> {
    let py = module.py();
    let (name, known) = (module.name()?, py.import("sys")?.getattr("modules")?);
    module.setattr("__stub__", stub::around(declarations.iter().map(|d| d.name)))?;
    for declaration in declarations {
        let full = format!("{name}.{}", declaration.name);
        let own = PyModule::new(py, &full)?;
        fill_one(&own, &declaration)?;
        module.add(declaration.name, &own)?;
        // So that `import` finds it, and values that are pickled.
        known.set_item(full, own)?;
    }
    Ok(())
}

fn fill_one(module: &Bound<'_, PyModule>, declaration: &Declaration) -> PyResult<()> {
    let (py, name) = (module.py(), module.name()?.to_string());
    let mut described = String::new();
    if let Some(kind) = &declaration.model {
        if let (Some(field), Some((population, _))) = (declaration.worked_out, &declaration.population) {
            return Err(Fault::WorkedOut { field, model: kind.name(), population }.into());
        }
        let parameters = &declaration.parameters;
        described = match kind {
            Erased::Model(model) => {
                let shape = Bound::new(py, Shape::new(py, &name, declaration, model)?)?;
                fill_with_model(module, &name, &shape)?;
                stub::of_model(shape.get())
            }
            Erased::Nested(nesting) => {
                let shape = Bound::new(py, LevelsShape::new(py, &name, parameters, nesting)?)?;
                class(module, &name, "Agent", py.get_type::<LevelsAgent>(), &shape)?;
                class(module, &name, "World", py.get_type::<LevelsWorld>(), &shape)?;
                stub::of_levels(parameters)
            }
            Erased::Filter(filters) => {
                let shape = Bound::new(py, FilterShape::new(py, &name, parameters, filters)?)?;
                let own = shape.get();
                enums(module, own.inputs.iter().chain(&own.responses))?;
                own.tuples().into_iter().try_for_each(|(called, class)| module.add(called, class))?;
                class(module, &name, "Filter", py.get_type::<Filter>(), &shape)?;
                stub::of_filter(own)
            }
            Erased::Learner(learning) => {
                let shape = Bound::new(py, LearnerShape::new(py, &name, parameters, learning)?)?;
                let own = shape.get();
                enums(module, own.inputs.iter().chain(&own.observations).chain(&own.responses))?;
                own.tuples().into_iter().try_for_each(|(called, class)| module.add(called, class))?;
                class(module, &name, "Learner", py.get_type::<Learner>(), &shape)?;
                stub::of_learner(own)
            }
        };
    }
    let population = declaration.population.as_ref();
    if let Some((called, study)) = population {
        let program = Program { study: Arc::clone(study), name: called };
        let code = code(py, include_str!("python/study.py"), "study.py", &format!("{name}._study"))?;
        let functions = code.getattr("functions")?.call1((program, &name))?.cast_into::<PyDict>()?;
        for (name, function) in functions.iter() {
            module.add(name.cast_into::<PyString>()?, function)?;
        }
    }
    let called = declaration.model.as_ref().map(|kind| kind.name()).or(population.map(|(called, _)| *called));
    module.setattr("__stub__", stub::text(called, &described, population.is_some()))
}

fn fill_with_model(module: &Bound<'_, PyModule>, name: &str, shape: &Bound<'_, Shape>) -> PyResult<()> {
    let (py, own) = (module.py(), shape.get());
    enums(module, own.variables())?;
    let tuples = [
        ("Observation", &own.observation),
        ("State", &own.state),
        ("Belief", &own.belief),
        ("Expected", &own.expected),
        ("Explanation", &own.explanation),
        ("Terms", &own.terms),
        ("Plan", &own.plan),
        ("Policies", &own.policies),
    ];
    tuples.into_iter().try_for_each(|(called, class)| module.add(called, class))?;
    if let Some(action) = &own.action {
        module.add("Action", action)?;
    }
    class(module, name, "Agent", py.get_type::<Agent>(), shape)?;
    let world = class(module, name, "World", py.get_type::<World>(), shape)?;
    class(module, name, "Agents", py.get_type::<Agents>(), shape)?;
    class(module, name, "Worlds", py.get_type::<Worlds>(), shape)?;
    let code = code(py, include_str!("python/gym.py"), "gym.py", &format!("{name}._gym"))?;
    module.add("env", code.getattr("environment")?.call1((world, name))?)
}

/// The enums of what is declared.
fn enums<'v>(module: &Bound<'_, PyModule>, variables: impl Iterator<Item = &'v Variable>) -> PyResult<()> {
    variables.filter_map(|variable| variable.class.as_ref()).try_for_each(|(called, class)| module.add(called.as_str(), class))
}

/// A class of the module's own, that knows what was declared.
fn class<'py, S: PyClass>(
    module: &Bound<'py, PyModule>,
    name: &str,
    called: &str,
    base: Bound<'py, PyType>,
    shape: &Bound<'py, S>,
) -> PyResult<Py<PyAny>> {
    let py = module.py();
    let members = PyDict::new(py);
    members.set_item("_shape", shape)?;
    members.set_item("__module__", name)?;
    members.set_item("__doc__", base.getattr("__doc__")?)?;
    let class = py.get_type::<PyType>().call1((called, PyTuple::new(py, [base])?, members))?;
    module.add(called, &class)?;
    Ok(class.unbind())
}

/// A module of Python's own. Its name has to be new: what is executed under a name takes the place of what was there.
fn code<'py>(py: Python<'py>, text: &str, file: &str, name: &str) -> PyResult<Bound<'py, PyModule>> {
    let [text, file, name] = [text, file, name].map(CString::new);
    PyModule::from_code(py, &text?, &file?, &name?)
}
