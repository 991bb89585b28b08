"""A walk over 7 x 7 cells that are seen (`aif::worlds::RestlessGridWorld`) beside pymdp (compiled by JAX): an agent's step, horizon 3, 64 policies.

    python benches/peers/grid.py

The peer's steps run in one compiled loop with the world inside. Before anything is timed, what both think of each action at the start is compared.
"""

import sys

try:
    import jax
    import jax.numpy as jnp
    import numpy as np
    from pymdp.agent import Agent
    from pymdp.envs.env import PymdpEnv
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(0)

import beside
from living import looping

SIDE, START, GOAL = 7, 24, 6
STEPS = ((0, -1), (1, 0), (0, 1), (-1, 0))


def tables():
    """A, B, C and D: cells row by row, a step that runs out of the grid stays."""
    cells = SIDE * SIDE
    move = np.zeros((cells, cells, len(STEPS)))
    for cell in range(cells):
        y, x = divmod(cell, SIDE)
        for action, (dx, dy) in enumerate(STEPS):
            inside = 0 <= x + dx < SIDE and 0 <= y + dy < SIDE
            move[(y + dy) * SIDE + x + dx if inside else cell, cell, action] = 1
    here = lambda cell: jnp.eye(cells)[cell]
    return [jnp.eye(cells)], [jnp.array(move)], [here(GOAL)], [here(START)]


def agents(count):
    batched = [[jnp.broadcast_to(a, (count, *a.shape)) for a in arrays] for arrays in tables()]
    A, B, C, D = batched
    return Agent(A=A, B=B, C=C, D=D, policy_len=3, action_selection="stochastic", batch_size=count, num_iter=16)


def living(count, length):
    """Many steps in one compiled loop with the world inside, and its arguments."""
    A, B, _, D = tables()
    return looping(agents(count), PymdpEnv(A=A, B=B, D=D, A_dependencies=[[0]], B_dependencies=[[0]]), length)


def same_numbers(ours, within):
    """Stops where the probabilities of actions at the start are not ours."""
    agent = agents(1)
    q_pi, _ = agent.infer_policies([d[:, None] for d in agent.D])
    theirs = np.log(np.asarray(agent.multiaction_probabilities(q_pi))[0])
    for action, (mine, peer) in enumerate(zip(ours, theirs, strict=True)):
        beside.agree(f"log-probability of action {action}", mine, float(peer), within)


def main():
    read = lambda: beside.ours("grid")
    for precision, within in (("float32", 1e-5), ("float64", 1e-9)):
        jax.config.update("jax_enable_x64", precision == "float64")
        same_numbers(read()["log probabilities"], within)
        ready = {}
        for count in (1, 10, 100):
            length = 2000 // (10 + count)
            loop, arguments = living(count, length)
            ready[count] = (*beside.compiled(loop, *arguments), arguments, length * count)
        mine, theirs = [], {count: [] for count in ready}
        for _ in range(beside.ROUNDS):
            mine.append(read())
            for count, (call, _, arguments, each) in ready.items():
                theirs[count].append(beside.median(lambda: jax.tree.leaves(call(*arguments))) / each)
        for count, (_, seconds, *_) in ready.items():
            agent = "1 agent" if count == 1 else f"{count} agents"
            for name, how in ((f"grid, {count}", "each"), (f"grid, {count}, anew", "each worked out anew")):
                task = f"7 x 7 grid, horizon 3: a step, {agent}, {how}"
                beside.row(task, [m[name] for m in mine], f"pymdp, {precision}, loop and world compiled", theirs[count], seconds)


main()
