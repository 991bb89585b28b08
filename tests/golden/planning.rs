//! Expected free energy of every policy, term by term, goals, and action probabilities.

use aif::prelude::*;
use aif::runtime::act;
use aif::runtime::model::Marginals;
use aif::runtime::perceive::{predict, predict_outcomes};
use aif::runtime::plan::{Induction, PlanningContext, negative_expected_free_energy};
use serde_json::Value;

use super::read::{Case, Compare, list, local, numbers};

fn induction<M: GenerativeModel>(case: &Case<'_, M>) -> InductionOptions {
    let number = |key: &str| case.inputs[key].as_f64().expect("a number");
    InductionOptions {
        depth: number("inductive_depth") as usize,
        threshold: number("inductive_threshold"),
        epsilon: number("inductive_epsilon"),
    }
}

fn options(utility: bool, information: bool, parameters: (bool, bool), induction: Option<InductionOptions>) -> AgentOptions {
    let on = |switch: bool| f64::from(u8::from(switch));
    AgentOptions {
        inference: Inference::REFERENCE,
        terms: Terms {
            utility: on(utility),
            state_information_gain: on(information),
            likelihood_information_gain: on(parameters.0),
            transition_information_gain: on(parameters.1),
            inductive_value: 1.0,
        },
        induction,
        ..AgentOptions::default()
    }
}

/// All policies of an agent that has seen `obs`.
fn plan<M: GenerativeModel>(case: &Case<'_, M>, options: AgentOptions) -> (Agent<M>, Vec<f64>, Vec<f64>) {
    let mut agent = case.agent(options);
    agent.infer_states(case.evidence(&super::read::indices(&case.inputs["obs"])));
    let mut energies = vec![0.0; agent.policy_count()];
    let mut posterior = energies.clone();
    agent.negative_expected_free_energies(&mut energies).expect("the buffer fits");
    agent.policy_posterior(&mut posterior).expect("the buffer fits");
    (agent, energies, posterior)
}

/// Planning from known tables; `timed` is the same model with preferences that depend on the step.
pub fn check<M: GenerativeModel>(case: &Case<'_, M>, timed: &Case<'_, M>, compare: &mut Compare) {
    policies(case, compare);
    let golden = &case.outputs["planning"];
    let goals = case.outputs.get("I").is_some();
    for key in list_keys(golden) {
        let Some(switches) = switches(&key) else { continue };
        let [utility, information, parameters, inductive] = switches;
        if parameters || (inductive && !goals) {
            continue;
        }
        check_key(case, &key, options(utility, information, (false, false), inductive.then(|| induction(case))), compare);
    }
    let (_, energies, posterior) = plan(timed, options(true, true, (false, false), None));
    compare.close("time-indexed C", &energies, &case.outputs["planning_time_indexed_C"]["neg_efe"]);
    compare.close("time-indexed C q_pi", &posterior, &case.outputs["planning_time_indexed_C"]["q_pi"]);
    if goals {
        let agent = case.agent(options(true, true, (false, false), None));
        let depth = induction(case).depth;
        let worked_back = Induction::new(agent.tables(), &induction(case));
        for (f, golden) in list(&case.outputs["I"]).iter().enumerate() {
            let n = M::META.factors[f].states.count;
            let rows = (0..depth).flat_map(|k| match worked_back.reaches(f, k) {
                Some(row) => row.map(usize::from).collect(),
                None => vec![0; n],
            });
            compare.same("I", &rows.collect::<Vec<_>>(), &Value::from(numbers(golden)));
        }
    }
    actions(case, compare);
}

/// Planning with information gain about parameters, from tables with counts.
pub fn check_counted<M: GenerativeModel>(case: &Case<'_, M>, compare: &mut Compare) {
    let golden = &case.outputs["planning"];
    let goals = case.outputs.get("I").is_some();
    check_key(case, "pA_only", options(false, false, (true, false), None), compare);
    check_key(case, "pB_only", options(false, false, (false, true), None), compare);
    for key in list_keys(golden) {
        let Some([utility, information, parameters, inductive]) = switches(&key) else { continue };
        if inductive && !goals {
            continue;
        }
        let options = options(utility, information, (parameters, parameters), inductive.then(|| induction(case)));
        check_key(case, &key, options, compare);
    }
    trace(case, compare);
}

