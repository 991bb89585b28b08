//! `Filter` in Python: a hierarchical Gaussian filter that takes one input after the other.

use std::sync::Arc;

use aif_runtime::hgf::{
    BeliefsOf, Filter as Engine, FilterError, FilterMeta, FilterOptions, GaussianFilter, InputKind, Shape as _,
};
use numpy::{PyArray1, PyArray2, PyArrayMethods, PyReadonlyArray1, PyReadonlyArrayDyn, PyUntypedArrayMethods};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple, PyType};
use rand_chacha::ChaCha8Rng;

use crate::fault::Fault;
use crate::given::{check_classes, check_parameters, given, number, options as read, parts, shape_of};
use crate::life::stream;
use crate::model::{Made, Parameter};
use crate::variable::{Variable, tuple};

/// What is believed of a node, by name.
pub(crate) const NODE: [&str; 8] = [
    "mean",
    "precision",
    "expected_mean",
    "expected_precision",
    "log_odds",
    "value_error",
    "volatility_error",
    "effective_precision",
];

/// What is believed of one node, in the order of [`NODE`].
type Node = [f64; NODE.len()];

/// A declared filter without its type.
pub(crate) trait Filters: Send + Sync {
    fn meta(&self) -> FilterMeta;
    fn filter(&self, given: &[f64], options: FilterOptions, seed: u64) -> Result<Box<dyn Observing>, Fault>;
}

/// A filter at work without its type.
pub(crate) trait Observing: Send + Sync {
    fn step(&mut self, inputs: &[Option<f64>], time_step: f64) -> Result<(), Fault>;
    /// What is believed of all nodes, line by line.
    fn beliefs(&self) -> Vec<Node>;
    fn probabilities(&self, response: usize) -> Vec<f64>;
    fn respond(&mut self, response: usize) -> f64;
    fn restart(&mut self);
}

struct FilterOf<M: GaussianFilter<f64>> {
    model: M,
    filter: Engine<M>,
    rng: ChaCha8Rng,
}

impl<M: GaussianFilter<f64> + 'static> Filters for Made<M> {
    fn meta(&self) -> FilterMeta {
        M::META
    }

    fn filter(&self, given: &[f64], options: FilterOptions, seed: u64) -> Result<Box<dyn Observing>, Fault> {
        let model = (self.0)(given);
        Ok(Box::new(FilterOf { model, filter: Engine::new(model, options)?, rng: stream(seed, 0) }))
    }
}

impl<M: GaussianFilter<f64> + 'static> Observing for FilterOf<M> {
    fn step(&mut self, inputs: &[Option<f64>], time_step: f64) -> Result<(), Fault> {
        self.filter.take(inputs, time_step)?;
        match self.filter.invalid() {
            Some(invalid) => Err(FilterError::Invalid(invalid.words(&M::META)).into()),
            None => Ok(()),
        }
    }

    fn beliefs(&self) -> Vec<Node> {
        let (meta, nodes): (FilterMeta, BeliefsOf<M, f64>) = (M::META, self.filter.beliefs());
        let all = M::Shape::places(&nodes);
        let node = |(line, element)| {
            let b = &all[meta.place(line, element)];
            [
                b.mean,
                b.precision,
                b.expected_mean,
                b.expected_precision,
                b.log_odds,
                b.value_error,
                b.volatility_error,
                b.effective_precision,
            ]
        };
        meta.nodes().map(node).collect()
    }

    fn probabilities(&self, response: usize) -> Vec<f64> {
        self.model.response_probabilities(response, &self.filter.beliefs())
    }

    fn respond(&mut self, response: usize) -> f64 {
        self.model.sample_response(response, &self.filter.beliefs(), &mut self.rng)
    }

    fn restart(&mut self) {
        self.filter.restart();
    }
}

/// What a declared filter looks like in Python.
#[pyclass(frozen, module = "aif")]
pub(crate) struct FilterShape {
    pub meta: FilterMeta,
    filters: Arc<dyn Filters>,
    pub parameters: Vec<Parameter>,
    pub inputs: Vec<Variable>,
    pub responses: Vec<Variable>,
    node: Py<PyAny>,
    nodes: Py<PyAny>,
    beliefs: Py<PyAny>,
    trajectory: Py<PyAny>,
    probabilities: Py<PyAny>,
    answered: Py<PyAny>,
}

