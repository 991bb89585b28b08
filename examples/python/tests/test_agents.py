"""Agents and worlds: enums, named tuples, whole steps, saves, and what is said of mistakes."""

import pickle
import types

import numpy as np
import pytest
from minds import bandit, tmaze


def test_enums_are_made_from_the_declaration():
    assert [place.name for place in tmaze.Place] == ["Centre", "Left", "Right", "Cue", "Middle"]
    assert tmaze.Go.Middle == tmaze.Place.Middle == 4
    assert tmaze.Observation._fields == ("seen", "outcome", "cue")
    assert pickle.loads(pickle.dumps(tmaze.Side.Right)) is tmaze.Side.Right


def test_an_agent_lives_in_its_world_and_one_seed_has_one_life():
    def life():
        world = tmaze.World(reward_probability=0.8, seed=1)
        agent = tmaze.Agent(reward_probability=0.95, seed=1)
        seen, lived = world.reset(), []
        for _ in range(20):
            action = agent.step(seen)
            lived.append((seen, action, world.state))
            seen = world.step(action)
        return lived

    first = life()
    assert first == life()
    observation, action, state = first[0]
    assert isinstance(observation, tmaze.Observation) and isinstance(action, tmaze.Go) and isinstance(state, tmaze.State)
    assert observation.seen is tmaze.Seen.Centre and state.place is tmaze.Place.Centre


def test_infer_is_bayes_rule():
    agent = tmaze.Agent(reward_probability=0.9)
    agent.infer(("Centre", "Nothing", "Nothing"))
    for place in ("Middle", "Left"):
        agent.act(place)
        belief = agent.infer({"seen": place, "outcome": "Reward" if place == "Left" else "Nothing", "cue": "Nothing"})
    np.testing.assert_allclose(belief.side, [0.9, 0.1], rtol=1e-12)
    np.testing.assert_allclose(belief.place, [0, 1, 0, 0, 0], atol=1e-12)
    # A reading, by how probable it is where each outcome is; and nothing.
    other = tmaze.Agent(reward_probability=0.9)
    other.infer((0, 0, 0))
    for place in ("Middle", "Left"):
        other.act(place)
        belief = other.infer((place, np.array([0.0, 3.0, 1.0]) if place == "Left" else None, None))
    by_hand = np.array([0.9 * 3 + 0.1, 0.1 * 3 + 0.9])
    np.testing.assert_allclose(belief.side, by_hand / by_hand.sum(), rtol=1e-12)


def test_a_value_of_another_enum_is_meant_by_its_label():
    assert tmaze.Side.Right == tmaze.Seen.Left != tmaze.Seen.Right
    agent = tmaze.Agent()
    agent.infer((0, 0, 0))
    agent.act(tmaze.Place.Middle)
    agent.infer((tmaze.Place.Middle, None, None))
    agent.act(tmaze.Side.Right)
    belief = agent.infer({"seen": tmaze.Side.Right, "outcome": None, "cue": None})
    np.testing.assert_allclose(belief.place, [0, 0, 1, 0, 0], atol=1e-12)
    for other, name in ((tmaze.Cue.Nothing, "Cue.Nothing"), (tmaze.Outcome.Reward, "Outcome.Reward")):
        with pytest.raises(ValueError, match=f"`seen` cannot be `{name}`: it is one of `Centre`"):
            agent.infer((other, None, None))


def test_parts_are_read_by_name_from_any_mapping():
    parts = {"cue": "Nothing", "outcome": "Nothing", "seen": "Centre"}
    belief = tmaze.Agent().infer(types.MappingProxyType(parts))
    np.testing.assert_allclose(belief.place, [1, 0, 0, 0, 0], atol=1e-12)


def test_options_may_be_numbers_of_numpy():
    agent = tmaze.Agent(options={"horizon": np.int64(3), "terms": {"state_information_gain": np.float32(0)}})
    agent.infer((0, 0, 0))
    assert agent.plan().depth == 3
    with pytest.raises(TypeError, match="`options`: set, where a number"):
        tmaze.Agent(options={"horizon": {3}})


