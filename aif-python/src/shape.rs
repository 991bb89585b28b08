//! What a declared model looks like in Python: enums and named tuples made from its description, and values to and from them.

use std::sync::Arc;

use aif_runtime::model::Meta;
use numpy::PyArray1;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple, PyType};

use crate::declaration::Declaration;
use crate::fault::{Fault, listed};
use crate::given::{self, check_classes, check_parameters};
use crate::model::{Model, Parameter};
use crate::seen::Seen;
use crate::variable::{Variable, tuple};

/// What a declared model looks like in Python.
#[pyclass(frozen, module = "aif")]
pub(crate) struct Shape {
    pub meta: Meta,
    pub model: Arc<dyn Model>,
    pub parameters: Vec<Parameter>,
    pub factors: Vec<Variable>,
    pub modalities: Vec<Variable>,
    pub actions: Vec<Variable>,
    pub inputs: Vec<Variable>,
    pub observation: Py<PyAny>,
    pub state: Py<PyAny>,
    pub belief: Py<PyAny>,
    pub expected: Py<PyAny>,
    /// Of several actions, the named tuple of them.
    pub action: Option<Py<PyAny>>,
    pub explanation: Py<PyAny>,
    pub terms: Py<PyAny>,
    pub plan: Py<PyAny>,
    pub policies: Py<PyAny>,
}

/// The names of the terms of expected free energy.
pub(crate) const TERMS: [&str; 5] =
    ["utility", "state_information_gain", "likelihood_information_gain", "inductive_value", "transition_information_gain"];

impl Shape {
    /// Of a declaration with a model.
    pub fn new(py: Python<'_>, module: &str, declaration: &Declaration, model: &Arc<dyn Model>) -> PyResult<Self> {
        let meta = model.meta();
        let [factors, modalities, actions] = Variable::of_model(py, module, &meta)?;
        let inputs = meta.inputs.iter().map(|i| Variable::new(py, module, i.name, i.values)).collect::<PyResult<Vec<_>>>()?;
        let named = |name: &str, all: &[Variable]| tuple(py, module, name, all.iter().map(|v| v.name).collect());
        let shape = Shape {
            observation: named("Observation", &modalities)?,
            state: named("State", &factors)?,
            belief: named("Belief", &factors)?,
            expected: named("Expected", &modalities)?,
            action: if actions.len() == 1 { None } else { Some(named("Action", &actions)?) },
            explanation: tuple(py, module, "Explanation", vec!["action", "probability", "next", "later", "habit"])?,
            terms: tuple(py, module, "Terms", TERMS.to_vec())?,
            plan: tuple(py, module, "Plan", vec!["probabilities", "log_weights", "depth", "nodes"])?,
            policies: tuple(py, module, "Policies", vec!["posterior", "negative_expected_free_energies"])?,
            parameters: declaration.parameters.clone(),
            model: Arc::clone(model),
            meta,
            factors,
            modalities,
            actions,
            inputs,
        };
        shape.check_names(py)?;
        Ok(shape)
    }

    pub fn variables(&self) -> impl Iterator<Item = &Variable> {
        self.factors.iter().chain(&self.modalities).chain(&self.actions).chain(&self.inputs)
    }

    /// Classes have names of their own, and so have parameters.
    fn check_names(&self, py: Python<'_>) -> PyResult<()> {
        const TAKEN: [&str; 14] = [
            "Agent",
            "World",
            "Agents",
            "Worlds",
            "Observation",
            "State",
            "Belief",
            "Expected",
            "Action",
            "Explanation",
            "Terms",
            "Plan",
            "Policies",
            "Scorer",
        ];
        let taken = TAKEN.into_iter().filter(|taken| *taken != "Action" || self.action.is_some());
        check_classes(self.meta.name, self.variables(), &taken.collect::<Vec<_>>())?;
        check_parameters(py, self.meta.name, &self.parameters)
    }

    /// The numbers of all parameters from keywords; each is a number, or of a batch an array of one for each member.
    pub fn given<V>(
        &self,
        keywords: Option<&Bound<'_, PyDict>>,
        read: impl Fn(&'static str, &Bound<'_, PyAny>) -> PyResult<V>,
        of: impl Fn(f64) -> V,
    ) -> PyResult<Vec<V>> {
        given::given(self.meta.name, &self.parameters, keywords, read, of)
    }

