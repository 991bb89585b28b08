//! The log-probability of what was done and answered on several clocks, under a model with levels.

use aif_runtime::nested::{
    Acts, Decide, Due, EachLevel, Given, Givens, Nested, NestedAgent, NestedOptions, Nothing, Run, Runs, Seen, Sights, Steps,
};
use aif_runtime::{AgentOptions, Assigned, Domain, Inputs, ModelError, Nests, Planning, Real, Selection};

use super::answers::score_one;
use super::walk::possible;
use super::{Behaviour, ScoreError};
use crate::record::{Line, NodeTick, ResponsePlace, Ticks};

/// What is seen and done at a row, from what there is of each model, the lowest levels first.
fn typed<M: Nested<T>, T: Real>(nodes: &[NodeTick], at: &mut usize) -> (Seen<M, T>, Acts<M, T>) {
    let (mut seen, mut acts) = (Seen::<M, T>::new(M::evidence(&[])), Acts::none());
    let mut below = Below { nodes, at };
    M::each_level(&mut seen.below, &M::blank::<Nothing>(), &mut acts.below, &mut below);
    let own = &nodes[*at];
    *at += 1;
    seen.own = own.observation.evidence::<T, M>();
    seen.last = Some(own.last);
    acts.own = own.action.and_then(M::Action::from_index);
    (seen, acts)
}

struct Below<'a> {
    nodes: &'a [NodeTick],
    at: &'a mut usize,
}

impl<T: Real> EachLevel<Sights, Nothing, Steps, T> for Below<'_> {
    fn level<L: Nested<T>>(&mut self, seen: &mut Option<Seen<L, T>>, (): &(), acts: &mut Option<Acts<L, T>>) {
        let (own_seen, own_acts) = typed::<L, T>(self.nodes, self.at);
        if self.nodes[*self.at - 1].takes_part {
            (*seen, *acts) = (Some(own_seen), Some(own_acts));
        }
    }
}

/// What is set from outside at a row, from what there is of each model, the lowest levels first.
///
/// # Errors
/// When a number is none of an input.
pub(crate) fn given<M: Nested<T>, T: Real>(nodes: &[&[f64]], at: &mut usize) -> Result<Given<M, T>, ModelError> {
    let mut levels = M::blank::<Givens>();
    let mut below = GivenBelow { nodes, at, outcome: Ok(()) };
    M::each_level(&mut levels, &M::blank::<Nothing>(), &mut M::blank::<Nothing>(), &mut below);
    below.outcome?;
    let own = nodes[*at];
    *at += 1;
    let inputs = M::Inputs::from_numbers(own).ok_or_else(|| ModelError::Inputs { found: own.to_vec(), model: M::META.name })?;
    Ok(Given { own: inputs, below: levels })
}

struct GivenBelow<'a> {
    nodes: &'a [&'a [f64]],
    at: &'a mut usize,
    outcome: Result<(), ModelError>,
}

impl<T: Real> EachLevel<Givens, Nothing, Nothing, T> for GivenBelow<'_> {
    fn level<L: Nested<T>>(&mut self, to: &mut Option<Given<L, T>>, (): &(), (): &mut ()) {
        match given::<L, T>(self.nodes, self.at) {
            Ok(own) => *to = Some(own),
            Err(error) => self.outcome = Err(error),
        }
    }
}

/// What is set from outside at a row.
fn given_at<M: Nested<T>, T: Real>(line: &Line) -> Result<Given<M, T>, ModelError> {
    given(&line.nodes.iter().map(|node| &*node.inputs).collect::<Vec<_>>(), &mut 0)
}

/// The first model of a level whose run saw what cannot be.
struct Impossible(Option<&'static str>);

impl<T: Real> EachLevel<Nothing, Runs, Nothing, T> for Impossible {
    fn level<L: Nested<T>>(&mut self, (): &mut (), run: &Run<L, T>, (): &mut ()) {
        L::each_level(&mut L::blank::<Nothing>(), run.below(), &mut L::blank::<Nothing>(), self);
        if self.0.is_none() && run.log_evidence().is_none() {
            self.0 = Some(L::META.name);
        }
    }
}

/// A row of a record: its block, its place in that, and what is seen and done in it.
pub(crate) struct Row<'a, M: Nested<T>, T: Real> {
    pub block: usize,
    pub row: usize,
    pub line: &'a Line,
    pub seen: Seen<M, T>,
    pub acts: Acts<M, T>,
}

