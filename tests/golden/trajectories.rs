//! Closed-loop runs, with and without windows and learning, and the log-likelihood of recorded actions.

use std::sync::Arc;

use aif::prelude::*;
use aif::runtime::model::{Inputs, Marginals};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde_json::Value;

use super::learning::final_counts;
use super::oracle::{self, Differentiated};
use super::planning::factor_marginals;
use super::read::{Case, Compare, indices, list, local, numbers};

const STEPS: usize = 10;

/// Runs of agents that learn nothing.
pub fn check<M: GenerativeModel>(case: &Case<'_, M>, compare: &mut Compare) {
    log_likelihood(case, compare);
    let parallel = Sweeps::Parallel(16);
    let plain = AgentOptions {
        inference: Inference::REFERENCE,
        selection: Selection::Deterministic,
        compat: Compat { reuse_window_evidence: true, ..Compat::default() },
        ..AgentOptions::default()
    };
    let number = |key: &str| case.inputs[key].as_f64().expect("a number");
    let induction = InductionOptions {
        depth: number("inductive_depth") as usize,
        threshold: number("inductive_threshold"),
        epsilon: number("inductive_epsilon"),
    };
    let runs = [
        ("fpi_full", plain),
        ("fpi_marginal", AgentOptions { sampling: Sampling::Marginals, ..plain }),
        ("fpi_inductive", AgentOptions { induction: Some(induction), ..plain }),
        ("mmp_horizon_4", AgentOptions { inference: Inference::Marginal { window: 4, sweeps: parallel }, ..plain }),
        ("vmp_horizon_4", AgentOptions { inference: Inference::Variational { window: 4, sweeps: parallel }, ..plain }),
        ("vmp_no_horizon", AgentOptions { inference: Inference::Variational { window: STEPS, sweeps: parallel }, ..plain }),
    ];
    for (key, options) in runs {
        if let Some(golden) = case.outputs["trajectory"].get(key) {
            run(case, key, options, golden, compare);
        }
    }
}

/// Runs of agents that learn.
pub fn check_counted<M: GenerativeModel>(case: &Case<'_, M>, compare: &mut Compare) {
    let rates = Rates { initial: None, habit: None, ..Rates::default() };
    let online = Learning { rates, when: When::AfterChoice, from: Beliefs::Filtered, ..Learning::default() };
    let plain = AgentOptions {
        inference: Inference::REFERENCE,
        selection: Selection::Deterministic,
        learning: Some(online),
        compat: Compat { reuse_window_evidence: true, recount_window: None, floor_counts: true, drop_contradictions: true },
        ..AgentOptions::default()
    };
    let curious = AgentOptions { terms: Terms::all(1.0), ..plain };
    let sweeps = Sweeps::Parallel(16);
    let window = AgentOptions { compat: Compat { recount_window: Some(4), ..plain.compat }, ..plain };
    let smoothed = Learning { from: Beliefs::Smoothed, ..online };
    let pairwise = Learning { from: Beliefs::Pairwise, ..smoothed };
    let runs = [
        ("fpi_learn_online", curious),
        ("fpi_learn_offline", AgentOptions { learning: Some(Learning { when: When::BlockEnd, ..online }), ..plain }),
        (
            "mmp_learn_online",
            AgentOptions { inference: Inference::Marginal { window: 4, sweeps }, learning: Some(smoothed), ..window },
        ),
        ("ovf_learn_online", AgentOptions { learning: Some(pairwise), ..window }),
        (
            "exact_learn_online",
            AgentOptions { inference: Inference::Exact, plan_from_marginals: true, learning: Some(pairwise), ..window },
        ),
    ];
    for (key, options) in runs {
        if let Some(golden) = case.outputs["trajectory"].get(key) {
            run(case, key, options, golden, compare);
        }
    }
}

fn run<M: GenerativeModel>(case: &Case<'_, M>, key: &str, options: AgentOptions, golden: &Value, compare: &mut Compare) {
    let mut agent = case.agent(options);
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    for t in 0..STEPS {
        let prior = *agent.belief();
        let belief = *agent.infer_states(case.at("obs_traj", t));
        for (f, q) in list(&golden["qs"]).iter().enumerate() {
            if let Some(q) = q.get(t) {
                compare.close(&format!("{key} belief at {t}"), belief.probabilities(f), q);
            }
        }
        if let Some(priors) = golden["empirical_prior"].as_array() {
            let prior = agent.perception().window_prior().copied().unwrap_or(prior);
            for (f, golden) in priors.iter().enumerate() {
                compare.close(&format!("{key} prior at {t}"), prior.probabilities(f), &golden[t]);
            }
        }
        let mut buffer = vec![0.0; agent.policy_count()];
        agent.negative_expected_free_energies(&mut buffer).expect("the buffer fits");
        compare.close(&format!("{key} neg_efe at {t}"), &buffer, &golden["neg_efe"][t]);
        agent.policy_posterior(&mut buffer).expect("the buffer fits");
        compare.close(&format!("{key} q_pi at {t}"), &buffer, &golden["q_pi"][t]);
        let wanted = case.action(&golden["actions"][t]).expect("an action");
        if golden["margin"][t].as_f64().is_some_and(|m| m > 1e-9) {
            let chosen = agent.sample_action(&mut rng).index();
            compare.same(&format!("{key} action at {t}"), &local(case, chosen), &golden["actions"][t]);
        }
        agent.infer_parameters();
        agent.update_empirical_prior(M::Action::from_index(wanted).expect("an action of the model"));
    }
    agent.end_block();
    if !golden["final_pA"].is_null() {
        final_counts(compare, key, agent.tables(), golden);
    }
}

