"""Declared models: a T-Maze and a bandit, a listener with two levels, a filter of a coin, and a learner at two arms."""

from ._minds import arms, bandit, coin, listener, tmaze

__all__ = ["arms", "bandit", "coin", "listener", "tmaze"]
