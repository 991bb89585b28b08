//! The log-probability of what was done on several clocks, under a model with levels.

use aif_runtime::nested::{
    Acts, EachLevel, Nested, NestedAgent, NestedOptions, Nesting, Nothing, Run, Runs, Seen, Sights, Steps,
};
use aif_runtime::{AgentOptions, Assigned, Domain, Nests, Planning, Real, Selection};

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

/// Lives a record; `tick` takes the agent through every row.
pub(crate) fn each_row<T: Real, M: Nested<T>>(
    model: &M,
    record: &Ticks,
    options: &AgentOptions,
    mut tick: impl FnMut(&mut NestedAgent<M, T>, Row<'_, M, T>) -> Result<(), ScoreError>,
) -> Result<(), ScoreError> {
    let mut agent = NestedAgent::with_options(*model, &NestedOptions::same(*options, Nesting::Exact))?;
    for (block, lines) in record.lines.iter().enumerate() {
        if block > 0 {
            agent.restart();
        }
        for (row, line) in lines.iter().enumerate() {
            if options.learning.is_some() && line.nodes.iter().any(|node| node.acts && node.action.is_none()) {
                return Err(ScoreError::MissingAction { place: record.place(block, row) });
            }
            let (seen, acts) = typed::<M, T>(&line.nodes, &mut 0);
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
    each_row(model, record, options, |agent, row| {
        logs.clear();
        agent.follow_each(&row.seen, &row.acts, |log| logs.push(log));
        if !row.line.scored {
            return Ok(());
        }
        if let Some(wrong) = logs.iter().position(|log| !log.is_finite()) {
            let (response, place) = (position + wrong, record.place(row.block, row.row));
            return Err(ScoreError::Response { response, place, value: logs[wrong].value() });
        }
        if let Some(wrong) = logs.iter().find(|log| !log.is_wholly_finite()) {
            return Err(ScoreError::Derivative { place: record.place(row.block, row.row), value: wrong.value() });
        }
        position += logs.len();
        each(&logs);
        Ok(())
    })
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
