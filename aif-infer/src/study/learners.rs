//! Learners in the study program: they live in the world that was declared for them, trial after trial as planned.

use aif_runtime::learner::{LearnerColumn, LearnerMeta, LearningModel, Live, Planned};
use aif_runtime::measure::{Draw, Probabilities};
use aif_runtime::model::Labels;
use aif_runtime::{Assigned, Learns, ModelError};
use rand::Rng;

use super::error::StudyError;
use super::numbers::input_numbers;
use super::studied::{StudyBehaviour, StudyOptions};
use crate::data::Schema;
use crate::record::{Answered, Asked, Cues, Lessons, Lines, RecordedBlock, RecordedRow, Regressors, sign};
use crate::score::{ScoreError, each_lesson, recorded};

/// The choices of the only response, where it is one.
fn choices(meta: &LearnerMeta) -> Option<Labels> {
    let [response] = meta.responses else { return None };
    response.kind.choices()
}

impl<M: LearningModel<f64>> StudyBehaviour for Learns<M> {
    fn options(_: StudyOptions) {}

    fn check((): &()) -> Result<(), ModelError> {
        Ok(())
    }

    fn declaration() -> Vec<String> {
        M::META.description()
    }

    fn schema() -> Schema {
        Schema::of_learner(&M::META)
    }

    fn record(blocks: Vec<RecordedBlock>) -> Lessons {
        Lessons::of_checked(&M::META, blocks)
    }

    fn responses(record: &Lessons) -> usize {
        record.responses()
    }

    fn usual() -> (usize, usize) {
        (1, 100)
    }

    /// Inputs that are given are the same at every trial; the world sets the others.
    fn plan(blocks: usize, steps: usize, inputs: &[(String, String)]) -> Result<Vec<RecordedBlock>, StudyError> {
        let meta: LearnerMeta = M::META;
        let columns: Vec<(&str, Option<Labels>)> = meta.inputs.iter().map(|i| (i.name, i.values)).collect();
        let row = RecordedRow { inputs: input_numbers(meta.name, &columns, inputs, false)?, ..RecordedRow::default() };
        Ok(RecordedBlock::numbered(blocks, &vec![row; steps]))
    }

    fn simulate(
        &self,
        _: &Assigned,
        world: &Self,
        plan: &[RecordedBlock],
        (): &(),
        rng: &mut dyn Rng,
    ) -> Result<Vec<RecordedBlock>, StudyError> {
        let meta: LearnerMeta = M::META;
        let Some(mut surroundings) = world.0.world() else {
            return Err(StudyError::NoWorld { learner: meta.name });
        };
        let mut learner = Live::new(self.0);
        let mut done = plan.to_vec();
        for block in &mut done {
            learner.restart();
            surroundings.begin(rng);
            for row in &mut block.rows {
                let planned = Planned {
                    inputs: &row.inputs,
                    observations: &row.observations,
                    responses: &row.responses,
                    forced: !row.scored,
                };
                let happened = learner.live(&mut *surroundings, planned, rng).map_err(StudyError::Learner)?;
                let numbers = |all: &[f64]| all.iter().map(|x| (!x.is_nan()).then_some(*x)).collect::<Vec<_>>();
                let (inputs, observations, responses) =
                    (numbers(happened.inputs), numbers(happened.observations), numbers(happened.responses));
                (row.inputs, row.observations, row.responses) = (inputs, observations, responses);
            }
        }
        Ok(done)
    }

    fn alternatives(record: &Lessons) -> Option<(Vec<String>, Vec<Option<usize>>)> {
        let labels = choices(&M::META)?;
        let mut chosen = Vec::with_capacity(record.responses());
        for lines in &record.rows {
            let counted = (0..lines.trials).filter(|&t| lines.counted[t]);
            chosen.extend(counted.map(|t| Some(lines.trial(t).responses[0] as usize)));
        }
        Some((labels.all().map(|l| l.into_owned()).collect(), chosen))
    }

