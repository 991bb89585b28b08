//! What can be wrong with a filter, with what is put into it and with what is recorded.

use alloc::vec::Vec;

use super::belief::NodeParameters;
use super::error::FilterError;
use super::meta::{FilterMeta, InputKind, NodeKind};
use super::network::GaussianFilter;
use super::shape::Shape;
use crate::scalar::Real;

/// Checks the parameters of a filter.
///
/// # Errors
/// Names the first node whose parameters are not finite, or whose initial precision is not positive.
pub fn check_parameters<T: Real, M: GaussianFilter<T>>(model: &M) -> Result<(), FilterError> {
    let meta: FilterMeta = M::META;
    let mut nodes = M::Shape::nodes(NodeParameters::default());
    let mut strengths = M::Shape::strengths(T::one());
    model.parameters(&mut nodes, &mut strengths);
    for (line, element) in meta.nodes() {
        let own = M::Shape::places(&nodes)[meta.place(line, element)];
        let wrong = |what, value: T, expected| {
            let node = meta.label(line, element);
            Err(FilterError::Parameter { node, what, value: value.value(), expected })
        };
        let finite = [
            ("tonic volatility", own.tonic_volatility),
            ("tonic drift", own.tonic_drift),
            ("autoconnection", own.autoconnection),
            ("initial mean", own.mean),
        ];
        if let Some((what, value)) = finite.into_iter().find(|(_, x)| !x.is_finite()) {
            return wrong(what, value, "a finite number");
        }
        if !(own.precision.value() > 0.0 && own.precision.is_finite()) {
            let what = if meta.lines[line].kind == NodeKind::Observation { "precision" } else { "initial precision" };
            return wrong(what, own.precision, "above 0 and finite");
        }
        for coupling in meta.lines[line].parents {
            let strength = M::Shape::couplings(&strengths)[coupling.strength * meta.width() + element];
            if !strength.is_finite() {
                return wrong("coupling strength", strength, "a finite number");
            }
        }
    }
    Ok(())
}

/// Checks what is put in at one trial.
///
/// # Errors
/// Names the first input that cannot be, or the time step.
pub fn check_inputs(meta: &FilterMeta, trial: usize, inputs: &[Option<f64>], time_step: f64) -> Result<(), FilterError> {
    if !(time_step > 0.0 && time_step.is_finite()) {
        return Err(FilterError::TimeStep { trial, time_step });
    }
    if inputs.len() != meta.inputs.len() {
        let names: Vec<&str> = meta.inputs.iter().map(|i| i.name).collect();
        return Err(FilterError::Count { trial, expected: names.join(", "), found: inputs.len() });
    }
    for (input, &number) in meta.inputs.iter().zip(inputs) {
        let Some(value) = number else { continue };
        let wrong = |expected| Err(FilterError::Input { trial, input: input.name, value, expected });
        match input.kind {
            InputKind::Number if !value.is_finite() => return wrong("a finite number".into()),
            InputKind::Number => {}
            InputKind::Binary(labels) | InputKind::Category(labels) => {
                if crate::domain::index_of_number(value).is_none_or(|i| i >= labels.count) {
                    return wrong(alloc::format!("a whole number below {}", labels.count));
                }
            }
        }
    }
    Ok(())
}

/// Checks what is recorded at one trial.
///
/// # Errors
/// Names the first response that cannot be.
pub fn check_responses(meta: &FilterMeta, trial: usize, responses: &[Option<f64>]) -> Result<(), FilterError> {
    for (response, &number) in meta.responses.iter().zip(responses) {
        let Some(value) = number else { continue };
        if let Some(expected) = response.kind.refuses(0, value) {
            return Err(FilterError::Response { trial, response: response.name, value, expected });
        }
    }
    Ok(())
}
