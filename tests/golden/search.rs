//! The reference implementation's own search for sophisticated inference, defects and all.

use aif::prelude::*;
use aif::runtime::plan::{Reduction, ReferenceSearch};
use serde_json::Value;

use super::planning::scene;
use super::read::{Case, Compare};

pub fn check<M: GenerativeModel>(case: &Case<'_, M>, golden: &Value, compare: &mut Compare) {
    let number = |key: &str| golden["options"][key].as_f64().expect("a number");
    let deepest = golden["deepest"].as_f64().expect("a number");
    let search = ReferenceSearch {
        horizon: number("horizon").min(deepest) as usize,
        policy_prune_threshold: number("policy_prune_threshold"),
        observation_prune_threshold: number("observation_prune_threshold"),
        entropy_stop_threshold: number("entropy_stop_threshold"),
        neg_efe_stop_threshold: number("neg_efe_stop_threshold"),
        prune_penalty: number("prune_penalty"),
        gamma: number("gamma"),
        max_branching: golden["max_branching"].as_u64().expect("a number") as usize,
    };
    let mut agent = case.agent(AgentOptions { inference: Inference::REFERENCE, ..AgentOptions::default() });
    agent.infer_states(case.evidence(&super::read::indices(&case.inputs["obs"])));
    compare.belief("si belief", agent.belief(), &golden["qs"]);
    let found = search.search(&scene(&agent).problem(&agent.precisions(), Reduction::Sum));
    compare.close("si q_pi", &found.probabilities, &golden["q_pi"]);
    compare.close("si value", &[found.value], &golden["root_neg_efe"]);
    compare.same("si depth", &[found.depth], &golden["deepest"]);
}
