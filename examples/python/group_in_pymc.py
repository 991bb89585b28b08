"""A group in PyMC: the likelihood of behaviour and its gradient are the library's, the prior and the sampler PyMC's.

    pip install pymc, and the wheel of this folder; then: python group_in_pymc.py
"""

import pymc
from minds import tmaze


def sample(data, draws=300, chains=2, seed=1):
    """The posterior of the mean and the spread of a group of `RewardBelief`, and of each subject's belief."""
    scorer = tmaze.scorer(data)
    with pymc.Model() as model:
        mu = pymc.Normal("mu", 0.0, 1.0)
        sigma = pymc.HalfNormal("sigma", 1.0)
        around = pymc.Normal("around", 0.0, 1.0, shape=scorer.shape)
        z = pymc.Deterministic("z", mu + sigma * around)
        pymc.Potential("behaviour", scorer.pytensor()(z))
        posterior = pymc.sample(draws, tune=draws, chains=chains, cores=1, random_seed=seed, target_accept=0.9, progressbar=False)
    return model, posterior


if __name__ == "__main__":
    data, truth = tmaze.simulate(subjects=8, blocks=20, steps=5, seed=3)
    _, posterior = sample(data)
    z = posterior["posterior"]["z"]
    for subject, found, spread in zip(truth["subject"], z.mean(("chain", "draw")).values[:, 0], z.std(("chain", "draw")).values[:, 0]):
        true = float(truth.loc[truth["subject"] == subject, "z"].iloc[0])
        print(f"{subject}: {found:.2f} +- {spread:.2f}, in truth {true:.2f}")
