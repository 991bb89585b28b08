//! Agents in the study program: they act in worlds, block after block as planned.

use aif_runtime::measure::{Draw, ResponseKind};
use aif_runtime::model::{Deliberation, Labels, Marginals, Meta, Modality, Response};
use aif_runtime::perceive::{draw_predictive, predict_outcomes};
use aif_runtime::scalar::entropy;
use aif_runtime::{
    Agent, AgentOptions, Assigned, Assignment, Carried, Domain, GenerativeModel, Inputs, ModelError, Noticed, Pomdp, World,
};
use rand::Rng;

use super::answering::{Answer, Answering, known};
use super::error::StudyError;
use super::neural::{NeuralError, neural};
use super::numbers::input_numbers;
use super::studied::{StudyBehaviour, StudyOptions, Takes};
use crate::data::Schema;
use crate::record::{
    Answered, Asked, CarriedOut, Cues, History, RecordedBlock, RecordedRow, Recorder, Regressors, Step, Taking, Walk, sign,
};
use crate::score::{ScoreError, Wanted, each_choice, each_row, preferences};

impl<M: GenerativeModel> StudyBehaviour for Pomdp<M> {
    const TAKES: Takes = Takes::Agent;

    fn options(options: StudyOptions) -> AgentOptions {
        options.agent
    }

    fn check(options: &AgentOptions) -> Result<(), ModelError> {
        options.check(&M::META)
    }

    fn words(options: &AgentOptions) -> String {
        let said =
            |m: &Modality| m.measured.filter(|own| !own.about.is_empty()).map(|own| format!(" `{}`: {}", m.name, own.about));
        options.words(&M::META) + &M::META.modalities.iter().filter_map(said).collect::<String>()
    }

    fn declaration() -> Vec<String> {
        M::META.description()
    }

    fn schema() -> Schema {
        Schema::of(&M::META)
    }

    fn record(blocks: Vec<RecordedBlock>) -> History {
        History::of_checked(&M::META, &blocks)
    }

    fn recorder() -> Box<dyn Recorder<History>> {
        Box::new(Taking::under(&M::META))
    }

    fn responses(record: &History) -> usize {
        record.responses()
    }

    fn plan(blocks: usize, steps: usize, inputs: &[(String, String)]) -> Result<Vec<RecordedBlock>, StudyError> {
        let columns: Vec<(&str, Option<Labels>)> = M::META.inputs.iter().map(|i| (i.name, i.values)).collect();
        let row = RecordedRow { inputs: input_numbers(M::META.name, &columns, inputs, true)?, ..RecordedRow::default() };
        let last = RecordedRow { responses: vec![None; Self::schema().responses.len()], ..row.clone() };
        let mut rows = vec![row; steps];
        rows.push(last);
        Ok(RecordedBlock::numbered(blocks, &rows))
    }

    fn simulate(
        &self,
        assigned: &Assigned,
        world: &Self,
        plan: &[RecordedBlock],
        options: &AgentOptions,
        rng: &mut dyn Rng,
    ) -> Result<Vec<RecordedBlock>, StudyError> {
        let failed = StudyError::Model;
        let typed = |row: &RecordedRow| {
            let numbers: Vec<f64> = row.inputs.iter().map(|x| x.unwrap_or(f64::NAN)).collect();
            M::Inputs::from_numbers(&numbers).ok_or(StudyError::Inputs { model: M::META.name, found: numbers })
        };
        let Some(first) = plan.iter().find_map(|b| b.rows.first()) else { return Ok(Vec::new()) };
        let mut inputs = first.inputs.clone();
        let agent = Agent::with_options(self.0, typed(first)?, *options).map_err(failed)?;
        let mut agent = agent.with_assigned(*assigned).map_err(failed)?;
        let mut surroundings = World::with_inputs(world.0, typed(first)?).map_err(failed)?;
        let mut done = plan.to_vec();
        for ((b, block), block_place) in done.iter_mut().enumerate().zip(plan) {
            let end = block.rows.len().saturating_sub(1);
            for (r, row) in block.rows.iter_mut().enumerate() {
                if row.inputs != inputs {
                    inputs.clone_from(&row.inputs);
                    agent.set_inputs(&self.0, typed(row)?).map_err(failed)?;
                    surroundings.set_inputs(&world.0, typed(row)?).map_err(failed)?;
                }
                // A block begins under its own inputs.
                if r == 0 && b > 0 {
                    agent.restart();
                    surroundings.begin_block(rng);
                } else if r == 0 {
                    surroundings.begin(rng);
                }
                let last = r == end && row.is_silent() && row.responses.len() >= M::META.actions.len();
                let seen = surroundings.observe(rng);
                let place = || block_place.place(r, "step");
                step((&self.0, &mut agent), row, (&seen, last), place, rng)?.into_iter().for_each(|action| {
                    surroundings.advance(action, rng);
                });
            }
        }
        Ok(done)
    }

