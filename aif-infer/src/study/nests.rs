//! Models with levels in the study program: agents on several clocks, one row for each tick of the fastest.

use aif_runtime::model::{Input, Labels};
use aif_runtime::nested::{Acts, Nested, NestedAgent, NestedOptions, NestedWorld, Nesting, tree};
use aif_runtime::{AgentOptions, Assigned, Environment, ModelError, Nests};
use rand::Rng;

use super::error::StudyError;
use super::neural::NeuralError;
use super::neural_levels::neural;
use super::numbers::input_numbers;
use super::planned::Planned;
use super::studied::{StudyBehaviour, StudyOptions, SubjectRecords, Takes, read_subjects};
use super::ticking::{Asking, Drawn, Redrawn, Watching, columns, hide, numbers, steps, write};
use crate::data::{ColumnSpec, Complaint, DataError, DataOptions, MissingAction, RawTable, Schema};
use crate::record::{Amiss, Answered, Asked, LevelColumns, RecordedBlock, RecordedRow, Regressors, Ticks, level_columns};
use crate::score::{ScoreError, each_tick, given};

impl<M: Nested> StudyBehaviour for Nests<M> {
    const TAKES: Takes = Takes::Agent;

    fn options(options: StudyOptions) -> AgentOptions {
        options.agent
    }

    fn check(options: &AgentOptions) -> Result<(), ModelError> {
        NestedOptions::<M, f64>::everywhere(*options).check()?;
        let (mut wrong, mut known, whole) = (None, Vec::new(), tree::<M, f64>());
        let mut inputs: Vec<(&'static str, &'static Input)> = Vec::new();
        whole.each(&mut |model| {
            let meta = model.meta;
            let names = model.seen().map(|m| meta.modalities[m].name).chain(meta.actions.iter().map(|a| a.name));
            let names = names.chain(meta.response_columns().map(|(name, ..)| name));
            for name in names.chain((!model.levels.is_empty()).then_some(model.step)) {
                if known.contains(&name) {
                    wrong = Some((
                        meta.name,
                        "has a modality, an action or a response of a name that another level has, too: each is a column of the table",
                    ));
                }
                known.push(name);
            }
            inputs.extend(meta.inputs.iter().map(|input| (meta.name, input)));
        });
        for (i, (model, input)) in inputs.iter().enumerate() {
            if known.contains(&input.name) {
                wrong = Some((
                    model,
                    "has an input of a name that something else has at another level: each is a column of the table",
                ));
            }
            // What several levels have is one column.
            if inputs[..i].iter().any(|(_, other)| other.name == input.name && !alike(other.values, input.values)) {
                wrong = Some((
                    model,
                    "has an input of a name that one of other values has at another level: they are one column of the table",
                ));
            }
        }
        wrong.map_or(Ok(()), |(model, what)| Err(ModelError::Level { model, what }))
    }

    fn words(options: &AgentOptions) -> String {
        let mut words = Vec::new();
        tree::<M, f64>().each(&mut |model| words.push(options.words(model.meta)));
        words.extend((options.nesting == Some(Nesting::Spm)).then(|| {
            String::from("What goes up from a run is the posterior of where it began (Nesting::Spm): what was expected from above counts as if it had been seen, an approximation.")
        }));
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
        let (whole, mut known) = (tree::<M, f64>(), Vec::new());
        whole.each(&mut |model| known.extend(model.meta.inputs.iter().map(|input| (input.name, input.values))));
        let schema = Schema::of_levels(&whole);
        let of = |column: &ColumnSpec| known.iter().find(|(name, _)| *name == column.name).copied();
        let given: Vec<_> = schema.inputs.iter().filter_map(of).collect();
        let mut numbers = input_numbers(M::META.name, &given, inputs, true)?.into_iter();
        let of = |column: &ColumnSpec| of(column).and_then(|_| numbers.next()).flatten();
        let own = schema.inputs.iter().map(of).collect::<Vec<_>>();
        let row = |step: usize| {
            let mut row = RecordedRow { inputs: own.clone(), ..RecordedRow::default() };
            row.inputs.last_mut().into_iter().for_each(|last| *last = Some(step as f64));
            row
        };
        Ok(RecordedBlock::numbered(blocks, &(0..steps).map(row).collect::<Vec<_>>()))
    }

