"""Posteriors by PyMC's own NUTS: the models of `models.py` that have no loop, as its users write them."""

import statistics
import time

import numpy as np

WAYS = ("non-centred", "centred")


def spread(pymc, name, mean, sd, count, centred):
    """The units' numbers."""
    if centred:
        return pymc.Normal(name, mean, sd, shape=count)
    return mean + sd * pymc.Normal(name, 0, 1, shape=count)


def schools(pymc, data, centred):
    y, error = np.array(data["data"]).T
    mu, tau = pymc.Normal("mu", 0, 5), pymc.HalfCauchy("tau", 5)
    pymc.Normal("y", spread(pymc, "theta", mu, tau, len(y), centred), error, observed=y)


def answers(pymc, data, centred):
    mu, sigma = pymc.Normal("mu", 0, 1), pymc.HalfNormal("sigma", 1)
    z = spread(pymc, "z", mu, sigma, len(data["yes"]), centred)
    pymc.Binomial("yes", data["each"], logit_p=z, observed=data["yes"])


MODELS = {"eight schools": schools, "answers, 50 x 20": answers, "answers, 200 x 200": answers}


def sample(name, data, way, group, to):
    """Three runs, each compiled anew, as PyMC does: what the last found, the median of what sampling took, and the first's compilation."""
    import arviz
    import pymc

    with pymc.Model():
        MODELS[name](pymc, data, way == "centred")
        times, compiling = [], None
        for seed in range(3):
            started = time.perf_counter()
            found = pymc.sample(
                500, tune=500, chains=4, cores=2, target_accept=0.9, random_seed=seed, progressbar=False,
                compute_convergence_checks=False, discard_tuned_samples=False,
            )
            times.append(float(found.posterior.attrs["sampling_time"]))
            compiling = compiling or time.perf_counter() - started - times[0]
            if sum(times) > 60:
                break
    table = arviz.summary(found, var_names=list(group), round_to=9)
    steps = [found.sample_stats["n_steps"], found.warmup_sample_stats["n_steps"]]
    to.send(
        {
            "seconds": statistics.median(times),
            "compiled": compiling,
            "ess": float(table["ess_bulk"].min()),
            "rhat": float(table["r_hat"].max()),
            "gradients": int(sum(int(s.sum()) for s in steps)),
            "diverging": int(found.sample_stats["diverging"].sum()),
            "numbers": {n: (float(table.loc[n]["mean"]), float(table.loc[n]["sd"])) for n in table.index},
        }
    )
