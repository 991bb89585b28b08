"""Beside pymdp's own agent, in one process, on the same observations: the same beliefs and policies."""

import numpy as np
import pytest
from minds import tmaze

pymdp = pytest.importorskip("pymdp.agent")
jax = pytest.importorskip("jax")
jax.config.update("jax_enable_x64", True)

Place, Side, Outcome, Cue = tmaze.Place, tmaze.Side, tmaze.Outcome, tmaze.Cue
TOUCHES = {Place.Centre: "Cue Middle", Place.Cue: "Centre", Place.Middle: "Centre Left Right", Place.Left: "Middle", Place.Right: "Middle"}


def tables(p, preference):
    """A, B, C and D of the maze, written for pymdp by hand."""
    outcome, cue, move = np.zeros((3, 5, 2)), np.zeros((3, 5, 2)), np.zeros((5, 5, 5))
    outcome[Outcome.Nothing], cue[Cue.Nothing] = 1, 1
    for arm, own in ((Place.Left, Side.Left), (Place.Right, Side.Right)):
        outcome[:, arm, own], outcome[:, arm, 1 - own] = [0, p, 1 - p], [0, 1 - p, p]
    cue[:, Place.Cue, Side.Left], cue[:, Place.Cue, Side.Right] = [0, 1, 0], [0, 0, 1]
    for place in Place:
        for go in Place:
            move[go if go.name in TOUCHES[place].split() else place, place, go] = 1
    A = [np.eye(5), outcome, cue]
    B = [move, np.eye(2)[:, :, None]]
    C = [np.zeros(5), np.array([0, preference, -preference]), np.zeros(3)]
    return A, B, C, [np.eye(5)[0], np.full(2, 0.5)]


@pytest.mark.parametrize("p, preference, seed", [(0.9, 1.2, 0), (0.7, 3.0, 1), (0.98, 0.5, 2)])
def test_the_same_beliefs_and_policies(p, preference, seed):
    A, B, C, D = ([jax.numpy.array(a)[None] for a in part] for part in tables(p, preference))
    peer = pymdp.Agent(
        A=A, B=B, C=C, D=D, A_dependencies=[[0], [0, 1], [0, 1]], B_dependencies=[[0], [1]], policy_len=2, batch_size=1, num_iter=16
    )  # fmt: skip
    ours = tmaze.Agent(reward_probability=p, preference=preference, options={"inference": {"FixedPoint": {"Parallel": 16}}})
    world, rng = tmaze.World(reward_probability=p, preference=preference, seed=seed), np.random.default_rng(seed)
    observation, prior = world.reset(), peer.D
    for _ in range(15):
        believed = peer.infer_states([jax.numpy.array([int(o)]) for o in observation], prior)
        q_pi, gains = peer.infer_policies(believed)
        belief = ours.infer(observation)
        for mine, theirs in zip(belief, believed):
            np.testing.assert_allclose(mine, np.asarray(theirs)[0, -1], atol=1e-9)
        policies = ours.policies()
        np.testing.assert_array_equal(np.asarray(peer.policies.policy_arr)[:, :, 0], [(i // 5, i % 5) for i in range(25)])
        np.testing.assert_allclose(policies.posterior, np.asarray(q_pi)[0], atol=1e-9)
        np.testing.assert_allclose(policies.negative_expected_free_energies, np.asarray(gains)[0], atol=1e-8)
        action = int(rng.integers(5))
        ours.act(action)
        prior = peer.update_empirical_prior(jax.numpy.array([[action, 0]]), believed)
        observation = world.step(action)
