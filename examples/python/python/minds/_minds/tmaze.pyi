"""TMaze, as it is declared."""

# Made from the declaration, not by hand: the module's `__stub__` has it.
import enum
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

__all__: list[str]
__stub__: str

class Place(enum.IntEnum):
    Centre = 0
    Left = 1
    Right = 2
    Cue = 3
    Middle = 4

class Side(enum.IntEnum):
    Left = 0
    Right = 1

class Seen(enum.IntEnum):
    Centre = 0
    Left = 1
    Right = 2
    Cue = 3
    Middle = 4

class Outcome(enum.IntEnum):
    Nothing = 0
    Reward = 1
    Punishment = 2

class Cue(enum.IntEnum):
    Nothing = 0
    Left = 1
    Right = 2

class Go(enum.IntEnum):
    Centre = 0
    Left = 1
    Right = 2
    Cue = 3
    Middle = 4

class Observation(NamedTuple):
    seen: Seen
    outcome: Outcome
    cue: Cue

class State(NamedTuple):
    place: Place
    side: Side

class Belief(NamedTuple):
    place: npt.NDArray[np.float64]
    side: npt.NDArray[np.float64]

class Expected(NamedTuple):
    seen: npt.NDArray[np.float64]
    outcome: npt.NDArray[np.float64]
    cue: npt.NDArray[np.float64]

_Action = Go
_Acted = Go | int | str
_Observed = Observation | Sequence[Any] | Mapping[str, Any]
_Codes = npt.NDArray[np.int32]

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

class Agent:
    def __new__(cls, *, options: dict[str, Any] | None = None, inputs: dict[str, Any] | None = None, seed: int = 0, reward_probability: float = 0.9, preference: float = 1.2) -> Agent: ...
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
    def __new__(cls, *, inputs: dict[str, Any] | None = None, seed: int = 0, reward_probability: float = 0.9, preference: float = 1.2) -> World: ...
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
    def __new__(cls, count: int, *, options: dict[str, Any] | None = None, inputs: dict[str, Any] | None = None, seed: int = 0, reward_probability: float | npt.NDArray[np.float64] = 0.9, preference: float | npt.NDArray[np.float64] = 1.2) -> Agents: ...
    def __len__(self) -> int: ...
    def step(self, observations: _Codes, actions: npt.NDArray[np.int32] | None = None) -> npt.NDArray[np.int32]: ...
    def infer(self, observations: _Codes) -> None: ...
    def restart(self) -> None: ...
    def action_probabilities(self) -> npt.NDArray[np.float64]: ...
    def rollout(self, worlds: Worlds, steps: int) -> tuple[_Codes, npt.NDArray[np.int32]]: ...
    @property
    def belief(self) -> Belief: ...

class Worlds:
    def __new__(cls, count: int, *, inputs: dict[str, Any] | None = None, seed: int = 0, reward_probability: float | npt.NDArray[np.float64] = 0.9, preference: float | npt.NDArray[np.float64] = 1.2) -> Worlds: ...
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
    inputs: dict[str, Any] | None = None,
    reward_probability: float = 0.9,
    preference: float = 1.2,
) -> Any: ...

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
