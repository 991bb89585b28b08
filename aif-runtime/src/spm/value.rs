//! Expected free energy of a policy: how much is learned of states and parameters, and how much is liked.

use alloc::vec;
use alloc::vec::Vec;

use super::joint::product;
use super::numbers::dot;
use super::parameters::Parameters;
use super::passing::Beliefs;
use crate::math::{exp, ln};

/// The negative expected free energy of beliefs about the times `from..horizon`, the present included.
pub(super) fn negative_expected_free_energy(parameters: &Parameters, x: &Beliefs, from: usize, horizon: usize) -> f64 {
    let mut value = 0.0;
    for time in from..horizon {
        let q = product(x.iter().map(|x| x[time].as_slice()));
        value += information(parameters, &q);
        for (g, a) in parameters.likelihood.iter().enumerate() {
            let expected = a.times(&q);
            value += dot(&expected, &parameters.preference[g][time]);
            if let Some(novelty) = &parameters.novelty {
                value -= dot(&expected, &novelty[g].times(&q));
            }
        }
    }
    if let Some(novelty) = &parameters.initial_novelty {
        value -= novelty.iter().zip(x).map(|(w, x)| dot(w, &x[0])).sum::<f64>();
    }
    value
}

/// The mutual information of joint states and joint outcomes. Its floor is `exp(-16)`, under which states are left out.
fn information(parameters: &Parameters, q: &[f64]) -> f64 {
    let floor = exp(-16.0);
    let entropy = |p: &[f64]| p.iter().map(|p| p * ln(p + floor)).sum::<f64>();
    let outcomes: usize = parameters.likelihood.iter().map(|a| a.rows()).product();
    let (mut gain, mut expected) = (0.0, vec![0.0; outcomes]);
    for (state, &q) in q.iter().enumerate().filter(|(_, q)| **q > floor) {
        let columns: Vec<Vec<f64>> = parameters.likelihood.iter().map(|a| a.column(state)).collect();
        let joint = product(columns.iter().map(Vec::as_slice));
        gain += q * entropy(&joint);
        for (expected, p) in expected.iter_mut().zip(&joint) {
            *expected += q * p;
        }
    }
    gain - entropy(&expected)
}
