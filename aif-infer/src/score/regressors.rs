//! Trial-by-trial beliefs and prediction errors of one record under given parameters.

use aif_runtime::model::Marginals;
use aif_runtime::perceive::predict_outcomes;
use aif_runtime::scalar::entropy;
use aif_runtime::{AgentOptions, GenerativeModel};

use super::agent::Scorer;
use super::memory::{Memory, with_memory};
use super::record::History;
use super::{Assigned, learner};
use crate::fit::Regressors;

/// Trial by trial: the belief about every state (`place=Left`), the surprise of what was observed (`-ln P(o)`, nats, by modality; `surprise`
/// is their sum, as if modalities were independent given what was believed; not a number where nothing was observed), how far it moved the belief (Bayesian surprise: the sum over factors of `KL(after || before)`, nats), what uncertainty is left
/// (the sum of entropies), and the probability of the recorded choice. Missing values are not numbers.
///
/// `None` where parameters make no model.
pub(crate) fn agent_regressors<M: GenerativeModel>(
    model: &M,
    assigned: &Assigned<f64>,
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
    let walked = with_memory(|memory: &mut Memory<f64, M>| {
        let scorer = Scorer::new(model, assigned, record, options, memory)?;
        learner::live(model, scorer, true, |lived| {
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
        })
    });
    walked.ok()?;
    Some(Regressors { columns, rows })
}
