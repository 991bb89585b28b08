//! One step, filtering, smoothing and message passing.

use aif::prelude::*;
use aif::runtime::model::Tables;
use aif::runtime::perceive::{
    FreeEnergy, Gap, Pairwise, Scheme, Window, free_energy, log_likelihood, message_passing, sequence_free_energy,
    smooth_as_reference, smooth_exactly,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::read::{Case, Compare, list, numbers, outcome_first};

/// Free energies against `{vfe, vfe_t, neg_entropy_t, ..}`.
fn energies(compare: &mut Compare, what: &str, got: &[FreeEnergy], golden: &Value) {
    let mut column = |key: &str, term: fn(&FreeEnergy) -> f64| {
        compare.close(&format!("{what} {key}"), &got.iter().map(term).collect::<Vec<_>>(), &as_list(&golden[key]));
    };
    column("neg_entropy_t", |e| e.negative_entropy);
    column("prior_cross_entropy_t", |e| e.prior_cross_entropy);
    column("transition_cross_entropy_t", |e| e.transition_cross_entropy);
    column("accuracy_t", |e| e.accuracy);
    column("vfe_t", FreeEnergy::total);
    let total = got.iter().map(FreeEnergy::total).sum::<f64>();
    compare.close(&format!("{what} vfe"), &[total], &golden["vfe"]);
    compare.close(&format!("{what} state_vfe"), &[total], &golden["state_vfe"]);
}

fn as_list(value: &Value) -> Value {
    if value.is_array() { value.clone() } else { json!([value]) }
}

/// Evidence of which each modality is given as `f` says, in the form in which it is stored.
fn stored<M: GenerativeModel<Evidence: DeserializeOwned>>(f: impl Fn(usize) -> Value) -> M::Evidence {
    let modalities = M::META.modalities.iter().enumerate().map(|(m, modality)| (modality.name.to_string(), f(m)));
    serde_json::from_value(Value::Object(modalities.collect())).expect("evidence as it is stored")
}

pub fn check<M: GenerativeModel<Evidence: DeserializeOwned>>(case: &Case<'_, M>, compare: &mut Compare) {
    one_step(case, compare);
    smoothing(case, compare);
    for (scheme, key) in [(Scheme::Marginal, "mmp"), (Scheme::Variational, "vmp")] {
        window(case, scheme, key, compare);
    }
}

fn options(inference: Inference) -> AgentOptions {
    AgentOptions { inference, ..AgentOptions::default() }
}

fn one_step<M: GenerativeModel<Evidence: DeserializeOwned>>(case: &Case<'_, M>, compare: &mut Compare) {
    let one = &case.outputs["one_step"];
    let outcomes = |key: &str| super::read::indices(&case.inputs[key]);
    let seen = case.evidence(&outcomes("obs"));
    let soft = stored::<M>(|m| json!({ "soft": case.inputs["obs_cat"][m] }));
    for (key, evidence) in [("obs", seen), ("obs_mismatch", case.evidence(&outcomes("obs_mismatch"))), ("obs_cat", soft)] {
        let mut agent = case.agent(options(Inference::REFERENCE));
        let prior = *agent.belief();
        compare.belief(key, agent.infer_states(evidence), &one[key]["qs"]);
        energies(compare, key, &[agent.free_energy(&prior, evidence)], &one[key]["vfe"]);
    }
    if !one["exact"].is_null() {
        for inference in [Inference::Exact, Inference::Components] {
            let mut agent = case.agent(options(inference));
            let prior = *agent.belief();
            compare.belief("exact", agent.infer_states(seen), &one["exact"]["qs"]);
            energies(compare, "exact", &[agent.free_energy(&prior, seen)], &one["exact"]["vfe"]);
        }
    }
    for sweeps in [1, 2, 4] {
        let key = format!("obs_num_iter_{sweeps}");
        let mut agent = case.agent(options(Inference::FixedPoint(Sweeps::Parallel(sweeps))));
        compare.belief(&key, agent.infer_states(seen), &one[key.as_str()]["qs"]);
    }
    let agent = case.agent(options(Inference::REFERENCE));
    M::each_modality(|site| {
        let logs: Vec<f64> =
            (0..site.contexts).map(|c| log_likelihood(agent.tables(), site, M::signal(&seen, site.index), c)).collect();
        compare.close("log-likelihood", &logs, &one["log_likelihood"][site.index]);
    });
    for key in ["mask_first_modality", "mask_half"] {
        let weights = numbers(&one[key]["mask"]);
        let masked = stored::<M>(|m| {
            let count = M::META.modalities[m].outcomes.count;
            let outcome = outcomes("obs")[m];
            let mixed: Vec<f64> = (0..count)
                .map(|o| if Some(o) == outcome { weights[m] } else { 0.0 } + (1.0 - weights[m]) / count as f64)
                .collect();
            json!({ "faint": [mixed, weights[m]] })
        });
        let mut agent = case.agent(options(Inference::REFERENCE));
        compare.belief(key, agent.infer_states(masked), &one[key]["qs"]);
    }
    let mut agent = case.agent(options(Inference::REFERENCE));
    agent.infer_states(seen);
    for row in list(&case.outputs["empirical_prior"]) {
        let mut agent = agent.clone();
        let action = case.action(&row["action"]).expect("an action");
        agent.update_empirical_prior(M::Action::from_index(action).expect("an action of the model"));
        compare.belief("empirical prior", agent.belief(), &row["qs_next"]);
    }
}

/// Filtered beliefs along `obs_seq`.
pub fn filtered<M: GenerativeModel>(case: &Case<'_, M>) -> (Vec<M::Belief>, Vec<M::Belief>, Vec<FreeEnergy>) {
    let mut agent = case.agent(options(Inference::REFERENCE));
    let (mut priors, mut beliefs, mut energies) = (Vec::new(), Vec::new(), Vec::new());
    let actions = case.actions(&case.inputs["act_seq"]);
    for t in 0..=actions.len() {
        let (prior, evidence) = (*agent.belief(), case.at("obs_seq", t));
        priors.push(prior);
        beliefs.push(*agent.infer_states(evidence));
        energies.push(free_energy(agent.tables(), agent.belief(), &prior, &evidence));
        if let Some(action) = actions.get(t).and_then(|a| M::Action::from_index((*a)?)) {
            agent.update_empirical_prior(action);
        }
    }
    (priors, beliefs, energies)
}

/// Pairwise beliefs against `[factor][step][next][previous]`.
fn pairs<M: GenerativeModel>(compare: &mut Compare, what: &str, got: &[Pairwise<f64>], golden: &Value) {
    if golden.is_null() {
        return;
    }
    M::each_factor(|site| {
        for (t, pair) in got.iter().enumerate() {
            let joint = outcome_first(&pair.factors[site.index], 1, site.contexts, site.states);
            compare.close(&format!("{what} joint at {t}"), &joint, &golden[site.index][t]);
        }
    });
}

fn smoothing<M: GenerativeModel>(case: &Case<'_, M>, compare: &mut Compare) {
    let (priors, beliefs, vfe) = filtered(case);
    let golden = &case.outputs["filtering"];
    compare.beliefs("filtering prior", &priors, &golden["prior"]);
    compare.beliefs("filtering", &beliefs, &golden["qs"]);
    compare.close("filtering vfe", &vfe.iter().map(FreeEnergy::total).collect::<Vec<_>>(), &golden["vfe"]);

    let golden = &case.outputs["smoothing"];
    let agent = case.agent(options(Inference::REFERENCE));
    let tables: &Tables<M> = agent.tables();
    let actions = case.actions(&case.inputs["act_seq"]);
    let evidence: Vec<_> = (0..beliefs.len()).map(|t| Some(case.at("obs_seq", t))).collect();
    if !golden["ovf"].is_null() {
        let smoothed = smooth_as_reference(tables, &beliefs, &actions, Gap::Stay);
        compare.beliefs("ovf", &smoothed.beliefs, &golden["ovf"]["qs"]);
        pairs::<M>(compare, "ovf", &smoothed.pairs, &golden["ovf"]["joint"]);
        let window = Window { prior: agent.belief(), evidence: &evidence, actions: &actions, gap: Gap::Stay };
        let vfe = sequence_free_energy(tables, &window, &smoothed.beliefs, Some(&smoothed.pairs));
        energies(compare, "ovf", &vfe, &golden["ovf"]["vfe"]);
        let mut unknown = actions.clone();
        unknown[1] = None;
        let smoothed = smooth_as_reference(tables, &beliefs, &unknown, Gap::Stay);
        compare.beliefs("ovf with an unknown action", &smoothed.beliefs, &golden["ovf_invalid_action_at_1"]["qs"]);
    }
    if !golden["hmm_scan"].is_null() {
        let evidence: Vec<M::Evidence> = evidence.iter().flatten().copied().collect();
        let actions: Vec<usize> = actions.iter().flatten().copied().collect();
        let exact = smooth_exactly(tables, &evidence, &actions);
        let scan = &golden["hmm_scan"];
        compare.close("hmm log-likelihood", &[exact.log_evidence], &scan["log_likelihood"]);
        compare.close("hmm smoothed", &exact.smoothed.concat(), &scan["smoothed"]);
        compare.close("hmm predicted", &exact.predicted.concat(), &scan["predicted"]);
        let smoothed: Vec<M::Belief> = (0..evidence.len()).map(|t| exact.belief::<M>(t)).collect();
        compare.beliefs("exact smoothing", &smoothed, &golden["exact"]["qs"]);
        let joint: Vec<_> = actions.iter().enumerate().map(|(t, &a)| exact.pair::<M>(tables, t, a)).collect();
        pairs::<M>(compare, "exact smoothing", &joint, &golden["exact"]["joint"]);
        if !scan["cond"].is_null() {
            for (t, &action) in actions.iter().enumerate() {
                let rows = exact.backward::<M>(tables, t, action).into_iter().zip(list(&scan["cond"][t]));
                // Where the next state is less probable than the reference's floor, its row is that of the floor.
                for ((row, golden), _) in rows.zip(&exact.predicted[t + 1]).filter(|(_, p)| **p >= f64::EPSILON) {
                    compare.close("hmm cond", &row, golden);
                }
            }
        }
    }
}

fn window<M: GenerativeModel>(case: &Case<'_, M>, scheme: Scheme, key: &str, compare: &mut Compare) {
    let golden = &case.outputs["window"][key];
    let agent = case.agent(options(Inference::REFERENCE));
    let known = case.actions(&case.inputs["act_seq"]);
    let steps = known.len() + 1;
    let mut unknown = known.clone();
    unknown[1] = None;
    // (variant, sweeps, steps seen, steps kept, actions, gap)
    let variants = [
        ("num_iter_16", 16, steps, steps, &known, Gap::Uniform),
        ("num_iter_1", 1, steps, steps, &known, Gap::Uniform),
        ("horizon_3", 16, 3, 3, &known, Gap::Uniform),
        ("valid_steps_3", 16, 3, steps, &known, Gap::Restart),
        ("invalid_action_at_1_valid_steps_5", 16, steps, steps, &unknown, Gap::Restart),
        ("invalid_action_at_1", 16, steps, steps, &unknown, Gap::Uniform),
    ];
    for (variant, sweeps, valid, kept, actions, gap) in variants {
        let evidence: Vec<_> = (steps - kept..steps).map(|t| (t >= steps - valid).then(|| case.at("obs_seq", t))).collect();
        let actions = &actions[steps - kept..];
        let window = Window { prior: agent.belief(), evidence: &evidence, actions, gap };
        let mut beliefs: Vec<M::Belief> = Vec::new();
        message_passing(agent.tables(), &window, scheme, Sweeps::Parallel(sweeps), &mut beliefs);
        let what = format!("{key} {variant}");
        compare.beliefs(&what, &beliefs, &golden[variant]["qs"]);
        if !golden[variant]["vfe"].is_null() {
            let vfe = sequence_free_energy(agent.tables(), &window, &beliefs, None);
            energies(compare, &what, &vfe, &golden[variant]["vfe"]);
        }
    }
}
