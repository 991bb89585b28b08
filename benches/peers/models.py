"""Likelihoods written out in JAX by hand (the T-Maze's agent, a filter with two levels), and hierarchical models in numpyro."""

import jax
import jax.numpy as jnp
import numpy as np
import numpyro
import numpyro.distributions as dist

PLACES = ["Centre", "Left", "Right", "Cue", "Middle"]
OUTCOMES = ["Nothing", "Reward", "Punishment"]
CUES = ["Nothing", "Left", "Right"]
TOUCHES = [(0, 3), (0, 4), (3, 0), (4, 0), (4, 1), (4, 2), (1, 4), (2, 4)]
MOVES = np.array([[go if (place, go) in TOUCHES else place for go in range(5)] for place in range(5)])
PREFERENCE = 1.2
FLOOR = np.finfo(float).eps


def believed(z):
    """The probability of reward in the paying arm that a subject believes in."""
    return 0.5 + 0.5 * jax.nn.sigmoid(z)


def maze_log_likelihood(p, seen, outcome, cue, go):
    """The sum of the log-probabilities of all actions, of subjects x blocks x steps; `p` is believed by each subject.

    Places are seen, so that all there is to infer is the side that pays, and all there is to evaluate is the value of five places under
    what is believed of it.
    """
    right, wrong = jnp.log(p), jnp.log1p(-p)
    paid = (seen == 1) & (outcome == 1) | (seen == 2) & (outcome == 2)
    missed = (seen == 1) & (outcome == 2) | (seen == 2) & (outcome == 1)
    of = lambda plus, minus, told: (
        jnp.where(paid, plus[:, None, None], 0.0)
        + jnp.where(missed, minus[:, None, None], 0.0)
        + jnp.where(told, np.log(FLOOR), 0.0)
    )
    evidence = jnp.stack([of(right, wrong, cue == 2), of(wrong, right, cue == 1)], -1)
    belief = jnp.full(seen.shape[:2] + (2,), 0.5)
    beliefs = []
    for step in range(seen.shape[2]):
        belief = jax.nn.softmax(jnp.log(jnp.maximum(belief, FLOOR)) + evidence[:, :, step])
        beliefs.append(belief)
    left, other = jnp.moveaxis(jnp.stack(beliefs, 2), -1, 0)
    uncertainty = lambda a, b: -jax.scipy.special.xlogy(a, jnp.maximum(a, FLOOR)) - jax.scipy.special.xlogy(b, jnp.maximum(b, FLOOR))
    p = p[:, None, None]

    def arm(pays, fails):
        reward = pays * p + fails * (1 - p)
        return PREFERENCE * (2 * reward - 1) + uncertainty(reward, 1 - reward) - uncertainty(p, 1 - p)

    zero = jnp.zeros_like(left)
    value = jnp.stack([zero, arm(left, other), arm(other, left), uncertainty(left, other), zero], -1)
    value = value + jax.nn.logsumexp(value[..., MOVES], -1)
    odds = jnp.take_along_axis(value, jnp.asarray(MOVES)[seen], -1)
    return jnp.take_along_axis(jax.nn.log_softmax(odds), go[..., None], -1).sum()


def observers_log_likelihood(volatility, strictness, inputs, answers):
    """Of all answers but the first of each observer; trials come first in both tables."""

    def trial(state, seen):
        mean, precision = state
        shown, answer = seen
        p = jnp.clip(jax.nn.sigmoid(mean), 1e-6, 1 - 1e-6)
        odds = strictness * (jnp.log(p) - jnp.log1p(-p))
        ln_p = jax.nn.log_sigmoid(jnp.where(answer > 0.5, odds, -odds))
        precision = 1 / (1 / precision + jnp.exp(volatility)) + p * (1 - p)
        return (mean + (shown - p) / precision, precision), ln_p

    count = inputs.shape[1]
    start = (jnp.zeros(count), jnp.ones(count))
    return jax.lax.scan(trial, start, (inputs, answers))[1][1:].sum()


CENTRED = False


def normal(name, mean, spread):
    """A subject's parameter in a plate."""
    if CENTRED:
        return numpyro.sample(name, dist.Normal(mean, spread))
    return mean + spread * numpyro.sample(name, dist.Normal(0, 1))


def mazes(likelihood, data):
    """`RewardBelief`: what is believed of the reward, over a likelihood of z and the data."""

    def model():
        mu = numpyro.sample("mu", dist.Normal(0, 1))
        sigma = numpyro.sample("sigma", dist.HalfNormal(1))
        with numpyro.plate("subjects", data[0].shape[0]):
            z = normal("z", mu, sigma)
        numpyro.factor("actions", likelihood(z, data))

    return model


