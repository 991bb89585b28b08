//! The log-probability of what was done on several clocks, under a model with levels.

use aif_runtime::nested::{
    Acts, EachLevel, Nested, NestedAgent, NestedOptions, Nesting, Nothing, Run, Runs, Seen, Sights, Steps,
};
use aif_runtime::{AgentOptions, Assigned, Domain, Nests, Real};

use super::{Behaviour, ScoreError};
use crate::record::{NodeTick, ResponsePlace, Ticks};

/// What is seen and done at a row, from what there is of each model, the lowest levels first.
fn typed<M: Nested<T>, T: Real>(nodes: &[NodeTick], at: &mut usize) -> (Seen<M, T>, Acts<M, T>) {
    let (mut seen, mut acts) = (Seen::<M, T>::new(M::evidence(&[])), Acts::none());
    let mut below = Below { nodes, at };
    M::each_level(&mut seen.below, &M::blank::<Nothing>(), &mut acts.below, &mut below);
    let own = &nodes[*at];
    *at += 1;
    seen.own = M::evidence_of_numbers(&own.numbers);
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

/// Lives a record; `each` sees the agent after every row, with the log-probabilities of what was done in it.
pub(crate) fn each_tick<T: Real, M: Nested<T>>(
    model: &M,
    record: &Ticks,
    options: &AgentOptions,
    mut each: impl FnMut((usize, usize), &NestedAgent<M, T>, &[T]),
) -> Result<(), ScoreError> {
    let mut agent = NestedAgent::with_options(*model, &NestedOptions::same(*options, Nesting::Exact))?;
    let (mut logs, mut position) = (Vec::new(), 0);
    for (b, lines) in record.lines.iter().enumerate() {
        if b > 0 {
            agent.restart();
        }
        for (r, line) in lines.iter().enumerate() {
            let (seen, acts) = typed::<M, T>(&line.nodes, &mut 0);
            logs.clear();
            agent.follow_each(&seen, &acts, |log| logs.push(log));
            let mut impossible = Impossible(None);
            M::each_level(&mut M::blank::<Nothing>(), agent.below(), &mut M::blank::<Nothing>(), &mut impossible);
            if let Some(model) = impossible.0 {
                return Err(ScoreError::Run { place: record.place(b, r), model });
            }
            if line.scored {
                if let Some(wrong) = logs.iter().position(|log| !log.is_finite()) {
                    let (response, place) = (position + wrong, record.place(b, r));
                    return Err(ScoreError::Response { response, place, value: logs[wrong].value() });
                }
                position += logs.len();
            }
            each((b, r), &agent, if line.scored { &logs } else { &[] });
        }
    }
    Ok(())
}

impl<T: Real, M: Nested<T>> Behaviour<T> for Nests<M> {
    type Record = Ticks;
    type Options = AgentOptions;

    /// Precisions are declared, level by level.
    const ASSIGNED: bool = false;

    fn log_likelihood(&self, _: &Assigned<T>, record: &Ticks, options: &AgentOptions) -> Result<T, ScoreError> {
        let mut sum = T::zero();
        each_tick(&self.0, record, options, |_, _, logs| logs.iter().for_each(|&log| sum += log))?;
        Ok(sum)
    }

    fn pointwise(&self, _: &Assigned<T>, record: &Ticks, options: &AgentOptions) -> Result<Vec<T>, ScoreError> {
        let mut all = Vec::new();
        each_tick(&self.0, record, options, |_, _, logs| all.extend_from_slice(logs))?;
        Ok(all)
    }

    fn places(record: &Ticks) -> Vec<ResponsePlace> {
        record.places()
    }
}
