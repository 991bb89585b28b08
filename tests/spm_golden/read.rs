//! Reading golden cases, and comparing nested lists with them: every number that is compared is counted.

use aif::spm::{
    Changes, Control, Counts, HabitLink, Level, PreferenceLink, Script, Seen, Settings, StateLink, Structure, Tensor,
};
use serde_json::Value;

/// The golden file of a name, from `tests/fixtures/spm` or the folder that `AIF_SPM_FIXTURES` names.
pub fn golden(name: &str) -> Value {
    let folder =
        std::env::var("AIF_SPM_FIXTURES").unwrap_or_else(|_| format!("{}/tests/fixtures/spm", env!("CARGO_MANIFEST_DIR")));
    let path = format!("{folder}/{name}.json");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"));
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{path}: {e}"))
}

pub fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap_or_else(|| panic!("a list, not {value}"))
}

pub fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("a number, not {value}"))
}

pub fn index(value: &Value) -> usize {
    number(value) as usize
}

pub fn numbers(value: &Value) -> Vec<f64> {
    list(value).iter().map(number).collect()
}

pub fn indices(value: &Value) -> Vec<usize> {
    list(value).iter().map(index).collect()
}

pub fn tensor(value: &Value) -> Tensor {
    fn all(value: &Value, into: &mut Vec<f64>) {
        match value {
            Value::Array(list) => list.iter().for_each(|v| all(v, into)),
            value => into.push(number(value)),
        }
    }
    let (mut shape, mut inner, mut flat) = (Vec::new(), value, Vec::new());
    while let Value::Array(list) = inner {
        shape.push(list.len());
        inner = &list[0];
    }
    all(value, &mut flat);
    Tensor::new(&shape, flat).expect("a table")
}

fn tensors(value: &Value) -> Vec<Tensor> {
    list(value).iter().map(tensor).collect()
}

fn vectors(value: &Value) -> Vec<Vec<f64>> {
    list(value).iter().map(numbers).collect()
}

/// The model of a case.
pub fn structure(model: &Value) -> Structure {
    let table = |name: &str| model.get(name).map(tensors);
    let moves = |value: &Value| list(value).iter().map(indices).collect::<Vec<_>>();
    let control = match model.get("V") {
        Some(rows) => Control::Policies(list(rows).iter().map(moves).collect()),
        None => Control::Moves { moves: moves(&model["U"]), steps: index(&model["T"]) },
    };
    let mut structure = Structure::new(tensors(&model["A"]), tensors(&model["B"]), vectors(&model["D"]), control);
    structure.preference = tensors(&model["C"]);
    structure.habit = model.get("E").map(numbers);
    structure.counts = Counts {
        likelihood: table("a"),
        transition: table("b"),
        preference: table("c"),
        initial: model.get("d").map(vectors),
        habit: model.get("e").map(numbers),
    };
    structure.below = model.get("lower").map(|lower| {
        let links = |name: &str| model.get(name).map_or(&[][..], list);
        let matrix = |link: &Value| tensor(&link["matrix"]);
        let state = |l: &Value| StateLink { factor: index(&l["factor"]), modality: index(&l["modality"]), matrix: matrix(l) };
        let like = |l: &Value| PreferenceLink { to: index(&l["to"]), modality: index(&l["modality"]), matrix: matrix(l) };
        let habit = |l: &Value| HabitLink { modality: index(&l["modality"]), matrix: matrix(l) };
        Box::new(Level {
            structure: self::structure(lower),
            settings: settings(lower, &Value::Null),
            states: links("link").iter().map(state).collect(),
            preferences: links("linkC").iter().map(like).collect(),
            habits: links("linkE").iter().map(habit).collect(),
        })
    });
    structure
}

/// The settings of a level; those that are not named are SPM's.
pub fn settings(model: &Value, options: &Value) -> Settings {
    let or = |name: &str, default: f64| model.get(name).map_or(default, number);
    let on = |name: &str| options.get(name).is_some_and(|v| number(v) != 0.0);
    let default = Settings::default();
    Settings {
        action_precision: or("alpha", default.action_precision),
        inverse_precision: or("beta", default.inverse_precision),
        window: or("zeta", default.window),
        learning_rate: or("eta", default.learning_rate),
        time_constant: or("tau", default.time_constant),
        uncertainty: or("chi", default.uncertainty),
        reset: or("erp", default.reset),
        fixed_precision: on("gamma"),
        carry_initial: on("D"),
    }
}

/// `[time][..]` of lists `[..][time]`.
pub fn by_time(value: &Value) -> Vec<Vec<usize>> {
    let lists: Vec<Vec<usize>> = list(value).iter().map(indices).collect();
    (0..lists[0].len()).map(|t| lists.iter().map(|l| l[t]).collect()).collect()
}

