"""Listener, as it is declared."""

# Made from the declaration, not by hand: the module's `__stub__` has it.
import enum
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

__all__: list[str]
__stub__: str

class Agent:
    def __new__(cls, *, options: dict[str, Any] | None = None, seed: int = 0, sharpness: float = 0.8, fit: float = 0.9) -> Agent: ...
    def step(self, observation: dict[str, Any]) -> dict[str, Any]: ...
    def restart(self) -> None: ...
    @property
    def belief(self) -> dict[str, Any]: ...
    @property
    def has_perceived(self) -> bool: ...

class World:
    def __new__(cls, *, seed: int = 0, sharpness: float = 0.8, fit: float = 0.9) -> World: ...
    def reset(self) -> dict[str, Any]: ...
    def step(self, acts: dict[str, Any]) -> dict[str, Any]: ...
