"""Six hierarchical posteriors by NUTS, here and by numpyro, on the same data in one run.

    pip install -r benches/peers/requirements.txt
    python benches/peers/posteriors.py [--data FOLDER]

Runs `cargo bench --bench posteriors`, which writes each posterior's data and figures, then numpyro's NUTS on the same models (non-centred, as
its users write them; chains one after the other in one process, 4 x (500 + 500)), and prints one table. Compilation is timed apart:
how much longer a first run takes. FOLDER holds hgf_group.csv; without it the observers are left out. Skipped with a word where numpyro is missing.
"""

import argparse
import datetime
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

try:
    import arviz
    import jax
    import jax.numpy as jnp
    import numpy as np
    import numpyro
    import numpyro.distributions as dist
    from numpyro.infer import MCMC, NUTS
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(0)

jax.config.update("jax_enable_x64", True)
ROOT = Path(__file__).resolve().parents[2]


def schools(data):
    y, error = np.array(data["data"]).T

    def model():
        mu = numpyro.sample("mu", dist.Normal(0, 5))
        tau = numpyro.sample("tau", dist.HalfCauchy(5))
        with numpyro.plate("subjects", len(y)):
            raw = numpyro.sample("raw", dist.Normal(0, 1))
            numpyro.sample("y", dist.Normal(mu + tau * raw, error), obs=y)

    return model


def answers(data):
    yes, each = np.array(data["yes"]), data["each"]

    def model():
        mu = numpyro.sample("mu", dist.Normal(0, 1))
        sigma = numpyro.sample("sigma", dist.HalfNormal(1))
        with numpyro.plate("subjects", len(yes)):
            raw = numpyro.sample("raw", dist.Normal(0, 1))
            numpyro.sample("yes", dist.Binomial(each, logits=mu + sigma * raw), obs=yes)

    return model


def learners(data):
    trials = np.array(data["trials"])
    arms, rewards = trials[:, :, 0].astype(int).T, trials[:, :, 1].T

    def model():
        rate_mean = numpyro.sample("rate_mean", dist.Normal(0, 1))
        rate_spread = numpyro.sample("rate_spread", dist.HalfNormal(1))
        strictness_mean = numpyro.sample("strictness_mean", dist.Normal(1, 1))
        strictness_spread = numpyro.sample("strictness_spread", dist.HalfNormal(1))
        count = arms.shape[1]
        with numpyro.plate("subjects", count):
            rate = jax.nn.sigmoid(rate_mean + rate_spread * numpyro.sample("rate", dist.Normal(0, 1)))
            strictness = jnp.exp(strictness_mean + strictness_spread * numpyro.sample("strictness", dist.Normal(0, 1)))

        def trial(values, seen):
            arm, reward = seen
            own = values[jnp.arange(count), arm]
            odds = strictness * (own - values[jnp.arange(count), 1 - arm])
            return values.at[jnp.arange(count), arm].add(rate * (reward - own)), jax.nn.log_sigmoid(odds)

        _, ln_p = jax.lax.scan(trial, jnp.zeros((count, 2)), (arms, rewards))
        numpyro.factor("choices", ln_p.sum())

    return model