/// What was forced in a trial.
pub fn script(forced: &Value) -> Script {
    Script {
        seen: by_time(&forced["o"]).iter().map(|seen| seen.iter().map(|&o| Seen::Outcome(o)).collect()).collect(),
        actions: by_time(&forced["u"]),
        changes: Changes { initial: forced.get("D").map(vectors), steps: forced.get("T").map(index) },
        episodes: forced.get("lower").map_or(Vec::new(), |l| list(l).iter().map(script).collect()),
    }
}

/// Outcome likelihoods `[time][modality]` of hidden Markov mode.
pub fn weights(model: &Value) -> Vec<Vec<Seen>> {
    let tables = tensors(&model["O"]);
    let steps = tables[0].shape()[1];
    let column = |o: &Tensor, t: usize| o.numbers().iter().skip(t).step_by(steps).copied().collect();
    (0..steps).map(|t| tables.iter().map(|o| Seen::Weights(column(o, t))).collect()).collect()
}

/// Nested lists of numbers.
pub trait Nested {
    fn compare(&self, golden: &Value, compare: &mut Compare, at: &str);
}

impl Nested for f64 {
    fn compare(&self, golden: &Value, compare: &mut Compare, at: &str) {
        match golden.as_f64() {
            Some(golden) => compare.near(at, *self, golden),
            None => compare.fail(at, &format!("{self}, not {golden}")),
        }
    }
}

impl Nested for usize {
    fn compare(&self, golden: &Value, compare: &mut Compare, at: &str) {
        (*self as f64).compare(golden, compare, at);
    }
}

impl<T: Nested> Nested for [T] {
    fn compare(&self, golden: &Value, compare: &mut Compare, at: &str) {
        let Some(list) = golden.as_array() else { return compare.fail(at, &format!("a list, not {golden}")) };
        if list.len() != self.len() {
            return compare.fail(at, &format!("{} entries, not {}", self.len(), list.len()));
        }
        for (i, (found, golden)) in self.iter().zip(list).enumerate() {
            found.compare(golden, compare, &format!("{at}[{i}]"));
        }
    }
}

impl<T: Nested> Nested for Vec<T> {
    fn compare(&self, golden: &Value, compare: &mut Compare, at: &str) {
        self.as_slice().compare(golden, compare, at);
    }
}

impl<T: Nested + ?Sized> Nested for &T {
    fn compare(&self, golden: &Value, compare: &mut Compare, at: &str) {
        (**self).compare(golden, compare, at);
    }
}

/// Numbers in a shape, against nested lists.
pub struct Shaped<'a>(pub &'a [usize], pub &'a [f64]);

impl Nested for Shaped<'_> {
    fn compare(&self, golden: &Value, compare: &mut Compare, at: &str) {
        let Shaped(&[first, ref inner @ ..], numbers) = *self else { return self.1[0].compare(golden, compare, at) };
        let size = numbers.len() / first;
        (0..first).map(|i| Shaped(inner, &numbers[i * size..][..size])).collect::<Vec<_>>().compare(golden, compare, at);
    }
}

impl Nested for Tensor {
    fn compare(&self, golden: &Value, compare: &mut Compare, at: &str) {
        Shaped(self.shape(), self.numbers()).compare(golden, compare, at);
    }
}

/// What was compared, and what came of it.
#[derive(Default)]
pub struct Compare {
    pub count: usize,
    pub largest: f64,
    pub failures: Vec<String>,
    within: String,
}

impl Compare {
    const TOLERANCE: f64 = 1e-9;

    /// Says what is compared from now on.
    pub fn within(&mut self, within: &str) {
        within.clone_into(&mut self.within);
    }

    pub fn fail(&mut self, at: &str, what: &str) {
        self.failures.push(format!("{}{at}: {what}", self.within));
    }

    /// The difference, divided by the golden value where that is larger than 1.
    pub fn near(&mut self, at: &str, found: f64, golden: f64) {
        self.count += 1;
        let difference = (found - golden).abs() / golden.abs().max(1.0);
        self.largest = self.largest.max(difference);
        if difference.is_nan() || difference > Self::TOLERANCE {
            self.fail(at, &format!("{found}, not {golden}"));
        }
    }

    /// Compares with a member of a golden object, which has to have it.
    pub fn member(&mut self, golden: &Value, name: &str, found: impl Nested) {
        found.compare(&golden[name], self, name);
    }

    /// Adds what was compared of a part.
    pub fn add(&mut self, part: Compare, at: &str) {
        self.count += part.count;
        self.largest = self.largest.max(part.largest);
        for failure in part.failures {
            self.fail(at, &failure);
        }
    }

    /// Which members of an object no comparison is written for.
    pub fn nothing_but(&mut self, golden: &Value, known: &[&str]) {
        let object = golden.as_object().expect("an object");
        for name in object.keys().filter(|name| !known.contains(&name.as_str())) {
            self.fail(name, "nothing compares it");
        }
    }
}