impl FilterShape {
    pub fn new(py: Python<'_>, module: &str, parameters: &[Parameter], filters: &Arc<dyn Filters>) -> PyResult<Self> {
        let meta = filters.meta();
        let labels = |kind| match kind {
            InputKind::Binary(labels) | InputKind::Category(labels) => Some(labels),
            InputKind::Number => None,
        };
        let inputs =
            meta.inputs.iter().map(|i| Variable::new(py, module, i.name, labels(i.kind))).collect::<PyResult<Vec<_>>>()?;
        let answers = meta.responses.iter().filter(|r| r.kind.columns() > 0);
        let responses = answers.map(|r| Variable::new(py, module, r.name, r.kind.choices())).collect::<PyResult<Vec<_>>>()?;
        let lines = || meta.lines.iter().map(|line| line.name).collect();
        let named = |called: &str, all: &[Variable]| tuple(py, module, called, all.iter().map(|v| v.name).collect());
        check_classes(meta.name, inputs.iter().chain(&responses), &TAKEN)?;
        check_parameters(py, meta.name, parameters)?;
        Ok(FilterShape {
            node: tuple(py, module, "Node", NODE.to_vec())?,
            nodes: tuple(py, module, "Nodes", NODE.to_vec())?,
            beliefs: tuple(py, module, "Beliefs", lines())?,
            trajectory: tuple(py, module, "Trajectory", lines())?,
            probabilities: named("Probabilities", &responses)?,
            answered: named("Responses", &responses)?,
            parameters: parameters.to_vec(),
            filters: Arc::clone(filters),
            meta,
            inputs,
            responses,
        })
    }

    /// The classes that its module has, and what they are called there.
    pub fn tuples(&self) -> [(&'static str, &Py<PyAny>); 6] {
        [
            ("Node", &self.node),
            ("Nodes", &self.nodes),
            ("Beliefs", &self.beliefs),
            ("Trajectory", &self.trajectory),
            ("Probabilities", &self.probabilities),
            ("Responses", &self.answered),
        ]
    }

    /// Which responses have a column: those that a named tuple has, in its order.
    fn recorded(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.meta.responses.len()).filter(|&r| self.meta.responses[r].kind.columns() > 0)
    }

    /// The inputs of a trial: one by itself, or several by name or in order; `None` is missing.
    fn put_in(&self, given: &Bound<'_, PyAny>) -> PyResult<Vec<Option<f64>>> {
        if let [input] = &self.inputs[..]
            && !given.is_instance_of::<PyDict>()
        {
            return Ok(vec![input.code_or_none(given)?]);
        }
        let parts = parts("an input", self.meta.name, &self.inputs, given)?;
        Ok(self.inputs.iter().zip(&parts).map(|(input, part)| input.code_or_none(part)).collect::<Result<_, _>>()?)
    }
}

/// What its module calls otherwise.
const TAKEN: [&str; 8] = ["Filter", "Node", "Nodes", "Beliefs", "Trajectory", "Probabilities", "Responses", "Scorer"];

/// A hierarchical Gaussian filter. Its keywords are its parameters; `options` is a dictionary of run-time choices.
#[pyclass(subclass, module = "aif")]
pub(crate) struct Filter {
    shape: Py<FilterShape>,
    inner: Box<dyn Observing>,
}

#[pymethods]
impl Filter {
    #[new]
    #[classmethod]
    #[pyo3(signature = (*, options=None, seed=0, **parameters))]
    fn new(
        class: &Bound<'_, PyType>,
        options: Option<&Bound<'_, PyDict>>,
        seed: u64,
        parameters: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        let shape = shape_of::<FilterShape>(class)?;
        let own = shape.get();
        let numbers = given(own.meta.name, &own.parameters, parameters, number, |x| x)?;
        let inner = own.filters.filter(&numbers, read(options)?, seed)?;
        Ok(Filter { shape: shape.unbind(), inner })
    }

    /// Takes the input of one trial, so long after the one before, and gives what is believed then.
    #[pyo3(signature = (inputs, time_step=1.0))]
    fn step<'py>(&mut self, py: Python<'py>, inputs: &Bound<'py, PyAny>, time_step: f64) -> PyResult<Bound<'py, PyAny>> {
        let numbers = self.shape.get().put_in(inputs)?;
        self.inner.step(&numbers, time_step)?;
        self.beliefs(py)
    }

