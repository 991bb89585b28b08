//! A filter at work: trial by trial, or over a whole sequence.

use alloc::vec::Vec;

use super::belief::{Belief, Invalid, NodeParameters};
use super::checks::{check_inputs, check_parameters};
use super::error::FilterError;
use super::kernel::{Begin, Network, Prepared, PutIn, State, start, trial};
use super::meta::{CouplingKind, FilterMeta, NodeKind};
use super::network::{BeliefsOf, GaussianFilter, ParametersOf, StrengthsOf};
use super::options::{FilterOptions, Start};
use super::shape::{OnLine, Shape, upwards};
use crate::scalar::{Number, Real};

type Nodes<M, T, V> = <<M as GaussianFilter<T>>::Shape as Shape>::Nodes<V>;
type Strengths<M, T, V> = <<M as GaussianFilter<T>>::Shape as Shape>::Strengths<V>;

/// Everything that a filter works with, in any number: what [`Filter`] and scoring share.
#[derive(Clone, Copy)]
pub struct FilterKernel<M: GaussianFilter<T>, T: Real, S: Number> {
    states: Nodes<M, T, State<S>>,
    parameters: Nodes<M, T, Prepared<S>>,
    strengths: Strengths<M, T, S>,
    means: Nodes<M, T, S>,
    precisions: Nodes<M, T, S>,
    /// One for each node that has begun at an input.
    begun: Nodes<M, T, S>,
    options: FilterOptions,
}

impl<M: GaussianFilter<T>, T: Real, S: Number<Scalar = T>> FilterKernel<M, T, S> {
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
        let begun = M::Shape::nodes(zero);
        FilterKernel { states, parameters, strengths, means, precisions, begun, options: *options }
    }

    /// Forgets all trials.
    pub fn restart(&mut self) {
        self.states = start::<M::Shape, S>(const { &Self::META }, &self.means, &self.precisions);
        self.begun = M::Shape::nodes(S::fixed(0.0));
    }

    /// One trial.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub fn trial(&mut self, time_step: S, input: PutIn<'_, S>) {
        let mut network = Network {
            states: M::Shape::places_mut(&mut self.states),
            parameters: M::Shape::places(&self.parameters),
            strengths: M::Shape::couplings(&self.strengths),
            options: &self.options,
            time_step,
        };
        let meta = const { &Self::META };
        let begins = match self.options.start {
            Start::Declared => meta.starts_at_inputs,
            Start::FirstInput => true,
            Start::InitialMeans => false,
        };
        if begins {
            upwards::<M::Shape>(&mut Begin { network: &mut network, meta, begun: M::Shape::places_mut(&mut self.begun), input });
        }
        trial::<T, M, S>(&mut network, input);
    }

    /// What one lane believes.
    #[cfg_attr(not(debug_assertions), inline(always))]
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
        let wrong = |x: S| x.lane(lane).value().is_nan();
        let of = |(line, element): (usize, usize), predicted: bool| {
            let state = &states[meta.place(line, element)];
            let (mean, precision) = match predicted {
                true => (state.expected_mean, state.expected_precision),
                false => (state.mean, state.precision),
            };
            let invalid = wrong(precision) || wrong(mean);
            let jumped = !predicted && !wrong(precision);
            invalid.then(|| Invalid { trial, line, element, predicted, jumped, precision: precision.lane(lane).value() })
        };
        // Predictions come first, from the top.
        let nodes: Vec<(usize, usize)> = meta.nodes().collect();
        nodes.iter().rev().find_map(|&node| of(node, true)).or_else(|| nodes.iter().find_map(|&node| of(node, false)))
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
    #[cfg_attr(not(debug_assertions), inline(always))]
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

/// Beliefs about all nodes at one trial, by name.
pub type NamedBeliefs<M, T> = <M as GaussianFilter<T>>::Beliefs<Belief<T>>;

/// A filter that takes one input after the other.
#[derive(Clone)]
pub struct Filter<M: GaussianFilter<T>, T: Real = f64> {
    engine: FilterKernel<M, T, T>,
    trial: usize,
    invalid: Option<Invalid>,
    /// Room for the inputs of a trial.
    numbers: Vec<T>,
}

impl<M: GaussianFilter<T>, T: Real> Filter<M, T> {
    /// A filter before its first trial.
    ///
    /// # Errors
    /// When a parameter or an option is not usable.
    pub fn new(model: M, options: FilterOptions) -> Result<Self, FilterError> {
        options.check()?;
        check_parameters(&model)?;
        Ok(Filter { engine: FilterKernel::new(|_| model, &options), trial: 0, invalid: None, numbers: Vec::new() })
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
