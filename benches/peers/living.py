"""How pymdp's agents live: a step, and many of them in one compiled loop with the world inside."""

import jax
import jax.random as jr


def act(agent, observed, prior, key):
    """What a batch of agents does, and what it believes before the next observation."""
    qs = agent.infer_states(observed, prior)
    q_pi, _ = agent.infer_policies(qs)
    action = agent.sample_action(q_pi, rng_key=jr.split(key, agent.batch_size))
    return action, agent.update_empirical_prior(action, qs)


def looping(agent, env, length):
    """A loop of so many steps of a batch of agents, each in a world of its own, to be compiled, and its arguments."""
    count = agent.batch_size
    worlds = env.generate_env_params(batch_size=count)
    observed, state = jax.vmap(env.reset)(jr.split(jr.PRNGKey(0), count), env_params=worlds)

    def loop(agent, observed, state, key):
        def one(carry, _):
            observed, state, prior, key = carry
            key, acting, moving = jr.split(key, 3)
            action, prior = act(agent, observed, prior, acting)
            observed, state = jax.vmap(env.step)(jr.split(moving, count), state, action, env_params=worlds)
            return (observed, state, prior, key), action

        return jax.lax.scan(one, (observed, state, agent.D, key), None, length)[1]

    return jax.jit(loop), (agent, observed, state, jr.PRNGKey(1))