    fn alternatives(record: &History) -> Option<(Vec<String>, Vec<Option<usize>>)> {
        let meta: Meta = M::META;
        let labels = (0..meta.joint_actions()).map(|joint| {
            let parts = meta.actions.iter().enumerate().map(|(a, v)| v.values.label(meta.action_value(joint, a)).into_owned());
            parts.collect::<Vec<_>>().join("+")
        });
        Some((labels.collect(), record.chosen(&meta)))
    }

    fn cues(record: &History) -> Vec<Cues> {
        let meta: Meta = M::META;
        let mut skips = false;
        let of_row = |(i, (_, step, row)): (usize, (&Walk, usize, &Step))| {
            let after_unscored = skips && step > 0;
            skips = !row.scored;
            let node = &record.nodes[row.node as usize];
            let seen = &record.observations[node.observation as usize].numbers;
            let outcome = |(modality, number): (&Modality, &Option<f64>)| {
                let number = (*number)?;
                let label =
                    if modality.measured.is_some() { sign(number).into() } else { modality.outcomes.label(number as usize) };
                Some((modality.name, label))
            };
            let mut seen: Vec<_> = meta.modalities.iter().zip(seen).filter_map(outcome).collect();
            let inputs = meta.inputs.iter().zip(&record.settings[node.setting as usize].inputs);
            seen.extend(inputs.filter(|(_, x)| !x.is_nan()).map(|(input, &x)| {
                let label = input.values.map_or_else(|| sign(x).into(), |labels| labels.label(x as usize));
                (input.name, label)
            }));
            let cues = Cues { seen, skips: after_unscored };
            vec![cues; usize::from(row.scored) + record.answers.counted(i).count()]
        };
        record.rows().enumerate().flat_map(of_row).collect()
    }

    /// The probability of every joint action at each scored response, given what the agent had seen and done before.
    fn predictions(&self, assigned: &Assigned, record: &History, options: &AgentOptions) -> Result<Vec<Vec<f64>>, ScoreError> {
        each_choice(self, assigned, (record, options))
    }

    fn asked() -> Vec<Asked> {
        let own = |response: &Response| Asked { name: response.name, kind: response.kind, counted: response.action };
        let measured = |(_, m): (usize, &'static Modality)| {
            let kind = m.measured.map_or(ResponseKind::Nothing, |own| own.kind);
            Asked { name: m.name, kind, counted: false }
        };
        M::META.responses.iter().map(own).chain(measures::<M>().map(measured)).collect()
    }

    fn answered(record: &History) -> Answered {
        let of_row = |(index, (_, _, step)): (usize, (&Walk, usize, &Step))| {
            let parts = &record.deeds[step.deed as usize].parts;
            let own = |r| (r, M::META.response_numbers(r, parts, record.answers.numbers(index)));
            let observed = &record.observations[record.nodes[step.node as usize].observation as usize].numbers;
            let measured = (M::META.responses.len()..).zip(measures::<M>());
            let measured = measured.filter_map(|(at, (m, _))| Some((at, [observed.get(m).copied().flatten()?, f64::NAN])));
            record.answers.counted(index).map(own).chain(measured).collect::<Vec<_>>()
        };
        record.rows().enumerate().flat_map(of_row).collect()
    }

