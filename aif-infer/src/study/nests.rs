//! Models with levels in the study program: agents on several clocks, one row for each tick of the fastest.

use aif_runtime::measure::ResponseKind;
use aif_runtime::model::ActionVariable;
use aif_runtime::nested::{Nested, NestedAgent, NestedOptions, NestedWorld, Nesting, tree};
use aif_runtime::{AgentOptions, Assigned, Environment, ModelError, Nests};
use rand::Rng;

use super::error::StudyError;
use super::studied::{Studied, StudyOptions, SubjectRecords, Takes, read_subjects};
use super::ticking::{Firsts, note_steps, numbers, write};
use crate::data::{Complaint, DataError, DataOptions, MissingAction, RawTable, Schema};
use crate::record::{Amiss, Answered, Asked, RecordedBlock, RecordedRow, Regressors, Ticks};
use crate::score::{ScoreError, each_tick};

impl<M: Nested> Studied for Nests<M> {
    const TAKES: Takes = Takes::Agent;

    fn options(options: StudyOptions) -> AgentOptions {
        options.agent
    }

    fn check(options: &AgentOptions) -> Result<(), ModelError> {
        let (mut wrong, mut known, mut timed) = (None, Vec::new(), false);
        let (mut refused, whole) = (Ok(()), tree::<M, f64>());
        whole.each(&mut |model| timed |= model.meta.modalities.iter().any(|modality| modality.timed));
        whole.each(&mut |model| {
            let meta = model.meta;
            // Preferences by step are counted where there are some.
            let steps = options.preference_steps.filter(|_| !timed || meta.modalities.iter().any(|modality| modality.timed));
            let own = AgentOptions { preference_steps: steps, ..*options };
            refused = core::mem::replace(&mut refused, Ok(())).and_then(|()| own.check(meta));
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
        refused?;
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

    /// A block has as many steps of the highest level as the plan has rows, or numbers of them; how many rows that takes is the levels' to say. What is not
    /// scored in the first row of a step is not in all rows of it. Nothing else is taken over: nothing is missing or forced. Where the last row of a
    /// plan's block has responses and none of the highest level, neither has the last of what is simulated.
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
            let together =
                |a: &RecordedRow, b: &RecordedRow| a.inputs.get(place).is_some() && a.inputs.get(place) == b.inputs.get(place);
            let scored: Vec<bool> = block.rows.chunk_by(together).map(|rows| rows[0].scored).collect();
            let (mut rows, mut step, mut seen) = (Vec::new(), 0, surroundings.reset(rng));
            while step < scored.len() {
                let acts = agent.step(&seen, rng);
                let mut row = RecordedRow { scored: scored[step], ..RecordedRow::default() };
                write(&whole, &mut row, (&seen, &acts, acts.own.is_some()), agent.below());
                note_steps(&agent, step, &mut row);
                rows.push(row);
                step += usize::from(acts.own.is_some());
                seen = surroundings.step(acts, rng);
            }
            // The actions of the highest level are the last.
            let first = |row: &RecordedRow| row.responses.len().saturating_sub(M::META.actions.len());
            let ends = |row: &RecordedRow| first(row) > 0 && row.responses[first(row)..].iter().all(Option::is_none);
            if let Some(last) = rows.last_mut().filter(|_| block.rows.last().is_some_and(ends)) {
                let first = first(last);
                last.responses[first..].fill(None);
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

    /// An action that was due and is missing is refused, unless it is asked for to be taken for unknown.
    fn read_some(
        tables: &[RawTable],
        options: &DataOptions,
        sessions: bool,
        asked: &dyn Fn(usize) -> bool,
    ) -> Result<SubjectRecords<Ticks>, DataError> {
        let refuse = |found: String, expected: &str| {
            let path = tables.first().map_or_else(Default::default, |table| table.path.clone());
            DataError::content(&path, vec![Complaint::new(0, "", found, expected)])
        };
        if !matches!(options.missing_action, MissingAction::Error | MissingAction::Marginalise) {
            let expected = "--missing-action marginalise, or none: what a missing action leaves of a run is not known";
            return Err(refuse("a model with levels".into(), expected));
        }
        let found = read_subjects::<Self>(tables, (options, sessions), asked)?;
        if options.missing_action == MissingAction::Error {
            let mut missing: Vec<(&str, usize)> = Vec::new();
            for (n, (name, amiss)) in found.records.iter().flat_map(|record| record.amiss().enumerate()) {
                missing.resize(missing.len().max(n + 1), (name, 0));
                missing[n].1 += amiss.missing;
            }
            if let Some((name, count)) = missing.into_iter().find(|(_, count)| *count > 0) {
                let rows = if count == 1 { "row" } else { "rows" };
                let expected = "one in each (or --missing-action marginalise: the agent is taken not to know what it did)";
                return Err(refuse(format!("no `{name}` in {count} {rows} in which it was due"), expected));
            }
        }
        Ok(found)
    }

    fn remarks(records: &[Ticks]) -> Vec<String> {
        let mut remarks = Vec::new();
        let Some(first) = records.first() else { return remarks };
        let mut models = Vec::new();
        tree::<M, f64>().each(&mut |model| models.push(model.meta.name));
        for (n, (model, (name, _))) in models.into_iter().zip(first.amiss()).enumerate() {
            let sum = |which: fn(&Amiss) -> usize| {
                records.iter().filter_map(|r| r.amiss().nth(n)).map(|(_, amiss)| which(&amiss)).sum::<usize>()
            };
            let mut say = |count: usize, what: &str| {
                let rows = if count == 1 { "row" } else { "rows" };
                if count > 0 {
                    remarks.push(what.replace("ROWS", &format!("{count} {rows}")));
                }
            };
            let unknown = "it is not scored there, and the agent is taken not to know what it did";
            say(sum(|amiss| amiss.missing), &format!("`{name}` is missing in ROWS in which it was due: {unknown}"));
            let why = "(a run had just ended, or the runs of its levels had not)";
            say(
                sum(|amiss| amiss.misplaced),
                &format!("`{name}` stands in ROWS in which it was not due {why}: it is not scored there"),
            );
            let early = "in which the runs of its levels were not over: it is taken in where they are";
            say(sum(|amiss| amiss.unseen), &format!("what {model} sees stands in ROWS {early}"));
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
