//! A filter at work: trial by trial, or over a whole sequence.

use alloc::string::String;
use alloc::vec::Vec;

use super::belief::{Belief, Invalid, NodeParameters};
use super::kernel::{Network, OnLine, Prepared, PutIn, State, start, trial};
use super::meta::{CouplingKind, FilterMeta, InputKind, NodeKind, ResponseKind};
use super::network::{BeliefsOf, GaussianFilter, ParametersOf, StrengthsOf};
use super::options::FilterOptions;
use super::shape::{Shape, upwards};
use crate::scalar::{Number, Real};

/// Why a filter cannot begin, or go on.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum FilterError {
    /// A parameter of a node is not usable.
    #[error("the {what} of `{node}` is {value}, but has to be {expected}")]
    Parameter {
        /// The node.
        node: String,
        /// Which parameter.
        what: &'static str,
        /// What it is.
        value: f64,
        /// What it has to be.
        expected: &'static str,
    },
    /// The precision cap is not positive.
    #[error("the precision cap is {0}, but has to be above 0")]
    Cap(f64),
    /// Not as many inputs as the filter has.
    #[error("trial {trial}: {found} inputs are put in, but the filter has 1 input each for {expected}")]
    Count {
        /// The trial.
        trial: usize,
        /// What it has inputs for.
        expected: String,
        /// How many are put in.
        found: usize,
    },
    /// A time step is not positive.
    #[error("trial {trial}: the time step is {time_step}, but has to be above 0 and finite")]
    TimeStep {
        /// The trial.
        trial: usize,
        /// The time step.
        time_step: f64,
    },
    /// An input is not what it can be.
    #[error("trial {trial}: the input `{input}` is {value}, but has to be {expected}")]
    Input {
        /// The trial.
        trial: usize,
        /// The input.
        input: &'static str,
        /// What it is.
        value: f64,
        /// What it has to be.
        expected: String,
    },
    /// A recorded response is not what it can be.
    #[error("trial {trial}: the response `{response}` is {value}, but has to be {expected}")]
    Response {
        /// The trial.
        trial: usize,
        /// The response.
        response: &'static str,
        /// What it is.
        value: f64,
        /// What it has to be.
        expected: String,
    },
    /// A precision is invalid: the update has no solution under these parameters.
    #[error("{0}")]
    Invalid(String),
}

type Nodes<M, T, V> = <<M as GaussianFilter<T>>::Shape as Shape>::Nodes<V>;
type Strengths<M, T, V> = <<M as GaussianFilter<T>>::Shape as Shape>::Strengths<V>;

/// Everything that a filter works with, in any number: what [`Filter`] and scoring share.
pub struct Engine<M: GaussianFilter<T>, T: Real, S: Number> {
    states: Nodes<M, T, State<S>>,
    parameters: Nodes<M, T, Prepared<S>>,
    strengths: Strengths<M, T, S>,
    means: Nodes<M, T, S>,
    precisions: Nodes<M, T, S>,
    options: FilterOptions,
}

impl<M: GaussianFilter<T>, T: Real, S: Number> Clone for Engine<M, T, S> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<M: GaussianFilter<T>, T: Real, S: Number> Copy for Engine<M, T, S> {}

impl<M: GaussianFilter<T>, T: Real, S: Number<Scalar = T>> Engine<M, T, S> {
    const META: FilterMeta = M::META;

    /// From a filter for each lane.
    pub fn new(models: impl Fn(usize) -> M, options: &FilterOptions) -> Self {
        let meta = const { &Self::META };
        let zero = S::fixed(0.0);
        let empty = Prepared {
            tonic_volatility: zero,
            volatility: zero,
            tonic_drift: zero,
            autoconnection: zero,
            precision: zero,
            variance: zero,
        };
        let mut parameters = M::Shape::nodes(empty);
        let mut strengths = M::Shape::strengths(zero);
        let (mut means, mut precisions) = (M::Shape::nodes(zero), M::Shape::nodes(zero));
        let mut given: ParametersOf<M, T> = M::Shape::nodes(NodeParameters::default());
        let mut coupled: StrengthsOf<M, T> = M::Shape::strengths(T::one());
        for lane in 0..S::LANES {
            models(lane).parameters(&mut given, &mut coupled);
            let put = |slot: &mut S, value: T| *slot = S::from_lanes(|l| if l == lane { value } else { slot.lane(l) });
            for (slot, &value) in M::Shape::couplings_mut(&mut strengths).iter_mut().zip(M::Shape::couplings(&coupled)) {
                put(slot, value);
            }
            for (place, node) in M::Shape::places(&given).iter().enumerate() {
                let prepared = &mut M::Shape::places_mut(&mut parameters)[place];
                put(&mut prepared.tonic_volatility, node.tonic_volatility);
                put(&mut prepared.volatility, node.tonic_volatility.exp());
                put(&mut prepared.tonic_drift, node.tonic_drift);
                put(&mut prepared.autoconnection, node.autoconnection);
                put(&mut prepared.precision, node.precision);
                put(&mut prepared.variance, T::one() / node.precision);
                put(&mut M::Shape::places_mut(&mut means)[place], node.mean);
                put(&mut M::Shape::places_mut(&mut precisions)[place], node.precision);
            }
        }
        let states = start::<M::Shape, S>(meta, &means, &precisions);
        Engine { states, parameters, strengths, means, precisions, options: *options }
    }

