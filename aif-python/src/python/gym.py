"""Worlds of declared models as environments of Gymnasium."""

import enum


def numbers(modality, count, spaces):
    """The space of one modality."""
    import numpy as np

    return spaces.Discrete(count) if count else spaces.Box(-np.inf, np.inf, (), np.float64)


def position(value):
    """A value of an action as its world takes it: a member of an enum as it is, anything else as a whole number."""
    return value if isinstance(value, enum.Enum) else int(value)


def environment(world_class, module):
    """The function `env` of a module, whose environments are those of its worlds."""
    made = []

    def env(*, steps=None, reward=None, seed=0, render_mode=None, inputs=None, **parameters):
        if not made:
            made.append(environment_class(world_class, module))
        if render_mode is not None:
            raise ValueError("worlds draw nothing: render_mode is None")
        return made[0](world_class(seed=seed, inputs=inputs, **parameters), steps, reward)

    env.__doc__ = (
        "The world as an environment of Gymnasium. What is observed is the outcome of each modality, an array of their positions (a dictionary by name"
        " where one is measured); actions are positions. The reward is `reward(observation)`, else the sum of the model's log-preferences over what is"
        " observed, in nats, as they are at the first step of a plan. Nothing terminates; `steps` truncates. Keywords are the world's."
    )
    env.__module__, env.__qualname__ = module, "env"
    return env


def environment_class(world_class, module):
    """The class of the environments of a world."""
    import gymnasium
    import numpy as np
    from gymnasium import spaces

    class Environment(gymnasium.Env):
        """A world of a declared model."""

        metadata = {"render_modes": []}

        def __init__(self, world, steps, reward):
            modalities, actions = world._spaces()
            self.world, self.steps, self.gone = world, steps, 0
            self._names = [name for name, _, _ in modalities]
            self._measured = any(count == 0 for _, count, _ in modalities)
            self._reward = reward or self._preferred([preferences for _, _, preferences in modalities])
            if self._measured:
                self.observation_space = spaces.Dict({name: numbers(name, count, spaces) for name, count, _ in modalities})
            else:
                self.observation_space = spaces.MultiDiscrete([count for _, count, _ in modalities])
            counts = [count for _, count in actions]
            self.action_space = spaces.Discrete(counts[0]) if len(counts) == 1 else spaces.MultiDiscrete(counts)
            self.render_mode = None

        def _preferred(self, preferences):
            if self._measured:
                raise ValueError("what is measured has no list of preferences: give reward=, a function of an observation")
            return lambda observation: float(sum(own[outcome] for own, outcome in zip(preferences, observation)))

        def _observed(self, observation):
            if self._measured:
                kinds = zip(self._names, observation)
                return {name: np.float64(x) if isinstance(x, float) else np.int64(x) for name, x in kinds}
            return np.array(observation, dtype=np.int64)

        def reset(self, *, seed=None, options=None):
            super().reset(seed=seed)
            if options:
                raise ValueError("worlds take no options when they begin: make another one")
            if seed is not None:
                self.world.reseed(seed)
            self.gone = 0
            return self._observed(self.world.reset()), {"state": self.world.state}

        def step(self, action):
            action = position(action) if np.ndim(action) == 0 else [position(part) for part in action]
            observation = self.world.step(action)
            self.gone += 1
            truncated = self.steps is not None and self.gone >= self.steps
            return self._observed(observation), self._reward(observation), False, truncated, {"state": self.world.state}

    Environment.__module__ = module
    return Environment
