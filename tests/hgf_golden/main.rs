//! Hierarchical Gaussian filters against golden trajectories, surprises, likelihoods and gradients of the reference implementation.
//!
//! They are read from `tests/fixtures/hgf`, or from the folder that `AIF_HGF_FIXTURES` names. Every number that is compared is counted; the
//! count is the last line.

mod categorical;
#[path = "../models/oracle.rs"]
mod oracle;
mod read;
mod structures;

use std::collections::BTreeMap;

use aif::hgf::{Belief, Coupled, Filter, FilterOptions, GaussianFilter, Shape, Update, gaussian_surprise};
use aif::infer::score::{RecordedBlock, RecordedRow, Trials, filter_log_likelihood, filter_pointwise_anyway};
use aif::prelude::*;
use aif::runtime::Dual;
use serde_json::Value;

use read::{Case, Compare, golden, list, number, slot, variable, variable_in};
use structures::{Binary2, Binary3, Continuous2, Continuous3, Coupled as CoupledNetwork, Network, Numbers, Shared};

/// What is believed of each node of the golden file, after each trial.
fn run<T: Real, M: GaussianFilter<T>>(model: M, case: &Case<'_>, options: FilterOptions) -> Vec<Vec<Belief<T>>> {
    let mut filter = Filter::<M, T>::new(model, options).unwrap_or_else(|e| panic!("{}: {e}", case.golden["id"]));
    let meta = M::META;
    let place = |node: usize| {
        let name = format!("n{node}");
        meta.lines.iter().position(|l| l.name == name).expect("a node of that name")
    };
    let places: Vec<usize> = (0..case.nodes).map(place).collect();
    let step = |(inputs, time_step): &(Vec<Option<f64>>, f64)| {
        filter.take(inputs, *time_step).unwrap_or_else(|e| panic!("{}: {e}", case.golden["id"]));
        let beliefs = filter.beliefs();
        places.iter().map(|&p| M::Shape::places(&beliefs)[p]).collect()
    };
    case.trials.iter().map(step).collect()
}

fn trajectories(case: &Case<'_>, golden: &Value, found: &[Vec<Belief<f64>>], compare: &mut Compare) {
    for (i, node) in list(&golden["trajectories"]).iter().enumerate() {
        for (key, of) in [
            ("expected_mean", (|b| b.expected_mean) as fn(&Belief<f64>) -> f64),
            ("expected_precision", |b| b.expected_precision),
            ("mean", |b| b.mean),
            ("precision", |b| b.precision),
        ] {
            for (k, expected) in list(&node[key]).iter().enumerate() {
                compare.near(|| format!("{key} of node {i} at {k}"), of(&found[k][i]), number(expected), case.tolerance());
            }
        }
    }
}

/// How surprising each trial is, by the golden file's names.
fn surprises<T: Real>(case: &Case<'_>, name: &str, found: &[Vec<Belief<T>>]) -> Vec<T> {
    let inputs: Vec<usize> = list(&case.golden["input_nodes"]).iter().map(|i| i.as_u64().expect("a node") as usize).collect();
    let kinds: Vec<bool> = list(&case.golden["nodes"]).iter().map(|n| n["kind"] == "binary").collect();
    let sum = |values: Vec<T>| values.into_iter().fold(T::zero(), |a, b| a + b);
    let of = |beliefs: &Vec<Belief<T>>| match name {
        "first_level_binary_surprise" => {
            sum(inputs.iter().map(|&i| beliefs[i].binary_surprise_of(beliefs[i].mean.value() != 0.0)).collect())
        }
        "first_level_gaussian_surprise" => {
            gaussian_surprise(beliefs[0].mean, beliefs[1].expected_mean, beliefs[1].expected_precision)
        }
        _ => sum((0..beliefs.len()).filter(|&i| !kinds[i]).map(|i| beliefs[i].surprise_of(beliefs[i].mean)).collect()),
    };
    found.iter().map(of).collect()
}

/// Infinity stands for what is not a number.
fn finite(x: f64) -> f64 {
    if x.is_finite() { x } else { f64::NAN }
}

fn total(values: &[f64]) -> f64 {
    finite(values.iter().sum())
}

