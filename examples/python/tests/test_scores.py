"""Log-likelihoods and their gradients: by a hand-written walk, by differences, and inside JAX, numpyro, PyTensor and SciPy."""

import pickle

import numpy as np
import pytest
from minds import bandit, tmaze


def recorded(subjects=3, blocks=4, steps=5):
    """Columns of behaviour, as a study has them."""
    rows = {name: [] for name in ("subject", "block", "step", "seen", "outcome", "cue", "go")}
    for subject in range(subjects):
        world, agent = tmaze.World(reward_probability=0.8, seed=subject), tmaze.Agent(reward_probability=0.9, seed=subject)
        for block in range(blocks):
            agent.restart()
            seen = world.reset()
            for step in range(steps):
                action = agent.step(seen)
                for name, value in zip(rows, (f"s{subject}", block, step, *seen, action)):
                    rows[name].append(value)
                seen = world.step(action)
    return rows


def by_hand(rows, z, preference=1.2):
    """The log-likelihood of each subject, by agents that are told what was done."""
    total = {}
    for i, subject in enumerate(rows["subject"]):
        if subject not in total:
            p = 0.5 + 0.5 / (1 + np.exp(-z[len(total)]))
            agent = tmaze.Agent(reward_probability=p, preference=preference)
            total[subject] = 0.0
        if rows["step"][i] == 0:
            agent.restart()
        agent.infer((rows["seen"][i], rows["outcome"][i], rows["cue"][i]))
        total[subject] += np.log(agent.plan().probabilities[rows["go"][i]])
        agent.act(rows["go"][i])
    return np.array(list(total.values()))


def test_scores_are_those_of_agents_that_are_told_what_was_done():
    rows, z = recorded(), np.array([0.3, -1.0, 2.0])
    scorer = tmaze.scorer(rows)
    assert scorer.parameters == ["z"] and scorer.subjects == ["s0", "s1", "s2"] and scorer.responses == [20, 20, 20]
    value, gradient, each = scorer.score(z[:, None])
    np.testing.assert_allclose(each, by_hand(rows, z), rtol=1e-10)
    assert value == pytest.approx(each.sum(), abs=1e-12)
    up, down = by_hand(rows, z + 1e-5), by_hand(rows, z - 1e-5)
    np.testing.assert_allclose(gradient[:, 0], (up - down) / 2e-5, rtol=1e-6, atol=1e-8)


def test_a_mapping_has_the_shapes_that_it_is_given_in():
    rows = recorded()
    value, by = tmaze.loglik(rows, {"z": 0.5})
    same, each = tmaze.loglik(rows, {"z": np.full(3, 0.5)})
    assert value == same and np.ndim(by["z"]) == 0 and each["z"].shape == (3,)
    assert by["z"] == pytest.approx(each["z"].sum())
    with pytest.raises(ValueError, match="parameters are z; unknown: y; missing: z"):
        tmaze.loglik(rows, {"y": 1.0})


def test_each_module_has_a_scorer_of_its_own():
    scorer = tmaze.scorer(recorded())
    assert isinstance(scorer, tmaze.Scorer) and not isinstance(scorer, bandit.Scorer)
    assert tmaze.Scorer.__module__ == tmaze.__name__ and bandit.Scorer.__module__ == bandit.__name__


def test_options_may_be_numbers_of_numpy():
    rows = recorded()
    same, _ = tmaze.loglik(rows, {"z": 0.5}, options={"horizon": 3})
    assert tmaze.loglik(rows, {"z": np.float64(0.5)}, options={"horizon": np.int64(3)})[0] == same
    pytest.importorskip("pandas")
    size = dict(subjects=2, blocks=2, steps=5, seed=3)
    data, _ = tmaze.simulate(**size, world={"reward_probability": 0.7})
    of_numpy = {name: np.int64(number) for name, number in size.items()}
    assert tmaze.simulate(**of_numpy, world={"reward_probability": np.float64(0.7)})[0].equals(data)


