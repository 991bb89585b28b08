//! `Learner` in Python: chooses, sees what comes of it, and learns, trial by trial.

use std::sync::Arc;

use aif_runtime::learner::{Event, LearnerMeta, LearningModel, Trial, check_trial};
use aif_runtime::measure::{Draw, Probabilities};
use numpy::PyArray1;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple, PyType};
use rand_chacha::ChaCha8Rng;

use crate::fault::Fault;
use crate::given::{check_classes, check_parameters, given, number, parts, shape_of};
use crate::life::stream;
use crate::model::{Made, Parameter};
use crate::variable::{Variable, tuple};

/// The numbers of a trial: inputs, observations, columns of responses; not a number where one is missing.
pub(crate) type Numbers = [Vec<f64>; 3];

/// A declared learner without its type.
pub(crate) trait Learning: Send + Sync {
    fn meta(&self) -> LearnerMeta;
    fn learner(&self, given: &[f64], seed: u64) -> Box<dyn Learns>;
}

/// A learner at work without its type.
pub(crate) trait Learns: Send + Sync {
    /// The probability of each choice of a response; `None` where something that it depends on is missing.
    fn probabilities(&self, response: usize, trial: &Numbers) -> Option<Vec<f64>>;
    /// Draws a response.
    fn respond(&mut self, response: usize, trial: &Numbers) -> Option<[f64; 2]>;
    fn learn(&mut self, trial: &Numbers) -> Result<(), Fault>;
    fn states(&self) -> (Vec<String>, Vec<f64>);
    fn restart(&mut self);
}

struct LearnerOf<M: LearningModel<f64>> {
    model: M,
    states: M::States,
    trial: usize,
    rng: ChaCha8Rng,
}

impl<M: LearningModel<f64> + 'static> Learning for Made<M> {
    fn meta(&self) -> LearnerMeta {
        M::META
    }

    fn learner(&self, given: &[f64], seed: u64) -> Box<dyn Learns> {
        let model = (self.0)(given);
        Box::new(LearnerOf { model, states: model.initial(), trial: 0, rng: stream(seed, 0) })
    }
}

fn view([inputs, observations, responses]: &Numbers) -> Trial<'_> {
    Trial { inputs, observations, responses }
}

impl<M: LearningModel<f64> + 'static> Learns for LearnerOf<M> {
    fn probabilities(&self, response: usize, trial: &Numbers) -> Option<Vec<f64>> {
        self.model.respond(response, &self.states, &view(trial), Probabilities)
    }

    fn respond(&mut self, response: usize, trial: &Numbers) -> Option<[f64; 2]> {
        self.model.respond(response, &self.states, &view(trial), Draw(&mut self.rng))
    }

    fn learn(&mut self, trial: &Numbers) -> Result<(), Fault> {
        let known = |list: &Vec<f64>| list.iter().map(|x| (!x.is_nan()).then_some(*x)).collect::<Vec<_>>();
        let [inputs, observations, responses] = trial.each_ref().map(known);
        check_trial(&M::META, self.trial, [&inputs, &observations, &responses])?;
        self.model.learn(&mut self.states, &view(trial));
        self.trial += 1;
        Ok(())
    }

    fn states(&self) -> (Vec<String>, Vec<f64>) {
        let mut numbers = Vec::new();
        M::show_states(&self.states, &mut |x| numbers.push(x));
        (M::labels().0, numbers)
    }

    fn restart(&mut self) {
        (self.states, self.trial) = (self.model.initial(), 0);
    }
}

/// What a declared learner looks like in Python.
#[pyclass(frozen, module = "aif")]
pub(crate) struct LearnerShape {
    pub meta: LearnerMeta,
    learning: Arc<dyn Learning>,
    pub parameters: Vec<Parameter>,
    pub inputs: Vec<Variable>,
    pub observations: Vec<Variable>,
    /// One for each column of a response.
    pub responses: Vec<Variable>,
    answered: Py<PyAny>,
    probabilities: Py<PyAny>,
}

/// What its module calls otherwise.
const TAKEN: [&str; 4] = ["Learner", "Responses", "Probabilities", "Scorer"];

