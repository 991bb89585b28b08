//! Models with levels in the study program: agents on several clocks, one row for each tick of the fastest.

use aif_runtime::measure::ResponseKind;
use aif_runtime::model::{ActionVariable, Marginals};
use aif_runtime::nested::{
    Acts, Beliefs, Believed, EachLevel, Nested, NestedAgent, NestedOptions, NestedWorld, Nesting, Nothing,
};
use aif_runtime::nested::{Run, Runs, Seen, Sights, Steps, Tree, tree};
use aif_runtime::{AgentOptions, Assigned, Domain, Environment, ModelError, Nests, Signal};
use rand::Rng;

use super::error::StudyError;
use super::studied::{Studied, StudyOptions, Takes};
use crate::data::Schema;
use crate::record::{Answered, Asked, RecordedBlock, RecordedRow, Regressors, Ticks};
use crate::score::{ScoreError, each_tick};

impl<M: Nested> Studied for Nests<M> {
    const TAKES: Takes = Takes::Agent;

    fn options(options: StudyOptions) -> AgentOptions {
        options.agent
    }

    fn check(options: &AgentOptions) -> Result<(), ModelError> {
        options.check(&M::META)?;
        let (mut wrong, mut known) = (None, Vec::new());
        tree::<M, f64>().each(&mut |model| {
            let meta = model.meta;
            let names = model.seen().map(|m| meta.modalities[m].name).chain(meta.actions.iter().map(|a| a.name));
            for name in names.chain((!model.levels.is_empty()).then_some(model.step)) {
                if known.contains(&name) {
                    wrong = Some((
                        meta.name,
                        "has a modality or an action of a name that another level has, too: each is a column of the table",
                    ));
                }
                known.push(name);
            }
            if !meta.inputs.is_empty() {
                wrong = Some((meta.name, "has inputs: what is set from outside cannot be recorded of levels"));
            }
            if !meta.responses.is_empty() {
                wrong = Some((meta.name, "has responses: what is recorded beside actions cannot be scored of levels"));
            }
        });
        wrong.map_or(Ok(()), |(model, what)| Err(ModelError::Level { model, what }))
    }

    fn words(options: &AgentOptions) -> String {
        let mut words = Vec::new();
        tree::<M, f64>().each(&mut |model| words.push(options.words(model.meta)));
        words.join(" ")
    }

    fn declaration() -> Vec<String> {
        let mut lines = Vec::new();
        tree::<M, f64>().each(&mut |model| lines.extend(model.meta.description()));
        lines
    }

    fn schema() -> Schema {
        Schema::of_levels(&tree::<M, f64>())
    }

    fn record(blocks: Vec<RecordedBlock>) -> Ticks {
        Ticks::new(&tree::<M, f64>(), blocks)
    }

    /// Steps are those of the highest level.
    fn plan(blocks: usize, steps: usize, inputs: &[(String, String)]) -> Result<Vec<RecordedBlock>, StudyError> {
        let known = Vec::new();
        super::numbers::input_numbers(M::META.name, &known, inputs, true)?;
        Ok(RecordedBlock::numbered(blocks, &vec![RecordedRow::default(); steps]))
    }

    /// A block has as many steps of the highest level as the plan has rows, or numbers of them; how many rows that takes is the levels' to say.
    fn simulate(
        &self,
        _: &Assigned,
        world: &Self,
        plan: &[RecordedBlock],
        options: &AgentOptions,
        rng: &mut dyn Rng,
    ) -> Result<Vec<RecordedBlock>, StudyError> {
        let options = NestedOptions::same(*options, Nesting::Exact);
        let mut agent = NestedAgent::with_options(self.0, &options).map_err(StudyError::Model)?;
        let mut surroundings = NestedWorld::new(world.0).map_err(StudyError::Model)?;
        let whole = tree::<M, f64>();
        let place = Schema::of_levels(&whole).inputs.len().saturating_sub(1);
        let mut done = Vec::with_capacity(plan.len());
        for (b, block) in plan.iter().enumerate() {
            if b > 0 {
                agent.restart();
            }
            let steps =
                block.rows.chunk_by(|a, b| a.inputs.get(place).is_some() && a.inputs.get(place) == b.inputs.get(place)).count();
            let mut rows = Vec::new();
            let (mut step, mut seen) = (0, surroundings.reset(rng));
            while step < steps {
                let acts = agent.step(&seen, rng);
                let mut row = RecordedRow::default();
                write(&whole, &mut row, (&seen, &acts, acts.own.is_some()), agent.below());
                note_steps(&agent, step, &mut row);
                rows.push(row);
                step += usize::from(acts.own.is_some());
                seen = surroundings.step(acts, rng);
            }
            done.push(RecordedBlock { rows, ..block.clone() });
        }
        Ok(done)
    }