/// The golden surprises and their gradients.
fn surprised<D>(case: &Case<'_>, make: impl Fn(Numbers<Dual<1>>) -> D, found: &[Vec<Belief<f64>>], compare: &mut Compare)
where
    D: GaussianFilter<Dual<1>>,
{
    let Some(all) = case.golden["surprise"].as_object() else { return };
    for (name, golden) in all {
        let mut values: Vec<f64> = surprises(case, name, found).into_iter().map(finite).collect();
        if name == "total_gaussian_surprise" && found.iter().any(|b| b[1].mean.is_nan()) {
            values.fill(f64::NAN);
        }
        for (k, expected) in list(&golden["pointwise"]).iter().enumerate() {
            compare.near(|| format!("{name} at {k}"), values[k], number(expected), case.tolerance());
        }
        compare.near(|| format!("{name}, total"), total(&values), number(&golden["total"]), case.tolerance());
        if let Some(expected) = golden.get("total_over_fully_observed_steps") {
            let seen = values.iter().zip(&case.trials).filter(|(_, (inputs, _))| inputs.iter().all(Option::is_some));
            let seen: Vec<f64> = seen.map(|(x, _)| *x).collect();
            compare.near(|| format!("{name}, observed"), total(&seen), number(expected), case.tolerance());
        }
        for (key, expected) in golden["gradient_of_negative_total"].as_object().into_iter().flatten() {
            let found = run(make(variable(&case.numbers, key)), case, case.options);
            let sum = surprises(case, name, &found).into_iter().fold(Dual::constant(0.0), |a, b| a + b);
            let slope = if sum.value.is_finite() { -sum.gradient[0] } else { f64::NAN };
            compare.near(|| format!("{name}, by {key}"), slope, number(expected), case.gradient_tolerance());
        }
    }
}

/// The recorded responses.
fn recorded<T: Real, M: GaussianFilter<T>>(case: &Case<'_>) -> Trials {
    let responses = list(&case.golden["responses"]);
    let trials = case.trials.iter().zip(responses).map(|((inputs, time_step), y)| RecordedRow {
        inputs: inputs.clone(),
        time_step: *time_step,
        responses: vec![Some(number(y))],
        scored: true,
        ..RecordedRow::default()
    });
    Trials::new(&M::META, vec![RecordedBlock { rows: trials.collect(), ..RecordedBlock::default() }]).unwrap()
}

/// The recorded responses, scored.
fn responded<M, D>(
    case: &Case<'_>,
    make: impl Fn(Numbers<f64>) -> M,
    make_dual: impl Fn(Numbers<Dual<1>>) -> D,
    compare: &mut Compare,
) where
    M: GaussianFilter<f64>,
    D: GaussianFilter<Dual<1>>,
{
    if M::META.responses.is_empty() {
        return;
    }
    let record = recorded::<f64, M>(case);
    for model in list(&case.golden["response_models"]) {
        let numbers = Numbers { temperature: model["temperature"].as_f64().unwrap_or(1.0), ..case.numbers };
        let name = format!("{} {}", model["model"], model["temperature"]);
        let values = filter_pointwise_anyway(&make(numbers), &record, &case.options);
        for (k, expected) in list(&model["pointwise_log_likelihood"]).iter().enumerate() {
            compare.near(|| format!("{name} at {k}"), finite(values[k]), number(expected), case.tolerance());
        }
        let sum = filter_log_likelihood(&make(numbers), &record, &case.options);
        let expected = number(&model["log_likelihood"]);
        compare.near(|| format!("{name}, total"), sum.unwrap_or(f64::NAN), expected, case.tolerance());
        for (key, expected) in model["gradient"].as_object().into_iter().flatten() {
            let sum = filter_log_likelihood(&make_dual(variable(&numbers, key)), &record, &case.options);
            let slope = sum.map_or(f64::NAN, |x| x.gradient[0]);
            compare.near(|| format!("{name}, by {key}"), slope, number(expected), case.gradient_tolerance());
        }
    }
}

/// What other versions of the reference implementation make of the same case.
struct Versions<'a> {
    trajectories: Option<&'a Value>,
    totals: Option<&'a Value>,
}

