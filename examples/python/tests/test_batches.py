"""Batches over numpy's arrays: the same lives as one by one, on any number of threads, without copies and without the interpreter's lock."""

import threading
import time

import numpy as np
import pytest
from minds import tmaze


def test_a_batch_does_what_agents_do_one_by_one():
    count = 40
    trust = np.linspace(0.6, 0.99, count)
    agents, worlds = tmaze.Agents(count, reward_probability=trust, seed=3), tmaze.Worlds(count, reward_probability=0.8, seed=3)
    assert len(agents) == len(worlds) == count
    seen = worlds.reset()
    # The first of a batch is the one of that seed.
    one, around = tmaze.Agent(reward_probability=trust[0], seed=3), tmaze.World(reward_probability=0.8, seed=3)
    alone = around.reset()
    for _ in range(10):
        assert list(seen[0]) == list(alone)
        actions = agents.step(seen)
        action = one.step(alone)
        assert actions[0, 0] == action
        np.testing.assert_array_equal(agents.belief.side[0], one.belief.side)
        seen, alone = worlds.step(actions), around.step(action)
    assert worlds.states.shape == (count, 2)
    # The others learn what they would by themselves.
    each = [tmaze.Agent(reward_probability=p) for p in trust]
    agents.restart()
    agents.infer(np.zeros((count, 3), np.int32))
    for p, agent in zip(agents.action_probabilities(), each):
        agent.infer((0, 0, 0))
        np.testing.assert_array_equal(p, agent.plan().probabilities)


def test_arrays_are_written_where_they_lie():
    agents, worlds = tmaze.Agents(5), tmaze.Worlds(5)
    seen, actions = np.empty((5, 3), np.int32), np.empty((5, 1), np.int32)
    assert worlds.reset(seen) is seen
    assert agents.step(seen, actions) is actions
    before = seen.ctypes.data
    assert worlds.step(actions, observations=seen).ctypes.data == before


def test_rollouts_are_the_same_as_steps():
    def made():
        return tmaze.Agents(100, seed=5), tmaze.Worlds(100, reward_probability=0.8, seed=6)

    agents, worlds = made()
    seen, actions = agents.rollout(worlds, 8)
    assert seen.shape == (9, 100, 3) and actions.shape == (8, 100, 1)
    agents, worlds = made()
    now = worlds.reset()
    for step in range(8):
        np.testing.assert_array_equal(seen[step], now)
        done = agents.step(now)
        np.testing.assert_array_equal(actions[step], done)
        now = worlds.step(done)


def test_what_is_missing_is_skipped():
    agents = tmaze.Agents(2)
    agents.infer(np.array([[0, 0, -1], [-1, -1, -1]], np.int32))
    np.testing.assert_allclose(agents.belief.side, 0.5)


def test_other_threads_go_on():
    """While a batch works, another thread runs Python."""
    agents, worlds = tmaze.Agents(2000, options={"horizon": 4}), tmaze.Worlds(2000)
    counted, done = [0], threading.Event()

    def work():
        agents.rollout(worlds, 20)
        done.set()

    thread = threading.Thread(target=work)
    thread.start()
    while not done.is_set():
        counted[0] += 1
        time.sleep(0.0005)
    thread.join()
    assert counted[0] > 5


@pytest.mark.parametrize(
    "mistake, kind, words",
    [
        (lambda agents: agents.step(np.zeros((3, 3), np.int64)), TypeError, "observations: an array of int32 is expected"),
        (lambda agents: agents.step(np.zeros((4, 3), np.int32)), ValueError, r"shape \[4, 3\], where \[3, 3\]"),
        (lambda agents: agents.step(np.zeros((3, 6), np.int32)[:, ::2]), ValueError, "one after the other"),
        (lambda agents: agents.step(np.zeros((3, 3), np.int32).T), ValueError, "observations: its numbers have to lie"),
        (lambda agents: agents.infer(np.asfortranarray(np.zeros((3, 3), np.int32))), ValueError, "row by row"),
        (lambda agents: tmaze.Worlds(3).reset(np.zeros((3, 3), np.int32).T), ValueError, "observations: its numbers have to lie"),
        (lambda agents: agents.step(np.full((3, 3), 7, np.int32)), ValueError, "row 0: `seen` cannot be 7: there are 5 values"),
        (lambda agents: tmaze.Worlds(3).step(np.full((3, 1), -1, np.int32)), ValueError, "row 0: `go` cannot be -1"),
        (lambda agents: agents.rollout(tmaze.Worlds(4), 2), ValueError, "3 agents cannot live in 4 worlds"),
        (lambda agents: agents.rollout(tmaze.Worlds(3), 10**12), ValueError, r"no array of shape \[1000000000001, 3, 3\] is made"),
        (lambda agents: agents.rollout(tmaze.Worlds(3), 2**64 - 1), ValueError, "observations: no array of shape"),
        (lambda agents: tmaze.Agents(10**12), ValueError, "1000000000000 agents are not made: at most 16777216 are"),
        (lambda agents: tmaze.Worlds(10**12), ValueError, "1000000000000 worlds are not made: at most 16777216 are"),
        (lambda agents: tmaze.Agents(3, reward_probability=np.ones(2)), ValueError, r"shape \[2\], where \[3\]"),
    ],
)
def test_mistakes_leave_a_batch_as_it_was(mistake, kind, words):
    agents = tmaze.Agents(3)
    with pytest.raises(kind, match=words):
        mistake(agents)
    np.testing.assert_allclose(agents.belief.place[:, 0], 1)