def test_tables_of_pandas_are_read():
    pandas = pytest.importorskip("pandas")
    rows = recorded()
    frame = pandas.DataFrame({name: [getattr(value, "name", value) for value in column] for name, column in rows.items()})
    assert tmaze.loglik(frame, {"z": 0.2})[0] == tmaze.loglik(rows, {"z": 0.2})[0]


def test_complaints_name_row_and_column():
    rows = recorded()
    rows["go"][3] = "Up"
    with pytest.raises(ValueError, match=r"(?s)line 5.*go.*Up"):
        tmaze.scorer(rows)
    with pytest.raises(ValueError, match="unlike lengths"):
        tmaze.scorer({**rows, "go": rows["go"][:-1]})
    with pytest.raises(ValueError, match="--no-such-thing"):
        tmaze.scorer(recorded(), no_such_thing=1)
    with pytest.raises(pickle.PicklingError, match="read its table anew"):
        pickle.dumps(tmaze.scorer(recorded()))


def test_scipy_climbs():
    optimize = pytest.importorskip("scipy.optimize")
    scorer = tmaze.scorer(recorded(blocks=30))

    def minus(x):
        value, gradient = scorer.flat(x)
        return 0.5 * x @ x - value, x - gradient

    found = optimize.minimize(minus, np.zeros(3), jac=True)
    assert found.success or np.abs(found.jac).max() < 1e-4


def test_jax_and_numpyro_differentiate():
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", True)
    rows = recorded()
    scorer = tmaze.scorer(rows)
    loglik = scorer.jax()
    z = np.array([[0.3], [-1.0], [2.0]])
    value, slope = jax.jit(jax.value_and_grad(lambda z: 2 * loglik(z)))(z)
    expected, gradient, _ = scorer.score(z)
    assert float(value) == pytest.approx(2 * expected, rel=1e-14)
    np.testing.assert_allclose(slope, 2 * gradient, rtol=1e-14)
    numpyro = pytest.importorskip("numpyro")
    from numpyro.infer import MCMC, NUTS

    def group():
        z = numpyro.sample("z", numpyro.distributions.Normal(0, 1).expand([3, 1]).to_event(2))
        numpyro.factor("behaviour", loglik(z))

    mcmc = MCMC(NUTS(group), num_warmup=50, num_samples=50, progress_bar=False)
    mcmc.run(jax.random.PRNGKey(0))
    assert np.isfinite(mcmc.get_samples()["z"]).all()


def test_pytensor_differentiates():
    pytensor = pytest.importorskip("pytensor")
    import pytensor.tensor as pt

    scorer = tmaze.scorer(recorded())
    matrix = pt.dmatrix("z")
    cost = scorer.pytensor()(matrix)
    both = pytensor.function([matrix], [cost, pytensor.grad(cost, matrix)])
    z = np.array([[0.3], [-1.0], [2.0]])
    value, slope = both(z)
    expected, gradient, _ = scorer.score(z)
    assert value == expected
    np.testing.assert_array_equal(slope, gradient)


def test_two_parameters_each():
    pytest.importorskip("pandas")
    data, truth = bandit.simulate(subjects=4, blocks=2, steps=30, seed=2)
    scorer = bandit.scorer(data)
    assert scorer.parameters == ["change", "liking"] and scorer.shape == (4, 2)
    matrix = truth[scorer.parameters].to_numpy()
    value, gradient, _ = scorer.score(matrix)
    for unit, parameter in np.ndindex(4, 2):
        step = np.zeros((4, 2))
        step[unit, parameter] = 1e-5
        slope = (scorer.score(matrix + step)[0] - scorer.score(matrix - step)[0]) / 2e-5
        assert gradient[unit, parameter] == pytest.approx(slope, rel=1e-5, abs=1e-7)
    assert np.isfinite(value)
