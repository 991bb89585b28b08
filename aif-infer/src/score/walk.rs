//! Lives a record as it was, row after row: for agents whose blocks depend on those before them, and for whoever wants to see each row.

use aif_runtime::measure::Probabilities;
use aif_runtime::model::Deliberation;
use aif_runtime::perceive::{Carries, is_expected, log_predictive, move_alike};
use aif_runtime::{
    ActionProbabilities, AgentOptions, Assigned, Carried, GenerativeModel, Life, Meta, Noticed, Pomdp, Real, Tables,
};

use super::ScoreError;
use super::answers::{At, score};
use super::memory::{Memory, preferences, with_memory};
use super::scorer::{Scorer, carried_out, missing};
use crate::record::{CarriedOut, History, Observation, Step};

/// Whether blocks depend on those before them, or a window on the inputs under which it began.
pub(super) fn needed(meta: &Meta, options: &AgentOptions, record: &History) -> bool {
    let windowed = options.inference.carries(meta) == Carries::Window;
    options.learning.is_some() || meta.factors.iter().any(|f| f.kept) || (windowed && record.settings.len() > 1)
}

/// Which choices are wanted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// None: only what is seen matters.
    None,
    /// Those that are scored.
    Scored,
    /// All of which something is recorded.
    Recorded,
}

/// One row of a record as the agent lived it.
pub(crate) struct Lived<'a, T: Real, M: GenerativeModel<T>> {
    pub block: usize,
    /// What was believed before the observation, and after it.
    pub before: &'a M::Belief,
    pub after: &'a M::Belief,
    /// The tables at that time.
    pub tables: &'a Tables<M, T>,
    pub observation: &'a Observation,
    /// How probable each action was, and the log-probability of what was recorded, where they are wanted.
    pub choice: Option<(ActionProbabilities<M, T>, T)>,
    at: At<'a>,
    life: &'a Life<M, T>,
    noticed: Noticed<T>,
}

impl<T: Real, M: GenerativeModel<T>> Lived<'_, T, M> {
    /// The log-probability of the action, where it is scored.
    pub fn scored(&self) -> Option<T> {
        self.choice.filter(|_| self.at.step.scored).map(|(_, log_p)| log_p)
    }

    /// The row's place in its block.
    pub fn row(&self) -> usize {
        self.at.row
    }

    /// The row's place among all rows of the record.
    pub fn index(&self) -> usize {
        self.at.index
    }

    /// The row.
    pub fn step(&self) -> &Step {
        self.at.step
    }

    /// The log-densities of the responses that count.
    pub fn answers(&self, model: &M, record: &History, each: impl FnMut(T)) -> Result<(), ScoreError> {
        self.deliberate(|moment| score(model, (record, self.at), moment, each)).unwrap_or(Ok(()))
    }

    /// The probability of the recorded choice, however it comes about; not a number where none is.
    pub fn probability(&self, model: &M, record: &History) -> f64 {
        let recorded = self.choice.map_or(f64::NAN, |(_, log_p)| log_p.exp().value());
        let Some(response) = M::META.response_of_action().filter(|_| self.choice.is_some()) else { return recorded };
        let parts = &record.deeds[self.at.step.deed as usize].parts;
        let all = self.deliberate(|moment| model.respond(response, &moment, Probabilities)).flatten();
        let chosen = parts.first().copied().flatten();
        chosen.and_then(|chosen| all?.get(chosen).copied()).unwrap_or(f64::NAN)
    }

    /// Does something with the moment in which the agent acted, where its choice is wanted.
    pub fn deliberate<R>(&self, work: impl FnOnce(Deliberation<'_, M, T>) -> R) -> Option<R> {
        self.choice.as_ref().map(|(choice, _)| self.life.deliberate((choice, || self.noticed), work))
    }
}

