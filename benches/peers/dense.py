"""The dense product of `tests/models/dense.rs` beside pymdp (compiled by JAX): an agent's step, one agent, on the same tables.

    python benches/peers/dense.py

Both see the same outcomes, perceive by 16 sweeps from uniform beliefs and compare 64 policies; the peer's steps run in one compiled loop. Before
anything is timed, what both expect of every policy after the first look is compared.
"""

import sys

try:
    import jax
    import jax.numpy as jnp
    import jax.random as jr
    import numpy as np
    from pymdp.agent import Agent
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(0)

import beside

LENGTH = 200
PAIRS = [[0, 1], [1, 2], [0, 2]]
NAMES = {"all": "every factor driven", "one": "one factor driven"}


def agent(model, precision):
    """The model of one agent: rows of ours are the peer's columns."""
    array = lambda numbers: jnp.asarray(np.array(numbers), precision)[None]
    A = [array(np.moveaxis(np.reshape(table, (10, 10, 10)), 2, 0)) for table in model["likelihoods"]]
    B = [array(np.transpose(np.reshape(tables, (-1, 10, 10)), (2, 1, 0))) for tables in model["transitions"]]
    driven = [[0] if len(tables) > 1 else [] for tables in model["transitions"]]
    if all(driven):
        of_actions = {"B_action_dependencies": driven, "num_controls": [4]}
    else:
        of_actions = {"control_fac_idx": [f for f, actions in enumerate(driven) if actions]}
    return Agent(
        A=A, B=B, C=[array(c) for c in model["preferences"]], D=[array(np.full(10, 0.1))] * 3, A_dependencies=PAIRS,
        B_dependencies=[[0], [1], [2]], policy_len=3, action_selection="stochastic", num_iter=16, batch_size=1, **of_actions,
    )  # fmt: skip


def seen(t):
    return [jnp.array([(t * 7919 + m * 104729) % 10]) for m in range(3)]


def loop(agent, observations, key):
    """Many steps, one after the other."""

    def one(carry, observed):
        prior, key = carry
        key, acting = jr.split(key)
        qs = agent.infer_states(observed, prior)
        q_pi, _ = agent.infer_policies(qs)
        action = agent.sample_action(q_pi, rng_key=jr.split(acting, 1))
        return (agent.update_empirical_prior(action, qs), key), action

    return jax.lax.scan(one, (agent.D, key), observations)[1]


def same_numbers(name, model, ours, within):
    """Stops where the policies' expected free energies are not ours."""
    qs = model.infer_states(seen(0), model.D)
    _, theirs = model.infer_policies(qs)
    theirs = sorted(np.asarray(theirs)[0])
    for i, (mine, peer) in enumerate(zip(sorted(ours), theirs, strict=True)):
        if not abs(mine - peer) <= within * max(1, abs(mine)):
            sys.exit(f"{name}: policy {i} differs, {mine} and {peer}: no comparison")
    print(f"{name}: {len(theirs)} policies agree to {within}")


def main():
    read = lambda: beside.ours("json", bench="dense")
    first = read()
    for precision, within in (("float32", 1e-4), ("float64", 1e-9)):
        jax.config.update("jax_enable_x64", precision == "float64")
        mine, theirs = {name: [] for name in NAMES}, {name: [] for name in NAMES}
        ready = {}
        for name in NAMES:
            model = agent(first[name], precision)
            same_numbers(f"{NAMES[name]}, {precision}", model, first[name]["policies"], within)
            observations = jax.tree.map(lambda *x: jnp.stack(x), *[seen(t) for t in range(LENGTH)])
            arguments = (model, observations, jr.PRNGKey(1))
            ready[name] = (*beside.compiled(jax.jit(loop), *arguments), arguments)
        for _ in range(beside.ROUNDS):
            ours = read()
            for name, (call, _, arguments) in ready.items():
                mine[name].append(ours[name][f"step, {precision}"])
                theirs[name].append(beside.median(lambda: jax.tree.leaves(call(*arguments))) / LENGTH)
        for name, (_, seconds, _) in ready.items():
            task = f"dense product, {NAMES[name]}: a step, 1 agent, {precision}"
            beside.row(task, mine[name], f"pymdp, {precision}, loop compiled", theirs[name], seconds)


main()
