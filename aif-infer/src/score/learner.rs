//! Walks along a record as it was, block after block: scores agents whose blocks depend on those before them, because they learn or keep
//! beliefs between blocks.

use std::sync::Arc;

use aif_runtime::act::action_log_probabilities;
use aif_runtime::learn::Learner;
use aif_runtime::model::Marginals;
use aif_runtime::perceive::{Filter, predict_outcomes};
use aif_runtime::plan::{Induction, Scene};
use aif_runtime::{AgentOptions, Domain, GenerativeModel, Inputs, Meta, ModelError, Real, Tables};

use super::ScoreError;
use super::agent::{Scorer, effective_action, fits, of_pattern};
use super::memory::Choice;

/// Whether blocks depend on those before them.
pub(super) fn needed(meta: &Meta, options: &AgentOptions) -> bool {
    options.learning.is_some() || meta.factors.iter().any(|f| f.kept)
}

/// One row of a record as the agent lived it.
pub(super) struct Lived<'a, T: Real, M: GenerativeModel<T>> {
    pub block: usize,
    pub row: usize,
    /// What was believed before the observation, and after it.
    pub before: &'a M::Belief,
    pub after: &'a M::Belief,
    /// The tables at that time.
    pub tables: &'a Tables<M, T>,
    pub observation: &'a [Option<usize>],
    /// What the agent would have chosen, and the log-probability of what it did; at rows with a recorded action that is scored, or
    /// wherever there is an action at all if all are wanted.
    pub choice: Option<(&'a Choice<T, M>, T)>,
}

/// Walks along a record as it was; `each` takes what the agent would have chosen at each scored response, and the log-probability of what
/// it did.
pub(super) fn walk<T: Real, M: GenerativeModel<T>>(
    model: &M,
    scorer: Scorer<'_, T, M>,
    mut each: impl FnMut(&Choice<T, M>, T),
) -> Result<(), ScoreError> {
    live(model, scorer, false, |lived| {
        if let Some((choice, log_p)) = lived.choice {
            each(choice, log_p);
        }
    })
}

