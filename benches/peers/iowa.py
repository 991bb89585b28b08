"""The Iowa task of `examples/iowa.rs`, six people x 100 trials, four parameters by a formula: ours from start to report, and numpyro.

Both draw four chains of 500. Ours is the study program's `fit`, a process from its start to the written report, with the example's own option
(acceptance 0.9); what leave-one-out and checks by replay cost is in it. numpyro has the same model in float64, non-centred and
centred, 500 draws of warm-up, acceptance 0.9, from the prior's medians, compiled once ahead, and no report. The log-likelihoods of both are
compared first.
"""

import csv
import json
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
import models

DATA = beside.ROOT / "examples" / "data"
GROUPS = ["Control", "Amphetamine", "Heroin"]
NUMBERS = [f"{name}{number}" for name in ("rate", "curve", "steady", "averse") for number in ("[intercept]", "[group.Amphetamine]", "[group.Heroin]", "_sd")]


def program(*arguments):
    """Runs a verb of ours; the seconds that took, and what it wrote."""
    tables = ["--data", DATA / "iowa.csv", "--covariates", DATA / "iowa_people.csv"]
    command = ["cargo", "run", "--quiet", "--release", "--example", "iowa", "--", *arguments, "--population", "Iowa", *tables]
    started = time.perf_counter()
    run = subprocess.run([*map(str, command)], cwd=beside.ROOT, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return time.perf_counter() - started, run.stdout


def ours():
    """A fit, its seconds, and the numbers of its group."""
    folder = Path(tempfile.mkdtemp()) / "fit"
    seconds, _ = program("fit", "--draws", "500", "--target-accept", "0.9", "--quiet", "--out", folder)
    with open(folder / "population.csv") as file:
        numbers = {row["parameter"]: row for row in csv.DictReader(file)}
    numbers = {name: {k: float(v) for k, v in numbers[name].items() if k != "parameter"} for name in NUMBERS}
    return seconds, numbers, json.loads((folder / "diagnostics.json").read_text())


def table():
    columns = beside.columns(DATA / "iowa.csv", ("subject", "choice", "gain", "loss"))
    people = dict(zip(*beside.columns(DATA / "iowa_people.csv", ("subject", "group"))))
    names = list(dict.fromkeys(columns[0]))
    by = lambda column: np.array([[float(x) for s, x in zip(columns[0], column) if s == name] for name in names]).T
    choices, gains, losses = map(by, columns[1:])
    return choices.astype(int) - 1, gains, losses, np.array([GROUPS.index(people[name]) for name in names])


def theirs(data, way):
    """Median seconds of three runs of the peer, how long compiling took, and its summary."""
    models.CENTRED = way == "centred"
    kernel = NUTS(models.iowa(*data), target_accept_prob=0.9, init_strategy=init_to_median)

    def chain(key):
        state = kernel.init(key, 500, None, (), {})
        state = jax.lax.fori_loop(0, 500, lambda _, state: kernel.sample(state, (), {}), state)

        def draw(state, _):
            state = kernel.sample(state, (), {})
            return state, (state.z, state.diverging)

        _, (z, diverging) = jax.lax.scan(draw, state, None, 500)
        return z, diverging.sum()

    keys = [jax.random.split(jax.random.PRNGKey(seed), 4) for seed in range(3)]
    chains, compiling = beside.compiled(jax.pmap(chain), keys[0])
    times = []
    for key in keys:
        started = time.perf_counter()
        z, diverging = jax.block_until_ready(chains(key))
        times.append(time.perf_counter() - started)
        if sum(times) > 60:
            break
    posterior = {}
    for name, values in jax.vmap(jax.vmap(kernel.postprocess_fn((), {})))(z).items():
        if name.endswith("_group"):
            for i, value in enumerate(GROUPS[1:]):
                posterior[f"{name.removesuffix('_group')}[group.{value}]"] = np.asarray(values[..., i])
        elif name in NUMBERS:
            posterior[name] = np.asarray(values)
    return times, compiling, arviz.summary(arviz.from_dict(posterior), round_to=9), int(diverging.sum())


def main():
    numpyro.set_host_device_count(4)
    jax.config.update("jax_enable_x64", True)
    data = table()
    people = len(data[3])
    at = {"rate": -0.3, "curve": 0.2, "steady": -0.4, "averse": -0.6}
    setting = [word for name, value in at.items() for word in ("--set", f"{name}={value}")]
    mine = json.loads(program("loglik", *setting)[1])["log_likelihood"]
    phi = jax.scipy.stats.norm.cdf
    each = [scale * phi(np.full(people, at[name])) for name, scale in zip(at, (1, 2, 5, 10))]
    beside.agree("the log-likelihood", mine, float(models.iowa_log_likelihood(*each, *data[:3])), 1e-9)

    seconds, numbers, diagnostics = ours()
    times = [seconds, ours()[0]]
    ess, rhat = min(n["ess_bulk"] for n in numbers.values()), max(n["rhat"] for n in numbers.values())
    for way in ("non-centred", "centred"):
        peer, compiling, found, diverging = theirs(data, way)
        off = max(abs(n["mean"] - found.loc[name]["mean"]) / found.loc[name]["sd"] for name, n in numbers.items())
        rates = ess / statistics.median(times), found["ess_bulk"].min() / statistics.median(peer)
        note = (
            f"R-hat {rhat:.3f} and {found['r_hat'].max():.3f}, least bulk ESS {ess:.0f} and {found['ess_bulk'].min():.0f}"
            f" ({beside.number(rates[0])} and {beside.number(rates[1])} a second), means within {off:.2f} sd, {diverging} divergences"
        )
        beside.row("Iowa, 6 x 100: 4 chains x 500, ours to the report", times, f"numpyro, {way}", peer, compiling, note)


if __name__ == "__main__":
    main()