impl LearnerShape {
    pub fn new(py: Python<'_>, module: &str, parameters: &[Parameter], learning: &Arc<dyn Learning>) -> PyResult<Self> {
        let meta = learning.meta();
        let variable = |name, labels| Variable::new(py, module, name, labels);
        let inputs = meta.inputs.iter().map(|c| variable(c.name, c.values)).collect::<PyResult<Vec<_>>>()?;
        let observations = meta.observations.iter().map(|c| variable(c.name, c.values)).collect::<PyResult<Vec<_>>>()?;
        let column =
            |(name, r, c): (&'static str, usize, usize)| variable(name, meta.responses[r].kind.choices().filter(|_| c == 0));
        let responses = meta.response_columns().map(column).collect::<PyResult<Vec<_>>>()?;
        check_classes(meta.name, inputs.iter().chain(&observations).chain(&responses), &TAKEN)?;
        check_parameters(py, meta.name, parameters)?;
        Ok(LearnerShape {
            answered: tuple(py, module, "Responses", responses.iter().map(|v| v.name).collect())?,
            probabilities: tuple(py, module, "Probabilities", meta.responses.iter().map(|r| r.name).collect())?,
            parameters: parameters.to_vec(),
            learning: Arc::clone(learning),
            meta,
            inputs,
            observations,
            responses,
        })
    }

    /// The classes that its module has, and what they are called there.
    pub fn tuples(&self) -> [(&'static str, &Py<PyAny>); 2] {
        [("Responses", &self.answered), ("Probabilities", &self.probabilities)]
    }

    /// Numbers of what is given: one by itself, or several by name or in order; nothing of it where nothing is.
    fn numbers(&self, what: &'static str, all: &[Variable], given: Option<&Bound<'_, PyAny>>) -> PyResult<Vec<f64>> {
        let Some(given) = given else { return Ok(vec![f64::NAN; all.len()]) };
        let one = |variable: &Variable, part: &Bound<'_, PyAny>| Ok(variable.code_or_none(part)?.unwrap_or(f64::NAN));
        if let [variable] = all
            && !given.is_instance_of::<PyDict>()
            && !given.is_instance_of::<PyTuple>()
        {
            return Ok(vec![one(variable, given)?]);
        }
        let parts = parts(what, self.meta.name, all, given)?;
        Ok(all.iter().zip(&parts).map(|(variable, part)| one(variable, part)).collect::<Result<_, Fault>>()?)
    }

    fn trial(
        &self,
        inputs: Option<&Bound<'_, PyAny>>,
        observation: Option<&Bound<'_, PyAny>>,
        response: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Numbers> {
        Ok([
            self.numbers("the inputs", &self.inputs, inputs)?,
            self.numbers("an observation", &self.observations, observation)?,
            self.numbers("a response", &self.responses, response)?,
        ])
    }
}

/// A learner. Its keywords are its parameters; one seed gives one behaviour.
#[pyclass(subclass, module = "aif")]
pub(crate) struct Learner {
    shape: Py<LearnerShape>,
    inner: Box<dyn Learns>,
    /// What it chose in this trial.
    chosen: Option<Vec<f64>>,
}

#[pymethods]
impl Learner {
    #[new]
    #[classmethod]
    #[pyo3(signature = (*, seed=0, **parameters))]
    fn new(class: &Bound<'_, PyType>, seed: u64, parameters: Option<&Bound<'_, PyDict>>) -> PyResult<Self> {
        let shape = shape_of::<LearnerShape>(class)?;
        let own = shape.get();
        let numbers = given(own.meta.name, &own.parameters, parameters, number, |x| x)?;
        let inner = own.learning.learner(&numbers, seed);
        Ok(Learner { shape: shape.unbind(), inner, chosen: None })
    }

    /// The probability of each choice of each response, given what is known of this trial; `None` where a response depends on what is missing, nothing of one
    /// that is no choice.
    #[pyo3(signature = (inputs=None, observation=None, response=None))]
    fn probabilities<'py>(
        &self,
        py: Python<'py>,
        inputs: Option<&Bound<'py, PyAny>>,
        observation: Option<&Bound<'py, PyAny>>,
        response: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let own = self.shape.get();
        let trial = own.trial(inputs, observation, response)?;
        let each = (0..own.meta.responses.len()).map(|r| self.inner.probabilities(r, &trial).map(|p| PyArray1::from_vec(py, p)));
        own.probabilities.bind(py).call1(PyTuple::new(py, each.collect::<Vec<_>>())?)
    }

    /// Makes all responses of this trial, in the order in which they are declared to come; `None` where one depends on what is missing.
    #[pyo3(signature = (inputs=None, observation=None))]
    fn choose<'py>(
        &mut self,
        py: Python<'py>,
        inputs: Option<&Bound<'py, PyAny>>,
        observation: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let own = self.shape.get();
        let mut trial = own.trial(inputs, observation, None)?;
        for event in own.meta.events {
            let Event::Respond(response) = *event else { continue };
            let (first, columns) = (own.meta.place(response), own.meta.responses[response].kind.columns());
            let Some(drawn) = self.inner.respond(response, &trial) else { continue };
            trial[2][first..first + columns].copy_from_slice(&drawn[..columns]);
        }
        let value = |(variable, x): (&Variable, &f64)| if x.is_nan() { py.None() } else { variable.value(py, *x) };
        let values: Vec<Py<PyAny>> = own.responses.iter().zip(&trial[2]).map(value).collect();
        self.chosen = Some(trial[2].clone());
        own.answered.bind(py).call1(PyTuple::new(py, values)?)
    }

    /// Ends a trial: what was observed, what was done (what was chosen, where nothing is said), under which inputs. Learns, and gives the states.
    #[pyo3(signature = (observation=None, response=None, inputs=None))]
    fn step<'py>(
        &mut self,
        py: Python<'py>,
        observation: Option<&Bound<'py, PyAny>>,
        response: Option<&Bound<'py, PyAny>>,
        inputs: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let own = self.shape.get();
        let mut trial = own.trial(inputs, observation, response)?;
        if response.is_none() && !own.responses.is_empty() {
            trial[2] = self.chosen.clone().ok_or(Fault::NotChosen { model: own.meta.name })?;
        }
        self.inner.learn(&trial)?;
        self.chosen = None;
        self.states(py)
    }

    /// The states after all trials so far, by name.
    #[getter]
    fn states<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let (states, (labels, numbers)) = (PyDict::new(py), self.inner.states());
        labels.iter().zip(numbers).try_for_each(|(label, x)| states.set_item(label, x))?;
        Ok(states)
    }

    /// Forgets all trials.
    fn restart(&mut self) {
        self.inner.restart();
        self.chosen = None;
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        let states = slf.getattr(intern!(slf.py(), "states"))?;
        Ok(format!("<a learner of {} with {}>", slf.borrow().shape.get().meta.name, states.str()?))
    }
}
