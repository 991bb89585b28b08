//! A learner at work: trial by trial, in a world.

use alloc::vec::Vec;

use rand::Rng;

use super::error::LearnerError;
use super::meta::{Event, LearnerColumn, LearnerMeta};
use super::model::LearningModel;
use super::surroundings::Surroundings;
use super::trial::Trial;
use crate::domain::index_of_number;
use crate::measure::Draw;

/// What is known of a trial before it is lived; nothing, by default.
#[derive(Clone, Copy, Debug, Default)]
pub struct Planned<'a> {
    /// Inputs that are given; the world sets the others.
    pub inputs: &'a [Option<f64>],
    /// Whether each observation is made, where not all are: `None` is missing.
    pub observations: &'a [Option<f64>],
    /// Whether each response is made, where not all are, by column: one of which a column is `None` is not made.
    pub responses: &'a [Option<f64>],
    /// Whether the responses that are there are forced.
    pub forced: bool,
}

/// A learner that lives trial after trial.
///
/// Nothing is allocated from trial to trial.
#[derive(Clone, Debug)]
pub struct Live<M: LearningModel<f64>> {
    model: M,
    states: M::States,
    trial: usize,
    inputs: Vec<f64>,
    observations: Vec<f64>,
    responses: Vec<f64>,
}

impl<M: LearningModel<f64>> Live<M> {
    /// A learner before its first trial.
    pub fn new(model: M) -> Self {
        let meta: LearnerMeta = M::META;
        let missing = |count: usize| alloc::vec![f64::NAN; count];
        let (inputs, observations) = (missing(meta.inputs.len()), missing(meta.observations.len()));
        Live { model, states: model.initial(), trial: 0, inputs, observations, responses: missing(meta.columns()) }
    }

    /// Forgets all trials: a block begins.
    pub fn restart(&mut self) {
        (self.states, self.trial) = (self.model.initial(), 0);
    }

    /// The states, after all trials so far.
    pub fn states(&self) -> &M::States {
        &self.states
    }

    /// The last trial.
    pub fn last(&self) -> Trial<'_> {
        Trial { inputs: &self.inputs, observations: &self.observations, responses: &self.responses }
    }

    /// Lives one trial in a world and gives what happened in it.
    ///
    /// # Errors
    /// When an input is missing, a number is none that can be, or a response cannot be drawn. The states are those before the trial then.
    pub fn live(
        &mut self,
        world: &mut dyn Surroundings,
        planned: Planned<'_>,
        rng: &mut dyn Rng,
    ) -> Result<Trial<'_>, LearnerError> {
        let meta = const { &M::META };
        let trial = self.trial;
        for (i, number) in self.inputs.iter_mut().enumerate() {
            *number = planned.inputs.get(i).copied().flatten().unwrap_or(f64::NAN);
        }
        world.inputs(trial, &mut self.inputs, rng);
        for (column, &number) in meta.inputs.iter().zip(&self.inputs) {
            if number.is_nan() {
                return Err(LearnerError::Missing { trial, name: column.name });
            }
            fits(column, number, trial)?;
        }
        self.observations.fill(f64::NAN);
        self.responses.fill(f64::NAN);
        for event in meta.events {
            match *event {
                Event::Respond(response) => self.respond(response, planned, rng)?,
                Event::Observe(which) if planned.observations.get(which).is_some_and(Option::is_none) => {}
                Event::Observe(which) => {
                    let so_far = Trial { inputs: &self.inputs, observations: &self.observations, responses: &self.responses };
                    let seen = world.observe(which, &so_far, rng);
                    if !seen.is_nan() {
                        fits(&meta.observations[which], seen, trial)?;
                    }
                    self.observations[which] = seen;
                }
            }
        }
        let happened = Trial { inputs: &self.inputs, observations: &self.observations, responses: &self.responses };
        self.model.learn(&mut self.states, &happened);
        self.trial += 1;
        Ok(happened)
    }

    /// Makes a response, unless the plan says that it is missing, or what it depends on is.
    fn respond(&mut self, response: usize, planned: Planned<'_>, rng: &mut dyn Rng) -> Result<(), LearnerError> {
        let meta = const { &M::META };
        let own = &meta.responses[response];
        let (first, columns) = (meta.place(response), own.kind.columns());
        let given = |c: usize| planned.responses.get(first + c).copied();
        if (0..columns).any(|c| given(c) == Some(None)) {
            return Ok(());
        }
        for c in 0..columns {
            if let Some(Some(value)) = given(c).filter(|_| planned.forced) {
                if let Some(expected) = own.kind.refuses(c, value) {
                    return Err(LearnerError::Number { trial: self.trial, name: own.name, value, expected });
                }
                self.responses[first + c] = value;
            }
        }
        if self.responses[first..first + columns].iter().all(|x| !x.is_nan()) {
            return Ok(());
        }
        let so_far = Trial { inputs: &self.inputs, observations: &self.observations, responses: &self.responses };
        let Some(drawn) = self.model.respond(response, &self.states, &so_far, Draw(rng)) else { return Ok(()) };
        for (c, &number) in drawn.iter().enumerate().take(columns) {
            if own.kind.refuses(c, number).is_some() {
                return Err(LearnerError::Undrawn { trial: self.trial, response: own.name, drawn: number });
            }
            self.responses[first + c] = number;
        }
        Ok(())
    }
}

/// Whether a number is one that a column can hold.
fn fits(column: &LearnerColumn, number: f64, trial: usize) -> Result<(), LearnerError> {
    let expected = match column.values {
        Some(labels) if index_of_number(number).is_none_or(|i| i >= labels.count) => {
            alloc::format!("a whole number below {}", labels.count)
        }
        None if !number.is_finite() => "a finite number".into(),
        _ => return Ok(()),
    };
    Err(LearnerError::Number { trial, name: column.name, value: number, expected })
}

/// Checks the numbers of a recorded trial: as many as there are columns, and each one that can be. Inputs are always known.
///
/// # Errors
/// Names the first that is not.
pub fn check_trial(
    meta: &LearnerMeta,
    trial: usize,
    [inputs, observations, responses]: [&[Option<f64>]; 3],
) -> Result<(), LearnerError> {
    let count = |what, found, expected| {
        if found == expected { Ok(()) } else { Err(LearnerError::Count { trial, what, found, expected }) }
    };
    count("inputs", inputs.len(), meta.inputs.len())?;
    count("observations", observations.len(), meta.observations.len())?;
    count("columns of responses", responses.len(), meta.columns())?;
    for (column, number) in meta.inputs.iter().zip(inputs) {
        fits(column, number.ok_or(LearnerError::Missing { trial, name: column.name })?, trial)?;
    }
    for (column, number) in meta.observations.iter().zip(observations) {
        number.map_or(Ok(()), |x| fits(column, x, trial))?;
    }
    for ((name, response, c), number) in meta.response_columns().zip(responses) {
        let Some(value) = *number else { continue };
        if let Some(expected) = meta.responses[response].kind.refuses(c, value) {
            return Err(LearnerError::Number { trial, name, value, expected });
        }
    }
    Ok(())
}
