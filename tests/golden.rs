//! Agents against golden values of the reference implementation, on four model structures.
//!
//! The fixtures are read from `tests/fixtures`, or from the folder that `AIF_FIXTURES` names.

#[path = "models/structures.rs"]
mod structures;

use aif::prelude::*;
use aif::runtime::model::Marginals;
use serde_json::Value;
use structures::{S2, S4, S5, S7};

/// How a structure's joint action is written in the fixtures: one flat index per factor.
type Decode = fn(&[usize]) -> usize;

fn fixture(name: &str) -> Value {
    let folder = std::env::var("AIF_FIXTURES").unwrap_or_else(|_| format!("{}/tests/fixtures", env!("CARGO_MANIFEST_DIR")));
    let text = std::fs::read_to_string(format!("{folder}/{name}.json")).expect("the fixture is readable");
    serde_json::from_str(&text).expect("the fixture is JSON")
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("a list").iter().map(|x| x.as_f64().expect("a number")).collect()
}

fn indices(value: &Value) -> Vec<usize> {
    numbers(value).into_iter().map(|x| x as usize).collect()
}

#[track_caller]
fn close(what: &str, got: &[f64], want: &[f64]) {
    assert_eq!(got.len(), want.len(), "{what}");
    for (i, (g, w)) in got.iter().zip(want).enumerate() {
        assert!((g - w).abs() <= 1e-9 * (1.0 + w.abs()), "{what}[{i}]: got {g}, golden {w}");
    }
}

fn believes<B: Marginals<f64>>(what: &str, belief: &B, golden: &Value) {
    for (f, q) in golden.as_array().expect("a list of factors").iter().enumerate() {
        close(&format!("{what}, factor {f}"), belief.probabilities(f), &numbers(q));
    }
}

/// What the fixtures say of one instance of a structure.
struct Case<M: GenerativeModel> {
    name: String,
    model: M,
    inputs: M::Inputs,
    golden: Value,
    decode: Decode,
    /// The reference multiplies marginals of its own per-factor actions; ours are per action.
    marginals_agree: bool,
}

impl<M: GenerativeModel> Case<M> {
    fn agent(&self, options: AgentOptions) -> Agent<M> {
        Agent::with_options(self.model, self.inputs, options).expect("a valid model")
    }

    fn evidence(&self, observation: &[usize]) -> M::Evidence {
        M::evidence(&observation.iter().map(|&o| Some(o)).collect::<Vec<_>>())
    }

    fn observation(&self, t: usize) -> M::Evidence {
        let trajectory = self.golden["inputs"]["obs_traj"].as_array().expect("modalities");
        self.evidence(&trajectory.iter().map(|m| indices(m)[t]).collect::<Vec<_>>())
    }

    fn action(&self, index: usize) -> M::Action {
        M::Action::from_index(index).expect("an action of the model")
    }

    fn check(&self) {
        self.perception();
        self.planning();
        self.scoring();
        self.acting();
    }

    fn perception(&self) {
        let one = &self.golden["outputs"]["one_step"];
        for (key, input, sweeps) in [
            ("obs", "obs", 16),
            ("obs_mismatch", "obs_mismatch", 16),
            ("obs_num_iter_1", "obs", 1),
            ("obs_num_iter_2", "obs", 2),
            ("obs_num_iter_4", "obs", 4),
        ] {
            let options = AgentOptions { inference: Inference::FixedPoint { sweeps }, ..AgentOptions::default() };
            let mut agent = self.agent(options);
            let belief = agent.infer_states(self.evidence(&indices(&self.golden["inputs"][input])));
            believes(&format!("{} {key}", self.name), belief, &one[key]["qs"]);
        }
    }

    fn planning(&self) {
        let (inputs, outputs) = (&self.golden["inputs"], &self.golden["outputs"]);
        for (key, utility, information) in [("u1s0p0i0", true, false), ("u0s1p0i0", false, true), ("u1s1p0i0", true, true)] {
            let golden = &outputs["planning"][key];
            if golden.is_null() {
                continue;
            }
            let options = AgentOptions { utility, state_information_gain: information, ..AgentOptions::default() };
            let mut agent = self.agent(options);
            agent.infer_states(self.evidence(&indices(&inputs["obs"])));
            let mut buffer = vec![0.0; agent.policy_count()];
            agent.negative_expected_free_energies(&mut buffer).expect("the buffer fits");
            close(&format!("{} {key} neg_efe", self.name), &buffer, &numbers(&golden["neg_efe"]));
            agent.policy_posterior(&mut buffer).expect("the buffer fits");
            close(&format!("{} {key} q_pi", self.name), &buffer, &numbers(&golden["q_pi"]));

            // The recursion over beliefs gives the same marginals as the list of policies.
            let later = buffer.len() / M::Action::COUNT;
            let listed: Vec<f64> = buffer.chunks(later).map(|c| c.iter().sum()).collect();
            let log_marginals = agent.infer_policies();
            let recursive: Vec<f64> = M::Action::entries(&log_marginals).iter().map(|x| x.exp()).collect();
            close(&format!("{} {key} first actions", self.name), &recursive, &listed);
        }
    }

