//! Declared models in Python: a T-Maze and a bandit, each with the population that it is fitted by.

mod bandit;
mod tmaze;

use bandit::{Bandit, Gamblers};
use tmaze::{RewardBelief, TMaze};

aif::python!(_minds {
    tmaze = TMaze, parameters(reward_probability = 0.9, preference = 1.2), fit = RewardBelief;
    bandit = Bandit, fit = Gamblers;
});
