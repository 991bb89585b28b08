"""What a type checker has to find right: `mypy --strict`, by `check.sh`."""

import numpy as np
from minds import arms, bandit, coin, listener, tmaze

agent, world = tmaze.Agent(reward_probability=0.9, seed=1), tmaze.World()
observation: tmaze.Observation = world.reset()
action: tmaze.Go = agent.step(observation)
side: float = agent.infer(world.step(action)).side[tmaze.Side.Left]
reasons: list[tmaze.Explanation] = agent.explain()
gain: float = reasons[tmaze.Go.Cue].next.state_information_gain
pulled: bandit.Choose = bandit.Agent(win_probability=0.8, hazard=0.1, preference=1.0).step((0,))
agents, worlds = tmaze.Agents(3, reward_probability=np.ones(3)), tmaze.Worlds(3)
seen, actions = agents.rollout(worlds, 2)
value, gradient = tmaze.loglik({"subject": ["a"]}, {"z": 0.0})
beliefs: coin.Beliefs = coin.Filter(tonic_volatility=-1.0).step(True)
chance: float = beliefs.chance.mean
chosen: arms.Choice | None = arms.Learner(seed=1).choose().choice
states: dict[str, float] = arms.Learner().step(1.0, response=0)
said = listener.Agent(sharpness=0.7).step(listener.World().reset())["guess"]
