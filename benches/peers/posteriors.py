"""Hierarchical posteriors by NUTS, here, by numpyro and (where there is no loop in the model) by PyMC, on the same data in one run.

    python benches/peers/posteriors.py [--data FOLDER] [--patience SECONDS] [NAME ..]

Ours is `fit` without options (`cargo bench --bench posteriors`), before and after the peer. numpyro's NUTS has the same models in float64,
non-centred as well as centred: four chains at a time, each on a device of its own, of 500 + 500 (300 + 200 where a gradient is slow), from the
prior's medians, compiled once ahead. PyMC's NUTS has four chains of 500 + 500 on two cores, in its own default start. Where a peer is not done after SECONDS (300 unless it is said) it is given up, and the table says so.
FOLDER holds hgf_group.csv; without it the observers are left out.
"""

import argparse
import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

try:
    import arviz
    import jax
    import numpy as np
    import numpyro
    from numpyro.infer import NUTS, init_to_median
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(0)

import beside
import by_pymc
import models

WAYS = ("non-centred", "centred")
LENGTHS = {"learners, 200 x 100": (300, 200), "T-Maze, 50 x 200": (300, 200), "observers, 10 x 320": (300, 200)}


def maze(data):
    columns = np.moveaxis(np.array(data["steps"]), -1, 0)
    return models.mazes(lambda z, data: models.maze_log_likelihood(models.believed(z), *data), columns)


def observers(data):
    return models.observers(*beside.observers(data["table"]))


POSTERIORS = {
    "eight schools": models.schools,
    "answers, 50 x 20": models.answers,
    "answers, 200 x 200": models.answers,
    "learners, 200 x 100": models.learners,
    "T-Maze, 50 x 200": maze,
    "observers, 10 x 320": observers,
}


def ours(name, folder, data):
    """A whole fit of ours in a process of its own, and the data that it is of."""
    environment = dict(os.environ)
    if data:
        environment["AIF_DATA"] = str(Path(data).resolve())
    command = ["cargo", "bench", "--quiet", "--bench", "posteriors", "--", name, "--out", folder]
    subprocess.run(command, cwd=beside.ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    return json.loads((Path(folder) / f"{name.replace(' ', '_').replace(',', '_')}.json").read_text())


def sample(name, data, way, group, to):
    """Two runs of the peer: what the second found and took, and how much longer the first did."""
    numpyro.set_host_device_count(4)
    jax.config.update("jax_enable_x64", True)
    warmup, draws = LENGTHS.get(name, (500, 500))
    models.CENTRED = way == "centred"
    model = POSTERIORS[name](data)

    kernel = NUTS(model, target_accept_prob=0.9, init_strategy=init_to_median)

    def chain(key):
        state = kernel.init(key, warmup, None, (), {})

        def adapt(_, carried):
            state, steps = carried
            state = kernel.sample(state, (), {})
            return state, steps + state.num_steps

        def draw(state, _):
            state = kernel.sample(state, (), {})
            return state, (state.z, state.num_steps, state.diverging)

        state, steps = jax.lax.fori_loop(0, warmup, adapt, (state, 0))
        _, (z, more, diverging) = jax.lax.scan(draw, state, None, draws)
        return z, steps + more.sum(), diverging.sum()

    # One function, compiled once: `MCMC.run` would compile anew each time.
    keys = [jax.random.split(jax.random.PRNGKey(seed), 4) for seed in range(3)]
    chains, compiling = beside.compiled(jax.pmap(chain), keys[0])
    times = []
    for key in keys:
        started = time.perf_counter()
        z, gradients, diverging = jax.block_until_ready(chains(key))
        times.append(time.perf_counter() - started)
        if sum(times) > 30:
            break
    posterior = jax.vmap(jax.vmap(kernel.postprocess_fn((), {})))(z)
    table = arviz.summary(arviz.from_dict({k: np.asarray(v) for k, v in posterior.items() if k in group}), round_to=9)
    to.send(
        {
            "seconds": statistics.median(times),
            "compiled": compiling,
            "ess": float(table["ess_bulk"].min()),
            "rhat": float(table["r_hat"].max()),
            "gradients": int(gradients.sum()),
            "diverging": int(diverging.sum()),
            "numbers": {n: (float(table.loc[n]["mean"]), float(table.loc[n]["sd"])) for n in table.index},
        }
    )


def within(patience, sample, *arguments):
    """What a run of the peer in a process of its own says, or nothing where it takes too long."""
    here, there = multiprocessing.get_context("spawn").Pipe(False)
    run = multiprocessing.get_context("spawn").Process(target=sample, args=(*arguments, there))
    run.start()
    there.close()
    try:
        found = here.recv() if here.poll(patience) else None
    except EOFError:
        sys.exit(f"the peer failed at {arguments[0]}")
    run.kill()
    run.join()
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*")
    parser.add_argument("--data")
    parser.add_argument("--patience", type=float, default=300)
    asked = parser.parse_args()
    folder = tempfile.mkdtemp()
    for name in POSTERIORS:
        if asked.names and not any(n in name for n in asked.names) or name.startswith("observers") and not asked.data:
            continue
        mine = [ours(name, folder, asked.data)]
        data = mine[0]["data"]
        if "table" in data:
            data["table"] = str(Path(asked.data) / data["table"])
        group = [n["name"] for n in mine[0]["numbers"]]
        found = {f"numpyro, {way}": within(asked.patience, sample, name, data, way, group) for way in WAYS}
        if name in by_pymc.MODELS:
            found |= {f"PyMC, {way}": within(asked.patience, by_pymc.sample, name, data, way, group) for way in by_pymc.WAYS}
        mine.append(ours(name, folder, asked.data))
        rate = [m["ess"] / m["seconds"] for m in mine]
        each = lambda fit: beside.number(1000 * fit["ess"] / fit["gradients"])
        ours_in_words = f"{sum(rate) / 2:,.0f}/s ({min(rate):,.0f} to {max(rate):,.0f})"
        for peer, fit in found.items():
            if fit is None:
                late = f"not done in {asked.patience:.0f} s"
                beside.plain([f"{name}: effective draws", ours_in_words, peer, late, "", "", f"{each(mine[0])} a 1,000 gradients"])
                continue
            off = max(abs(n["mean"] - fit["numbers"][n["name"]][0]) / fit["numbers"][n["name"]][1] for n in mine[0]["numbers"])
            theirs = fit["ess"] / fit["seconds"]
            note = (
                f"{each(mine[0])} and {each(fit)} a 1,000 gradients, R-hat {mine[0]['rhat']:.3f} and {fit['rhat']:.3f},"
                f" {beside.words(mine[0]['seconds'])} and {beside.words(fit['seconds'])}, means within {off:.2f} sd,"
                f" {fit['diverging']} divergences"
            )
            ratio = beside.number(sum(rate) / 2 / theirs)
            figures = [f"{beside.number(theirs)}/s", ratio, f"{fit['compiled']:.1f} s"]
            beside.plain([f"{name}: effective draws", ours_in_words, peer, *figures, note])


if __name__ == "__main__":
    main()
