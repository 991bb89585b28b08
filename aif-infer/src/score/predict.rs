//! What an agent is predicted to do, and what it can be seen to believe, row after row.

use aif_runtime::model::Marginals;
use aif_runtime::perceive::predict_outcomes;
use aif_runtime::scalar::entropy;
use aif_runtime::{AgentOptions, Assigned, GenerativeModel, Pomdp};

use super::ScoreError;
use super::memory::{Memory, with_memory};
use super::scorer::Scorer;
use super::walk::{Lived, Wanted, live};
use crate::record::{History, Regressors};

fn each_row<M: GenerativeModel>(
    agent: &Pomdp<M>,
    assigned: &Assigned,
    (record, options): (&History, &AgentOptions),
    wanted: Wanted,
    each: impl FnMut(Lived<'_, f64, M>),
) -> Result<(), ScoreError> {
    with_memory(|memory: &mut Memory<f64, M>| {
        live(&agent.0, Scorer::new(&agent.0, assigned, record, options, memory)?, wanted, each)
    })
}

/// What an agent is predicted to do: for each scored response, the probability of every joint action given what it had seen and done
/// before.
///
/// # Errors
/// As [`log_likelihood`](super::Behaviour::log_likelihood).
pub fn agent_predictions<M: GenerativeModel>(
    agent: &Pomdp<M>,
    assigned: &Assigned,
    record: &History,
    options: &AgentOptions,
) -> Result<Vec<Vec<f64>>, ScoreError> {
    let mut each = Vec::with_capacity(record.responses());
    each_row(agent, assigned, (record, options), Wanted::Scored, |lived| {
        each.extend(lived.choice.map(|(choice, _)| choice.entries().iter().map(|p| p.exp()).collect::<Vec<f64>>()));
    })?;
    Ok(each)
}

/// Looks for observations that cannot be, whatever the hidden state: given what was believed before them their probability is zero.
///
/// # Errors
/// Names the first such observation; else as [`log_likelihood`](super::Behaviour::log_likelihood).
pub fn agent_check_observations<M: GenerativeModel>(
    agent: &Pomdp<M>,
    assigned: &Assigned,
    record: &History,
    options: &AgentOptions,
) -> Result<(), ScoreError> {
    each_row(agent, assigned, (record, options), Wanted::None, |_| {})
}

/// Trial by trial: the belief about every state (`place=Left`), the surprise of what was observed (`-ln P(o)`, nats, by modality; `surprise`
/// is their sum, as if modalities were independent given what was believed; not a number where nothing was observed), how far it moved the belief (Bayesian surprise: the sum over factors of `KL(after || before)`, nats), what uncertainty is left
/// (the sum of entropies), and the probability of the recorded choice. Missing values are not numbers.
///
/// `None` where parameters make no model.
pub fn agent_regressors<M: GenerativeModel>(
    agent: &Pomdp<M>,
    assigned: &Assigned,
    record: &History,
    options: &AgentOptions,
) -> Option<Regressors> {
    let meta = M::META;
    let mut columns = Vec::new();
    for factor in meta.factors {
        columns.extend(factor.states.all().map(|state| format!("{}={state}", factor.name)));
    }
    columns.extend(meta.modalities.iter().map(|m| format!("surprise_{}", m.name)));
    columns.extend(["surprise", "bayesian_surprise", "entropy", "choice_probability"].map(String::from));
    let mut rows = Vec::new();
    let walked = each_row(agent, assigned, (record, options), Wanted::Recorded, |lived| {
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
        let outcomes = lived.observation.iter().enumerate();
        let surprises: Vec<f64> =
            outcomes.map(|(m, outcome)| outcome.map_or(f64::NAN, |o| -expected.probabilities(m)[o].ln())).collect();
        let seen = surprises.iter().filter(|s| !s.is_nan());
        let total = if seen.clone().count() == 0 { f64::NAN } else { seen.sum::<f64>() };
        values.extend(surprises);
        values.extend([total, moved, left, lived.choice.map_or(f64::NAN, |(_, log_p)| log_p.exp())]);
        let block = &record.blocks[lived.block];
        rows.push((block.session.clone(), block.name.clone(), block.first_step + lived.row as i64, values));
    });
    walked.ok()?;
    Some(Regressors { columns, rows })
}
