"""Worlds as environments of Gymnasium."""

import numpy as np
import pytest
from minds import bandit, tmaze

gymnasium = pytest.importorskip("gymnasium")


def test_environments_pass_gymnasium_s_own_checks():
    from gymnasium.utils.env_checker import check_env

    check_env(tmaze.env(steps=10, reward_probability=0.8), skip_render_check=True)
    check_env(bandit.env(steps=10, win_probability=0.8, hazard=0.1, preference=1.0), skip_render_check=True)


def test_reward_is_what_the_model_prefers():
    env = tmaze.env(steps=3, preference=2.0)
    env.reset(seed=4)
    env.unwrapped.world.state = ("Middle", "Left")
    observation, reward, terminated, truncated, info = env.step(int(tmaze.Go.Left))
    assert observation.tolist()[0] == tmaze.Place.Left and not terminated and not truncated
    assert reward == (2.0 if observation[1] == tmaze.Outcome.Reward else -2.0)
    assert info["state"].side is tmaze.Side.Left
    env.step(0)
    assert env.step(0)[3]
    other = tmaze.env(reward=lambda observation: float(observation.seen is tmaze.Seen.Cue))
    other.reset(seed=1)
    assert other.step(int(tmaze.Go.Cue))[1] == 1.0


def test_actions_may_be_values_of_enums():
    env = tmaze.env()
    env.reset(seed=1)
    assert env.step(tmaze.Go.Middle)[0][0] == tmaze.Seen.Middle
    # Of another enum it is the label, not the position.
    assert env.step(tmaze.Side.Right)[0][0] == tmaze.Seen.Right


def test_agents_act_in_environments_as_in_worlds():
    env, agent = tmaze.env(steps=6), tmaze.Agent(seed=2)
    observation, _ = env.reset(seed=2)
    world, same = tmaze.World(seed=2), tmaze.Agent(seed=2)
    seen = world.reset()
    for _ in range(6):
        np.testing.assert_array_equal(observation, seen)
        action = agent.step(observation)
        observation, *_ = env.step(action)
        seen = world.step(same.step(seen))
