"""The T-Maze of `tests/models/tmaze.rs` beside pymdp (compiled by JAX): an agent's step, and the gradient for 10 subjects x 500 responses.

    python benches/peers/tmaze.py

The peer at its best: batches; steps in a compiled loop with the world inside as well as steps called one by one; blocks one after the other
(as its likelihoods have it) as well as all at once; and the likelihood written out by hand for this one model. Before anything is timed,
log-likelihoods and derivatives are held against `loglik` of the study program.
"""

import json
import sys

try:
    import jax
    import jax.numpy as jnp
    import jax.random as jr
    import numpy as np
    from numpyro.infer.util import initialize_model
    from pymdp.agent import Agent
    from pymdp.envs.env import PymdpEnv
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(0)

import beside
from living import act, looping
from models import CUES, MOVES, OUTCOMES, PLACES, PREFERENCE, believed, maze_log_likelihood, mazes

SUBJECTS, BLOCKS, STEPS = 10, 100, 5
SEEN, PAID, TOLD = [0], [0, 1], [0, 1]


def tables(p):
    """A, B, C and D of one maze; `p` may be traced."""
    q = 1 - p
    zero, one = jnp.zeros(()), jnp.ones(())
    nothing = [one, zero, zero]
    at = {1: [[zero, p, q], [zero, q, p]], 2: [[zero, q, p], [zero, p, q]]}
    outcome = jnp.array([at.get(place, [nothing, nothing]) for place in range(5)])
    cue = np.zeros((3, 5, 2))
    cue[0] = 1
    cue[:, 3] = [[0, 0], [1, 0], [0, 1]]
    move = np.zeros((5, 5, 5))
    for place in range(5):
        move[MOVES[place], place, np.arange(5)] = 1
    A = [jnp.eye(5), jnp.moveaxis(outcome, 2, 0), jnp.array(cue)]
    B = [jnp.array(move), jnp.eye(2)[:, :, None]]
    C = [jnp.zeros(5), jnp.array([0, PREFERENCE, -PREFERENCE]), jnp.zeros(3)]
    return A, B, C, [jnp.eye(5)[0], jnp.full(2, 0.5)]


def agents(p, horizon=2):
    """One agent for each of `p`."""
    count = p.shape[0]
    A, B, C, D = jax.vmap(tables)(p)
    return Agent(
        A=A, B=B, C=C, D=D, A_dependencies=[SEEN, PAID, TOLD], B_dependencies=[[0], [1]], policy_len=horizon,
        action_selection="stochastic", batch_size=count, num_iter=16,
    )  # fmt: skip


def stepping(count, length):
    """A step called by itself, and many in one compiled loop with the world inside; each with its arguments."""
    agent = agents(jnp.full(count, 0.9))
    A, B, _, D = tables(jnp.array(0.8))
    env = PymdpEnv(A=A, B=B, D=D, A_dependencies=[SEEN, PAID, TOLD], B_dependencies=[[0], [1]])
    observed, _ = jax.vmap(env.reset)(jr.split(jr.PRNGKey(0), count), env_params=env.generate_env_params(batch_size=count))
    return (jax.jit(act), (agent, observed, agent.D, jr.PRNGKey(1))), looping(agent, env, length)


def recorded(table):
    """Observations and actions of a table, subjects x blocks x steps."""
    names = ("seen", "outcome", "cue", "go")
    texts = zip(names, beside.columns(table, names), (PLACES, OUTCOMES, CUES, [*PLACES, ""]))
    arrays = [np.array([domain.index(t) for t in of]) for _, of, domain in texts]
    return [jnp.asarray(a.reshape(SUBJECTS, -1, STEPS + 1)[:, :, :STEPS]) for a in arrays]


def along_blocks(z, data):
    """The log-likelihood by pymdp, a batch of subjects that live block after block and step after step."""
    agent = agents(believed(z))

    def block(_, rows):
        def step(prior, row):
            *observed, action = row
            qs = agent.infer_states([o[:, None] for o in observed], prior)
            q_pi, _ = agent.infer_policies(qs)
            ln_p = jnp.log(agent.multiaction_probabilities(q_pi))
            actions = jnp.stack([action, jnp.zeros_like(action)], -1)
            return agent.update_empirical_prior(actions, qs), jnp.take_along_axis(ln_p, action[:, None], 1).sum()

        return None, jax.lax.scan(step, agent.D, rows)[1].sum()

    return jax.lax.scan(block, None, tuple(jnp.moveaxis(a, 0, -1) for a in data))[1].sum()


