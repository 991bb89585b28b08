//! The numbers of one trial.

use super::meta::{LearnerMeta, Needed};
use crate::domain::{Domain, index_of_number};

/// The numbers of one trial; not a number where one is missing, or has not happened yet.
#[derive(Clone, Copy, Debug)]
pub struct Trial<'a> {
    /// One for each input: the number itself, or the index of a value.
    pub inputs: &'a [f64],
    /// One for each observation.
    pub observations: &'a [f64],
    /// One for each column of a response.
    pub responses: &'a [f64],
}

impl Trial<'_> {
    /// The value that an input has.
    pub fn input<D: Domain>(&self, which: usize) -> Option<D> {
        self.inputs.get(which).copied().and_then(value)
    }

    /// The value that an observation has.
    pub fn observation<D: Domain>(&self, which: usize) -> Option<D> {
        self.observations.get(which).copied().and_then(value)
    }

    /// The value in a column of a response: what was chosen.
    pub fn response<D: Domain>(&self, column: usize) -> Option<D> {
        self.responses.get(column).copied().and_then(value)
    }

    /// Whether a response can be scored: it was made, and what it depends on is there.
    pub fn has(&self, meta: &LearnerMeta, response: usize) -> bool {
        let own = &meta.responses[response];
        let (first, columns) = (meta.place(response), own.kind.columns());
        let is = |list: &[f64], at: usize| list.get(at).is_some_and(|x| !x.is_nan());
        (first..first + columns).all(|at| is(self.responses, at))
            && own.needs.iter().all(|need| match *need {
                Needed::Input(i) => is(self.inputs, i),
                Needed::Observation(i) => is(self.observations, i),
                Needed::Response(r) => is(self.responses, meta.place(r)),
            })
    }
}

/// The value of a domain that a number is the index of; none where it is missing.
#[cfg_attr(not(debug_assertions), inline(always))]
pub fn value<D: Domain>(number: f64) -> Option<D> {
    index_of_number(number).and_then(D::from_index)
}

/// A number of a list; not a number beyond its end.
#[cfg_attr(not(debug_assertions), inline(always))]
pub fn at(list: &[f64], which: usize) -> f64 {
    list.get(which).copied().unwrap_or(f64::NAN)
}

/// A number; none where it is missing.
#[cfg_attr(not(debug_assertions), inline(always))]
pub fn number(number: f64) -> Option<f64> {
    (!number.is_nan()).then_some(number)
}
