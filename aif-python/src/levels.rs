//! `Agent` and `World` in Python of a model with levels: what is seen, done and believed is a dictionary, with one in it for each level.

use std::sync::Arc;

use aif_runtime::model::Meta;
use aif_runtime::nested::Tree;
use numpy::PyArray1;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyType};

use crate::fault::{Fault, listed};
use crate::given::{check_parameters, given, number, options, shape_of};
use crate::model::Parameter;
use crate::nest::{Believes, Does, Layers, NestedActing, NestedSurrounding, Nesting, Sees};
use crate::seen::Seen;
use crate::variable::Variable;

/// One model of the levels, and those below it.
struct Floor {
    meta: &'static Meta,
    factors: Vec<Variable>,
    modalities: Vec<Variable>,
    actions: Vec<Variable>,
    /// Of each level the modality that it is, and what is below.
    levels: Vec<(usize, Floor)>,
}

/// What a declared model with levels looks like in Python.
#[pyclass(frozen, module = "aif")]
pub(crate) struct LevelsShape {
    nesting: Arc<dyn Nesting>,
    pub parameters: Vec<Parameter>,
    floor: Floor,
}

impl LevelsShape {
    pub fn new(py: Python<'_>, module: &str, parameters: &[Parameter], nesting: &Arc<dyn Nesting>) -> PyResult<Self> {
        let tree = nesting.tree();
        check_parameters(py, tree.meta.name, parameters)?;
        let floor = Floor::new(py, module, &tree)?;
        Ok(LevelsShape { nesting: Arc::clone(nesting), parameters: parameters.to_vec(), floor })
    }

    pub fn name(&self) -> &'static str {
        self.floor.meta.name
    }
}

impl Floor {
    fn new(py: Python<'_>, module: &str, tree: &Tree) -> PyResult<Self> {
        let meta = tree.meta;
        let [factors, modalities, actions] = Variable::of_model(py, module, meta)?;
        Ok(Floor {
            meta,
            factors,
            modalities,
            actions,
            levels: tree.levels.iter().map(|(m, below)| Ok((*m, Floor::new(py, module, below)?))).collect::<PyResult<_>>()?,
        })
    }

    /// The modalities that are no levels, and their places.
    fn observed(&self) -> impl Iterator<Item = (usize, &Variable)> {
        self.modalities.iter().enumerate().filter(|(m, _)| self.levels.iter().all(|(level, _)| level != m))
    }

    fn level(&self, name: &str) -> Option<usize> {
        self.levels.iter().position(|(m, _)| self.modalities[*m].name == name)
    }

    /// What of a dictionary is not known here.
    fn check(&self, what: &'static str, all: &[Variable], given: &Bound<'_, PyDict>) -> PyResult<()> {
        let levels = || self.levels.iter().map(|(m, _)| self.modalities[*m].name);
        for key in given.keys() {
            let name = key.to_string();
            let own = all.iter().any(|variable| variable.name == name);
            if !own && self.level(&name).is_none() {
                let known = listed(all.iter().map(|variable| variable.name).chain(levels()));
                return Err(Fault::NoPart { what, model: self.meta.name, name, known }.into());
            }
        }
        Ok(())
    }

    /// What is known at one tick: of modalities by their names, what is not named being missing; of levels a dictionary each.
    fn seen(&self, given: &Bound<'_, PyDict>) -> PyResult<Sees> {
        self.check("an observation", &self.modalities, given)?;
        let mut own = vec![Seen::Missing; self.modalities.len()];
        for (m, modality) in self.observed() {
            if let Some(part) = given.get_item(modality.name)? {
                own[m] = modality.seen(&part)?;
            }
        }
        Ok(Layers { own, below: self.below(given, |floor, part| floor.seen(part))? })
    }

    fn below<V>(
        &self,
        given: &Bound<'_, PyDict>,
        read: impl Fn(&Floor, &Bound<'_, PyDict>) -> PyResult<V>,
    ) -> PyResult<Vec<Option<V>>> {
        let one = |(m, floor): &(usize, Floor)| match given.get_item(self.modalities[*m].name)? {
            Some(part) if !part.is_none() => read(floor, part.cast::<PyDict>()?).map(Some),
            _ => Ok(None),
        };
        self.levels.iter().map(one).collect()
    }

    /// What is done at one tick: actions by their names, all or none of a model; of levels a dictionary each.
    fn acts(&self, given: &Bound<'_, PyDict>) -> PyResult<Does> {
        self.check("acts", &self.actions, given)?;
        let mut joint = Some(0);
        for action in &self.actions {
            let part = given.get_item(action.name)?.filter(|part| !part.is_none());
            joint = match (joint, part) {
                (Some(joint), Some(part)) => Some(joint * action.labels.count + action.index(&part)?),
                _ => None,
            };
        }
        Ok(Layers { own: joint, below: self.below(given, |floor, part| floor.acts(part))? })
    }

    fn with_below<'py, V>(
        &self,
        to: Bound<'py, PyDict>,
        below: &[Option<Layers<V>>],
        show: impl Fn(&Floor, &Layers<V>) -> PyResult<Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        for ((m, floor), own) in self.levels.iter().zip(below) {
            let shown = own.as_ref().map(|own| show(floor, own)).transpose()?;
            to.set_item(self.modalities[*m].name, shown)?;
        }
        Ok(to)
    }