/// Walks along a record as it was; `each` takes every row. `all` asks for the choices at unscored actions, too.
///
/// A step is scored before what it teaches is learned; every row is learned from, scored or not.
pub(super) fn live<T: Real, M: GenerativeModel<T>>(
    model: &M,
    scorer: Scorer<'_, T, M>,
    all: bool,
    mut each: impl FnMut(Lived<'_, T, M>),
) -> Result<(), ScoreError> {
    let Scorer { record, options, memory } = scorer;
    let learning = options.learning.as_ref();
    let horizon = options.horizon_for(&M::META);
    let Some(first) = record.blocks.iter().find_map(|b| b.rows.first()) else { return Ok(()) };
    let mut inputs = record.nodes[first.node as usize].inputs;
    let mut tables = Arc::new(memory.tables[inputs as usize].clone());
    let mut filter = Filter::new(&tables, options.inference);
    let mut learner = learning.map(|_| Learner::<M, T>::new(tables.clone()));
    let mut induction = options.induction.map(|o| Induction::new(&tables, &o));
    let mut response = 0;
    for (b, block) in record.blocks.iter().enumerate() {
        for (r, row) in block.rows.iter().enumerate() {
            let node = &record.nodes[row.node as usize];
            if node.inputs != inputs {
                if let (Some(learner), Some(learning)) = (&mut learner, learning) {
                    learner.finish(&mut tables, options, learning);
                }
                inputs = node.inputs;
                tables = under_inputs(model, &record.inputs[inputs as usize], horizon, &tables, learner.as_mut())?;
                filter.begin_window();
                induction = options.induction.map(|o| Induction::new(&tables, &o));
            }
            if r == 0 && b > 0 {
                if let (Some(learner), Some(learning)) = (&mut learner, learning) {
                    learner.finish(&mut tables, options, learning);
                    learner.begin();
                    induction = options.induction.map(|o| Induction::new(&tables, &o));
                }
                filter.begin_block(&tables);
            }
            let observation = &record.observations[node.observation as usize];
            let evidence = M::evidence(observation);
            possible(&tables, filter.belief(), observation, || record.place(b, r))?;
            let before = *filter.belief();
            filter.perceive(&tables, &evidence);
            if let (Some(learner), Some(learning)) = (&mut learner, learning) {
                learner.observe(evidence, &filter, learning);
            }
            let pattern = &record.patterns[row.pattern as usize];
            let recorded = pattern.iter().any(Option::is_some);
            let mut choice = None;
            if row.scored || (all && recorded) {
                let scene = Scene { induction: induction.as_ref(), ..Scene::new(&tables, filter.belief(), options) };
                let own = action_log_probabilities(&options.planning, scene, &memory.precisions[inputs as usize]);
                let log_p = of_pattern::<T, M>(M::Action::entries(&own), pattern);
                if row.scored && !log_p.is_finite() {
                    return Err(ScoreError::Response { response, place: record.place(b, r), value: log_p.value() });
                }
                response += usize::from(row.scored);
                choice = Some((own, log_p));
            }
            each(Lived {
                block: b,
                row: r,
                before: &before,
                after: filter.belief(),
                tables: &tables,
                observation,
                choice: choice.as_ref().map(|(own, log_p)| (own, *log_p)),
            });
            if let (Some(learner), Some(learning)) = (&mut learner, learning)
                && learner.step(&mut tables, options, learning)
                && learning.rates.transition.is_some()
            {
                induction = options.induction.map(|o| Induction::new(&tables, &o));
            }
            if pattern.iter().all(Option::is_none) && r + 1 == block.rows.len() {
                continue;
            }
            let Some(action) = effective_action::<T, M>(pattern) else {
                if learner.is_some() {
                    let text = format!(
                        "{}: an agent that learns cannot be scored under a missing action that moves a hidden state",
                        record.place(b, r)
                    );
                    return Err(ModelError::Options(text).into());
                }
                // The mixture of all actions that fit, weighted by how probable each was.
                let scene = Scene { induction: induction.as_ref(), ..Scene::new(&tables, filter.belief(), options) };
                let own = action_log_probabilities(&options.planning, scene, &memory.precisions[inputs as usize]);
                let log_p = M::Action::entries(&own);
                let total = of_pattern::<T, M>(log_p, pattern);
                filter.advance_mixture(&tables, |action| fits::<T, M>(action, pattern).then(|| (log_p[action] - total).exp()));
                continue;
            };
            if let Some(learner) = &mut learner {
                learner.act(action, filter.belief());
            }
            filter.advance(&tables, action, &options.compat);
        }
    }
    Ok(())
}

/// Tables under other inputs, with what has been learned.
fn under_inputs<T: Real, M: GenerativeModel<T>>(
    model: &M,
    numbers: &[f64],
    horizon: usize,
    before: &Tables<M, T>,
    learner: Option<&mut Learner<M, T>>,
) -> Result<Arc<Tables<M, T>>, ScoreError> {
    let inputs = M::Inputs::from_numbers(numbers)
        .ok_or_else(|| ModelError::Options(format!("{numbers:?} are no inputs of {}", M::META.name)))?;
    let mut tables = Tables::new(model, inputs, horizon)?;
    if let Some(learner) = learner {
        learner.change_tables(&tables, before);
    }
    if before.has_learned() {
        tables.take_counts(before);
    }
    Ok(Arc::new(tables))
}

/// Whether what was observed can be, given what is believed.
fn possible<T: Real, M: GenerativeModel<T>>(
    tables: &Tables<M, T>,
    belief: &M::Belief,
    observation: &[Option<usize>],
    place: impl Fn() -> String,
) -> Result<(), ScoreError> {
    let expected = predict_outcomes(tables, belief);
    for (m, outcome) in observation.iter().enumerate() {
        if let Some(o) = outcome.filter(|&o| expected.probabilities(m)[o].value() <= 0.0) {
            let modality = &M::META.modalities[m];
            let outcome = modality.outcomes.label(o).into_owned();
            return Err(ScoreError::Observation { place: place(), modality: modality.name.into(), outcome });
        }
    }
    Ok(())
}