def all_blocks(z, data):
    """The same, every block an agent of its own."""
    blocks = data[0].shape[1]
    flat = tuple(a.reshape(1, -1, STEPS) for a in data)
    return along_blocks(jnp.repeat(z, blocks), [jnp.swapaxes(a, 0, 1) for a in flat])


def by_hand(z, data):
    return maze_log_likelihood(believed(z), *data)


LIKELIHOODS = {
    "pymdp, block after block": along_blocks,
    "pymdp, all blocks at once": all_blocks,
    "JAX written out by hand": by_hand,
}


def same_numbers(scored, data, precision):
    """Stops where the log-likelihood or a derivative is not ours."""
    within = 1e-9 if precision == "float64" else 1e-5
    for name, likelihood in LIKELIHOODS.items():
        value, slope = jax.jit(jax.value_and_grad(likelihood))(jnp.full(SUBJECTS, 0.3), data)
        beside.agree(f"log-likelihood, {name}, {precision}", scored["log_likelihood"], float(value), within)
        for subject, derivative in zip(scored["subjects"], slope):
            beside.agree(f"derivative of subject {subject['subject']}", subject["gradient"]["z"], float(derivative), 1e3 * within)


def compare(table, scored, precision):
    jax.config.update("jax_enable_x64", precision == "float64")
    data = recorded(table)
    same_numbers(scored, data, precision)
    # Name of ours, task, peer; a compiled call, what its time is divided by, and the time of compilation.
    tasks = []
    for count in (1, 10, 100):
        (step, of_step), (loop, of_loop) = stepping(count, 200)
        agent = "1 agent" if count == 1 else f"{count} agents"
        both = f"step, {count}", f"a step, {agent}, each"
        anew = f"step, {count}, anew", f"a step, {agent}, each worked out anew"
        call, seconds = beside.compiled(loop, *of_loop)
        for names in (both, anew):
            tasks.append((*names, f"pymdp, {precision}, loop and world compiled", call, of_loop, 200 * count, seconds))
        call, seconds = beside.compiled(step, *of_step)
        tasks.append((*both, f"pymdp, {precision}, steps called one by one, no world", call, of_step, count, seconds))
    for horizon in (2, 6, 8) if precision == "float32" else ():
        agent = agents(jnp.full(1, 0.9), horizon)
        beliefs = [d[:, None] for d in agent.D]
        call, seconds = beside.compiled(jax.jit(lambda agent, beliefs: agent.infer_policies(beliefs)), agent, beliefs)
        task = f"a plan, horizon {horizon} ({5**horizon:,} policies)"
        tasks.append((f"plan, {horizon}", task, f"pymdp, {precision}", call, (agent, beliefs), 1, seconds))
    for name, likelihood in LIKELIHOODS.items():
        info = initialize_model(jr.PRNGKey(0), mazes(likelihood, data))
        at = jax.tree.map(lambda a: jnp.full_like(a, 0.1), info.param_info.z)
        call, seconds = beside.compiled(jax.jit(jax.value_and_grad(info.potential_fn)), at)
        tasks.append(("gradient", "posterior and gradient, 10 x 500", f"{name}, {precision}", call, (at,), 1, seconds))
    mine, theirs = [], [[] for _ in tasks]
    for _ in range(beside.ROUNDS):
        mine.append(beside.ours("tmaze", table))
        for times, (*_, call, arguments, each, _) in zip(theirs, tasks):
            times.append(beside.median(lambda: jax.tree.leaves(call(*arguments))) / each)
    for times, (name, task, peer, *_, seconds) in zip(theirs, tasks):
        beside.row(f"T-Maze: {task}", [m[name] for m in mine], peer, times, seconds)


def main():
    table = beside.scratch("tmaze.csv")
    sizes = ("--subjects", SUBJECTS, "--blocks", BLOCKS, "--steps", STEPS, "--seed", 3, "--set", "mu=0.3", "--set", "sigma=0.7")
    beside.study("simulate", *sizes, "--out", table)
    said = beside.study("loglik", "--data", table, "--set", "z=0.3", "--gradient", "--inference", "fixed-point")
    for precision in ("float32", "float64"):
        compare(table, json.loads(said), precision)


main()