    fn show_acts<'py>(&self, py: Python<'py>, acts: &Does) -> PyResult<Bound<'py, PyDict>> {
        let to = PyDict::new(py);
        for (a, action) in self.actions.iter().enumerate() {
            to.set_item(action.name, acts.own.map(|joint| action.labels.label(self.meta.action_value(joint, a)).to_string()))?;
        }
        self.with_below(to, &acts.below, |floor, acts| floor.show_acts(py, acts))
    }

    fn show_seen<'py>(&self, py: Python<'py>, seen: &Sees) -> PyResult<Bound<'py, PyDict>> {
        let to = PyDict::new(py);
        for (m, modality) in self.observed() {
            match &seen.own[m] {
                Seen::Outcome(index) => to.set_item(modality.name, modality.labels.label(*index).to_string())?,
                Seen::Number(number) => to.set_item(modality.name, number)?,
                Seen::Missing | Seen::Weights(_) => to.set_item(modality.name, py.None())?,
            }
        }
        self.with_below(to, &seen.below, |floor, seen| floor.show_seen(py, seen))
    }

    fn show_belief<'py>(&self, py: Python<'py>, belief: &Believes) -> PyResult<Bound<'py, PyDict>> {
        let to = PyDict::new(py);
        for (factor, own) in self.factors.iter().zip(&belief.own) {
            to.set_item(factor.name, PyArray1::from_slice(py, own))?;
        }
        self.with_below(to, &belief.below, |floor, belief| floor.show_belief(py, belief))
    }
}

/// An agent of a model with levels. Its keywords are the model's parameters; `options` are run-time choices of every level.
#[pyclass(subclass, module = "aif", name = "Agent")]
pub(crate) struct LevelsAgent {
    shape: Py<LevelsShape>,
    inner: Box<dyn NestedActing>,
}

#[pymethods]
impl LevelsAgent {
    #[new]
    #[classmethod]
    #[pyo3(signature = (*, options=None, seed=0, **parameters))]
    fn new(
        class: &Bound<'_, PyType>,
        options: Option<&Bound<'_, PyDict>>,
        seed: u64,
        parameters: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        let shape = shape_of::<LevelsShape>(class)?;
        let own = shape.get();
        let numbers = given(own.name(), &own.parameters, parameters, number, |x| x)?;
        let inner = own.nesting.agent(&numbers, self::options(options)?, seed)?;
        Ok(LevelsAgent { shape: shape.unbind(), inner })
    }

    /// One tick: perceives and acts at each level where something is due. Actions are labels, `None` where none is due.
    fn step<'py>(&mut self, py: Python<'py>, observation: &Bound<'py, PyDict>) -> PyResult<Bound<'py, PyDict>> {
        let floor = &self.shape.get().floor;
        let seen = floor.seen(observation)?;
        let inner = &mut self.inner;
        let acts = py.detach(|| inner.step(&seen));
        floor.show_acts(py, &acts)
    }

    /// What is believed of each factor, at every level; of the model itself, while runs below go on, what was believed before them.
    #[getter]
    fn belief<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        self.shape.get().floor.show_belief(py, &self.inner.belief())
    }

    /// Whether the model itself perceived at the latest tick: the runs of its levels were over.
    #[getter]
    fn has_perceived(&self) -> bool {
        self.inner.has_perceived()
    }

    /// Begins anew at every level, but for what is learned or kept.
    fn restart(&mut self) {
        self.inner.restart();
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        let belief = slf.getattr(intern!(slf.py(), "belief"))?;
        Ok(format!("<an agent of {} that believes {}>", slf.borrow().shape.get().name(), belief.str()?))
    }
}

/// A world simulated from a model with levels. Its keywords are the model's parameters.
#[pyclass(subclass, module = "aif", name = "World")]
pub(crate) struct LevelsWorld {
    shape: Py<LevelsShape>,
    inner: Box<dyn NestedSurrounding>,
}

#[pymethods]
impl LevelsWorld {
    #[new]
    #[classmethod]
    #[pyo3(signature = (*, seed=0, **parameters))]
    fn new(class: &Bound<'_, PyType>, seed: u64, parameters: Option<&Bound<'_, PyDict>>) -> PyResult<Self> {
        let shape = shape_of::<LevelsShape>(class)?;
        let own = shape.get();
        let numbers = given(own.name(), &own.parameters, parameters, number, |x| x)?;
        let inner = own.nesting.world(&numbers, seed)?;
        Ok(LevelsWorld { shape: shape.unbind(), inner })
    }

    /// Begins anew, and gives what there is to see at the first tick.
    fn reset<'py>(&mut self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let seen = self.inner.reset();
        self.shape.get().floor.show_seen(py, &seen)
    }

    /// Carries out what is done, and gives what there is to see at the next tick.
    fn step<'py>(&mut self, py: Python<'py>, acts: &Bound<'py, PyDict>) -> PyResult<Bound<'py, PyDict>> {
        let floor = &self.shape.get().floor;
        let seen = self.inner.step(&floor.acts(acts)?);
        floor.show_seen(py, &seen)
    }
}