fn versions(
    case: &Case<'_>,
    versions: &Versions<'_>,
    run: impl Fn(FilterOptions) -> Vec<Vec<Belief<f64>>>,
    compare: &mut Compare,
) {
    let later = |relaxed: bool| FilterOptions {
        update: if case.options.update == Update::Enhanced { Update::Guarded } else { case.options.update },
        coupled: if relaxed { Coupled::Relaxed } else { Coupled::MeanField },
        ..case.options
    };
    if let Some(golden) = versions.trajectories {
        let found = run(later(golden["mean_field"] == false));
        trajectories(case, golden, &found, compare);
    }
    let Some(golden) = versions.totals else { return };
    let base = run(case.options);
    let name = if case.binary { "first_level_binary_surprise" } else { "first_level_gaussian_surprise" };
    for (key, options) in [("0.2.12", case.options), ("0.3.0_mean_field", later(false)), ("0.3.0_relaxed", later(true))] {
        let found = run(options);
        let golden = &golden[key];
        let sum = total(&surprises(case, name, &found));
        let wild = list(&golden["max_abs_difference_expected_mean"]).iter().any(|x| number(x) > 1e3);
        let tolerance = if wild { 1e-6 } else { case.tolerance() };
        compare.near(|| format!("{key}: total"), sum, number(&golden["total_first_level_surprise"]), tolerance);
        let valid = found.iter().flatten().all(|b| [b.expected_mean, b.mean, b.precision].iter().all(|x| !x.is_nan()));
        compare.near(|| format!("{key}: valid"), f64::from(u8::from(valid)), f64::from(u8::from(golden["valid"] == true)), 0.1);
        for (i, expected) in list(&golden["max_abs_difference_expected_mean"]).iter().enumerate() {
            let differences = found.iter().zip(&base).map(|(a, b)| (a[i].expected_mean - b[i].expected_mean).abs());
            let largest = differences.filter(|d| d.is_finite()).fold(0.0, f64::max);
            let size = base.iter().map(|b| b[i].expected_mean.abs()).filter(|x| x.is_finite()).fold(1.0, f64::max);
            // Where values of either grow into the thousands the filter diverges: two orders of the same sums differ by 1e-7 and more.
            let tolerance = if size > 1e3 || number(expected) > 1e3 { 1e-5 } else { case.tolerance() };
            compare.near(|| format!("{key}: difference of node {i}"), largest, number(expected), tolerance);
        }
    }
}

/// What a golden gradient is a gradient of, and by which number.
struct Summand<'a> {
    case: &'a Case<'a>,
    numbers: Numbers<f64>,
    key: &'a str,
    /// The golden name of a surprise; none where it is recorded responses that are scored.
    surprise: Option<&'a str>,
}

/// All of a case.
fn summands<'a>(case: &'a Case<'a>) -> Vec<Summand<'a>> {
    let keys = |golden: &'a Value| golden.as_object().into_iter().flatten().map(|(key, _)| key.as_str());
    let surprises = case.golden["surprise"].as_object().into_iter().flatten();
    let mut all: Vec<Summand<'a>> = surprises
        .flat_map(|(name, golden)| keys(&golden["gradient_of_negative_total"]).map(move |key| (name, key)))
        .map(|(name, key)| Summand { case, numbers: case.numbers, key, surprise: Some(name) })
        .collect();
    for model in list(&case.golden["response_models"]) {
        let numbers = Numbers { temperature: model["temperature"].as_f64().unwrap_or(1.0), ..case.numbers };
        all.extend(keys(&model["gradient"]).map(|key| Summand { case, numbers, key, surprise: None }));
    }
    all
}

impl Summand<'_> {
    /// The number that it is differentiated by.
    fn at(&self) -> f64 {
        let mut at = f64::NAN;
        slot(&mut self.numbers.clone(), self.key, |x| at = *x);
        at
    }

    fn words(&self) -> String {
        format!("derivatives of {} by {}", self.surprise.unwrap_or("the responses"), self.key)
    }

    /// In any scalar.
    fn of<T: Real, M: GaussianFilter<T>>(&self, model: M) -> T {
        match self.surprise {
            Some(name) => {
                let found = run(model, self.case, self.case.options);
                surprises(self.case, name, &found).into_iter().fold(T::zero(), |a, b| a + b)
            }
            None => {
                filter_log_likelihood(&model, &recorded::<T, M>(self.case), &self.case.options).unwrap_or(T::constant(f64::NAN))
            }
        }
    }
}