    /// Forgets all trials.
    pub fn restart(&mut self) {
        self.states = start::<M::Shape, S>(const { &Self::META }, &self.means, &self.precisions);
    }

    /// One trial.
    #[inline(always)]
    pub fn trial(&mut self, time_step: S, input: PutIn<'_, S>) {
        let mut network = Network {
            states: M::Shape::places_mut(&mut self.states),
            parameters: M::Shape::places(&self.parameters),
            strengths: M::Shape::couplings(&self.strengths),
            options: &self.options,
            time_step,
        };
        trial::<T, M, S>(&mut network, input);
    }

    /// What one lane believes.
    #[inline(always)]
    pub fn beliefs(&self, lane: usize) -> BeliefsOf<M, T> {
        let meta = const { &Self::META };
        let zero = T::zero();
        let none = Belief {
            expected_mean: zero,
            expected_precision: zero,
            mean: zero,
            precision: zero,
            log_odds: zero,
            value_error: zero,
            volatility_error: zero,
            effective_precision: zero,
            previous_precision: zero,
            observed: zero,
        };
        let mut beliefs = M::Shape::nodes(none);
        let states = M::Shape::places(&self.states);
        upwards::<M::Shape>(&mut Believe { meta, states, lane, to: M::Shape::places_mut(&mut beliefs) });
        beliefs
    }

    /// The first node of a lane with an invalid precision, children first.
    pub fn invalid(&self, trial: usize, lane: usize) -> Option<Invalid> {
        let meta = const { &Self::META };
        let states = M::Shape::places(&self.states);
        // Predictions come first, from the top.
        let wrong = |x: T| x.value().is_nan();
        let mut nodes: Vec<(usize, usize)> = meta.nodes().collect();
        nodes.reverse();
        for &(line, element) in &nodes {
            let state = &states[meta.place(line, element)];
            if wrong(state.expected_precision.lane(lane)) || wrong(state.expected_mean.lane(lane)) {
                let precision = state.expected_precision.lane(lane).value();
                return Some(Invalid { trial, line, element, predicted: true, precision });
            }
        }
        nodes.reverse();
        for (line, element) in nodes {
            let state = &states[meta.place(line, element)];
            if wrong(state.precision.lane(lane)) || wrong(state.mean.lane(lane)) {
                let precision = state.precision.lane(lane).value();
                return Some(Invalid { trial, line, element, predicted: false, precision });
            }
        }
        None
    }
}

/// Writes down what one lane believes of each node.
struct Believe<'s, S: Number> {
    meta: &'static FilterMeta,
    states: &'s [State<S>],
    lane: usize,
    to: &'s mut [Belief<S::Scalar>],
}

impl<S: Number> OnLine for Believe<'_, S> {
    #[inline(always)]
    fn at(&mut self, line: usize) {
        for element in 0..self.meta.nodes_of(line) {
            let place = self.meta.place(line, element);
            let (state, lane) = (&self.states[place], self.lane);
            let error = state.error.lane(lane);
            let expected = state.expected_precision.lane(lane);
            self.to[place] = Belief {
                expected_mean: state.expected_mean.lane(lane),
                expected_precision: expected,
                mean: state.mean.lane(lane),
                precision: state.precision.lane(lane),
                log_odds: state.log_odds.lane(lane),
                value_error: if self.meta.lines[line].kind == NodeKind::Binary { error / expected } else { error },
                volatility_error: state.volatility_error.lane(lane),
                effective_precision: match self.meta.lines[line].kind {
                    // What is not needed by a volatility parent is worked out when it is asked for.
                    NodeKind::Continuous if self.meta.lines[line].count_parents(CouplingKind::Volatility) == 0 => {
                        let (one, before) = (S::Scalar::one(), state.previous_precision.lane(lane));
                        (one / state.conditional_precision.lane(lane) - one / before) * expected
                    }
                    _ => state.effective_precision.lane(lane),
                },
                previous_precision: state.previous_precision.lane(lane),
                observed: state.observed.lane(lane),
            };
        }
    }
}

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

