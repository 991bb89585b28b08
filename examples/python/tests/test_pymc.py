"""A group sampled by PyMC over our likelihood: what it finds is what our own sampler finds."""

import sys
from pathlib import Path

import numpy as np
import pytest
from minds import tmaze

pymc = pytest.importorskip("pymc", reason="PyMC cannot be had here")
for package in ("pandas", "zarr", "arviz"):
    pytest.importorskip(package)
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from group_in_pymc import sample  # noqa: E402


def test_pymc_finds_what_nuts_of_our_own_finds():
    data, _ = tmaze.simulate(subjects=4, blocks=12, steps=5, seed=3)
    model, posterior = sample(data)
    # The gradient that PyMC uses is that of differences.
    point = {name: np.full(np.shape(value), 0.3) for name, value in model.initial_point().items()}
    slope, ln_density = model.compile_dlogp()(point), model.compile_logp()
    names, at, step = list(point), 0, 1e-5
    for name in names:
        for place in np.ndindex(np.shape(point[name])):
            up, down = ({k: np.array(v, dtype=float) for k, v in point.items()} for _ in range(2))
            up[name][place] += step
            down[name][place] -= step
            assert slope[at] == pytest.approx((ln_density(up) - ln_density(down)) / (2 * step), rel=1e-5, abs=1e-6)
            at += 1
    own = tmaze.fit(data, method="nuts", seed=1, loo_draws=0, check_draws=0)["posterior"]
    z = posterior["posterior"]["z"]
    theirs = np.squeeze(z.mean(("chain", "draw")).values)
    ours = np.squeeze(own["z"].mean(("chain", "draw")).values)
    spread = np.squeeze(z.std(("chain", "draw")).values)
    assert np.all(np.abs(theirs - ours) < 0.35 * spread), (theirs, ours, spread)
