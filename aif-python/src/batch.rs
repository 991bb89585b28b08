//! `Agents` and `Worlds` in Python: many of one declared model, over numpy's arrays as they lie in memory.

use numpy::{
    Element, PyArray1, PyArray2, PyArrayDyn, PyArrayMethods, PyReadonlyArray1, PyReadonlyArrayDyn, PyReadwriteArrayDyn,
    PyUntypedArray, PyUntypedArrayMethods,
};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyType};

use crate::crowd::{Crowd, MOST_MEMBERS, Planet, zeros};
use crate::fault::Fault;
use crate::seen::{Codes, CodesMut};
use crate::shape::Shape;

/// Many agents of one declared model. Each keyword is a parameter of the model: a number for all, or an array of one for each.
/// Observations are arrays of one row for each agent and one column for each modality: int32, -1 where one is missing (float64 and NaN
/// where a modality is measured); actions int32, one column for each. Arrays are read and written where they lie, without the
/// interpreter's lock: let no other thread change them meanwhile.
#[pyclass(subclass, module = "aif")]
pub(crate) struct Agents {
    shape: Py<Shape>,
    inner: Box<dyn Crowd>,
}

/// Many worlds of one declared model, as `Agents` are.
#[pyclass(subclass, module = "aif")]
pub(crate) struct Worlds {
    shape: Py<Shape>,
    inner: Box<dyn Planet>,
}

/// An array of the shape that it should have, whose numbers lie row by row.
fn array<'a, 'py, E: Element>(
    what: &'static str,
    given: &'a Bound<'py, PyAny>,
    expected: &[usize],
    dtype: &'static str,
) -> PyResult<&'a Bound<'py, PyArrayDyn<E>>> {
    let array = given.cast::<PyArrayDyn<E>>().map_err(|_| Fault::Dtype { what, expected: dtype })?;
    if array.shape() != expected {
        return Err(Fault::Shape { what, found: array.shape().to_vec(), expected: expected.to_vec() }.into());
    }
    // What lies column by column has a slice, too.
    if !array.is_c_contiguous() {
        return Err(Fault::Layout { what }.into());
    }
    Ok(array)
}

/// The array that is to be written into: the one that is given, or a new one.
fn target<'py, E: Element + Clone + Default>(
    py: Python<'py>,
    what: &'static str,
    given: Option<&Bound<'py, PyAny>>,
    shape: &[usize],
    dtype: &'static str,
) -> PyResult<Bound<'py, PyArrayDyn<E>>> {
    match given {
        Some(given) => array(what, given, shape, dtype).cloned(),
        None => PyArray1::from_vec(py, zeros::<E>(what, shape)?).reshape(shape.to_vec()),
    }
}

/// Observations that are read.
enum Read<'py> {
    Whole(PyReadonlyArrayDyn<'py, i32>),
    Numbers(PyReadonlyArrayDyn<'py, f64>),
}

impl<'py> Read<'py> {
    fn new(shape: &Shape, given: &Bound<'py, PyAny>, count: usize) -> PyResult<Self> {
        let expected = [count, shape.modalities.len()];
        Ok(match shape.is_measured() {
            false => Read::Whole(array::<i32>("observations", given, &expected, "int32")?.try_readonly()?),
            true => Read::Numbers(array::<f64>("observations", given, &expected, "float64")?.try_readonly()?),
        })
    }

    fn codes(&self) -> Result<Codes<'_>, Fault> {
        let layout = |_| Fault::Layout { what: "observations" };
        Ok(match self {
            Read::Whole(array) => Codes::Whole(array.as_slice().map_err(layout)?),
            Read::Numbers(array) => Codes::Numbers(array.as_slice().map_err(layout)?),
        })
    }
}

/// Observations that are written.
enum Written<'py> {
    Whole(Bound<'py, PyArrayDyn<i32>>, PyReadwriteArrayDyn<'py, i32>),
    Numbers(Bound<'py, PyArrayDyn<f64>>, PyReadwriteArrayDyn<'py, f64>),
}

impl<'py> Written<'py> {
    fn new(py: Python<'py>, shape: &Shape, given: Option<&Bound<'py, PyAny>>, dims: &[usize]) -> PyResult<Self> {
        Ok(match shape.is_measured() {
            false => {
                let array = target::<i32>(py, "observations", given, dims, "int32")?;
                let open = array.try_readwrite()?;
                Written::Whole(array, open)
            }
            true => {
                let array = target::<f64>(py, "observations", given, dims, "float64")?;
                let open = array.try_readwrite()?;
                Written::Numbers(array, open)
            }
        })
    }