    /// What was observed at the trial before, and this one's inputs.
    fn cues(record: &Lessons) -> Vec<Cues> {
        let meta: LearnerMeta = M::META;
        let labelled = |columns: &'static [LearnerColumn], numbers: &[f64], cues: &mut Cues| {
            for (own, &x) in columns.iter().zip(numbers).filter(|(_, x)| !x.is_nan()) {
                let label = own.values.map_or_else(|| sign(x).into(), |labels| labels.label(x as usize));
                cues.seen.push((own.name, label));
            }
        };
        let mut all = Vec::with_capacity(record.responses());
        let width = meta.responses.len();
        for lines in &record.rows {
            let mut skips = false;
            for t in 0..lines.trials {
                let counted = (0..width).filter(|r| lines.counted[t * width + r]).count();
                let mut cues = Cues { skips, ..Cues::default() };
                skips = counted == 0;
                if let Some(before) = t.checked_sub(1).filter(|_| counted > 0) {
                    labelled(meta.observations, lines.trial(before).observations, &mut cues);
                }
                if counted > 0 {
                    labelled(meta.inputs, lines.trial(t).inputs, &mut cues);
                }
                all.extend(std::iter::repeat_n(cues, counted));
            }
        }
        all
    }

    /// The probability of every choice at each scored response, where the only response is a choice with such.
    fn predictions(&self, _: &Assigned, record: &Lessons, (): &()) -> Result<Vec<Vec<f64>>, ScoreError> {
        let mut all = Vec::with_capacity(record.responses());
        if choices(&M::META).is_none() {
            return Ok(all);
        }
        each_lesson(&self.0, record, |states, lesson| {
            if lesson.counted[0] {
                let found = self.0.respond(0, states, &lesson.numbers, Probabilities).unwrap_or_default();
                if let Some(wrong) = found.iter().find(|p| !p.is_finite()) {
                    let place = record.place(lesson.block, lesson.trial);
                    return Err(ScoreError::Response { response: all.len(), place, value: wrong.ln() });
                }
                all.push(found);
            }
            Ok(())
        })?;
        Ok(all)
    }

    fn asked() -> Vec<Asked> {
        let meta: LearnerMeta = M::META;
        let alone = choices(&meta).is_some();
        meta.responses.iter().map(|own| Asked { name: own.name, kind: own.kind, counted: alone }).collect()
    }

    fn answered(record: &Lessons) -> Answered {
        let meta: LearnerMeta = M::META;
        let of_block = |lines: &Lines| {
            let of_trial = |t: usize| {
                let numbers = lines.trial(t);
                let width = meta.responses.len();
                let counted = (0..width).filter(|r| lines.counted[t * width + r]).collect::<Vec<usize>>();
                counted.into_iter().map(|r| (r, recorded(&meta, r, &numbers))).collect::<Vec<_>>()
            };
            (0..lines.trials).flat_map(of_trial).collect::<Vec<_>>()
        };
        record.rows.iter().flat_map(of_block).collect()
    }

    fn answer_anew(&self, _: &Assigned, record: &Lessons, (): &(), rng: &mut dyn Rng) -> Result<Answered, ScoreError> {
        let mut anew = Vec::with_capacity(record.responses());
        each_lesson(&self.0, record, |states, lesson| {
            for (response, _) in lesson.counted.iter().enumerate().filter(|(_, counts)| **counts) {
                let drawn = self.0.respond(response, states, &lesson.numbers, Draw(rng));
                anew.extend(drawn.map(|numbers| (response, numbers)));
            }
            Ok(())
        })?;
        Ok(anew)
    }

    /// Trial by trial: every state before the trial, every quantity of it (missing where something is), and the probability of the recorded
    /// choice.
    fn regressors(&self, _: &Assigned, record: &Lessons, (): &()) -> Option<Regressors> {
        let meta: LearnerMeta = M::META;
        let (mut columns, quantities) = M::labels();
        columns.extend(quantities);
        let chosen = choices(&meta).is_some();
        columns.extend(chosen.then(|| "choice_probability".to_string()));
        let mut rows = Vec::new();
        each_lesson(&self.0, record, |states, lesson| {
            let mut values = Vec::with_capacity(columns.len());
            M::show_states(states, &mut |x| values.push(x));
            self.0.show_quantities(states, &lesson.numbers, &mut |x| values.push(x));
            if chosen {
                let found = self.0.respond(0, states, &lesson.numbers, Probabilities).filter(|_| lesson.counted[0]);
                let made = found.and_then(|p| p.get(lesson.numbers.responses[0] as usize).copied());
                values.push(made.unwrap_or(f64::NAN));
            }
            let block = &record.blocks()[lesson.block];
            rows.push((block.session.clone(), block.name.clone(), block.first_step + lesson.trial as i64, values));
            Ok(())
        })
        .ok()?;
        Some(Regressors { columns, rows })
    }

    fn remarks(records: &[Lessons]) -> Vec<String> {
        let meta: LearnerMeta = M::META;
        let trials: usize = records.iter().flat_map(|r| &r.rows).map(|lines| lines.trials).sum();
        let actions = meta.responses.iter().filter(|r| r.action).map(|r| r.name);
        let remark = |(a, name): (usize, &str)| {
            let missing: usize = records.iter().filter_map(|r| r.silent().get(a)).map(|(_, count)| count).sum();
            (missing > 0).then(|| {
                format!("`{name}` is missing in {missing} of {trials} trials: it is not scored there, and a state that depends on it stays as it was")
            })
        };
        actions.enumerate().filter_map(remark).collect()
    }
}