def observers(folder):
    rows = np.genfromtxt(Path(folder) / "hgf_group.csv", delimiter=",", names=True)
    count = int(rows["subject"].max()) + 1
    inputs = rows["input"].reshape(count, -1).T
    answers = rows["response"].reshape(count, -1).T

    def model():
        volatility_mean = numpyro.sample("volatility_mean", dist.Normal(-5, 5))
        volatility_spread = numpyro.sample("volatility_spread", dist.HalfNormal(10))
        strictness_mean = numpyro.sample("strictness_mean", dist.Normal(0, 2))
        strictness_spread = numpyro.sample("strictness_spread", dist.HalfNormal(2))
        with numpyro.plate("subjects", count):
            volatility = volatility_mean + volatility_spread * numpyro.sample("volatility", dist.Normal(0, 1))
            strictness = jnp.exp(strictness_mean + strictness_spread * numpyro.sample("strictness", dist.Normal(0, 1)))

        def trial(state, seen):
            mean, precision = state
            shown, answer = seen
            p = jnp.clip(jax.nn.sigmoid(mean), 1e-6, 1 - 1e-6)
            odds = strictness * (jnp.log(p) - jnp.log1p(-p))
            ln_p = jax.nn.log_sigmoid(jnp.where(answer > 0.5, odds, -odds))
            precision = 1 / (1 / precision + jnp.exp(volatility)) + p * (1 - p)
            return (mean + (shown - p) / precision, precision), ln_p

        start = (jnp.zeros(count), jnp.ones(count))
        _, ln_p = jax.lax.scan(trial, start, (inputs, answers))
        numpyro.factor("answers", ln_p[1:].sum())

    return model


def sample(model, draws, warmup):
    """A run of a compiled sampler, its time, and how much longer the first took."""
    kernel = NUTS(model, target_accept_prob=0.9)
    mcmc = MCMC(kernel, num_warmup=warmup, num_samples=draws, num_chains=4, chain_method="sequential", progress_bar=False)
    times = []
    for seed in (0, 1):
        started = time.perf_counter()
        mcmc.run(jax.random.PRNGKey(seed), extra_fields=("num_steps", "diverging"))
        jax.block_until_ready(mcmc.get_samples())
        times.append(time.perf_counter() - started)
    return mcmc, times[1], times[0] - times[1]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data")
    arguments = parser.parse_args()
    folder = tempfile.mkdtemp()
    environment = dict(os.environ)
    if arguments.data:
        environment["AIF_DATA"] = str(Path(arguments.data).resolve())
    command = ["cargo", "bench", "--bench", "posteriors", "--", "--out", folder]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    models = {"eight_schools": schools, "answers__50_x_20": answers, "answers__200_x_200": answers, "learners__200_x_100": learners}
    print(f"{datetime.date.today()}, {platform.processor() or platform.machine()}, {os.cpu_count()} cores, numpyro {numpyro.__version__}, jax {jax.__version__}")
    print("| posterior | | seconds | least bulk ESS of the group | a second | a 1,000 gradients | R-hat | compiled in |")
    print("|---|---|---|---|---|---|---|---|")
    for file in sorted(Path(folder).glob("*.json")):
        ours = json.loads(file.read_text())
        print(
            f"| {ours['name']} | aif | {ours['seconds']:.2f} | {ours['ess']:.0f} | {ours['ess'] / ours['seconds']:.0f}"
            f" | {1000 * ours['ess'] / ours['gradients']:.1f} | {ours['rhat']:.3f} | |"
        )
        if file.stem.startswith("observers"):
            model = observers(arguments.data)
        elif file.stem in models:
            model = models[file.stem](ours["data"])
        else:
            continue
        mcmc, seconds, compiled = sample(model, 500, 500)
        group = {n["name"] for n in ours["numbers"]}
        posterior = {k: v for k, v in mcmc.get_samples(group_by_chain=True).items() if k in group}
        table = arviz.summary(arviz.from_dict(posterior), round_to=6)
        ess, rhat = table["ess_bulk"].min(), table["r_hat"].max()
        steps = int(mcmc.get_extra_fields()["num_steps"].sum()) * 2
        print(
            f"| | numpyro | {seconds:.2f} | {ess:.0f} | {ess / seconds:.0f} | {1000 * ess / steps:.1f} | {rhat:.3f} | {compiled:.1f} s |"
        )
        for number in ours["numbers"]:
            theirs = table.loc[number["name"]]
            off = (number["mean"] - theirs["mean"]) / theirs["sd"]
            print(f"| | {number['name']}: {number['mean']:.3f} ± {number['sd']:.3f}, {theirs['mean']:.3f} ± {theirs['sd']:.3f} ({off:+.2f} sd) | | | | | | |")


main()