fn list_keys(value: &Value) -> Vec<String> {
    value.as_object().expect("an object").keys().cloned().collect()
}

/// `u1s0p1i0` as switches.
fn switches(key: &str) -> Option<[bool; 4]> {
    let digits: Vec<bool> = key.chars().filter(char::is_ascii_digit).map(|c| c == '1').collect();
    <[bool; 4]>::try_from(digits).ok()
}

fn check_key<M: GenerativeModel>(case: &Case<'_, M>, key: &str, options: AgentOptions, compare: &mut Compare) {
    let golden = &case.outputs["planning"][key];
    let (agent, energies, posterior) = plan(case, options);
    compare.close(&format!("{key} neg_efe"), &energies, &golden["neg_efe"]);
    if !golden["q_pi"].is_null() {
        compare.close(&format!("{key} q_pi"), &posterior, &golden["q_pi"]);
    }
    // The weights of first actions that selection uses are the marginals of the list.
    let later = posterior.len() / M::Action::COUNT;
    let marginals: Vec<f64> = posterior.chunks(later).map(|c| c.iter().sum()).collect();
    let weights: Vec<f64> = M::Action::entries(&agent.infer_policies()).iter().map(|w| w.exp()).collect();
    compare.close(&format!("{key} first actions"), &weights, &Value::from(marginals));
}

/// The order of policies: the last step's action runs fastest, and each row has the part of the action that drives each factor.
fn policies<M: GenerativeModel>(case: &Case<'_, M>, compare: &mut Compare) {
    let agent = case.agent(AgentOptions::default());
    let horizon = M::META.horizon;
    let mut rows = Vec::new();
    for policy in 0..agent.policy_count() {
        for step in 0..horizon {
            let stride = M::Action::COUNT.pow((horizon - 1 - step) as u32);
            rows.extend(local(case, policy / stride % M::Action::COUNT));
        }
    }
    compare.same("policies", &rows, &Value::from(numbers(&case.outputs["policies"])));
    if let Some(multi) = case.outputs.get("multi_actions") {
        for (i, values) in list(&multi["multi"]).iter().enumerate() {
            let values = numbers(values);
            let joint = (0..M::META.joint_actions())
                .find(|&joint| values.iter().enumerate().all(|(a, &v)| M::META.action_value(joint, a) == v as usize));
            let joint = joint.expect("an action");
            compare.same("encoded action", &local(case, joint), &multi["encoded"][i]);
            let mut decoded = vec![0; M::META.actions.len()];
            M::each_factor(|site| {
                let encoded = numbers(&multi["encoded"][i])[site.index] as usize;
                for (k, &a) in site.actions.iter().enumerate() {
                    decoded[a] = site.action_value(&M::META, encoded, k);
                }
            });
            compare.same("decoded action", &decoded, &multi["decoded"][i]);
        }
    }
}

fn trace<M: GenerativeModel>(case: &Case<'_, M>, compare: &mut Compare) {
    let (agent, ..) = plan(case, options(true, true, (true, true), None));
    let objective = agent.options().objective(&M::META);
    for policy in list(&case.outputs["policy_trace"]) {
        let index = policy["policy_index"].as_u64().expect("an index") as usize;
        let mut belief = *agent.belief();
        for (step, golden) in list(&policy["steps"]).iter().enumerate() {
            let action = case.action(&case.outputs["policies"][index][step]).expect("an action");
            let next = predict(agent.tables(), &belief, action);
            let terms = negative_expected_free_energy(agent.tables(), &objective, (&belief, action, &next), step, None);
            compare.belief("trace", &next, &golden["qs"]);
            let outcomes = predict_outcomes(agent.tables(), &next);
            for (m, q) in list(&golden["qo"]).iter().enumerate() {
                compare.close("trace qo", outcomes.probabilities(m), q);
            }
            compare.close("trace utility", &[terms.utility], &golden["utility"]);
            compare.close("trace information", &[terms.state_information_gain], &golden["state_info_gain"]);
            compare.close("trace pA", &[-terms.likelihood_information_gain], &golden["neg_pA_info_gain"]);
            compare.close("trace pB", &[-terms.transition_information_gain], &golden["neg_pB_info_gain"]);
            belief = next;
        }
    }
}

