//! Scores an agent whose blocks depend on those before them, because it learns or keeps beliefs between blocks: walks along the record as it
//! was, block after block.

use std::sync::Arc;

use aif_runtime::act::action_log_probabilities;
use aif_runtime::learn::Learner;
use aif_runtime::model::Marginals;
use aif_runtime::perceive::{Filter, predict_outcomes};
use aif_runtime::plan::{Induction, Scene};
use aif_runtime::{AgentOptions, Domain, GenerativeModel, Inputs, Meta, ModelError, Real, Tables};

use super::ScoreError;
use super::agent::{Scorer, effective_action, of_pattern};
use super::memory::Choice;

/// Whether blocks depend on those before them.
pub(super) fn needed(meta: &Meta, options: &AgentOptions) -> bool {
    options.learning.is_some() || meta.factors.iter().any(|f| f.kept)
}

/// Walks along a record; `each` takes what the agent would have chosen at each scored response, and the log-probability of what it did.
///
/// A step is scored before what it teaches is learned; every row is learned from, scored or not.
pub(super) fn walk<T: Real, M: GenerativeModel<T>>(
    model: &M,
    scorer: Scorer<'_, T, M>,
    mut each: impl FnMut(&Choice<T, M>, T),
) -> Result<(), ScoreError> {
    let Scorer { record, options, memory } = scorer;
    let learning = options.learning.as_ref();
    let horizon = options.horizon_for(&M::META);
    let Some(first) = record.blocks.first().and_then(|b| b.rows.first()) else { return Ok(()) };
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
            filter.perceive(&tables, &evidence);
            if let (Some(learner), Some(learning)) = (&mut learner, learning) {
                learner.observe(evidence, &filter, learning);
            }
            let pattern = &record.patterns[row.pattern as usize];
            if row.scored {
                let scene = Scene { induction: induction.as_ref(), ..Scene::new(&tables, filter.belief(), options) };
                let choice = action_log_probabilities(&options.planning, scene, &memory.precisions[inputs as usize]);
                let log_p = of_pattern::<T, M>(M::Action::entries(&choice), pattern);
                if !log_p.is_finite() {
                    return Err(ScoreError::Response { response, place: record.place(b, r), value: log_p.value() });
                }
                each(&choice, log_p);
                response += 1;
            }
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
                let text = format!("{}: an agent that learns, or keeps beliefs between blocks, cannot be scored under a missing action that moves a hidden state", record.place(b, r));
                return Err(ModelError::Options(text).into());
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
