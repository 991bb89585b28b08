//! One trial: predictions from the top down, then prediction errors and updates from the bottom up.
//!
//! Equations: Mathys et al. 2011 (doi:10.3389/fnhum.2011.00039), 2014 (doi:10.3389/fnhum.2014.00825); Weber et al. 2023
//! (arXiv:2305.10937). Everything is written for [`Number`]s, so that several subjects can be filtered side by side; lines are known to
//! the compiler, so that the loops over parents and children disappear.

use super::meta::{CouplingKind, FilterMeta, NodeKind};
use super::network::GaussianFilter;
use super::options::{Coupled, FilterOptions, Update};
use super::shape::{Shape, downwards, upwards};
use super::unbounded::{Bound, unbounded};
use crate::scalar::{Number, Real};

/// Precisions and volatilities at or below this are invalid.
const FLOOR: f64 = 1e-128;

/// Predicted probabilities are between this and one minus this.
pub(super) const PROBABILITY_FLOOR: f64 = 1e-6;

/// The log-odds of `1 - PROBABILITY_FLOOR`.
const LOG_ODDS_CEILING: f64 = 13.815_509_557_963_774;

/// The parameters of a node, ready for use.
#[derive(Clone, Copy, Debug)]
pub(super) struct Prepared<S> {
    pub tonic_volatility: S,
    /// Its exponential.
    pub volatility: S,
    pub tonic_drift: S,
    pub autoconnection: S,
    /// Of a continuous input: that of its noise.
    pub precision: S,
    /// The variance of the noise.
    pub variance: S,
}

/// What a node holds from trial to trial.
#[derive(Clone, Copy, Debug)]
pub(super) struct State<S> {
    pub mean: S,
    pub precision: S,
    pub expected_mean: S,
    pub expected_precision: S,
    pub log_odds: S,
    /// `mean - expected_mean`.
    pub error: S,
    pub volatility_error: S,
    pub effective_precision: S,
    /// The expected precision without the uncertainty of value parents (relaxed coupling).
    pub conditional_precision: S,
    pub previous_mean: S,
    pub previous_precision: S,
    /// 1 where something of the node was seen.
    pub observed: S,
}

impl<S: Number> State<S> {
    pub fn start(kind: NodeKind, mean: S, precision: S) -> Self {
        let zero = S::fixed(0.0);
        let half = S::fixed(0.5);
        State {
            mean,
            precision,
            expected_mean: if kind == NodeKind::Binary { half } else { zero },
            expected_precision: S::fixed(1.0),
            log_odds: zero,
            error: zero,
            volatility_error: zero,
            effective_precision: zero,
            conditional_precision: S::fixed(1.0),
            previous_mean: mean,
            previous_precision: precision,
            observed: S::fixed(1.0),
        }
    }
}

/// The nodes of a filter, and what is fixed while it runs.
pub(super) struct Network<'a, S> {
    pub states: &'a mut [State<S>],
    pub parameters: &'a [Prepared<S>],
    pub strengths: &'a [S],
    pub options: &'a FilterOptions,
    pub time_step: S,
}

/// The first and last element of the other end of a coupling.
#[inline(always)]
fn ends(meta: &FilterMeta, line: usize, element: usize, other: usize) -> (usize, usize) {
    match (meta.lines[line].each, meta.lines[other].each) {
        (true, true) => (element, element + 1),
        (false, true) => (0, meta.width()),
        (_, false) => (0, 1),
    }
}

/// The strength of a coupling; where it is one whatever the parameters, the compiler is to know.
#[derive(Clone, Copy)]
struct Strength<S> {
    of: S,
    unit: bool,
}

impl<S: Number> Strength<S> {
    /// Times the strength.
    #[inline(always)]
    fn times(self, x: S) -> S {
        if self.unit { x } else { self.of * x }
    }

    /// Times its square.
    #[inline(always)]
    fn squared_times(self, x: S) -> S {
        if self.unit { x } else { self.of * self.of * x }
    }
}

/// Runs a body for each parent of a kind, with the strength of the coupling and the parent's place. No closure: the body has to be part of
/// the loop for the loop to disappear.
macro_rules! for_parents {
    ($network:expr, $meta:expr, $node:expr, $kind:ident, |$strength:ident, $place:ident| $body:expr) => {
        for coupling in $meta.lines[$node.0].parents {
            if matches!(coupling.kind, CouplingKind::$kind) {
                let (from, to) = ends($meta, $node.0, $node.1, coupling.line);
                for e in from..to {
                    let at = if $meta.lines[$node.0].each { $node.1 } else { e };
                    let $strength =
                        Strength { of: $network.strengths[coupling.strength * $meta.width() + at], unit: coupling.unit };
                    let $place = $meta.place(coupling.line, e);
                    $body
                }
            }
        }
    };
}

