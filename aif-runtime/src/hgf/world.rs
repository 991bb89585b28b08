//! The world that a filter believes in: its nodes walk, and show inputs.

use alloc::vec::Vec;

use rand::Rng;

use super::belief::NodeParameters;
use super::checks::check_parameters;
use super::couplings::ends;
use super::error::FilterError;
use super::meta::{CouplingKind, FilterMeta, InputKind, NodeKind};
use super::network::{GaussianFilter, ParametersOf, StrengthsOf};
use super::shape::Shape;
use crate::random;

/// The generative process of a filter: hidden states that move as the filter's equations have it, and inputs that they make.
#[derive(Clone, Copy)]
pub struct FilterWorld<M: GaussianFilter<f64>> {
    parameters: ParametersOf<M, f64>,
    strengths: StrengthsOf<M, f64>,
    states: <M::Shape as Shape>::Nodes<f64>,
}

impl<M: GaussianFilter<f64>> core::fmt::Debug for FilterWorld<M> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_list().entries(M::Shape::places(&self.states)).finish()
    }
}

impl<M: GaussianFilter<f64>> FilterWorld<M> {
    /// A world before its first trial: every state at its initial mean, moved by what its initial precision leaves open.
    ///
    /// # Errors
    /// When a parameter is not usable.
    pub fn new(model: &M, rng: &mut (impl Rng + ?Sized)) -> Result<Self, FilterError> {
        check_parameters(model)?;
        let mut parameters = M::Shape::nodes(NodeParameters::default());
        let mut strengths = M::Shape::strengths(1.0);
        model.parameters(&mut parameters, &mut strengths);
        let mut states = M::Shape::nodes(0.0);
        for (state, own) in M::Shape::places_mut(&mut states).iter_mut().zip(M::Shape::places(&parameters)) {
            *state = own.mean + random::normal(rng) / crate::math::sqrt(own.precision);
        }
        Ok(FilterWorld { parameters, strengths, states })
    }

    /// Sets the state of a node.
    pub fn set(&mut self, line: usize, element: usize, state: f64) {
        let meta: FilterMeta = M::META;
        if line < meta.lines.len() && element < meta.nodes_of(line) {
            M::Shape::places_mut(&mut self.states)[meta.place(line, element)] = state;
        }
    }

    /// One trial after a time step: every state moves, parents first; then the inputs are drawn.
    pub fn step(&mut self, time_step: f64, rng: &mut (impl Rng + ?Sized)) -> Vec<Option<f64>> {
        let meta: FilterMeta = M::META;
        let mut inputs = alloc::vec![None; meta.inputs.len()];
        for line in (0..meta.lines.len()).rev() {
            let mut odds = Vec::new();
            for element in 0..meta.nodes_of(line) {
                let place = meta.place(line, element);
                let own = M::Shape::places(&self.parameters)[place];
                let (value, volatility) =
                    (self.parents(line, element, CouplingKind::Value), self.parents(line, element, CouplingKind::Volatility));
                let before = M::Shape::places(&self.states)[place];
                let now = match meta.lines[line].kind {
                    NodeKind::Continuous => {
                        let mean = own.autoconnection * before + time_step * (own.tonic_drift + value);
                        let variance = time_step * crate::math::exp(own.tonic_volatility + volatility);
                        mean + crate::math::sqrt(variance) * random::normal(rng)
                    }
                    NodeKind::Observation => {
                        let noisy = meta.lines[line].count_parents(CouplingKind::Volatility) > 0;
                        let noise = if noisy { crate::math::exp(own.tonic_volatility + volatility) } else { 0.0 };
                        value + own.tonic_drift + crate::math::sqrt(1.0 / own.precision + noise) * random::normal(rng)
                    }
                    NodeKind::Binary => {
                        let p = crate::scalar::logistic(value);
                        odds.push(p);
                        f64::from(u8::from(random::unit(rng) < p))
                    }
                };
                M::Shape::places_mut(&mut self.states)[place] = now;
            }
            if let Some(input) = meta.lines[line].input {
                inputs[input] = match meta.inputs[input].kind {
                    // One category is seen, each with its share.
                    InputKind::Category(_) => {
                        let sum: f64 = odds.iter().sum();
                        odds.iter_mut().for_each(|p| *p /= sum);
                        Some(random::categorical(&odds, rng) as f64)
                    }
                    _ => Some(M::Shape::places(&self.states)[meta.place(line, 0)]),
                };
            }
        }
        inputs
    }

    /// What the parents of a kind add up to.
    fn parents(&self, line: usize, element: usize, kind: CouplingKind) -> f64 {
        let meta: FilterMeta = M::META;
        let mut sum = 0.0;
        for coupling in meta.lines[line].parents.iter().filter(|c| c.kind == kind) {
            let (from, to) = ends(&meta, line, element, coupling.line);
            for e in from..to {
                let at = coupling.strength * meta.width() + if meta.lines[line].each { element } else { e };
                sum += M::Shape::couplings(&self.strengths)[at] * M::Shape::places(&self.states)[meta.place(coupling.line, e)];
            }
        }
        sum
    }
}