    fn codes(&mut self) -> Result<CodesMut<'_>, Fault> {
        let layout = |_| Fault::Layout { what: "observations" };
        Ok(match self {
            Written::Whole(_, open) => CodesMut::Whole(open.as_slice_mut().map_err(layout)?),
            Written::Numbers(_, open) => CodesMut::Numbers(open.as_slice_mut().map_err(layout)?),
        })
    }

    fn array(self) -> Bound<'py, PyAny> {
        match self {
            Written::Whole(array, _) => array.into_any(),
            Written::Numbers(array, _) => array.into_any(),
        }
    }
}

/// The parameters of each member: a number for all, or an array of one for each.
fn each(what: &'static str, shape: &Shape, count: usize, keywords: Option<&Bound<'_, PyDict>>) -> PyResult<Vec<Vec<f64>>> {
    if count > MOST_MEMBERS {
        return Err(Fault::Members { what, count, most: MOST_MEMBERS }.into());
    }
    let read = |name: &'static str, given: &Bound<'_, PyAny>| -> PyResult<Vec<f64>> {
        if given.is_instance_of::<PyUntypedArray>() {
            let array: PyReadonlyArray1<'_, f64> =
                given.extract().map_err(|_| Fault::Dtype { what: name, expected: "float64, one for each member" })?;
            if array.len() != count {
                return Err(Fault::Shape { what: name, found: vec![array.len()], expected: vec![count] }.into());
            }
            return Ok(array.as_array().to_vec());
        }
        Ok(vec![given.extract::<f64>()?])
    };
    let columns = shape.given(keywords, read, |default| vec![default])?;
    let of_member = |place: usize| columns.iter().map(|own| own[if own.len() == 1 { 0 } else { place }]).collect();
    Ok((0..count).map(of_member).collect())
}

#[pymethods]
impl Agents {
    #[new]
    #[classmethod]
    #[pyo3(signature = (count, *, options=None, inputs=None, seed=0, **parameters))]
    fn new(
        class: &Bound<'_, PyType>,
        count: usize,
        options: Option<&Bound<'_, PyDict>>,
        inputs: Option<&Bound<'_, PyDict>>,
        seed: u64,
        parameters: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        let shape = Shape::of(class)?;
        let own = shape.get();
        let given = each("agents", own, count, parameters)?;
        let (inputs, options) = (own.inputs(inputs)?, crate::given::options(options)?);
        let inner = class.py().detach(|| own.model.agents(&given, &inputs, options, seed))?;
        Ok(Agents { shape: shape.unbind(), inner })
    }

    fn __len__(&self) -> usize {
        self.inner.count()
    }

