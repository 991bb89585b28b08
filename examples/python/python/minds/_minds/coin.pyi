"""TwoLevelBinary, as it is declared."""

# Made from the declaration, not by hand: the module's `__stub__` has it.
import enum
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

__all__: list[str]
__stub__: str

class Input(enum.IntEnum):
    false = 0
    true = 1

class Response(enum.IntEnum):
    false = 0
    true = 1

class Node(NamedTuple):
    mean: float
    precision: float
    expected_mean: float
    expected_precision: float
    log_odds: float
    value_error: float
    volatility_error: float
    effective_precision: float

class Nodes(NamedTuple):
    mean: npt.NDArray[np.float64]
    precision: npt.NDArray[np.float64]
    expected_mean: npt.NDArray[np.float64]
    expected_precision: npt.NDArray[np.float64]
    log_odds: npt.NDArray[np.float64]
    value_error: npt.NDArray[np.float64]
    volatility_error: npt.NDArray[np.float64]
    effective_precision: npt.NDArray[np.float64]

class Beliefs(NamedTuple):
    input: Node
    chance: Node

class Trajectory(NamedTuple):
    input: Nodes
    chance: Nodes

class Probabilities(NamedTuple):
    response: npt.NDArray[np.float64]

class Responses(NamedTuple):
    response: Response

class Filter:
    def __new__(cls, *, options: dict[str, Any] | None = None, seed: int = 0, tonic_volatility: float = -2.0, inverse_temperature: float = 2.0) -> Filter: ...
    def step(self, inputs: Any, time_step: float = 1.0) -> Beliefs: ...
    def run(self, inputs: npt.NDArray[np.float64], time_steps: npt.NDArray[np.float64] | None = None) -> Trajectory: ...
    def respond(self) -> Responses: ...
    def restart(self) -> None: ...
    @property
    def beliefs(self) -> Beliefs: ...
    @property
    def probabilities(self) -> Probabilities: ...
