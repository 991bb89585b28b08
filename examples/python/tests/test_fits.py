"""Fits come back as ArviZ reads them."""

import numpy as np
import pytest
from minds import bandit, tmaze

az = pytest.importorskip("arviz")
pytest.importorskip("zarr")
pytest.importorskip("pandas")


def test_a_fit_is_inference_data(tmp_path):
    data, truth = tmaze.simulate(subjects=4, blocks=20, steps=5, seed=1)
    assert {"seen", "outcome", "cue", "go"} < set(data.columns) and len(truth) == 4
    folder = tmp_path / "results"
    found = tmaze.fit(data, out=folder, method="nuts", draws=100, warmup=100, chains=2, loo_draws=0, check_draws=0)
    posterior = found.posterior
    assert posterior["z"].sizes["chain"] == 2 and posterior["z"].sizes["draw"] == 100
    assert float(az.summary(found, var_names=["mu"])["mean"].iloc[0]) == pytest.approx(float(posterior["mu"].mean()), abs=0.01)
    assert (folder / "report.html").stat().st_size > 0


def test_one_seed_has_one_fit():
    data, _ = bandit.simulate(subjects=2, blocks=2, steps=20, seed=1)
    options = dict(method="laplace", seed=5, loo_draws=0, check_draws=0)
    first, second = (bandit.fit(data, **options).posterior["change"].values for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_what_is_wrong_is_said(tmp_path):
    data, _ = bandit.simulate(subjects=2, blocks=2, steps=5, seed=1)
    with pytest.raises(ValueError, match="--method"):
        bandit.fit(data, method="magic")
    with pytest.raises(ValueError, match="choose"):
        bandit.fit(data.drop(columns="choose"))
