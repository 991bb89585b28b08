//! Type stubs of a module: what `.pyi` says of it, made from the same description as its classes.

use std::fmt::Write;

use crate::filter::{FilterShape, NODE};
use crate::learner::LearnerShape;
use crate::model::Parameter;
use crate::shape::Shape;
use crate::variable::Variable;

const HEADER: &str = "\
# Made from the declaration, not by hand: the module's `__stub__` has it.
import enum
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

__all__: list[str]
__stub__: str
";

const TUPLES: &str = "
class Terms(NamedTuple):
    utility: float
    state_information_gain: float
    likelihood_information_gain: float
    inductive_value: float
    transition_information_gain: float

class Explanation(NamedTuple):
    action: _Action
    probability: float
    next: Terms
    later: float
    habit: float

class Plan(NamedTuple):
    probabilities: npt.NDArray[np.float64]
    log_weights: npt.NDArray[np.float64]
    depth: int
    nodes: int

class Policies(NamedTuple):
    posterior: npt.NDArray[np.float64]
    negative_expected_free_energies: npt.NDArray[np.float64]
";

const CLASSES: &str = "
class Agent:
    def __new__(cls, *, options: dict[str, Any] | None = None, inputs: dict[str, Any] | None = None, seed: int = 0@NUMBERS@) -> Agent: ...
    def step(self, observation: _Observed, open: Iterable[_Acted] | None = None) -> _Action: ...
    def infer(self, observation: _Observed) -> Belief: ...
    def plan(self) -> Plan: ...
    def policies(self) -> Policies: ...
    def explain(self) -> list[Explanation]: ...
    def choose(self, open: Iterable[_Acted] | None = None) -> _Action: ...
    def act(self, action: _Acted) -> None: ...
    def restart(self) -> None: ...
    def set_inputs(self, inputs: dict[str, Any]) -> None: ...
    def save(self) -> bytes: ...
    def load(self, bytes: bytes) -> None: ...
    @property
    def belief(self) -> Belief: ...
    @property
    def expected(self) -> Expected: ...
    @property
    def preferences(self) -> Expected: ...

class World:
    def __new__(cls, *, inputs: dict[str, Any] | None = None, seed: int = 0@NUMBERS@) -> World: ...
    def reset(self) -> Observation: ...
    def step(self, action: _Acted) -> Observation: ...
    def observe(self) -> Observation: ...
    def set_inputs(self, inputs: dict[str, Any]) -> None: ...
    def reseed(self, seed: int) -> None: ...
    @property
    def state(self) -> State: ...
    @state.setter
    def state(self, state: State | Sequence[Any] | Mapping[str, Any]) -> None: ...
    @property
    def preferences(self) -> Expected: ...

class Agents:
    def __new__(cls, count: int, *, options: dict[str, Any] | None = None, inputs: dict[str, Any] | None = None, seed: int = 0@ARRAYS@) -> Agents: ...
    def __len__(self) -> int: ...
    def step(self, observations: _Codes, actions: npt.NDArray[np.int32] | None = None) -> npt.NDArray[np.int32]: ...
    def infer(self, observations: _Codes) -> None: ...
    def restart(self) -> None: ...
    def action_probabilities(self) -> npt.NDArray[np.float64]: ...
    def rollout(self, worlds: Worlds, steps: int) -> tuple[_Codes, npt.NDArray[np.int32]]: ...
    @property
    def belief(self) -> Belief: ...

class Worlds:
    def __new__(cls, count: int, *, inputs: dict[str, Any] | None = None, seed: int = 0@ARRAYS@) -> Worlds: ...
    def __len__(self) -> int: ...
    def reset(self, observations: _Codes | None = None) -> _Codes: ...
    def step(self, actions: npt.NDArray[np.int32], observations: _Codes | None = None) -> _Codes: ...
    @property
    def states(self) -> npt.NDArray[np.int32]: ...

def env(
    *,
    steps: int | None = None,
    reward: Callable[[Observation], float] | None = None,
    seed: int = 0,
    render_mode: None = None,
    inputs: dict[str, Any] | None = None@LINES@
) -> Any: ...
";

const LEVELS: &str = "
class Agent:
    def __new__(cls, *, options: dict[str, Any] | None = None, seed: int = 0@NUMBERS@) -> Agent: ...
    def step(self, observation: dict[str, Any]) -> dict[str, Any]: ...
    def restart(self) -> None: ...
    @property
    def belief(self) -> dict[str, Any]: ...
    @property
    def has_perceived(self) -> bool: ...

class World:
    def __new__(cls, *, seed: int = 0@NUMBERS@) -> World: ...
    def reset(self) -> dict[str, Any]: ...
    def step(self, acts: dict[str, Any]) -> dict[str, Any]: ...