    fn asked() -> Vec<Asked> {
        let mut asked = Vec::new();
        tree::<M, f64>().each(&mut |model| {
            let own = |a: &ActionVariable| Asked { name: a.name, kind: ResponseKind::Choice(a.values), counted: false };
            asked.extend(model.meta.actions.iter().map(own));
        });
        asked
    }

    fn answered(record: &Ticks) -> Answered {
        let whole = tree::<M, f64>();
        let (firsts, mut answered) = (Firsts::of(&whole), Vec::new());
        for line in record.lines.iter().flatten() {
            for node in record.counted(line) {
                firsts.add(node, line.nodes[node].action, &mut answered);
            }
        }
        answered
    }

    fn answer_anew(
        &self,
        _: &Assigned,
        record: &Ticks,
        options: &AgentOptions,
        rng: &mut dyn Rng,
    ) -> Result<Answered, ScoreError> {
        let whole = tree::<M, f64>();
        let (firsts, mut anew) = (Firsts::of(&whole), Vec::new());
        each_tick(&self.0, record, options, |agent, row| {
            let mut counted = record.counted(row.line);
            agent.redraw_each(&row.seen, &row.acts, rng, |action| {
                if let Some(node) = counted.next() {
                    firsts.add(node, Some(action), &mut anew);
                }
            });
            Ok(())
        })?;
        Ok(anew)
    }

    /// Tick by tick: what each level believes of every state after it (where something was done, of the step to come).
    fn regressors(&self, _: &Assigned, record: &Ticks, options: &AgentOptions) -> Option<Regressors> {
        let mut columns = Vec::new();
        tree::<M, f64>().each(&mut |model| {
            for factor in model.meta.factors {
                columns.extend(factor.states.all().map(|state| format!("{}_{}={state}", model.meta.name, factor.name)));
            }
        });
        let mut rows = Vec::new();
        each_tick(&self.0, record, options, |agent, row| {
            agent.follow(&row.seen, &row.acts);
            let mut values = Vec::with_capacity(columns.len());
            numbers::<M>(&agent.beliefs(), &mut values);
            let block = &record.blocks()[row.block];
            rows.push((block.session.clone(), block.name.clone(), block.first_step + row.row as i64, values));
            Ok(())
        })
        .ok()?;
        Some(Regressors { columns, rows })
    }

    fn remarks(records: &[Ticks]) -> Vec<String> {
        let mut remarks = Vec::new();
        let Some(first) = records.first() else { return remarks };
        for (model, (name, _)) in first.amiss().enumerate() {
            let sum =
                |which: usize| records.iter().filter_map(|r| r.amiss().nth(model)).map(|(_, amiss)| amiss[which]).sum::<usize>();
            let (missing, misplaced) = (sum(0), sum(1));
            let rows = |count: usize| format!("{count} row{}", if count == 1 { "" } else { "s" });
            if missing > 0 {
                remarks.push(format!(
                    "`{name}` is missing in {} in which it was due: it is not scored there, and the agent is taken not to know what it did",
                    rows(missing)
                ));
            }
            if misplaced > 0 {
                remarks.push(format!(
                    "`{name}` stands in {} in which it was not due (a run had just ended, or the runs of its levels had not): it is not scored there",
                    rows(misplaced)
                ));
            }
        }
        remarks
    }

    fn check_observations(&self, _: &Assigned, record: &Ticks, options: &AgentOptions) -> Result<(), ScoreError> {
        each_tick(&self.0, record, options, |agent, row| {
            agent.follow(&row.seen, &row.acts);
            Ok(())
        })
    }
}

/// The models, each with the place of its first action among those of all.
struct Firsts<'t>(Vec<(&'t Tree, usize)>);

impl<'t> Firsts<'t> {
    fn of(tree: &'t Tree) -> Self {
        let (mut firsts, mut at) = (Vec::new(), 0);
        tree.each(&mut |model| {
            firsts.push((model, at));
            at += model.meta.actions.len();
        });
        Firsts(firsts)
    }

    /// Adds the value of each action of a model.
    fn add(&self, node: usize, joint: Option<usize>, to: &mut Answered) {
        let (model, first) = self.0[node];
        let values = (0..model.meta.actions.len()).filter_map(|a| Some((first + a, model.meta.action_value(joint?, a))));
        to.extend(values.map(|(place, value)| (place, [value as f64, f64::NAN])));
    }
}

/// Writes what was seen and done at a tick, the lowest levels first.
fn write<M: Nested>(
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
fn note_steps<M: Nested>(agent: &NestedAgent<M>, step: usize, row: &mut RecordedRow) {
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
fn numbers<M: Nested>(beliefs: &Beliefs<M>, to: &mut Vec<f64>) {
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