/// Beliefs about all nodes at one trial, by name.
pub type NamedBeliefs<M, T> = <M as GaussianFilter<T>>::Beliefs<Belief<T>>;

/// A filter that takes one input after the other.
pub struct Filter<M: GaussianFilter<T>, T: Real = f64> {
    engine: Engine<M, T, T>,
    trial: usize,
    invalid: Option<Invalid>,
    /// Room for the inputs of a trial.
    numbers: Vec<T>,
}

impl<M: GaussianFilter<T>, T: Real> Clone for Filter<M, T> {
    fn clone(&self) -> Self {
        Filter { engine: self.engine, trial: self.trial, invalid: self.invalid, numbers: self.numbers.clone() }
    }
}

impl<M: GaussianFilter<T>, T: Real> Filter<M, T> {
    /// A filter before its first trial.
    ///
    /// # Errors
    /// When a parameter or an option is not usable.
    pub fn new(model: M, options: FilterOptions) -> Result<Self, FilterError> {
        options.check()?;
        check_parameters(&model)?;
        Ok(Filter { engine: Engine::new(|_| model, &options), trial: 0, invalid: None, numbers: Vec::new() })
    }

    /// Takes the input of one trial after a time step (1 where trials are equally far apart), and gives what is believed then.
    ///
    /// # Errors
    /// When the input or the time step cannot be (nothing has changed then), or the filter has failed.
    pub fn step(&mut self, input: &M::Input, time_step: f64) -> Result<NamedBeliefs<M, T>, FilterError> {
        let meta: FilterMeta = M::META;
        let numbers: Vec<Option<f64>> = (0..meta.inputs.len()).map(|i| M::number(input, i)).collect();
        self.take(&numbers, time_step)?;
        match self.invalid {
            Some(invalid) => Err(FilterError::Invalid(invalid.words(&meta))),
            None => Ok(M::named(&self.engine.beliefs(0))),
        }
    }

    /// As [`step`](Filter::step), from numbers, and going on whatever comes out: see [`invalid`](Filter::invalid).
    ///
    /// # Errors
    /// When an input or the time step cannot be; nothing has changed then.
    pub fn take(&mut self, inputs: &[Option<f64>], time_step: f64) -> Result<(), FilterError> {
        check_inputs(&M::META, self.trial, inputs, time_step)?;
        self.numbers.clear();
        self.numbers.extend(inputs.iter().map(|u| T::constant(u.unwrap_or(0.0))));
        self.numbers.extend(inputs.iter().map(|u| T::constant(f64::from(u8::from(u.is_some())))));
        let (numbers, observed) = self.numbers.split_at(inputs.len());
        self.engine.trial(T::constant(time_step), PutIn { numbers, observed });
        if self.invalid.is_none() {
            self.invalid = self.engine.invalid(self.trial, 0);
        }
        self.trial += 1;
        Ok(())
    }

    /// What is believed of each node, by place.
    pub fn beliefs(&self) -> BeliefsOf<M, T> {
        self.engine.beliefs(0)
    }

    /// The first invalid precision, if the filter has failed.
    pub fn invalid(&self) -> Option<Invalid> {
        self.invalid
    }

    /// How many trials there were.
    pub fn trials(&self) -> usize {
        self.trial
    }

    /// Forgets all trials.
    pub fn restart(&mut self) {
        self.engine.restart();
        (self.trial, self.invalid) = (0, None);
    }
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
        let wrong = |expected| Err(FilterError::Response { trial, response: response.name, value, expected });
        match response.kind {
            ResponseKind::Nothing => {}
            ResponseKind::Choice(labels) if crate::domain::index_of_number(value).is_none_or(|i| i >= labels.count) => {
                return wrong(alloc::format!("a whole number below {}", labels.count));
            }
            ResponseKind::Positive if !(value > 0.0 && value.is_finite()) => return wrong("above 0 and finite".into()),
            ResponseKind::Number if !value.is_finite() => return wrong("a finite number".into()),
            _ => {}
        }
    }
    Ok(())
}