def test_plans_say_why():
    agent = tmaze.Agent(options={"horizon": 3})
    agent.infer((0, 0, 0))
    plan, policies, reasons = agent.plan(), agent.policies(), agent.explain()
    assert plan.depth == 3 and policies.posterior.shape == (125,)
    np.testing.assert_allclose(plan.probabilities, policies.posterior.reshape(5, 25).sum(1), rtol=1e-9)
    np.testing.assert_allclose([why.probability for why in reasons], plan.probabilities, rtol=1e-9)
    assert [why.action for why in reasons] == list(tmaze.Go)
    # The cue is worth a look, and one move away.
    assert reasons[tmaze.Go.Cue].next.state_information_gain == pytest.approx(np.log(2))
    # Log-weights are what is left of the reasons.
    total = [sum(why.next) + why.later + why.habit for why in reasons]
    np.testing.assert_allclose(total, plan.log_weights, rtol=1e-9)


def test_only_open_actions_are_taken():
    agent = tmaze.Agent()
    assert {agent.choose(open=["Cue", tmaze.Go.Middle]) for _ in range(30)} == {tmaze.Go.Cue, tmaze.Go.Middle}
    assert agent.step((0, 0, 0), open=[tmaze.Go.Centre]) is tmaze.Go.Centre
    with pytest.raises(ValueError, match="no joint action is open|none"):
        agent.step((0, 0, 0), open=[])


def test_saves_go_on_where_they_were():
    world, agent = bandit.World(win_probability=0.8, hazard=0.1, preference=2), bandit.Agent(win_probability=0.8, hazard=0.1, preference=2)
    seen = world.reset()
    for _ in range(5):
        seen = world.step(agent.step(seen))
    saved = agent.save()
    first = [agent.step(seen) for _ in range(10)]
    other = bandit.Agent(win_probability=0.8, hazard=0.1, preference=2, seed=9)
    other.load(saved)
    assert [other.step(seen) for _ in range(10)] == first
    with pytest.raises(ValueError, match="TMaze"):
        tmaze.Agent().load(saved)


@pytest.mark.parametrize(
    "mistake, kind, words",
    [
        (lambda: tmaze.Agent(reward=0.5), ValueError, "TMaze has no parameter `reward`; it has `reward_probability`, `preference`"),
        (lambda: bandit.Agent(hazard=0.1, preference=1.0), ValueError, "Bandit needs its parameter `win_probability`"),
        (lambda: tmaze.Agent(reward_probability=1.5), ValueError, "outcome given place=Left, side=Left gives Reward the probability 1.5"),
        (lambda: tmaze.Agent(options={"horizons": 3}), ValueError, "options: unknown field `horizons`"),
        (lambda: tmaze.Agent(options={"horizon": 0}), ValueError, "horizon"),
        (lambda: tmaze.Agent(inputs={"light": 1}), ValueError, "inputs"),
        (lambda: tmaze.Agent().infer((0, 0)), ValueError, "an observation of TMaze: 2 parts, but it has 3"),
        (lambda: tmaze.Agent().infer({"seen": 0, "outcome": 0, "clue": 0}), ValueError, "an observation of TMaze has .*: `cue` is missing"),
        (lambda: tmaze.Agent().infer({"seen": 0, "outcome": 0, "cue": 0, "clue": 0}), ValueError, "4 parts, but it has 3"),
        (lambda: tmaze.Agent().infer((9, 0, 0)), ValueError, "`seen` cannot be 9: it is one of `Centre`"),
        (lambda: tmaze.Agent().infer(("Cellar", 0, 0)), ValueError, "`seen` cannot be `Cellar`"),
        (lambda: tmaze.Agent().infer((0.5, 0, 0)), TypeError, "`seen`: float, where one of its values"),
        (lambda: tmaze.Agent().infer((0, [1.0, 2.0], 0)), ValueError, r"shape \[2\], where \[3\]"),
        (lambda: tmaze.Agent().infer((0, [0.0, -1.0, 0.0], 0)), ValueError, "TMaze"),
        (lambda: tmaze.World().step("Up"), ValueError, "`go` cannot be `Up`"),
        (lambda: tmaze.Agent(reward_probability="much"), TypeError, "must be real number"),
    ],
)
def test_mistakes_are_exceptions_in_the_library_s_words(mistake, kind, words):
    with pytest.raises(kind, match=words):
        mistake()


def test_states_can_be_set():
    world = tmaze.World()
    world.reset()
    world.state = tmaze.State(tmaze.Place.Cue, tmaze.Side.Right)
    assert world.observe().cue is tmaze.Cue.Right
    assert world.preferences.outcome.tolist() == [0, 1.2, -1.2]
