//! What is believed of each node once the input is seen: prediction errors, and how parents are moved by those of their children.

use super::couplings::{Strength, ends, for_children, for_parents};
use super::kernel::{FLOOR, Network};
use super::meta::{CouplingKind, FilterMeta, NodeKind};
use super::options::{Coupled, Update};
use super::unbounded::{Bound, unbounded};
use crate::scalar::Number;

impl<S: Number> Network<'_, S> {
    /// Puts in what was seen; `u` holds anything where `observed` is zero.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn observe(&mut self, meta: &FilterMeta, (line, element): (usize, usize), u: S, observed: S) {
        let compat = self.options.compat.missing_inform;
        let state = &mut self.states[meta.place(line, element)];
        state.mean = if compat { u } else { S::pick(observed, u, state.expected_mean) };
        state.observed = observed;
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn errors(&mut self, meta: &FilterMeta, (line, element): (usize, usize)) {
        let state = &mut self.states[meta.place(line, element)];
        state.error = state.mean - state.expected_mean;
        if meta.lines[line].kind == NodeKind::Binary {
            state.precision = state.expected_precision;
        }
        let volatility_parents = meta.lines[line].count_parents(CouplingKind::Volatility);
        if volatility_parents > 0 {
            let (p, expected) = (state.precision, state.expected_precision);
            let error = expected / p + expected * state.error * state.error - 1.0;
            state.volatility_error = if volatility_parents > 1 { error * (1.0 / volatility_parents as f64) } else { error };
        }
    }

    /// What value children add to the mean (before it is divided by a precision) and to the precision.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn value_children(&self, meta: &FilterMeta, node: (usize, usize)) -> (S, S) {
        let (mut mean, mut precision) = (S::fixed(0.0), S::fixed(0.0));
        for_children!(self, meta, node, Value, |a, place, own| {
            let child = &self.states[place];
            let kind = meta.lines[own.0].kind;
            let (mut for_mean, mut for_precision) = (child.expected_precision, child.expected_precision);
            if self.options.coupled == Coupled::Relaxed && kind == NodeKind::Continuous {
                let gained = child.precision - child.expected_precision;
                let share = child.conditional_precision / (child.conditional_precision + gained);
                (for_mean, for_precision) = (share * child.precision, share * gained);
            }
            // The error of a binary node is over its variance, which is its expected precision: they cancel.
            let error = if kind == NodeKind::Binary { child.error } else { for_mean * child.error };
            mean = mean + a.times(error.scaled(child.observed));
            precision = precision + a.squared_times(for_precision.scaled(child.observed));
        });
        (mean, precision)
    }

    /// What volatility children add to the mean, before it is divided by a precision.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn volatility_mean(&self, meta: &FilterMeta, node: (usize, usize)) -> S {
        let mut sum = S::fixed(0.0);
        for_children!(self, meta, node, Volatility, |k, place, own| {
            let child = &self.states[place];
            sum = sum + k.times((child.effective_precision * child.volatility_error).scaled(child.observed) * 0.5);
        });
        sum
    }

    /// What volatility children add to the precision.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn volatility_precision(&self, meta: &FilterMeta, node: (usize, usize)) -> S {
        let mut sum = S::fixed(0.0);
        for_children!(self, meta, node, Volatility, |k, place, own| {
            let child = &self.states[place];
            let (g, error) = (child.effective_precision, child.volatility_error);
            // k^2 g (g / 2 + g D - D / 2)
            let all = g * (g * 0.5 + g * error - error * 0.5);
            sum = sum + k.squared_times(all.scaled(child.observed));
        });
        sum
    }

    /// The same at the new mean, and never below zero (`Update::Guarded`).
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn guarded_precision(&self, meta: &FilterMeta, node: (usize, usize), mean: S) -> S {
        let mut sum = S::fixed(0.0);
        for_children!(self, meta, node, Volatility, |k, at, own| {
            let child = &self.states[at];
            let (others, before, time) = self.beside(meta, node, k, own);
            let volatility = (k.times(mean) + others).to_exp().scaled(time);
            let precision = S::fixed(1.0) / (before + volatility);
            let effective = volatility * precision;
            let spread = S::fixed(1.0) / child.precision + child.error * child.error;
            let error = spread * precision - 1.0;
            let added = k.squared_times(effective * (effective + (volatility - before) * precision * error) * 0.5);
            sum = sum + added.within(0.0, f64::INFINITY).scaled(child.observed);
        });
        sum
    }

    /// What there is in a child's predicted variance beside the volatility of one of its parents: the logarithm of what multiplies that,
    /// the variance from before, and the time step.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn beside(&self, meta: &FilterMeta, node: (usize, usize), k: Strength<S>, child: (usize, usize)) -> (S, S, S) {
        let at = meta.place(child.0, child.1);
        let (state, parameters, compat) = (&self.states[at], &self.parameters[at], &self.options.compat);
        // An observation's noise has a floor of its own, and does not grow with time.
        let observation = meta.lines[child.0].kind == NodeKind::Observation;
        let mut before = if observation { parameters.variance } else { S::fixed(1.0) / state.previous_precision };
        let time = if observation && !compat.scaled_observations { S::fixed(1.0) } else { self.time_step };
        let mut others = parameters.tonic_volatility;
        if !compat.first_child_only {
            let (mean, precision) = {
                let parent = &self.states[meta.place(node.0, node.1)];
                (parent.expected_mean, parent.expected_precision)
            };
            let relaxed = self.options.coupled == Coupled::Relaxed;
            for_parents!(self, meta, child, Volatility, |own, parent| {
                let parent = &self.states[parent];
                others = others + own.times(parent.expected_mean);
                if relaxed {
                    others = others + own.squared_times(S::fixed(0.5) / parent.expected_precision);
                }
            });
            others = others - k.times(mean);
            if relaxed {
                others = others - k.squared_times(S::fixed(0.5) / precision);
                if !observation {
                    before = self.widened(meta, child, before);
                }
            }
        }
        (others, before, time)
    }

    /// The children of which the unbounded update takes account, one after the other. It is lane by lane anyway, and stays a call: the other
    /// updates are the smaller for it.
    fn unbounded(&self, meta: &FilterMeta, node: (usize, usize), mut mean: S, mut precision: S) -> (S, S) {
        let first_only = self.options.compat.first_child_only;
        let mut done = false;
        for_children!(self, meta, node, Volatility, |k, at, own| {
            if first_only && done {
                continue;
            }
            done = true;
            let child = &self.states[at];
            let (others, before, time) = self.beside(meta, node, k, own);
            let spread = S::fixed(1.0) / child.precision + child.error * child.error;
            let (found, wide) = S::pairs(|l| {
                unbounded(&Bound {
                    strength: k.of.lane(l),
                    mean: mean.lane(l),
                    precision: precision.lane(l),
                    tonic: others.lane(l),
                    before: before.lane(l),
                    spread: spread.lane(l),
                    expected: first_only.then(|| child.expected_precision.lane(l)),
                    time: time.lane(l),
                })
            });
            let seen = if first_only { S::fixed(1.0) } else { child.observed };
            mean = S::pick(seen, found, mean);
            precision = S::pick(seen, wide, precision);
        });
        (mean, precision)
    }

    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn posterior(&mut self, meta: &FilterMeta, node: (usize, usize)) {
        let (line, element) = node;
        let (value, volatility) =
            (meta.lines[line].count_children(CouplingKind::Value), meta.lines[line].count_children(CouplingKind::Volatility));
        if value + volatility == 0 {
            return;
        }
        let place = meta.place(line, element);
        let state = self.states[place];
        let cap = self.options.precision_cap;
        let capped = |p: S| p.above(FLOOR).within(f64::NEG_INFINITY, cap);
        let (by_value, value_precision) = self.value_children(meta, node);
        let (mean, precision);
        if volatility > 0 && self.options.update == Update::Unbounded {
            let (mut m, mut p) = (state.expected_mean, state.expected_precision);
            if value > 0 && !self.options.compat.first_child_only {
                p = p + value_precision;
                m = m + by_value / p;
            }
            (mean, precision) = self.unbounded(meta, node, m, p);
            self.states[place].precision = precision.within(f64::NEG_INFINITY, cap);
        } else {
            let increments = by_value + if volatility > 0 { self.volatility_mean(meta, node) } else { S::fixed(0.0) };
            let first = volatility == 0 || self.options.update == Update::Standard;
            let predicted = state.expected_precision;
            if first {
                let all = if volatility > 0 { self.volatility_precision(meta, node) } else { S::fixed(0.0) };
                precision = capped(predicted + value_precision + all);
                mean = state.expected_mean + increments / precision;
            } else {
                mean = state.expected_mean + increments / predicted;
                let all = if self.options.update == Update::Guarded {
                    self.guarded_precision(meta, node, mean)
                } else {
                    self.volatility_precision(meta, node)
                };
                precision = capped(predicted + value_precision + all);
            }
            self.states[place].precision = precision;
        }
        let approximate = volatility > 0 || self.above_binary(meta, node);
        self.states[place].mean = if approximate { self.within_limit(place, mean) } else { mean };
        self.note_observed(meta, node);
        if self.options.compat.missing_inform {
            self.missing_informs(meta, node);
        }
    }

    /// Whether a value child is binary: then its update is an approximation.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn above_binary(&self, meta: &FilterMeta, node: (usize, usize)) -> bool {
        let mut binary = false;
        for_children!(self, meta, node, Value, |_a, _place, own| binary |= meta.lines[own.0].kind == NodeKind::Binary);
        binary
    }

    /// A new mean, or not a number where it is further from the prediction than the limit of jumps.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn within_limit(&self, place: usize, mean: S) -> S {
        let state = &self.states[place];
        let moved = mean - state.expected_mean;
        let limit = (self.options.jump_limit * self.options.jump_limit).min(1e300);
        let fits = (S::fixed(limit) - moved * moved * state.expected_precision).above(0.0).is_number();
        S::pick(fits, mean, S::fixed(f64::NAN))
    }

    /// A node is observed where some child is.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn note_observed(&mut self, meta: &FilterMeta, node: (usize, usize)) {
        let mut seen = S::fixed(0.0);
        for_children!(self, meta, node, Value, |_a, place, own| seen = S::either(seen, self.states[place].observed));
        for_children!(self, meta, node, Volatility, |_k, place, own| seen = S::either(seen, self.states[place].observed));
        let place = meta.place(node.0, node.1);
        self.states[place].observed = seen;
    }

    /// As the reference implementation has it: the prediction stays, with the volatility of the parents' last beliefs, and counts as
    /// observed above.
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn missing_informs(&mut self, meta: &FilterMeta, node: (usize, usize)) {
        let place = meta.place(node.0, node.1);
        let state = self.states[place];
        let mut sum = self.parameters[place].tonic_volatility;
        // Parents come after their children: their means are still those of the trial before.
        for_parents!(self, meta, node, Volatility, |k, parent| sum = sum + k.times(self.states[parent].mean));
        let variance = S::fixed(1.0) / state.previous_precision + sum.to_exp().scaled(self.time_step);
        let kept = (S::fixed(1.0) / variance).within(f64::NEG_INFINITY, self.options.precision_cap);
        let state = &mut self.states[place];
        state.mean = S::pick(state.observed, state.mean, state.expected_mean);
        state.precision = S::pick(state.observed, state.precision, kept);
        state.observed = S::fixed(1.0);
    }
}