def observers(inputs, answers):
    def model():
        volatility_mean = numpyro.sample("volatility_mean", dist.Normal(-5, 5))
        volatility_spread = numpyro.sample("volatility_spread", dist.HalfNormal(10))
        strictness_mean = numpyro.sample("strictness_mean", dist.Normal(0, 2))
        strictness_spread = numpyro.sample("strictness_spread", dist.HalfNormal(2))
        with numpyro.plate("subjects", inputs.shape[1]):
            volatility = normal("volatility", volatility_mean, volatility_spread)
            strictness = normal("strictness", strictness_mean, strictness_spread)
        numpyro.factor("answers", observers_log_likelihood(volatility, jnp.exp(strictness), inputs, answers))

    return model


def schools(data):
    y, error = np.array(data["data"]).T

    def model():
        mu = numpyro.sample("mu", dist.Normal(0, 5))
        tau = numpyro.sample("tau", dist.HalfCauchy(5))
        with numpyro.plate("subjects", len(y)):
            numpyro.sample("y", dist.Normal(normal("theta", mu, tau), error), obs=y)

    return model


def answers(data):
    yes, each = np.array(data["yes"]), data["each"]

    def model():
        mu = numpyro.sample("mu", dist.Normal(0, 1))
        sigma = numpyro.sample("sigma", dist.HalfNormal(1))
        with numpyro.plate("subjects", len(yes)):
            numpyro.sample("yes", dist.Binomial(each, logits=normal("z", mu, sigma)), obs=yes)

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
            rate = jax.nn.sigmoid(normal("rate", rate_mean, rate_spread))
            strictness = jnp.exp(normal("strictness", strictness_mean, strictness_spread))

        def trial(values, seen):
            arm, reward = seen
            own = values[jnp.arange(count), arm]
            odds = strictness * (own - values[jnp.arange(count), 1 - arm])
            return values.at[jnp.arange(count), arm].add(rate * (reward - own)), jax.nn.log_sigmoid(odds)

        _, ln_p = jax.lax.scan(trial, jnp.zeros((count, 2)), (arms, rewards))
        numpyro.factor("choices", ln_p.sum())

    return model


def iowa_log_likelihood(rate, sensitivity, consistency, aversion, choices, gains, losses):
    """Prospect utilities and a delta rule; one parameter of each for each person, tables of trials x people."""
    net = (gains - jnp.abs(losses)) / 100.0
    # The logarithm of what is positive only: elsewhere it and its derivative would be no numbers.
    size = jnp.where(net == 0.0, 1.0, jnp.abs(net))
    power = jnp.where(net == 0.0, 0.0, jnp.exp(sensitivity * jnp.log(size)))
    utility = jnp.where(net < 0.0, -aversion * power, power)
    strictness = 3.0**consistency - 1.0
    people = jnp.arange(choices.shape[1])

    def trial(expected, seen):
        choice, worth = seen
        ln_p = jax.nn.log_softmax(strictness[:, None] * expected)[people, choice]
        own = expected[people, choice]
        return expected.at[people, choice].add(rate * (worth - own)), ln_p

    return jax.lax.scan(trial, jnp.zeros((choices.shape[1], 4)), (choices, utility))[1].sum()


def iowa(choices, gains, losses, group):
    """`Iowa` of examples/iowa.rs: four parameters, each regressed on the group of a person (0, 1, 2; treatment contrasts)."""
    contrasts = jnp.stack([group == 1, group == 2], -1).astype(float)

    def model():
        drawn = {}
        for name in ("rate", "curve", "steady", "averse"):
            intercept = numpyro.sample(f"{name}[intercept]", dist.Normal(0, 1))
            slopes = numpyro.sample(f"{name}_group", dist.Normal(0, 0.5).expand([2]).to_event(1))
            spread = numpyro.sample(f"{name}_sd", dist.HalfNormal(0.3))
            with numpyro.plate(f"people of {name}", len(group)):
                drawn[name] = normal(name, intercept + contrasts @ slopes, spread)
        phi = jax.scipy.stats.norm.cdf
        numpyro.factor(
            "choices",
            iowa_log_likelihood(
                phi(drawn["rate"]), 2 * phi(drawn["curve"]), 5 * phi(drawn["steady"]), 10 * phi(drawn["averse"]), choices, gains, losses
            ),
        )

    return model
