//! What is written of a tick of several clocks: rows of a table, and numbers of beliefs, the lowest levels first.

use aif_runtime::model::Marginals;
use aif_runtime::nested::{
    Acts, Beliefs, Believed, EachLevel, Nested, NestedAgent, Nothing, Run, Runs, Seen, Sights, Steps, Tree,
};
use aif_runtime::{Domain, Signal};

use crate::record::{Answered, RecordedRow};

/// The models, each with the place of its first action among those of all.
pub(super) struct Firsts<'t>(Vec<(&'t Tree, usize)>);

impl<'t> Firsts<'t> {
    pub fn of(tree: &'t Tree) -> Self {
        let (mut firsts, mut at) = (Vec::new(), 0);
        tree.each(&mut |model| {
            firsts.push((model, at));
            at += model.meta.actions.len();
        });
        Firsts(firsts)
    }

    /// Adds the value of each action of a model.
    pub fn add(&self, node: usize, joint: Option<usize>, to: &mut Answered) {
        let (model, first) = self.0[node];
        let values = (0..model.meta.actions.len()).filter_map(|a| Some((first + a, model.meta.action_value(joint?, a))));
        to.extend(values.map(|(place, value)| (place, [value as f64, f64::NAN])));
    }
}

/// Writes what was seen and done at a tick, the lowest levels first.
pub(super) fn write<M: Nested>(
    tree: &Tree,
    row: &mut RecordedRow,
    (seen, acts, taken_in): (&Seen<M>, &Acts<M>, bool),
    runs: &M::Levels<Runs>,
) {
    let mut below = Below { tree, at: 0, row };
    M::each_level(&mut seen.below.clone(), runs, &mut acts.below.clone(), &mut below);
    let number = |m: usize| match M::signal(&seen.own, m) {
        Signal::Seen(outcome) => Some(outcome as f64),
        Signal::Measured(number) => Some(number),
        _ => None,
    };
    row.observations.extend(tree.seen().map(|m| number(m).filter(|_| taken_in)));
    let values = (0..tree.meta.actions.len()).map(|a| acts.own.map(|own| tree.meta.action_value(own.index(), a) as f64));
    row.responses.extend(values);
}

struct Below<'a> {
    tree: &'a Tree,
    at: usize,
    row: &'a mut RecordedRow,
}

impl EachLevel<Sights, Runs, Steps, f64> for Below<'_> {
    fn level<L: Nested>(&mut self, seen: &mut Option<Seen<L>>, run: &Run<L>, acts: &mut Option<Acts<L>>) {
        let level = &self.tree.levels[self.at].1;
        self.at += 1;
        let (nothing_seen, nothing_done) = (Seen::new(L::evidence(&[])), Acts::none());
        // A run that is over does nothing, and what its world still shows is not seen.
        let own = (
            seen.as_ref().unwrap_or(&nothing_seen),
            acts.as_ref().unwrap_or(&nothing_done),
            acts.is_some() && run.has_perceived(),
        );
        write(level, self.row, own, run.below());
    }
}

/// Writes the number of the step of each model with levels.
pub(super) fn note_steps<M: Nested>(agent: &NestedAgent<M>, step: usize, row: &mut RecordedRow) {
    M::each_level(&mut M::blank::<Nothing>(), agent.below(), &mut M::blank::<Nothing>(), &mut StepsOf(row));
    row.inputs.push(Some(step as f64));
}

struct StepsOf<'a>(&'a mut RecordedRow);

impl EachLevel<Nothing, Runs, Nothing, f64> for StepsOf<'_> {
    fn level<L: Nested>(&mut self, (): &mut (), run: &Run<L>, (): &mut ()) {
        L::each_level(&mut L::blank::<Nothing>(), run.below(), &mut L::blank::<Nothing>(), self);
        if !L::LEVELS.is_empty() {
            self.0.inputs.push(Some(run.step() as f64));
        }
    }
}

/// The numbers of all beliefs, the lowest levels first.
pub(super) fn numbers<M: Nested>(beliefs: &Beliefs<M>, to: &mut Vec<f64>) {
    M::each_level(&mut M::blank::<Nothing>(), &beliefs.below, &mut M::blank::<Nothing>(), &mut NumbersOf(to));
    for f in 0..M::META.factors.len() {
        to.extend_from_slice(beliefs.own.probabilities(f));
    }
}

struct NumbersOf<'a>(&'a mut Vec<f64>);

impl EachLevel<Nothing, Believed, Nothing, f64> for NumbersOf<'_> {
    fn level<L: Nested>(&mut self, (): &mut (), beliefs: &Option<Beliefs<L>>, (): &mut ()) {
        if let Some(beliefs) = beliefs {
            numbers(beliefs, self.0);
        }
    }
}
