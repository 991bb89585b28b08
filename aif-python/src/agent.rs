//! `Agent` in Python: perceives, plans, learns and acts under a declared model.

use numpy::PyArray1;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList, PyType};

use crate::given::{number, options as read};
use crate::life::Acting;
use crate::shape::Shape;

/// An agent that acts under a declared model. Its keywords are the model's parameters; `options` is a dictionary of run-time choices,
/// `inputs` one of what is set from outside. One seed gives one behaviour.
#[pyclass(subclass, module = "aif")]
pub(crate) struct Agent {
    shape: Py<Shape>,
    inner: Box<dyn Acting>,
}

#[pymethods]
impl Agent {
    #[new]
    #[classmethod]
    #[pyo3(signature = (*, options=None, inputs=None, seed=0, **parameters))]
    fn new(
        class: &Bound<'_, PyType>,
        options: Option<&Bound<'_, PyDict>>,
        inputs: Option<&Bound<'_, PyDict>>,
        seed: u64,
        parameters: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        let shape = Shape::of(class)?;
        let own = shape.get();
        let given = own.given(parameters, number, |x| x)?;
        let inner = own.model.agent(&given, &own.inputs(inputs)?, read(options)?, seed)?;
        Ok(Agent { shape: shape.unbind(), inner })
    }

    /// Perceives an observation, plans, learns and acts: one whole step. `open` are the actions that may be chosen now.
    #[pyo3(signature = (observation, open=None))]
    fn step<'py>(
        &mut self,
        py: Python<'py>,
        observation: &Bound<'py, PyAny>,
        open: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let shape = self.shape.get();
        let (seen, open) = (shape.seen(observation)?, shape.open(open)?);
        let inner = &mut self.inner;
        let action = py.detach(|| inner.step(&seen, open.as_deref()))?;
        shape.action(py, action)
    }

    /// Infers the hidden states from an observation: the posterior of each factor. A second look without an action in between replaces the
    /// first.
    fn infer<'py>(&mut self, py: Python<'py>, observation: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let seen = self.shape.get().seen(observation)?;
        let inner = &mut self.inner;
        py.detach(|| inner.infer(&seen))?;
        self.belief(py)
    }

    /// What is believed of each factor.
    #[getter]
    fn belief<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let shape = self.shape.get();
        shape.arrays(py, &shape.belief, (0..shape.factors.len()).map(|f| self.inner.belief(f)).collect())
    }

    /// The outcomes that the belief lets one expect, of each modality; of one that is measured, at the nodes where plans look.
    #[getter]
    fn expected<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let shape = self.shape.get();
        shape.arrays(py, &shape.expected, (0..shape.modalities.len()).map(|m| self.inner.expected(m)).collect())
    }

    /// The log-preferences over the outcomes of each modality, in nats.
    #[getter]
    fn preferences<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let shape = self.shape.get();
        shape.arrays(py, &shape.expected, (0..shape.modalities.len()).map(|m| self.inner.preferences(m)).collect())
    }

    /// The plan from here: how probable each joint action is, its log-weight (not normalised), how many steps ahead were looked at to the
    /// end, and how many nodes.
    fn plan<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let inner = &self.inner;
        let (probabilities, (weights, depth, nodes)) = py.detach(|| (inner.action_probabilities(), inner.plan()));
        let arrays = (PyArray1::from_vec(py, probabilities), PyArray1::from_vec(py, weights), depth, nodes);
        self.shape.get().plan.bind(py).call1(arrays)
    }

    /// The posterior of every policy and its negative expected free energy, in lexicographic order: the last step's action runs fastest.
    fn policies<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let inner = &self.inner;
        let (posterior, gains) = py.detach(|| inner.policies())?;
        self.shape.get().policies.bind(py).call1((PyArray1::from_vec(py, posterior), PyArray1::from_vec(py, gains)))
    }

    /// What speaks for each joint action now: its probability, the terms of the negative expected free energy of the next step, what later
    /// steps add, and the habit, in nats.
    fn explain<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let (inner, shape) = (&self.inner, self.shape.get());
        let all = py.detach(|| inner.explain());
        let one = |(action, e): (usize, &aif_runtime::Explanation)| {
            let next = e.next;
            let terms = (
                next.utility,
                next.state_information_gain,
                next.likelihood_information_gain,
                next.inductive_value,
                next.transition_information_gain,
            );
            let terms = shape.terms.bind(py).call1(terms)?;
            shape.explanation.bind(py).call1((shape.action(py, action)?, e.probability, terms, e.later, e.habit))
        };
        PyList::new(py, all.iter().enumerate().map(one).collect::<PyResult<Vec<_>>>()?)
    }

    /// Chooses an action, which is not carried out yet.
    #[pyo3(signature = (open=None))]
    fn choose<'py>(&mut self, py: Python<'py>, open: Option<&Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyAny>> {
        let shape = self.shape.get();
        let open = shape.open(open)?;
        let inner = &mut self.inner;
        let action = py.detach(|| inner.choose(open.as_deref()))?;
        shape.action(py, action)
    }

    /// Says which action was carried out: the belief moves, and becomes the prior of the next observation.
    fn act(&mut self, py: Python<'_>, action: &Bound<'_, PyAny>) -> PyResult<()> {
        let action = self.shape.get().joint(action)?;
        let inner = &mut self.inner;
        py.detach(|| inner.act(action));
        Ok(())
    }

    /// Begins a new block: back to the initial state, but for factors that are kept; what was learned stays.
    fn restart(&mut self, py: Python<'_>) {
        let inner = &mut self.inner;
        py.detach(|| inner.restart());
    }

    /// Sets what is set from outside.
    fn set_inputs(&mut self, py: Python<'_>, inputs: &Bound<'_, PyDict>) -> PyResult<()> {
        let inputs = self.shape.get().inputs(Some(inputs))?;
        let inner = &mut self.inner;
        Ok(py.detach(|| inner.set_inputs(&inputs))?)
    }

    /// All that the agent carries, its chance included, as bytes; its parameters are not among it.
    fn save<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        Ok(PyBytes::new(py, &self.inner.save()?))
    }

    /// Goes on from a save of an agent with the same parameters; after an error the agent is as before.
    fn load(&mut self, bytes: &[u8]) -> PyResult<()> {
        Ok(self.inner.load(bytes)?)
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        let belief = slf.getattr(intern!(slf.py(), "belief"))?;
        Ok(format!("<an agent of {} that believes {}>", slf.borrow().shape.get().meta.name, belief.str()?))
    }
}
