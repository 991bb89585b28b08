//! One trial: predictions from the top down, then prediction errors and updates from the bottom up.
//!
//! Equations: Mathys et al. 2011 (doi:10.3389/fnhum.2011.00039), 2014 (doi:10.3389/fnhum.2014.00825); Weber et al. 2023
//! (arXiv:2305.10937). Everything is written for [`Number`]s, so that several subjects can be filtered side by side; lines are known to
//! the compiler, so that the loops over parents and children disappear. Predictions are in `predict.rs`, updates in `update.rs`.

use super::meta::{FilterMeta, NodeKind};
use super::network::GaussianFilter;
use super::options::FilterOptions;
use super::shape::{OnLine, Shape, downwards, upwards};
use crate::scalar::{Number, Real};

/// Precisions and volatilities at or below this are invalid.
pub(super) const FLOOR: f64 = 1e-128;

/// Predicted probabilities are between 1e-6 and one minus this, whose log-odds these are.
pub(super) const LOG_ODDS_CEILING: f64 = 13.815_509_557_963_774;

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

/// What is put in at one trial: one number for each input (0 or 1, the index of a category, or the number itself), and one or zero for
/// whether it is observed.
#[derive(Clone, Copy, Debug)]
pub struct PutIn<'a, S> {
    /// The numbers; anything where they are missing.
    pub numbers: &'a [S],
    /// Whether they are observed.
    pub observed: &'a [S],
}

struct Predict<'n, 'm, S>(&'n mut Network<'m, S>, &'static FilterMeta);
struct Observe<'n, 'm, 'i, S>(&'n mut Network<'m, S>, &'static FilterMeta, PutIn<'i, S>);
struct Learn<'n, 'm, S>(&'n mut Network<'m, S>, &'static FilterMeta);

impl<S: Number> OnLine for Predict<'_, '_, S> {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn at(&mut self, line: usize) {
        for element in 0..self.1.nodes_of(line) {
            self.0.predict(self.1, (line, element));
        }
    }
}

impl<S: Number> OnLine for Observe<'_, '_, '_, S> {
    #[cfg_attr(not(debug_assertions), inline(always))]
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
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn at(&mut self, line: usize) {
        for element in 0..self.1.nodes_of(line) {
            self.0.posterior(self.1, (line, element));
            self.0.errors(self.1, (line, element));
        }
    }
}

/// Lets nodes begin at the first continuous input that is seen of them.
pub(super) struct Begin<'b, 'n, 'm, 'i, S> {
    pub network: &'n mut Network<'m, S>,
    pub meta: &'static FilterMeta,
    /// One for each node that has begun.
    pub begun: &'b mut [S],
    pub input: PutIn<'i, S>,
}

impl<S: Number> OnLine for Begin<'_, '_, '_, '_, S> {
    #[cfg_attr(not(debug_assertions), inline(always))]
    fn at(&mut self, line: usize) {
        let Some(input) = self.meta.lines[line].input.filter(|_| self.meta.lines[line].kind == NodeKind::Observation) else {
            return;
        };
        let (number, observed) = (self.input.numbers[input], self.input.observed[input]);
        self.network.begin(self.meta, (line, 0), number, observed, self.begun);
    }
}

/// One trial.
#[cfg_attr(not(debug_assertions), inline(always))]
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
