//! `World` in Python: what a declared model says of the world, simulated.

use numpy::PyArray1;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyType};

use crate::given::number;
use crate::life::Surrounding;
use crate::shape::Shape;

/// A world simulated from a declared model. Its keywords are the model's parameters, `inputs` is a dictionary of what is set from outside.
/// One seed gives one world; the chance of an agent of the same seed is another.
#[pyclass(subclass, module = "aif")]
pub(crate) struct World {
    shape: Py<Shape>,
    inner: Box<dyn Surrounding>,
}

#[pymethods]
impl World {
    #[new]
    #[classmethod]
    #[pyo3(signature = (*, inputs=None, seed=0, **parameters))]
    fn new(
        class: &Bound<'_, PyType>,
        inputs: Option<&Bound<'_, PyDict>>,
        seed: u64,
        parameters: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        let shape = Shape::of(class)?;
        let own = shape.get();
        let inner = own.model.world(&own.given(parameters, number, |x| x)?, &own.inputs(inputs)?, seed)?;
        Ok(World { shape: shape.unbind(), inner })
    }

    /// Begins anew, and gives the first observation.
    fn reset<'py>(&mut self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let seen = self.inner.reset();
        self.shape.get().observation(py, &seen)
    }

    /// Carries out an action, and gives the next observation.
    fn step<'py>(&mut self, py: Python<'py>, action: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let shape = self.shape.get();
        let seen = self.inner.step(shape.joint(action)?);
        shape.observation(py, &seen)
    }

    /// Observes the hidden state once more.
    fn observe<'py>(&mut self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let seen = self.inner.observe();
        self.shape.get().observation(py, &seen)
    }

    /// The hidden state.
    #[getter]
    fn state<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.shape.get().state(py, &self.inner.state())
    }

    #[setter]
    fn set_state(&mut self, state: &Bound<'_, PyAny>) -> PyResult<()> {
        let state = self.shape.get().state_of(state)?;
        self.inner.set_state(&state);
        Ok(())
    }

    /// Sets what is set from outside.
    fn set_inputs(&mut self, inputs: &Bound<'_, PyDict>) -> PyResult<()> {
        let inputs = self.shape.get().inputs(Some(inputs))?;
        Ok(self.inner.set_inputs(&inputs)?)
    }

    /// Begins chance anew from a seed.
    fn reseed(&mut self, seed: u64) {
        self.inner.reseed(seed);
    }

    /// The log-preferences of the model over the outcomes of each modality, in nats.
    #[getter]
    fn preferences<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let shape = self.shape.get();
        shape.arrays(py, &shape.expected, (0..shape.modalities.len()).map(|m| self.inner.preferences(m)).collect())
    }

    /// Of each modality its name, its number of outcomes (0: it is measured) and its log-preferences; of each action its name and its
    /// number of values.
    fn _spaces<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyList>, Bound<'py, PyList>)> {
        let shape = self.shape.get();
        let modality = |(m, v): (usize, &crate::variable::Variable)| {
            let count = if v.measured { 0 } else { v.labels.count };
            (v.name, count, PyArray1::from_vec(py, self.inner.preferences(m)))
        };
        let modalities = PyList::new(py, shape.modalities.iter().enumerate().map(modality).collect::<Vec<_>>())?;
        let actions = PyList::new(py, shape.actions.iter().map(|v| (v.name, v.labels.count)).collect::<Vec<_>>())?;
        Ok((modalities, actions))
    }
}
