"""Filters, learners and agents of levels: what they believe is what their equations say by hand."""

import math

import numpy as np
import pytest
from minds import arms, coin, listener


def logistic(x):
    return 1 / (1 + math.exp(-x))


def test_a_filter_follows_its_equations():
    watcher = coin.Filter(tonic_volatility=-1.5, inverse_temperature=3.0, seed=1)
    mean, precision = 0.0, 1.0
    for shown in (1, 0, 1, 1, None, 1):
        predicted = logistic(mean)
        expected = 1 / (1 / precision + math.exp(-1.5))
        precision = expected + predicted * (1 - predicted) if shown is not None else expected
        mean += (shown - predicted) / precision if shown is not None else 0.0
        beliefs = watcher.step(shown)
        assert beliefs.input.expected_mean == pytest.approx(predicted, abs=1e-12)
        assert (beliefs.chance.mean, beliefs.chance.precision) == (pytest.approx(mean, abs=1e-12), pytest.approx(precision, abs=1e-12))
        odds = math.log(predicted / (1 - predicted))
        assert watcher.probabilities.response[1] == pytest.approx(logistic(3.0 * odds), abs=1e-9)
    assert isinstance(watcher.respond().response, coin.Response)
    assert watcher.beliefs == beliefs
    watcher.restart()
    assert watcher.step({"input": True}).chance.mean == pytest.approx(0.5 / (1 / (1 + math.exp(-1.5)) + 0.25), abs=1e-12)
    shown_to = [coin.Filter().step(shown) for shown in (True, 1, np.bool_(True), np.int64(1))]
    assert all(beliefs == shown_to[0] for beliefs in shown_to)


def test_a_filter_runs_along_an_array():
    shown = np.array([1.0, 0.0, np.nan, 1.0, 1.0])
    alone, along = coin.Filter(), coin.Filter()
    each = [alone.step(None if math.isnan(u) else int(u)) for u in shown]
    table = along.run(shown)
    np.testing.assert_array_equal(table.chance.mean, [beliefs.chance.mean for beliefs in each])
    np.testing.assert_array_equal(table.input.expected_mean, [beliefs.input.expected_mean for beliefs in each])
    slow = coin.Filter().run(shown[:, None], np.full(5, 2.0))
    assert np.all(slow.chance.precision < table.chance.precision)
    with pytest.raises(ValueError, match=r"inputs: an array of shape \[5, 2\]"):
        along.run(np.ones((5, 2)))
    with pytest.raises(ValueError, match="time_steps"):
        along.run(shown, np.ones(3))


def test_a_learner_follows_its_equations():
    learner, values = arms.Learner(learning_rate=0.4, inverse_temperature=2.0, seed=3), np.zeros(2)
    for paid in (1.0, 0.0, 1.0, 1.0, 0.0, 1.0):
        weights = np.exp(2.0 * values)
        np.testing.assert_allclose(learner.probabilities().choice, weights / weights.sum(), rtol=1e-12)
        chosen = learner.choose()
        assert isinstance(chosen.choice, arms.Choice)
        values[chosen.choice] += 0.4 * (paid - values[chosen.choice])
        np.testing.assert_allclose(list(learner.step(paid).values()), values, rtol=1e-12)
    # What is not chosen is said: somebody's record.
    told = learner.step(1.0, response=1)
    values[1] += 0.4 * (1 - values[1])
    np.testing.assert_allclose(list(told.values()), values, rtol=1e-12)
    learner.restart()
    assert set(learner.states.values()) == {0.0}


def test_one_seed_chooses_alike():
    def choices(seed):
        learner = arms.Learner(seed=seed)
        chosen = []
        for trial in range(30):
            chosen.append(int(learner.choose().choice))
            learner.step(float(trial % 3 == chosen[-1]))
        return chosen

    assert choices(1) == choices(1) != choices(2)


def test_an_agent_of_levels_is_bayes_rule_over_both():
    agent = listener.Agent(sharpness=0.8, fit=0.9, seed=1)
    melody = np.array([0.5, 0.5])
    tones = np.array([[0.9, 0.1], [0.1, 0.9]])
    for run in ("HHLH", "LHHH", "LLLL"):
        high = np.array([math.prod(p if c == "H" else 1 - p for c in run) for p in (0.8, 0.2)])
        melody *= tones @ high
        melody /= melody.sum()
        for tick, c in enumerate(run):
            acts = agent.step({"ear": {"sound": "High" if c == "H" else "Low"}})
            over = tick == 3
            assert agent.has_perceived == over
            assert (acts["guess"] in ("Rising", "Falling")) == over and (acts["guess"] is None) != over
        np.testing.assert_allclose(agent.belief["melody"], melody, atol=1e-12)
        assert set(agent.belief["ear"]) == {"tone"}


def test_an_agent_of_levels_lives_in_its_world():
    def life():
        world, agent = listener.World(seed=1), listener.Agent(seed=1)
        seen, lived = world.reset(), []
        for _ in range(24):
            acts = agent.step(seen)
            lived.append((seen, acts))
            seen = world.step(acts)
        return lived

    first = life()
    assert first == life()
    assert set(first[0][0]) == {"told", "ear"} and set(first[0][0]["ear"]) == {"sound"}
    assert sum(acts["guess"] is not None for _, acts in first) == 6
    assert any(seen["told"] == "Right" for seen, _ in first)


@pytest.mark.parametrize(
    "mistake, kind, words",
    [
        (lambda: coin.Filter(volatility=1.0), ValueError, "TwoLevelBinary has no parameter `volatility`"),
        (lambda: coin.Filter(options={"updates": 1}), ValueError, "options: unknown field `updates`"),
        (lambda: coin.Filter().step(2), ValueError, "`input` cannot be 2"),
        (lambda: coin.Filter().step({"coin": 1}), ValueError, "`input` is missing"),
        (lambda: coin.Filter().step(1, time_step=-1.0), ValueError, "time"),
        (lambda: arms.Learner().step(1.0), ValueError, "Delta has not chosen in this trial"),
        (lambda: arms.Learner().step(1.0, response=7), ValueError, "`choice` cannot be 7"),
        (lambda: arms.Learner().step("much", response=0), TypeError, "`outcome`: str, where a number"),
        (lambda: listener.Agent().step({"eye": {}}), ValueError, "an observation of Listener has no part `eye`; it has .*`ear`"),
        (lambda: listener.Agent().step({"ear": {"sound": "Loud"}}), ValueError, "`sound` cannot be `Loud`"),
        (lambda: listener.Agent(sharpness=1.5).step({}), ValueError, "1.5"),
        (lambda: listener.World().step({"shout": 1}), ValueError, "acts of Listener has no part `shout`"),
    ],
)
def test_mistakes_are_exceptions_in_the_library_s_words(mistake, kind, words):
    with pytest.raises(kind, match=words):
        mistake()