    /// A block has as many steps of the highest level as the plan has rows, or numbers of them; how many rows that takes is the levels' to say. What is not
    /// scored in the first row of a step is not in all rows of it, and what is done and answered there is forced. Steps of runs are those of the plan as they
    /// are counted: what is set from outside, what is missing and what is forced is taken over; of steps that a run has beyond the plan only
    /// what was set last. Where the last row of a plan's block has responses and none of the highest level, neither has the last of what
    /// is simulated.
    fn simulate(
        &self,
        _: &Assigned,
        world: &Self,
        plan: &[RecordedBlock],
        options: &AgentOptions,
        rng: &mut dyn Rng,
    ) -> Result<Vec<RecordedBlock>, StudyError> {
        let failed = StudyError::Model;
        let whole = tree::<M, f64>();
        let (columns, ticks, width) =
            (level_columns(&whole), Ticks::new(&whole, plan.to_vec()), Schema::of_levels(&whole).inputs.len());
        let planned = |b: usize| Planned::new(&columns, &plan[b].rows, &ticks.lines[b]);
        let unset = columns.iter().map(|own| vec![0.0; own.inputs.len()]).collect::<Vec<_>>();
        let typed = |inputs: &Option<Vec<&[f64]>>| {
            let unset = || unset.iter().map(|own| &**own).collect();
            given::<M, f64>(&inputs.clone().unwrap_or_else(unset), &mut 0).map_err(failed)
        };
        let first = (0..plan.len()).find_map(|b| planned(b).inputs(&vec![0; columns.len()]));
        let options = NestedOptions::everywhere(*options).under(&typed(&first)?);
        let mut agent = NestedAgent::with_options(self.0, &options).map_err(failed)?;
        let mut surroundings = NestedWorld::with_inputs(world.0, &typed(&first)?).map_err(failed)?;
        let mut done = Vec::with_capacity(plan.len());
        for (b, block) in plan.iter().enumerate() {
            let planned = planned(b);
            let scored = planned.scored();
            let (mut rows, mut step) = (Vec::new(), 0);
            let mut inputs = planned.inputs(&vec![0; columns.len()]);
            agent.set_inputs(&typed(&inputs)?).map_err(failed)?;
            surroundings.set_inputs(&typed(&inputs)?).map_err(failed)?;
            // A block begins under its own inputs.
            if b > 0 {
                agent.restart();
            }
            let mut seen = surroundings.reset(rng);
            while step < scored.len() {
                let at = steps(&agent, step);
                let told = (0..columns.len()).map(|model| planned.told(model, &at, !scored[step]));
                let told = told.collect::<Vec<_>>();
                hide(&mut seen, &told, &mut 0);
                let place = || block.place(rows.len(), "step");
                let (mut acts, outcome) = (Acts::none(), Ok(()));
                let mut drawn = Drawn { told: &told, place: &place, rng, done: vec![None; columns.len()], outcome };
                agent.tick(&seen, &mut acts, &mut drawn);
                drawn.outcome?;
                let did = drawn.done;
                let mut row = RecordedRow { scored: scored[step], inputs: vec![None; width], ..RecordedRow::default() };
                write(&whole, &mut row, (&seen, &acts, acts.own.is_some()), agent.below());
                for (own, (model, did)) in columns.iter().zip(did.into_iter().enumerate()) {
                    row.responses.extend(did.unwrap_or_else(|| vec![None; own.columns()]));
                    let set = inputs.as_ref().map_or(&[][..], |inputs| inputs[model]);
                    own.inputs.iter().zip(set).for_each(|(&place, &number)| row.inputs[place] = Some(number));
                    own.step.into_iter().for_each(|place| row.inputs[place] = Some(at[model] as f64));
                }
                rows.push(row);
                step += usize::from(acts.own.is_some());
                inputs = planned.inputs(&steps(&agent, step)).or(inputs);
                let given = typed(&inputs)?;
                seen = surroundings.step_under(acts, &given, rng).map_err(failed)?;
                agent.set_inputs(&given).map_err(failed)?;
            }
            // The actions and responses of the highest level are the last.
            let own = columns.last().map_or(0, LevelColumns::columns);
            let first = |row: &RecordedRow| row.responses.len().saturating_sub(own);
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
        Asking::of(&tree::<M, f64>()).asked
    }

    fn answered(record: &Ticks) -> Answered {
        let (asking, mut answered) = (Asking::of(&tree::<M, f64>()), Vec::new());
        for line in record.lines.iter().flatten() {
            for (model, tick) in line.nodes.iter().enumerate() {
                if record.counts(line, model) {
                    asking.act(model, &tick.parts, |a| tick.parts[a], &mut answered);
                }
                for response in record.counted(line, model) {
                    asking.answer(model, response, record.numbers(line, model, response), &mut answered);
                }
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
        let (asking, mut anew) = (Asking::of(&tree::<M, f64>()), Vec::new());
        each_tick(
            &self.0,
            (record, options),
            |_| {},
            |agent, mut row| {
                let mut redrawn = Redrawn { asking: &asking, record, line: row.line, rng, anew: &mut anew };
                agent.tick(&row.seen, &mut row.acts, &mut redrawn);
                Ok(())
            },
        )?;
        Ok(anew)
    }

    /// Tick by tick: what each level believes of every state after it (where something was done, of the step to come), and in rows in which it perceives how
    /// surprising that was (the variational free energy of its step, nats, with all that was seen in runs below), how far it moved the belief, and what
    /// uncertainty it left; in rows in which it acts how probable that was. What there is not is not a number.
    fn regressors(&self, _: &Assigned, record: &Ticks, options: &AgentOptions) -> Option<Regressors> {
        let columns = columns(&tree::<M, f64>());
        let (mut rows, mut lived) = (Vec::new(), Vec::new());
        each_tick(&self.0, (record, options), NestedAgent::notice_all, |agent, mut row| {
            agent.tick(&row.seen, &mut row.acts, &mut Watching::new(row.line, &mut lived));
            let mut values = Vec::with_capacity(columns.len());
            numbers(agent, row.line, &lived, &mut values);
            let block = &record.blocks()[row.block];
            rows.push((block.session.clone(), block.name.clone(), block.first_step + row.row as i64, values));
            Ok(())
        })
        .ok()?;
        Some(Regressors { columns, rows })
    }

    fn neural(&self, assigned: &Assigned, record: &Ticks, options: &AgentOptions) -> Result<Regressors, NeuralError> {
        neural(&self.0, assigned, record, options)
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
        let sum = |n: usize, which: fn(&Amiss) -> usize| {
            found.records.iter().filter_map(|r| r.amiss().nth(n)).map(|(.., amiss)| which(amiss)).sum::<usize>()
        };
        let models =
            found.records.first().map_or_else(Vec::new, |first| first.amiss().map(|(meta, name, _)| (meta, name)).collect());
        for (n, (meta, name)) in models.into_iter().enumerate() {
            let (missing, changing) = (sum(n, |amiss| amiss.missing), sum(n, |amiss| amiss.changing));
            if missing > 0 && options.missing_action == MissingAction::Error {
                let expected = "one in each (or --missing-action marginalise: the agent is taken not to know what it did)";
                return Err(refuse(format!("no `{name}` in {} in which it was due", rows(missing)), expected));
            }
            if changing > 0 {
                let found = format!("inputs of {} that change within a step of it, in {}", meta.name, rows(changing));
                return Err(refuse(found, "the same in all rows of a step: they are set between steps"));
            }
        }
        Ok(found)
    }

    fn remarks(records: &[Ticks]) -> Vec<String> {
        let mut remarks = Vec::new();
        let Some(first) = records.first() else { return remarks };
        for (n, (meta, name, _)) in first.amiss().enumerate() {
            let sum = |which: &dyn Fn(&Amiss) -> usize| {
                records.iter().filter_map(|r| r.amiss().nth(n)).map(|(.., amiss)| which(amiss)).sum::<usize>()
            };
            let mut say = |count: usize, what: &str| {
                if count > 0 {
                    remarks.push(what.replace("ROWS", &rows(count)));
                }
            };
            let unknown = "it is not scored there, and the agent is taken not to know what it did";
            say(sum(&|amiss| amiss.missing), &format!("`{name}` is missing in ROWS in which it was due: {unknown}"));
            let why = "(a run had just ended, or the runs of its levels had not)";
            let misplaced = |name: &str| format!("`{name}` stands in ROWS in which it was not due {why}: it is not scored there");
            say(sum(&|amiss| amiss.misplaced), &misplaced(name));
            let early = "in which the runs of its levels were not over: it is taken in where they are";
            say(sum(&|amiss| amiss.unseen), &format!("what {} sees stands in ROWS {early}", meta.name));
            let acting = sum(&|amiss| amiss.acting);
            for (r, own) in meta.responses.iter().enumerate().filter(|(_, own)| own.kind.columns() > 0) {
                let what = if own.kind.columns() > 1 { "it or its time" } else { "it" };
                let unanswered =
                    format!("`{}` is not scored in ROWS of {acting} in which it was due: {what} is missing there", own.name);
                say(sum(&|amiss| amiss.responses[r][0]), &unanswered);
                say(sum(&|amiss| amiss.responses[r][1]), &misplaced(own.name));
            }
        }
        remarks
    }

    fn check_observations(&self, _: &Assigned, record: &Ticks, options: &AgentOptions) -> Result<(), ScoreError> {
        each_tick(
            &self.0,
            (record, options),
            |_| {},
            |agent, row| {
                agent.follow(&row.seen, &row.acts);
                Ok(())
            },
        )
    }
}

/// So many rows.
fn rows(count: usize) -> String {
    format!("{count} {}", if count == 1 { "row" } else { "rows" })
}

/// Whether two inputs have the same values.
fn alike(a: Option<Labels>, b: Option<Labels>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => a.count == b.count && a.all().eq(b.all()),
        (a, b) => a.is_none() && b.is_none(),
    }
}
