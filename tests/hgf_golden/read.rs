//! Reading golden cases, and comparing with them: every number that is compared is counted.

use aif::hgf::{Coupled, FilterCompat, FilterOptions, Start, Update};
use aif::runtime::{Dual, Real};
use serde_json::Value;

use crate::structures::{NODES, Numbers};

/// The golden file of a name, from `tests/fixtures/hgf` or the folder that `AIF_HGF_FIXTURES` names; `None` where there is none.
pub fn golden(name: &str) -> Option<Value> {
    let folder =
        std::env::var("AIF_HGF_FIXTURES").unwrap_or_else(|_| format!("{}/tests/fixtures/hgf", env!("CARGO_MANIFEST_DIR")));
    let path = format!("{folder}/{name}.json");
    let text = std::fs::read_to_string(&path).ok()?;
    Some(serde_json::from_str(&text).unwrap_or_else(|e| panic!("{path}: {e}")))
}

pub fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// Null is not a number.
pub fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or(f64::NAN)
}

/// Compares and counts.
#[derive(Default)]
pub struct Compare {
    pub count: usize,
    pub failures: Vec<String>,
    pub place: String,
    /// The largest difference that was let pass, as a share of its tolerance.
    pub worst: f64,
}

impl Compare {
    /// Compares within `tolerance * (1 + |expected|)`; not a number only equals itself.
    pub fn near(&mut self, what: impl Fn() -> String, found: f64, expected: f64, tolerance: f64) {
        self.count += 1;
        if found.is_nan() && expected.is_nan() {
            return;
        }
        let share = (found - expected).abs() / (tolerance * (1.0 + expected.abs()));
        if share <= 1.0 {
            self.worst = self.worst.max(share);
        } else {
            self.failures.push(format!("{}: {}: {found} instead of {expected}", self.place, what()));
        }
    }
}

/// One case: a network with its numbers, and what was put in.
pub struct Case<'a> {
    pub golden: &'a Value,
    pub numbers: Numbers<f64>,
    /// For each trial: inputs and time step.
    pub trials: Vec<(Vec<Option<f64>>, f64)>,
    pub options: FilterOptions,
    /// How many nodes there are.
    pub nodes: usize,
    pub binary: bool,
    /// Whether values grow so large that rounding shows.
    pub diverging: bool,
}

impl<'a> Case<'a> {
    pub fn new(golden: &'a Value) -> Self {
        let none = [0.0; NODES];
        let mut numbers = Numbers {
            tonic: none,
            drift: none,
            auto: none,
            mean: none,
            precision: [1.0; NODES],
            value: [none; NODES],
            volatility: [none; NODES],
            temperature: 1.0,
        };
        let nodes = list(&golden["nodes"]);
        for (i, node) in nodes.iter().enumerate() {
            let or = |key: &str, otherwise: f64| node[key].as_f64().unwrap_or(otherwise);
            numbers.tonic[i] = or("tonic_volatility", 0.0);
            numbers.drift[i] = or("tonic_drift", 0.0);
            numbers.auto[i] = or("autoconnection_strength", 0.0);
            (numbers.mean[i], numbers.precision[i]) = (or("mean", 0.0), or("precision", 1.0));
            for (key, matrix) in [("value_parents", &mut numbers.value), ("volatility_parents", &mut numbers.volatility)] {
                for parent in list(&node[key]) {
                    matrix[i][parent["node"].as_u64().expect("a node") as usize] = number(&parent["coupling"]);
                }
            }
        }
        let (inputs, observed) = (list(&golden["inputs"]), list(&golden["observed"]));
        let trials = list(&golden["time_steps"]).iter().enumerate().map(|(k, t)| {
            let of = |j: usize| (number(&list(&observed[j])[k]) != 0.0).then(|| number(&list(&inputs[j])[k]));
            ((0..inputs.len()).map(of).collect(), number(t))
        });
        let trials = trials.collect();
        let update = match golden["update"].as_str() {
            Some("standard") => Update::Standard,
            Some("unbounded") => Update::Unbounded,
            _ => Update::Enhanced,
        };
        let options = FilterOptions {
            update,
            precision_cap: golden["max_posterior_precision"].as_f64().unwrap_or(1e10),
            coupled: Coupled::MeanField,
            compat: FilterCompat::PYHGF,
            // The reference begins at its means, and knows no limit.
            start: Start::InitialMeans,
            jump_limit: 1e100,
        };
        let largest = list(&golden["trajectories"]).iter().flat_map(|node| {
            ["expected_mean", "mean"].into_iter().flat_map(|key| list(&node[key]).iter().map(|x| number(x).abs()))
        });
        // The last settings of the three-level binary family diverge under the unbounded update, more or less.
        let known = golden["family"] == "binary3" && golden["setting"].as_u64() >= Some(3);
        let diverging = update == Update::Unbounded && (known || largest.fold(0.0, f64::max) > 1e3);
        let binary = nodes.first().is_some_and(|n| n["kind"] == "binary");
        Case { golden, numbers, trials, options, nodes: nodes.len(), binary, diverging }
    }

    /// The tolerance of values.
    pub fn tolerance(&self) -> f64 {
        if self.diverging { 1e-7 } else { 1e-9 }
    }

    /// The tolerance of gradients.
    pub fn gradient_tolerance(&self) -> f64 {
        if self.diverging { 1e-5 } else { 1e-6 }
    }
}

/// The numbers with a variable at the place that a gradient's key names: `tonic_volatility[1]`, `volatility_coupling[2->1]`.
pub fn variable(numbers: &Numbers<f64>, key: &str) -> Numbers<Dual<1>> {
    let constants = |x: [f64; NODES]| x.map(Dual::constant);
    let mut n = Numbers {
        tonic: constants(numbers.tonic),
        drift: constants(numbers.drift),
        auto: constants(numbers.auto),
        mean: constants(numbers.mean),
        precision: constants(numbers.precision),
        value: numbers.value.map(constants),
        volatility: numbers.volatility.map(constants),
        temperature: Dual::constant(numbers.temperature),
    };
    let (name, rest) = key.split_once('[').unwrap_or((key, ""));
    let inside = rest.trim_end_matches(']');
    let index = |text: &str| text.parse::<usize>().unwrap_or_else(|_| panic!("the gradient by {key}"));
    let slot = match name {
        "tonic_volatility" => &mut n.tonic[index(inside)],
        "tonic_drift" => &mut n.drift[index(inside)],
        "autoconnection_strength" => &mut n.auto[index(inside)],
        "mean" => &mut n.mean[index(inside)],
        "precision" => &mut n.precision[index(inside)],
        "volatility_coupling" | "value_coupling" => {
            let (parent, child) = inside.split_once("->").unwrap_or_else(|| panic!("the gradient by {key}"));
            let matrix = if name == "value_coupling" { &mut n.value } else { &mut n.volatility };
            &mut matrix[index(child)][index(parent)]
        }
        "temperature" => &mut n.temperature,
        _ => panic!("the gradient by {key}"),
    };
    *slot = Dual::variable(slot.value, 0);
    n
}