macro_rules! check {
    ($network:ident, $case:expr, $others:expr, $compare:expr) => {{
        let (case, compare) = ($case, $compare);
        let found = run($network::new(case.numbers), case, case.options);
        trajectories(case, case.golden, &found, compare);
        if let Some(steps) = case.golden.get("steps_at_cap") {
            for (i, expected) in list(steps).iter().enumerate() {
                let capped = |b: &&Vec<Belief<f64>>| b[i].precision >= case.options.precision_cap;
                let count = found.iter().filter(capped).count() as f64;
                compare.near(|| format!("steps at the cap of node {i}"), count, number(expected), 0.1);
            }
        }
        surprised(case, $network::<Dual<1>>::new, &found, compare);
        responded(case, $network::<f64>::new, $network::<Dual<1>>::new, compare);
        struct Summed<'a>(Summand<'a>);
        impl oracle::Differentiated<1> for Summed<'_> {
            fn at<T: Real>(&self, x: [T; 1]) -> T {
                self.0.of($network::<T>::new(variable_in(&self.0.numbers, self.0.key, x[0])))
            }
        }
        for summand in summands(case) {
            let (at, what) = (summand.at(), summand.words());
            // Where values diverge, roundings do.
            let tolerance = if case.diverging { 1e-6 } else { 1e-11 };
            let (apart, count) = oracle::differences_of_one(&Summed(summand), at);
            compare.apart(&what, apart, tolerance, count);
        }
        for others in $others {
            versions(case, others, |options| run($network::new(case.numbers), case, options), compare);
        }
    }};
}

fn main() {
    let mut compare = Compare::default();
    let by_id = |file: &str| -> BTreeMap<String, Vec<Value>> {
        let mut map: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        for case in golden(file).iter().flat_map(|g| list(&g["cases"])) {
            map.entry(case["id"].as_str().unwrap_or("").to_owned()).or_default().push(case.clone());
        }
        map
    };
    let (v030, totals) = (by_id("v030"), by_id("versions"));
    for file in ["binary2", "binary3", "continuous2", "continuous3", "shared", "coupled", "cap"] {
        let Some(golden) = golden(file) else { continue };
        let before = compare.count;
        for value in list(&golden["cases"]) {
            let case = Case::new(value);
            let id = value["id"].as_str().unwrap_or("").to_owned();
            compare.place.clone_from(&id);
            let mut others: Vec<Versions<'_>> = Vec::new();
            let total = totals.get(&id).and_then(|t| t.first());
            let paths = v030.get(&id).map_or(&[][..], Vec::as_slice);
            others.push(Versions { trajectories: paths.first(), totals: total });
            others.extend(paths.iter().skip(1).map(|p| Versions { trajectories: Some(p), totals: None }));
            let others = &others;
            match (case.binary, case.nodes) {
                (true, 2) => check!(Binary2, &case, others, &mut compare),
                (true, 3) => check!(Binary3, &case, others, &mut compare),
                (false, 3) => check!(Continuous2, &case, others, &mut compare),
                (false, 4) => check!(Continuous3, &case, others, &mut compare),
                (true, 5) => check!(Shared, &case, others, &mut compare),
                (false, 8) => check!(CoupledNetwork, &case, others, &mut compare),
                other => compare.failures.push(format!("{id}: no network {other:?} is declared")),
            }
        }
        println!("{file}: {} values, the largest difference {:.0e} of what is allowed", compare.count - before, compare.worst);
        compare.worst = 0.0;
    }
    let before = compare.count;
    categorical::check(&mut compare);
    println!("categorical: {} values, the largest difference {:.0e} of what is allowed", compare.count - before, compare.worst);
    for failure in compare.failures.iter().take(40) {
        eprintln!("{failure}");
    }
    if !compare.failures.is_empty() {
        eprintln!("{} comparisons failed", compare.failures.len());
        std::process::exit(1);
    }
    if compare.count == 0 {
        eprintln!("there are no golden files where AIF_HGF_FIXTURES says");
        std::process::exit(1);
    }
    println!("{} values compared", compare.count);
}