fn log_likelihood<M: GenerativeModel>(case: &Case<'_, M>, compare: &mut Compare) {
    let golden = &case.outputs["action_log_likelihood"];
    let mut per_step: [Vec<f64>; 4] = Default::default();
    let mut agent = case.agent(AgentOptions { inference: Inference::REFERENCE, ..AgentOptions::default() });
    let precisions = agent.precisions();
    for t in 0..STEPS {
        agent.infer_states(case.at("obs_traj", t));
        let action = case.action(&case.inputs["act_traj"][t]).expect("an action");
        let first: Vec<f64> = M::Action::entries(&agent.infer_policies()).iter().map(|p| p.exp()).collect();
        per_step[0].push(first[action].ln());
        per_step[1].push(M::Action::entries(&agent.action_log_probabilities())[action]);
        // The reference multiplies the marginals of each factor's own action, which need not fit together.
        let (mut plain, mut sharp) = (0.0, 0.0);
        for (f, p) in factor_marginals(case, &first).iter().enumerate() {
            let u = numbers(&case.inputs["act_traj"][t])[f] as usize;
            plain += p[u].ln();
            let weights: Vec<f64> = p.iter().map(|p| (precisions.action * p.max(f64::EPSILON).ln()).exp()).collect();
            sharp += (weights[u] / weights.iter().sum::<f64>()).ln();
        }
        per_step[2].push(plain);
        per_step[3].push(sharp);
        agent.update_empirical_prior(M::Action::from_index(action).expect("an action of the model"));
    }
    for (key, got) in ["full", "full_alpha", "marginal", "marginal_alpha"].into_iter().zip(&per_step) {
        compare.close(&format!("log-likelihood {key}"), got, &golden["per_step"][key]);
        compare.close(&format!("log-likelihood {key} in all"), &[got.iter().sum()], &golden["total"][key]);
    }
    // Where each action drives one factor, the library's own selection from marginals is that product.
    let own = AgentOptions { sampling: Sampling::Marginals, inference: Inference::REFERENCE, ..AgentOptions::default() };
    let mut separate = true;
    let mut driven = vec![0; M::META.actions.len()];
    M::each_factor(|site| site.actions.iter().for_each(|&a| driven[a] += 1));
    separate &= driven.iter().all(|&n| n == 1);
    if separate {
        let mut agent = case.agent(own);
        let got: Vec<f64> = (0..STEPS)
            .map(|t| {
                agent.infer_states(case.at("obs_traj", t));
                let action = case.action(&case.inputs["act_traj"][t]).expect("an action");
                let p = M::Action::entries(&agent.action_log_probabilities())[action];
                agent.update_empirical_prior(M::Action::from_index(action).expect("an action of the model"));
                p
            })
            .collect();
        compare.close("selection from marginals", &got, &golden["per_step"]["marginal_alpha"]);
    }
}

/// Recorded observations and joint actions of a structure.
pub struct Acted<'a, M> {
    model: M,
    steps: &'a [(Vec<Option<usize>>, usize)],
    options: AgentOptions,
    /// The declared precisions, of policies and of actions.
    precisions: (f64, f64),
}

/// The log-likelihood of recorded actions in any scalar, along a line through both precisions and a lapse.
pub fn walked<M: GenerativeModel<T>, T: Real>(acted: &Acted<'_, M>, x: T) -> T {
    let inputs = M::Inputs::from_numbers(&[]).expect("the structures have no inputs");
    let assigned = Assigned {
        policy_precision: Some(x + acted.precisions.0),
        action_precision: Some(x * 0.5 + acted.precisions.1),
        lapse: Some(x * 0.1 + 0.1),
        ..Assigned::default()
    };
    let tables = Tables::new(&acted.model, inputs, acted.options.horizon_for(&M::META)).expect("a valid model");
    let agent = Agent::<M, T>::sharing(Arc::new(tables), acted.options);
    let mut agent = agent.and_then(|agent| agent.with_assigned(assigned)).expect("numbers in range");
    let mut sum = T::zero();
    for (outcomes, action) in acted.steps {
        agent.infer_states(M::evidence(outcomes));
        sum += M::Action::entries(&agent.action_log_probabilities())[*action];
        agent.update_empirical_prior(M::Action::from_index(*action).expect("an action of the model"));
    }
    sum
}

/// The derivatives of the golden log-likelihood, in this library's numbers and in num-dual's.
pub fn check_derivatives<M: GenerativeModel>(case: &Case<'_, M>, compare: &mut Compare)
where
    for<'a> Acted<'a, M>: Differentiated<1>,
{
    let steps: Vec<_> = (0..STEPS)
        .map(|t| {
            let seen = list(&case.inputs["obs_traj"]).iter().map(|m| indices(&m[t])[0]).collect();
            (seen, case.action(&case.inputs["act_traj"][t]).expect("an action"))
        })
        .collect();
    let number = |key: &str| case.inputs[key].as_f64().expect("a number");
    for options in [AgentOptions::default(), AgentOptions { inference: Inference::REFERENCE, ..AgentOptions::default() }] {
        let acted = Acted { model: case.model, steps: &steps, options, precisions: (number("gamma"), number("alpha")) };
        let (apart, count) = oracle::differences_of_one(&acted, 0.0);
        compare.apart(&format!("derivatives, {:?}", options.inference), apart, count);
    }
}