    /// Each perceives its row, plans, learns and acts. The actions are written into `actions`, where it is given, and returned.
    #[pyo3(signature = (observations, actions=None))]
    fn step<'py>(
        &mut self,
        py: Python<'py>,
        observations: &Bound<'py, PyAny>,
        actions: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (shape, inner) = (self.shape.get(), &mut self.inner);
        let read = Read::new(shape, observations, inner.count())?;
        let array = target::<i32>(py, "actions", actions, &[inner.count(), shape.actions.len()], "int32")?;
        let mut open = array.try_readwrite()?;
        let (codes, to) = (read.codes()?, open.as_slice_mut().map_err(|_| Fault::Layout { what: "actions" })?);
        py.detach(|| inner.step(codes, to))?;
        drop(open);
        Ok(array.into_any())
    }

    /// Each infers the hidden states from its row.
    fn infer(&mut self, py: Python<'_>, observations: &Bound<'_, PyAny>) -> PyResult<()> {
        let (shape, inner) = (self.shape.get(), &mut self.inner);
        let read = Read::new(shape, observations, inner.count())?;
        let codes = read.codes()?;
        Ok(py.detach(|| inner.infer(codes))?)
    }

    /// All begin a new block.
    fn restart(&mut self, py: Python<'_>) {
        let inner = &mut self.inner;
        py.detach(|| inner.restart());
    }

    /// What each believes of each factor: an array for each factor, one row for each agent.
    #[getter]
    fn belief<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let (shape, count) = (self.shape.get(), self.inner.count());
        let mut arrays = Vec::new();
        for (f, factor) in shape.factors.iter().enumerate() {
            let mut flat = zeros::<f64>("beliefs", &[count, factor.labels.count])?;
            self.inner.belief(f, &mut flat);
            arrays.push(PyArray1::from_vec(py, flat).reshape([count, factor.labels.count])?);
        }
        shape.belief.bind(py).call1(pyo3::types::PyTuple::new(py, arrays)?)
    }

    /// The probability with which each chooses each joint action, one row for each agent.
    fn action_probabilities<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<f64>>> {
        let (inner, joint) = (&self.inner, self.shape.get().meta.joint_actions());
        let mut flat = zeros::<f64>("probabilities of actions", &[inner.count(), joint])?;
        py.detach(|| inner.action_probabilities(&mut flat));
        PyArray1::from_vec(py, flat).reshape([inner.count(), joint])
    }

    /// All begin anew in their worlds and live through so many steps: their observations, one step more than actions, and their actions;
    /// each array has one matrix for each step.
    fn rollout<'py>(
        &mut self,
        py: Python<'py>,
        worlds: &Bound<'py, Worlds>,
        steps: usize,
    ) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyArrayDyn<i32>>)> {
        let (shape, inner) = (self.shape.get(), &mut self.inner);
        let count = inner.count();
        let mut seen = Written::new(py, shape, None, &[steps.saturating_add(1), count, shape.modalities.len()])?;
        let actions = target::<i32>(py, "actions", None, &[steps, count, shape.actions.len()], "int32")?;
        let mut open = actions.try_readwrite()?;
        let mut worlds = worlds.try_borrow_mut()?;
        let (codes, to) = (seen.codes()?, open.as_slice_mut().map_err(|_| Fault::Layout { what: "actions" })?);
        let around = &mut *worlds.inner;
        py.detach(|| inner.rollout(around, steps, codes, to))?;
        drop(open);
        Ok((seen.array(), actions))
    }
}

#[pymethods]
impl Worlds {
    #[new]
    #[classmethod]
    #[pyo3(signature = (count, *, inputs=None, seed=0, **parameters))]
    fn new(
        class: &Bound<'_, PyType>,
        count: usize,
        inputs: Option<&Bound<'_, PyDict>>,
        seed: u64,
        parameters: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        let shape = Shape::of(class)?;
        let own = shape.get();
        let given = each("worlds", own, count, parameters)?;
        let inputs = own.inputs(inputs)?;
        let inner = class.py().detach(|| own.model.worlds(&given, &inputs, seed))?;
        Ok(Worlds { shape: shape.unbind(), inner })
    }

    fn __len__(&self) -> usize {
        self.inner.count()
    }

    /// All begin anew. The first observations are written into `observations`, where it is given, and returned.
    #[pyo3(signature = (observations=None))]
    fn reset<'py>(&mut self, py: Python<'py>, observations: Option<&Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyAny>> {
        let (shape, inner) = (self.shape.get(), &mut self.inner);
        let mut seen = Written::new(py, shape, observations, &[inner.count(), shape.modalities.len()])?;
        let codes = seen.codes()?;
        py.detach(|| inner.reset(codes));
        Ok(seen.array())
    }

    /// Each carries out the actions of its row. The next observations are written into `observations`, where it is given, and returned.
    #[pyo3(signature = (actions, observations=None))]
    fn step<'py>(
        &mut self,
        py: Python<'py>,
        actions: &Bound<'py, PyAny>,
        observations: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (shape, inner) = (self.shape.get(), &mut self.inner);
        let count = inner.count();
        let array = array::<i32>("actions", actions, &[count, shape.actions.len()], "int32")?.try_readonly()?;
        let done = array.as_slice().map_err(|_| Fault::Layout { what: "actions" })?;
        let mut seen = Written::new(py, shape, observations, &[count, shape.modalities.len()])?;
        let codes = seen.codes()?;
        py.detach(|| inner.step(done, codes))?;
        Ok(seen.array())
    }

    /// The hidden states, one row for each world, one column for each factor.
    #[getter]
    fn states<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<i32>>> {
        let (count, factors) = (self.inner.count(), self.shape.get().factors.len());
        let mut flat = zeros::<i32>("states", &[count, factors])?;
        self.inner.states(&mut flat);
        PyArray1::from_vec(py, flat).reshape([count, factors])
    }
}