";

const FILTER: &str = "
class Filter:
    def __new__(cls, *, options: dict[str, Any] | None = None, seed: int = 0@NUMBERS@) -> Filter: ...
    def step(self, inputs: Any, time_step: float = 1.0) -> Beliefs: ...
    def run(self, inputs: npt.NDArray[np.float64], time_steps: npt.NDArray[np.float64] | None = None) -> Trajectory: ...
    def respond(self) -> Responses: ...
    def restart(self) -> None: ...
    @property
    def beliefs(self) -> Beliefs: ...
    @property
    def probabilities(self) -> Probabilities: ...
";

const LEARNER: &str = "
class Learner:
    def __new__(cls, *, seed: int = 0@NUMBERS@) -> Learner: ...
    def probabilities(self, inputs: Any = None, observation: Any = None, response: Any = None) -> Probabilities: ...
    def choose(self, inputs: Any = None, observation: Any = None) -> Responses: ...
    def step(self, observation: Any = None, response: Any = None, inputs: Any = None) -> dict[str, float]: ...
    def restart(self) -> None: ...
    @property
    def states(self) -> dict[str, float]: ...
";

const STUDIED: &str = "
_Table = Mapping[str, Iterable[Any]] | str | os.PathLike[str] | Any

class Scorer:
    def __init__(self, records: Any) -> None: ...
    parameters: list[str]
    subjects: list[str]
    sessions: list[str] | None
    responses: list[int]
    warnings: list[str]
    @property
    def shape(self) -> tuple[int, int]: ...
    def matrix(self, params: Mapping[str, Any]) -> npt.NDArray[np.float64]: ...
    def score(self, matrix: npt.ArrayLike, reject: bool = False) -> tuple[float, npt.NDArray[np.float64], npt.NDArray[np.float64]]: ...
    def flat(self, vector: npt.ArrayLike, reject: bool = False) -> tuple[float, npt.NDArray[np.float64]]: ...
    def __call__(self, params: Mapping[str, Any], reject: bool = False) -> tuple[float, dict[str, Any]]: ...
    def jax(self) -> Callable[[Any], Any]: ...
    def pytensor(self) -> Callable[[Any], Any]: ...

def scorer(data: _Table, **options: Any) -> Scorer: ...
def loglik(data: _Table, params: Mapping[str, Any], **options: Any) -> tuple[float, dict[str, Any]]: ...
def simulate(**options: Any) -> tuple[Any, Any]: ...
def fit(data: _Table, out: str | os.PathLike[str] | None = None, **options: Any) -> Any: ...
def study(*arguments: Any) -> None: ...
";

/// The stub of a module around others.
pub(crate) fn around<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let mut text = String::from("# Made from the declarations, not by hand: the module's `__stub__` has it.\n");
    names.for_each(|name| text += &format!("from . import {name} as {name}\n"));
    text + "\n__all__: list[str]\n__stub__: str\n"
}

/// The stub of a module, given what it says of what is declared.
pub(crate) fn text(called: Option<&str>, described: &str, studied: bool) -> String {
    let mut text = called.map_or(String::new(), |name| format!("\"\"\"{name}, as it is declared.\"\"\"\n\n"));
    text += HEADER;
    text += described;
    if studied {
        text += STUDIED;
    }
    text
}

/// Parameters as keywords.
fn keywords(parameters: &[Parameter], before: &str, kind: &str) -> String {
    let one = |p: &Parameter| {
        let default = p.default.map_or(String::new(), |default| format!(" = {default:?}"));
        format!("{before}{}: {kind}{default}", p.name)
    };
    parameters.iter().map(one).collect()
}

/// The type of a value in Python.
fn value(variable: &Variable) -> String {
    variable.class.as_ref().map_or("float".to_owned(), |(called, _)| called.clone())
}

fn array(_: &Variable) -> String {
    "npt.NDArray[np.float64]".to_owned()
}