    fn scoring(&self) {
        let golden = &self.golden["outputs"]["action_log_likelihood"]["per_step"];
        let unit = |agent: &Agent<M>| Precisions { action: 1.0, ..agent.precisions() };
        for (key, sampling, with_alpha) in [
            ("full", Sampling::Policies, false),
            ("full_alpha", Sampling::Policies, true),
            ("marginal", Sampling::Marginals, false),
            ("marginal_alpha", Sampling::Marginals, true),
        ] {
            if sampling == Sampling::Marginals && !self.marginals_agree {
                continue;
            }
            let agent = self.agent(AgentOptions { sampling, ..AgentOptions::default() });
            let precisions = if with_alpha { agent.precisions() } else { unit(&agent) };
            let mut agent = agent.with_precisions(precisions).expect("valid precisions");
            let mut got = Vec::new();
            for t in 0..10 {
                agent.infer_states(self.observation(t));
                let action = self.action((self.decode)(&indices(&self.golden["inputs"]["act_traj"][t])));
                got.push(M::Action::entries(&agent.action_log_probabilities())[action.index()]);
                agent.update_empirical_prior(action);
            }
            close(&format!("{} log-likelihood {key}", self.name), &got, &numbers(&golden[key]));
        }
    }

    fn acting(&self) {
        for (key, sampling) in [("fpi_full", Sampling::Policies), ("fpi_marginal", Sampling::Marginals)] {
            let golden = &self.golden["outputs"]["trajectory"][key];
            if golden.is_null() || (sampling == Sampling::Marginals && !self.marginals_agree) {
                continue;
            }
            let options = AgentOptions { sampling, selection: Selection::Deterministic, ..AgentOptions::default() };
            let mut agent = self.agent(options);
            let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(0);
            for t in 0..10 {
                let belief = agent.infer_states(self.observation(t));
                for (f, q) in golden["qs"].as_array().expect("factors").iter().enumerate() {
                    close(&format!("{} {key} belief at {t}", self.name), belief.probabilities(f), &numbers(&q[t]));
                }
                let mut q_pi = vec![0.0; agent.policy_count()];
                agent.policy_posterior(&mut q_pi).expect("the buffer fits");
                close(&format!("{} {key} q_pi at {t}", self.name), &q_pi, &numbers(&golden["q_pi"][t]));
                let wanted = self.action((self.decode)(&indices(&golden["actions"][t])));
                if golden["margin"][t].as_f64().is_some_and(|m| m > 1e-9) {
                    assert_eq!(agent.sample_action(&mut rng), wanted, "{} {key} action at {t}", self.name);
                }
                agent.update_empirical_prior(wanted);
            }
        }
    }
}

use rand_core::SeedableRng;

fn check_all<M: GenerativeModel>(
    structure: &str,
    build: fn(&Value) -> M,
    inputs: M::Inputs,
    decode: Decode,
    marginals_agree: bool,
) {
    let fixture = fixture(structure);
    let instances = fixture["instances"].as_array().expect("instances");
    assert!(!instances.is_empty());
    for (i, instance) in instances.iter().enumerate() {
        let model = build(&instance["inputs"]);
        let name = format!("{structure}, instance {i}");
        Case { name, model, inputs, golden: instance.clone(), decode, marginals_agree }.check();
    }
}

#[test]
fn two_factors_and_three_modalities() {
    check_all("S2", S2::from_json, (), |a| a[0], true);
}

#[test]
fn transitions_with_several_parents_and_two_actions() {
    check_all("S4", S4::from_json, (), |a| a[0] * 2 + a[1], true);
}

#[test]
fn exact_zeros_and_the_log_floor() {
    check_all("S5", S5::from_json, (), |a| a[0] * 2 + a[1], true);
}

#[test]
fn one_action_that_drives_two_factors_under_inputs() {
    let inputs = structures::S7Inputs { swapped: false, magnitude: 1.0 };
    // The second factor's flat action is push * 3 + turn.
    check_all("S7", S7::from_json, inputs, |a| a[1], false);
}
