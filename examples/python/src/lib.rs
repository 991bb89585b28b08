//! Declared models in Python: a T-Maze and a bandit, each with the population that it is fitted by; a listener with two levels, a filter and a learner.

mod bandit;
mod listener;
mod tmaze;

use aif::hgf::TwoLevelBinary;
use aif::learners::Delta;

use bandit::{Bandit, Gamblers};
use listener::Listener;
use tmaze::{RewardBelief, TMaze};

aif::python!(_minds {
    tmaze = TMaze, parameters(reward_probability = 0.9, preference = 1.2), fit = RewardBelief;
    bandit = Bandit, fit = Gamblers;
    listener = Listener, parameters(sharpness = 0.8, fit = 0.9);
    coin = TwoLevelBinary, parameters(tonic_volatility = -2.0, inverse_temperature = 2.0);
    arms = Delta<f64, 2>, parameters(learning_rate = 0.3, inverse_temperature = 5.0);
});
