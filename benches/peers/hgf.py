"""Observers of two levels (`aif::hgf::TwoLevelBinary`) beside the same filter in JAX: log-likelihood, and the posterior's gradient.

    python benches/peers/hgf.py [--data FOLDER]

FOLDER holds hgf_group.csv (subject, trial, input, response); without it, a table is made up.
"""

import argparse
import sys
from pathlib import Path

try:
    import jax
    import jax.numpy as jnp
    import jax.random as jr
    import numpy as np
    from numpyro.infer.util import initialize_model
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(0)

import beside
from models import observers, observers_log_likelihood


def made_up():
    """Ten observers of 320 outcomes whose probability changes every 40 trials, and who follow the last outcome seven times in ten."""
    rng = np.random.default_rng(1)
    table = beside.scratch("hgf_group.csv")
    with open(table, "w") as file:
        file.write("subject,trial,input,response\n")
        for subject in range(10):
            last = 0
            for trial in range(320):
                shown = int(rng.random() < (0.8 if (trial // 40) % 2 else 0.2))
                answer = last if rng.random() < 0.7 else 1 - last
                file.write(f"{subject},{trial},{shown},{answer}\n")
                last = shown
    return table


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data")
    folder = parser.parse_args().data
    table = Path(folder) / "hgf_group.csv" if folder else made_up()
    for precision in ("float32", "float64"):
        jax.config.update("jax_enable_x64", precision == "float64")
        inputs, answers = beside.observers(table)
        count = inputs.shape[1]
        alone = jax.jit(observers_log_likelihood)
        of_alone = (jnp.full(count, -4.0), jnp.full(count, 1.5), inputs, answers)
        info = initialize_model(jr.PRNGKey(0), observers(inputs, answers))
        at = jax.tree.map(lambda a: jnp.full_like(a, 0.1), info.param_info.z)
        likelihood, first = beside.compiled(alone, *of_alone)
        gradient, second = beside.compiled(jax.jit(jax.value_and_grad(info.potential_fn)), at)
        mine, theirs = [], ([], [])
        for _ in range(beside.ROUNDS):
            mine.append(beside.ours("hgf", table))
            theirs[0].append(beside.median(lambda: [likelihood(*of_alone)]))
            theirs[1].append(beside.median(lambda: jax.tree.leaves(gradient(at))))
        within = 1e-9 if precision == "float64" else 1e-4
        beside.agree(f"log-likelihood, {precision}", mine[0]["ln likelihood"], float(likelihood(*of_alone)), within)
        sizes = f"{count} x {inputs.shape[0]}"
        peer = f"JAX written out by hand, {precision}"
        beside.row(f"HGF, two levels: log-likelihood, {sizes}", [m["log-likelihood"] for m in mine], peer, theirs[0], first)
        beside.row(f"HGF, two levels: posterior and gradient, {sizes}", [m["gradient"] for m in mine], peer, theirs[1], second)


main()