    fn answer_anew(
        &self,
        assigned: &Assigned,
        record: &History,
        options: &AgentOptions,
        rng: &mut dyn Rng,
    ) -> Result<Answered, ScoreError> {
        let mut anew = Vec::new();
        let answers = !M::META.responses.is_empty();
        if !answers && measures::<M>().next().is_none() {
            return Ok(anew);
        }
        let wanted = if answers { Wanted::Scored } else { Wanted::None };
        each_row(self, assigned, (record, options), wanted, |lived| {
            // What was measured, as it was expected just before.
            for (at, (m, _)) in (M::META.responses.len()..).zip(measures::<M>()) {
                if lived.observation.numbers.get(m).copied().flatten().is_some() {
                    let drawn = draw_predictive(lived.tables, lived.before, m, &mut *rng);
                    anew.extend(drawn.map(|number| (at, [number, f64::NAN])));
                }
            }
            let parts = &record.deeds[lived.step().deed as usize].parts;
            for response in record.answers.counted(lived.index()) {
                let drawn = |moment: Deliberation<'_, M>| self.0.respond(response, &moment.with_chosen(parts), Draw(rng));
                anew.extend(lived.deliberate(drawn).flatten().map(|numbers| (response, numbers)));
            }
        })?;
        Ok(anew)
    }

    /// Trial by trial: the belief about every state (`place=Left`), the surprise of what was observed (`-ln P(o)`, nats, by modality; that of a
    /// reading up to the scale of its weights; `surprise` is their sum, as if modalities were independent given what was believed; not a number where nothing was observed), how far it moved the
    /// belief (Bayesian surprise: the sum over factors of `KL(after || before)`, nats), what uncertainty is left (the sum of entropies), and the
    /// probability of the recorded choice. Missing values are not numbers.
    ///
    /// `None` where parameters make no model.
    fn regressors(&self, assigned: &Assigned, record: &History, options: &AgentOptions) -> Option<Regressors> {
        let meta = M::META;
        let mut columns = Vec::new();
        for factor in meta.factors {
            columns.extend(factor.states.all().map(|state| format!("{}={state}", factor.name)));
        }
        columns.extend(meta.modalities.iter().map(|m| format!("surprise_{}", m.name)));
        columns.extend(["surprise", "bayesian_surprise", "entropy", "choice_probability"].map(String::from));
        let mut rows = Vec::new();
        let walked = each_row(self, assigned, (record, options), Wanted::Recorded, |lived| {
            let expected = predict_outcomes(lived.tables, lived.before);
            let mut values = Vec::with_capacity(columns.len());
            let (mut moved, mut left) = (0.0, 0.0);
            for f in 0..meta.factors.len() {
                let (old, new) = (lived.before.probabilities(f), lived.after.probabilities(f));
                values.extend_from_slice(new);
                left += entropy(new);
                let believed = new.iter().zip(old).filter(|(q, _)| **q > 0.0);
                moved += believed.map(|(q, p)| q * (q / p.max(f64::MIN_POSITIVE)).ln()).sum::<f64>();
            }
            let surprise = |m| {
                lived
                    .observation
                    .log_probability(lived.tables, lived.before, m, expected.probabilities(m))
                    .map_or(f64::NAN, |log| -log)
            };
            let surprises: Vec<f64> = (0..meta.modalities.len()).map(surprise).collect();
            let seen = surprises.iter().filter(|s| !s.is_nan());
            let total = if seen.clone().count() == 0 { f64::NAN } else { seen.sum::<f64>() };
            values.extend(surprises);
            values.extend([total, moved, left, lived.probability(&self.0, record)]);
            let block = &record.blocks[lived.block];
            rows.push((block.session.clone(), block.name.clone(), block.first_step + lived.row() as i64, values));
        });
        walked.ok()?;
        Some(Regressors { columns, rows })
    }

    fn neural(&self, assigned: &Assigned, record: &History, options: &AgentOptions) -> Result<Regressors, NeuralError> {
        neural(&self.0, assigned, record, options)
    }

    fn remarks(records: &[History]) -> Vec<String> {
        let remark = |(r, own): (usize, &Response)| {
            let sum = |which: usize| records.iter().map(|record| record.answers.missing(r)[which]).sum::<usize>();
            let (missing, acting) = (sum(0), sum(1));
            let what = if own.kind.columns() > 1 { "it or its time" } else { "it" };
            (missing > 0).then(|| {
                format!("`{}` is not scored in {missing} of {acting} rows with an action: {what} is missing there", own.name)
            })
        };
        M::META.responses.iter().enumerate().filter_map(remark).collect()
    }