/// The marginal of each factor's own part of the first action.
pub fn factor_marginals<M: GenerativeModel>(case: &Case<'_, M>, first: &[f64]) -> Vec<Vec<f64>> {
    let mut marginals: Vec<Vec<f64>> = Vec::new();
    M::each_factor(|site| marginals.push(vec![0.0; site.local_actions]));
    for (action, p) in first.iter().enumerate() {
        for (f, u) in local(case, action).into_iter().enumerate() {
            marginals[f][u] += p;
        }
    }
    marginals
}

fn sharpen(p: &[f64], alpha: f64) -> Vec<f64> {
    let weights: Vec<f64> = p.iter().map(|p| (alpha * p.max(f64::EPSILON).ln()).exp()).collect();
    let sum: f64 = weights.iter().sum();
    weights.iter().map(|w| w / sum).collect()
}

fn first_maximum(p: &[f64]) -> usize {
    (0..p.len()).fold(0, |best, i| if p[i] > p[best] { i } else { best })
}

fn actions<M: GenerativeModel>(case: &Case<'_, M>, compare: &mut Compare) {
    let golden = &case.outputs["actions"];
    let (agent, _, posterior) = plan(case, options(true, true, (false, false), None));
    let alpha = agent.precisions().action;
    let later = posterior.len() / M::Action::COUNT;
    let first: Vec<f64> = posterior.chunks(later).map(|c| c.iter().sum()).collect();
    let marginals = factor_marginals(case, &first);
    for (f, p) in marginals.iter().enumerate() {
        compare.close("marginals", p, &golden["marginals"][f]);
        compare.close("sharpened marginals", &sharpen(p, alpha), &golden["stochastic_action_probs"][f]);
        if golden["margin_marginal"][f].as_f64().is_some_and(|m| m > 1e-9) {
            compare.same("best of marginals", &[first_maximum(p)], &golden["argmax_marginal"][f]);
        }
    }
    let sharp = sharpen(&posterior, alpha);
    compare.close("sharpened policies", &sharp, &golden["stochastic_policy_probs"]);
    // Selection's own probabilities are the sums of those over first actions.
    let selected = M::Action::entries(&agent.action_log_probabilities()).iter().map(|w| w.exp()).collect::<Vec<_>>();
    let summed: Vec<f64> = sharp.chunks(later).map(|c| c.iter().sum()).collect();
    compare.close("selection", &selected, &Value::from(summed));
    if golden["margin_full"].as_f64().is_some_and(|m| m > 1e-9) {
        let best = act::best_action(&Planning::Tree, scene(&agent), agent.options().sampling, &agent.precisions());
        compare.same("best of policies", &local(case, best), &golden["argmax_full"]);
    }
    let rows = list(&golden["unique_multiactions"]).iter().map(|row| case.action(row));
    let full: Vec<f64> = rows.map(|action| action.map_or(0.0, |a| first[a])).collect();
    compare.close("joint actions", &full, &golden["multiaction_probabilities_full"]);
    let mut product = vec![1.0];
    for p in &marginals {
        product = product.iter().flat_map(|a| p.iter().map(move |b| a * b)).collect();
    }
    compare.close("product of marginals", &product, &golden["multiaction_probabilities_marginal"]);
}

pub fn scene<M: GenerativeModel>(agent: &Agent<M>) -> PlanningContext<'_, M> {
    agent.scene()
}
