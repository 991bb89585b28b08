//! Trial-by-trial beliefs and prediction errors of one record under given parameters.

use aif_runtime::act::action_log_probabilities;
use aif_runtime::model::Marginals;
use aif_runtime::perceive::{Filter, predict_outcomes};
use aif_runtime::plan::{Induction, Scene};
use aif_runtime::scalar::entropy;
use aif_runtime::{AgentOptions, Domain, GenerativeModel, Inputs, Tables};

use super::Assigned;
use super::agent::{effective_action, of_pattern};
use super::record::History;
use crate::fit::Regressors;

/// Trial by trial: the belief about every state (`place=Left`), the surprise of what was observed (`-ln P(o)`, nats, by modality and in
/// all), how far it moved the belief (Bayesian surprise: the sum over factors of `KL(after || before)`, nats), what uncertainty is left
/// (the sum of entropies), and the probability of the recorded choice. Missing values are not numbers.
///
/// Agents that learn are not followed: `None`, as where parameters make no model.
pub(crate) fn agent_regressors<M: GenerativeModel>(
    model: &M,
    assigned: &Assigned<f64>,
    record: &History,
    options: &AgentOptions,
) -> Option<Regressors> {
    if options.learning.is_some() || options.check(&M::META).is_err() {
        return None;
    }
    let meta = M::META;
    let mut columns = Vec::new();
    for factor in meta.factors {
        columns.extend(factor.states.all().map(|state| format!("{}={state}", factor.name)));
    }
    columns.extend(meta.modalities.iter().map(|m| format!("surprise_{}", m.name)));
    columns.extend(["surprise", "bayesian_surprise", "entropy", "choice_probability"].map(String::from));

    let horizon = options.horizon_for(&meta);
    let mut tables = Vec::new();
    for numbers in &record.inputs {
        tables.push(Tables::new(model, M::Inputs::from_numbers(numbers)?, horizon).ok()?);
    }
    let precisions: Vec<_> = tables.iter().map(|t| assigned.over(t.precisions())).collect();
    let induction: Vec<_> = tables.iter().map(|t| options.induction.map(|o| Induction::new(t, &o))).collect();
    let mut rows = Vec::new();
    let mut filter: Option<Filter<M::Belief, M::Evidence>> = None;
    for block in &record.blocks {
        for (r, row) in block.rows.iter().enumerate() {
            let node = &record.nodes[row.node as usize];
            let (tables, at) = (&tables[node.inputs as usize], node.inputs as usize);
            let filter = match &mut filter {
                Some(filter) => {
                    if r == 0 {
                        filter.begin_block(tables);
                    }
                    filter
                }
                None => filter.insert(Filter::new(tables, options.inference)),
            };
            let observation = &record.observations[node.observation as usize];
            let before = *filter.belief();
            let expected = predict_outcomes(tables, &before);
            filter.perceive(tables, &M::evidence(observation));
            let after = filter.belief();

            let mut values = Vec::with_capacity(columns.len());
            let (mut moved, mut left) = (0.0, 0.0);
            for f in 0..meta.factors.len() {
                let (old, new) = (before.probabilities(f), after.probabilities(f));
                values.extend_from_slice(new);
                left += entropy(new);
                moved += new.iter().zip(old).filter(|(q, _)| **q > 0.0).map(|(q, p)| q * (q / p.max(f64::MIN_POSITIVE)).ln()).sum::<f64>();
            }
            let surprises: Vec<f64> = observation
                .iter()
                .enumerate()
                .map(|(m, outcome)| outcome.map_or(f64::NAN, |o| -expected.probabilities(m)[o].ln()))
                .collect();
            let total = surprises.iter().filter(|s| !s.is_nan()).sum::<f64>();
            values.extend(surprises);
            let pattern = &record.patterns[row.pattern as usize];
            let recorded = pattern.iter().any(Option::is_some);
            let scene = Scene { induction: induction[at].as_ref(), ..Scene::new(tables, after, options) };
            let probability = if recorded {
                let choice = action_log_probabilities(&options.planning, scene, &precisions[at]);
                of_pattern::<f64, M>(M::Action::entries(&choice), pattern).exp()
            } else {
                f64::NAN
            };
            values.extend([total, moved, left, probability]);
            rows.push((block.name.clone(), block.first_step + r as i64, values));
            if r + 1 < block.rows.len() {
                filter.advance(tables, effective_action::<f64, M>(pattern)?, &options.compat);
            }
        }
    }
    Some(Regressors { columns, rows })
}