    /// Looks for observations that cannot be, whatever the hidden state: given what was believed before them their probability is zero.
    fn check_observations(&self, assigned: &Assigned, record: &History, options: &AgentOptions) -> Result<(), ScoreError> {
        each_row(self, assigned, (record, options), Wanted::None, |_| {})
    }
}

/// The modalities that are measured, with their places.
fn measures<M: GenerativeModel>() -> impl Iterator<Item = (usize, &'static Modality)> {
    let all: &'static [Modality] = M::META.modalities;
    all.iter().enumerate().filter(|(_, m)| m.measured.is_some())
}

/// One row: what the agent observes, chooses, answers and carries out is written into it. What moves the world, unless the row is the last.
fn step<M: GenerativeModel>(
    (model, agent): (&M, &mut Agent<M>),
    row: &mut RecordedRow,
    (seen, last): (&M::Observation, bool),
    place: impl Fn() -> String,
    rng: &mut dyn Rng,
) -> Result<Option<M::Action>, StudyError> {
    let meta: Meta = M::META;
    let told = row.told.take();
    if let Some(numbers) = told.as_ref().and_then(|told| told.preferences.as_ref()) {
        agent.clear_preferences();
        let own = preferences::<f64, M>(numbers).map_err(StudyError::Model)?;
        own.map_or(Ok(()), |own| agent.set_preferences(own)).map_err(StudyError::Model)?;
    }
    let missing = |list: &[Option<f64>], at: usize| list.get(at).is_some_and(Option::is_none);
    // Where a reading was, the agent sees the outcome itself: how readings come about is not declared.
    let readings = std::mem::take(&mut row.readings);
    let shown = |m: usize| !missing(&row.observations, m) || readings.iter().any(|reading| reading.modality == m);
    row.observations = (0..meta.modalities.len()).map(|m| shown(m).then(|| seen.number(m))).collect();
    let evidence = M::evidence_of_numbers(&row.observations);
    let noticed = if meta.responses.is_empty() {
        agent.infer_states(evidence);
        Noticed::nothing()
    } else {
        agent.notice(evidence)
    };
    if last {
        return Ok(None);
    }
    let open = told.as_ref().and_then(|told| told.open.as_deref());
    // What the agent is forced to, else what it chooses.
    let forced = |at: usize| row.responses.get(at).copied().flatten().filter(|_| !row.scored);
    let told_more = open.is_some() || told.as_ref().is_some_and(|told| told.carried == CarriedOut::Unknown);
    if let Some(response) = meta.response_of_action().filter(|_| told_more) {
        return Err(StudyError::ToldOfResponse { response: meta.responses[response].name });
    }
    let answering = Answering { model, agent, noticed, choice: (!meta.responses.is_empty()).then(|| agent.life().choice(open)) };
    let free = |agent: &Agent<M>, rng: &mut dyn Rng| match open {
        None => Ok(agent.sample_action(rng)),
        Some(open) => {
            let is_open = |action: M::Action| open.get(action.index()).copied().unwrap_or(false);
            agent.sample_action_among(is_open, rng).map_err(StudyError::Model)
        }
    };
    let Answer { chosen, parts, answers } = answering.answer(forced, free, place, rng)?;
    let done = parts.iter().map(|part| part.map(|value| value as f64)).chain(answers.iter().map(|&x| known(x)));
    row.responses = done.enumerate().map(|(at, own)| own.filter(|_| !missing(&row.responses, at))).collect();
    let carried = told.as_ref().map_or(&CarriedOut::Chosen, |told| &told.carried);
    let action = match carried {
        CarriedOut::Action(action) => Carried::Action(*action),
        CarriedOut::OneOf(actions) => Carried::OneOf(actions),
        CarriedOut::Chosen => Carried::Action(chosen.index()),
        CarriedOut::Unknown => Carried::Unknown,
    };
    agent.carry_out_among(action, open);
    // Of several that may have been carried out, the world does what was chosen.
    let moved = if let CarriedOut::Action(action) = carried { M::Action::from_index(*action) } else { None };
    row.told = told;
    Ok(Some(moved.unwrap_or(chosen)))
}