    /// Inputs by name.
    pub fn inputs(&self, given: Option<&Bound<'_, PyDict>>) -> PyResult<Vec<f64>> {
        let wrong = || Fault::Inputs { model: self.meta.name, known: listed(self.inputs.iter().map(|i| i.name)) };
        let count = given.map_or(0, |all| all.len());
        if count != self.inputs.len() {
            return Err(wrong().into());
        }
        let one = |input: &Variable| -> PyResult<f64> {
            let value = given.map(|all| all.get_item(input.name)).transpose()?.flatten().ok_or_else(wrong)?;
            Ok(input.code(&value)?)
        };
        self.inputs.iter().map(one).collect()
    }

    fn parts<'py>(&self, what: &'static str, all: &[Variable], given: &Bound<'py, PyAny>) -> PyResult<Vec<Bound<'py, PyAny>>> {
        given::parts(what, self.meta.name, all, given)
    }

    /// What is known of an observation: a part for each modality, by name or in order.
    pub fn seen(&self, given: &Bound<'_, PyAny>) -> PyResult<Vec<Seen>> {
        let parts = self.parts("an observation", &self.modalities, given)?;
        Ok(self.modalities.iter().zip(&parts).map(|(modality, part)| modality.seen(part)).collect::<Result<_, _>>()?)
    }

    /// A hidden state from a part for each factor.
    pub fn state_of(&self, given: &Bound<'_, PyAny>) -> PyResult<Vec<usize>> {
        let parts = self.parts("a state", &self.factors, given)?;
        Ok(self.factors.iter().zip(&parts).map(|(factor, part)| factor.index(part)).collect::<Result<_, _>>()?)
    }

    /// A joint action from a value, or from one of each action.
    pub fn joint(&self, given: &Bound<'_, PyAny>) -> PyResult<usize> {
        if let [action] = &self.actions[..] {
            return Ok(action.index(given)?);
        }
        let parts = self.parts("an action", &self.actions, given)?;
        let mut joint = 0;
        for (action, part) in self.actions.iter().zip(&parts) {
            joint = joint * action.labels.count + action.index(part)?;
        }
        Ok(joint)
    }

    /// Which joint actions are open.
    pub fn open(&self, given: Option<&Bound<'_, PyAny>>) -> PyResult<Option<Vec<bool>>> {
        let Some(given) = given else { return Ok(None) };
        let mut open = vec![false; self.meta.joint_actions()];
        for action in given.try_iter()? {
            open[self.joint(&action?)?] = true;
        }
        Ok(Some(open))
    }

    /// A joint action in Python.
    pub fn action<'py>(&self, py: Python<'py>, joint: usize) -> PyResult<Bound<'py, PyAny>> {
        let value = |a: usize| self.actions[a].value(py, self.meta.action_value(joint, a) as f64);
        match &self.action {
            None => Ok(value(0).into_bound(py)),
            Some(class) => class.bind(py).call1(PyTuple::new(py, (0..self.actions.len()).map(value))?),
        }
    }

    /// An observation in Python.
    pub fn observation<'py>(&self, py: Python<'py>, numbers: &[f64]) -> PyResult<Bound<'py, PyAny>> {
        let values = self.modalities.iter().zip(numbers).map(|(modality, number)| modality.value(py, *number));
        self.observation.bind(py).call1(PyTuple::new(py, values.collect::<Vec<_>>())?)
    }

    /// A hidden state in Python.
    pub fn state<'py>(&self, py: Python<'py>, state: &[usize]) -> PyResult<Bound<'py, PyAny>> {
        let values = self.factors.iter().zip(state).map(|(factor, index)| factor.value(py, *index as f64));
        self.state.bind(py).call1(PyTuple::new(py, values.collect::<Vec<_>>())?)
    }

    /// A named tuple of arrays.
    pub fn arrays<'py>(&self, py: Python<'py>, class: &Py<PyAny>, all: Vec<Vec<f64>>) -> PyResult<Bound<'py, PyAny>> {
        class.bind(py).call1(PyTuple::new(py, all.into_iter().map(|own| PyArray1::from_vec(py, own)))?)
    }

    /// Whether a modality is a number, so that batches are of numbers.
    pub fn is_measured(&self) -> bool {
        self.modalities.iter().any(|modality| modality.measured)
    }

    /// The shape that a class belongs to.
    pub fn of<'py>(class: &Bound<'py, PyType>) -> PyResult<Bound<'py, Shape>> {
        given::shape_of(class)
    }
}