    /// What is believed of all nodes: of each its mean, precision, prediction and errors; arrays of those that have a node for each category.
    #[getter]
    fn beliefs<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let own = self.shape.get();
        let (beliefs, mut at) = (self.inner.beliefs(), 0);
        let line = |line: usize| {
            let nodes = &beliefs[at..at + own.meta.nodes_of(line)];
            at += nodes.len();
            if !own.meta.lines[line].each {
                return own.node.bind(py).call1(PyTuple::new(py, nodes[0])?);
            }
            let column = |i: usize| PyArray1::from_vec(py, nodes.iter().map(|node| node[i]).collect());
            own.nodes.bind(py).call1(PyTuple::new(py, (0..NODE.len()).map(column))?)
        };
        let lines = (0..own.meta.lines.len()).map(line).collect::<PyResult<Vec<_>>>()?;
        own.beliefs.bind(py).call1(PyTuple::new(py, lines)?)
    }

    /// Takes the inputs of many trials, a row each (not a number: missing), and gives what was believed after each.
    #[pyo3(signature = (inputs, time_steps=None))]
    fn run<'py>(
        &mut self,
        py: Python<'py>,
        inputs: PyReadonlyArrayDyn<'py, f64>,
        time_steps: Option<PyReadonlyArray1<'py, f64>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let own = self.shape.get();
        let count = own.inputs.len();
        let (trials, wide) = match *inputs.shape() {
            [trials] if count == 1 => (trials, 1),
            [trials, wide] => (trials, wide),
            _ => (0, 0),
        };
        if wide != count {
            let expected = vec![inputs.shape().first().copied().unwrap_or(0), count];
            return Err(Fault::Shape { what: "inputs", found: inputs.shape().to_vec(), expected }.into());
        }
        let numbers: Vec<f64> = inputs.as_array().iter().copied().collect();
        let steps: Vec<f64> = time_steps.map_or_else(|| vec![1.0; trials], |steps| steps.as_array().to_vec());
        if steps.len() != trials {
            return Err(Fault::Shape { what: "time_steps", found: vec![steps.len()], expected: vec![trials] }.into());
        }
        let inner = &mut self.inner;
        let all = py.detach(|| -> Result<Vec<Vec<Node>>, Fault> {
            let mut row = vec![None; count];
            let mut trial = |t: usize| {
                for (own, &u) in row.iter_mut().zip(&numbers[t * count..]) {
                    *own = (!u.is_nan()).then_some(u);
                }
                inner.step(&row, steps[t])?;
                Ok(inner.beliefs())
            };
            (0..trials).map(&mut trial).collect()
        })?;
        let mut at = 0;
        let mut line = |line: usize| {
            let (begin, nodes) = (at, own.meta.nodes_of(line));
            at += nodes;
            let column = |i: usize| -> PyResult<Bound<'py, PyAny>> {
                let numbers = all.iter().flat_map(|trial| trial[begin..begin + nodes].iter().map(|node| node[i]));
                let flat = PyArray1::from_vec(py, numbers.collect());
                if !own.meta.lines[line].each {
                    return Ok(flat.into_any());
                }
                let table: Bound<'py, PyArray2<f64>> = flat.reshape([trials, nodes])?;
                Ok(table.into_any())
            };
            own.nodes.bind(py).call1(PyTuple::new(py, (0..NODE.len()).map(column).collect::<PyResult<Vec<_>>>()?)?)
        };
        let lines = (0..own.meta.lines.len()).map(&mut line).collect::<PyResult<Vec<_>>>()?;
        own.trajectory.bind(py).call1(PyTuple::new(py, lines)?)
    }

    /// The probability of each choice of each response, given what is believed; nothing of one that is no choice.
    #[getter]
    fn probabilities<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let own = self.shape.get();
        let each = own.recorded().map(|r| PyArray1::from_vec(py, self.inner.probabilities(r)));
        own.probabilities.bind(py).call1(PyTuple::new(py, each.collect::<Vec<_>>())?)
    }

    /// Draws all responses, given what is believed.
    fn respond<'py>(&mut self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let own = self.shape.get();
        let drawn: Vec<f64> = own.recorded().map(|r| self.inner.respond(r)).collect();
        let values = own.responses.iter().zip(drawn).map(|(response, x)| response.value(py, x));
        own.answered.bind(py).call1(PyTuple::new(py, values.collect::<Vec<_>>())?)
    }

    /// Forgets all trials.
    fn restart(&mut self) {
        self.inner.restart();
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        let beliefs = slf.getattr(intern!(slf.py(), "beliefs"))?;
        Ok(format!("<a filter of {} that believes {}>", slf.borrow().shape.get().meta.name, beliefs.str()?))
    }
}