/// Lives a record as it was; `each` takes every row. Every row is learned from, scored or not.
pub(super) fn live<T: Real, M: GenerativeModel<T>>(
    scorer: Scorer<'_, T, M>,
    wanted: Wanted,
    mut each: impl FnMut(Lived<'_, T, M>) -> Result<(), ScoreError>,
) -> Result<(), ScoreError> {
    let Scorer { record, options, memory } = scorer;
    let Some(first) = record.blocks.iter().find_map(|b| b.rows.first()) else { return Ok(()) };
    let mut setting = record.nodes[first.node as usize].setting;
    let mut life = Life::new(memory.setups[setting as usize].clone());
    let (mut response, mut index) = (0, 0);
    let answering = !M::META.responses.is_empty() && wanted != Wanted::None;
    for (b, block) in record.blocks.iter().enumerate() {
        for (r, row) in block.rows.iter().enumerate() {
            let node = &record.nodes[row.node as usize];
            if node.setting != setting {
                setting = node.setting;
                let own = &record.settings[setting as usize];
                life.set_inputs_of(&memory.setups[setting as usize])?;
                life.prefer(preferences::<T, M>(&own.preferences)?)?;
            }
            if r == 0 && b > 0 {
                life.begin_block();
            }
            let observation = &record.observations[node.observation as usize];
            possible(life.tables(), life.belief(), observation, || block.place(r))?;
            let before = *life.belief();
            let evidence = observation.evidence::<T, M>();
            let noticed = if answering {
                life.notice(&evidence)
            } else {
                life.observe(&evidence);
                Noticed::nothing()
            };
            let deed = &record.deeds[row.deed as usize];
            let open = record.open[deed.open as usize].as_deref();
            let recorded = deed.parts.iter().any(Option::is_some);
            let choice = match wanted {
                Wanted::Scored => row.scored || record.answers.counted(index).next().is_some(),
                Wanted::Recorded => recorded,
                Wanted::None => false,
            };
            let choice = choice.then(|| {
                let choice = life.choice(open);
                (choice, choice.of_parts(&deed.parts))
            });
            if let Some((_, log_p)) = choice.filter(|_| row.scored) {
                if !log_p.is_finite() {
                    return Err(ScoreError::Response { response, place: block.place(r), value: log_p.value() });
                }
                if !log_p.is_wholly_finite() {
                    return Err(ScoreError::Derivative { place: block.place(r), value: log_p.value() });
                }
                response += 1;
            }
            let (tables, after) = (life.tables(), life.belief());
            let at = At { index, block, row: r, step: row };
            each(Lived { block: b, before: &before, after, tables, observation, choice, at, life: &life, noticed })?;
            index += 1;
            if !recorded && deed.carried == CarriedOut::Chosen && r + 1 == block.rows.len() {
                continue;
            }
            let choose = || choice.map_or_else(|| life.choice(open), |(choice, _)| choice);
            // What moves nothing makes a habit all the same.
            let habit = options.learning.is_some_and(|l| l.rates.habit.is_some()) && !life.tables().habit_counts().is_empty();
            let gap = habit && deed.carried == CarriedOut::Chosen && deed.parts.iter().any(Option::is_none);
            let mut weights = Vec::new();
            let carried = match carried_out::<T, M>(deed, &mut weights).filter(|_| !gap) {
                Some(carried) => carried,
                None if options.learning.is_some() => match any_of(&life, &deed.parts, open).filter(|_| !gap) {
                    Some(action) => Carried::Action(action),
                    None => return Err(ScoreError::MissingAction { place: block.place(r) }),
                },
                None if M::META.response_of_action().is_some() => return Err(missing::<T, M>(block.place(r))),
                None => {
                    weights = choose().weights(&deed.parts);
                    Carried::OneOf(&weights)
                }
            };
            life.act(carried, open);
        }
    }
    Ok(())
}

/// One of the actions that fit what is recorded and could be taken, where all of them move everything alike: it does not matter which it was.
fn any_of<T: Real, M: GenerativeModel<T>>(life: &Life<M, T>, parts: &[Option<usize>], open: Option<&[bool]>) -> Option<usize> {
    let fits =
        |action: usize| parts.iter().enumerate().all(|(a, part)| part.is_none_or(|part| part == M::META.action_value(action, a)));
    let is_open = |action: usize| open.is_none_or(|open| open.get(action).is_some_and(|open| *open));
    let mut possible = (0..M::META.joint_actions()).filter(|&action| fits(action) && is_open(action));
    // Policies are carried on after one of them, and not after another.
    let first = possible.next().filter(|_| life.setup().policies().is_none_or(|policies| !policies.is_carried_on()))?;
    possible.all(|other| move_alike(life.tables(), life.belief(), (first, other))).then_some(first)
}

/// Lives the record of an agent; `each` takes every row.
pub(crate) fn each_row<M: GenerativeModel>(
    agent: &Pomdp<M>,
    assigned: &Assigned,
    (record, options): (&History, &AgentOptions),
    wanted: Wanted,
    mut each: impl FnMut(Lived<'_, f64, M>),
) -> Result<(), ScoreError> {
    let options = &assigned.complete(options);
    with_memory(|memory: &mut Memory<f64, M>| {
        let scorer = Scorer::new(&agent.0, assigned, record, options, memory)?;
        live(scorer, wanted, |lived| {
            each(lived);
            Ok(())
        })
    })
}

/// The probability of every action at each scored response, in the order of the record; equal histories are worked out once. None at a response
/// that is not the action.
pub(crate) fn each_choice<M: GenerativeModel>(
    agent: &Pomdp<M>,
    assigned: &Assigned,
    (record, options): (&History, &AgentOptions),
) -> Result<Vec<Vec<f64>>, ScoreError> {
    let options = &assigned.complete(options);
    let probabilities = |choice: &ActionProbabilities<M, f64>| choice.entries().iter().map(|p| p.exp()).collect::<Vec<f64>>();
    let mut each = Vec::with_capacity(record.responses());
    if needed(&M::META, options, record) || record.answers.count() > 0 {
        each_row(agent, assigned, (record, options), Wanted::Scored, |lived| {
            each.extend(lived.choice.filter(|_| lived.step().scored).map(|(choice, _)| probabilities(&choice)));
            for response in record.answers.counted(lived.at.index) {
                let action = M::META.responses[response].action;
                let own = lived.deliberate(|moment| agent.0.respond(response, &moment, Probabilities)).flatten();
                each.push(own.filter(|_| action).unwrap_or_default());
            }
        })?;
        return Ok(each);
    }
    with_memory(|memory: &mut Memory<f64, M>| {
        let mut scorer = Scorer::new(&agent.0, assigned, record, options, memory)?;
        scorer.live()?;
        let known: Vec<Vec<f64>> = scorer.memory.choices.iter().map(probabilities).collect();
        each.extend(record.order.iter().map(|&r| known[scorer.memory.chosen_from[r as usize] as usize].clone()));
        Ok(each)
    })
}

/// Whether what was observed can be, given what is believed.
pub(super) fn possible<T: Real, M: GenerativeModel<T>>(
    tables: &Tables<M, T>,
    belief: &M::Belief,
    observation: &Observation,
    place: impl Fn() -> String,
) -> Result<(), ScoreError> {
    for (m, modality) in M::META.modalities.iter().enumerate() {
        if modality.measured.is_some() {
            let number = observation.numbers.get(m).copied().flatten();
            if let Some(x) = number.filter(|&x| log_predictive(tables, belief, m, T::constant(x)).value() == f64::NEG_INFINITY) {
                return Err(ScoreError::Observation { place: place(), modality: modality.name.into(), outcome: x.to_string() });
            }
            continue;
        }
        let mut causes = observation.causes(m).peekable();
        if causes.peek().is_some() && causes.all(|o| !is_expected(tables, belief, m, o)) {
            let labels: Vec<_> = observation.causes(m).map(|o| modality.outcomes.label(o)).collect();
            let outcome = labels.join(" or ");
            return Err(ScoreError::Observation { place: place(), modality: modality.name.into(), outcome });
        }
    }
    Ok(())
}