/// Lives a record, once the agent is prepared; `tick` takes it through every row.
pub(crate) fn each_row<T: Real, M: Nested<T>>(
    model: &M,
    (record, options): (&Ticks, &AgentOptions),
    prepare: impl FnOnce(&mut NestedAgent<M, T>),
    mut tick: impl FnMut(&mut NestedAgent<M, T>, Row<'_, M, T>) -> Result<(), ScoreError>,
) -> Result<(), ScoreError> {
    let mut options_of_all = NestedOptions::everywhere(*options);
    if let Some(first) = record.lines.iter().flatten().next() {
        options_of_all = options_of_all.under(&given_at(first)?);
    }
    let mut agent = NestedAgent::with_options(*model, &options_of_all)?;
    prepare(&mut agent);
    for (block, lines) in record.lines.iter().enumerate() {
        for (row, line) in lines.iter().enumerate() {
            if line.set_anew {
                agent.set_inputs(&given_at(line)?)?;
            }
            // A block begins under its own inputs.
            if block > 0 && row == 0 {
                agent.restart();
            }
            if options.learning.is_some() && line.nodes.iter().any(|node| node.acts && node.action.is_none()) {
                return Err(ScoreError::MissingAction { place: record.place(block, row) });
            }
            let (seen, acts) = typed::<M, T>(&line.nodes, &mut 0);
            if let Some(response) = record.unanswerable(line) {
                return Err(ScoreError::MissingResponse { place: record.place(block, row), response });
            }
            let before = *agent.belief();
            tick(&mut agent, Row { block, row, line, seen, acts })?;
            if let Some(own) = line.nodes.last().filter(|_| agent.has_perceived()) {
                possible(agent.own().tables(), &before, &own.observation, || record.place(block, row))?;
            }
            let mut impossible = Impossible(None);
            M::each_level(&mut M::blank::<Nothing>(), agent.below(), &mut M::blank::<Nothing>(), &mut impossible);
            if let Some(model) = impossible.0 {
                return Err(ScoreError::Run { place: record.place(block, row), model });
            }
        }
    }
    Ok(())
}

/// Lives a record; `each` takes the log-probabilities of what was done in every row that is scored.
fn each_score<T: Real, M: Nested<T>>(
    model: &M,
    record: &Ticks,
    options: &AgentOptions,
    mut each: impl FnMut(&[T]),
) -> Result<(), ScoreError> {
    if matches!(options.planning, Planning::MonteCarlo(_)) {
        return Err(ScoreError::MonteCarlo);
    }
    if options.selection == Selection::Deterministic {
        return Err(ScoreError::Deterministic);
    }
    let (mut logs, mut position) = (Vec::new(), 0);
    let prepare = |agent: &mut NestedAgent<M, T>| {
        if !record.apart {
            agent.remember();
        }
    };
    each_row(model, (record, options), prepare, |agent, mut row| {
        logs.clear();
        let mut scoring = Scoring { record, row: (row.block, row.row, row.line), logs: &mut logs, outcome: Ok(()) };
        agent.tick(&row.seen, &mut row.acts, &mut scoring);
        scoring.outcome.map_err(|error| error.at(position))?;
        position += logs.len();
        each(&logs);
        Ok(())
    })
}

/// Scores what was done and answered in a row, model after model.
struct Scoring<'a, T> {
    record: &'a Ticks,
    row: (usize, usize, &'a Line),
    logs: &'a mut Vec<T>,
    outcome: Result<(), ScoreError>,
}

impl<T: Real> Scoring<'_, T> {
    fn add(&mut self, log: T) -> Result<(), ScoreError> {
        let (place, value) = (|| self.record.place(self.row.0, self.row.1), log.value());
        if !log.is_finite() {
            return Err(ScoreError::Response { response: self.logs.len(), place: place(), value });
        }
        if !log.is_wholly_finite() {
            return Err(ScoreError::Derivative { place: place(), value });
        }
        self.logs.push(log);
        Ok(())
    }
}

impl<T: Real> Decide<T> for Scoring<'_, T> {
    fn decide<M: Nested<T>>(&mut self, due: Due<'_, M, T>, done: &mut Option<M::Action>) -> Option<Vec<(usize, T)>> {
        let (record, (block, row, line)) = (self.record, self.row);
        let (node, counts) = (&line.nodes[due.place], record.counts(line, due.place));
        let mut answers = record.counted(line, due.place).peekable();
        if self.outcome.is_err() || !counts && answers.peek().is_none() && done.is_some() {
            return None;
        }
        let (life, choice) = (due.agent.life(), due.choice());
        if counts {
            self.outcome = self.add(choice.of_parts(&node.parts));
        }
        for response in answers {
            let numbers = record.numbers(line, due.place, response);
            let place = || record.place(block, row);
            let log = life.deliberate((&choice, || due.noticed), |moment| {
                score_one(due.model, response, numbers, &moment.with_chosen(&node.parts), place)
            });
            match log {
                Ok(log) => self.logs.push(log),
                Err(error) => self.outcome = Err(error),
            }
        }
        // What is known in part was one of those that fit.
        done.is_none().then(|| choice.weights(&node.parts))
    }
}

/// How many steps of runs of the lowest levels are worked out when a record is scored, and how many are looked up, since an equal run came to the same before.
///
/// # Errors
/// As scoring does.
pub fn steps_of_runs<M: Nested>(model: &M, record: &Ticks, options: &AgentOptions) -> Result<[usize; 2], ScoreError> {
    let mut counts = [0; 2];
    each_row(model, (record, options), NestedAgent::remember, |agent, mut row| {
        let (mut logs, outcome) = (Vec::new(), Ok(()));
        let mut scoring = Scoring { record, row: (row.block, row.row, row.line), logs: &mut logs, outcome };
        agent.tick(&row.seen, &mut row.acts, &mut scoring);
        counts = agent.remembered();
        scoring.outcome
    })?;
    Ok(counts)
}

impl<T: Real, M: Nested<T>> Behaviour<T> for Nests<M> {
    type Record = Ticks;
    type Options = AgentOptions;

    /// Precisions are declared, level by level.
    const ASSIGNED: bool = false;

    fn log_likelihood(&self, _: &Assigned<T>, record: &Ticks, options: &AgentOptions) -> Result<T, ScoreError> {
        let mut sum = T::zero();
        each_score(&self.0, record, options, |logs| logs.iter().for_each(|&log| sum += log))?;
        Ok(sum)
    }

    fn pointwise(&self, _: &Assigned<T>, record: &Ticks, options: &AgentOptions) -> Result<Vec<T>, ScoreError> {
        let mut all = Vec::new();
        each_score(&self.0, record, options, |logs| all.extend_from_slice(logs))?;
        Ok(all)
    }

    fn places(record: &Ticks) -> Vec<ResponsePlace> {
        record.places()
    }
}
