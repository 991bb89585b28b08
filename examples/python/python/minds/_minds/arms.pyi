"""Delta, as it is declared."""

# Made from the declaration, not by hand: the module's `__stub__` has it.
import enum
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

__all__: list[str]
__stub__: str

Choice = enum.IntEnum("Choice", {"1": 0, "2": 1})

class Responses(NamedTuple):
    choice: Choice | None

class Probabilities(NamedTuple):
    choice: npt.NDArray[np.float64] | None

class Learner:
    def __new__(cls, *, seed: int = 0, learning_rate: float = 0.3, inverse_temperature: float = 5.0) -> Learner: ...
    def probabilities(self, inputs: Any = None, observation: Any = None, response: Any = None) -> Probabilities: ...
    def choose(self, inputs: Any = None, observation: Any = None) -> Responses: ...
    def step(self, observation: Any = None, response: Any = None, inputs: Any = None) -> dict[str, float]: ...
    def restart(self) -> None: ...
    @property
    def states(self) -> dict[str, float]: ...