/// What the stub of a model without levels says.
pub(crate) fn of_model(shape: &Shape) -> String {
    let mut text = String::new();
    shape.variables().for_each(|variable| enumeration(variable, &mut text));
    tuple("Observation", &shape.modalities, value, &mut text);
    tuple("State", &shape.factors, value, &mut text);
    tuple("Belief", &shape.factors, array, &mut text);
    tuple("Expected", &shape.modalities, array, &mut text);
    let action = match &shape.actions[..] {
        [one] => value(one),
        several => {
            tuple("Action", several, value, &mut text);
            "Action".into()
        }
    };
    let acted = match shape.actions.len() {
        1 => format!("{action} | int | str"),
        _ => "Action | Sequence[Any] | Mapping[str, Any]".into(),
    };
    let dtype = if shape.is_measured() { "float64" } else { "int32" };
    let _ = write!(
        text,
        "\n_Action = {action}\n_Acted = {acted}\n_Observed = Observation | Sequence[Any] | Mapping[str, Any]\n_Codes = npt.NDArray[np.{dtype}]\n"
    );
    text += TUPLES;
    let lines = match shape.parameters.is_empty() {
        true => ",".to_owned(),
        false => keywords(&shape.parameters, ",\n    ", "float") + ",",
    };
    text += &CLASSES
        .replace("@NUMBERS@", &keywords(&shape.parameters, ", ", "float"))
        .replace("@ARRAYS@", &keywords(&shape.parameters, ", ", "float | npt.NDArray[np.float64]"))
        .replace("@LINES@", &lines);
    text
}

/// What the stub of a model with levels says: dictionaries, whose keys are those of the declaration.
pub(crate) fn of_levels(parameters: &[Parameter]) -> String {
    LEVELS.replace("@NUMBERS@", &keywords(parameters, ", ", "float"))
}

/// What the stub of a filter says.
pub(crate) fn of_filter(shape: &FilterShape) -> String {
    let mut text = String::new();
    shape.inputs.iter().chain(&shape.responses).for_each(|variable| enumeration(variable, &mut text));
    for (called, kind) in [("Node", "float"), ("Nodes", "npt.NDArray[np.float64]")] {
        let fields: String = NODE.iter().map(|name| format!("    {name}: {kind}\n")).collect();
        let _ = write!(text, "\nclass {called}(NamedTuple):\n{fields}");
    }
    let lines = shape.meta.lines;
    let line = |each: bool| if each { "Nodes" } else { "Node" };
    let beliefs: String = lines.iter().map(|own| format!("    {}: {}\n", own.name, line(own.each))).collect();
    let trajectory: String = lines.iter().map(|own| format!("    {}: Nodes\n", own.name)).collect();
    let _ = write!(text, "\nclass Beliefs(NamedTuple):\n{beliefs}\nclass Trajectory(NamedTuple):\n{trajectory}");
    tuple("Probabilities", &shape.responses, array, &mut text);
    tuple("Responses", &shape.responses, value, &mut text);
    text + &FILTER.replace("@NUMBERS@", &keywords(&shape.parameters, ", ", "float"))
}

/// What the stub of a learner says.
pub(crate) fn of_learner(shape: &LearnerShape) -> String {
    let mut text = String::new();
    let all = shape.inputs.iter().chain(&shape.observations).chain(&shape.responses);
    all.for_each(|variable| enumeration(variable, &mut text));
    tuple("Responses", &shape.responses, |variable| format!("{} | None", value(variable)), &mut text);
    let each = shape.meta.responses.iter().map(|own| format!("    {}: npt.NDArray[np.float64] | None\n", own.name));
    let each: String = each.collect();
    let _ = write!(text, "\nclass Probabilities(NamedTuple):\n{}", if each.is_empty() { "    ...\n" } else { &each });
    text + &LEARNER.replace("@NUMBERS@", &keywords(&shape.parameters, ", ", "float"))
}

fn is_identifier(label: &str) -> bool {
    let mut letters = label.chars();
    letters.next().is_some_and(|first| first.is_ascii_alphabetic()) && letters.all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Labels that are no names of Python's are reached by `Place["3, 4"]` or by their position; where none is one, all are listed.
fn enumeration(variable: &Variable, text: &mut String) {
    let Some((called, _)) = &variable.class else { return };
    let is_name = |label: &str| is_identifier(label) && label != "None" && label != "True" && label != "False";
    let labels = || variable.labels.all().enumerate();
    if labels().any(|(_, label)| is_name(&label)) {
        let members = labels().filter(|(_, label)| is_name(label)).map(|(i, label)| format!("    {label} = {i}\n"));
        let _ = write!(text, "\nclass {called}(enum.IntEnum):\n{}", members.collect::<String>());
    } else {
        let members: Vec<String> = labels().map(|(i, label)| format!("{label:?}: {i}")).collect();
        let _ = writeln!(text, "\n{called} = enum.IntEnum(\"{called}\", {{{}}})", members.join(", "));
    }
}

fn tuple(name: &str, fields: &[Variable], kind: impl Fn(&Variable) -> String, text: &mut String) {
    let _ = writeln!(text, "\nclass {name}(NamedTuple):");
    let members: String = fields.iter().map(|v| format!("    {}: {}\n", v.name, kind(v))).collect();
    *text += if members.is_empty() { "    ...\n" } else { &members };
}
