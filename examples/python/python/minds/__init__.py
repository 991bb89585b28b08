"""Declared models: a T-Maze and a bandit."""

from ._minds import bandit, tmaze

__all__ = ["bandit", "tmaze"]
