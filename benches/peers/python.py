"""A batch of 1,000 agents in the T-Maze, from Python and in one process: ours through `examples/python`, pymdp's compiled rollouts.

    benches/peers/run.sh python

Ours live in their worlds, by `rollout` in one call as well as step by step over arrays; pymdp's by its own `rollout`, with agent and world compiled, as well
as in a loop that is compiled by hand. Both have all cores. Before anything is timed, both agents are given the same observations and have to say the same.
"""

import statistics
import sys
import time

try:
    import jax
    import jax.numpy as jnp
    import jax.random as jr
    import numpy as np
    from minds import tmaze
    from pymdp.agent import Agent
    from pymdp.envs.env import PymdpEnv
    from pymdp.envs.rollout import rollout
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(0)

import beside
from living import looping
from models import MOVES, PREFERENCE

COUNT, STEPS, TRUST, PAYS = 1000, 100, 0.9, 0.8
DEPENDENCIES = {"A_dependencies": [[0], [0, 1], [0, 1]], "B_dependencies": [[0], [1]]}


def tables(p):
    """A, B, C and D of the maze."""
    outcome, cue, move = np.zeros((3, 5, 2)), np.zeros((3, 5, 2)), np.zeros((5, 5, 5))
    outcome[0], cue[0] = 1, 1
    outcome[:, 1], outcome[:, 2] = [[0, 0], [p, 1 - p], [1 - p, p]], [[0, 0], [1 - p, p], [p, 1 - p]]
    cue[:, 3] = [[0, 0], [1, 0], [0, 1]]
    for place in range(5):
        move[MOVES[place], place, np.arange(5)] = 1
    C = [np.zeros(5), np.array([0, PREFERENCE, -PREFERENCE]), np.zeros(3)]
    return [np.eye(5), outcome, cue], [move, np.eye(2)[:, :, None]], C, [np.eye(5)[0], np.full(2, 0.5)]


def batched(arrays):
    return [jnp.broadcast_to(jnp.asarray(a), (COUNT, *a.shape)) for a in arrays]


def peers():
    """pymdp's agents and their worlds."""
    A, B, C, D = tables(TRUST)
    agents = Agent(
        A=batched(A), B=batched(B), C=batched(C), D=batched(D), **DEPENDENCIES, policy_len=2, action_selection="stochastic",
        batch_size=COUNT, num_iter=16,
    )  # fmt: skip
    A, B, _, D = (([jnp.asarray(a) for a in part]) for part in tables(PAYS))
    env = PymdpEnv(A=A, B=B, D=D, **DEPENDENCIES)
    return agents, env


def same_numbers(agents, precision):
    """Stops where the two do not choose alike."""
    ours = tmaze.Agents(COUNT, reward_probability=TRUST, preference=PREFERENCE, options={"inference": {"FixedPoint": {"Parallel": 16}}})
    prior = agents.D
    worlds = tmaze.Worlds(COUNT, reward_probability=PAYS, preference=PREFERENCE, seed=1)
    observed = worlds.reset()
    for _ in range(5):
        believed = agents.infer_states([jnp.asarray(o)[:, None] for o in observed.T], prior)
        q_pi, _ = agents.infer_policies(believed)
        theirs = np.asarray(q_pi).reshape(COUNT, 5, 5).sum(2)
        ours.infer(observed)
        off = float(np.abs(theirs - ours.action_probabilities()).max())
        beside.agree(f"choices, {precision}, the largest difference", 0.0, off, 1e-9 if precision == "float64" else 1e-4)
        actions = ours.step(observed)
        prior = agents.update_empirical_prior(jnp.concatenate([jnp.asarray(actions), jnp.zeros_like(actions)], 1), believed)
        observed = worlds.step(actions)


def seconds(call):
    """The median time of a call."""
    call()
    times = []
    for _ in range(5):
        started = time.perf_counter()
        call()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def ours():
    """Seconds of a step of one agent: in one call, and step by step."""
    options = {"reward_probability": TRUST, "preference": PREFERENCE}
    agents = tmaze.Agents(COUNT, **options)
    worlds = tmaze.Worlds(COUNT, reward_probability=PAYS, preference=PREFERENCE)
    observed, actions = np.empty((COUNT, 3), np.int32), np.empty((COUNT, 1), np.int32)

    def stepping():
        agents.restart()
        worlds.reset(observed)
        for _ in range(STEPS):
            worlds.step(agents.step(observed, actions), observed)

    each = COUNT * STEPS
    return {"rollout": seconds(lambda: agents.rollout(worlds, STEPS)) / each, "steps": seconds(stepping) / each}


def compare(precision):
    jax.config.update("jax_enable_x64", precision == "float64")
    agents, env = peers()
    same_numbers(agents, precision)
    loop, of_loop = looping(agents, env, STEPS)
    call, compiling = beside.compiled(loop, *of_loop)
    worlds = env.generate_env_params(batch_size=COUNT)
    tasks = [("a loop with the world, compiled by hand", lambda: jax.block_until_ready(call(*of_loop)), compiling)]
    # In double precision its own rollout does not compile: it carries actions of 32 bits and makes some of 64.
    if precision == "float32":
        own = jax.jit(lambda agents, key: rollout(agents, env, STEPS, key, env_params=worlds)[1])
        own_call, own_compiling = beside.compiled(own, agents, jr.PRNGKey(1))
        tasks.append(("its rollout, compiled", lambda: jax.block_until_ready(own_call(agents, jr.PRNGKey(1))), own_compiling))
    mine, theirs = [], [[] for _ in tasks]
    for _ in range(beside.ROUNDS):
        mine.append(ours())
        for times, (_, work, _) in zip(theirs, tasks):
            times.append(seconds(work) / (COUNT * STEPS))
    for times, (peer, _, compiling) in zip(theirs, tasks):
        for name, words in (("rollout", "in one call"), ("steps", "step by step over arrays")):
            rate = f"{1 / statistics.median([m[name] for m in mine]):,.0f} and {1 / statistics.median(times):,.0f} steps a second"
            task = f"T-Maze from Python: a step with its world, {COUNT:,} agents, each, {words}"
            beside.row(task, [m[name] for m in mine], f"pymdp, {precision}, {peer}", times, compiling, rate)


for precision in ("float32", "float64"):
    compare(precision)