/// The same for each child, with the child's line and element as well.
macro_rules! for_children {
    ($network:expr, $meta:expr, $node:expr, $kind:ident, |$strength:ident, $place:ident, $child:ident| $body:expr) => {
        for coupling in $meta.lines[$node.0].children {
            if matches!(coupling.kind, CouplingKind::$kind) {
                let (from, to) = ends($meta, $node.0, $node.1, coupling.line);
                for e in from..to {
                    // The strength stands at the child's element.
                    let at = if $meta.lines[coupling.line].each { e } else { $node.1 };
                    let $strength =
                        Strength { of: $network.strengths[coupling.strength * $meta.width() + at], unit: coupling.unit };
                    let $place = $meta.place(coupling.line, e);
                    #[allow(unused_variables)]
                    let $child = (coupling.line, e);
                    $body
                }
            }
        }
    };
}

impl<S: Number> Network<'_, S> {
    /// The logarithm of a node's volatility: tonic, and what its volatility parents are predicted to add.
    #[inline(always)]
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
    #[inline(always)]
    fn drift(&self, meta: &FilterMeta, node: (usize, usize), start: S) -> S {
        let mut sum = start;
        for_parents!(self, meta, node, Value, |a, parent| sum = sum + a.times(self.states[parent].expected_mean));
        sum
    }

    /// A predicted variance, and what the uncertainty of value parents adds to it (relaxed coupling).
    #[inline(always)]
    fn widened(&self, meta: &FilterMeta, node: (usize, usize), variance: S) -> S {
        let (mut wider, t) = (variance, self.time_step);
        for_parents!(self, meta, node, Value, |a, parent| {
            wider = wider + a.squared_times(t.scaled(t) / self.states[parent].expected_precision);
        });
        wider
    }

    #[inline(always)]
    fn predict(&mut self, meta: &FilterMeta, node: (usize, usize)) {
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
                next.previous_mean = state.mean;
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

    /// Puts in what was seen; `u` holds anything where `observed` is zero.
    #[inline(always)]
    fn observe(&mut self, meta: &FilterMeta, (line, element): (usize, usize), u: S, observed: S) {
        let compat = self.options.compat.missing_inform;
        let state = &mut self.states[meta.place(line, element)];
        state.mean = if compat { u } else { S::pick(observed, u, state.expected_mean) };
        state.observed = observed;
    }

    #[inline(always)]
    fn errors(&mut self, meta: &FilterMeta, (line, element): (usize, usize)) {
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
    #[inline(always)]
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
    #[inline(always)]
    fn volatility_mean(&self, meta: &FilterMeta, node: (usize, usize)) -> S {
        let mut sum = S::fixed(0.0);
        for_children!(self, meta, node, Volatility, |k, place, own| {
            let child = &self.states[place];
            sum = sum + k.times((child.effective_precision * child.volatility_error).scaled(child.observed) * 0.5);
        });
        sum
    }

    /// What volatility children add to the precision.
    #[inline(always)]
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
    #[inline(always)]
    fn guarded_precision(&self, meta: &FilterMeta, node: (usize, usize), mean: S) -> S {
        let mut sum = S::fixed(0.0);
        for_children!(self, meta, node, Volatility, |k, at, own| {
            let (child, tonic) = (&self.states[at], self.parameters[at].tonic_volatility);
            let before = S::fixed(1.0) / child.previous_precision;
            let volatility = (k.times(mean) + tonic).to_exp().scaled(self.time_step);
            let precision = S::fixed(1.0) / (before + volatility);
            let effective = volatility * precision;
            let spread = S::fixed(1.0) / child.precision + child.error * child.error;
            let error = spread * precision - 1.0;
            let added = k.squared_times(effective * (effective + (volatility - before) * precision * error) * 0.5);
            sum = sum + added.within(0.0, f64::INFINITY).scaled(child.observed);
        });
        sum
    }

    /// The children of which the unbounded update takes account, one after the other.
    #[inline(always)]
    fn unbounded(&self, meta: &FilterMeta, node: (usize, usize), mut mean: S, mut precision: S) -> (S, S) {
        let first_only = self.options.compat.first_child_only;
        let mut done = false;
        for_children!(self, meta, node, Volatility, |k, at, own| {
            if first_only && done {
                continue;
            }
            done = true;
            let (child, parameters) = (&self.states[at], &self.parameters[at]);
            let observation = meta.lines[own.0].kind == NodeKind::Observation;
            // An observation's noise has a floor of its own, and does not grow with time.
            let time = if observation && !self.options.compat.scaled_observations { S::fixed(1.0) } else { self.time_step };
            let mut others = parameters.tonic_volatility;
            if !first_only {
                for_parents!(self, meta, own, Volatility, |k, parent| {
                    others = others + k.times(self.states[parent].expected_mean);
                });
                others = others - k.times(self.states[meta.place(node.0, node.1)].expected_mean);
            }
            let before = if observation { parameters.variance } else { S::fixed(1.0) / child.previous_precision };
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

    #[inline(always)]
    fn posterior(&mut self, meta: &FilterMeta, node: (usize, usize)) {
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
        self.states[place].mean = mean;
        self.note_observed(meta, node);
        if self.options.compat.missing_inform {
            self.missing_informs(meta, node);
        }
    }

    /// A node is observed where some child is.
    #[inline(always)]
    fn note_observed(&mut self, meta: &FilterMeta, node: (usize, usize)) {
        let mut seen = S::fixed(0.0);
        for_children!(self, meta, node, Value, |_a, place, own| seen = S::either(seen, self.states[place].observed));
        for_children!(self, meta, node, Volatility, |_k, place, own| seen = S::either(seen, self.states[place].observed));
        let place = meta.place(node.0, node.1);
        self.states[place].observed = seen;
    }

    /// As the reference implementation has it: the prediction stays, with the volatility of the parents' last beliefs, and counts as
    /// observed above.
    #[inline(always)]
    fn missing_informs(&mut self, meta: &FilterMeta, node: (usize, usize)) {
        let place = meta.place(node.0, node.1);
        let state = self.states[place];
        let mut sum = self.parameters[place].tonic_volatility;
        for_parents!(self, meta, node, Volatility, |k, parent| sum = sum + k.times(self.states[parent].previous_mean));
        let variance = S::fixed(1.0) / state.previous_precision + sum.to_exp().scaled(self.time_step);
        let kept = (S::fixed(1.0) / variance).within(f64::NEG_INFINITY, self.options.precision_cap);
        let state = &mut self.states[place];
        state.mean = S::pick(state.observed, state.mean, state.expected_mean);
        state.precision = S::pick(state.observed, state.precision, kept);
        state.observed = S::fixed(1.0);
    }
}

/// What is put in at one trial: one number for each input (0 or 1, the index of a category, or the number itself), and one or zero for
/// whether it is observed.
#[derive(Clone, Copy, Debug)]
pub struct PutIn<'a, S> {
    /// The numbers; anything where they are missing.
    pub numbers: &'a [S],
    /// Whether they are observed.
    pub observed: &'a [S],
}

/// Something that is done line by line. A trait and not a closure, so that it is certain to become part of what calls it.
pub(super) trait OnLine {
    fn at(&mut self, line: usize);
}

struct Predict<'n, 'm, S>(&'n mut Network<'m, S>, &'static FilterMeta);
struct Observe<'n, 'm, 'i, S>(&'n mut Network<'m, S>, &'static FilterMeta, PutIn<'i, S>);
struct Learn<'n, 'm, S>(&'n mut Network<'m, S>, &'static FilterMeta);

impl<S: Number> OnLine for Predict<'_, '_, S> {
    #[inline(always)]
    fn at(&mut self, line: usize) {
        for element in 0..self.1.nodes_of(line) {
            self.0.predict(self.1, (line, element));
        }
    }
}

impl<S: Number> OnLine for Observe<'_, '_, '_, S> {
    #[inline(always)]
    fn at(&mut self, line: usize) {
        let Some(input) = self.1.lines[line].input else { return };
        let (number, observed) = (self.2.numbers[input], self.2.observed[input]);
        if self.1.lines[line].each {
            for element in 0..self.1.nodes_of(line) {
                self.0.observe(self.1, (line, element), number.equals(element as f64), observed);
            }
        } else {
            self.0.observe(self.1, (line, 0), number, observed);
        }
    }
}

impl<S: Number> OnLine for Learn<'_, '_, S> {
    #[inline(always)]
    fn at(&mut self, line: usize) {
        for element in 0..self.1.nodes_of(line) {
            self.0.posterior(self.1, (line, element));
            self.0.errors(self.1, (line, element));
        }
    }
}

/// One trial.
#[inline(always)]
pub(super) fn trial<T: Real, M: GaussianFilter<T>, S: Number>(network: &mut Network<'_, S>, input: PutIn<'_, S>) {
    let meta = const { &M::META };
    downwards::<M::Shape>(&mut Predict(network, meta));
    upwards::<M::Shape>(&mut Observe(network, meta, input));
    upwards::<M::Shape>(&mut Learn(network, meta));
}

/// The states before the first trial.
pub(super) fn start<H: Shape, S: Number>(meta: &FilterMeta, means: &H::Nodes<S>, precisions: &H::Nodes<S>) -> H::Nodes<State<S>> {
    let mut states = H::nodes(State::start(NodeKind::Continuous, S::fixed(0.0), S::fixed(1.0)));
    for (line, element) in meta.nodes() {
        let place = meta.place(line, element);
        let (mean, precision) = (H::places(means)[place], H::places(precisions)[place]);
        H::places_mut(&mut states)[place] = State::start(meta.lines[line].kind, mean, precision);
    }
    states
}
