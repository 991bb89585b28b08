//! What is expected of each node before the input is seen.

use super::couplings::{Strength, ends, for_parents};
use super::kernel::{FLOOR, LOG_ODDS_CEILING, Network};
use super::meta::{CouplingKind, FilterMeta, NodeKind};
use super::options::Coupled;
use crate::scalar::Number;

impl<S: Number> Network<'_, S> {
    /// The logarithm of a node's volatility: tonic, and what its volatility parents are predicted to add.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn ln_volatility(&self, meta: &FilterMeta, node: (usize, usize), tonic: S) -> S {
        let relaxed = self.options.coupled == Coupled::Relaxed;
        let mut sum = tonic;
        for_parents!(self, meta, node, Volatility, |k, parent| {
            let parent = &self.states[parent];
            sum = sum + k.times(parent.expected_mean);
            if relaxed {
                sum = sum + k.squared_times(S::fixed(0.5) / parent.expected_precision);
            }
        });
        sum
    }

    /// What value parents add to a mean.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn drift(&self, meta: &FilterMeta, node: (usize, usize), start: S) -> S {
        let mut sum = start;
        for_parents!(self, meta, node, Value, |a, parent| sum = sum + a.times(self.states[parent].expected_mean));
        sum
    }

    /// A predicted variance, and what the uncertainty of value parents adds to it (relaxed coupling).
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn widened(&self, meta: &FilterMeta, node: (usize, usize), variance: S) -> S {
        let (mut wider, t) = (variance, self.time_step);
        for_parents!(self, meta, node, Value, |a, parent| {
            wider = wider + a.squared_times(t.scaled(t) / self.states[parent].expected_precision);
        });
        wider
    }

    /// Moves the first value parent of an input to where it predicts `u`, before its first one is seen; its initial mean counts from there.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn begin(&mut self, meta: &FilterMeta, node: (usize, usize), u: S, observed: S, begun: &mut [S]) {
        let drift = self.parameters[meta.place(node.0, node.1)].tonic_drift;
        let mut first = true;
        for_parents!(self, meta, node, Value, |a, parent| {
            if first {
                first = false;
                let wanted = u - drift;
                let shift = if a.unit { wanted } else { wanted / a.of };
                // A parent of no strength predicts nothing.
                let none = if a.unit { S::fixed(0.0) } else { a.of.equals(0.0) };
                let seen = S::pick(S::either(begun[parent], none), S::fixed(0.0), observed);
                let mean = self.states[parent].mean;
                self.states[parent].mean = S::pick(seen, mean + shift, mean);
                begun[parent] = S::either(begun[parent], seen);
            }
        });
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn predict(&mut self, meta: &FilterMeta, node: (usize, usize)) {
        let (line, element) = node;
        let place = meta.place(line, element);
        let parameters = self.parameters[place];
        let state = self.states[place];
        let mut next = state;
        let has_volatility_parents = meta.lines[line].count_parents(CouplingKind::Volatility) > 0;
        match meta.lines[line].kind {
            NodeKind::Binary => {
                let mut sum = S::fixed(0.0);
                let unit = self.options.compat.unit_binary_strength;
                for_parents!(self, meta, node, Value, |a, parent| {
                    let mean = self.states[parent].expected_mean;
                    sum = sum + if unit { mean } else { a.times(mean) };
                });
                next.log_odds = sum.within(-LOG_ODDS_CEILING, LOG_ODDS_CEILING);
                next.expected_mean = next.log_odds.to_logistic();
                next.expected_precision = next.expected_mean * (S::fixed(1.0) - next.expected_mean);
            }
            NodeKind::Observation => {
                let drift = self.drift(meta, node, parameters.tonic_drift);
                let scaled = self.options.compat.scaled_observations;
                next.expected_mean = if scaled { drift.scaled(self.time_step) } else { drift };
                next.expected_precision = parameters.precision;
                next.conditional_precision = parameters.precision;
                if has_volatility_parents {
                    let noise = self.ln_volatility(meta, node, parameters.tonic_volatility).to_exp();
                    let noise = if scaled { noise.scaled(self.time_step) } else { noise }.above(FLOOR);
                    let mut variance = parameters.variance + noise;
                    next.conditional_precision = S::fixed(1.0) / variance;
                    if self.options.coupled == Coupled::Relaxed && self.options.compat.widened_observations {
                        variance = self.widened(meta, node, variance);
                    }
                    next.expected_precision = S::fixed(1.0) / variance;
                    next.effective_precision = noise * next.expected_precision;
                }
            }
            NodeKind::Continuous => {
                next.previous_precision = state.precision;
                let left = if meta.lines[line].walks { state.mean } else { parameters.autoconnection * state.mean };
                next.expected_mean = left;
                if meta.lines[line].drifts || meta.lines[line].count_parents(CouplingKind::Value) > 0 {
                    next.expected_mean = left + self.drift(meta, node, parameters.tonic_drift).scaled(self.time_step);
                }
                let volatility = if has_volatility_parents {
                    self.ln_volatility(meta, node, parameters.tonic_volatility).to_exp()
                } else {
                    parameters.volatility
                };
                let volatility = volatility.scaled(self.time_step).above(FLOOR);
                // 1 / (1 / precision + volatility), in one division.
                next.conditional_precision = state.precision / (volatility * state.precision + 1.0);
                next.expected_precision = next.conditional_precision;
                if self.options.coupled == Coupled::Relaxed {
                    let variance = S::fixed(1.0) / next.conditional_precision;
                    next.expected_precision = S::fixed(1.0) / self.widened(meta, node, variance);
                }
                if has_volatility_parents {
                    next.effective_precision = volatility * next.expected_precision;
                }
            }
        }
        self.states[place] = next;
    }
}
