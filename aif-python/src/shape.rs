//! What a declared model looks like in Python: enums and named tuples made from its description, and values to and from them.

use std::sync::Arc;

use aif_runtime::model::{Labels, Meta};
use numpy::{PyArray1, PyReadonlyArray1};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyString, PyTuple, PyType};

use crate::declaration::{Declaration, Model, Parameter};
use crate::fault::{Fault, listed};
use crate::given::{self, check_classes, check_parameters};
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

/// `reward_side` as a class is called: `RewardSide`.
pub(crate) fn class_name(name: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
    };
    name.split('_').map(word).collect()
}

/// The names of the terms of expected free energy.
pub(crate) const TERMS: [&str; 5] =
    ["utility", "state_information_gain", "likelihood_information_gain", "inductive_value", "transition_information_gain"];

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
        // A bool is a number there; of a domain of its own it is the position.
        match given.extract::<i64>() {
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

impl Shape {
    /// Of a declaration with a model.
    pub fn new(py: Python<'_>, module: &str, declaration: &Declaration, model: &Arc<dyn Model>) -> PyResult<Self> {
        let meta = model.meta();
        let variable = |name, labels| Variable::new(py, module, name, labels);
        let factors = meta.factors.iter().map(|f| variable(f.name, Some(f.states))).collect::<PyResult<Vec<_>>>()?;
        let outcomes = meta.modalities.iter().map(|m| variable(m.name, m.measured.is_none().then_some(m.outcomes)));
        let modalities = outcomes.collect::<PyResult<Vec<_>>>()?;
        let actions = meta.actions.iter().map(|a| variable(a.name, Some(a.values))).collect::<PyResult<Vec<_>>>()?;
        let inputs = meta.inputs.iter().map(|i| variable(i.name, i.values)).collect::<PyResult<Vec<_>>>()?;
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
            Ok(if input.measured { input.number(&value)? } else { input.index(&value)? as f64 })
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
        Ok(class.getattr(intern!(class.py(), "_shape"))?.cast_into::<Shape>()?)
    }
}
