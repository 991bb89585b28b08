//! The study program in Python: any verb of it, and records that are scored.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;

use aif_infer::score::ScoreError;
use aif_infer::study::{Scoring, Study, StudyError};
use numpy::{PyArray1, PyArray2, PyArrayMethods, PyReadonlyArray2, PyUntypedArrayMethods};
use pyo3::prelude::*;

use crate::fault::Fault;

/// The study program of a population.
#[pyclass(frozen, module = "aif")]
pub(crate) struct Program {
    pub study: Arc<Study>,
    pub name: &'static str,
}

/// The records of a group, read once.
#[pyclass(frozen, module = "aif")]
pub(crate) struct Records {
    scoring: Scoring,
}

/// What a group scores, its gradient, and what each unit scores.
type Scored<'py> = (f64, Bound<'py, PyArray2<f64>>, Bound<'py, PyArray1<f64>>);

#[pymethods]
impl Program {
    /// The population's name.
    #[getter]
    fn name(&self) -> &'static str {
        self.name
    }

    /// Runs a verb with its arguments.
    fn run(&self, py: Python<'_>, arguments: Vec<OsString>) -> PyResult<()> {
        let all = std::iter::once(OsString::from(self.name)).chain(arguments);
        match py.detach(|| self.study.run(all)) {
            // Help that was asked for.
            Err(StudyError::Arguments(help)) if !help.use_stderr() => {
                py.import("builtins")?.getattr("print")?.call1((help.to_string(),))?;
                Ok(())
            }
            done => Ok(done.map_err(Fault::from)?),
        }
    }

    /// Reads the records of a table, to be scored.
    fn records(&self, py: Python<'_>, data: PathBuf, arguments: Vec<OsString>) -> PyResult<Records> {
        let scoring = py.detach(|| self.study.scoring(&data, arguments)).map_err(Fault::from)?;
        Ok(Records { scoring })
    }
}

#[pymethods]
impl Records {
    #[getter]
    fn parameters(&self) -> Vec<String> {
        self.scoring.parameters().to_vec()
    }

    #[getter]
    fn subjects(&self) -> Vec<String> {
        self.scoring.subjects().to_vec()
    }

    #[getter]
    fn sessions(&self) -> Option<Vec<String>> {
        self.scoring.sessions().map(<[String]>::to_vec)
    }

    #[getter]
    fn responses(&self) -> Vec<usize> {
        self.scoring.responses()
    }

    #[getter]
    fn warnings(&self) -> Vec<String> {
        self.scoring.warnings().to_vec()
    }

    /// The log-likelihood, its gradient and that of each unit, at values with one row for each unit; `reject` has minus infinity and no
    /// gradient where behaviour is impossible, or no model is made.
    fn score<'py>(&self, py: Python<'py>, values: PyReadonlyArray2<'py, f64>, reject: bool) -> PyResult<Scored<'py>> {
        let (units, each) = (self.scoring.subjects().len(), self.scoring.parameters().len());
        if values.shape() != [units, each] {
            return Err(Fault::Shape { what: "parameters", found: values.shape().to_vec(), expected: vec![units, each] }.into());
        }
        let flat: Vec<f64> = values.as_array().iter().copied().collect();
        let (value, gradient, of_units) = match py.detach(|| self.scoring.score(&flat)) {
            Ok(score) => (score.log_likelihoods.iter().sum(), score.gradient, score.log_likelihoods),
            Err(error) if reject && is_impossible(&error) => {
                (f64::NEG_INFINITY, vec![f64::NAN; units * each], vec![f64::NAN; units])
            }
            Err(error) => return Err(Fault::from(error).into()),
        };
        Ok((value, PyArray1::from_vec(py, gradient).reshape([units, each])?, PyArray1::from_vec(py, of_units)))
    }
}

/// Whether parameters have the density zero, rather than being asked for wrongly.
fn is_impossible(error: &StudyError) -> bool {
    let StudyError::Score { source, .. } = error else { return false };
    match source {
        ScoreError::Response { value, .. } | ScoreError::Answer { value, .. } => *value == f64::NEG_INFINITY,
        ScoreError::Model(_) | ScoreError::Outside { .. } => true,
        _ => false,
    }
}
